/**
 * Owns what words do, once they are understood: commands first, then corrections and values for the open draft, then the yes,
 * then everything beside the point. Three answers in a row that nobody understood end at a person.
 */

import type { SlotName, Understood } from '../understanding/understood.ts';
import { bestMatch } from '../understanding/understand.ts';
import { askAgain, askNext, fill, openDraft, slotBefore, showing } from './drafting.ts';
import { again, answered, expired, flowNamed, withDraft, type Answer, type Scene } from './scene.ts';
import { cannotCancel, orderStatus } from './order-talk.ts';
import { withLead, type Phrase, type Spoken } from './reply.ts';
import type { Draft } from './session.ts';
import { answerTo, helpPhrase, historyPhrase, languageQuestion, menu, menuChoices, notHere, support } from './small-talk.ts';
import { cancelled, changeAsked, confirmed, languageChosen, orderAgain, started, tapped } from './tapping.ts';

/** An order younger than this is what "cancel" may still mean. */
const JUST_ORDERED_MS = 10 * 60_000;

export function hear(scene: Scene, said: Understood, text: string): Answer {
  const listening = inTheirLanguage(scene, said, text);
  return (
    byCommand(listening, said) ??
    byChange(listening, said) ??
    byValues(listening, said) ??
    byYesOrNo(listening, said) ??
    besidesThePoint(listening, said) ??
    notUnderstood(listening, text)
  );
}

/** Writing in the other language is choosing it; a bare number or name is no language. */
function inTheirLanguage(scene: Scene, said: Understood, text: string): Scene {
  const { session } = scene;
  const words = text.match(/\p{L}{2,}/gu)?.length ?? 0;
  if (words === 0 || said.wantsLanguage !== null) return scene;
  const written: Spoken | null =
    said.language === 'sw' || said.language === 'sheng' ? 'sw' : said.language === 'en' && saysSomething(said) ? 'en' : null;
  if (written === null || written === session.language) return scene;
  return { ...scene, session: { ...session, language: written, languageKnown: true } };
}

function saysSomething(said: Understood): boolean {
  return (
    said.intent !== 'other' ||
    said.answer !== null ||
    said.question !== null ||
    (said.command !== null && said.command !== 'start')
  );
}

function byCommand(scene: Scene, said: Understood): Answer | null {
  const { session, around } = scene;
  if (said.wantsLanguage !== null) return languageChosen(scene, said.wantsLanguage);
  switch (said.command) {
    case 'start':
      return answered(showing({ ...session, draft: null }, menu(around)));
    case 'menu':
      return answered(showing({ ...session, draft: null }, menu(around, 'common:menu-short')));
    case 'cancel':
      return cancel(scene);
    case 'help':
      return again(scene, [helpPhrase(around)]);
    case 'back':
      return back(scene);
    case 'repeat':
      return again(scene, []);
    case 'language':
      return answered(showing(session, languageQuestion()));
    case 'wait':
      return answered({ session, reply: { parts: [{ key: 'common:take-your-time' }], choices: [] } });
    case 'stop':
      return again(scene, [{ key: 'answers:stop' }]);
    case 'unknown':
      return again(scene, [{ key: 'common:unknown-command' }]);
    case 'thanks':
    case null:
      return null;
  }
}

/** Clears the draft and only it; after the order has gone out it tells what can still be stopped. */
function cancel(scene: Scene): Answer {
  const { session, around } = scene;
  if (session.draft !== null) return cancelled(scene);
  const latest = around.orders[0];
  if (latest !== undefined && around.now - latest.createdAt < JUST_ORDERED_MS) return again(scene, [cannotCancel(latest)]);
  return again(scene, [{ key: 'common:nothing-to-cancel' }]);
}

function back(scene: Scene): Answer {
  const { session, around } = scene;
  if (session.draft === null) return again(scene, []);
  const flow = flowNamed(scene, session.draft.flow);
  const before = slotBefore(flow, session.draft, around);
  if (before === null) return again(scene, [{ key: 'common:first-step' }]);
  return answered(askNext(flow, session, { draft: session.draft, lead: [], question: null }, around, before));
}

function byChange(scene: Scene, said: Understood): Answer | null {
  const { draft } = scene.session;
  if (said.change === null || draft === null || carriesValue(said)) return null;
  return changeAsked(scene, draft, said.change === 'confirm' ? null : said.change);
}

/** Values for the draft, or a purchase that begins with this message. */
function byValues(scene: Scene, said: Understood): Answer | null {
  const buys = said.intent === 'buy_airtime' || said.again;
  const open = scene.session.draft !== null && !expired(scene);
  if (said.again && !open && scene.around.orders[0] !== undefined) return sameAgain(scene, said);
  if (!buys && !carriesValue(said) && !(open && said.person !== null)) return null;
  if (notHere(said, scene.around) !== null || said.complaint) return null;
  if (!buys && !open && said.intent !== 'other') return null;
  const starting = buys && expired(scene) ? { ...scene, session: { ...scene.session, draft: null } } : scene;
  const { flow, session } = withDraft(starting, 'buy-airtime');
  const draft = session.draft ?? openDraft(flow, scene.around);
  const filling = fill(flow, draft, said, scene.around);
  if (filling.heard && !filling.changed && filling.lead.length === 0 && filling.question === null && said.answer === 'yes')
    return null;
  if (open && !filling.heard && !buys) return null;
  if (open && !filling.heard) return again(scene, []);
  return answered(askNext(flow, session, filling, scene.around));
}

/** "Same as last time, but 200": the last order's values, then what was said. */
function sameAgain(scene: Scene, said: Understood): Answer {
  const repeated = orderAgain(scene, scene.around.orders[0] ?? null);
  const { draft } = repeated.session;
  if (draft === null || !carriesValue(said)) return repeated;
  const flow = flowNamed(scene, draft.flow);
  return answered(askNext(flow, repeated.session, fill(flow, draft, said, scene.around), scene.around));
}

function carriesValue(said: Understood): boolean {
  const { amounts, numbers, networks } = said.denied;
  return (
    said.recipient !== null ||
    said.amount !== null ||
    said.payer !== null ||
    said.paymentNetwork !== null ||
    said.orders !== undefined ||
    said.recipients !== undefined ||
    said.problems.length > 0 ||
    amounts.length + numbers.length + networks.length > 0
  );
}

function byYesOrNo(scene: Scene, said: Understood): Answer | null {
  const { session, around } = scene;
  const { draft } = session;
  if (said.answer === null || draft === null) return null;
  const flow = flowNamed(scene, draft.flow);
  if (expired(scene)) {
    return said.answer === 'yes'
      ? answered(askNext(flow, session, { draft, lead: [{ key: 'common:been-a-while' }], question: null }, around))
      : cancelled(scene);
  }
  if (said.answer === 'yes') return draft.asking === 'confirm' ? confirmed(scene, draft, draft.revision) : null;
  return draft.asking === 'confirm' ? changeAsked(scene, draft, null) : null;
}

function besidesThePoint(scene: Scene, said: Understood): Answer | null {
  const { around, session } = scene;
  const kindly = notHere(said, around);
  if (said.complaint) return complaint(scene);
  if (kindly !== null) return again(scene, [kindly]);
  if (said.question === 'repeat') return again(scene, []);
  if (said.question === 'human') return askedForPerson(scene);
  if (said.question === 'mine' || said.question === 'forget_me') {
    return again(
      scene,
      [answerTo(said.question, around)],
      [{ kind: 'help_wanted', why: `wants ${said.question === 'mine' ? 'a copy of their data' : 'their data deleted'}` }],
    );
  }
  if (said.question !== null) return again(scene, [answerTo(said.question, around)]);
  if (said.command === 'thanks') return answered({ session, reply: { parts: [{ key: 'common:welcome' }], choices: [] } });
  switch (said.intent) {
    case 'greeting':
      return session.draft === null || expired(scene)
        ? answered(showing({ ...session, draft: null }, menu(around)))
        : again(scene, [{ key: 'common:hello-again' }]);
    case 'help':
      return again(scene, [helpPhrase(around)]);
    case 'history':
      return again(scene, [historyPhrase(around.orders)]);
    case 'language':
      return answered(showing(session, languageQuestion()));
    case 'cancel':
      return cancel(scene);
    case 'buy_airtime':
      return started(scene, 'buy-airtime');
    default:
      return null;
  }
}

/** "Money was taken, nothing came": where the last order stands, and a person. */
function complaint(scene: Scene): Answer {
  const latest = scene.around.orders[0];
  const lead: Phrase[] = latest === undefined ? [] : [orderStatus(latest)];
  const told: Phrase = { key: 'common:human-told', params: { support: support(scene.around) } };
  return again(
    scene,
    [...lead, told],
    [{ kind: 'help_wanted', why: `complaint${latest === undefined ? '' : ` about ${latest.reference}`}` }],
  );
}

function askedForPerson(scene: Scene): Answer {
  const told: Phrase = { key: 'common:human-told', params: { support: support(scene.around) } };
  return again(scene, [told], [{ kind: 'help_wanted', why: 'asked for a person' }]);
}

/** First a hint with an example, then the choices, then a person; the draft is kept throughout. */
function notUnderstood(scene: Scene, text: string): Answer {
  const { session, around } = scene;
  const similar = similarChoice(scene, text);
  if (similar !== null) return tapped(scene, similar, null);
  const failures = session.failures + 1;
  const draft = expired(scene) ? null : session.draft;
  const failed = { ...scene, session: { ...session, draft, failures } };
  if (failures >= 3) {
    const told: Phrase = { key: 'common:human-told', params: { support: support(around) } };
    const answer = again(failed, [told], [{ kind: 'help_wanted', why: 'not understood three times' }]);
    return { ...answer, session: { ...answer.session, failures: 0 } };
  }
  return { ...hint(failed, draft, failures), effects: [] };
}

function hint(scene: Scene, draft: Draft | null, failures: number): Answer {
  const { session, around } = scene;
  const example: SlotName | 'start' = draft === null ? 'start' : hintFor(draft.asking);
  const lead: Phrase = { key: failures === 1 ? `common:hint-${example}` : 'common:hint-choose' };
  if (draft !== null) {
    const asked = askAgain(flowNamed(scene, draft.flow), session, draft, [lead], around);
    return { session: { ...asked.session, failures }, reply: asked.reply, effects: [] };
  }
  const asked = showing(session, withLead([], { parts: [lead], choices: menuChoices() }));
  return { session: { ...asked.session, failures }, reply: asked.reply, effects: [] };
}

/** The slots that have an example of their own; the others are answered by choosing. */
function hintFor(asking: string): SlotName {
  const names: readonly SlotName[] = ['recipient', 'amount', 'payer', 'paymentNetwork'];
  return names.find((name) => name === asking) ?? 'confirm';
}

/** A misspelt label; never the one that buys. */
function similarChoice(scene: Scene, text: string): string | null {
  const { session, around } = scene;
  const safe = session.choices.filter(({ id }) => !id.startsWith('ok:') && !id.startsWith('set='));
  const at = bestMatch(
    text,
    safe.map(({ label }) => around.phrasebook.say(label, session.language)),
  );
  return at === null ? null : (safe[at]?.id ?? null);
}
