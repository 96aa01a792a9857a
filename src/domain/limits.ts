/**
 * Owns the limits on orders and payment prompts. The payer's own PIN is the consent to pay; what is limited is how often a phone
 * is made to ring, because a stranger's phone must not be spammed through us. Pure: the counts are loaded with the turn.
 */

import type { Instant } from '../lib/clock.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Msisdn } from './msisdn.ts';

export interface Limits {
  readonly airtimeMinKes: number;
  readonly airtimeMaxKes: number;
  readonly promptsOwnPerHour: number;
  readonly promptsOwnPerDay: number;
  /** To a number that is not verified as the customer's own, over all customers. */
  readonly promptsOtherPerHour: number;
  readonly promptsOtherPerDay: number;
  /** The same, by one customer, until a purchase from that payer was approved once. */
  readonly promptsOtherFirstPerDay: number;
}

/** How often a payer's phone was made to ring, for the limits on prompts. */
export interface PayerUse {
  readonly payer: Msisdn;
  /** The payer's number is verified as the customer's own. */
  readonly own: boolean;
  readonly promptsLastHour: number;
  readonly promptsLastDay: number;
  readonly promptsByCustomerLastDay: number;
  /** A purchase that this customer made from this payer was delivered before. */
  readonly approvedBefore: boolean;
  /** The order whose prompt may be ringing on this phone at the moment of loading. */
  readonly live: { readonly reference: string; readonly customerId: string; readonly until: Instant } | null;
}

export type PromptRefusal =
  /** Another prompt is still open on that phone, until then. */
  | { readonly kind: 'ringing'; readonly until: Instant; readonly reference: string | null }
  | { readonly kind: 'too_often'; readonly per: 'hour' | 'day' }
  /** A stranger's phone that never approved us: one a day. */
  | { readonly kind: 'not_approved_yet' };

/**
 * May this payer's phone be made to ring now? `knownPayer`: the channel is trusted, so every payer named there counts as one
 * who has approved before. `customerId` decides whose order is named in the refusal: another customer's never is.
 */
export function mayPrompt(
  use: PayerUse,
  limits: Limits,
  asked: { readonly now: Instant; readonly customerId: string; readonly knownPayer: boolean },
): Result<void, PromptRefusal> {
  if (use.live !== null && use.live.until > asked.now) {
    const { until, reference, customerId } = use.live;
    return err({ kind: 'ringing', until, reference: customerId === asked.customerId ? reference : null });
  }
  const perHour = use.own ? limits.promptsOwnPerHour : limits.promptsOtherPerHour;
  const perDay = use.own ? limits.promptsOwnPerDay : limits.promptsOtherPerDay;
  if (use.promptsLastHour >= perHour) return err({ kind: 'too_often', per: 'hour' });
  if (use.promptsLastDay >= perDay) return err({ kind: 'too_often', per: 'day' });
  const known = use.own || use.approvedBefore || asked.knownPayer;
  if (!known && use.promptsByCustomerLastDay >= limits.promptsOtherFirstPerDay) return err({ kind: 'not_approved_yet' });
  return ok(undefined);
}
