/** Owns what the outbox workers see: claims under a lease, and the ends of sends. A row is gone only when its end is durable. */

import type { Instant } from '../../lib/clock.ts';
import { assertNever } from '../../lib/assert.ts';
import type { NotifyEnd, NotifyWork, SendRef } from '../../ports/alert.ts';
import type { ChannelName, ChatAddress } from '../../ports/channel.ts';
import type { LeftAlone, OutboxItem, OutboxKind, OutboxWork, SendResult, StartedCall } from '../../ports/outbox.ts';
import type { Db } from './connection.ts';
import { asError, isUnavailable, type DbTransactions } from './db-transaction.ts';
import { BEGUN, noticeEnds } from './finish-notices.ts';
import type { CallBody, OutboxQueue, RetireBody, RowOrigin, SayBody } from './outbox-queue.ts';
import type { Progress } from './progress.ts';
import type { OrdersReader } from './read-orders.ts';
import type { outbox } from './schema.ts';
import type { Timers } from './timers.ts';
import { alertEnds, type AlertEnds } from './write-thresholds.ts';

export interface Outbox {
  claim(worker: OutboxKind, now: Instant, limit: number, leaseMs: number, leaving?: LeftAlone): OutboxItem[];
  finishSends(results: readonly SendResult[], now: Instant): void;
  finishNotices(ends: readonly NotifyEnd[], now: Instant): void;
  /** Frees every lease; names the calls that were begun and have no end. */
  takeOver(): StartedCall[];
  nextDueAt(channels?: readonly ChannelName[]): Instant | null;
}

type Row = typeof outbox.$inferSelect;
type DueRow = Pick<Row, 'seq' | 'id' | 'kind' | 'lane' | 'attempts' | 'conversation_id' | 'order_id' | 'body' | 'why'> & {
  readonly channel: string | null;
  readonly channel_account: string | null;
  readonly chat: string | null;
  readonly reference: string | null;
};

export function outboxOf(
  db: Db,
  { write }: DbTransactions,
  queue: OutboxQueue,
  orders: OrdersReader,
  progress: Progress,
  timers: Timers,
): Outbox {
  // A bare `LIMIT ?` would be compiled anew for every value that is bound to it, which costs more than all the rest (here and elsewhere).
  const dueWhere = (more: string): string =>
    `SELECT o.seq, o.id, o.kind, o.lane, o.attempts, o.conversation_id, o.order_id, o.body, o.why, c.channel, c.channel_account, c.chat,
       r.ref AS reference
     FROM outbox o LEFT JOIN conversation c ON c.id = o.conversation_id LEFT JOIN orders r ON r.id = o.order_id
     WHERE o.worker = ? AND o.head = 1 AND o.due_at <= ? AND (o.lease_until IS NULL OR o.lease_until <= ?)
       AND o.id NOT IN (SELECT value FROM json_each(?)) ${more}
     ORDER BY o.due_at, o.seq LIMIT 0 + ?`;
  const due = db.prepare<[string, Instant, Instant, string, number], DueRow>(dueWhere(''));
  const dueOn = db.prepare<[string, Instant, Instant, string, string, number], DueRow>(
    dueWhere('AND (c.channel IS NULL OR c.channel IN (SELECT value FROM json_each(?)))'),
  );
  // The same without what is joined to it: asked often, and mostly for nothing.
  const anyDue = db
    .prepare<[string, Instant, Instant], number>(
      'SELECT 1 FROM outbox WHERE worker = ? AND head = 1 AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ?) LIMIT 1',
    )
    .pluck();
  // A notice under way has no reason yet: one without, found again, was begun and never ended.
  const lease = db.prepare<[Instant, number]>(
    "UPDATE outbox SET lease_until = ?, attempts = attempts + 1, why = iif(worker = 'notify', NULL, why) WHERE seq = ?",
  );
  const free = db.prepare('UPDATE outbox SET lease_until = NULL WHERE lease_until IS NOT NULL');
  const begun = db.prepare<[], StartedCall>(
    "SELECT order_id AS orderId, purpose, started_at AS startedAt FROM call WHERE state = 'started' ORDER BY started_at",
  );
  const nextDue = db
    .prepare<[string], Instant>(
      'SELECT due_at FROM outbox WHERE worker = ? AND head = 1 AND lease_until IS NULL ORDER BY due_at LIMIT 1',
    )
    .pluck();
  const nextSendOn = db
    .prepare<[string], Instant>(
      `SELECT o.due_at FROM outbox o JOIN conversation c ON c.id = o.conversation_id
       WHERE o.worker = 'send' AND o.head = 1 AND o.lease_until IS NULL AND c.channel IN (SELECT value FROM json_each(?))
       ORDER BY o.due_at LIMIT 1`,
    )
    .pluck();
  const alerts = alertEnds(db, timers);
  const finish = sendFinisher(db, queue, givenUp(db, timers, alerts), alerts);
  const notices = noticeEnds(db, queue, alerts);

  const workOf = (row: DueRow, body: unknown): OutboxWork => {
    switch (row.kind) {
      case 'say': {
        const { reply, language } = body as SayBody;
        return { kind: 'say', conversation: chatOf(row), reply, language };
      }
      case 'retire_buttons': {
        const { channelMessageId } = body as RetireBody;
        return { kind: 'retire_buttons', conversation: chatOf(row), channelMessageId };
      }
      case 'call': {
        const order = row.order_id === null ? null : orders.order(row.order_id);
        if (order === null) throw new Error(`invariant broken: outbox row ${row.id} calls for no order`);
        const { purpose } = body as CallBody;
        return { kind: 'call', order, purpose };
      }
      case 'notify':
        return body as NotifyWork;
      default:
        throw new Error(`invariant broken: outbox row ${row.id} is of kind ${row.kind}`);
    }
  };

  /** A row that cannot be read is given up: it must not stand in everybody's way. */
  const leased = (row: DueRow, now: Instant, leaseMs: number): OutboxItem[] => {
    if (row.kind === 'notify' && row.attempts > 0 && row.why === null) {
      notices.giveUp(row, BEGUN, now);
      return [];
    }
    let work: OutboxWork;
    let turn: string;
    try {
      const body: unknown = JSON.parse(row.body);
      work = workOf(row, body);
      ({ turn } = body as RowOrigin);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      queue.bury(row.seq, row.lane, asError(error).message, now);
      return [];
    }
    lease.run(now + leaseMs, row.seq);
    return [{ id: row.id, lane: row.lane, attempts: row.attempts, turn, order: row.reference, work }];
  };

  return {
    claim(worker, now, limit, leaseMs, { otherChannelsThan: channels, inHand = [] } = {}) {
      // The write lock is taken only when there is something to lease.
      if (anyDue.get(worker, now, now) === undefined) return [];
      const held = JSON.stringify(inHand);
      return write(() => {
        const rows =
          channels === undefined
            ? due.all(worker, now, now, held, limit)
            : dueOn.all(worker, now, now, held, JSON.stringify(channels), limit);
        return rows.flatMap((row) => leased(row, now, leaseMs));
      });
    },
    finishSends(results, now) {
      if (results.length === 0) return;
      write(() => {
        for (const result of results) finish(result, now);
        progress.reached(now);
      });
    },
    finishNotices(ends, now) {
      if (ends.length === 0) return;
      write(() => {
        for (const end of ends) notices.finish(end, now);
        progress.reached(now);
      });
    },
    takeOver: () =>
      write(() => {
        free.run();
        return begun.all();
      }),
    nextDueAt(channels) {
      const send = channels === undefined ? nextDue.get('send') : nextSendOn.get(JSON.stringify(channels));
      const dues = [send, nextDue.get('call'), nextDue.get('notify')].filter((instant) => instant !== undefined);
      return dues.length === 0 ? null : Math.min(...dues);
    },
  };
}

function chatOf(row: DueRow): { readonly id: string; readonly address: ChatAddress } {
  if (row.conversation_id === null || row.channel === null || row.channel_account === null || row.chat === null) {
    throw new Error(`invariant broken: outbox row ${row.id} goes to no chat`);
  }
  const address = { channel: row.channel as ChannelName, account: row.channel_account, chat: row.chat };
  return { id: row.conversation_id, address };
}

/** What is about to be given up of a lane, from one row or whole: each order in it is told of in another chat, each alert elsewhere. */
function givenUp(
  db: Db,
  timers: Timers,
  alerts: AlertEnds,
): (lane: string, seq: number | null, why: string, now: Instant) => void {
  const orders = db.prepare<
    [string, number | null, number | null],
    { orderId: string; conversationId: string; channel: ChannelName }
  >(
    `SELECT DISTINCT o.order_id AS orderId, o.conversation_id AS conversationId, c.channel
     FROM outbox o JOIN conversation c ON c.id = o.conversation_id
     WHERE o.lane = ? AND o.dead_at IS NULL AND (? IS NULL OR o.seq = ?) AND o.kind = 'say' AND o.order_id IS NOT NULL
       AND json_extract(o.body, '$.elsewhere') IS NULL`,
  );
  const sends = db.prepare<[string, number | null, number | null], SendRef>(
    `SELECT json_extract(body, '$.alert.alertId') AS alertId, json_extract(body, '$.alert.n') AS n FROM outbox
     WHERE lane = ? AND dead_at IS NULL AND (? IS NULL OR seq = ?) AND kind = 'say' AND json_extract(body, '$.alert.n') IS NOT NULL`,
  );
  return (lane, seq, why, now) => {
    for (const send of sends.all(lane, seq, seq)) alerts.failed(send, why, now);
    for (const about of orders.all(lane, seq, seq))
      timers.set(`elsewhere:${about.orderId}`, now, { kind: 'tell_elsewhere', ...about });
  };
}

function sendFinisher(
  db: Db,
  queue: OutboxQueue,
  tellElsewhere: ReturnType<typeof givenUp>,
  alerts: AlertEnds,
): (result: SendResult, now: Instant) => void {
  const find = db.prepare<[string], Pick<Row, 'seq' | 'kind' | 'lane' | 'conversation_id' | 'order_id'>>(
    "SELECT seq, kind, lane, conversation_id, order_id FROM outbox WHERE id = ? AND worker = 'send' AND dead_at IS NULL",
  );
  const keep = db.prepare<[string, string, string, string | null, Instant]>(
    `INSERT INTO message (conversation_id, direction, channel_message_id, text, order_id, at) VALUES (?, 'out', ?, ?, ?, ?)`,
  );
  const asked = db.prepare<[Instant, number]>(
    `UPDATE conversation SET asked_at = ? WHERE id = (
       SELECT conversation_id FROM outbox WHERE seq = ? AND json_array_length(body, '$.reply.choices') > 0)`,
  );
  const alertIn = db.prepare<[number], { alert: string | null }>(
    "SELECT json_extract(body, '$.alert') AS alert FROM outbox WHERE seq = ?",
  );
  const again = db.prepare<[Instant, string, number]>('UPDATE outbox SET due_at = ?, lease_until = NULL, why = ? WHERE seq = ?');
  const block = db.prepare<[Instant, Instant, string]>(
    'UPDATE conversation SET blocked_at = coalesce(blocked_at, ?), changed_at = ?, version = version + 1 WHERE id = ?',
  );
  return (result, now) => {
    const row = find.get(result.id);
    // Finished before, by whoever claimed it after a lease ran out.
    if (row === undefined || row.conversation_id === null) return;
    switch (result.kind) {
      case 'sent':
        if (row.kind === 'say') {
          keep.run(row.conversation_id, result.channelMessageId, result.text, row.order_id, now);
          asked.run(now, row.seq);
          const alert = alertIn.get(row.seq)?.alert ?? null;
          if (alert !== null) alerts.sent(JSON.parse(alert) as SendRef);
        }
        return queue.remove(row.seq, row.lane);
      case 'retry':
        return void again.run(result.dueAt, result.why, row.seq);
      case 'dead':
        tellElsewhere(row.lane, result.blocked ? null : row.seq, result.why, now);
        if (!result.blocked) return queue.bury(row.seq, row.lane, result.why, now);
        queue.buryLane(row.lane, result.why, now);
        return void block.run(now, now, row.conversation_id);
      default:
        return assertNever(result);
    }
  };
}
