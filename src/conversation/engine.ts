/**
 * Owns the conversation: one message in, the chat's new state, replies and effects out. Pure. It routes taps, words and shared
 * contacts; drafting.ts fills and asks, small-talk.ts answers what is beside the point, the flows know what they sell.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import { understand } from '../understanding/understand.ts';
import { menuChoiceOf } from './choosing.ts';
import { askNext, fill, showing } from './drafting.ts';
import type { Flow } from './flow.ts';
import { hear } from './hearing.ts';
import { withLead, type Phrase } from './reply.ts';
import { again, answered, flowNamed, withDraft, type Answer, type Scene } from './scene.ts';
import type { Session } from './session.ts';
import { menu, PRIVACY_TEXT_VERSION, privacyNotice } from './small-talk.ts';
import type { Input, Sprint, Surroundings } from './surroundings.ts';
import { tapped } from './tapping.ts';

export function converse(session: Session, input: Input, around: Surroundings, flows: readonly Flow[]): Sprint {
  const scene: Scene = { session: current(session, flows), around, flows };
  const answer = answerTo(scene, input);
  if (answer.reply === null) return { session: answer.session, replies: [], effects: answer.effects };
  if (answer.session.noticed) return { session: answer.session, replies: [answer.reply], effects: answer.effects };
  return {
    session: { ...answer.session, noticed: true },
    replies: [withLead(privacyNotice(around), answer.reply)],
    effects: [...answer.effects, { kind: 'notice_given', textVersion: PRIVACY_TEXT_VERSION }],
  };
}

function answerTo(scene: Scene, input: Input): Answer {
  switch (input.kind) {
    case 'tap':
      return tapped(scene, input.data, input.on);
    case 'text':
      return heardText(scene, input.text);
    case 'contact':
      return heardContact(scene, input.phones);
    case 'own_contact':
      return ownContact(scene, input.phone);
    case 'unsupported':
      return unsupported(scene, input.what);
  }
}

/** A draft of a flow that has changed since is dropped; what was shown with it cannot be chosen any more. */
function current(session: Session, flows: readonly Flow[]): Session {
  if (session.draft === null) return session;
  const flow = flows.find(({ name }) => name === session.draft?.flow);
  return flow?.version === session.draft.flowVersion ? session : { ...session, draft: null, choices: [] };
}

function heardText(scene: Scene, text: string): Answer {
  const { session, around } = scene;
  const said = understand(text, around.knowledge, openQuestion(session));
  const chosen = menuChoiceOf(text, said, scene);
  return chosen === null ? hear(scene, said, text) : tapped(scene, chosen.id, null);
}

const SLOTS_UNDERSTOOD = ['recipient', 'amount', 'payer', 'paymentNetwork', 'confirm'] as const;

function openQuestion(session: Session): (typeof SLOTS_UNDERSTOOD)[number] | null {
  return SLOTS_UNDERSTOOD.find((name) => name === session.draft?.asking) ?? null;
}

/** A shared contact answers the open question for a number; otherwise it is a recipient. */
function heardContact(scene: Scene, phones: readonly string[]): Answer {
  if (phones.length === 0) return again(scene, [{ key: 'problem:contact-without-number' }]);
  const { flow, session } = withDraft(scene, 'buy-airtime');
  const payer = session.draft?.asking === 'payer';
  const readings = phones.map((phone) => understand(phone, scene.around.knowledge, payer ? 'payer' : 'recipient'));
  const usable = readings.filter((said) => (payer ? said.payer : said.recipient) !== null);
  const said = usable[0] ?? readings[0];
  if (session.draft === null || said === undefined) return again(scene, []);
  const merged =
    usable.length > 1 ? { ...said, recipient: null, recipients: usable.flatMap((one) => one.recipient ?? []) } : said;
  const filling = fill(flow, session.draft, merged, scene.around);
  return answered(askNext(flow, session, filling, scene.around));
}

/** The network vouches for the number: it answers a question for one, and is the default payer from now on. */
function ownContact(scene: Scene, phone: Msisdn): Answer {
  const { session, around } = scene;
  const saved: Phrase = { key: 'common:own-number-saved', params: { number: { msisdn: phone } } };
  const { draft } = session;
  if (draft === null) return answered(showing(session, withLead([saved], menu(around))));
  const flow = flowNamed(scene, draft.flow);
  if (draft.asking !== 'recipient' && draft.asking !== 'payer') {
    return answered(askNext(flow, session, { draft, lead: [saved], question: null }, around));
  }
  const slots = { ...draft.slots, [draft.asking]: { value: phone, how: 'said' as const } };
  return answered(askNext(flow, session, { draft: { ...draft, slots }, lead: [saved], question: null }, around));
}

/** Edits, deletions and reactions change nothing and are not answered; the rest gets a friendly word. */
function unsupported(scene: Scene, what: string): Answer {
  if (what === 'edit' || what === 'deletion' || what === 'reaction') return { session: scene.session, reply: null, effects: [] };
  const known = scene.around.phrasebook.has(`problem:unsupported-${what}`, 'en');
  return again(scene, [{ key: `problem:unsupported-${known ? what : 'other'}` }]);
}
