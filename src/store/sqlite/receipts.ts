/**
 * Owns the receipts of orders' payments: one that an order has is credited to nobody over the API, in whatever app. An order that ended
 * unpaid has none, whatever a callback said of it: nobody signs those.
 */

import { receiptKey } from '../../domain/payment-key.ts';
import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { TurnScope } from './turn-scope.ts';

export interface Receipts {
  keep(change: Extract<Change, { kind: 'keep_receipt' }>, scope: TurnScope): void;
  /** `reference`: as a program wrote it. */
  isOrders(reference: string): boolean;
}

export function receiptsOf(db: Db): Receipts {
  const keep = db.prepare<[string, string, number]>(
    'INSERT INTO payment_receipt (receipt_key, order_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const held = db.prepare<[string], number>(
    `SELECT 1 FROM payment_receipt r JOIN orders o ON o.id = r.order_id
     WHERE r.receipt_key = ? AND (o.paid_at IS NOT NULL OR o.state NOT IN ('cancelled', 'rejected', 'lapsed'))`,
  );
  return {
    keep: ({ orderId, receipt }, { at }) => void keep.run(receiptKey(receipt), orderId, at),
    isOrders: (reference) => held.get(receiptKey(reference)) !== undefined,
  };
}
