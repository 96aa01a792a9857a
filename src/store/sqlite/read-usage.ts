/** Owns the reading of what a purchase is measured by: prompts that rang on a payer's phone, and the day of person, payer and recipient. */

import type { Instant } from '../../lib/clock.ts';
import {
  dayBegan,
  MOST_STRANGERS,
  RECALLED,
  type DayUse,
  type Parties,
  type PastPrompt,
  type PayerUse,
  type PurchaseUse,
} from '../../domain/limits.ts';
import { kes } from '../../domain/money.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import { PROMPT_LIVE_MS } from '../../domain/order.ts';
import type { Db } from './connection.ts';
import { CENTS_PER_KES } from './order-rows.ts';
import type { StopList } from './stop-list.ts';
import { DAY_MS, HOUR_MS } from '../../lib/durations.ts';

interface Prompts {
  readonly lastHour: number;
  readonly lastDay: number;
  readonly byCustomer: number;
}

/** `payer` and `recipient` are numbers, `person` is a customer's id; `own`: the numbers that are verified as theirs. */
export type UsageReader = (parties: Parties, person: string, own: readonly Msisdn[], now: Instant) => PurchaseUse;

export function usageReader(db: Db, stopList: StopList): UsageReader {
  const payerUse = payerReader(db, stopList);
  const phoneId = db.prepare<[string], number>('SELECT id FROM phone WHERE msisdn = ?').pluck();
  const day = (column: string) =>
    db.prepare<[string | number, Instant, Instant], { orders: number; minor: number }>(
      // Those that nobody paid, and that nobody can pay any more, do not count; nor those of a day that is still to come.
      `SELECT count(*) AS orders, coalesce(sum(amount_minor), 0) AS minor FROM orders
       WHERE ${column} = ? AND created_at >= ? AND created_at < ? AND state NOT IN ('cancelled', 'rejected', 'lapsed', 'refunded')`,
    );
  const of = { person: day('customer_id'), payer: day('payer_phone'), recipient: day('recipient_phone') };

  return ({ payer, recipient }, person, own, now) => {
    const since = dayBegan(now);
    const payerId = phoneId.get(payer);
    const today = (party: keyof typeof of, id: string | number | undefined): DayUse => {
      const counted = id === undefined ? undefined : of[party].get(id, since, since + DAY_MS);
      // A part of a shilling weighs as a whole one.
      return { orders: counted?.orders ?? 0, kes: kes(Math.ceil((counted?.minor ?? 0) / CENTS_PER_KES)) };
    };
    return {
      payer: payerUse(payer, payerId, person, own.includes(payer), now),
      recipient,
      today: {
        person: today('person', person),
        payer: today('payer', payerId),
        recipient: today('recipient', recipient === null ? undefined : phoneId.get(recipient)),
      },
    };
  };
}

type PayerReader = (payer: Msisdn, id: number | undefined, customerId: string, own: boolean, now: Instant) => PayerUse;

function payerReader(db: Db, stopList: StopList): PayerReader {
  // A prompt: the call waits to be made, or was begun. One that never left the outbox made nothing ring.
  // One of a day that is still to come was made before the clock was set back, who knows when: it must not lock the payer out.
  const prompts = db.prepare<[Instant, string, number, Instant, Instant], Prompts>(
    `SELECT count(*) FILTER (WHERE o.created_at > ?) AS lastHour, count(*) AS lastDay,
            count(*) FILTER (WHERE o.customer_id = ?) AS byCustomer
     FROM orders o JOIN call c ON c.order_id = o.id AND c.purpose IN ('buy_airtime', 'request_payment')
     WHERE o.payer_phone = ? AND o.created_at > ? AND o.created_at < ? AND (c.state = 'pending' OR c.started_at IS NOT NULL)`,
  );
  // One that the upstream refused rang nowhere, and one that is confirmed is still to ring.
  const last = db.prepare<[number, Instant, Instant], PastPrompt>(
    `SELECT o.state, c.started_at AS rangAt, o.changed_at AS changedAt
     FROM orders o JOIN call c ON c.order_id = o.id AND c.purpose IN ('buy_airtime', 'request_payment')
     WHERE o.payer_phone = ? AND o.created_at > ? AND o.created_at < ? AND c.started_at IS NOT NULL AND o.state NOT IN ('confirmed', 'rejected')
     ORDER BY c.started_at DESC, o.rowid DESC LIMIT ${RECALLED}`,
  );
  // What only the customer says approves nothing: with it a stranger's phone could be rung as a friend's. What the provider says was paid
  // was approved, whatever becomes of the order.
  const approved = db
    .prepare<[string, number], number>(
      `SELECT 1 FROM orders o JOIN order_step s ON s.order_id = o.id AND s.event IN ('webhook_positive', 'status_paid', 'operator_delivered', 'operator_paid')
       WHERE o.customer_id = ? AND o.payer_phone = ? AND (o.state = 'delivered' OR s.event = 'status_paid') LIMIT 1`,
    )
    .pluck();
  // One that is only confirmed is still to ring, even when the time of its prompt is over: its call is late.
  const live = db.prepare<[Instant, number, Instant], NonNullable<PayerUse['live']>>(
    `SELECT ref AS reference, customer_id AS customerId,
            CASE state WHEN 'confirmed' THEN max(prompt_live_until, ?) ELSE prompt_live_until END AS until
     FROM orders WHERE ringing_phone = ? AND (prompt_live_until > ? OR state = 'confirmed')`,
  );
  const strangers = strangersReader(db);
  return (payer, id, customerId, own, now) => {
    const approvedBefore = id !== undefined && approved.get(customerId, id) !== undefined;
    const rang = id === undefined ? undefined : prompts.get(now - HOUR_MS, customerId, id, now - DAY_MS, now + DAY_MS);
    return {
      payer,
      own,
      stopped: stopList.has(payer),
      promptsLastHour: rang?.lastHour ?? 0,
      promptsLastDay: rang?.lastDay ?? 0,
      promptsByCustomerLastDay: rang?.byCustomer ?? 0,
      ...(own || approvedBefore ? NO_STRANGERS : strangers(customerId, id ?? null, now)),
      approvedBefore,
      lastPrompts: id === undefined ? [] : last.all(id, now - DAY_MS, now + DAY_MS),
      live: (id === undefined ? undefined : live.get(now + PROMPT_LIVE_MS, id, now)) ?? null,
    };
  };
}

type Strangers = Pick<PayerUse, 'newPayersLastHour' | 'newPayersLastDay' | 'strangersLastHour'>;
const NO_STRANGERS: Strangers = { newPayersLastHour: 0, newPayersLastDay: 0, strangersLastHour: 0 };

/** Phones that were rung though nobody knows that their owners agree; `payerId`: the one that is asked for now does not count. */
function strangersReader(db: Db): (customerId: string, payerId: number | null, now: Instant) => Strangers {
  const rang = `JOIN call c ON c.order_id = o.id AND c.purpose IN ('buy_airtime', 'request_payment') AND (c.state = 'pending' OR c.started_at IS NOT NULL)`;
  const notOwn = `NOT EXISTS (SELECT 1 FROM phone_claim p WHERE p.phone_id = o.payer_phone AND p.customer_id = o.customer_id AND p.ended_at IS NULL)`;
  const neverApproved = (by: string): string =>
    `NOT EXISTS (SELECT 1 FROM orders a JOIN order_step s ON s.order_id = a.id AND s.event IN ('webhook_positive', 'status_paid', 'operator_delivered', 'operator_paid')
                 WHERE a.payer_phone = o.payer_phone AND (a.state = 'delivered' OR s.event = 'status_paid') ${by})`;
  const byCustomer = db.prepare<[Instant, string, Instant, Instant, number | null], { lastHour: number; lastDay: number }>(
    `SELECT count(DISTINCT o.payer_phone) FILTER (WHERE o.created_at > ?) AS lastHour, count(DISTINCT o.payer_phone) AS lastDay
     FROM orders o ${rang}
     WHERE o.customer_id = ? AND o.created_at > ? AND o.created_at < ? AND o.payer_phone IS NOT ? AND o.state <> 'rejected'
       AND ${notOwn} AND ${neverApproved('AND a.customer_id = o.customer_id')}`,
  );
  // The newest orders, without an index of their times: more than are looked at would be too many anyway.
  const byAll = db
    .prepare<[Instant, Instant], number>(
      `SELECT count(*) FROM (SELECT * FROM orders ORDER BY rowid DESC LIMIT ${MOST_STRANGERS}) o ${rang}
       WHERE o.created_at > ? AND o.created_at < ? AND o.state <> 'rejected' AND ${notOwn} AND ${neverApproved('')}`,
    )
    .pluck();
  return (customerId, payerId, now) => {
    const theirs = byCustomer.get(now - HOUR_MS, customerId, now - DAY_MS, now + DAY_MS, payerId);
    return {
      newPayersLastHour: theirs?.lastHour ?? 0,
      newPayersLastDay: theirs?.lastDay ?? 0,
      strangersLastHour: byAll.get(now - HOUR_MS, now + DAY_MS) ?? 0,
    };
  };
}
