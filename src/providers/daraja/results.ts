/** Owns the table of M-Pesa's result codes: what became of a payment whose prompt was asked for. */

import type { NotPaidReason } from '../../domain/order.ts';

export type Result =
  { readonly kind: 'paid' } | { readonly kind: 'pending' } | { readonly kind: 'not_paid'; readonly reason: NotPaidReason };

const NOT_PAID: ReadonlyMap<string, NotPaidReason> = new Map([
  ['1', 'too_little_money'],
  ['17', 'busy'],
  ['26', 'busy'],
  // Another session of the payer's is open.
  ['1001', 'busy'],
  ['1019', 'expired'],
  ['1025', 'not_prompted'],
  ['9999', 'not_prompted'],
  ['1032', 'cancelled'],
  ['1037', 'phone_unreachable'],
  ['2001', 'wrong_pin'],
]);

const STILL_PROCESSING = '4999';

/** Of a failure that is none yet: seen with 4999, with 1037 and in error bodies. */
export function saysItIsBeingProcessed(words: string): boolean {
  return /\b(?:being processed|under processing|still processing)\b/i.test(words);
}

/** "Any other code than 0 means that the payment failed", so an unlisted one does too. `code` is digits. */
export function meaningOf(code: string, words: string): Result {
  if (code === '0') return { kind: 'paid' };
  if (code === STILL_PROCESSING || saysItIsBeingProcessed(words)) return { kind: 'pending' };
  return { kind: 'not_paid', reason: NOT_PAID.get(code) ?? 'other' };
}
