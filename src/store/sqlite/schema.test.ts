/** Shows that the typed picture and the tables agree, and that the tables keep their own rules. */

import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { ERASED, KEPT } from './erase-person.ts';
import { LEFT, MOVED } from './merge-people.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';
import * as wallets from './schema-wallets.ts';
import * as schema from './schema.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly primary: boolean;
}

let store: SqliteStore;
beforeAll(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(0), log: silentLog });
  store.db.exec(`
    INSERT INTO customer (id, created_at) VALUES ('c', 0);
    INSERT INTO conversation (id, customer_id, channel, channel_account, chat, session, version, created_at, changed_at)
      VALUES ('v', 'c', 'web', 'w', '1', '{}', 1, 0, 0);
    INSERT INTO phone (id, msisdn) VALUES (1, '254722000001'), (2, '254722000002');
    INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone, payer_phone,
        payment_network, draft, revision, tries_not_sent, ringing_phone, created_at, changed_at, version)
      VALUES ('o', 'JZ1', 'airtime', 'confirmed', 'c', 'v', 'KES', 10000, 1, 1, 'M-Pesa', 'd', 1, 0, 1, 0, 0, 1);
    INSERT INTO order_step (order_id, event, actor, evidence, at) VALUES ('o', 'opened', 'customer', '', 0);
    INSERT INTO audit (actor, what, subject, detail, at) VALUES ('clock', 'w', 's', 'd', 0);
    INSERT INTO consent (customer_id, what, text_version, at) VALUES ('c', 'notice', '1', 0);`);
});
afterAll(() => store.close());

function tableNames(): string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
  return store.db.prepare<[], string>(sql).pluck().all();
}

function columnsInFile(table: string): Column[] {
  const rows = store.db
    .prepare<[], { name: string; type: string; notnull: number; pk: number }>(`PRAGMA table_xinfo(${table})`)
    .all();
  return rows.map(({ name, type, notnull, pk }) => ({ name, type: type.toLowerCase(), notNull: notnull === 1, primary: pk > 0 }));
}

function columnsInPicture(table: SQLiteTable): Column[] {
  const { columns, primaryKeys } = getTableConfig(table);
  const keys = new Set(primaryKeys.flatMap((key) => key.columns.map(({ name }) => name)));
  return columns.map((column) => ({
    name: column.name,
    type: column.getSQLType(),
    notNull: column.notNull,
    primary: column.primary || keys.has(column.name),
  }));
}

describe('the schema', () => {
  const pictures: readonly SQLiteTable[] = [...Object.values(schema), ...Object.values(wallets)];

  it('has no customer in a table that two customers who become one would forget', () => {
    const having = tableNames().filter((table) => columnsInFile(table).some(({ name }) => name === 'customer_id'));
    expect(having.sort()).toEqual([...MOVED, ...LEFT].sort());
  });

  it('has no table of which nobody decided what becomes of it when a customer is erased', () => {
    expect([...ERASED, ...Object.keys(KEPT)].sort()).toEqual(tableNames());
  });

  it('pictures every table of the file, and no other', () => {
    expect(pictures.map((table) => getTableConfig(table).name).sort()).toEqual(tableNames());
  });

  it.each(pictures.map((table) => [getTableConfig(table).name, table] as const))('pictures %s as it is', (name, table) => {
    expect(columnsInPicture(table)).toEqual(columnsInFile(name));
  });

  it('is strict in every table', () => {
    const lax = store.db.prepare<[], string>("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0").pluck();
    expect(lax.all().filter((name) => !name.startsWith('sqlite_'))).toEqual([]);
    expect(() => store.db.exec("UPDATE orders SET amount_minor = 'ten'")).toThrow('cannot store TEXT value');
    expect(() => store.db.exec('UPDATE orders SET amount_minor = 10.5')).toThrow('cannot store REAL value');
  });

  it.each(['order_step', 'audit', 'consent'])('lets nobody change what stands in %s', (table) => {
    const count = (): unknown => store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect(count()).toBe(1);
    expect(() => store.db.exec(`UPDATE ${table} SET at = 1`)).toThrow('append-only');
    expect(() => store.db.exec(`DELETE FROM ${table}`)).toThrow('append-only');
    expect(() => store.db.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow('append-only');
    expect(count()).toBe(1);
  });

  it('keeps numbers and names out of what can never be erased', () => {
    const appendOnly = ['order_step', 'audit', 'consent', 'account', 'journal', 'transfer'].flatMap((table) =>
      columnsInFile(table).map(({ name }) => name),
    );
    expect(appendOnly.filter((name) => /phone|msisdn|name|text$|chat|body/.test(name))).toEqual([]);
  });

  /** The order again, of another reference and draft, with its prompt ringing or not. */
  const another = (draft: string, ringing: string): string =>
    `INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone, payer_phone,
         payment_network, draft, revision, tries_not_sent, ringing_phone, created_at, changed_at, version)
       SELECT 'p', 'JZ2', kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone, payer_phone,
         payment_network, ${draft}, revision, tries_not_sent, ${ringing}, created_at, changed_at, version FROM orders`;

  /** An order of SMS beside it, with one thing otherwise than it must be. */
  const ofSms = (otherwise: string): string =>
    `INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, payer_phone, payment_network,
         draft, revision, tries_not_sent, wallet_app_id, wallet_user_id, sms_units, price_millikes, price_source, created_at,
         changed_at, version)
       SELECT 'p', 'JZ2', 'sms', state, customer_id, conversation_id, currency, amount_minor, payer_phone, payment_network, 'e',
         revision, tries_not_sent, '', 'c', 125, 800, 'default', created_at, changed_at, version FROM orders;
     UPDATE orders SET ${otherwise} WHERE id = 'p'`;
  const delivered = (id: string): string => `UPDATE orders SET state = 'delivered' WHERE id = '${id}'`;
  const posted = (kind: string, id: string): string =>
    `INSERT INTO journal (idempotency_key, kind, order_id, at) VALUES ('${kind}', '${kind}', '${id}', 1)`;

  it.each([
    ['two prompts on one phone', another("'e'", 'ringing_phone'), 'UNIQUE constraint failed: orders.ringing_phone'],
    ['two orders of one draft', another('draft', 'NULL'), 'orders.conversation_id, orders.draft'],
    ['a prompt on another phone than the payer’s', 'UPDATE orders SET ringing_phone = 2', 'CHECK constraint failed'],
    ['an order for nothing', 'UPDATE orders SET amount_minor = 0', 'CHECK constraint failed'],
    ['an order of another kind', "UPDATE orders SET kind = 'data'", 'CHECK constraint failed'],
    ['airtime for nobody', 'UPDATE orders SET recipient_phone = NULL', 'CHECK constraint failed'],
    ['airtime for a wallet', "UPDATE orders SET wallet_user_id = 'c'", 'CHECK constraint failed'],
    ['SMS for a number', ofSms('recipient_phone = 1'), 'CHECK constraint failed'],
    ['SMS for no wallet', ofSms('wallet_user_id = NULL'), 'CHECK constraint failed'],
    ['SMS without their price', ofSms('price_millikes = NULL'), 'CHECK constraint failed'],
    ['no SMS at all', ofSms('sms_units = 0'), 'CHECK constraint failed'],
    ['two prompts on one phone, of either kind', ofSms('ringing_phone = 1'), 'UNIQUE constraint failed: orders.ringing_phone'],
    ['a sale of SMS', `${ofSms("state = 'delivered'")}; ${posted('sale', 'p')}`, 'a sale belongs to'],
    ['a top-up for airtime', `${delivered('o')}; ${posted('top_up', 'o')}`, 'a top-up of an order belongs to'],
    [
      'a top-up before it is delivered',
      `${ofSms("state = 'review'")}; ${posted('top_up', 'p')}`,
      'a top-up of an order belongs to',
    ],
    [
      'a second top-up for one order',
      `${ofSms("state = 'delivered'")}; ${posted('top_up', 'p')}; INSERT INTO journal (idempotency_key, kind, order_id, at)
         VALUES ('again', 'top_up', 'p', 1)`,
      'UNIQUE constraint failed: journal.order_id',
    ],
    ['an order of nobody', "UPDATE orders SET customer_id = 'x'", 'FOREIGN KEY constraint failed'],
    ['a number that is none', "INSERT INTO phone (msisdn) VALUES ('0722000001')", 'CHECK constraint failed'],
    ['a session that is no JSON', "UPDATE conversation SET session = '{'", 'CHECK constraint failed'],
    ['a customer merged into itself', "UPDATE customer SET merged_into = 'c'", 'CHECK constraint failed'],
  ])('refuses %s', (_, sql, message) => {
    store.db.exec('SAVEPOINT test');
    try {
      expect(() => store.db.exec(sql)).toThrow(message);
    } finally {
      store.db.exec('ROLLBACK TO test; RELEASE test');
    }
  });

  it('sends no hot question through a whole table', () => {
    const plan = (sql: string): string =>
      store.db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('\n');
    const questions = [
      'SELECT * FROM outbox WHERE worker = 1 AND head = 1 AND due_at <= 1 ORDER BY due_at LIMIT 1',
      'SELECT 1 FROM outbox WHERE lane = 1 AND dead_at IS NULL',
      'SELECT * FROM orders WHERE customer_id = 1 ORDER BY created_at DESC, rowid DESC LIMIT 20',
      'SELECT * FROM orders WHERE payer_phone = 1 AND created_at > 1',
      'SELECT * FROM orders WHERE recipient_phone = 1 AND created_at > 1',
      'SELECT 1 FROM orders WHERE ringing_phone = 1',
      'SELECT 1 FROM orders WHERE upstream_reference = 1',
      "SELECT text FROM message WHERE direction = 'out' AND channel_message_id = 1",
      "SELECT 1 FROM journal WHERE order_id = 1 AND kind = 'sale'",
      'SELECT 1 FROM journal WHERE reverses = 1',
      'SELECT 1 FROM transfer WHERE journal_id = 1 ORDER BY id',
      'SELECT key FROM timer WHERE due_at <= 1 ORDER BY due_at, key',
      'SELECT * FROM threshold WHERE wallet_id = 1 ORDER BY created_by',
      'SELECT id FROM conversation WHERE channel = 1 AND chat = 1',
      'SELECT 1 FROM conversation WHERE customer_id = 1 AND alerts_stopped_at IS NOT NULL LIMIT 1',
      'SELECT * FROM alert_send WHERE alert_id = 1 ORDER BY n',
      'SELECT at FROM alert_send WHERE address = 1 AND way = 1 AND at > 1 ORDER BY at DESC LIMIT 0 + 20',
      "SELECT t.amount FROM transfer t JOIN journal j ON j.id = t.journal_id WHERE t.debit_account = 1 AND j.kind = 'use' ORDER BY t.id DESC LIMIT 0 + 300",
    ];
    // Thousands fall due in the same instant, when the quiet hours end.
    expect(plan('SELECT key FROM timer WHERE due_at <= 1 ORDER BY due_at, key')).not.toContain('TEMP B-TREE');
    for (const question of questions) expect(plan(question), question).not.toMatch(/SCAN|USE TEMP B-TREE FOR ORDER BY$/);
  });
});
