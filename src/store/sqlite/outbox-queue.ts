/**
 * Owns the lanes of the outbox: what goes in, and which row is the head of its lane, the only one that may be claimed. A lane
 * goes on when its head is finished or dead, never while the head waits for its retry.
 */

import type { Instant } from '../../lib/clock.ts';
import type { NotifyWork, SendRef } from '../../ports/alert.ts';
import type { CallPurpose, Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { TurnScope } from './turn-scope.ts';

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export interface SayBody {
  readonly reply: Of<'say'>['reply'];
  readonly language: Of<'say'>['language'];
  readonly elsewhere?: true;
  readonly alert?: SendRef;
}

export interface RetireBody {
  readonly channelMessageId: string;
}

export interface CallBody {
  readonly purpose: CallPurpose;
}

/** Kept with every row: which turn wrote it. */
export interface RowOrigin {
  readonly turn: string;
}

export interface OutboxQueue {
  say(change: Of<'say'>, scope: TurnScope): void;
  retireButtons(change: Of<'retire_buttons'>, scope: TurnScope): void;
  notify(change: NotifyWork, scope: TurnScope): void;
  call(orderId: string, purpose: CallPurpose, dueAt: Instant, scope: TurnScope): void;
  /** The call was begun, or is not wanted any more. */
  dropCall(orderId: string, purpose: CallPurpose): void;
  /** The call can never be begun: kept for the operator, out of everybody's way. */
  buryCall(orderId: string, purpose: CallPurpose, why: string, now: Instant): void;
  /** The row is done. */
  remove(seq: number, lane: string): void;
  /** Given up, kept for the operator. */
  bury(seq: number, lane: string, why: string, now: Instant): void;
  /** Gives up whatever waits in the lane. */
  buryLane(lane: string, why: string, now: Instant): void;
}

export const chatLane = (conversationId: string): string => `chat:${conversationId}`;
/** One for each call of an order: none waits for another, or goes with it. A delivery outlives the request that came to nothing. */
const callLane = (orderId: string, purpose: CallPurpose): string => `${LANE[purpose]}:${orderId}`;
const LANE: Readonly<Record<CallPurpose, string>> = {
  buy_airtime: 'order',
  request_payment: 'order',
  ask_payment: 'ask',
  deliver_sms: 'deliver',
};

export function outboxQueue(db: Db): OutboxQueue {
  const insert = db.prepare<[string, string, string, string, string, Instant, string | null, string | null, string, Instant]>(
    `INSERT INTO outbox (id, worker, kind, lane, head, due_at, attempts, conversation_id, order_id, body, created_at)
     VALUES (?, ?, ?, ?, NOT EXISTS (SELECT 1 FROM outbox WHERE lane = ? AND dead_at IS NULL), ?, 0, ?, ?, ?, ?)`,
  );
  const remove = db.prepare<[number]>('DELETE FROM outbox WHERE seq = ?');
  const promote = db.prepare<[string]>(
    'UPDATE outbox SET head = 1 WHERE seq = (SELECT min(seq) FROM outbox WHERE lane = ? AND dead_at IS NULL)',
  );
  const bury = db.prepare<[Instant, string, number]>(
    'UPDATE outbox SET dead_at = ?, why = ?, head = 0, lease_until = NULL WHERE seq = ?',
  );
  const buryLane = db.prepare<[Instant, string, string]>(
    'UPDATE outbox SET dead_at = ?, why = ?, head = 0, lease_until = NULL WHERE lane = ? AND dead_at IS NULL',
  );
  const dropLane = db.prepare<[string]>('DELETE FROM outbox WHERE lane = ? AND dead_at IS NULL');

  const toChat = (
    kind: 'say' | 'retire_buttons',
    conversationId: string,
    orderId: string | null,
    body: object,
    scope: TurnScope,
  ) => {
    const lane = chatLane(conversationId);
    const text = JSON.stringify({ ...body, turn: scope.turn } satisfies RowOrigin);
    insert.run(scope.nextOutboxId(), 'send', kind, lane, lane, scope.at, conversationId, orderId, text, scope.at);
  };
  return {
    say({ conversationId, reply, language, orderId, elsewhere, alert }, scope) {
      const body: SayBody = {
        reply,
        language,
        ...(elsewhere === undefined ? {} : { elsewhere }),
        ...(alert === undefined ? {} : { alert }),
      };
      toChat('say', conversationId, orderId, body, scope);
    },
    retireButtons: ({ conversationId, channelMessageId }, scope) =>
      toChat('retire_buttons', conversationId, null, { channelMessageId } satisfies RetireBody, scope),
    notify(work, scope) {
      const lane = `notify:${work.way}:${work.to}`;
      const body = JSON.stringify({ ...work, turn: scope.turn } satisfies NotifyWork & RowOrigin);
      insert.run(scope.nextOutboxId(), 'notify', 'notify', lane, lane, scope.at, null, null, body, scope.at);
    },
    call(orderId, purpose, dueAt, scope) {
      const lane = callLane(orderId, purpose);
      const body = JSON.stringify({ purpose, turn: scope.turn } satisfies CallBody & RowOrigin);
      insert.run(scope.nextOutboxId(), 'call', 'call', lane, lane, dueAt, null, orderId, body, scope.at);
    },
    dropCall: (orderId, purpose) => void dropLane.run(callLane(orderId, purpose)),
    buryCall: (orderId, purpose, why, now) => void buryLane.run(now, why, callLane(orderId, purpose)),
    remove(seq, lane) {
      remove.run(seq);
      promote.run(lane);
    },
    bury(seq, lane, why, now) {
      bury.run(now, why, seq);
      promote.run(lane);
    },
    buryLane: (lane, why, now) => void buryLane.run(now, why, lane),
  };
}
