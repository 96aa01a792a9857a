/** Shows that orders from before there were two kinds come through whole: each row, their order, what points at them, their guards. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newSession } from '../../conversation/session.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { auditLedger } from './audit-ledger.ts';
import { connect, type Db } from './connection.ts';
import { migrate, ourMigrations } from './migrate.ts';
import { openSqliteStore } from './open.ts';

const options = { clock: new ManualClock(1_000), log: silentLog, mayMigrate: true };
const REBUILT = '0008_orders-of-sms';

function filled(db: Db): void {
  db.exec(`INSERT INTO customer (id, created_at) VALUES ('c', 1);
    INSERT INTO conversation (id, customer_id, channel, channel_account, chat, session, version, created_at, changed_at)
      VALUES ('v', 'c', 'telegram', 'bot', '1', '${JSON.stringify(newSession('en'))}', 1, 1, 1);
    INSERT INTO phone (id, msisdn) VALUES (1, '254722000001'), (2, '254733000002')`);
  const add = db.prepare(
    `INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone,
       recipient_network, recipient_name, payer_phone, payment_network, draft, revision, tries_not_sent, upstream_reference,
       prompt_live_until, ringing_phone, created_at, changed_at, version)
     VALUES (?, ?, 'airtime', ?, 'c', 'v', 'KES', 10000, 2, 'Airtel', 'Mum', 1, 'M-Pesa', ?, 3, 1, 'UP', 9, ?, 5, 6, 7)`,
  );
  // Their ids are in no order, and a row in between is gone.
  for (const [id, state, ringing] of [
    ['z', 'delivered', null],
    ['gone', 'cancelled', null],
    ['a', 'awaiting_payment', 1],
    ['m', 'review', null],
  ] as const)
    add.run(id, `JZ${id}`, state, id, ringing);
  db.exec(`DELETE FROM orders WHERE id = 'gone';
    INSERT INTO order_step (order_id, event, actor, evidence, at) VALUES ('a', 'opened', 'customer', '', 5);
    INSERT INTO call (order_id, purpose, state, started_at, changed_at) VALUES ('a', 'buy_airtime', 'started', 5, 5);
    INSERT INTO account (id, asset, opened_at) VALUES ('paid-through:topups', 'KES', 1), ('sold:airtime', 'KES', 1);
    INSERT INTO journal (idempotency_key, kind, order_id, at) VALUES ('sale:z', 'sale', 'z', 6);
    INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount)
      VALUES (1, 'paid-through:topups', 'sold:airtime', 'KES', 100000)`);
}

it('come through whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jaza-before-sms-'));
  const path = join(folder, 'jaza.db');
  const all = ourMigrations();
  const columns =
    'rowid, id, ref, kind, state, recipient_phone, recipient_network, recipient_name, payer_phone, ringing_phone, version';
  const rows = (db: Db): unknown[] => db.prepare(`SELECT ${columns} FROM orders ORDER BY rowid`).all();
  const indexes = (db: Db): unknown[] =>
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'orders' AND sql IS NOT NULL ORDER BY name")
      .pluck()
      .all();
  const old = connect({ path });
  migrate(
    old,
    all.slice(
      0,
      all.findIndex(({ name }) => name === REBUILT),
    ),
    options,
  );
  filled(old);
  const before = [rows(old), indexes(old)];
  old.close();

  const store = await openSqliteStore({ path, ...options });
  const indexesNow = indexes(store.db).filter((name) => name !== 'orders_one_per_payment');
  expect([rows(store.db), indexesNow]).toEqual(before);
  expect(auditLedger(store.db)).toMatchObject({ delivered: 1, journals: 1, faults: [] });
  expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(store.db.pragma('foreign_key_check')).toEqual([]);
  expect(() => store.db.exec("DELETE FROM orders WHERE id = 'a'")).toThrow('FOREIGN KEY constraint failed');
  const sold = "INSERT INTO journal (idempotency_key, kind, order_id, at) VALUES ('sale:m', 'sale', 'm', 7)";
  expect(() => store.db.exec(sold)).toThrow('a sale belongs to a delivered order');
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
