/** Owns the reading of orders: by id, by what a webhook tells of them, and a customer's last ones. */

import type { Order } from '../../domain/order.ts';
import type { CallbackReading } from '../../ports/payment-provider.ts';
import type { WebhookReading } from '../../ports/airtime-provider.ts';
import type { Db } from './connection.ts';
import { SELECT_ORDER, toOrder, type OrderRow } from './order-rows.ts';

const RECENT_ORDERS = 20;

export interface OrdersReader {
  order(id: string): Order | null;
  /** By our note, then by the upstream's reference; two orders under one upstream reference are no match. */
  ofWebhook(reading: WebhookReading): Order | null;
  /** By the reference in its address, then by the provider's; where those are of two orders, it is no match. */
  ofCallback(reference: string, reading: CallbackReading): Order | null;
  /** The order of SMS that has this payment, or had, by the reference that people read out; also one of a customer who was erased. */
  holderOf(payment: string): string | null;
  /** Newest first, at most 20. */
  recent(customerId: string): readonly Order[];
}

export function ordersReader(db: Db): OrdersReader {
  const byId = db.prepare<[string], OrderRow>(`${SELECT_ORDER} WHERE o.id = ?`);
  const byNote = db.prepare<[string], OrderRow>(`${SELECT_ORDER} WHERE o.ref = ?`);
  const byUpstreamReference = db.prepare<[string], OrderRow>(`${SELECT_ORDER} WHERE o.upstream_reference = ? LIMIT 2`);
  const recent = db.prepare<[string], OrderRow>(
    `${SELECT_ORDER} WHERE o.customer_id = ? ORDER BY o.created_at DESC, o.rowid DESC LIMIT ${RECENT_ORDERS}`,
  );
  const holder = db
    .prepare<[string], string>(
      `SELECT o.ref FROM payment_name p JOIN orders o ON o.id = p.order_id
       WHERE p.name = ? ORDER BY o.upstream_reference IS p.name DESC, o.rowid LIMIT 1`,
    )
    .pluck();
  const one = (row: OrderRow | undefined): Order | null => (row === undefined ? null : toOrder(row));

  return {
    order: (id) => one(byId.get(id)),
    ofWebhook(reading) {
      if (reading.kind !== 'read') return null;
      const noted = reading.note === null ? undefined : byNote.get(reading.note.trim());
      if (noted !== undefined) return toOrder(noted);
      const matches = reading.upstreamReference === null ? [] : byUpstreamReference.all(reading.upstreamReference);
      return matches.length === 1 ? one(matches[0]) : null;
    },
    ofCallback(reference, reading) {
      const named = byNote.get(reference);
      const holders = reading.kind === 'read' ? byUpstreamReference.all(reading.upstreamReference) : [];
      if (named === undefined) return holders.length === 1 ? one(holders[0]) : null;
      return holders.every(({ id }) => id === named.id) ? toOrder(named) : null;
    },
    holderOf: (payment) => holder.get(payment) ?? null,
    recent: (customerId) => recent.all(customerId).map(toOrder),
  };
}
