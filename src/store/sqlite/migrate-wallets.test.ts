/** Shows that what was asked of wallets before payments were kept is answered as ever, under the key it moved money by then. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
