/**
 * Owns the life of an order of SMS: state x event. Its payment and its delivery are two things: only the provider's own answer to our
 * question, or an operator with evidence, makes it paid, and paid it goes on to be delivered, or to a person, and nowhere else. A wallet
 * that is here is filled in the turn that says so; another server is asked to.
 */

import type { Life, NotPaidReason, OrderEventKind, OrderState } from './order.ts';
import { DAY_MS } from '../lib/durations.ts';

type Row = Life['paid'];

/** What the provider answers when it is asked. */
const STATUS: Row = {
  status_paid: 'paid',
  status_paid_unproven: 'review',
  status_not_paid: 'cancelled',
  status_expired: 'lapsed',
  status_not_prompted: 'rejected',
};

const { status_paid_unproven: _, ...STATUS_IN_REVIEW } = STATUS;

const NO_WORD: Row = { silence: 'review' };

/** Refused, cancelled or given up: that it was paid still wins, because evidence only grows. */
const CLOSED: Row = { status_paid: 'paid', status_paid_unproven: 'review' };

/** Until it is paid, wherever its wallet is. */
const UNPAID: Omit<Life, 'paid' | 'delivering'> = {
  confirmed: {
    call_starting: 'submitting',
    customer_cancelled: 'cancelled',
    operator_cancelled: 'cancelled',
    ...NO_WORD,
    // Its call was taken for not sent, and rang all the same.
    ...STATUS,
  },
  submitting: {
    answer_accepted: 'awaiting_payment',
    answer_of_another: 'review',
    answer_refused: 'rejected',
    answer_not_sent: 'confirmed',
    answer_never_sent: 'rejected',
    answer_unknown: 'unknown',
    call_interrupted: 'unknown',
    ...NO_WORD,
    ...STATUS,
  },
  awaiting_payment: { ...NO_WORD, ...STATUS },
  unknown: { answer_accepted: 'awaiting_payment', answer_of_another: 'review', ...NO_WORD, ...STATUS },
  review: {
    ...STATUS_IN_REVIEW,
    operator_delivered: 'paid',
    operator_cancelled: 'cancelled',
    operator_refund_due: 'refund_due',
  },
  // That it was paid is why the money goes back: whether it does is an operator's word.
  refund_due: { operator_delivered: 'paid', operator_refunded: 'refunded' },
  rejected: CLOSED,
  cancelled: CLOSED,
  lapsed: CLOSED,
  delivered: {},
  refunded: {},
};

/** Its wallet is here. Paid and delivered are one turn; should they ever not be, a person looks. */
export const SMS_LIFE: Life = {
  ...UNPAID,
  paid: { wallet_filled: 'delivered', wallets_moved: 'review', ...NO_WORD },
  delivering: {},
};

/**
 * Its wallet is on another server, and it is not paid yet: once it is, the table below holds. Two things may be known of it: that it was
 * paid, and then its messages are asked for; or that they are there already, and then nothing is.
 */
export const REMOTE_UNPAID_LIFE: Life = {
  ...UNPAID,
  review: { ...UNPAID.review, operator_paid: 'paid', operator_delivered: 'delivered' },
  refund_due: { ...UNPAID.refund_due, operator_paid: 'paid', operator_delivered: 'delivered' },
  paid: {},
  delivering: {},
};

/** The same after a restore: whoever says that it was paid, what was paid for may be there already, and is not asked for. */
export const REMOTE_RESTORED_LIFE: Life = {
  ...REMOTE_UNPAID_LIFE,
  ...ofEach(['confirmed', 'submitting', 'awaiting_payment', 'unknown', 'rejected', 'cancelled', 'lapsed'], (state) => ({
    ...REMOTE_UNPAID_LIFE[state],
    status_paid: 'review',
  })),
  ...ofEach(['review', 'refund_due'], (state) => {
    const { status_paid: _paid, operator_paid: _asked, ...rest } = REMOTE_UNPAID_LIFE[state];
    return rest;
  }),
};

function ofEach<S extends OrderState>(states: readonly S[], row: (state: S) => Row): Record<S, Row> {
  return Object.fromEntries(states.map((state) => [state, row(state)])) as Record<S, Row>;
}

const NOTHING: Life = {
  confirmed: {},
  submitting: {},
  awaiting_payment: {},
  unknown: {},
  paid: {},
  delivering: {},
  delivered: {},
  cancelled: {},
  rejected: {},
  lapsed: {},
  review: {},
  refund_due: {},
  refunded: {},
};

/**
 * The money is there, and the messages are asked for once. What comes of a request of which a byte was sent is the server's clear yes, or a
 * person's to find out: it is never sent again.
 */
export const REMOTE_PAID_LIFE: Life = {
  ...NOTHING,
  paid: { delivery_starting: 'delivering', wallets_moved: 'review', ...NO_WORD },
  delivering: {
    delivery_added: 'delivered',
    delivery_fewer: 'review',
    delivery_refused: 'review',
    delivery_not_sent: 'paid',
    delivery_never_sent: 'review',
    delivery_unknown: 'review',
    delivery_interrupted: 'review',
    ...NO_WORD,
  },
  // It may have been given up by the clock while its request was still out.
  review: { delivery_added: 'delivered', operator_delivered: 'delivered', operator_refund_due: 'refund_due' },
  refund_due: { delivery_added: 'delivered', operator_delivered: 'delivered', operator_refunded: 'refunded' },
  // Somebody said yes, and it was not so: a person who looked may send the money back, and the sale is taken back with it.
  delivered: { operator_refund_due: 'refund_due' },
};

/** What was sold once and taken back is not sold again: its money goes back. */
export const REMOTE_TAKEN_BACK_LIFE: Life = { ...NOTHING, refund_due: { operator_refunded: 'refunded' } };

/** The provider says that no prompt rings any more. */
export const ENDS_SMS_PROMPT: readonly OrderEventKind[] = [
  'status_paid',
  'status_not_paid',
  'status_expired',
  'status_not_prompted',
];

/** `not_prompted` and `busy` made no phone ring, so nobody was disturbed by them. */
export function eventOfReason(reason: NotPaidReason): OrderEventKind {
  if (reason === 'not_prompted' || reason === 'busy') return 'status_not_prompted';
  return reason === 'expired' || reason === 'phone_unreachable' ? 'status_expired' : 'status_not_paid';
}

/** Counted from the order: when its payment is asked about, besides when a callback makes us ask. */
const ASKED_AFTER_MS = [20_000, 60_000, 3 * 60_000, 4 * 60_000, 6 * 60_000, 8 * 60_000, 9.5 * 60_000] as const;
/** A provider that was away may still tell: then a person need not find out. Doubled from there on, for a day. */
const ASKED_IN_REVIEW_MS = 20 * 60_000;
const ASKED_AT_LEAST_APART_MS = 15_000;
const ASKED_AT_MOST_AFTER_MS = DAY_MS;
/** By less, asking as of a young order does no harm. */
const SET_BACK_FAR_MS = 10 * 60_000;

/**
 * When the provider is asked next; null: no more by the clock. How old an order is that the clock was set back behind, nobody knows: it is
 * asked about now and then, and one that would have to be for more than a day is left to a person.
 */
export function asksNextAt(createdAt: number, now: number): number | null {
  const aheadMs = createdAt - now;
  if (aheadMs > ASKED_AT_MOST_AFTER_MS) return null;
  if (aheadMs > SET_BACK_FAR_MS) return now + ASKED_IN_REVIEW_MS;
  const age = Math.max(0, now - createdAt) + ASKED_AT_LEAST_APART_MS;
  let after: number = ASKED_AFTER_MS.find((one) => one >= age) ?? ASKED_IN_REVIEW_MS;
  while (after < age) after *= 2;
  return after > ASKED_AT_MOST_AFTER_MS ? null : now - Math.max(0, now - createdAt) + after;
}
