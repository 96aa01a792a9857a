/** Whoever holds a key with `wallet:threshold` chooses whom we write to, and what: how far that goes, and who hears of it. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { DAY_MS } from '../../src/lib/durations.ts';
import { stopHttp } from './http-world.ts';
import { NOW, openApiWorld, topUp, type ApiWorld } from './wallet-api-world.ts';

const HOUR_MS = DAY_MS / 24;
const LIMITS = { perAppPerHour: 6, perAppPerDay: 9, perDay: 16 };

let api: ApiWorld;
let people = 10_000_000;
beforeEach(async () => {
  api = await openApiWorld({ noticesToOthers: LIMITS });
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

async function keyOf(appId: string): Promise<string> {
  const paid = { transactionId: `tx-${appId}`, paymentReference: `R-${appId}`, appId, purchaseAmount: 1 };
  expect((await api.post('/api/sms-wallet/topup', topUp(paid), await api.key())).status).toBe(200);
  return api.key(['wallet:threshold'], appId);
}

const strangers = (): string[] => Array.from({ length: 4 }, () => `07${String(people++)}`);

async function tellAndRemove(key: string, recipients: object, way: 'sms' | 'email' = 'sms'): Promise<void> {
  const alert = { thresholdAmount: 100_000, alertType: way, notificationMethod: way, alertMessage: 'You won, call us' };
  const set = { userId: 'shop-1045', createdBy: 'x', ...alert, recipients };
  expect((await api.post('/api/sms-wallet/set-threshold', set, key)).status).toBe(200);
  expect((await api.post('/api/sms-wallet/remove-threshold', { userId: 'shop-1045', createdBy: 'x' }, key)).status).toBe(200);
}

const leaving = (): unknown => api.store.db.prepare("SELECT count(*) FROM outbox WHERE worker = 'notify'").pluck().get();
const heldBack = (): unknown => api.store.db.prepare("SELECT count(*) FROM alert_send WHERE why = 'ceiling'").pluck().get();
const told = (): unknown[] =>
  api.store.db.prepare("SELECT subject FROM audit WHERE what = 'alerts_held_back' ORDER BY id").pluck().all();

it('an app writes to no more strangers than an hour and a day allow; the rest is kept, and the operators hear of it once', async () => {
  const key = await keyOf('acme');
  for (let round = 0; round < 2; round += 1) await tellAndRemove(key, { mobile: strangers() });
  expect([leaving(), heldBack(), told()]).toEqual([LIMITS.perAppPerHour, 2, ['acme']]);
  // Another app has its own ceiling.
  const other = await keyOf('other');
  await tellAndRemove(other, { email: ['a@example.com'] }, 'email');
  expect(leaving()).toBe(LIMITS.perAppPerHour + 1);
  api.clock.advanceTo(NOW + HOUR_MS);
  await tellAndRemove(key, { mobile: strangers() });
  expect([leaving(), told()]).toEqual([LIMITS.perAppPerDay + 1, ['acme']]);
  api.clock.advanceTo(NOW + 2 * HOUR_MS + DAY_MS);
  await tellAndRemove(key, { mobile: strangers() });
  expect([leaving(), told()]).toEqual([LIMITS.perAppPerDay + 5, ['acme']]);
});

it('a wallet that is named by a number which nobody showed to be theirs makes its owner of nobody', async () => {
  const shop = await api.key();
  for (const userId of [...strangers(), ...strangers()]) {
    await api.post('/api/sms-wallet/topup', topUp({ userId, transactionId: userId, paymentReference: userId }), shop);
    const alert = { thresholdAmount: 100_000, alertType: 'sms', notificationMethod: 'sms', alertMessage: 'Win at evil.co' };
    expect((await api.post('/api/sms-wallet/set-threshold', { userId, createdBy: 'x', ...alert }, shop)).status).toBe(200);
  }
  expect([leaving(), heldBack()]).toEqual([LIMITS.perAppPerHour, 2]);
  const texts = api.store.db.prepare("SELECT body FROM outbox WHERE worker = 'notify'").pluck().all();
  expect(texts.join()).not.toContain('evil');
});

it('many apps together write to no more strangers in a day than the shop allows', async () => {
  for (let app = 0; app < 3; app += 1) {
    const key = await keyOf(`app-${app}`);
    for (let round = 0; round < 2; round += 1) await tellAndRemove(key, { mobile: strangers() });
  }
  expect([leaving(), heldBack()]).toEqual([LIMITS.perDay, 8]);
});

it('wallets that fall low in one batch keep to it together', async () => {
  const shop = await api.key();
  const debits = await Promise.all(
    Array.from({ length: 4 }, async (_, one) => {
      const userId = `user-${one}`;
      await api.post('/api/sms-wallet/topup', topUp({ userId, transactionId: userId, paymentReference: userId }), shop);
      const set = {
        userId,
        createdBy: 'x',
        thresholdAmount: 100,
        alertType: 'sms',
        notificationMethod: 'sms',
        alertMessage: 'Low',
      };
      const answer = await api.post('/api/sms-wallet/set-threshold', { ...set, recipients: { mobile: strangers() } }, shop);
      expect(answer.status).toBe(200);
      return { userId, units: 450, idempotencyKey: userId, reason: 'campaign' };
    }),
  );
  const answers = await Promise.all(debits.map((debit) => api.post('/api/sms-wallet/debit', debit, shop)));
  expect(answers.map(({ status }) => status)).toEqual(debits.map(() => 200));
  expect([leaving(), heldBack(), told()]).toEqual([LIMITS.perAppPerHour, 10, ['without-app']]);
});

it('one mailbox is one address, in whatever letters it is written', async () => {
  const key = await keyOf('acme');
  await tellAndRemove(key, { email: ['victim@example.com', 'Victim@example.com'] }, 'email');
  await tellAndRemove(key, { email: ['VICTIM@Example.com'] }, 'email');
  expect(leaving()).toBe(1);
});
