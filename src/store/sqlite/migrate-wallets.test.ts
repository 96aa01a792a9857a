/**
 * Shows that what was asked of wallets before payments were kept is answered as ever, under the key it moved money by then, and that
 * payments from before they had one key are found however they are spelt, also where one had been credited twice.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../test/support/decisions.ts';
import { kes } from '../../domain/money.ts';
import { topUp } from '../../domain/wallet.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { createTurnRunner } from '../../services/turn-runner.ts';
import { requestKey, walletDesk } from '../../services/wallet-desk.ts';
import { auditLedger } from './audit-ledger.ts';
import { connect, type Db } from './connection.ts';
import { migrate, ourMigrations } from './migrate.ts';
import { openSqliteStore } from './open.ts';

const clock = new ManualClock(1_000);
const options = { clock, log: silentLog, mayMigrate: true };
const KEPT_SINCE = '0012_payments';
const SHOP = { appId: 'acme', userId: 'u1' };
const PROGRAM = { kind: 'program', name: 'shop' } as const;
const PAID = {
  kind: 'top_up',
  amountKes: kes(400),
  paymentMethod: 'mpesa',
  paymentReference: 'SKJ4X8Y2ZQ',
  paid: true,
  toppedUpAt: 500,
} as const;
const ANSWER = {
  kind: 'topped_up',
  smsAdded: 500,
  smsBalance: 500,
  amountKes: 400,
  price: { milliKes: 800, source: 'default' },
} as const;
/** A digest of the app and the id with a stroke between them, as it was made then. */
const OLD_KEY = 'wallet:top_up:0f6c1d2e3b4a5968';

/** One purchase, as it was written then. */
function filled(db: Db): void {
  const paid = { key: OLD_KEY, amountKes: PAID.amountKes, through: 'program', orderId: null } as const;
  const { journal } = topUp({ id: 'w', balances: { smsHundredths: 0, milliKes: 0 } }, paid, ANSWER.price);
  db.exec("INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version) VALUES ('w', 'acme', 'u1', 900, 900, 1)");
  db.prepare("INSERT INTO journal (idempotency_key, kind, at) VALUES (?, 'top_up', 900)").run(OLD_KEY);
  const open = db.prepare('INSERT OR IGNORE INTO account (id, asset, floor, opened_at) VALUES (?, ?, ?, 900)');
  const move = db.prepare(
    'INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount) VALUES (1, ?, ?, ?, ?)',
  );
  for (const { debit, credit, amount } of journal.transfers) {
    for (const { id, asset, floor } of [debit, credit]) open.run(id, asset, floor);
    move.run(debit.id, credit.id, debit.asset, amount);
  }
  db.prepare("INSERT INTO sms_purchase VALUES (?, 'w', 400, 500, 800, 'default', 'mpesa', 900)").run(OLD_KEY);
  const { kind, appId, key, sha256 } = requestKey(SHOP, 'tx-1', PAID);
  db.prepare("INSERT INTO wallet_request VALUES (?, ?, ?, ?, 'w', ?, NULL, ?, 900)").run(
    kind,
    appId,
    key,
    sha256,
    OLD_KEY,
    JSON.stringify(ANSWER),
  );
}

it('are answered as they were', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jaza-before-payments-'));
  const path = join(folder, 'jaza.db');
  const all = ourMigrations();
  const old = connect({ path });
  const until = all.findIndex(({ name }) => name === KEPT_SINCE);
  migrate(old, all.slice(0, until), options);
  filled(old);
  old.close();

  const store = await openSqliteStore({ path, ...options });
  const runner = createTurnRunner({ store, rules: rulesOf(), log: silentLog, committed: () => undefined });
  const desk = walletDesk(store.wallets, runner, clock);
  expect(await desk.ask(SHOP, 'tx-1', PAID, PROGRAM)).toEqual({ ok: true, value: ANSWER });
  // Its payment was not kept, so it is not known again.
  expect(await desk.ask(SHOP, 'tx-2', PAID, PROGRAM)).toMatchObject({ ok: true, value: { smsBalance: 1_000 } });
  expect(await store.wallets.statement('w', null, 10)).toMatchObject([
    { reference: 'tx-2', paymentReference: 'SKJ4X8Y2ZQ' },
    { reference: 'tx-1', paymentReference: null },
  ]);
  expect(auditLedger(store.db).faults).toEqual([]);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('payments from before they had one key', () => {
  const credit = (db: Db, id: string, method: string, reference: string, app = '', journalKey: string | null = id): void =>
    void db
      .prepare("INSERT INTO wallet_request VALUES ('top_up', ?, ?, ?, 'w', ?, NULL, ?, 900, ?, ?, 500)")
      .run(app, id, 'f'.repeat(64), journalKey, JSON.stringify(ANSWER), method, reference);
  const before = (): Db => {
    const db = connect({ path: ':memory:' });
    const all = ourMigrations();
    migrate(
      db,
      all.slice(
        0,
        all.findIndex(({ name }) => name === '0019_payment-keys'),
      ),
      options,
    );
    db.exec("INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version) VALUES ('w', '', 'u1', 900, 900, 1)");
    return db;
  };
  const keys = (db: Db): unknown[] =>
    db.prepare('SELECT app_id, request_key, payment_key FROM wallet_request ORDER BY app_id, request_key').raw().all();
  const heard = (db: Db): unknown[] =>
    db.prepare("SELECT subject, detail FROM audit WHERE what = 'operator_alert' ORDER BY id").raw().all();

  it('have it afterwards; what brought nothing has none', () => {
    const db = before();
    credit(db, 'a', 'M-Pesa', 'SKJ4 X8Y2ZQ');
    credit(db, 'b', 'cash', 'NGŨGĨ 1');
    credit(db, 'c', 'mpesa', 'skj4x8y2zq', 'acme');
    credit(db, 'd', 'mpesa', 'SKJ4X8Y2ZQ', '', null);
    migrate(db, ourMigrations(), options);
    expect(keys(db)).toEqual([
      ['', 'a', 'mpesa skj4x8y2zq'],
      ['', 'b', 'cash ngũgĩ1'],
      ['', 'd', null],
      ['acme', 'c', 'mpesa skj4x8y2zq'],
    ]);
    expect(heard(db)).toEqual([]);
    expect(() => db.exec('UPDATE wallet_request SET payment_key = NULL')).toThrow('append-only');
    db.close();
  });

  it('that were credited twice: the first keeps it, a person hears of each other, and none is credited again', () => {
    const db = before();
    // As the ledger has them, and not by their ids.
    for (const id of ['z', 'b', 'a'])
      db.prepare("INSERT INTO journal (idempotency_key, kind, at) VALUES (?, 'top_up', 900)").run(id);
    credit(db, 'a', 'mpesa', 'skj4x8y2zq');
    credit(db, 'b', 'm-pesa', 'SKJ4X8Y2ZQ');
    credit(db, 'z', 'mpesa', 'SKJ4X8Y2ZQ');
    migrate(db, ourMigrations(), options);
    expect(keys(db)).toEqual([
      ['', 'a', null],
      ['', 'b', null],
      ['', 'z', 'mpesa skj4x8y2zq'],
    ]);
    expect(heard(db)).toEqual([
      [
        'credited-twice::b',
        expect.stringContaining('m-pesa SKJ4X8Y2ZQ was credited twice: under the transactionId z and again under b'),
      ],
      [
        'credited-twice::a',
        expect.stringContaining('mpesa skj4x8y2zq was credited twice: under the transactionId z and again under a'),
      ],
    ]);
    expect(() =>
      db.exec(
        "INSERT INTO wallet_request SELECT kind, app_id, 'y', sha256, wallet_id, 'y', reason, answer, at, payment_method, payment_reference, topped_up_at, payment_key FROM wallet_request WHERE request_key = 'z'",
      ),
    ).toThrow('UNIQUE');
    db.close();
  });
});
