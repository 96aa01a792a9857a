/** The payment of an order from a chat, brought once more by a program: whoever may say that it was paid, it is not credited again. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SmsOrder } from '../../src/domain/order.ts';
import type { TurnEvent } from '../../src/ports/store.ts';
import { awaiting } from '../contracts/store-sms-orders.ts';
import { achieng, advance, commit, freshId, NOW, operatorEvent, welcomed } from '../contracts/store-world.ts';
import { stopHttp } from './http-world.ts';
import { openApiWorld, topUp, type ApiWorld } from './wallet-api-world.ts';

const TOPUP = '/api/sms-wallet/topup';
const USED = { status: 409, body: { code: 'payment_already_used' } };

let api: ApiWorld;
beforeEach(async () => {
  api = await openApiWorld();
  await welcomed(api.store, achieng);
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

async function calledBack(order: SmsOrder, receipt: string, code = '0'): Promise<void> {
  const about = { kind: 'payment_callback', id: freshId('callback'), at: NOW, provider: 'daraja', raw: '{}' } as const;
  const { amountKes, payer } = order;
  const reading = { kind: 'read', upstreamReference: `ws_${order.id}`, code, amountKes, receipt, payer } as const;
  const event: TurnEvent = { ...about, reference: order.reference, reading };
  expect(await api.runner.submit([event])).toEqual(['committed']);
}

let brought = 0;
const bring = (more: Record<string, unknown> = {}): Record<string, unknown> =>
  topUp({ transactionId: `tx-${(brought += 1)}`, paymentReference: 'SKJ4X8Y2ZQ', ...more });

it.each([
  ['as the callback has it', {}],
  ['small', { paymentReference: 'skj4x8y2zq' }],
  ['with blanks and dashes', { paymentReference: ' SKJ4-X8Y2 ZQ' }],
  ['under another way to pay', { paymentMethod: 'cash' }],
  ['in an app', { appId: 'acme' }],
])('%s', async (_how, more) => {
  await calledBack(await awaiting(api.store), 'SKJ4X8Y2ZQ');
  const key = await api.key();
  const refused = await api.post(TOPUP, bring(more), key);
  expect(refused).toMatchObject(USED);
  expect(api.store.db.prepare('SELECT count(*) FROM sms_purchase').pluck().get()).toBe(0);
  // Any other payment is credited as before.
  expect(await api.post(TOPUP, bring({ paymentReference: 'SKJ4X8Y2ZR' }), key)).toMatchObject({ status: 200 });
});

it('what a callback of no payment calls a receipt is none', async () => {
  await calledBack(await awaiting(api.store), 'SKJ4X8Y2ZQ', '1032');
  expect(await api.post(TOPUP, bring(), await api.key())).toMatchObject({ status: 200 });
});

it('while the order ended unpaid, its receipt is credited: a callback alone, which nobody signs, keeps it from nobody', async () => {
  const one = await awaiting(api.store);
  await calledBack(one, 'SKJ4X8Y2ZQ');
  await commit(api.store, operatorEvent(one), [
    advance(one, 'status_not_paid', 'awaiting_payment', 'cancelled', { promptLiveUntil: null }),
  ]);
  expect(await api.post(TOPUP, bring(), await api.key())).toMatchObject({ status: 200 });
});
