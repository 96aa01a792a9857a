/** Shows that a database from before the ledger comes to it whole: what was delivered is sold, once, and the rest is as it was. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { newSession } from '../../conversation/session.ts';
import { ORDER_STATES } from '../../domain/order.ts';
import {
  NOW,
  advance,
  callState,
  commit,
  known,
  operatorEvent,
  order,
  person,
  sale,
} from '../../../test/contracts/store-world.ts';
import { auditLedger } from './audit-ledger.ts';
import { connect, type Db } from './connection.ts';
import { migrate, ourMigrations } from './migrate.ts';
import { openSqliteStore } from './open.ts';

let folder = '';
let path = '';
const options = { clock: new ManualClock(NOW), log: silentLog, mayMigrate: true };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-before-ledger-'));
  path = join(folder, 'jaza.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As the first version left it. */
function before(fill: (db: Db) => void): void {
  const db = connect({ path });
  migrate(db, ourMigrations().slice(0, 1), options);
  db.exec(`INSERT INTO customer (id, created_at) VALUES ('c-old', 1);
    INSERT INTO conversation (id, customer_id, channel, channel_account, chat, session, version, created_at, changed_at)
      VALUES ('v-old', 'c-old', 'telegram', 'bot', '1', '${JSON.stringify(newSession('en'))}', 1, 1, 1);
    INSERT INTO phone (id, msisdn) VALUES (1, '254722000001')`);
  fill(db);
  db.close();
}

function addOrder(db: Db, id: string, state: string, cents: number, changedAt: number): void {
  db.prepare(
    `INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone, payer_phone,
       payment_network, draft, revision, tries_not_sent, created_at, changed_at, version)
     VALUES (?, ?, 'airtime', ?, 'c-old', 'v-old', 'KES', ?, 1, 1, 'M-Pesa', ?, 1, 0, 100, ?, 1)`,
  ).run(id, `JZ${id}`, state, cents, id, changedAt);
}

function delivery(db: Db, id: string, at: number): void {
  db.prepare(
    "INSERT INTO order_step (order_id, event, from_state, to_state, actor, evidence, at) VALUES (?, 'webhook_positive', 'unknown', 'delivered', 'upstream', '', ?)",
  ).run(id, at);
}

it('posts what was delivered, in the order in which it was, and nothing else', async () => {
  before((db) => {
    for (const state of ORDER_STATES) if (state !== 'delivered') addOrder(db, `is-${state}`, state, 99_900, 200);
    addOrder(db, 'second', 'delivered', 5_000, 900);
    delivery(db, 'second', 700);
    addOrder(db, 'first', 'delivered', 10_000, 950);
    delivery(db, 'first', 600);
    addOrder(db, 'stepless', 'delivered', 2_000, 800);
  });
  const store = await openSqliteStore({ path, ...options });
  expect(store.db.prepare('SELECT idempotency_key, kind, order_id, at FROM journal ORDER BY id').raw().all()).toEqual([
    ['sale:first', 'sale', 'first', 600],
    ['sale:second', 'sale', 'second', 700],
    ['sale:stepless', 'sale', 'stepless', 800],
  ]);
  const { accounts, delivered, faults } = auditLedger(store.db);
  expect(faults).toEqual([]);
  expect(delivered).toBe(3);
  expect(accounts).toEqual([
    { id: 'paid-through:topups', asset: 'KES', debited: 170_000, credited: 0 },
    { id: 'sold:airtime', asset: 'KES', debited: 0, credited: 170_000 },
  ]);
  expect(readdirSync(folder).filter((name) => /^jaza\.db\.before-0002_ledger-\d+\.bak$/.test(name))).toHaveLength(1);
  await store.close();
});

it('goes on from there: what was under way is sold when it is delivered, what was sold is not sold again', async () => {
  before((db) => {
    addOrder(db, 'old', 'delivered', 10_000, 900);
    addOrder(db, 'waits', 'awaiting_payment', 10_000, 900);
    db.exec(
      "INSERT INTO call (order_id, purpose, state, started_at, changed_at) VALUES ('waits', 'buy_airtime', 'started', 1, 1)",
    );
  });
  const store = await openSqliteStore({ path, ...options });
  const old = person('old');
  const waits = order(old, { id: 'waits' });
  await commit(store, operatorEvent(waits), [
    callState(waits, 'answered'),
    advance(waits, 'webhook_positive', 'awaiting_payment', 'delivered'),
    sale(waits),
  ]);
  expect((await known(store, operatorEvent(waits))).order?.state).toBe('delivered');
  const again = operatorEvent(order(old, { id: 'old' }));
  const [outcome] = await store.commit([{ event: again, read: {}, touched: [], changes: [sale(order(old, { id: 'old' }))] }]);
  expect(outcome?.kind).toBe('poisoned');
  expect(auditLedger(store.db)).toMatchObject({ journals: 2, delivered: 2, faults: [] });
  await store.close();
});

it('opens no account where nothing was ever sold', async () => {
  before((db) => addOrder(db, 'open', 'review', 10_000, 900));
  const store = await openSqliteStore({ path, ...options });
  expect(auditLedger(store.db)).toEqual({ accounts: [], journals: 0, delivered: 0, faults: [] });
  await store.close();
});
