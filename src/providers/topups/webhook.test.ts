/** Owns the shapes in which a webhook may come, and what is read from each. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SUCCESS_JSON, SUCCESS_XML } from '../../../test/wire/topups-samples.ts';
import { readWebhook } from './webhook.ts';

const READ = {
  kind: 'read',
  note: 'PAY0000001',
  upstreamReference: 'G3DEFJKRWU',
  amountKes: 100,
  mobile: '254722000000',
  outcome: 'positive',
  status: 'Success',
};
const flat = { status: 'Success', note: 'PAY0000001', reference: 'G3DEFJKRWU', amount: '100', mobile: '254722000000' };
const upstreamTransaction = {
  status: 'Success',
  note: 'PAY0000001',
  reference: 'G3DEFJKRWU',
  amount: 100,
  code: 'R220925.0018.220016',
};

describe('shapes', () => {
  it.each<[string, string]>([
    ['the answer’s shape in JSON', SUCCESS_JSON.replace('"Requested"', '"Success"')],
    ['the answer’s shape in XML', SUCCESS_XML.replace('Requested</status>', 'Success</status>').replace('>10<', '>100<')],
    ['flat JSON', JSON.stringify(flat)],
    ['flat JSON with numbers', JSON.stringify({ ...flat, amount: 100, mobile: 254722000000 })],
    ['flat JSON in a list of one', JSON.stringify([flat])],
    ['data that is the purchase', JSON.stringify({ data: flat })],
    [
      'transaction and recipient at the top',
      JSON.stringify({ transaction: upstreamTransaction, recipient: { mobile: '254722000000' } }),
    ],
    ['transaction at the top, recipient as text', JSON.stringify({ transaction: upstreamTransaction, recipient: '0722000000' })],
    ['a mobile within the transaction', JSON.stringify({ transaction: { ...upstreamTransaction, mobile: '+254722000000' } })],
    [
      'other cases and separators',
      JSON.stringify({
        Status: 'Success',
        NOTE: 'PAY0000001',
        transaction_reference: 'G3DEFJKRWU',
        Amount: 'KES 100.00',
        'recipient-mobile': '254722000000',
      }),
    ],
    [
      'an envelope that only says executed',
      JSON.stringify({
        status: { type: 'SUCCESS', code: '0000' },
        data: { transaction: upstreamTransaction, recipient: { mobile: '254722000000' } },
      }),
    ],
    ['a form', 'status=Success&note=PAY0000001&reference=G3DEFJKRWU&amount=100&mobile=%2B254722000000'],
    [
      'a form with brackets',
      'data[transaction][status]=Success&data[transaction][note]=PAY0000001&data[transaction][reference]=G3DEFJKRWU&data[transaction][amount]=100&data[recipient][mobile]=254722000000',
    ],
    [
      'a form with escaped brackets',
      'transaction%5Bstatus%5D=Success&transaction%5Bnote%5D=PAY0000001&transaction%5Breference%5D=G3DEFJKRWU&transaction%5Bamount%5D=100&mobile=254722000000',
    ],
    [
      'XML with another root',
      '<webhook><transaction><status>Success</status><note>PAY0000001</note><reference>G3DEFJKRWU</reference><amount>100</amount></transaction><recipient><mobile>254722000000</mobile></recipient></webhook>',
    ],
    ['a byte order mark', `\uFEFF${JSON.stringify(flat)}`],
  ])('%s', (_name, raw) => expect(readWebhook(raw)).toEqual(READ));

  it('takes the recipient’s number, never the payer’s', () => {
    const paid = { transaction: upstreamTransaction, payment: { mobile: '254733000000' } };
    expect(readWebhook(JSON.stringify(paid))).toMatchObject({ mobile: null });
    expect(readWebhook(JSON.stringify({ ...flat, mobile: '', payment_mobile: '254733000000' }))).toMatchObject({ mobile: null });
  });
});

describe('the status word', () => {
  it.each(['success', 'SUCCESSFUL', 'Completed', 'delivered', ' done '])('%j is positive', (status) => {
    expect(readWebhook(JSON.stringify({ ...flat, status }))).toMatchObject({ outcome: 'positive', status: status.trim() });
  });
  it.each(['cancelled', 'Canceled', 'DECLINED', 'expired'])('%j is cancelled', (status) => {
    expect(readWebhook(JSON.stringify({ ...flat, status }))).toMatchObject({ outcome: 'cancelled', status });
  });
  it.each(['failed', 'Reversed', 'Requested', 'pending', 'unsuccessful', 'not delivered', 'constructor', '1', 'true'])(
    '%j is negative',
    (status) => {
      expect(readWebhook(JSON.stringify({ ...flat, status }))).toMatchObject({ outcome: 'negative', status });
    },
  );

  it.each<[string, object, string, string]>([
    ['no status at all', { status: undefined }, 'negative', ''],
    ['only the envelope’s SUCCESS', { status: { type: 'SUCCESS', code: '0000' } }, 'negative', ''],
    ['the envelope’s FAIL 8000', { status: { type: 'FAIL', code: '8000' } }, 'cancelled', 'FAIL 8000'],
    ['the envelope’s FAIL 9000', { status: { type: 'FAIL', code: 9000 } }, 'negative', 'FAIL 9000'],
    [
      'FAIL around a success',
      { status: { type: 'FAIL', code: '8000' }, transaction: upstreamTransaction },
      'negative',
      'Success',
    ],
    [
      'FAIL 8000 around a cancellation',
      { status: { type: 'FAIL', code: '8000' }, transaction: { status: 'Cancelled' } },
      'cancelled',
      'Cancelled',
    ],
    ['two words that contradict', { status: 'Success', transaction: { status: 'Cancelled' } }, 'negative', 'Cancelled'],
    ['two words that agree', { status: 'Success', transaction: { status: 'Delivered' } }, 'positive', 'Delivered'],
  ])('%s', (_name, change, outcome, status) => {
    expect(readWebhook(JSON.stringify({ ...flat, ...change }))).toMatchObject({ outcome, status });
  });
});

describe('amounts', () => {
  it.each([
    ['1,000.00', 1000],
    ['100.50', 100.5],
    ['-100', -100],
    ['KES 20', 20],
    ['a hundred', null],
    ['1e3', null],
    ['0x64', null],
    ['', null],
    [{ value: 100 }, null],
  ])('%j is %j', (amount, amountKes) => expect(readWebhook(JSON.stringify({ ...flat, amount }))).toMatchObject({ amountKes }));
});

describe('what cannot be read', () => {
  it.each([
    '',
    'hello',
    '{',
    '[]',
    '42',
    '{}',
    '{"hello":"world"}',
    '<xml/>',
    '<xml>',
    '<!DOCTYPE a><xml><note>PAY0000001</note></xml>',
    '{"__proto__":{"status":"Success"},"note":"PAY0000001"}',
    '{"note":"PAY0000001","constructor":{"prototype":1}}',
    '__proto__[status]=Success&note=PAY0000001',
    'note=PAY0000001&note=PAY0000002',
    'transaction=1&transaction[note]=PAY0000001',
    `{"note":"PAY0000001","deep":${'['.repeat(50)}${']'.repeat(50)}}`,
    `note=PAY0000001&${'x'.repeat(300_000)}=1`,
    JSON.stringify([flat, flat]),
  ])('%# %.60s', (raw) => expect(readWebhook(raw)).toMatchObject({ kind: 'unreadable' }));

  it('never throws, whatever comes', () => {
    const shapes = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => json.slice(0, -1)),
      fc
        .array(fc.tuple(fc.constantFrom('status', 'note', 'data[a]', 'data', '[]', '__proto__', 'a.b'), fc.string()))
        .map((pairs) => new URLSearchParams(pairs).toString()),
      fc.string().map((text) => `<xml>${text}</xml>`),
      fc.record({ status: fc.anything(), data: fc.anything(), transaction: fc.anything(), note: fc.anything() }).map((value) => {
        try {
          return JSON.stringify(value);
        } catch {
          return '';
        }
      }),
    );
    fc.assert(
      fc.property(shapes, (raw) => ['read', 'unreadable'].includes(readWebhook(raw).kind)),
      { numRuns: 2000, seed: 254 },
    );
    expect(({} as { status?: unknown }).status).toBeUndefined();
  });
});
