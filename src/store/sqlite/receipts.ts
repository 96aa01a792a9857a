/**
 * Owns the receipts and names of orders' payments: one that an order has is credited to nobody over the API, in whatever app. An order that
 * ended unpaid has none, whatever a callback said of it: nobody signs those.
 */

import { keysWithin, receiptKey } from '../../domain/payment-key.ts';
import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { TurnScope } from './turn-scope.ts';

export interface Receipts {
  keep(change: Extract<Change, { kind: 'keep_receipt' }>, scope: TurnScope): void;
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
  return {
    keep: ({ orderId, receipt }, { at }) => void keep.run(receiptKey(receipt), orderId, at),
    isOrders: (reference) => [...keysWithin(reference)].some((key) => held.get(key, key) !== undefined),
  };
}
