/**
 * Owns mobile networks and payment networks. The prefix of a number is only a hint, because numbers have been ported since
 * 2011: it is shown and can be changed, and it is never sent to an upstream as a fact.
 */

import type { Msisdn } from './msisdn.ts';

export type MobileNetwork = 'Safaricom' | 'Airtel' | 'Telkom' | 'Equitel' | 'Faiba' | 'other';

/** As the airtime API spells them (airtime-api.txt, `payment_network`). */
export const PAYMENT_NETWORKS = ['M-Pesa', 'Airtel Money', 'T-Kash', 'Equitel'] as const;
export type PaymentNetwork = (typeof PAYMENT_NETWORKS)[number];

/** As the airtime API spells them (airtime-api.txt, `network`). Equitel can pay but receives through no network of this list. */
export const RECIPIENT_NETWORKS = ['Safaricom', 'Airtel', 'Telkom'] as const;
export type RecipientNetwork = (typeof RECIPIENT_NETWORKS)[number];

/** National mobile prefixes and whose they are; made from data/number-ranges-254.csv. */
export interface NumberRanges {
  readonly mobile: readonly { readonly prefix: RegExp; readonly network: MobileNetwork }[];
}

const OPERATORS: Readonly<Record<string, MobileNetwork>> = {
  safaricom: 'Safaricom',
  airtel: 'Airtel',
  telkom: 'Telkom',
  finserve: 'Equitel',
  jtl: 'Faiba',
};

/** Reads the semicolon-separated table (columns Prefix; Length; Type; Tariff; Operator; ...). Throws when it holds no mobile range. */
export function parseNumberRanges(csv: string): NumberRanges {
  const mobile = csv.split('\n').flatMap((line) => {
    const [prefix, , type, , operator] = line.split(';').map((cell) => cell.trim());
    if (type !== 'MOBILE' || prefix === undefined) return [];
    return [{ prefix: new RegExp(`^${prefix}`), network: OPERATORS[operator?.replaceAll('"', '') ?? ''] ?? 'other' }];
  });
  if (mobile.length === 0) throw new Error('the number ranges hold no mobile range');
  return { mobile };
}

/** Null: no operator has this range, so the number cannot be in service. */
export function networkOf(number: Msisdn, ranges: NumberRanges): MobileNetwork | null {
  const national = number.slice(3);
  return ranges.mobile.find(({ prefix }) => prefix.test(national))?.network ?? null;
}

const PAYS_WITH: Readonly<Partial<Record<MobileNetwork, PaymentNetwork>>> = {
  Safaricom: 'M-Pesa',
  Airtel: 'Airtel Money',
  Telkom: 'T-Kash',
  Equitel: 'Equitel',
};

/** Null: nobody of that network can pay here, or the network is not known; ask. */
export function paymentNetworkOf(network: MobileNetwork | null): PaymentNetwork | null {
  return network === null ? null : (PAYS_WITH[network] ?? null);
}
