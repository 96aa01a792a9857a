/**
 * The names under which the store counts versions. Every decision rests on some of them, and every write counts one up; a wallet goes by
 * its owner, so that the wallet that nobody has opened yet has a version too: 0, like all that was never written.
 */

import type { Buyer } from '../domain/tariff.ts';

export type Counted =
  `${'conversation' | 'customer' | 'order' | 'payer' | 'recipient' | 'wallet' | 'payment' | 'prices' | 'switch'}:${string}`;

/** As they were loaded. */
export type VersionsRead = Readonly<Record<Counted, number>>;

/** An app's name holds no slash, so the first one ends it. */
export function walletCounted({ appId, userId }: Buyer): `wallet:${string}` {
  return `wallet:${appId ?? ''}/${userId}`;
}

/** Whose the payment with this reference of the provider is, among orders of SMS: 0, nobody's. */
export function paymentCounted(upstreamReference: string): `payment:${string}` {
  return `payment:${upstreamReference}`;
}

/** Prices of SMS, whosever. */
export const PRICES_COUNTED = 'prices:sms' satisfies Counted;

/** Whether anything is sold. */
export const SALES_COUNTED = 'switch:sales' satisfies Counted;
