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

export interface PaymentNews {
  readonly state: OrderState;
  readonly why: NotBoughtWhy | null;
  readonly filled: Filled | null;
}

export function paymentStatus({ state }: SmsOrder, params: Params): Phrase {
  return { key: `payment:status-${state}`, params };
}

export function paymentNews(order: SmsOrder, { state, why, filled }: PaymentNews, params: Params): Phrase | null {
  switch (state) {
    case 'awaiting_payment':
      return { key: 'payment:approve-now', params };
    case 'unknown':
      return { key: 'payment:unknown', params };
    case 'delivered':
      if (filled === null) return paymentStatus({ ...order, state }, params);
      return {
        key: 'payment:delivered',
        params: { ...params, units: { grouped: filled.units }, balance: { grouped: filled.balance } },
      };
    case 'cancelled':
      if (why !== null) return { key: `payment:not-paid-${why}`, params };
      // Nothing had left yet: the customer was in time, and no payment was ever asked for.
      return { key: order.state === 'confirmed' ? 'payment:cancelled-in-time' : 'payment:cancelled', params };
    case 'rejected':
    case 'lapsed':
      return { key: `payment:not-paid-${why ?? 'other'}`, params };
    case 'review':
      return { key: 'payment:review', params };
    case 'refund_due':
      return { key: 'payment:refund-due', params };
    case 'refunded':
      return { key: 'payment:refunded', params };
    case 'confirmed':
    case 'submitting':
    case 'paid':
      return null;
    default:
      return assertNever(state);
  }
}
