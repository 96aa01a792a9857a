/**
 * Owns what is said when something about an order seems wrong: money taken, paid twice, a wrong number, a prompt that is to ring
 * again, a payment message sent as proof. It tells where the last order stands and calls a person; it promises and buys nothing.
 */

import type { ReasonCode } from '../domain/attention.ts';
import { isInFlight, type Order } from '../domain/order.ts';
import type { Trouble, Understood } from '../understanding/understood.ts';
import { buyAgain, cannotCancel, isUnsettled, orderStatus, silenceChoices, silenceQuestion, silentOrder } from './order-talk.ts';
import type { Phrase } from './reply.ts';
import { again, freshDraft, told, type Answer, type Scene } from './scene.ts';
import { answerTo, historyChoice, support } from './small-talk.ts';
import { askedWhy, justOrdered } from './steps.ts';
import type { Effect } from './surroundings.ts';

/** "Money was taken, nothing came": where the last order stands, and a person. */
export function complaint(scene: Scene, { trouble }: Understood): Answer {
  const latest = scene.around.orders[0];
  const asked = askedWhy(scene, [wanted('complaint', silentOrder(scene.around.orders, scene.around.now) ?? undefined)]);
  if (asked !== null) return asked;
  return again(
    scene,
    [...explained(trouble, scene), ...standing(scene), personTold(scene)],
    [wanted(trouble === null ? 'complaint' : COMPLAINTS[trouble], latest)],
    [historyChoice],
  );
}

const COMPLAINTS: Readonly<Record<Trouble, ReasonCode>> = {
  paid_twice: 'paid_twice',
  wrong_number: 'wrong_number',
  resend: 'no_prompt',
  retry: 'no_prompt',
};

/** What can be done about it, where there is an order that it can be about. */
function explained(trouble: Trouble | null, { around }: Scene): Phrase[] {
  const [latest] = around.orders;
  if (latest === undefined) return [];
  if (trouble === 'paid_twice') return [{ key: 'answers:paid-twice' }];
  if (trouble !== 'wrong_number') return [];
  if (isInFlight(latest.state)) return [cannotCancel(latest, around.now)];
  return latest.kind === 'airtime' && latest.state === 'delivered' ? [{ key: 'answers:wrong-number' }] : [];
}

/** A pasted payment message is a claim to look up, never a proof: said where the order stands, and a person looks. */
export function claimed(scene: Scene): Answer {
  const { around } = scene;
  const latest = around.orders[0];
  const phrase: Phrase = { key: 'answers:not-sold-mpesa-message', params: { support: support(around, true) } };
  return again(scene, [phrase, ...standing(scene)], [wanted('payment_message', latest)], [historyChoice]);
}

/** "Send the prompt again": an order rings once. Null: no order is in flight, or another purchase is being talked about. */
export function ringsOnce(scene: Scene): Answer | null {
  const latest = justOrdered(scene);
  if (freshDraft(scene) !== null || latest === null || !isInFlight(latest.state)) return null;
  return told(scene, [{ key: 'answers:resend' }, orderStatus(latest, scene.around.now)]);
}

/** The same, when nothing rings: what became of the last order, and that it can be bought again where it may be. */
export function nothingRings(scene: Scene): Answer {
  const latest = scene.around.orders[0];
  if (freshDraft(scene) !== null) return again(scene, [{ key: 'answers:resend-not-yet' }]);
  if (latest === undefined) return again(scene, [{ key: 'answers:resend-none' }]);
  const choices = isUnsettled(latest) ? [historyChoice] : [buyAgain(latest), historyChoice];
  return again(scene, [{ key: 'answers:resend-none' }, orderStatus(latest, scene.around.now)], [], choices);
}

/** How long it takes, and where the order stands that is waited for. */
export function howLong(scene: Scene): Answer {
  const latest = justOrdered(scene);
  const waiting = latest !== null && isUnsettled(latest) ? standing(scene) : [];
  return again(scene, [answerTo('how_long', scene.around), ...waiting]);
}

/** "Did you take my money?": how the last order stands. What is not bought yet has taken nothing. */
export function charged(scene: Scene): Answer {
  const { orders, now } = scene.around;
  const silent = silentOrder(orders, now);
  const open = freshDraft(scene) !== null;
  if (silent !== null && !open) return again(scene, silenceQuestion(silent).parts, [], silenceChoices(silent));
  if (orders.length === 0) return again(scene, [{ key: open ? 'answers:charged-not-yet' : 'answers:charged-none' }]);
  return again(scene, [...standing(scene), ...(open ? [{ key: 'answers:charged-not-yet' }] : [])], [], [historyChoice]);
}

export function personTold({ around }: Scene): Phrase {
  return { key: 'common:human-told', params: { support: support(around, true) } };
}

/** A person is called, for this reason, about this order if any. */
export function wanted(code: ReasonCode, order?: Order): Effect {
  return { kind: 'help_wanted', why: order === undefined ? { code } : { code, reference: order.reference } };
}

/** Of the last order. */
function standing({ around }: Scene): Phrase[] {
  const [latest] = around.orders;
  return latest === undefined ? [] : [orderStatus(latest, around.now)];
}
