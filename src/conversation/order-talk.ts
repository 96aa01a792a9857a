/**
 * Owns what people hear of their orders: one phrase per state, never more than is known. "Unknown" is said as such; nobody is
 * told to pay again while money may have moved. The words of orders of SMS stand in sms-order-talk.ts.
 */

import { assertNever } from '../lib/assert.ts';
import {
  isInFlight,
  isPaid,
  mayRing,
  SILENCE_MS,
  type AirtimeOrder,
  type NewsWhy,
  type Order,
  type OrderEventKind,
  type OrderState,
  type SmsOrder,
} from '../domain/order.ts';
import { isEstimated } from '../domain/wallet-owner.ts';
import type { Instant } from '../lib/clock.ts';
import { freeChoice } from './choice.ts';
import { smsOrderNews, smsOrderStatus, type Filled } from './sms-order-talk.ts';
import type { Choice, Param, Params, Phrase, Reply } from './reply.ts';
import { unitsParam } from './sms-units.ts';
import type { Surroundings } from './surroundings.ts';

/** A clock that is corrected a little was not set back. */
const CLOCK_JITTER_MS = 60_000;

export function orderParams(order: Order): Params {
  return {
    reference: order.reference,
    amount: { kes: order.amountKes },
    ...(order.kind === 'airtime' ? { recipient: { msisdn: order.recipient } } : { units: smsUnits(order) }),
    payer: { msisdn: order.payer },
    paymentNetwork: order.paymentNetwork,
    when: { time: order.createdAt },
  };
}

function smsUnits(order: SmsOrder): Param {
  return unitsParam(order.units, isEstimated(order));
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
      return { key: 'order:goods-sms', params: { amount, units: smsUnits(order) } };
    default:
      return assertNever(order);
  }
}

/** One line of a history: "22 Nov, 14:05  KES 100 to 0722 000 000: delivered (JZ...)". */
export function orderLine(order: Order): Phrase {
  const params = { ...orderParams(order), state: { key: `order:state-${order.state}` } };
  return order.kind === 'airtime' ? { key: 'order:line', params } : { key: 'sms-order:line', params };
}

/** Where an order stands, for who asks or taps its button again. */
export function orderStatus(order: Order, now: Instant): Phrase {
  const params = orderParams(order);
  if (isUnanswered(order, now))
    return { key: order.kind === 'airtime' ? 'order:status-unanswered' : 'sms-order:status-unanswered', params };
  return order.kind === 'airtime' ? { key: `order:status-${order.state}`, params } : smsOrderStatus(order, params);
}

/** No phone asks for its payment any more, and nobody has told us what became of it. */
function isUnanswered(order: Order, now: Instant): boolean {
  return order.state === 'awaiting_payment' && !mayRing(order, now);
}

export const buyAgain = (order: Order): Choice => ({
  id: freeChoice('again', order.reference),
  label: { key: 'order:buy-again' },
});
const human = (order: Order): Choice => ({ id: freeChoice('human', order.reference), label: { key: 'order:talk-to-us' } });
const history: Choice = { id: freeChoice('history'), label: { key: 'common:menu-history' } };

/**
 * What an order's new state says to its customer, and why, where that was said. `filled`: the wallet that the order filled. Null: nothing
 * new for the person.
 */
export function orderNews(order: Order, state: OrderState, why: NewsWhy | null, filled: Filled | null = null): Reply | null {
  const params = orderParams(order);
  const phrase =
    order.kind === 'airtime' ? airtimeNews(order, state, why, params) : smsOrderNews(order, { state, why, filled }, params);
  return phrase === null ? null : { parts: [phrase], choices: choicesAfter(order, state) };
}

function airtimeNews(order: AirtimeOrder, state: OrderState, why: NewsWhy | null, params: Params): Phrase | null {
  switch (state) {
    case 'awaiting_payment':
      return { key: 'order:approve-now', params };
    case 'unknown':
      return { key: 'order:unknown', params };
    case 'delivered':
      return { key: 'order:delivered', params };
    case 'cancelled':
      return { key: cancelledKey(order, why), params };
    case 'rejected':
      return { key: `order:rejected-${why ?? 'other'}`, params };
    case 'lapsed':
      return { key: 'order:lapsed', params };
    case 'review':
      return { key: why === 'not_begun' ? 'order:review-not-sent' : 'order:review', params };
    case 'refund_due':
      return { key: 'order:refund-due', params };
    case 'refunded':
      return { key: 'order:refunded', params };
    case 'confirmed':
    case 'submitting':
    case 'paid':
    case 'delivering':
      return null;
    default:
      return assertNever(state);
  }
}

/** As long as nothing had left, no payment was ever asked for; the upstream's word says that something had. */
function cancelledKey({ state }: Order, why: NewsWhy | null): string {
  if (state !== 'confirmed' || why === 'by_upstream') return 'order:cancelled';
  return why === 'by_shop' ? 'order:cancelled-by-shop' : 'order:cancelled-in-time';
}

function choicesAfter(order: Order, state: OrderState): Choice[] {
  switch (state) {
    case 'delivered':
    case 'cancelled':
    case 'lapsed':
      return [buyAgain(order), history];
    case 'rejected':
      return [buyAgain(order), human(order)];
    case 'review':
    case 'refund_due':
      return [human(order)];
    case 'refunded':
      return [buyAgain(order)];
    case 'confirmed':
    case 'submitting':
    case 'awaiting_payment':
    case 'unknown':
    case 'paid':
    case 'delivering':
      return [];
    default:
      return assertNever(state);
  }
}

/** After three minutes without a word: the prompt has gone from the phone, approved or not. */
export function promptLapsedNews(order: Order): Reply {
  const key = order.kind === 'airtime' ? 'order:prompt-lapsed' : 'sms-order:prompt-lapsed';
  return { parts: [{ key, params: orderParams(order) }], choices: [] };
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

/** Of SMS the provider is asked, not the customer. */
function waits({ kind, state }: Order): boolean {
  if (kind !== 'airtime') return false;
  return state === 'awaiting_payment' || state === 'unknown';
}

/**
 * What the customer says became of an order counts only once they may have been asked: anybody can make up a button. "It arrived" may
 * still come after "it did not", or after a day.
 */
export function mayBelieve(order: Order, event: OrderEventKind, around: Pick<Surroundings, 'now' | 'asksWhatBecame'>): boolean {
  if (order.kind !== 'airtime') return false;
  const silent = order.state === 'review' ? event === 'customer_received' : waits(order);
  return silent && around.asksWhatBecame && isSilent(order, around.now);
}

/** Not at its end: nobody should be led to buy the same again. */
export function isUnsettled({ state }: Order): boolean {
  return isInFlight(state) || state === 'review';
}

/** What a cancel after the order can still do: nothing here; the phone decides. */
export function cannotCancel(order: Order, now: Instant): Phrase {
  if (!isInFlight(order.state) || isPaid(order) || isUnanswered(order, now)) return orderStatus(order, now);
  return { key: order.kind === 'airtime' ? 'order:cannot-cancel' : 'sms-order:cannot-cancel', params: orderParams(order) };
}
