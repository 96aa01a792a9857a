/** Owns the table of callbacks: the shapes in which they come, and what makes one unreadable. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCallback } from './callback.ts';

type Item = { readonly Name: unknown; readonly Value?: unknown };

const ITEMS: readonly Item[] = [
  { Name: 'Amount', Value: 100.0 },
  { Name: 'MpesaReceiptNumber', Value: 'NLJ7RT61SV' },
  { Name: 'Balance' },
  { Name: 'TransactionDate', Value: 20191219102115 },
  { Name: 'PhoneNumber', Value: 254722002000 },
];
const READ = {
  kind: 'read',
  upstreamReference: 'ws_CO_191220191020363925',
  code: '0',
  amountKes: 100,
  receipt: 'NLJ7RT61SV',
  payer: '254722002000',
};
const NOTHING = { amountKes: null, receipt: null, payer: null };

const body = (more: object = {}, items: readonly Item[] | null = ITEMS): string =>
  JSON.stringify({
    Body: {
      stkCallback: {
        MerchantRequestID: '29115-34620561-1',
        CheckoutRequestID: 'ws_CO_191220191020363925',
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        ...(items === null ? {} : { CallbackMetadata: { Item: items } }),
        ...more,
      },
    },
  });
/** With one item in the place of the one of its name. */
const having = (item: Item): string => body({}, [...ITEMS.filter(({ Name }) => Name !== item.Name), item]);

describe('a callback that is read', () => {
  it.each<[string, string, object]>([
    ['as Safaricom shows it', body(), READ],
    ['with its items in another order', body({}, ITEMS.toReversed()), READ],
    [
      'with texts for numbers',
      body(
        { ResultCode: '0' },
        ITEMS.map(({ Name, Value }) => ({ Name, Value: String(Value ?? '') })),
      ),
      READ,
    ],
    ['with an amount in cents', having({ Name: 'Amount', Value: '100.00' }), READ],
    ['with another amount in cents', having({ Name: 'Amount', Value: 100.5 }), { ...READ, amountKes: 100.5 }],
    ['with an item that says the same again', body({}, [...ITEMS, { Name: 'Amount', Value: '100' }]), READ],
    ['with a number that is masked', having({ Name: 'PhoneNumber', Value: '2547*****000' }), { ...READ, payer: '2547*****000' }],
    ['with a national number', having({ Name: 'PhoneNumber', Value: '0722002000' }), READ],
    ['with items that nobody knows', body({}, [...ITEMS, { Name: '__proto__', Value: 'x' }]), READ],
    ['without items', body({}, null), { ...READ, ...NOTHING }],
    ['with items of nothing', body({ CallbackMetadata: null }), { ...READ, ...NOTHING }],
    ['of a payer who declined', body({ ResultCode: 1032 }, null), { ...READ, ...NOTHING, code: '1032' }],
    ['with a mark before it', `\uFEFF${body()}`, READ],
  ])('%s', (_name, raw, reading) => {
    expect(readCallback(raw)).toEqual(reading);
  });
});

describe('a callback that cannot be read', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', 'Body=stkCallback'],
    ['null', 'null'],
    ['a list', `[${body()}]`],
    ['another shape', '{"Body":{}}'],
    ['no reference', body({ CheckoutRequestID: undefined })],
    ['an empty reference', body({ CheckoutRequestID: '' })],
    ['a reference that is no text', body({ CheckoutRequestID: 7 })],
    ['no code', body({ ResultCode: undefined })],
    ['an empty code', body({ ResultCode: '' })],
    ['a code that is none', body({ ResultCode: 'OK' })],
    ['a code that is a truth', body({ ResultCode: false })],
    ['items that are no list', body({ CallbackMetadata: { Item: 'none' } })],
    ['an item without a name', body({}, [...ITEMS, { Name: null, Value: 1 }])],
    ['an item that says another thing again', body({}, [...ITEMS, { Name: 'Amount', Value: 101 }])],
    ['an amount in words', having({ Name: 'Amount', Value: 'hundred' })],
    ['an amount below nothing', having({ Name: 'Amount', Value: -100 })],
    ['an amount in an exponent', having({ Name: 'Amount', Value: '1e2' })],
    ['a receipt that is none', having({ Name: 'MpesaReceiptNumber', Value: '<b>' })],
    ['half of one', body().slice(0, -9)],
    ['one without an end', body({ ResultDesc: 'x'.repeat(70_000) })],
    ['brackets', '['.repeat(60_000)],
  ])('%s', (_name, raw) => {
    expect(readCallback(raw)).toEqual({ kind: 'unreadable', why: expect.stringMatching(/\w/) as string });
  });

  it('whatever comes, nothing throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (raw) => void readCallback(raw)),
      { numRuns: 1000, seed: 254 },
    );
  });
});
