/** Whole shillings: what is one, and how an amount is written. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatKes, kes, parseKes } from './money.ts';

test('only whole shillings are money', () => {
  expect(parseKes(100)).toEqual({ ok: true, value: 100 });
  expect(parseKes(0)).toEqual({ ok: true, value: 0 });
  expect(parseKes(99.5)).toEqual({ ok: false, error: 'not_whole' });
  expect(parseKes(Number.NaN)).toEqual({ ok: false, error: 'not_whole' });
  expect(parseKes(Number.POSITIVE_INFINITY)).toEqual({ ok: false, error: 'not_whole' });
  expect(parseKes(-1)).toEqual({ ok: false, error: 'negative' });
  expect(parseKes(Number.MAX_SAFE_INTEGER)).toEqual({ ok: false, error: 'too_big' });
});

test('a constant that is no amount is a broken invariant', () => {
  expect(kes(250)).toBe(250);
  expect(() => kes(-1)).toThrow('invariant broken');
  expect(() => kes(0.5)).toThrow('invariant broken');
});

test('thousands are grouped', () => {
  expect([0, 7, 100, 1_000, 12_345, 1_000_000].map((amount) => formatKes(kes(amount)))).toEqual([
    '0',
    '7',
    '100',
    '1,000',
    '12,345',
    '1,000,000',
  ]);
});

test('taking the commas out gives the amount again', () => {
  fc.assert(
    fc.property(fc.nat(2_000_000_000), (amount) => {
      expect(Number(formatKes(kes(amount)).replaceAll(',', ''))).toBe(amount);
      expect(formatKes(kes(amount))).toMatch(/^\d{1,3}(?:,\d{3})*$/);
    }),
    { seed: 7 },
  );
});
