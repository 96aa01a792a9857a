/**
 * Owns what words do, once they are understood: commands first, then corrections and values for the open draft, then yes and no,
 * then everything beside the point. Three answers in a row that nobody understood end at a person.
 */

import { isInFlight, type Order } from '../domain/order.ts';
import type { SlotName, Understood } from '../understanding/understood.ts';
import { bestMatch } from '../understanding/understand.ts';
import { alertCorrected } from './alert-wishes.ts';
import { askAgain, askNext, showing } from './drafting.ts';
import { besidesThePoint } from './besides.ts';
import { stepBack } from './filling.ts';
import { forgetConfirmed, forgetTakenBack } from './forgetting.ts';
import { cannotCancel, orderStatus, silenceChoices, silenceQuestion, silentOrder } from './order-talk.ts';
import type { Phrase } from './reply.ts';
import { again, answered, dropped, expired, flowNamed, freshDraft, told, type Answer, type Scene } from './scene.ts';
import type { Draft } from './session.ts';
import { languageQuestion, menu, menuChoices, readyPhrase } from './small-talk.ts';
import {
  anew,
  askedWhy,
  cancel,
  cancelled,
  changeAsked,
  confirmed,
  FLOW_OF,
  helped,
  justOrdered,
  languageChosen,
  offers,
  orderAgain,
  orderWord,
} from './steps.ts';
import { alertsOn, begun, stopNumber, stopped } from './stopping.ts';
import { tapped } from './tapping.ts';
import { nothingRings, personTold, ringsOnce, wanted } from './troubles.ts';
import { byValues, carriesValue } from './values.ts';

export function hear(scene: Scene, said: Understood, text: string): Answer {
  return (
    byCommand(scene, said) ??
    stopNumber(scene, said, text) ??
    alertCorrected(scene, said) ??
    tooLate(scene, said) ??
    byChange(scene, said) ??
    byTheOnlyOne(scene, said) ??
    staysAsShown(scene, said) ??
    asksForPrompt(scene, said) ??
    byValues(scene, said) ??
    byYesOrNo(scene, said) ??
    besidesThePoint(scene, said) ??
    repeatedChoice(scene, said) ??
    notUnderstood(scene, text)
  );
}

function byCommand(scene: Scene, said: Understood): Answer | null {
  const { session, around } = scene;
  if (said.wantsLanguage !== null) return languageChosen(scene, said.wantsLanguage);
  switch (said.command) {
    case 'start':
      return begun(scene);
    case 'menu':
      return dropped(scene, freshDraft(scene) === null ? [] : [{ key: 'common:cancelled' }], menu(around));
    case 'cancel':
      return cancel(scene);
    case 'stop':
      return stopped(scene, said);
    case 'alerts_on':
      return alertsOn(scene);
    case 'help':
      return helped(scene);
    case 'back':
      return back(scene);
    case 'repeat':
      // "Rudia" is also "try again".
      return said.trouble === 'retry' && freshDraft(scene) === null ? null : again(scene, []);
    case 'language':
      return answered(showing(session, languageQuestion()));
    case 'wait':
      return told(scene, [{ key: 'common:take-your-time' }]);
    case 'unknown':
      return again(scene, [{ key: 'common:unknown-command' }]);
    case 'thanks':
    case null:
      return null;
  }
}

function back(scene: Scene): Answer {
  const { session, around } = scene;
  const draft = freshDraft(scene);
  if (draft === null) return again(scene, []);
  const flow = flowNamed(scene, draft.flow);
  const before = stepBack(flow, draft, around);
  if (before === null) return again(scene, [{ key: 'common:first-step' }]);
  const forced = { slot: before, changing: false };
  return answered(askNext(flow, session, { draft, lead: [], question: null }, around, forced));
}

/** A correction of an order that has gone out already. */
function tooLate(scene: Scene, said: Understood): Answer | null {
  if (freshDraft(scene) !== null) return null;
  const latest = justOrdered(scene);
  const { amounts, numbers, networks } = said.denied;
  const denies = said.answer === 'no' || amounts.length + numbers.length + networks.length > 0;
  const corrects = said.change !== null || (denies && carriesValue(said));
  return corrects && latest !== null && isInFlight(latest.state) ? told(scene, [cannotCancel(latest, scene.around.now)]) : null;
}

function byChange(scene: Scene, said: Understood): Answer | null {
  const { draft } = scene.session;
  if (said.change === null || draft === null || carriesValue(said)) return null;
  return changeAsked(scene, draft, said.change === 'confirm' ? null : said.change);
}

/** "Yes", "same", "mine" to "which number pays?" where one number alone is offered; what it fills is confirmed as ever. */
function byTheOnlyOne(scene: Scene, said: Understood): Answer | null {
  const { draft, choices } = scene.session;
  if (freshDraft(scene) === null || draft?.asking !== 'payer' || draft.choosing !== undefined || draft.changing === true)
    return null;
  const [only, ...others] = choices.filter(({ id }) => id.startsWith('set='));
  if (only === undefined || others.length > 0) return null;
  const mine = said.payer === 'self' && scene.around.own.length === 0;
  const named = said.numbers.length > 0 || said.amount !== null || said.paymentNetwork !== null || said.problems.length > 0;
  return (said.answer === 'yes' || said.thatOne || mine) && !named ? tapped(scene, only.id, null) : null;
}

/** "Same number", "yes, same" to what is shown to be confirmed: it changes nothing, and says no clear yes. */
function staysAsShown(scene: Scene, said: Understood): Answer | null {
  if (freshDraft(scene)?.asking !== 'confirm' || !said.thatOne || said.answer === 'yes' || carriesValue(said)) return null;
  return again(scene, [{ key: 'common:unchanged' }]);
}

/** "Send it again" right after an order means its prompt; a purchase like it would be a second one. */
function asksForPrompt(scene: Scene, said: Understood): Answer | null {
  if (carriesValue(said)) return null;
  if (said.trouble === 'retry') return retried(scene, said);
  return said.trouble === 'resend' ? ringsOnce(scene) : null;
}

/**
 * "Try again", "wrong PIN": the last order is shown once more if it failed. For what is open the bare words do what the button of that name
 * does, which may buy: "no, I'll try again tomorrow" does not.
 */
function retried(scene: Scene, said: Understood): Answer | null {
  if (freshDraft(scene) !== null) {
    if (said.answer !== null || said.complaint) return null;
    if (!said.triesAgain) return again(scene, []);
    const retry = scene.session.choices.find(({ label }) => label.key.endsWith(':yes-retry'));
    return retry === undefined ? again(scene, []) : tapped(scene, retry.id, null);
  }
  const [latest] = scene.around.orders;
  if (latest === undefined) return nothingRings(scene);
  if (isInFlight(latest.state)) return told(scene, [{ key: 'answers:resend' }, orderStatus(latest, scene.around.now)]);
  return HAS_FAILED.has(latest.state) ? orderAgain(scene, latest) : nothingRings(scene);
}

/** Nothing came of it and nothing is open: another try can't be a second purchase. */
const HAS_FAILED: ReadonlySet<Order['state']> = new Set(['cancelled', 'lapsed', 'rejected']);

function byYesOrNo(scene: Scene, said: Understood): Answer | null {
  const { session } = scene;
  const { draft } = session;
  if (said.answer === null) return null;
  // With a draft that has expired the question about an order is the later one.
  if (draft === null || offers(scene, 'notgot')) return said.answer === 'yes' ? yesToNothing(scene) : noToNothing(scene);
  if (said.answer === 'no') {
    if (expired(scene)) return cancelled(scene);
    if (draft.asking === 'confirm') return changeAsked(scene, draft, null);
    return draft.asking === 'change' || draft.changing === true
      ? anew(scene, draft, [])
      : again(scene, [{ key: 'common:to-stop' }]);
  }
  if (expired(scene)) return anew(scene, draft, [{ key: 'common:been-a-while' }]);
  if (draft.asking !== 'confirm') return again(scene, []);
  // A yes is to what was shown last: the values, and nothing else that was asked meanwhile. "Yes, SMS" is none to airtime.
  const named = said.thing ?? (said.unit === 'SMS' ? 'sms' : null);
  const namesOther = named !== null && FLOW_OF[named] !== draft.flow;
  if (namesOther || !session.choices.some(({ id }) => id.startsWith('ok:'))) return again(scene, []);
  return confirmed(scene, draft, draft.revision);
}

/** Nothing was asked, or the question was about an order. */
function yesToNothing(scene: Scene): Answer {
  if (offers(scene, 'forget')) return forgetConfirmed(scene);
  const [alert, ...others] = scene.session.choices.filter(({ id }) => id.startsWith('alert='));
  if (alert !== undefined && others.length === 0) return tapped(scene, alert.id, null);
  const silent = silentOrder(scene.around.orders, scene.around.now);
  if (silent !== null && offers(scene, 'got')) {
    // News of another order may have come after the question: a bare yes does not say which.
    if (otherInFlight(scene, silent)) return again(scene, silenceQuestion(silent).parts, [], silenceChoices(silent));
    return orderWord(scene, silent, 'customer_received');
  }
  const latest = justOrdered(scene);
  if (latest !== null && isInFlight(latest.state)) return told(scene, [orderStatus(latest, scene.around.now)]);
  return again(scene, [readyPhrase(scene.around)]);
}

function otherInFlight({ around }: Scene, { id }: Order): boolean {
  return around.orders.some((order) => order.id !== id && isInFlight(order.state));
}

function noToNothing(scene: Scene): Answer {
  if (offers(scene, 'forget')) return forgetTakenBack(scene);
  const asked = askedWhy(scene);
  if (asked !== null) return asked;
  const latest = justOrdered(scene);
  if (latest !== null && isInFlight(latest.state)) return told(scene, [cannotCancel(latest, scene.around.now)]);
  return again(scene, [readyPhrase(scene.around)]);
}

/** The number of a choice that is gone, because it made an order: where that stands. */
function repeatedChoice(scene: Scene, said: Understood): Answer | null {
  const latest = justOrdered(scene);
  const gone = said.menuNumber !== null && freshDraft(scene) === null && scene.session.choices.length === 0;
  return gone && latest !== null && isInFlight(latest.state) ? told(scene, [orderStatus(latest, scene.around.now)]) : null;
}

/** First a hint with an example, then the choices, then a person; the draft is kept throughout. */
function notUnderstood(scene: Scene, text: string): Answer {
  const { session, around } = scene;
  const similar = similarChoice(scene, text);
  if (similar !== null) return tapped(scene, similar, null);
  const failures = session.failures + 1;
  const draft = freshDraft(scene);
  if (failures >= 3) {
    return again(scene, [personTold(scene)], [wanted('not_understood')]);
  }
  const example: SlotName | 'start' = draft === null ? 'start' : hintFor(draft);
  const hint = example === 'start' && around.business.sellsSms ? 'common:hint-start-both' : `common:hint-${example}`;
  const lead: Phrase = { key: failures === 1 ? hint : 'common:hint-choose' };
  const asked =
    draft === null
      ? showing({ ...session, draft: null }, { parts: [lead], choices: menuChoices(around) })
      : askAgain(flowNamed(scene, draft.flow), session, draft, [lead], around);
  return { session: { ...asked.session, failures }, reply: asked.reply, effects: [] };
}

/** The slots that have an example of their own; the others are answered by choosing. */
function hintFor({ asking, choosing }: Draft): SlotName {
  const names: readonly SlotName[] = ['recipient', 'amount', 'payer', 'paymentNetwork', 'wallet'];
  return choosing === undefined ? (names.find((name) => name === asking) ?? 'confirm') : 'confirm';
}

/** Choices that a misspelt label never makes: they buy, or fill a slot. */
const EXACT_ONLY = /^(?:ok|set)[=:]/;

function similarChoice(scene: Scene, text: string): string | null {
  const { session, around } = scene;
  const safe = session.choices.filter(({ id }) => !EXACT_ONLY.test(id));
  const at = bestMatch(
    text,
    safe.map(({ label }) => around.phrasebook.say(label, session.language)),
  );
  return at === null ? null : (safe[at]?.id ?? null);
}
