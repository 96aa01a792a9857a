/**
 * Owns what people hear of an order of SMS: what became of its payment, in plain words, and the receipt once their wallet is filled.
 * Nobody is told that they have not paid unless M-Pesa says so.
 */

import { assertNever } from '../lib/assert.ts';
import type { NotBoughtWhy, OrderState, SmsOrder } from '../domain/order.ts';
import type { Params, Phrase } from './reply.ts';

/** A wallet after an order has filled it, in whole messages. */
export interface Filled {
  /** Put into it by the order. */
  readonly units: number;
  readonly balance: number;
}

export interface SmsOrderNews {
  readonly state: OrderState;
  readonly why: NotBoughtWhy | null;
  readonly filled: Filled | null;
}

export function smsOrderStatus({ state }: SmsOrder, params: Params): Phrase {
  return { key: `sms-order:status-${state}`, params };
}

export function smsOrderNews(order: SmsOrder, { state, why, filled }: SmsOrderNews, params: Params): Phrase | null {
  switch (state) {
    case 'awaiting_payment':
      return { key: 'sms-order:approve-now', params };
    case 'unknown':
      return { key: 'sms-order:unknown', params };
    case 'delivered':
      if (filled === null) return smsOrderStatus({ ...order, state }, params);
      return {
        key: 'sms-order:delivered',
        params: { ...params, units: { grouped: filled.units }, balance: { grouped: filled.balance } },
      };
    case 'cancelled':
      if (why !== null) return { key: `sms-order:not-paid-${why}`, params };
      // Nothing had left yet: the customer was in time, and no payment was ever asked for.
      return { key: order.state === 'confirmed' ? 'sms-order:cancelled-in-time' : 'sms-order:cancelled', params };
    case 'rejected':
    case 'lapsed':
      return { key: `sms-order:not-paid-${why ?? 'other'}`, params };
    case 'review':
      return { key: 'sms-order:review', params };
    case 'refund_due':
      return { key: 'sms-order:refund-due', params };
    case 'refunded':
      return { key: 'sms-order:refunded', params };
    case 'confirmed':
    case 'submitting':
    case 'paid':
      return null;
    default:
      return assertNever(state);
  }
}
