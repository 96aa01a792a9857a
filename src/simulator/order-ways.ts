/**
 * Owns from where to where an order of each kind may go, and on whose word: written down here once more, from the pictures in the design
 * and not from the program's tables.
 */

import type { OrderKind } from '../domain/order.ts';
import type { Evidence, OrderFacts } from './facts.ts';

type Ways = Readonly<Record<string, readonly string[]>>;

const AIRTIME_WAYS: Ways = {
  confirmed: ['submitting', 'cancelled', 'rejected', 'delivered', 'review'],
  submitting: ['confirmed', 'awaiting_payment', 'rejected', 'cancelled', 'unknown', 'delivered', 'review'],
  awaiting_payment: ['delivered', 'cancelled', 'review', 'lapsed', 'awaiting_payment'],
  unknown: ['awaiting_payment', 'delivered', 'cancelled', 'review', 'lapsed', 'unknown'],
  review: ['delivered', 'cancelled', 'refund_due'],
  refund_due: ['refunded', 'delivered'],
  rejected: ['delivered'],
  cancelled: ['delivered'],
  lapsed: ['delivered'],
  delivered: [],
  refunded: [],
};

const NOT_PAID = ['cancelled', 'lapsed', 'rejected'];

/** Paid it is delivered, and nothing else ever delivers it. */
const SMS_WAYS: Ways = {
  confirmed: ['submitting', 'paid', 'review', ...NOT_PAID],
  submitting: ['confirmed', 'awaiting_payment', 'unknown', 'paid', 'review', ...NOT_PAID],
  awaiting_payment: ['paid', 'review', ...NOT_PAID],
  unknown: ['awaiting_payment', 'paid', 'review', ...NOT_PAID],
  paid: ['delivered', 'review'],
  review: ['paid', 'refund_due', ...NOT_PAID],
  refund_due: ['paid', 'refunded'],
  rejected: ['paid'],
  cancelled: ['paid'],
  lapsed: ['paid'],
  delivered: [],
  refunded: [],
};

/** Its wallet is on another server: paid it is asked for there, and only what provably was not sent is asked for again. */
const REMOTE_WAYS: Ways = {
  ...SMS_WAYS,
  paid: ['delivering', 'review'],
  delivering: ['delivered', 'paid', 'review'],
  review: ['paid', 'delivered', 'refund_due', ...NOT_PAID],
  refund_due: ['paid', 'delivered', 'refunded'],
  // A person found that it was not.
  delivered: ['refund_due'],
};

type About = Pick<OrderFacts, 'kind' | 'remote'>;

export function waysOf({ kind, remote }: About): Ways {
  if (kind === 'airtime') return AIRTIME_WAYS;
  return remote ? REMOTE_WAYS : SMS_WAYS;
}

type Grounds = Readonly<Record<string, readonly Evidence[]>>;

/** What may be told as the end, and on whose word. */
const GROUNDS: Readonly<Record<OrderKind, Grounds>> = {
  airtime: {
    delivered: ['webhook positive', 'customer received', 'operator'],
    cancelled: ['webhook cancelled', 'answer cancelled', 'operator'],
    rejected: ['answer refused', 'answer not sent'],
    lapsed: ['customer did not pay'],
  },
  sms: {
    paid: ['status paid', 'operator'],
    delivered: ['status paid', 'operator'],
    cancelled: ['status not paid', 'operator'],
    rejected: ['answer refused', 'answer not sent', 'status not paid'],
    lapsed: ['status not paid'],
  },
};

/** Of a wallet on another server only its own yes counts, or that of a person who looked. */
const REMOTE_GROUNDS: Grounds = { ...GROUNDS.sms, delivered: ['delivery accepted', 'operator'] };

export function groundsOf({ kind, remote }: About): Grounds {
  return remote ? REMOTE_GROUNDS : GROUNDS[kind];
}
