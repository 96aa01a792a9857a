/** Tables of whose price wins, and properties of how shillings become messages. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMilliKes, kesFor, parseMilliKes, priceFor, unitsFor, type SmsPrice } from './tariff.ts';

const platform: SmsPrice = { scope: { level: 'platform' }, milliKes: 700 };
const acme: SmsPrice = { scope: { level: 'app', appId: 'acme' }, milliKes: 600 };
const otherApp: SmsPrice = { scope: { level: 'app', appId: 'other' }, milliKes: 100 };
const wanjiku: SmsPrice = { scope: { level: 'customer', appId: null, userId: 'wanjiku' }, milliKes: 500 };
const wanjikuAtAcme: SmsPrice = { scope: { level: 'customer', appId: 'acme', userId: 'wanjiku' }, milliKes: 400 };
const somebody: SmsPrice = { scope: { level: 'customer', appId: 'acme', userId: 'otieno' }, milliKes: 1 };
const everything = [otherApp, platform, somebody, wanjikuAtAcme, wanjiku, acme];

describe('the price of an SMS', () => {
  it.each([
    ['none is set', [], 'acme', 800, 'default'],
    ['only others have one', [otherApp, somebody], 'acme', 800, 'default'],
    ['the platform has one', [platform, otherApp], 'acme', 700, 'platform'],
    ['the app has one', [acme, platform], 'acme', 600, 'app'],
    ['the customer has one', [platform, wanjiku, acme], 'acme', 500, 'customer'],
    ['the customer has one in this app', everything, 'acme', 400, 'customer'],
    ['the customer buys in another app', [wanjikuAtAcme, platform], 'shop', 700, 'platform'],
    ['the customer is in no app', everything, null, 500, 'customer'],
  ])('%s', (_case, prices, appId, milliKes, source) => {
    expect(priceFor(prices, { appId, userId: 'wanjiku' })).toEqual({ milliKes, source });
    expect(priceFor(prices.toReversed(), { appId, userId: 'wanjiku' })).toEqual({ milliKes, source });
  });
});

describe('shillings become messages', () => {
  it.each([
    [100_000, 800, 125, 0],
    [5_000, 800, 6, 200],
    [5_200, 800, 6, 400],
    [400_000, 400, 1_000, 0],
    [799, 800, 0, 799],
    [0, 800, 0, 0],
  ])('%i thousandths at %i', (paid, price, units, remainderMilliKes) => {
    expect(unitsFor(paid, price)).toEqual({ units, costMilliKes: units * price, remainderMilliKes });
  });

  it('loses nothing, and leaves less than one more would cost', () => {
    const paid = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(paid, fc.integer({ min: 1, max: 100_000 }), (available, price) => {
        const { units, costMilliKes, remainderMilliKes } = unitsFor(available, price);
        expect(units * price + remainderMilliKes).toBe(available);
        expect(costMilliKes).toBe(units * price);
        expect(remainderMilliKes).toBeGreaterThanOrEqual(0);
        expect(remainderMilliKes).toBeLessThan(price);
      }),
    );
  });

  it('a price in whole shillings buys at least what was asked for, and one shilling less does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 100_000 }), (units, price) => {
        const shillings = kesFor(units, price);
        expect(unitsFor(shillings * 1_000, price).units).toBeGreaterThanOrEqual(units);
        expect((shillings - 1) * 1_000).toBeLessThan(units * price);
      }),
    );
  });

  it.each([[1.5], [-1], [Number.NaN], [2 ** 53]])('%d is no money', (paid) => {
    expect(() => unitsFor(paid, 800)).toThrow(/no money/);
  });
});

describe('thousandths as people write them', () => {
  it.each([
    [800, '0.8'],
    [1_000, '1'],
    [425, '0.425'],
    [0, '0'],
    [1_250, '1.25'],
    [529_000, '529'],
    [-200, '-0.2'],
  ])('%i is written %s', (milliKes, text) => {
    expect(formatMilliKes(milliKes)).toBe(text);
  });

  it.each([
    ['0.8', 800],
    ['529.00', 529_000],
    [' 1 ', 1_000],
    ['0.0001', null],
    ['1e3', null],
    ['-1', null],
    ['', null],
    ['1,000', null],
    ['.5', null],
  ])('"%s" is read as %s', (text, milliKes) => {
    expect(parseMilliKes(text)).toBe(milliKes);
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (milliKes) => {
        expect(parseMilliKes(formatMilliKes(milliKes))).toBe(milliKes);
      }),
    );
  });
});
