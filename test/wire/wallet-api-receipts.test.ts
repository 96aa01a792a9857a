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
  ['with a word before it', { paymentReference: 'MPESA SKJ4X8Y2ZQ' }],
  ['with what was copied along', { paymentReference: 'SKJ4X8Y2ZQ Confirmed. Ksh100.00 paid to JAZA on 27/11/26' }],
  ['glued to another word', { paymentReference: 'mpesaSKJ4X8Y2ZQ-1' }],
  ['in pieces between other words', { paymentReference: 'ref SKJ4 X8Y2ZQ ok' }],
  ['in letters that look the same', { paymentReference: 'ЅКЈ4Х8Ү2ZQ' }],
  ['with accents', { paymentReference: 'ŠḰJ4X8Ý2ZQ' }],
])('%s', async (_how, more) => {
  await calledBack(await awaiting(api.store), 'SKJ4X8Y2ZQ');
  const key = await api.key();
  const refused = await api.post(TOPUP, bring(more), key);
  expect(refused).toMatchObject(USED);
  expect(api.store.db.prepare('SELECT count(*) FROM sms_purchase').pluck().get()).toBe(0);
  // Any other payment is credited as before.
  expect(await api.post(TOPUP, bring({ paymentReference: 'SKJ4X8Y2ZR' }), key)).toMatchObject({ status: 200 });
});

it.each([
  ['as the provider has it', (name: string) => name],
  ['in capitals, with a word behind it', (name: string) => `${name.toUpperCase()} paid`],
  ['with other signs between its letters', (name: string) => name.replaceAll('_', ' ')],
])("the name of an order's payment brings nothing either: %s", async (_how, spelt) => {
  const name = 'ws_CO_27112026091233486722000001';
  const one = await awaiting(api.store);
  await commit(api.store, operatorEvent(one), [
    advance(one, 'callback_came', 'awaiting_payment', null, { upstreamReference: name, paymentNamedBy: 'answer' }),
  ]);
  const key = await api.key();
  expect(await api.post(TOPUP, bring({ paymentReference: spelt(name) }), key)).toMatchObject(USED);
  expect(await api.post(TOPUP, bring({ paymentReference: `${name}9` }), key)).toMatchObject({ status: 200 });
});

it.each([{}, { appId: 'acme' }, { paymentReference: 'skj4-x8y2 zq' }])(
  'brought before the callback (%j) it is credited, the order goes on, and a person hears of it once',
  async (more) => {
    const key = await api.key();
    const before = bring(more);
    expect(await api.post(TOPUP, before, key)).toMatchObject({ status: 200 });
    const one = await awaiting(api.store);
    await calledBack(one, 'SKJ4X8Y2ZQ');
    await calledBack(one, 'SKJ4X8Y2ZQ');
    const rows = api.store.db.prepare("SELECT detail FROM audit WHERE what = 'credited_twice'").pluck().all();
    expect(rows).toEqual([expect.stringContaining(one.reference)]);
    expect(rows).toEqual([expect.stringContaining(String(before['transactionId']))]);
    const { calls } = api.store.db
      .prepare<[], { calls: number }>("SELECT count(*) AS calls FROM outbox WHERE kind = 'call' AND body LIKE '%ask_payment%'")
      .get() ?? { calls: 0 };
    expect(calls).toBeGreaterThan(0);
    const { items } = await api.store.desk.open();
    expect(items.filter(({ kind }) => kind === 'alert')).toHaveLength(1);
    // Nobody else has it from then on.
    expect(await api.post(TOPUP, bring({ ...more, appId: 'other' }), key)).toMatchObject(USED);
  },
);

it('a false receipt that is a word of many references takes none of them', async () => {
  await calledBack(await awaiting(api.store), 'MPESA');
  expect(await api.post(TOPUP, bring({ paymentReference: 'MPESA SKJ4X8Y2ZR' }), await api.key())).toMatchObject({ status: 200 });
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
