/**
 * Owns events that fail: how often, why, and when to give up. Also keeps the events of sources that do not deliver again, from
 * the moment they came until they are turned or set aside.
 */

import { withoutPin } from '../../domain/pin.ts';
import type { Clock, Instant } from '../../lib/clock.ts';
import { scrub } from '../../lib/log.ts';
import { withoutCodes } from '../../lib/one-time-code.ts';
import type { TurnEvent } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { Dedupe } from './dedupe.ts';
import type { OutboxQueue } from './outbox-queue.ts';
import type { Timers } from './timers.ts';

const MAX_ATTEMPTS = 3;
const MAX_ERROR_LENGTH = 2_000;

export interface Backlog {
  /** Keeps the event until it is turned, unless it took effect before. */
  record(event: TurnEvent): void;
  recorded(limit: number): TurnEvent[];
  /** Counts a failed attempt; at the third, the event is set aside for good. Returns the attempts so far. */
  failed(event: TurnEvent, error: string): number;
  /** The event is over: nobody may bring it again. */
  settle(event: TurnEvent): void;
}

/** An event that is never turned again, as it may be kept: what a person wrote stands in it as in the chat's own record. */
export function setAsideText(event: TurnEvent): string {
  if (event.kind !== 'message' || event.message.content.kind !== 'text') return JSON.stringify(event);
  const text = withoutCodes(withoutPin(event.message.content.text));
  return JSON.stringify({ ...event, message: { ...event.message, content: { kind: 'text', text } } });
}

export function backlogOf(db: Db, dedupe: Dedupe, timers: Timers, outbox: OutboxQueue, clock: Clock): Backlog {
  const record = db.prepare<[string, string, Instant]>(
    'INSERT INTO recorded (event_id, event, recorded_at) VALUES (?, ?, ?) ON CONFLICT (event_id) DO NOTHING',
  );
  const recorded = db.prepare<[number], string>('SELECT event FROM recorded ORDER BY seq LIMIT 0 + ?').pluck();
  const drop = db.prepare<[string]>('DELETE FROM recorded WHERE event_id = ?');
  const count = db
    .prepare<[string, string, Instant, Instant], number>(
      `INSERT INTO poison (event_id, attempts, error, first_at, last_at) VALUES (?, 1, ?, ?, ?)
       ON CONFLICT (event_id) DO UPDATE SET attempts = attempts + 1, error = excluded.error, last_at = excluded.last_at
       RETURNING attempts`,
    )
    .pluck();
  const setAside = db.prepare<[Instant, string, string]>('UPDATE poison SET set_aside_at = ?, event = ? WHERE event_id = ?');

  const settle = (event: TurnEvent): void => {
    drop.run(event.id);
    if (event.kind === 'timer') timers.fired(event);
  };
  return {
    record(event) {
      if (!dedupe.seen(dedupe.keyOf(event.id))) record.run(event.id, JSON.stringify(event), clock.now());
    },
    recorded: (limit) => recorded.all(limit).map((event) => JSON.parse(event) as TurnEvent),
    failed(event, error) {
      const now = clock.now();
      const attempts = count.get(event.id, scrub(error).slice(0, MAX_ERROR_LENGTH), now, now) ?? 1;
      if (attempts < MAX_ATTEMPTS) return attempts;
      setAside.run(now, setAsideText(event), event.id);
      dedupe.add(dedupe.keyOf(event.id));
      settle(event);
      if (event.kind === 'call_starting') outbox.buryCall(event.orderId, event.purpose, 'its turn was set aside', now);
      return attempts;
    },
    settle,
  };
}
