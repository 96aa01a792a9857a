/**
 * Owns the conversation: one message in, the chat's new state, replies and effects out. Pure. It routes taps, words and shared
 * contacts; filling.ts fills, drafting.ts asks, besides.ts answers what is beside the point, the flows know what they sell.
 */

import { mayRing } from '../domain/order.ts';
import { isBarePin, mentionsPin } from '../domain/pin.ts';
import { understand } from '../understanding/understand.ts';
import { askNext } from './drafting.ts';
import { isDoubtful, menuChoiceOf } from './choosing.ts';
import { heardContact, ownContact } from './contacts.ts';
import { openDraft, startOver } from './filling.ts';
import type { Flow } from './flow.ts';
import { hear } from './hearing.ts';
import { hearLanguage } from './language.ts';
import { withLead, type Phrase, type Reply } from './reply.ts';
import { again, freshDraft, lookFirst, told, type Answer, type Scene } from './scene.ts';
import type { Session } from './session.ts';
import { PRIVACY_TEXT_VERSION, withNotice } from './small-talk.ts';
import { isSimulated, type Effect, type Input, type Sprint, type Surroundings } from './surroundings.ts';
import { tapped } from './tapping.ts';
import { byValues } from './values.ts';
import { mayNameWallet, walletNames } from './wallet-words.ts';

export function converse(session: Session, input: Input, around: Surroundings, flows: readonly Flow[]): Sprint {
  const { session: now, lead } = current(session, around, flows);
  const { numberAwaited, alertSet = null, ...heard } = now;
  const scene: Scene = { session: heard, around, flows, numberAwaited: numberAwaited === true, alertSet };
  const answer = withQuestions(isBlind(scene) ? lookFirst(scene) : answerTo(scene, input), around, flows);
  if (answer.reply === null) return { session: answer.session, replies: [], effects: answer.effects };
  const reply = marked(around, withLead(lead, answer.reply), answer.effects);
  if (answer.session.noticed) return { session: answer.session, replies: [reply], effects: answer.effects };
  return {
    session: { ...answer.session, noticed: true },
    replies: [withNotice(around, reply)],
    effects: [...answer.effects, { kind: 'notice_given', textVersion: PRIVACY_TEXT_VERSION }],
  };
}

/** What the open purchase waits for is asked with every message: the answer to the question before may be lost. */
function withQuestions(answer: Answer, around: Surroundings, flows: readonly Flow[]): Answer {
  const { draft } = answer.session;
  if (draft === null || around.wallets === null) return answer;
  const wanted = flows.find(({ name }) => name === draft.flow)?.waitsFor?.(draft, around) ?? null;
  return wanted === null ? answer : { ...answer, effects: [...answer.effects, wanted] };
}

/** A purchase is open that cannot be shown before the person's wallets are known. */
function isBlind({ session, around, flows }: Scene): boolean {
  const open = [session.draft, session.parked ?? null].map((draft) => flows.find(({ name }) => name === draft?.flow));
  return around.wallets === null && open.some((flow) => flow?.needsWallets === true);
}

/** Every message about a simulated order says that it is one. */
function marked({ business, orders }: Surroundings, reply: Reply, effects: readonly Effect[]): Reply {
  const placed = effects.flatMap((effect) => (effect.kind === 'place_order' ? [effect.order] : []));
  const all = [...placed, ...orders];
  const simulated = reply.parts.some(({ key, params }) => {
    if (key === 'order:history') return orders.some(({ kind }) => isSimulated(business, kind));
    const reference = params?.['reference'];
    return (
      reference !== undefined && isSimulated(business, all.find((order) => order.reference === reference)?.kind ?? 'airtime')
    );
  });
  const said = reply.parts.some(({ key }) => key.endsWith('-simulated'));
  return simulated && !said ? withLead([{ key: 'common:simulated-short' }], reply) : reply;
}

/**
 * A draft of a flow that has changed since is started over with an apology, keeping what can be kept; what was shown with it cannot
 * be chosen any more, because it may mean something else by now.
 */
function current(
  session: Session,
  around: Surroundings,
  flows: readonly Flow[],
): { readonly session: Session; readonly lead: readonly Phrase[] } {
  const { draft } = session;
  if (draft === null) return { session, lead: [] };
  const flow = flows.find(({ name }) => name === draft.flow);
  if (flow?.version === draft.flowVersion) return { session, lead: [] };
  const lead: Phrase[] = [{ key: 'common:started-over' }];
  const { parked: _aside, ...alone } = session;
  if (flow === undefined) return { session: { ...alone, draft: null, choices: [] }, lead };
  if (flow.needsWallets === true && around.wallets === null) return { session, lead };
  const kept = startOver(flow, draft, openDraft(flow, around), around);
  const asked = askNext(flow, session, { draft: kept, lead: [], question: null }, around);
  return { session: { ...asked.session, choices: [] }, lead };
}

function answerTo(scene: Scene, input: Input): Answer {
  switch (input.kind) {
    case 'tap':
      return tapped(scene, input.data, input.on);
    case 'text':
      return heardText(scene, input.text);
    case 'contact':
      return heardContact(scene, input.name, input.phones);
    case 'own_contact':
      return ownContact(scene, input.phone);
    case 'unsupported':
      return unsupported(scene, input.what);
  }
}

/** Words bind only to what was seen: a yes that crossed with our question, or came late, was said to something else. A button knows. */
function heardText(scene: Scene, text: string): Answer {
  const answer = readText(scene, text);
  return (scene.around.unseen || scene.around.late) && answer.effects.some(isBinding) ? crossed(scene) : answer;
}

function isBinding(effect: Effect): boolean {
  return effect.kind === 'place_order' || (effect.kind === 'order_word' && effect.event !== 'customer_cancelled');
}

function crossed(scene: Scene): Answer {
  const lead: Phrase[] = [{ key: 'common:crossed' }];
  return freshDraft(scene) === null ? told(scene, lead) : again(scene, lead);
}

function readText(scene: Scene, text: string): Answer {
  const { session, around } = scene;
  const asking = openQuestion(session);
  const said = understand(text, around.knowledge, asking, walletNames(around.wallets, asking === 'wallet'));
  if (around.wallets === null && around.business.sellsSms && mayNameWallet(text, said)) return lookFirst(scene);
  const listening = { ...scene, session: hearLanguage(session, said, text, around.knowledge.lexicon) };
  if (mentionsPin(text)) return again(listening, [{ key: 'answers:pin' }]);
  if (isBarePin(text) && around.orders.some((order) => mayRing(order, around.now))) return pinForThePhone(listening);
  if (isDoubtful(said, scene)) return doubtful(scene, said);
  const chosen = menuChoiceOf(text, said, scene);
  return chosen === null ? hear(listening, said, text) : tapped(scene, chosen.id, null);
}

/** Whoever is asked for a PIN on the phone and writes four digits here has taken this chat for that phone. */
function pinForThePhone(scene: Scene): Answer {
  const lead: Phrase[] = [{ key: 'answers:pin-ringing' }];
  return freshDraft(scene) === null ? told(scene, lead) : again(scene, lead);
}

/** The amount as typed and the one behind the number, both to choose from. */
function doubtful(scene: Scene, said: ReturnType<typeof understand>): Answer {
  const behind = scene.session.choices[(said.menuNumber ?? 0) - 1]?.label.params?.['amount'];
  const amounts = [said.amount ?? 0, ...(typeof behind === 'object' && 'kes' in behind ? [Number(behind.kes)] : [])];
  const both = { ...said, amount: null, menuNumber: null, problems: [{ kind: 'two_amounts' as const, amounts }] };
  return byValues(scene, both) ?? again(scene, []);
}

const SLOTS_UNDERSTOOD = ['recipient', 'amount', 'payer', 'paymentNetwork', 'wallet', 'confirm'] as const;

function openQuestion(session: Session): (typeof SLOTS_UNDERSTOOD)[number] | null {
  return SLOTS_UNDERSTOOD.find((name) => name === session.draft?.asking) ?? null;
}

/** Edits, deletions and reactions change nothing and are not answered; the rest gets a friendly word. */
function unsupported(scene: Scene, what: string): Answer {
  if (what === 'edit' || what === 'deletion' || what === 'reaction') return { session: scene.session, reply: null, effects: [] };
  const known = scene.around.phrasebook.has(`problem:unsupported-${what}`, 'en');
  const example: Phrase[] = freshDraft(scene) === null ? [{ key: 'problem:write-instead' }] : [];
  return again(scene, [{ key: `problem:unsupported-${known ? what : 'other'}` }, ...example]);
}
