/** Shows, on the real runner, workers and database, that one payment of M-Pesa delivers one order of SMS, whatever callbacks say of it. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { Order, SmsOrder } from '../../src/domain/order.ts';
import type { CallbackReading, PaymentStatus } from '../../src/ports/payment-provider.ts';
import type { TurnEvent } from '../../src/ports/store.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { migrate, ourMigrations } from '../../src/store/sqlite/migrate.ts';
import { connect } from '../../src/store/sqlite/connection.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { newSession } from '../../src/conversation/session.ts';
import { openBench, type Bench } from '../support/workers-bench.ts';
import {
  achieng,
  commit,
  firstCall,
  freshId,
  known,
  message,
  MINUTE_MS,
  NOW,
  openOrder,
  phones,
  smsOrder,
  welcomed,
} from './store-world.ts';

const PAID: PaymentStatus = { kind: 'paid', code: '0' };
const LOST = { kind: 'unknown', why: 'timeout' } as const;

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await welcomed(bench.store, achieng);
});
afterEach(async () => {
  expect(bench.store.db.prepare('SELECT count(*) FROM poison').pluck().get()).toBe(0);
  expect(auditLedger(bench.store.db).faults).toEqual([]);
  await bench.close();
});

async function ordered(more: Partial<SmsOrder> = {}): Promise<SmsOrder> {
  const one = smsOrder(achieng, more);
  await commit(bench.store, message(achieng, { at: one.createdAt }), [openOrder(one), firstCall(one)]);
  await bench.driver.drain();
  return one;
}

/** Told of no payment, unless `reading` says more. */
function callback({ reference }: Order, reading: Partial<Extract<CallbackReading, { kind: 'read' }>> = {}): TurnEvent {
  const nothing = { kind: 'read', upstreamReference: 'ws_X', code: '1032', amountKes: null, receipt: null, payer: null } as const;
  const event = { kind: 'payment_callback', id: freshId('callback'), at: bench.clock.now(), provider: 'daraja' } as const;
  return { ...event, reference, raw: '{}', reading: { ...nothing, ...reading } };
}

async function calledBack(...callbacks: TurnEvent[]): Promise<void> {
  await bench.runner.submitRecorded(callbacks);
  await bench.driver.drain();
}

async function stateOf({ id }: Order): Promise<string | undefined> {
  const event: TurnEvent = { kind: 'call_starting', id: freshId('look'), at: NOW, orderId: id, purpose: 'request_payment' };
  return (await known(bench.store, event)).order?.state;
}
const rows = (sql: string): unknown[] => bench.store.db.prepare(sql).pluck().all();
const payments = (): unknown[] => rows('SELECT upstream_reference FROM orders ORDER BY rowid');
const delivered = (): unknown[] => rows('SELECT count(*) FROM sms_purchase');
const quarantined = (): unknown[] => rows("SELECT detail FROM audit WHERE what = 'webhook_quarantined'");
const reviewed = (): unknown[] => rows("SELECT detail FROM audit WHERE what = 'order_review'");

it('two callbacks at the same time give it to one order; the other is set aside', async () => {
  bench.requests.push(LOST, LOST);
  const [one, two] = [await ordered(), await ordered({ payer: phones.baraka })];
  bench.statuses.push(PAID, PAID);
  const paid = { code: '0', amountKes: 100, receipt: 'SFC1' } as const;
  await calledBack(callback(one, { ...paid, payer: one.payer }), callback(two, { ...paid, payer: two.payer }));
  expect([payments(), bench.askedAbout, delivered()]).toEqual([['ws_X', null], ['ws_X'], [1]]);
  expect([await stateOf(one), await stateOf(two), quarantined()]).toEqual(['delivered', 'unknown', ['no order']]);
});

it('a callback that tells of no payment does not give its order one that was made elsewhere', async () => {
  bench.requests.push(LOST);
  const one = await ordered({ amountKes: kes(1_000), units: 1_250 });
  bench.statuses.push(PAID);
  await calledBack(callback(one, { upstreamReference: 'ws_of_ten_shillings' }));
  expect([await stateOf(one), delivered(), bench.askedAbout]).toEqual(['review', [0], ['ws_of_ten_shillings']]);
  expect(reviewed()).toEqual([expect.stringContaining('of a payment that only a callback without amount and payer')]);
  // The true one comes later.
  bench.statuses.push(PAID);
  await calledBack(
    callback(one, { upstreamReference: 'ws_true', code: '0', amountKes: 1_000, payer: one.payer, receipt: 'SFC2' }),
  );
  expect([await stateOf(one), payments(), delivered()]).toEqual(['delivered', ['ws_true'], [1]]);
});

it('a name that gave way to another one stays the order’s: no other payment is called by it', async () => {
  bench.requests.push(LOST, LOST);
  const [one, two] = [await ordered(), await ordered({ payer: phones.baraka })];
  const paid = { code: '0', amountKes: 100, receipt: 'SFC1' } as const;
  await calledBack(callback(one, { upstreamReference: 'ws_first' }));
  await calledBack(callback(one, { ...paid, upstreamReference: 'ws_second', payer: one.payer }));
  await calledBack(callback(two, { ...paid, upstreamReference: 'ws_first', payer: two.payer }));
  expect([payments(), quarantined()]).toEqual([['ws_second', null], ['another reference']]);
});

it('our own answer that names what a callback gave to another order brings its order before a person', async () => {
  bench.requests.push(LOST);
  const other = await ordered({ payer: phones.baraka });
  await calledBack(callback(other, { upstreamReference: 'ws_A' }));
  bench.requests.push({ kind: 'accepted', upstreamReference: 'ws_A' });
  bench.statuses.push(PAID, PAID);
  const one = await ordered();
  await bench.pass(5 * MINUTE_MS);
  expect([await stateOf(one), await stateOf(other), delivered()]).toEqual(['review', 'review', [0]]);
  expect(reviewed()).toContainEqual(
    `${one.reference} in review, from submitting: requested, as ws_A, which is the payment of ${other.reference}`,
  );
});

it('a database in which two orders have one comes through: the first keeps it, and a person hears of the other', () => {
  const all = ourMigrations();
  const db = connect({ path: ':memory:' });
  const options = { clock: new ManualClock(1_000), log: silentLog, mayMigrate: true };
  const before = all.slice(
    0,
    all.findIndex(({ name }) => name === '0016_one-payment'),
  );
  migrate(db, before, options);
  db.exec(`INSERT INTO customer (id, created_at) VALUES ('c', 1);
    INSERT INTO conversation (id, customer_id, channel, channel_account, chat, session, version, created_at, changed_at)
      VALUES ('v', 'c', 'telegram', 'bot', '1', '${JSON.stringify(newSession('en'))}', 1, 1, 1);
    INSERT INTO phone (id, msisdn) VALUES (1, '254722000001')`);
  const add = db.prepare(
    `INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, wallet_app_id, wallet_user_id,
       sms_units, price_millikes, price_source, wallet_at, payer_phone, payment_network, draft, revision, tries_not_sent,
       upstream_reference, created_at, changed_at, version)
     VALUES (?, ?, 'sms', 'delivered', 'c', 'v', 'KES', 10000, '', 'c', 125, 800, 'default', 'own', 1, 'M-Pesa', ?, 3, 1, ?, 5, 6, 7)`,
  );
  for (const [id, payment] of [
    ['a', 'ws_1'],
    ['b', 'ws_1'],
    ['d', 'ws_2'],
    ['e', 'ws_3'],
    ['f', null],
  ] as const)
    add.run(id, `JZ${id}`, id, payment);
  const step = db.prepare("INSERT INTO order_step (order_id, event, actor, evidence, at) VALUES (?, ?, 'upstream', ?, 5)");
  step.run('a', 'answer_accepted', 'requested');
  step.run('d', 'callback_came', 'says 0');
  step.run('e', 'callback_came', 'says 1032');
  migrate(db, all, options);
  expect(db.prepare('SELECT id, upstream_reference, payment_named_by FROM orders ORDER BY rowid').raw().all()).toEqual([
    ['a', 'ws_1', 'answer'],
    ['b', null, null],
    ['d', 'ws_2', 'paid_callback'],
    ['e', 'ws_3', 'callback'],
    ['f', null, null],
  ]);
  const heard = db.prepare("SELECT subject, detail FROM audit WHERE what = 'order_contradicted'").raw().all();
  expect(heard).toEqual([['b', 'JZb has the payment ws_1 of an earlier order']]);
  expect(() => db.exec("UPDATE orders SET upstream_reference = 'ws_1' WHERE id = 'b'")).toThrow('UNIQUE constraint failed');
  db.close();
});
