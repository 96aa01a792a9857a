/** Shows what a database makes of the receipts of orders' payments: when one is looked for, when one comes in between, and what older ones get. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import { topUp } from '../../src/domain/wallet.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { walletCounted } from '../../src/ports/counted.ts';
import type { Change, TurnEvent } from '../../src/ports/store.ts';
import type { WalletRequest } from '../../src/ports/wallet.ts';
import { requestKey } from '../../src/services/wallet-desk.ts';
import { connect } from '../../src/store/sqlite/connection.ts';
import { migrate, ourMigrations } from '../../src/store/sqlite/migrate.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { awaiting, filling, paidSteps } from './store-sms-orders.ts';
import { achieng, advance, commit, endOf, freshId, known, NOW, operatorEvent, turn, welcomed } from './store-world.ts';

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
  await welcomed(store, achieng);
});
afterEach(() => store.close());

const shop = { appId: null, userId: 'shop-1045' };
const request: WalletRequest = {
  kind: 'top_up',
  amountKes: kes(100),
  paymentMethod: 'mpesa',
  paymentReference: 'skj4 x8y2zq',
  paid: true,
  toppedUpAt: NOW,
};
const asking = (): Extract<TurnEvent, { kind: 'wallet' }> => {
  const actor = { kind: 'program', name: 'shop' } as const;
  return { kind: 'wallet', id: freshId('wallet'), at: NOW, owner: shop, key: requestKey(shop, 'tx-1', request), request, actor };
};
const used = async (): Promise<boolean | undefined> => (await known(store, asking())).wallet?.paymentUsed;
const receipt = (orderId: string, credited = false, spelt = 'SKJ4X8Y2ZQ'): Change => ({
  kind: 'keep_receipt',
  orderId,
  receipt: spelt,
  credited,
});
const credited = (journalKey: string | null): Change[] => {
  const { journal } = topUp(
    { id: 'w-1', balances: { smsHundredths: 0, milliKes: 0 } },
    { key: 'j-1', amountKes: kes(100), through: 'program', orderId: null },
    { milliKes: 800, source: 'default' },
  );
  const answer = { kind: 'payment_used', smsBalance: 0 } as const;
  return [
    { kind: 'open_wallet', wallet: { id: 'w-1', owner: shop } },
    ...(journalKey === null ? [] : [{ kind: 'post', journal } as const]),
    { kind: 'answer_request', request: asking().key, walletId: 'w-1', journalKey, reason: null, payment: request, answer },
  ];
};
const bringing = (journalKey: string | null = 'j-1') =>
  turn(asking(), credited(journalKey), { read: { [walletCounted(shop)]: 0 } });

it('an order that is open, paid or delivered has the payment; one that ended unpaid has not', async () => {
  const one = await awaiting(store);
  expect(await used()).toBe(false);
  await commit(store, operatorEvent(one), [receipt(one.id)]);
  await commit(store, operatorEvent(one), [receipt(one.id)]);
  expect(await used()).toBe(true);
  await commit(store, operatorEvent(one), [
    advance(one, 'status_not_paid', 'awaiting_payment', 'cancelled', { promptLiveUntil: null }),
  ]);
  expect(await used()).toBe(false);
});

it('also once it is delivered', async () => {
  const one = await awaiting(store);
  await commit(store, operatorEvent(one), [receipt(one.id)]);
  await commit(store, operatorEvent(one), [...paidSteps(one), ...filling(one)]);
  expect(await used()).toBe(true);
});

it('a top-up that was decided before the receipt came is decided again; one that credits nothing stands', async () => {
  const one = await awaiting(store);
  await commit(store, operatorEvent(one), [receipt(one.id)]);
  expect(await endOf(store, bringing())).toBe('stale');
  expect(await endOf(store, bringing(null))).toBe('committed');
});

it('a receipt that came before its program was credited is decided again, and known as credited then', async () => {
  const one = await awaiting(store);
  expect(await endOf(store, bringing())).toBe('committed');
  expect(await endOf(store, turn(operatorEvent(one), [receipt(one.id)]))).toBe('stale');
  expect(await endOf(store, turn(operatorEvent(one), [receipt(one.id, true)]))).toBe('committed');
});

it.each([
  ['the one that came before it was paid', ['SKJ4X8Y2ZQ'], 'SKJ4X8Y2ZQ'],
  ['of two, nobody knows which is true', ['SKJ4X8Y2ZQ', 'SKJ4X8Y2ZR'], undefined],
  ['none', [], undefined],
])('another server is told the receipt of a paid order: %s', async (_which, receipts, told) => {
  const one = await awaiting(store, { walletAt: 'tuku' });
  for (const each of receipts) await commit(store, operatorEvent(one), [receipt(one.id, false, each)]);
  await commit(store, operatorEvent(one), [
    advance(one, 'status_paid', 'awaiting_payment', 'paid', { promptLiveUntil: null, paidAt: NOW }),
    { kind: 'call', orderId: one.id, purpose: 'deliver_sms', dueAt: NOW },
  ]);
  await commit(store, operatorEvent(one, NOW + 1), [receipt(one.id, false, 'SKJ4X8Y2ZS')]);
  const starting = { kind: 'call_starting', id: freshId('call'), at: NOW + 2, orderId: one.id, purpose: 'deliver_sms' } as const;
  // What came later changes nothing: a send that is repeated says the same.
  expect((await known(store, starting)).receipt).toBe(told);
});

it('a database from before has the receipts that its callbacks brought, while their bodies are kept', () => {
  const all = ourMigrations();
  const at = all.findIndex(({ name }) => name === '0024_receipts');
  const db = connect({ path: ':memory:' });
  const options = { clock: new ManualClock(1_000), log: silentLog, mayMigrate: true };
  migrate(db, all.slice(0, at), options);
  db.pragma('foreign_keys = OFF');
  const item = (Value: unknown) => [{ Name: 'Amount', Value: 100 }, { Name: 'Balance' }, { Name: 'MpesaReceiptNumber', Value }];
  const body = (Value: unknown): string =>
    JSON.stringify({ Body: { stkCallback: { CheckoutRequestID: 'ws_1', CallbackMetadata: { Item: item(Value) } } } });
  const step = (id: string, evidence: string, text: string | null): void => {
    db.prepare(
      "INSERT INTO raw (id, source, sha256, body, kept_at, delete_after) VALUES (?, 'daraja callback', randomblob(32), ?, 5, 6)",
    ).run(id, text);
    db.prepare(
      "INSERT INTO order_step (order_id, event, actor, evidence, raw_id, at) VALUES (?, 'callback_came', 'upstream', ?, ?, 5)",
    ).run(`o-${id}`, evidence, id);
  };
  step('a', 'says 0', body('SKJ4X8Y2ZQ'));
  step('b', 'says 1032', body('SKJ4X8Y2ZR'));
  step('c', 'says 0', body(''));
  step('d', 'says 0', null);
  step('e', 'says 0', '<xml/>');
  db.exec(`CREATE TEMP TABLE ids AS SELECT DISTINCT order_id FROM order_step`);
  db.exec(
    `INSERT INTO customer (id, created_at) VALUES ('c', 1);
     INSERT INTO phone (id, msisdn) VALUES (1, '254722000001');
     INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, wallet_app_id, wallet_user_id,
       sms_units, price_millikes, price_source, wallet_at, payer_phone, payment_network, draft, revision, tries_not_sent, created_at,
       changed_at, version)
     SELECT order_id, order_id, 'sms', 'delivered', 'c', 'v', 'KES', 10000, '', 'c', 125, 800, 'default', 'own', 1, 'M-Pesa',
       order_id, 3, 1, 5, 6, 7 FROM ids;
     INSERT INTO conversation (id, customer_id, channel, channel_account, chat, session, version, created_at, changed_at)
       VALUES ('v', 'c', 'telegram', 'bot', '1', '{}', 1, 1, 1)`,
  );
  migrate(db, all, options);
  expect(db.prepare('SELECT * FROM payment_receipt').raw().all()).toEqual([['skj4x8y2zq', 'o-a', 5]]);
  db.close();
});
