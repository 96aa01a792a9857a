/**
 * Owns why a purchase that is all said cannot be made now, and how that is put: what stands in the way, when it is possible again,
 * what else can be done. Asked when the confirmation is shown and again at the yes; where nothing is known, nothing is sold.
 */

import { refusedUntil } from '../../domain/breaker.ts';
import { mayBuy, type PurchaseRefusal } from '../../domain/limits.ts';
import type { AirtimeOrder } from '../../domain/order.ts';
import { assertNever } from '../../lib/assert.ts';
import type { Phrase } from '../reply.ts';
import type { Surroundings } from '../surroundings.ts';

type Wanted = Pick<AirtimeOrder, 'payer' | 'recipient' | 'amountKes'>;

/** Null: it may be bought. */
export function obstacle(wanted: Wanted, around: Surroundings): Phrase | null {
  const { now, use, business, customerId, channel } = around;
  if (around.salesStopped !== null) return { key: 'buy-airtime:sales-stopped' };
  const until = refusedUntil(around.breaker, now);
  if (until !== null) return { key: 'buy-airtime:supplier-away', params: { count: minutes(until - now) } };
  if (use === null || use.payer.payer !== wanted.payer || use.recipient !== wanted.recipient)
    return { key: 'buy-airtime:not-checked' };
  const asked = { now, customerId, knownPayer: channel.trusted, amountKes: wanted.amountKes };
  const allowed = mayBuy(use, business.limits, asked);
  return allowed.ok ? null : refusalPhrase(allowed.error, wanted, around);
}

function refusalPhrase(refusal: PurchaseRefusal, wanted: Wanted, { now, business }: Surroundings): Phrase {
  const payer = { msisdn: wanted.payer };
  switch (refusal.kind) {
    case 'stopped':
      return { key: refusal.own ? 'buy-airtime:payer-stopped-yours' : 'buy-airtime:payer-stopped', params: { payer } };
    case 'day_used_up': {
      // What others bought for a number is not told: only the person's own day in shillings.
      const some = refusal.leftKes >= business.limits.airtimeMinKes;
      const params = { payer, recipient: { msisdn: wanted.recipient }, left: { kes: refusal.leftKes } };
      return { key: `buy-airtime:day-${some ? 'too-much' : 'over'}-${refusal.party}`, params };
    }
    case 'ringing': {
      const params = { payer, count: minutes(refusal.until - now) };
      if (refusal.reference === null) return { key: 'buy-airtime:payer-ringing', params };
      return { key: 'buy-airtime:payer-ringing-yours', params: { ...params, reference: refusal.reference } };
    }
    case 'cooling_down':
      return { key: 'buy-airtime:payer-cooling-down', params: { payer, count: minutes(refusal.until - now) } };
    case 'too_often':
      return { key: `buy-airtime:payer-too-often-${refusal.per}`, params: { payer } };
    case 'not_approved_yet':
      return { key: 'buy-airtime:payer-not-approved', params: { payer } };
    case 'too_many_payers':
      return { key: `buy-airtime:payer-new-${refusal.per}`, params: { payer } };
    case 'too_many_strangers':
      return { key: 'buy-airtime:payer-new-everywhere', params: { payer } };
    default:
      return assertNever(refusal);
  }
}

function minutes(ms: number): number {
  return Math.max(1, Math.ceil(ms / 60_000));
}
