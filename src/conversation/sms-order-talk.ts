/**
 * Owns what people hear of an order of SMS: what became of its payment, in plain words, and the receipt once their wallet is filled.
 * Nobody is told that they have not paid unless M-Pesa says so.
 */

import { assertNever } from '../lib/assert.ts';
import { isPaid, type NewsWhy, type NotBoughtWhy, type OrderState, type SmsOrder } from '../domain/order.ts';
import { saidBy } from '../domain/wallet-owner.ts';
import type { Params, Phrase } from './reply.ts';
import { walletName } from './wallet-name.ts';

/** A wallet after an order has filled it, in whole messages. */
export interface Filled {
  /** Put into it by the order: fewer than were promised are with a person. */
  readonly units: number;
  readonly balance: number;
}

export interface SmsOrderNews {
  readonly state: OrderState;
  readonly why: NewsWhy | null;
  readonly filled: Filled | null;
}

export function smsOrderStatus(order: SmsOrder, params: Params): Phrase {
  const late = order.state === 'review' && isPaid(order);
  return { key: late ? 'sms-order:status-review-paid' : `sms-order:status-${order.state}`, params };
}

export function smsOrderNews(order: SmsOrder, { state, why, filled }: SmsOrderNews, params: Params): Phrase | null {
  switch (state) {
    case 'awaiting_payment':
      return { key: 'sms-order:approve-now', params };
    case 'unknown':
      return { key: 'sms-order:unknown', params };
    case 'delivered':
      if (filled === null) return smsOrderStatus({ ...order, state }, params);
      return { key: 'sms-order:delivered', params: withFilled(order, filled, params) };
    case 'cancelled':
      return { key: cancelledKey(order, why), params };
    case 'rejected':
    case 'lapsed':
      return { key: `sms-order:not-paid-${notBought(why) ?? 'other'}`, params };
    case 'paid':
      // Between two tries to deliver it nothing is new.
      return isPaid(order) ? null : { key: 'sms-order:paid', params };
    case 'review':
      if (filled !== null) return { key: 'sms-order:review-fewer', params: withFilled(order, filled, params) };
      if (isPaid(order))
        return { key: why === 'not_delivered' ? 'sms-order:review-not-delivered' : 'sms-order:review-delivery', params };
      return { key: why === 'not_begun' ? 'sms-order:review-not-sent' : 'sms-order:review', params };
    case 'refund_due':
      return { key: 'sms-order:refund-due', params };
    case 'refunded':
      return { key: 'sms-order:refunded', params };
    case 'confirmed':
    case 'submitting':
    case 'delivering':
      return null;
    default:
      return assertNever(state);
  }
}

function withFilled({ wallet: owner, customerId }: SmsOrder, { units, balance }: Filled, params: Params): Params {
  const counted = { units: { grouped: units } };
  // A wallet with a name of its own is not the only one that a person may have.
  const added =
    owner.userId !== customerId && saidBy(owner) === null
      ? { key: 'sms-order:added-to', params: { ...counted, wallet: walletName({ owner, by: 'link' }) } }
      : { key: 'sms-order:added', params: counted };
  // What the order says is what was shown at the yes, where it may be an estimate.
  const { units: promised = counted.units } = params;
  return { ...params, ...counted, added, balance: { grouped: balance }, promised };
}

/** As long as nothing had left, no payment was ever asked for. */
function cancelledKey({ state }: SmsOrder, why: NewsWhy | null): string {
  const said = notBought(why);
  if (said !== null) return `sms-order:not-paid-${said}`;
  if (state !== 'confirmed') return 'sms-order:cancelled';
  return why === 'by_shop' ? 'sms-order:cancelled-by-shop' : 'sms-order:cancelled-in-time';
}

function notBought(why: NewsWhy | null): NotBoughtWhy | null {
  return why === 'by_shop' || why === 'by_upstream' || why === 'not_begun' || why === 'not_delivered' ? null : why;
}
