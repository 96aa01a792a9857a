/** Owns the reading of one order as its operator sees it: every step with its actor, evidence and raw body, its calls, its customer. */

import type { Instant } from '../../lib/clock.ts';
import type { Actor, OrderState } from '../../domain/order.ts';
import type { Body, OrderFile, Step, Who } from '../../ports/desk.ts';
import type { Db } from './connection.ts';
import { SELECT_ORDER, toOrder, type OrderRow } from './order-rows.ts';
import { peopleReader } from './read-people.ts';

interface StepRow {
  readonly event: string;
  readonly from_state: OrderState | null;
  readonly to_state: OrderState | null;
  readonly actor: Actor['kind'];
  readonly actor_id: string | null;
  readonly evidence: string;
  readonly at: Instant;
  readonly source: string | null;
  readonly body: string | null;
}

export function whoReader(db: Db): (conversationId: string) => Who | null {
  const people = peopleReader(db);
  return (conversationId) => {
    const chat = people.conversation(conversationId);
    if (chat === null) return null;
    const { channel, chat: id } = chat.address;
    const { customerId } = chat;
    const name = people.byId(customerId)?.name ?? null;
    const { language } = chat.session;
    return { customerId, conversationId, channel, chat: id, name, phones: people.ownPhones(customerId), language };
  };
}

export function orderFileReader(db: Db): (word: string) => OrderFile | null {
  const find = db.prepare<[string, string], OrderRow>(`${SELECT_ORDER} WHERE o.ref = ? OR o.id = ?`);
  const steps = db.prepare<[string], StepRow>(
    `SELECT s.event, s.from_state, s.to_state, s.actor, s.actor_id, s.evidence, s.at, r.source, r.body
     FROM order_step s LEFT JOIN raw r ON r.id = s.raw_id WHERE s.order_id = ? ORDER BY s.id`,
  );
  const calls = db.prepare<[string], OrderFile['calls'][number]>(
    'SELECT purpose, state, started_at AS startedAt FROM call WHERE order_id = ? ORDER BY purpose',
  );
  const who = whoReader(db);
  return (word) => {
    const row = find.get(word.toUpperCase(), word);
    if (row === undefined) return null;
    const order = toOrder(row);
    return { order, who: who(order.conversationId), steps: steps.all(order.id).map(toStep), calls: calls.all(order.id) };
  };
}

function toStep(row: StepRow): Step {
  const { event, from_state: from, to_state: to, actor, actor_id: by, evidence, at, source, body } = row;
  const kept: Body | null = source === null ? null : { title: source, text: body };
  return { event, from, to, actor, by, evidence, at, body: kept };
}
