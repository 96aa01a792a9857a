/** A user of an app who is asked for without the app: the shop's own key hears which one is missing, the key of an app nothing of others. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { stopHttp } from './http-world.ts';
import { openApiWorld, topUp, type ApiWorld } from './wallet-api-world.ts';

let api: ApiWorld;
let shop: string;
let acme: string;
beforeEach(async () => {
  api = await openApiWorld();
  [shop, acme] = [await api.key(), await api.key(undefined, 'acme')];
  await api.post('/api/sms-wallet/topup', topUp({ userId: 'u1' }), acme);
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

const DEBIT = { userId: 'u1', units: 1, idempotencyKey: 'd', reason: 'campaign' };
const THRESHOLD = {
  userId: 'u1',
  thresholdAmount: 100,
  alertType: 'sms',
  notificationMethod: 'sms',
  alertMessage: 'low',
  createdBy: 'admin',
};
const asks: [string, (key: string) => ReturnType<ApiWorld['get']>][] = [
  ['balance', (key) => api.get('/api/sms-wallet/balance?userId=u1', key)],
  ['statement', (key) => api.get('/api/sms-wallet/statement?userId=u1', key)],
  ['thresholds', (key) => api.get('/api/sms-wallet/thresholds?userId=u1', key)],
  ['debit', (key) => api.post('/api/sms-wallet/debit', DEBIT, key)],
  ['set-threshold', (key) => api.post('/api/sms-wallet/set-threshold', THRESHOLD, key)],
  ['remove-threshold', (key) => api.post('/api/sms-wallet/remove-threshold', { userId: 'u1', createdBy: 'admin' }, key)],
];

it.each(asks)('%s: the app is named, all of them where there are several', async (_what, ask) => {
  const missing = (where: string): object => ({
    status: 404,
    body: { code: 'unknown_user', detail: `This user has a wallet in ${where}, and none outside of an app: send appId as well.` },
  });
  expect(await ask(shop)).toMatchObject(missing('app acme'));
  await api.post('/api/sms-wallet/topup', topUp({ userId: 'u1', transactionId: 't-2' }), await api.key(undefined, 'zuri'));
  expect(await ask(shop)).toMatchObject(missing('apps acme, zuri'));
});

it.each(asks)('%s: the key of another app hears nothing of it', async (_what, ask) => {
  const other = await api.key(undefined, 'zuri');
  const { status, text } = await ask(other);
  expect(status).toBe(404);
  expect(text).toContain('Nobody has topped up for this user yet');
  expect(text).not.toContain('acme');
});

it('of somebody unknown everywhere it is said as ever', async () => {
  const { status, body } = await api.get('/api/sms-wallet/balance?userId=nobody', shop);
  expect({ status, detail: body['detail'] }).toEqual({
    status: 404,
    detail: 'Nobody has topped up for this user yet: the first top-up opens the wallet.',
  });
});
