/**
 * Owns the audit of the ledger: every balance recomputed from the transfers, every delivered order held against what was posted for
 * it, every purchase of SMS against what it moved. It only reads, from one consistent view, and trusts neither triggers nor
 * constraints: it is for the day on which they failed.
 */

import type { Asset } from '../../domain/ledger.ts';
import type { Db } from './connection.ts';
import { dbTransactions } from './db-transaction.ts';

export interface AuditedAccount {
  readonly id: string;
  readonly asset: Asset;
  /** Sums over all transfers, in the asset's smallest unit. */
  readonly debited: number;
  readonly credited: number;
}

export interface LedgerAudit {
  readonly accounts: readonly AuditedAccount[];
  readonly journals: number;
  readonly delivered: number;
  /** What is wrong, a sentence each; at most 100 of each sort. */
  readonly faults: readonly string[];
}

const MOVED = `SELECT id, asset, floor, balance,
    coalesce((SELECT sum(amount) FROM transfer WHERE debit_account = account.id), 0) AS debited,
    coalesce((SELECT sum(amount) FROM transfer WHERE credit_account = account.id), 0) AS credited
  FROM account`;

/** What the ledger calls the delivery of an order. */
const BOOKED_AS = `iif(o.kind = 'sms' AND o.wallet_at IS NOT 'tuku', 'top_up', 'sale')`;

/** Of an erased customer the order knows the wallet by its id alone. */
const ERASED_OWNER = 'EXISTS (SELECT 1 FROM customer WHERE id = o.customer_id AND erased_at IS NOT NULL)';

/** Each gives sentences. */
const FAULTS: readonly string[] = [
  `SELECT 'account ' || id || ' says ' || balance || ', its transfers say ' || (credited - debited) FROM (${MOVED})
   WHERE balance <> credited - debited`,
  `SELECT 'account ' || id || ' is at ' || (credited - debited) || ', below its floor ' || floor FROM (${MOVED})
   WHERE credited - debited < floor`,
  `SELECT 'the balances of ' || asset || ' sum to ' || sum(balance) FROM account GROUP BY asset HAVING sum(balance) <> 0`,
  `SELECT 'transfer ' || t.id || ' moves ' || t.asset || ' between accounts that hold something else, or are not there'
   FROM transfer t LEFT JOIN account d ON d.id = t.debit_account LEFT JOIN account c ON c.id = t.credit_account
   WHERE d.asset IS NOT t.asset OR c.asset IS NOT t.asset OR t.amount <= 0`,
  `SELECT 'journal ' || idempotency_key || ' moves nothing' FROM journal j
   WHERE NOT EXISTS (SELECT 1 FROM transfer WHERE journal_id = j.id)`,
  `SELECT 'order ' || o.ref || ' is delivered, and has no ' || ${BOOKED_AS} FROM orders o
   WHERE o.state = 'delivered' AND NOT EXISTS (
     SELECT 1 FROM journal j WHERE j.order_id = o.id AND j.kind = ${BOOKED_AS} AND NOT EXISTS (SELECT 1 FROM journal WHERE reverses = j.id))`,
  `SELECT 'order ' || coalesce(o.ref, j.order_id) || ' is ' || coalesce(o.state, 'not there') || ', and has a ' || j.kind
   FROM journal j LEFT JOIN orders o ON o.id = j.order_id
   WHERE (j.kind = 'sale' OR (j.kind = 'top_up' AND j.order_id IS NOT NULL))
     AND (o.state IS NOT 'delivered' OR j.kind <> ${BOOKED_AS}) AND NOT EXISTS (SELECT 1 FROM journal WHERE reverses = j.id)`,
  `SELECT 'order ' || o.ref || ' is for ' || o.amount_minor || ' cents, and was sold for ' || sum(t.amount) || ' thousandths'
   FROM journal j JOIN orders o ON o.id = j.order_id JOIN transfer t ON t.journal_id = j.id AND t.credit_account = 'sold:' || o.kind
   WHERE j.kind = 'sale' GROUP BY j.id HAVING sum(t.amount) <> o.amount_minor * 10`,
  `SELECT 'order ' || o.ref || ' is for ' || o.amount_minor || ' cents, and ' || coalesce(sum(t.amount), 0) || ' thousandths came into its wallet'
   FROM journal j JOIN orders o ON o.id = j.order_id
   LEFT JOIN wallet w ON (w.app_id = o.wallet_app_id AND w.user_id = o.wallet_user_id) OR (w.id = o.wallet_user_id AND ${ERASED_OWNER})
   LEFT JOIN transfer t ON t.journal_id = j.id AND t.debit_account = 'paid-through:daraja' AND t.credit_account = 'wallet:' || w.id || ':KES'
   WHERE j.kind = 'top_up' GROUP BY j.id HAVING coalesce(sum(t.amount), 0) <> o.amount_minor * 10`,
  `SELECT 'purchase ' || p.journal_key || ' is KES ' || p.amount_kes || ' for ' || p.units || ' SMS at ' || p.price_millikes
     || ' thousandths, and the ledger says something else'
   FROM sms_purchase p LEFT JOIN journal j ON j.idempotency_key = p.journal_key AND j.kind = 'top_up'
   WHERE p.amount_kes * 1000 IS NOT (SELECT sum(amount) FROM transfer
       WHERE journal_id = j.id AND credit_account = 'wallet:' || p.wallet_id || ':KES')
     OR p.units * p.price_millikes <> (SELECT coalesce(sum(amount), 0) FROM transfer
       WHERE journal_id = j.id AND debit_account = 'wallet:' || p.wallet_id || ':KES')
     OR p.units * 100 <> (SELECT coalesce(sum(amount), 0) FROM transfer
       WHERE journal_id = j.id AND credit_account = 'wallet:' || p.wallet_id || ':SMS')`,
  `SELECT 'request ' || kind || ' ' || request_key || ' was answered with a movement, and the ledger has none'
   FROM wallet_request WHERE journal_key IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM journal WHERE idempotency_key = wallet_request.journal_key)`,
];

export function auditLedger(db: Db): LedgerAudit {
  return dbTransactions(db).read(() => ({
    accounts: db.prepare<[], AuditedAccount>(`SELECT id, asset, debited, credited FROM (${MOVED}) ORDER BY asset, id`).all(),
    journals: count(db, 'SELECT count(*) FROM journal'),
    delivered: count(db, "SELECT count(*) FROM orders WHERE state = 'delivered'"),
    faults: FAULTS.flatMap((sql) => db.prepare<[], string>(`${sql} LIMIT 100`).pluck().all()),
  }));
}

function count(db: Db, sql: string): number {
  return db.prepare<[], number>(sql).pluck().get() ?? 0;
}
