/**
 * Owns what an order is and the life of one: a table of state x event for each kind, from shared rules on money (that of SMS stands in
 * sms-order-life.ts). A pair that is not in the table is recorded and ignored, never thrown. Nothing here knows of people, messages or
 * the database.
 */

import type { Instant } from '../lib/clock.ts';
import type { Kes } from './money.ts';
import type { Msisdn } from './msisdn.ts';
import type { PaymentNetwork, RecipientNetwork } from './networks.ts';
import {
  ENDS_SMS_PROMPT,
  REMOTE_PAID_LIFE,
  REMOTE_RESTORED_LIFE,
  REMOTE_TAKEN_BACK_LIFE,
  REMOTE_UNPAID_LIFE,
  SMS_LIFE,
} from './sms-order-life.ts';
import type { Buyer, PriceInForce } from './tariff.ts';
import type { WalletAt } from './wallet-owner.ts';

export const ORDER_STATES = [
  'confirmed',
  'submitting',
  'awaiting_payment',
  'unknown',
  /** The money is there and the goods are not yet: of SMS alone, because their payment and their delivery are two things. */
  'paid',
  /** Whoever keeps the wallet was asked to add the messages. */
  'delivering',
  'delivered',
  'cancelled',
  'rejected',
  'lapsed',
  'review',
  'refund_due',
  'refunded',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const ORDER_EVENTS = [
  'call_starting',
  'answer_accepted',
  /** Accepted, under the reference of a payment that another order has. */
  'answer_of_another',
  'answer_refused',
  'answer_cancelled',
  /** Provably nothing was sent, and tries are left. */
  'answer_not_sent',
  /** Provably nothing was sent, at the last try. */
  'answer_never_sent',
  'answer_unknown',
  /** The process died between the start of the call and its answer. */
  'call_interrupted',
  'webhook_positive',
  'webhook_cancelled',
  'webhook_negative',
  /** The provider was asked, and says so: paid, not paid, the prompt ran out unanswered, or there never was one. */
  'status_paid',
  /**
   * Paid, says the provider, and that is not enough to deliver on: only a callback without amount and payer named the payment, so it may be
   * anybody's; or the order was unpaid in a backup that was restored, so it may be delivered already.
   */
  'status_paid_unproven',
  'status_not_paid',
  'status_expired',
  'status_not_prompted',
  /** It was asked, and its answer could not be read, or there was none. */
  'status_unclear',
  /** Somebody told the callback's address something: nobody signs it, so it only makes us ask. */
  'callback_came',
  /** The messages that were paid for are in their wallet. */
  'wallet_filled',
  /** They were paid for, and wallets are no longer kept where this order's was when it was placed. */
  'wallets_moved',
  /** The server that keeps the wallet is asked to add them, and what came of it: `added` by its clear yes, `refused` by its clear no. */
  'delivery_starting',
  'delivery_added',
  /** Added, and fewer than were promised: the price there is another. */
  'delivery_fewer',
  'delivery_refused',
  /** Provably nothing was sent, and tries are left. */
  'delivery_not_sent',
  /** Provably nothing was sent, at the last try. */
  'delivery_never_sent',
  'delivery_unknown',
  /** The process died between the start of the request and its answer. */
  'delivery_interrupted',
  /** Ten minutes without a word, and the upstream knows where to reach us. */
  'silence',
  /** Ten minutes without a word, and the upstream cannot reach us: the customer is asked. */
  'silence_without_webhooks',
  'customer_received',
  'customer_paid_not_received',
  'customer_did_not_pay',
  'customer_cancelled',
  /** The goods are where they were to go. Of a wallet elsewhere that is recorded; one of our own is filled with it. */
  'operator_delivered',
  /** Its money is there, and its goods are still to be asked for: of a wallet elsewhere. */
  'operator_paid',
  'operator_cancelled',
  'operator_refund_due',
  'operator_refunded',
] as const;
export type OrderEventKind = (typeof ORDER_EVENTS)[number];

type Row = Readonly<Partial<Record<OrderEventKind, OrderState>>>;
export type Life = Readonly<Record<OrderState, Row>>;

/** What a person or the upstream may still say while we do not know the end. */
const EVIDENCE: Row = { webhook_positive: 'delivered', webhook_cancelled: 'cancelled', webhook_negative: 'review' };

const SILENCE_AND_ANSWERS = (state: OrderState): Row => ({
  silence: 'review',
  silence_without_webhooks: state,
  customer_received: 'delivered',
  customer_paid_not_received: 'review',
  customer_did_not_pay: 'lapsed',
});

/** Refused, cancelled or given up: a later positive word still wins, because evidence only grows. */
const CLOSED: Row = { webhook_positive: 'delivered' };

const AIRTIME_LIFE: Life = {
  confirmed: {
    call_starting: 'submitting',
    customer_cancelled: 'cancelled',
    operator_cancelled: 'cancelled',
    // Nothing has left, so there is nothing to ask the customer: a yes this old is brought before a person, and no phone rings.
    silence: 'review',
    ...EVIDENCE,
  },
  submitting: {
    answer_accepted: 'awaiting_payment',
    answer_refused: 'rejected',
    answer_cancelled: 'cancelled',
    answer_not_sent: 'confirmed',
    answer_never_sent: 'rejected',
    answer_unknown: 'unknown',
    call_interrupted: 'unknown',
    // The call is still out, so the customer cannot know more than we do, and is not asked.
    silence: 'review',
    ...EVIDENCE,
  },
  awaiting_payment: { ...EVIDENCE, ...SILENCE_AND_ANSWERS('awaiting_payment') },
  unknown: { answer_accepted: 'awaiting_payment', ...EVIDENCE, ...SILENCE_AND_ANSWERS('unknown') },
  review: {
    webhook_positive: 'delivered',
    webhook_cancelled: 'cancelled',
    customer_received: 'delivered',
    operator_delivered: 'delivered',
    operator_cancelled: 'cancelled',
    operator_refund_due: 'refund_due',
  },
  refund_due: { webhook_positive: 'delivered', operator_refunded: 'refunded', operator_delivered: 'delivered' },
  // Whoever takes the payment of airtime delivers it: nothing rests here.
  paid: {},
  delivering: {},
  rejected: CLOSED,
  cancelled: CLOSED,
  lapsed: CLOSED,
  delivered: {},
  refunded: {},
};

/** Of what the table of its kind is asked. */
export type Standing =
  Pick<AirtimeOrder, 'kind' | 'state'> | Pick<SmsOrder, 'kind' | 'state' | 'walletAt' | 'paidAt' | 'restoredAt' | 'takenBackAt'>;

/** The state after `event`, or null: the pair is not in the table, so it is recorded and changes nothing. */
export function nextState(standing: Standing, event: OrderEventKind): OrderState | null {
  return lifeOf(standing)[standing.state][event] ?? null;
}

function lifeOf(standing: Standing): Life {
  if (standing.kind === 'airtime') return AIRTIME_LIFE;
  if (isFilledHere(standing)) return SMS_LIFE;
  if (standing.takenBackAt !== null) return REMOTE_TAKEN_BACK_LIFE;
  if (standing.paidAt !== null) return REMOTE_PAID_LIFE;
  return standing.restoredAt === null ? REMOTE_UNPAID_LIFE : REMOTE_RESTORED_LIFE;
}

/**
 * The evidence contradicts an end that people were told: money and goods may no longer agree, so a person must look. A positive word for
 * an order that was closed or refunded, or a word of failure for one that was delivered. That SMS were paid is no news of an order whose
 * money went back; that they were not is.
 */
export function contradictsEnd({ kind, state }: Standing, event: OrderEventKind): boolean {
  const repaid = state === 'refund_due' || state === 'refunded';
  if (event === 'webhook_positive' || event === 'delivery_added') return repaid || (isTerminal(state) && state !== 'delivered');
  if (event === 'status_paid') return isTerminal(state) && state !== 'delivered' && !repaid;
  return (state === 'delivered' || (kind === 'sms' && repaid)) && FAILURES.includes(event);
}

const FAILURES: readonly OrderEventKind[] = [
  'webhook_cancelled',
  'webhook_negative',
  'answer_refused',
  'answer_cancelled',
  'delivery_fewer',
  'delivery_refused',
  'status_not_paid',
  'status_expired',
  'status_not_prompted',
];

/** Nothing more is expected. A late positive word may still correct a rejected, cancelled or lapsed order. */
export function isTerminal(state: OrderState): boolean {
  return state === 'delivered' || state === 'cancelled' || state === 'rejected' || state === 'lapsed' || state === 'refunded';
}

const PROMPT_ENDS: readonly OrderEventKind[] = [
  'answer_refused',
  'answer_cancelled',
  'answer_never_sent',
  'webhook_positive',
  'webhook_cancelled',
  'webhook_negative',
  ...ENDS_SMS_PROMPT,
];

/**
 * No prompt rings any more: by the upstream's word, or because none was ever sent. What the clock, a customer or an operator says of an
 * order does not silence a phone: it rings until its time is over.
 */
export function endsPrompt(state: OrderState, event: OrderEventKind): boolean {
  return state === 'confirmed' || PROMPT_ENDS.includes(event);
}

/** A phone may be asking for a PIN because of this order. */
export function mayRing({ promptLiveUntil }: Pick<Order, 'promptLiveUntil'>, now: Instant): boolean {
  return promptLiveUntil !== null && promptLiveUntil > now;
}

/** Between the person's yes and the end, while the upstream may be working. */
export function isInFlight(state: OrderState): boolean {
  return IN_FLIGHT.includes(state);
}

const IN_FLIGHT: readonly OrderState[] = ['confirmed', 'submitting', 'awaiting_payment', 'unknown', 'paid', 'delivering'];

/** Documented refusals of the airtime API (airtime-api.txt, Status). */
export type RefusalCode = '1000' | '2000' | '3000' | '4000' | '5000' | '6000';

/** Why a payment was not made, in the closed list that people hear in plain words. */
export type NotPaidReason =
  'too_little_money' | 'busy' | 'expired' | 'not_prompted' | 'cancelled' | 'phone_unreachable' | 'wrong_pin' | 'other';

/** Why an order ended with nothing bought, where somebody said why. `ours`: the shop's own credentials or set-up. */
export type NotBoughtWhy = RefusalCode | 'unreachable' | 'ours' | 'refused' | NotPaidReason;

/** What the news of an order depends on besides its state: why nothing was bought, who or what ended it, or that what was paid is not there. */
export type NewsWhy = NotBoughtWhy | 'by_shop' | 'by_upstream' | 'not_begun' | 'not_delivered';

/** A payment prompt rings for at most this long; afterwards the payer may be prompted again. */
export const PROMPT_LIVE_MS = 3 * 60_000;
/** After this much silence an order goes to review, or the customer is asked. */
export const SILENCE_MS = 10 * 60_000;

/** What every order has, whatever is bought. */
interface Ordered {
  readonly id: string;
  /** What people read out; what a payment or a purchase is found by at the upstream. */
  readonly reference: string;
  readonly state: OrderState;
  readonly customerId: string;
  readonly conversationId: string;
  readonly amountKes: Kes;
  readonly payer: Msisdn;
  readonly paymentNetwork: PaymentNetwork;
  /** The confirmation that it was made from: unique, so a double tap cannot make a second one. */
  readonly draft: string;
  readonly revision: number;
  /** How often the call was begun and provably not sent. */
  readonly triesNotSent: number;
  readonly upstreamReference: string | null;
  /** The payer's phone may be ringing until then; null once the order is settled. */
  readonly promptLiveUntil: Instant | null;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  readonly version: number;
}

/** Airtime for a number: the upstream that takes the payment delivers it as well. */
export interface AirtimeOrder extends Ordered {
  readonly kind: 'airtime';
  readonly recipient: Msisdn;
  readonly recipientNetwork: RecipientNetwork | null;
  readonly recipientName: string | null;
}

/** Messages for a wallet of SMS: one upstream takes the payment, and the wallet is filled once it is paid. */
export interface SmsOrder extends Ordered {
  readonly kind: 'sms';
  readonly paymentNetwork: 'M-Pesa';
  /** Whose wallet is filled; it is opened by the first delivery. */
  readonly wallet: Buyer;
  /** As they were shown to the person, counting what was left over of earlier purchases. */
  readonly units: number;
  /** As it was shown; it holds at delivery here, whatever has been set since. */
  readonly price: PriceInForce;
  /** Settled when it was placed: a wallet of our own, or one on another server; anew where that had changed when it was paid. */
  readonly walletAt: WalletAt;
  /** When we learned that its money is there; null: we do not know that it is. */
  readonly paidAt: Instant | null;
  /** On whose word `upstreamReference` is its payment; null while there is none. */
  readonly paymentNamedBy: PaymentNamedBy | null;
  /** It was unpaid in a backup that was restored then: paid since, it was most likely delivered since, and nothing here knows. */
  readonly restoredAt: Instant | null;
  /** It was delivered, and then it was not: its sale was taken back, and its money goes back. */
  readonly takenBackAt: Instant | null;
}

/**
 * Our own request's answer; a callback that told of a payment whose amount and payer fit; or one that told of none, whose word is enough
 * to learn that nothing was paid and not enough to deliver on: anybody's payment would be answered "paid".
 */
export const PAYMENT_NAMED_BY = ['answer', 'paid_callback', 'callback'] as const;
export type PaymentNamedBy = (typeof PAYMENT_NAMED_BY)[number];

/** Its money is there, by the provider's word or an operator's: what is left is to deliver it. */
export function isPaid(order: Order): boolean {
  return order.kind === 'sms' && order.paidAt !== null;
}

export type Order = AirtimeOrder | SmsOrder;
export type OrderKind = Order['kind'];

type Goods = Pick<AirtimeOrder, 'kind'> | Pick<SmsOrder, 'kind' | 'walletAt'>;

/** SMS for a wallet of our own: once they are paid we fill it ourselves. Anything else is delivered by somebody else. */
export function isFilledHere<T extends Goods>(order: T): order is Extract<T, { kind: 'sms' }> & { readonly walletAt: 'own' } {
  return order.kind === 'sms' && order.walletAt === 'own';
}

/** The server that fills the order's wallet of SMS; null: it is filled here, or there is none. */
export function filledElsewhereBy(order: Goods): Exclude<WalletAt, 'own'> | null {
  return order.kind === 'sms' && order.walletAt !== 'own' ? order.walletAt : null;
}

/** It was delivered, and is not: what was booked for it goes back. */
export function isTakenBack({ state }: Pick<Order, 'state'>, to: OrderState | null): boolean {
  return state === 'delivered' && to === 'refund_due';
}

/** Who or what moved an order: kept with every step. */
export type Actor =
  | { readonly kind: 'customer'; readonly id: string }
  | { readonly kind: 'operator'; readonly name: string }
  /** Another program, by the name of its key. */
  | { readonly kind: 'program'; readonly name: string }
  /** Whoever reads an e-mail of ours and followed its link. */
  | { readonly kind: 'reader' }
  | { readonly kind: 'upstream' }
  | { readonly kind: 'clock' }
  | { readonly kind: 'rescuer' };
