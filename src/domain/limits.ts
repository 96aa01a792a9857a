/**
 * Owns the limits on purchases and payment prompts. The payer's own PIN is the consent to pay; what is limited is how often a phone
 * is made to ring, because a stranger's phone must not be spammed through us, and how much goes through one person, payer or
 * recipient in a day. Pure: the counts are loaded with the turn.
 */

import type { Instant } from '../lib/clock.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { kes, type Kes } from './money.ts';
import type { Msisdn } from './msisdn.ts';
import { PROMPT_LIVE_MS, type Order, type OrderState } from './order.ts';
import { DAY_MS } from '../lib/durations.ts';
import { NAIROBI_OFFSET_MS } from './nairobi.ts';
import type { NoticeLimits } from './notices.ts';

/** Whose purchases of a day are counted together: the person who orders, the number that pays, the number that gets. */
export const PARTIES = ['person', 'payer', 'recipient'] as const;
export type Party = (typeof PARTIES)[number];

export interface DayLimit {
  readonly kes: number;
  readonly orders: number;
}

export interface Limits {
  readonly airtimeMinKes: number;
  readonly airtimeMaxKes: number;
  readonly smsMinKes: number;
  readonly smsMaxKes: number;
  readonly promptsOwnPerHour: number;
  readonly promptsOwnPerDay: number;
  /** To a number that is not verified as the customer's own, over all customers. */
  readonly promptsOtherPerHour: number;
  readonly promptsOtherPerDay: number;
  /** The same, by one customer, until a purchase from that payer was approved once. */
  readonly promptsOtherFirstPerDay: number;
  /** Different phones that one customer may ring although they are not the customer's own and never approved them. */
  readonly newPayersPerHour: number;
  readonly newPayersPerDay: number;
  /** Prompts to phones that never approved anybody, over all customers: what a crowd of made-up customers can do at most. */
  readonly strangersPerHour: number;
  /** So many prompts in a row that nobody paid, and a phone that is not the customer's own is left in peace; at most `RECALLED`. */
  readonly coolDownAfterUnfinished: number;
  readonly coolDownMinutes: number;
  /** Alerts to addresses that are not the wallet owner's own. */
  readonly noticesToOthers: NoticeLimits;
  /** From midnight to midnight in Nairobi. */
  readonly perDay: Readonly<Record<Party, DayLimit>>;
}

/** What counts of a day: purchases that were paid for or still may be. */
export interface DayUse {
  readonly orders: number;
  readonly kes: Kes;
}

/** A prompt that rang on a phone. */
export interface PastPrompt {
  readonly state: OrderState;
  readonly rangAt: Instant;
  /** When its order took that state. */
  readonly changedAt: Instant;
}

/** The last prompts that are looked back on, and over how long. */
export const RECALLED = 10;

/** More prompts to strangers than this are not counted. */
export const MOST_STRANGERS = 500;

/** How often a payer's phone was made to ring, for the limits on prompts. */
export interface PayerUse {
  readonly payer: Msisdn;
  /** The payer's number is verified as the customer's own. */
  readonly own: boolean;
  /** Its owner wants no payment prompts from us, whoever asks. */
  readonly stopped: boolean;
  readonly promptsLastHour: number;
  readonly promptsLastDay: number;
  readonly promptsByCustomerLastDay: number;
  /** Other phones than this one that the customer rang, not their own and never approved by it. */
  readonly newPayersLastHour: number;
  readonly newPayersLastDay: number;
  /** Prompts of everybody to phones that approved nobody yet, at most `MOST_STRANGERS`; 0 where it does not matter. */
  readonly strangersLastHour: number;
  /** A purchase that this customer made from this payer was delivered before, by the upstream's evidence or a person's, not their own. */
  readonly approvedBefore: boolean;
  /** Of the last 24 hours, the newest first, at most `RECALLED`; refused ones rang nowhere and are not among them. */
  readonly lastPrompts: readonly PastPrompt[];
  /** The order whose prompt may be ringing on this phone at the moment of loading. */
  readonly live: { readonly reference: string; readonly customerId: string; readonly until: Instant } | null;
}

/** Who pays and who gets. */
export interface Parties {
  readonly payer: Msisdn;
  /** Null: nobody's phone gets anything (SMS for a wallet), so no limit of a recipient applies. */
  readonly recipient: Msisdn | null;
}

export function partiesOf(order: Order): Parties {
  return { payer: order.payer, recipient: order.kind === 'airtime' ? order.recipient : null };
}

export function sameParties(one: Parties, other: Parties): boolean {
  return one.payer === other.payer && one.recipient === other.recipient;
}

/** All that a purchase is measured against, of exactly this payer and recipient. */
export interface PurchaseUse {
  readonly payer: PayerUse;
  readonly recipient: Msisdn | null;
  /** Of nobody's number nothing counts. */
  readonly today: Readonly<Record<Party, DayUse>>;
}

export type PromptRefusal =
  /** Another prompt is still open on that phone, until then. */
  | { readonly kind: 'ringing'; readonly until: Instant; readonly reference: string | null }
  /** The last prompts were not paid: the phone is left in peace, until then. */
  | { readonly kind: 'cooling_down'; readonly until: Instant }
  | { readonly kind: 'too_often'; readonly per: 'hour' | 'day' }
  /** A stranger's phone that never approved us: one a day. */
  | { readonly kind: 'not_approved_yet' }
  /** This customer has made many different phones ring that never approved them. */
  | { readonly kind: 'too_many_payers'; readonly per: 'hour' | 'day' }
  /** All customers together have. */
  | { readonly kind: 'too_many_strangers' };

export type PurchaseRefusal =
  | PromptRefusal
  | { readonly kind: 'stopped'; readonly own: boolean }
  /** Possible again at midnight; until then, at most `leftKes` in one more purchase. */
  | { readonly kind: 'day_used_up'; readonly party: Party; readonly leftKes: Kes };

export interface Asked {
  readonly now: Instant;
  /** Decides whose order is named in a refusal: another customer's never is. */
  readonly customerId: string;
  /** The channel is trusted, so every payer named there counts as one who has approved before. */
  readonly knownPayer: boolean;
}

/** May this be bought now? What stands longest is said first: nobody waits three minutes to hear that it is tomorrow. */
export function mayBuy(
  use: PurchaseUse,
  limits: Limits,
  asked: Asked & { readonly amountKes: Kes },
): Result<void, PurchaseRefusal> {
  if (use.payer.stopped) return err({ kind: 'stopped', own: use.payer.own });
  for (const party of PARTIES) {
    if (party === 'recipient' && use.recipient === null) continue;
    const most = limits.perDay[party];
    const today = use.today[party];
    const leftKes = today.orders >= most.orders ? 0 : Math.max(0, most.kes - today.kes);
    if (asked.amountKes > leftKes) return err({ kind: 'day_used_up', party, leftKes: kes(leftKes) });
  }
  return mayPrompt(use.payer, limits, asked);
}

/** May this payer's phone be made to ring now? */
export function mayPrompt(use: PayerUse, limits: Limits, asked: Asked): Result<void, PromptRefusal> {
  if (use.live !== null && use.live.until > asked.now) {
    const { until, reference, customerId } = use.live;
    return err({ kind: 'ringing', until, reference: customerId === asked.customerId ? reference : null });
  }
  const coolUntil = use.own ? null : coolDownUntil(use.lastPrompts, limits, asked.now);
  if (coolUntil !== null) return err({ kind: 'cooling_down', until: coolUntil });
  const perHour = use.own ? limits.promptsOwnPerHour : limits.promptsOtherPerHour;
  const perDay = use.own ? limits.promptsOwnPerDay : limits.promptsOtherPerDay;
  if (use.promptsLastHour >= perHour) return err({ kind: 'too_often', per: 'hour' });
  if (use.promptsLastDay >= perDay) return err({ kind: 'too_often', per: 'day' });
  return use.own || use.approvedBefore || asked.knownPayer ? ok(undefined) : mayPromptStranger(use, limits);
}

function mayPromptStranger(use: PayerUse, limits: Limits): Result<void, PromptRefusal> {
  if (use.promptsByCustomerLastDay >= limits.promptsOtherFirstPerDay) return err({ kind: 'not_approved_yet' });
  if (use.newPayersLastDay >= limits.newPayersPerDay) return err({ kind: 'too_many_payers', per: 'day' });
  if (use.newPayersLastHour >= limits.newPayersPerHour) return err({ kind: 'too_many_payers', per: 'hour' });
  if (use.strangersLastHour >= limits.strangersPerHour) return err({ kind: 'too_many_strangers' });
  return ok(undefined);
}

/** Until when a phone is left in peace, because the last prompts, one after the other, were not paid; null: it is not. */
function coolDownUntil(prompts: readonly PastPrompt[], limits: Limits, now: Instant): Instant | null {
  const last = prompts.slice(0, limits.coolDownAfterUnfinished);
  if (last.length < limits.coolDownAfterUnfinished || last.some((prompt) => !isUnfinished(prompt, now))) return null;
  const until = Math.max(...last.map(goneAt)) + limits.coolDownMinutes * 60_000;
  return until > now ? until : null;
}

const PAID: readonly OrderState[] = ['paid', 'delivering', 'delivered', 'refund_due', 'refunded'];

/** It has gone from the phone, and nobody knows that it was paid. */
function isUnfinished(prompt: PastPrompt, now: Instant): boolean {
  return !PAID.includes(prompt.state) && goneAt(prompt) <= now;
}

function goneAt({ state, rangAt, changedAt }: PastPrompt): Instant {
  const gone = rangAt + PROMPT_LIVE_MS;
  return state === 'cancelled' || state === 'lapsed' ? Math.min(gone, changedAt) : gone;
}

/** The last midnight in Nairobi: where the day that is counted began. */
export function dayBegan(now: Instant): Instant {
  return now - ((now + NAIROBI_OFFSET_MS) % DAY_MS);
}
