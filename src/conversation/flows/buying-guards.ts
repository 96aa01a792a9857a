/**
 * Owns why a purchase that is all said cannot be made now, and how that is put: what stands in the way, when it is possible again,
 * what else can be done. Asked when the confirmation is shown and again at the yes; where nothing is known, nothing is sold.
 */

import { refusedUntil, type Breaker } from '../../domain/breaker.ts';
import { mayBuy, type PurchaseRefusal } from '../../domain/limits.ts';
import { kes } from '../../domain/money.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import { assertNever } from '../../lib/assert.ts';
import type { Phrase } from '../reply.ts';
import type { Surroundings } from '../surroundings.ts';

export interface Wanted {
  readonly payer: Msisdn;
  readonly recipient: Msisdn | null;
  readonly amountKes: number;
  /** The least that such a purchase takes. */
  readonly leastKes: number;
}

/** Null: it may be bought, as far as people and their phones are concerned. */
export function obstacle(wanted: Wanted, around: Surroundings): Phrase | null {
  const { now, use, business, customerId, channel } = around;
  if (around.salesStopped !== null) return { key: 'buying:sales-stopped' };
  if (use === null || use.payer.payer !== wanted.payer || use.recipient !== wanted.recipient)
    return { key: 'buying:not-checked' };
  const asked = { now, customerId, knownPayer: channel.trusted, amountKes: kes(wanted.amountKes) };
  const allowed = mayBuy(use, business.limits, asked);
  return allowed.ok ? null : refusalPhrase(allowed.error, wanted, around);
}

/** How long an upstream that does not answer is left in peace, in minutes; null: it answers. */
export function awayFor(breaker: Breaker, { now }: Surroundings): number | null {
  const until = refusedUntil(breaker, now);
  return until === null ? null : minutes(until - now);
}

function refusalPhrase(refusal: PurchaseRefusal, wanted: Wanted, { now }: Surroundings): Phrase {
  const payer = { msisdn: wanted.payer };
  switch (refusal.kind) {
    case 'stopped':
      return { key: refusal.own ? 'buying:payer-stopped-yours' : 'buying:payer-stopped', params: { payer } };
    case 'day_used_up': {
      // What others bought for a number is not told: only the person's own day in shillings.
      const some = refusal.leftKes >= wanted.leastKes;
      const { recipient } = wanted;
      const params = {
        payer,
        left: { kes: refusal.leftKes },
        ...(recipient === null ? {} : { recipient: { msisdn: recipient } }),
      };
      return { key: `buying:day-${some ? 'too-much' : 'over'}-${refusal.party}`, params };
    }
    case 'ringing': {
      const params = { payer, count: minutes(refusal.until - now) };
      if (refusal.reference === null) return { key: 'buying:payer-ringing', params };
      return { key: 'buying:payer-ringing-yours', params: { ...params, reference: refusal.reference } };
    }
    case 'cooling_down':
      return { key: 'buying:payer-cooling-down', params: { payer, count: minutes(refusal.until - now) } };
    case 'too_often':
      return { key: `buying:payer-too-often-${refusal.per}`, params: { payer } };
    case 'not_approved_yet':
      return { key: 'buying:payer-not-approved', params: { payer } };
    case 'too_many_payers':
      return { key: `buying:payer-new-${refusal.per}`, params: { payer } };
    case 'too_many_strangers':
      return { key: 'buying:payer-new-everywhere', params: { payer } };
    default:
      return assertNever(refusal);
  }
}

function minutes(ms: number): number {
  return Math.max(1, Math.ceil(ms / 60_000));
}
