/** Owns the reading of orders, and of how often a payer's phone was made to ring. */

import type { Instant } from '../../lib/clock.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import { PROMPT_LIVE_MS, type Order } from '../../domain/order.ts';
import type { PayerUse } from '../../ports/store.ts';
import type { WebhookReading } from '../../ports/airtime-provider.ts';
import type { Db } from './connection.ts';
import { SELECT_ORDER, toOrder, type OrderRow } from './order-rows.ts';

const RECENT_ORDERS = 20;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

interface Prompts {
  readonly lastHour: number;
  readonly lastDay: number;
  readonly byCustomer: number;
}

interface Live {
  readonly reference: string;
  readonly customerId: string;
  readonly until: Instant;
}

export interface OrdersReader {
  order(id: string): Order | null;
  /** By our note, then by the upstream's reference; two orders under one upstream reference are no match. */
  ofWebhook(reading: WebhookReading): Order | null;
  /** Newest first, at most 20. */
  recent(customerId: string): readonly Order[];
  payerUse(payer: Msisdn, customerId: string, own: boolean, now: Instant): PayerUse;
}

export function ordersReader(db: Db): OrdersReader {
  const byId = db.prepare<[string], OrderRow>(`${SELECT_ORDER} WHERE o.id = ?`);
  const byNote = db.prepare<[string], OrderRow>(`${SELECT_ORDER} WHERE o.ref = ?`);
  const byUpstreamReference = db.prepare<[string], OrderRow>(`${SELECT_ORDER} WHERE o.upstream_reference = ? LIMIT 2`);
  const recent = db.prepare<[string], OrderRow>(
    `${SELECT_ORDER} WHERE o.customer_id = ? ORDER BY o.created_at DESC, o.rowid DESC LIMIT ${RECENT_ORDERS}`,
  );
  const phoneId = db.prepare<[string], number>('SELECT id FROM phone WHERE msisdn = ?').pluck();
  // A prompt: the call waits to be made, or was begun. One that never left the outbox made nothing ring.
  // One of a day that is still to come was made before the clock was set back, who knows when: it must not lock the payer out.
  const prompts = db.prepare<[Instant, string, number, Instant, Instant], Prompts>(
    `SELECT count(*) FILTER (WHERE o.created_at > ?) AS lastHour, count(*) AS lastDay,
            count(*) FILTER (WHERE o.customer_id = ?) AS byCustomer
     FROM orders o JOIN call c ON c.order_id = o.id AND c.purpose = 'buy_airtime'
     WHERE o.payer_phone = ? AND o.created_at > ? AND o.created_at < ? AND (c.state = 'pending' OR c.started_at IS NOT NULL)`,
  );
  const delivered = db
    .prepare<[string, number], number>(
      "SELECT 1 FROM orders WHERE customer_id = ? AND payer_phone = ? AND state = 'delivered' LIMIT 1",
    )
    .pluck();
  // One that is only confirmed is still to ring, even when the time of its prompt is over: its call is late.
  const live = db.prepare<[Instant, number, Instant], Live>(
    `SELECT ref AS reference, customer_id AS customerId,
            CASE state WHEN 'confirmed' THEN max(prompt_live_until, ?) ELSE prompt_live_until END AS until
     FROM orders WHERE ringing_phone = ? AND (prompt_live_until > ? OR state = 'confirmed')`,
  );
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
    recent: (customerId) => recent.all(customerId).map(toOrder),
    payerUse(payer, customerId, own, now) {
      const id = phoneId.get(payer);
      const rang = id === undefined ? undefined : prompts.get(now - HOUR_MS, customerId, id, now - DAY_MS, now + DAY_MS);
      return {
        payer,
        own,
        promptsLastHour: rang?.lastHour ?? 0,
        promptsLastDay: rang?.lastDay ?? 0,
        promptsByCustomerLastDay: rang?.byCustomer ?? 0,
        approvedBefore: id !== undefined && delivered.get(customerId, id) !== undefined,
        live: (id === undefined ? undefined : live.get(now + PROMPT_LIVE_MS, id, now)) ?? null,
      };
    },
  };
}
