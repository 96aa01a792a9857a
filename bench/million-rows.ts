/**
 * Owns a ledger of a million rows, made by the database itself in one go: its triggers are taken away meanwhile, the balances are summed
 * up at the end, and the audit proves that it is a ledger as the program would have written it.
 */

import type { Db } from '../src/store/sqlite/connection.ts';
import { auditLedger } from '../src/store/sqlite/audit-ledger.ts';
import { START } from './store-turns.ts';

export const LEDGER_ROWS = 1_000_000;
export const WALLETS = 10_000;

interface Trigger {
  readonly name: string;
  readonly sql: string;
}

/** Each wallet buys 500 SMS and spends one, again and again. */
export function fillLedger(db: Db): void {
  const triggers = db.prepare<[], Trigger>("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  db.transaction(() => {
    db.exec(triggers.map(({ name }) => `DROP TRIGGER ${name};`).join(''));
    db.exec(WALLET_ROWS);
    db.exec(MOVEMENTS);
    db.exec(BALANCES);
    db.exec(triggers.map(({ sql }) => `${sql};`).join(''));
  })();
  const { faults } = auditLedger(db);
  if (faults.length > 0) throw new Error(`the ledger of the benchmark is none: ${faults[0]}`);
}

const WALLET_ROWS = `
  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${WALLETS})
  INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version)
    SELECT 'w' || i, '', 'user-' || i, ${START}, ${START}, 1 FROM n;
  INSERT INTO account (id, asset, floor, opened_at)
    SELECT 'wallet:' || id || ':SMS', 'SMS', 0, ${START} FROM wallet;
  INSERT INTO account (id, asset, floor, opened_at) VALUES ('exchange:SMS', 'SMS', NULL, ${START}), ('used:sms', 'SMS', NULL, ${START});`;

const MOVEMENTS = `
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${LEDGER_ROWS})
  INSERT INTO journal (id, idempotency_key, kind, at)
    SELECT i, 'bench:' || i, CASE i / ${WALLETS} % 2 WHEN 0 THEN 'top_up' ELSE 'use' END, ${START} + i FROM n;
  INSERT INTO transfer (id, journal_id, debit_account, credit_account, asset, amount)
    SELECT id, id,
      CASE kind WHEN 'top_up' THEN 'exchange:SMS' ELSE 'wallet:w' || (id % ${WALLETS}) || ':SMS' END,
      CASE kind WHEN 'top_up' THEN 'wallet:w' || (id % ${WALLETS}) || ':SMS' ELSE 'used:sms' END,
      'SMS', CASE kind WHEN 'top_up' THEN 50000 ELSE 100 END
    FROM journal ORDER BY id;`;

const BALANCES = `
  UPDATE account SET
    balance = coalesce((SELECT sum(amount) FROM transfer WHERE credit_account = account.id), 0)
      - coalesce((SELECT sum(amount) FROM transfer WHERE debit_account = account.id), 0),
    last_transfer = (SELECT max(id) FROM transfer);`;
