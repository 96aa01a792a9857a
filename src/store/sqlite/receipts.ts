/**
 * Owns the receipts and names of orders' payments: one that an order has is credited to nobody over the API, in whatever app. An order that
 * ended unpaid has none, whatever a callback said of it: nobody signs those.
 */

import { keysWithin, receiptKey } from '../../domain/payment-key.ts';
import { CREDITED_TWICE, creditedTwice } from '../../domain/attention.ts';
import type { Change } from '../../ports/store.ts';
import type { CreditedBefore } from '../../ports/wallet.ts';
import { NO_APP } from './app-column.ts';
import type { Db } from './connection.ts';
import { StaleTurn, type TurnScope } from './turn-scope.ts';

export interface Receipts {
  keep(change: Extract<Change, { kind: 'keep_receipt' }>, scope: TurnScope): void;
  /** The only one that callbacks brought until the order was paid, as M-Pesa writes it: the same at every send. */
  ofPaid(orderId: string): string | null;
  creditedFor(receipt: string): CreditedBefore | null;
  /** `reference`: as a program wrote it. */
  isOrders(reference: string): boolean;
}

/** As `receiptKey` spells the names that Daraja gives; indexed. */
const NAME_KEY = "lower(replace(replace(name, '_', ''), '-', ''))";

export function receiptsOf(db: Db): Receipts {
  const keep = db.prepare<[string, string, number]>(
    'INSERT INTO payment_receipt (receipt_key, order_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const held = db.prepare<[string, string], number>(
    `SELECT 1 FROM orders o WHERE o.id IN (
       SELECT order_id FROM payment_receipt WHERE receipt_key = ?
       UNION ALL SELECT order_id FROM payment_name WHERE ${NAME_KEY} = ?)
     AND (o.paid_at IS NOT NULL OR o.state NOT IN ('cancelled', 'rejected', 'lapsed')) LIMIT 1`,
  );
  // Spelt as its index is.
  const credited = db.prepare<[string], { app_id: string; request_key: string }>(
    `SELECT app_id, request_key FROM wallet_request
     WHERE payment_key IS NOT NULL AND replace(substr(payment_key, instr(payment_key, ' ') + 1), '-', '') = ? ORDER BY at LIMIT 1`,
  );
  const told = db.prepare<[string, string], number>('SELECT 1 FROM audit WHERE what = ? AND subject = ? LIMIT 1');
  const creditedFor: Receipts['creditedFor'] = (receipt) => {
    const row = credited.get(receiptKey(receipt));
    if (row === undefined) return null;
    const before = { appId: row.app_id === NO_APP ? null : row.app_id, requestKey: row.request_key };
    return { ...before, told: told.get(CREDITED_TWICE, creditedTwice(before)) !== undefined };
  };
  const ofPaid = db.prepare<[string], { receipt_key: string }>(
    'SELECT r.receipt_key FROM payment_receipt r JOIN orders o ON o.id = r.order_id WHERE o.id = ? AND r.at <= o.paid_at LIMIT 2',
  );
  return {
    ofPaid(orderId) {
      const [one, other] = ofPaid.all(orderId);
      // Callbacks are unsigned: of two, nobody knows which is true.
      return one === undefined || other !== undefined ? null : one.receipt_key.toUpperCase();
    },
    keep({ orderId, receipt, credited: believed }, { at }) {
      if ((creditedFor(receipt) !== null) !== believed) throw new StaleTurn('a program was credited for it meanwhile');
      keep.run(receiptKey(receipt), orderId, at);
    },
    creditedFor,
    isOrders: (reference) => [...keysWithin(reference)].some((key) => held.get(key, key) !== undefined),
  };
}
