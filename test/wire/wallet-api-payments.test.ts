/** Payments behind top-ups over the API: each is credited once, whatever it is called, and only on the word of a key that may say so. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { stopHttp } from './http-world.ts';
import { openApiWorld, topUp, type ApiWorld } from './wallet-api-world.ts';

let api: ApiWorld;
beforeEach(async () => {
  api = await openApiWorld();
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

const TOPUP = '/api/sms-wallet/topup';
const BALANCE = '/api/sms-wallet/balance?userId=shop-1045';
const STATEMENT = '/api/sms-wallet/statement?userId=shop-1045';

function rows(table: string): unknown {
  return api.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
}

it('a payment is credited once, under whatever transactionId and for whomever it comes', async () => {
  const key = await api.key();
  const other = topUp({ transactionId: 'tx-2', paymentReference: 'SKJ4X8Y2ZQ', userId: 'shop-2' });
  await api.post(TOPUP, topUp(), key);
  const refused = await api.post(TOPUP, other, key);
  expect(refused).toMatchObject({ status: 409, body: { code: 'payment_already_used' } });
  expect(refused.body['detail']).toContain('Nothing was added.');
  expect((await api.post(TOPUP, other, key)).body).toEqual(refused.body);
  expect(await api.post(TOPUP, topUp(), key)).toMatchObject({ status: 200, body: { smsAdded: 500 } });
  expect(rows('wallet')).toBe(1);
  // Another app's payments are its own.
  expect((await api.post(TOPUP, { ...other, appId: 'acme' }, key)).body['smsAdded']).toBe(500);
});

it.each([
  ['MPESA', 'SKJ4X8Y2ZQ'],
  ['M-Pesa', 'SKJ4X8Y2ZQ'],
  ['m pesa', 'skj4x8y2zq'],
  ['mpesa', ' SKJ4X8Y2ZQ '],
  ['mpesa', 'SKJ4 X8Y2ZQ'],
])('a payment is credited once, also as %j and %j', async (paymentMethod, paymentReference) => {
  const key = await api.key();
  await api.post(TOPUP, topUp(), key);
  const spelt = topUp({ transactionId: 'tx-2', paymentMethod, paymentReference });
  expect(await api.post(TOPUP, spelt, key)).toMatchObject({ status: 409, body: { code: 'payment_already_used' } });
  expect((await api.get(BALANCE, key)).body['smsBalance']).toBe(500);
  // The statement shows it as its program wrote it.
  const { paymentReference: other } = topUp({ transactionId: 'tx-3' });
  await api.post(TOPUP, topUp({ transactionId: 'tx-3', paymentMethod, paymentReference: String(other).toLowerCase() }), key);
  expect((await api.get(STATEMENT, key)).body['lines']).toMatchObject([{ paymentReference: 'skj-tx-3' }, {}]);
});

it('of twenty who bring one payment at once, each in another spelling, one is credited', async () => {
  const key = await api.key();
  const spellings = ['mpesa', 'MPESA', 'M-Pesa', 'm_pesa', 'M PESA'];
  const bring = (at: number) =>
    topUp({
      transactionId: `tx-${at}`,
      paymentMethod: spellings[at % 5],
      paymentReference: at % 2 === 0 ? 'SKJ4X8Y2ZQ' : 'skj4x8y2zq',
      userId: `u${at}`,
    });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => api.post(TOPUP, bring(at), key)));
  const endings = answers.map(({ body }) => body['code'] ?? body['status']);
  expect(endings.filter((one) => one === 'success')).toHaveLength(1);
  expect(endings.filter((one) => one === 'payment_already_used')).toHaveLength(19);
  expect(rows('sms_purchase')).toBe(1);
});

it('a payment that failed is not used up', async () => {
  const key = await api.key();
  await api.post(TOPUP, topUp({ transactionId: 'tx-0', paymentReference: 'SKJ4X8Y2ZQ', paymentStatus: 'failure' }), key);
  expect((await api.post(TOPUP, topUp(), key)).body['smsAdded']).toBe(500);
});

it('a payment that failed may still succeed under its transactionId; what succeeded is final', async () => {
  const [reporter, trusted] = [await api.key(['wallet:topup']), await api.key()];
  const failure = topUp({ paymentStatus: 'failure' });
  const first = await api.post(TOPUP, failure, reporter);
  expect(first.body).toMatchObject({ status: 'failure', smsAdded: 0, newSmsBalance: 0 });
  expect((await api.post(TOPUP, topUp({ ...failure, purchaseAmount: 1 }), reporter)).body['code']).toBe('conflict');
  await api.post(TOPUP, topUp({ transactionId: 'tx-0' }), trusted);
  expect((await api.post(TOPUP, failure, reporter)).body).toEqual(first.body);
  const paid = await api.post(TOPUP, topUp(), trusted);
  expect(paid).toMatchObject({ status: 200, body: { smsAdded: 500, newSmsBalance: 1_000 } });
  expect((await api.post(TOPUP, topUp(), trusted)).body).toEqual(paid.body);
  expect((await api.post(TOPUP, failure, reporter)).body).toEqual(first.body);
  // The one that succeeded without a failure before it: a failure now is another question.
  const late = topUp({ transactionId: 'tx-0', paymentStatus: 'failure' });
  expect(await api.post(TOPUP, late, reporter)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(rows('sms_purchase')).toBe(2);
});

it('whether it was paid is believed only from a key that may say so', async () => {
  const key = await api.key(['wallet:topup']);
  expect(await api.post(TOPUP, topUp(), key)).toMatchObject({
    status: 403,
    body: { code: 'forbidden', detail: 'This API key lacks the scope payment:trust.' },
  });
  expect(rows('wallet_request')).toBe(0);
});
