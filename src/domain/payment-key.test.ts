/** Shows which spellings are one payment, and which are two. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysWithin, namesPayment, paymentKey, receiptKey } from './payment-key.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 500);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_127);

const KEY = 'mpesa skj4x8y2zq';

describe('one payment', () => {
  it.each([
    ['as it is', 'mpesa', 'SKJ4X8Y2ZQ'],
    ['capitals', 'MPESA', 'skj4x8y2zq'],
    ['a dash', 'M-Pesa', 'SKJ4X8Y2ZQ'],
    ['a stroke', 'm_pesa', 'SKJ4X8Y2ZQ'],
    ['a blank', 'M Pesa', 'SKJ4X8Y2ZQ'],
    ['a dot', 'M.Pesa', 'SKJ4X8Y2ZQ'],
    ['a dash that is not of the keyboard', 'M‑Pesa', 'SKJ4X8Y2ZQ'],
    ['blanks around', ' mpesa ', ' SKJ4X8Y2ZQ  '],
    ['a blank inside', 'mpesa', 'SKJ4 X8Y2ZQ'],
    ['a blank that does not break', 'mpesa', 'SKJ4\u00a0X8Y2ZQ'],
    ['signs without a width', 'm\u200bpesa', '\ufeffSKJ4\u200dX8Y2ZQ\ufe0f'],
    ['wide letters', 'ｍｐｅｓａ', 'ＳＫＪ４Ｘ８Ｙ２ＺＱ'],
  ])('%s', (_case, method, reference) => {
    expect(paymentKey(method, reference)).toBe(KEY);
  });
});

describe('two payments', () => {
  it.each([
    ['another way to pay', ['visa', 'SKJ4X8Y2ZQ'], ['mpesa', 'SKJ4X8Y2ZQ']],
    ['another reference', ['mpesa', 'SKJ4X8Y2ZR'], ['mpesa', 'SKJ4X8Y2ZQ']],
    ['bills that differ in where their dash is', ['bank', 'INV-1-11'], ['bank', 'INV-11-1']],
    ['where the way ends and the reference begins', ['mpesa1', '23'], ['mpesa', '123']],
    ['letters that differ in more than their size', ['cash', 'Ngũgĩ 1'], ['cash', 'Ngugi 1']],
  ] as const)('%s', (_case, [method, reference], [otherMethod, otherReference]) => {
    expect(paymentKey(method, reference)).not.toBe(paymentKey(otherMethod, otherReference));
  });
});

it.each([
  ['SKJ4X8Y2ZQ', true],
  ['7', true],
  ['#', true],
  ['', false],
  [' \u3164\u200b', false],
  ['\u034f', false],
])('%j names a payment: %s', (reference, names) => {
  expect(namesPayment(reference)).toBe(names);
});

it.each([
  ['the receipt alone', 'SKJ4X8Y2ZQ', true],
  ['words around it', 'MPESA SKJ4X8Y2ZQ Confirmed.', true],
  ['glued to a word', 'mpesaSKJ4X8Y2ZQ', true],
  ['letters of another script', 'ЅКЈ4Х8Ү2ZQ', true],
  ['another receipt', 'MPESA SKJ4X8Y2ZR', false],
  ['a part of it', 'SKJ4X8Y2Z', false],
  ['nothing but signs', '#', false],
])('%s: %s', (_case, reference, held) => {
  expect(keysWithin(reference).has(receiptKey('SKJ4X8Y2ZQ'))).toBe(held);
});

it('of a long reference nothing is left out, and there are never many', () => {
  const long = `${'a1 '.repeat(36)}SKJ4X8Y2ZQ b`;
  expect(long.length).toBeLessThanOrEqual(128);
  expect(keysWithin(long)).toContain('skj4x8y2zq');
  expect(keysWithin(long).size).toBeLessThan(400);
});

/** The same payment, as somebody else writes it. */
const spelt = (method: string, reference: string): fc.Arbitrary<readonly [string, string]> => {
  const written = (text: string, between: readonly string[]): fc.Arbitrary<string> =>
    fc
      .array(fc.tuple(fc.boolean(), fc.constantFrom('', '', ...between)), { minLength: text.length, maxLength: text.length })
      .map((ways) =>
        ways.map(([capital, after], at) => (capital ? text.charAt(at).toUpperCase() : text.charAt(at)) + after).join(''),
      );
  return fc.tuple(written(method, ['-', '_', ' ', '.', '\u2011']), written(reference, [' ', '\t', '\u00a0', '\u200b']));
};

it('has one key however it is spelt, and no other payment has it', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
  const number = fc.stringMatching(/^[a-z0-9/#-]{1,12}$/);
  const payment = fc.tuple(name, number);
  const two = payment.chain(([method, reference]) =>
    fc.record({
      method: fc.constant(method),
      reference: fc.constant(reference),
      spelling: spelt(method, reference),
      other: payment,
    }),
  );
  fc.assert(
    fc.property(two, ({ method, reference, spelling, other: [otherMethod, otherReference] }) => {
      expect(paymentKey(...spelling)).toBe(paymentKey(method, reference));
      if (method !== otherMethod || reference !== otherReference)
        expect(paymentKey(...spelling)).not.toBe(paymentKey(otherMethod, otherReference));
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
