/** A wallet's life in the books: whatever happens to it, nothing is lost, nothing is invented, nothing is overdrawn. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancesOf } from './ledger.ts';
import { kes } from './money.ts';
import {
  adjust,
  debit,
  EMPTY,
  isPlainLine,
  LARGEST_BALANCE,
  LARGEST_TOP_UP,
  messagesOf,
  tooMuch,
  topUp,
  type Balances,
} from './wallet.ts';

const price = { milliKes: 800, source: 'default' } as const;
const paid = (amountKes: number) => ({ key: 'k', amountKes: kes(amountKes), through: 'program', orderId: null }) as const;

describe('money becomes messages', () => {
  it.each([
    ['KES 100 at 0.8', EMPTY, 100, 125, 0],
    ['KES 5 at 0.8 leaves 0.20', EMPTY, 5, 6, 200],
    ['what was left counts the next time', { smsHundredths: 600, milliKes: 600 }, 5, 7, 0],
  ])('%s', (_case, balances: Balances, amountKes, units, milliKes) => {
    const one = topUp({ id: 'w', balances }, paid(amountKes), price);
    expect(one.units).toBe(units);
    expect(one.after).toEqual({ smsHundredths: balances.smsHundredths + units * 100, milliKes });
  });

  it('below the price of one, the money stays and no message is made', () => {
    const { journal, units, after } = topUp({ id: 'w', balances: EMPTY }, paid(1), { milliKes: 1_500, source: 'platform' });
    expect({ units, after }).toEqual({ units: 0, after: { smsHundredths: 0, milliKes: 1_000 } });
    expect(journal.transfers.map(({ debit, credit, amount }) => [debit.id, credit.id, amount])).toEqual([
      ['paid-through:program', 'wallet:w:KES', 1_000],
    ]);
  });
});

it.each([
  ['as many as one top-up may add', LARGEST_TOP_UP, LARGEST_TOP_UP, null],
  ['one more', LARGEST_TOP_UP + 1, LARGEST_TOP_UP + 1, 'at_once'],
  ['as many as a wallet holds', 1, LARGEST_BALANCE, null],
  ['one more than it holds', 1, LARGEST_BALANCE + 1, 'balance'],
  ['what is taken out of a wallet that holds more', -1, LARGEST_BALANCE + 1, null],
])('takes no more than the books can count: %s', (_case, units, after, why) => {
  expect(tooMuch(units, { smsHundredths: after * 100, milliKes: 0 })).toBe(why);
});

it('is never overdrawn: a debit of more than there is moves nothing', () => {
  const balances = { smsHundredths: 12_500, milliKes: 0 };
  expect(debit({ id: 'w', balances }, 'k', 126)).toBeNull();
  expect(adjust({ id: 'w', balances }, 'k', -126)).toBeNull();
  expect(debit({ id: 'w', balances }, 'k', 125)?.after.smsHundredths).toBe(0);
});

type Step = readonly ['top up' | 'debit' | 'adjust', number, number];

it.each([
  ['shop-1045', true],
  ["Wang'ombe \u00e9, campaign 77", true],
  ['thanks \u2764\ufe0f', true],
  ['a\nb', false],
  ['shop\u200b1045', false],
  ['shop\u31641045', false],
  ['shop\u115f1045', false],
  ['shop\u28001045', false],
  ['shop1045\ufe0f', false],
  ['shop1045\ufe00', false],
  ['shop1045\u{e0101}', false],
])('%j names something in a line that hides nothing: %s', (text, isPlain) => {
  expect(isPlainLine(text)).toBe(isPlain);
});

it('is what its transfers say, after any life', () => {
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom('top up', 'debit', 'adjust'),
    fc.integer({ min: 1, max: 5_000 }),
    fc.integer({ min: 1, max: 2_000 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let balances: Balances = EMPTY;
      const transfers = [];
      for (const [what, amount, milliKes] of steps) {
        const wallet = { id: 'w', balances };
        const one =
          what === 'top up'
            ? topUp(wallet, paid(amount), { milliKes, source: 'default' })
            : what === 'debit'
              ? debit(wallet, 'k', amount)
              : adjust(wallet, 'k', amount % 2 === 0 ? amount : -amount);
        if (one === null) continue;
        transfers.push(...one.journal.transfers);
        balances = one.after;
        expect(messagesOf(balances)).toBeGreaterThanOrEqual(0);
        if (what === 'top up') expect(balances.milliKes).toBeLessThan(milliKes);
      }
      const books = balancesOf(transfers);
      expect(books.get('wallet:w:SMS') ?? 0).toBe(balances.smsHundredths);
      expect(books.get('wallet:w:KES') ?? 0).toBe(balances.milliKes);
    }),
  );
});
