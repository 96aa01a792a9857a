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
    ...(order.kind === 'airtime' ? { recipient: { msisdn: order.recipient } } : { units: { grouped: order.units } }),
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
      return { key: 'order:goods-sms', params: { amount, units: { grouped: order.units } } };
    default:
      return assertNever(order);
  }
}

/** The same said of an order of either kind. */
function said(order: Order, airtime: string, sms: string, more: Params = {}): Phrase {
  const params = { ...orderParams(order), ...more };
  switch (order.kind) {
    case 'airtime':
      return { key: airtime, params };
    case 'sms':
      return { key: sms, params };
    default:
      return assertNever(order);
  }
}

/** One line of a history: "22 Nov, 14:05  KES 100 to 0722 000 000: delivered (JZ...)". */
export function orderLine(order: Order): Phrase {
  return said(order, 'order:line', 'sms-order:line', { state: { key: `order:state-${order.state}` } });
}

/** Where an order stands, for who asks or taps its button again. */
export function orderStatus(order: Order): Phrase {
  return said(order, `order:status-${order.state}`, `sms-order:status-${order.state}`);
}

export const buyAgain = (order: Order): Choice => ({
  id: freeChoice('again', order.reference),
  label: { key: 'order:buy-again' },
});
const human = (order: Order): Choice => ({ id: freeChoice('human', order.reference), label: { key: 'order:talk-to-us' } });
const history: Choice = { id: freeChoice('history'), label: { key: 'common:menu-history' } };

/**
 * What an order's new state says to its customer. `code`: the upstream's, when it refused. `smsBalance`: what is in the wallet after a
 * delivery of SMS. Null: nothing new for the person.
 */
export function orderNews(
  order: Order,
  state: OrderState,
  code: RefusalCode | 'unreachable' | null,
  smsBalance: number | null = null,
): Reply | null {
  const news = (airtime: string, sms: string, ...choices: Choice[]): Reply => ({ parts: [said(order, airtime, sms)], choices });
  switch (state) {
    case 'awaiting_payment':
      return news('order:approve-now', 'sms-order:approve-now');
    case 'unknown':
      return news('order:unknown', 'sms-order:unknown');
    case 'delivered':
      return withBalance(news('order:delivered', 'sms-order:delivered', buyAgain(order), history), smsBalance);
    case 'cancelled':
      // Nothing had left yet: the customer was in time, and no payment was ever asked for.
      return order.state === 'confirmed'
        ? news('order:cancelled-in-time', 'sms-order:cancelled-in-time', buyAgain(order), history)
        : news('order:cancelled', 'sms-order:cancelled', buyAgain(order), history);
    case 'rejected': {
      const sms = code === 'unreachable' ? 'sms-order:rejected-unreachable' : 'sms-order:rejected';
      return news(`order:rejected-${code ?? 'other'}`, sms, buyAgain(order), human(order));
    }
    case 'lapsed':
      return news('order:lapsed', 'sms-order:lapsed', buyAgain(order), history);
    case 'review':
      return news('order:review', 'sms-order:review', human(order));
    case 'refund_due':
      return news('order:refund-due', 'sms-order:refund-due', human(order));
    case 'refunded':
      return news('order:refunded', 'sms-order:refunded', buyAgain(order));
    case 'confirmed':
    case 'submitting':
      return null;
    default:
      return assertNever(state);
  }
}

function withBalance(reply: Reply, smsBalance: number | null): Reply {
  if (smsBalance === null) return reply;
  return { ...reply, parts: [...reply.parts, { key: 'sms-order:new-balance', params: { balance: { grouped: smsBalance } } }] };
}

/** After three minutes without a word: the prompt has gone from the phone, approved or not. */
export function promptLapsedNews(order: Order): Reply {
  return { parts: [said(order, 'order:prompt-lapsed', 'sms-order:prompt-lapsed')], choices: [] };
}

/** Without webhooks only the customer can tell what became of it. */
export function silenceQuestion(order: Order): Reply {
  return { parts: [{ key: 'order:did-it-arrive', params: orderParams(order) }], choices: silenceChoices(order) };
}

export function silenceChoices(order: Order): Choice[] {
  const choice = (action: string, key: string): Choice => ({ id: freeChoice(action, order.reference), label: { key } });
  return [choice('got', 'order:it-arrived'), choice('notgot', 'order:money-taken'), choice('notpaid', 'order:did-not-pay')];
}

/** The order of airtime that the customer was asked about (who pays for SMS can be looked up): ten minutes in flight end in review where webhooks reach us. Null: none. */
export function silentOrder(orders: readonly Order[], now: Instant): Order | null {
  return orders.find((order) => order.kind === 'airtime' && waits(order) && isSilent(order, now)) ?? null;
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
  return order.kind === 'airtime' && silent && around.asksWhatBecame && isSilent(order, around.now);
}

/** Not at its end: nobody should be led to buy the same again. */
export function isUnsettled({ state }: Order): boolean {
  return isInFlight(state) || state === 'review';
}

/** What a cancel after the order can still do: nothing here; the phone decides. */
export function cannotCancel(order: Order): Phrase {
  return isInFlight(order.state) ? said(order, 'order:cannot-cancel', 'sms-order:cannot-cancel') : orderStatus(order);
}
