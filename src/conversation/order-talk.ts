/**
 * Owns what people hear of their orders: one phrase per state, never more than is known. "Unknown" is said as such; nobody is
 * told to pay again while money may have moved.
 */

import { assertNever } from '../lib/assert.ts';
import { isInFlight, SILENCE_MS, type Order, type OrderEventKind, type OrderState, type RefusalCode } from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import { freeChoice } from './choice.ts';
import type { Choice, Params, Phrase, Reply } from './reply.ts';
import type { Surroundings } from './surroundings.ts';

/** A clock that is corrected a little was not set back. */
const CLOCK_JITTER_MS = 60_000;

export function orderParams(order: Order): Params {
  return {
    reference: order.reference,
    amount: { kes: order.amountKes },
    ...(order.kind === 'airtime' ? { recipient: { msisdn: order.recipient } } : { units: order.units }),
    payer: { msisdn: order.payer },
    paymentNetwork: order.paymentNetwork,
    when: { time: order.createdAt },
  };
}

/** What is bought: "KES 100 to 0722 000 000", "125 SMS for KES 100". `masked`: for eyes other than the customer's. */
export function goods(order: Order, { masked }: { readonly masked: boolean }): Phrase {
  const amount = { kes: order.amountKes };
  switch (order.kind) {
    case 'airtime':
      return {
        key: 'order:goods-airtime',
        params: { amount, recipient: masked ? { masked: order.recipient } : { msisdn: order.recipient } },
      };
    case 'sms':
      return { key: 'order:goods-sms', params: { amount, units: order.units } };
    default:
      return assertNever(order);
  }
}

/** One line of a history: "22 Nov, 14:05  KES 100 to 0722 000 000: delivered (JZ...)". */
export function orderLine(order: Order): Phrase {
  return { key: 'order:line', params: { ...orderParams(order), state: { key: `order:state-${order.state}` } } };
}

/** Where an order stands, for who asks or taps its button again. */
export function orderStatus(order: Order): Phrase {
  return { key: `order:status-${order.state}`, params: orderParams(order) };
}

export const buyAgain = (order: Order): Choice => ({
  id: freeChoice('again', order.reference),
  label: { key: 'order:buy-again' },
});
const human = (order: Order): Choice => ({ id: freeChoice('human', order.reference), label: { key: 'order:talk-to-us' } });
const history: Choice = { id: freeChoice('history'), label: { key: 'common:menu-history' } };

/** What an order's new state says to its customer. `code`: the upstream's, when it refused. Null: nothing new for the person. */
export function orderNews(order: Order, state: OrderState, code: RefusalCode | 'unreachable' | null): Reply | null {
  const params = orderParams(order);
  switch (state) {
    case 'awaiting_payment':
      return { parts: [{ key: 'order:approve-now', params }], choices: [] };
    case 'unknown':
      return { parts: [{ key: 'order:unknown', params }], choices: [] };
    case 'delivered':
      return { parts: [{ key: 'order:delivered', params }], choices: [buyAgain(order), history] };
    case 'cancelled':
      // Nothing had left yet: the customer was in time, and no payment was ever asked for.
      return {
        parts: [{ key: order.state === 'confirmed' ? 'order:cancelled-in-time' : 'order:cancelled', params }],
        choices: [buyAgain(order), history],
      };
    case 'rejected':
      return {
        parts: [{ key: `order:rejected-${code ?? 'other'}`, params }],
        choices: [buyAgain(order), human(order)],
      };
    case 'lapsed':
      return { parts: [{ key: 'order:lapsed', params }], choices: [buyAgain(order), history] };
    case 'review':
      return { parts: [{ key: 'order:review', params }], choices: [human(order)] };
    case 'refund_due':
      return { parts: [{ key: 'order:refund-due', params }], choices: [human(order)] };
    case 'refunded':
      return { parts: [{ key: 'order:refunded', params }], choices: [buyAgain(order)] };
    case 'confirmed':
    case 'submitting':
      return null;
    default:
      return assertNever(state);
  }
}

/** After three minutes without a word: the prompt has gone from the phone, approved or not. */
export function promptLapsedNews(order: Order): Reply {
  return { parts: [{ key: 'order:prompt-lapsed', params: orderParams(order) }], choices: [] };
}

/** Without webhooks only the customer can tell what became of it. */
export function silenceQuestion(order: Order): Reply {
  return { parts: [{ key: 'order:did-it-arrive', params: orderParams(order) }], choices: silenceChoices(order) };
}

export function silenceChoices(order: Order): Choice[] {
  const choice = (action: string, key: string): Choice => ({ id: freeChoice(action, order.reference), label: { key } });
  return [choice('got', 'order:it-arrived'), choice('notgot', 'order:money-taken'), choice('notpaid', 'order:did-not-pay')];
}

/** The order that the customer was asked about: ten minutes in flight end in review where webhooks reach us. Null: none. */
export function silentOrder(orders: readonly Order[], now: Instant): Order | null {
  return orders.find((order) => waits(order) && isSilent(order, now)) ?? null;
}

/** Ten minutes without a word. An order of the future was made before our clock was set back: it may be any age. */
function isSilent({ createdAt }: Order, now: Instant): boolean {
  return now - createdAt >= SILENCE_MS || createdAt - now > CLOCK_JITTER_MS;
}

function waits({ state }: Order): boolean {
  return state === 'awaiting_payment' || state === 'unknown';
}

/**
 * What the customer says became of an order counts only once they may have been asked: anybody can make up a button. "It arrived" may
 * still come after "it did not", or after a day.
 */
export function mayBelieve(order: Order, event: OrderEventKind, around: Pick<Surroundings, 'now' | 'asksWhatBecame'>): boolean {
  const silent = order.state === 'review' ? event === 'customer_received' : waits(order);
  return silent && around.asksWhatBecame && isSilent(order, around.now);
}

/** Not at its end: nobody should be led to buy the same again. */
export function isUnsettled({ state }: Order): boolean {
  return isInFlight(state) || state === 'review';
}

/** What a cancel after the order can still do: nothing here; the phone decides. */
export function cannotCancel(order: Order): Phrase {
  return { key: isInFlight(order.state) ? 'order:cannot-cancel' : `order:status-${order.state}`, params: orderParams(order) };
}
