/** Whose range a number is in, against the table of ranges as it is shipped. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { msisdn } from './msisdn.ts';
import { networkOf, parseNumberRanges, paymentNetworkOf, type MobileNetwork } from './networks.ts';

const ranges = parseNumberRanges(readFileSync(new URL('../../data/number-ranges-254.csv', import.meta.url), 'utf8'));

function networkOfPrefix(prefix: string): MobileNetwork | null {
  return networkOf(msisdn(`254${prefix.padEnd(9, '0')}`), ranges);
}

function prefixes(list: string): string[] {
  return list.split(' ').flatMap((entry) => {
    const [from = '', to = from] = entry.split('-');
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => String(Number(from) + index));
  });
}

const TABLE: [MobileNetwork, string][] = [
  ['Safaricom', '700-729 740-743 745-746 748-749 757-759 768-769 790-799 110-119 140-145 180-189'],
  ['Airtel', '730-739 750-756 761-762 780-789 100-108'],
  ['Telkom', '770-779 120'],
  ['Equitel', '763-766 124'],
  ['Faiba', '747'],
  ['other', '121 130 744 760 767'],
];

describe('the network of a prefix', () => {
  test.each(TABLE)('%s', (network, list) => {
    for (const prefix of prefixes(list)) expect(networkOfPrefix(prefix), prefix).toBe(network);
  });

  test('every other range of three digits belongs to nobody', () => {
    const known = new Set(TABLE.flatMap(([, list]) => prefixes(list)));
    const rest = [...prefixes('100-199'), ...prefixes('700-799')].filter((prefix) => !known.has(prefix));
    expect(rest.length).toBeGreaterThan(50);
    for (const prefix of rest) expect(networkOfPrefix(prefix), prefix).toBeNull();
  });
});

test('who pays with what', () => {
  expect(paymentNetworkOf('Safaricom')).toBe('M-Pesa');
  expect(paymentNetworkOf('Airtel')).toBe('Airtel Money');
  expect(paymentNetworkOf('Telkom')).toBe('T-Kash');
  expect(paymentNetworkOf('Equitel')).toBe('Equitel');
  expect(paymentNetworkOf('Faiba')).toBeNull();
  expect(paymentNetworkOf('other')).toBeNull();
  expect(paymentNetworkOf(null)).toBeNull();
});

test('a table without a mobile range is refused', () => {
  expect(() => parseNumberRanges('Prefix ; Length\n20 ; 9 ; FIXED_LINE ; ; ')).toThrow('no mobile range');
  expect(() => parseNumberRanges('')).toThrow('no mobile range');
});
