/** Shows that the database itself keeps what stands beside the money: whose a wallet is, what was asked of it, what an SMS cost. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesOf } from '../../../test/support/decisions.ts';
import { kes } from '../../domain/money.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { createTurnRunner } from '../../services/turn-runner.ts';
import { walletDesk } from '../../services/wallet-desk.ts';
import { auditLedger } from './audit-ledger.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const SHOP = { appId: null, userId: 'shop-1045' };
const PROGRAM = { kind: 'program', name: 'shop' } as const;

let store: SqliteStore;
/** A wallet with KES 401 of SMS, of which 40 were spent; a price that ended and one in force; a key. */
beforeEach(async () => {
  const clock = new ManualClock(NOW);
  store = await openSqliteStore({ path: ':memory:', clock, log: silentLog });
  const runner = createTurnRunner({ store, rules: rulesOf(), log: silentLog, committed: () => undefined });
  const desk = walletDesk(store.wallets, runner, clock);
  await desk.setPrice({ level: 'platform' }, 700, PROGRAM);
  await desk.setPrice({ level: 'platform' }, 800, PROGRAM);
  const bought = {
    kind: 'top_up',
    amountKes: kes(401),
    paymentMethod: 'mpesa',
    paymentReference: 'SKJ4X8Y2ZQ',
    paid: true,
    toppedUpAt: NOW,
  } as const;
  await desk.ask(SHOP, 'tx-1', bought, PROGRAM);
  await desk.ask(SHOP, 'c-77', { kind: 'debit', units: 40, reason: 'campaign 77' }, PROGRAM);
  await store.apiKeys.create({ name: 'shop', appId: null, scopes: ['wallet:read'], createdAt: NOW }, 'f'.repeat(64));
});
afterEach(() => store.close());

const TABLES = ['wallet', 'wallet_request', 'sms_purchase', 'sms_cost', 'api_key', 'account', 'journal', 'transfer'];

function everything(): Record<string, unknown> {
  return Object.fromEntries(TABLES.map((table) => [table, store.db.prepare(`SELECT * FROM ${table}`).all()]));
}

describe('the database refuses', () => {
  it.each(TABLES)('to delete from %s', (table) => {
    const before = everything();
    expect(() => store.db.exec(`DELETE FROM ${table}`)).toThrow(/append-only|stays|revoked/);
    expect(everything()).toEqual(before);
  });

  it.each(TABLES)('to replace a row of %s with itself or another', (table) => {
    const before = everything();
    expect(() => store.db.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow(
      /append-only|stays|revoked|empty|closed|FOREIGN KEY/,
    );
    expect(everything()).toEqual(before);
  });

  it.each([
    ['a wallet for another owner', "UPDATE wallet SET user_id = 'thief'", 'stays whose it is'],
    ['a wallet in another app', "UPDATE wallet SET app_id = 'acme'", 'stays whose it is'],
    ['a wallet under another id', "UPDATE wallet SET id = 'w-x', version = version + 1", 'stays whose it is'],
    ['a version that goes back', 'UPDATE wallet SET version = version - 1', 'stays whose it is'],
    ['a version that stands still', 'UPDATE wallet SET changed_at = 1', 'stays whose it is'],
    [
      'a second wallet of one owner',
      "INSERT INTO wallet SELECT 'w-x', app_id, user_id, opened_at, changed_at, 0 FROM wallet",
      'UNIQUE constraint',
    ],
    ['another answer', `UPDATE wallet_request SET answer = '{"kind":"not_paid"}'`, 'append-only'],
    ['another question', "UPDATE wallet_request SET sha256 = printf('%064d', 1)", 'append-only'],
    ['a request that can be asked again', "UPDATE wallet_request SET request_key = 'tx-2'", 'append-only'],
    [
      'one movement for two requests',
      `INSERT INTO wallet_request SELECT kind, app_id, 'tx-2', sha256, wallet_id, journal_key, reason, answer, at, NULL, NULL, NULL, NULL
       FROM wallet_request WHERE kind = 'top_up'`,
      'UNIQUE constraint',
    ],
    [
      'one payment for two requests',
      `INSERT INTO wallet_request SELECT kind, app_id, 'tx-2', sha256, wallet_id, 'j-2', reason, answer, at, 'M-Pesa', 'skj4x8y2zq', at, payment_key
       FROM wallet_request WHERE kind = 'top_up'`,
      'UNIQUE constraint failed: wallet_request.app_id, wallet_request.payment_key',
    ],
    [
      'an answer that is no JSON',
      "INSERT INTO wallet_request SELECT 'debit', '', 'x', sha256, NULL, NULL, NULL, 'yes', 1, NULL, NULL, NULL, NULL FROM wallet_request LIMIT 1",
      'CHECK',
    ],
    ['a purchase at another price', 'UPDATE sms_purchase SET price_millikes = 1', 'append-only'],
    [
      'a purchase of nothing',
      "INSERT INTO sms_purchase SELECT 'x', wallet_id, 0, units, price_millikes, '', '', 1 FROM sms_purchase",
      'CHECK',
    ],
    [
      'a purchase of less than nothing',
      "INSERT INTO sms_purchase SELECT 'x', wallet_id, 1, -1, price_millikes, '', '', 1 FROM sms_purchase",
      'CHECK',
    ],
    [
      'a purchase for no wallet',
      "INSERT INTO sms_purchase SELECT 'x', 'none', 1, 1, 1, '', '', 1 FROM sms_purchase",
      'FOREIGN KEY',
    ],
    ['another price than was set', 'UPDATE sms_cost SET millikes = 1 WHERE ended_at IS NULL', 'can only end'],
    ['a price that somebody else set', "UPDATE sms_cost SET set_by = 'nobody' WHERE ended_at IS NULL", 'can only end'],
    ['a price that ended and holds again', 'UPDATE sms_cost SET ended_at = NULL WHERE ended_at IS NOT NULL', 'can only end'],
    ['a price that ended at another time', 'UPDATE sms_cost SET ended_at = 1 WHERE ended_at IS NOT NULL', 'can only end'],
    [
      'two prices in force',
      "INSERT INTO sms_cost (level, app_id, user_id, millikes, set_by, set_at) VALUES ('platform', '', '', 5, 'x', 1)",
      'UNIQUE',
    ],
    [
      'a price of nothing',
      "INSERT INTO sms_cost (level, app_id, user_id, millikes, set_by, set_at) VALUES ('app', 'a', '', 0, 'x', 1)",
      'CHECK',
    ],
    ['a key that learns more', `UPDATE api_key SET scopes = '["payment:trust"]'`, 'only be revoked'],
    ['a key that reaches everybody', "UPDATE api_key SET app_id = 'x', revoked_at = 1", 'only be revoked'],
    [
      'a revoked key that works again',
      'UPDATE api_key SET revoked_at = 5; UPDATE api_key SET revoked_at = NULL',
      'only be revoked',
    ],
    ['more SMS in a wallet', "UPDATE account SET balance = balance + 100 WHERE id LIKE 'wallet:%:SMS'", 'by a transfer alone'],
    ['a wallet that may be overdrawn', "UPDATE account SET floor = NULL WHERE id LIKE 'wallet:%'", 'by a transfer alone'],
    ['a top-up that was larger', "UPDATE transfer SET amount = amount * 2 WHERE asset = 'SMS'", 'append-only'],
    ['a use that was none', "UPDATE journal SET kind = 'adjustment' WHERE kind = 'use'", 'append-only'],
  ])('%s', (_, sql, why) => {
    const before = everything();
    store.db.exec('SAVEPOINT test');
    try {
      expect(() => store.db.exec(sql)).toThrow(new RegExp(why));
    } finally {
      store.db.exec('ROLLBACK TO test; RELEASE test');
    }
    expect(everything()).toEqual(before);
  });

  it('nothing of what the program itself does: a price ends, a key is revoked', async () => {
    store.db.exec('UPDATE sms_cost SET ended_at = 9 WHERE ended_at IS NULL');
    expect(await store.apiKeys.revoke('shop', NOW)).toBe(true);
  });
});

describe('the audit', () => {
  /** As a hand with a database tool could do it: without the triggers. */
  const tampered = (sql: string): readonly string[] => {
    const triggers = store.db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
    store.db.pragma('foreign_keys = OFF');
    store.db.exec(`${triggers.map((name) => `DROP TRIGGER ${name};`).join('')}${sql}`);
    return auditLedger(store.db).faults;
  };

  it('finds nothing wrong with purchases as they are made', () => {
    expect(auditLedger(store.db).faults).toEqual([]);
  });

  it.each([
    [
      'another amount',
      'UPDATE sms_purchase SET amount_kes = 400',
      /^purchase \S+ is KES 400 for 501 SMS at 800 thousandths, and/,
    ],
    ['more SMS', 'UPDATE sms_purchase SET units = 502', /is KES 401 for 502 SMS/],
    ['another price', 'UPDATE sms_purchase SET price_millikes = 799', /at 799 thousandths/],
    ['another wallet', "UPDATE sms_purchase SET wallet_id = 'w-x'", /^purchase /],
    ['a key that nothing was posted under', "UPDATE sms_purchase SET journal_key = 'x'", /^purchase x /],
    [
      'a movement that was only answered',
      "UPDATE wallet_request SET journal_key = 'x' WHERE kind = 'debit'",
      /^request debit c-77 was answered with a movement, and the ledger has none$/,
    ],
  ])('finds %s', (_, sql, fault) => {
    expect(tampered(sql)).toEqual([expect.stringMatching(fault)]);
  });
});
