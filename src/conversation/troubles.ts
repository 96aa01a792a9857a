/**
 * Owns what is said when something about an order seems wrong: money taken, paid twice, a wrong number, a prompt that is to ring
 * again, a payment message sent as proof. It tells where the last order stands and calls a person; it promises and buys nothing.
 */

import { isInFlight, type Order } from '../domain/order.ts';
import type { Trouble, Understood } from '../understanding/understood.ts';
import { buyAgain, cannotCancel, isUnsettled, orderStatus } from './order-talk.ts';
import type { Phrase } from './reply.ts';
import { again, freshDraft, told, type Answer, type Scene } from './scene.ts';
import { answerTo, historyChoice, support } from './small-talk.ts';
import { askedWhy, justOrdered } from './steps.ts';
import type { Effect } from './surroundings.ts';

/** "Money was taken, nothing came": where the last order stands, and a person. */
export function complaint(scene: Scene, { trouble }: Understood): Answer {
  const latest = scene.around.orders[0];
  const asked = askedWhy(scene, [wanted('complaint about an order that was asked about')]);
  if (asked !== null) return asked;
  const what = trouble === null ? 'complaint' : COMPLAINTS[trouble];
  return again(
    scene,
    [...explained(trouble, latest), ...standing(latest), personTold(scene)],
    [wanted(`${what}${about(latest)}`)],
    [historyChoice],
  );
}

const COMPLAINTS: Readonly<Record<Trouble, string>> = {
  paid_twice: 'complaint of paying twice',
  wrong_number: 'complaint of a wrong number',
  resend: 'complaint of no prompt',
};

/** What can be done about it, where there is an order that it can be about. */
function explained(trouble: Trouble | null, latest: Order | undefined): Phrase[] {
  if (latest === undefined) return [];
  if (trouble === 'paid_twice') return [{ key: 'answers:paid-twice' }];
  if (trouble !== 'wrong_number') return [];
  if (isInFlight(latest.state)) return [cannotCancel(latest)];
  return latest.kind === 'airtime' && latest.state === 'delivered' ? [{ key: 'answers:wrong-number' }] : [];
}

/** A pasted payment message is a claim to look up, never a proof: said where the order stands, and a person looks. */
export function claimed(scene: Scene): Answer {
  const { around } = scene;
  const latest = around.orders[0];
  const phrase: Phrase = { key: 'answers:not-sold-mpesa-message', params: { support: support(around) } };
  return again(scene, [phrase, ...standing(latest)], [wanted(`sent a payment message${about(latest)}`)], [historyChoice]);
}

/** "Send the prompt again": an order rings once. Null: no order is in flight, or another purchase is being talked about. */
export function ringsOnce(scene: Scene): Answer | null {
  const latest = justOrdered(scene);
  if (freshDraft(scene) !== null || latest === null || !isInFlight(latest.state)) return null;
  return told(scene, [{ key: 'answers:resend' }, orderStatus(latest)]);
}

/** The same, when nothing rings: what became of the last order, and that it can be bought again where it may be. */
export function nothingRings(scene: Scene): Answer {
  const latest = scene.around.orders[0];
  if (freshDraft(scene) !== null) return again(scene, [{ key: 'answers:resend-not-yet' }]);
  if (latest === undefined) return again(scene, [{ key: 'answers:resend-none' }]);
  const choices = isUnsettled(latest) ? [historyChoice] : [buyAgain(latest), historyChoice];
  return again(scene, [{ key: 'answers:resend-none' }, orderStatus(latest)], [], choices);
}

/** How long it takes, and where the order stands that is waited for. */
export function howLong(scene: Scene): Answer {
  const latest = justOrdered(scene);
  const waiting = latest !== null && isUnsettled(latest) ? standing(latest) : [];
  return again(scene, [answerTo('how_long', scene.around), ...waiting]);
}

export function personTold({ around }: Scene): Phrase {
  return { key: 'common:human-told', params: { support: support(around) } };
}

export function wanted(why: string): Effect {
  return { kind: 'help_wanted', why };
}

function standing(latest: Order | undefined): Phrase[] {
  return latest === undefined ? [] : [orderStatus(latest)];
}

function about(latest: Order | undefined): string {
  return latest === undefined ? '' : ` about ${latest.reference}`;
}
