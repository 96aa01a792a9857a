/** Owns timers: one row per key, set again to move it, gone with the turn that it fired. */

import type { Instant } from '../../lib/clock.ts';
import type { DueTimer, Timer, TurnEvent } from '../../ports/store.ts';
import type { Db } from './connection.ts';

export interface Timers {
  set(key: string, dueAt: Instant, timer: Timer): void;
  clear(key: string): void;
  /** The timer that this event is, unless it was moved meanwhile. */
  fired(event: Extract<TurnEvent, { kind: 'timer' }>): void;
  due(now: Instant, limit: number): DueTimer[];
  nextDueAt(): Instant | null;
}

export function timersOf(db: Db): Timers {
  const set = db.prepare<[string, Instant, string]>(
    `INSERT INTO timer (key, due_at, timer) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, timer = excluded.timer`,
  );
  const clear = db.prepare<[string]>('DELETE FROM timer WHERE key = ?');
  const fired = db.prepare<[string, Instant]>('DELETE FROM timer WHERE key = ? AND due_at = ?');
  const due = db.prepare<[Instant, number], { key: string; due_at: Instant; timer: string }>(
    'SELECT key, due_at, timer FROM timer WHERE due_at <= ? ORDER BY due_at, key LIMIT 0 + ?',
  );
  const next = db.prepare<[], Instant | null>('SELECT min(due_at) FROM timer').pluck();
  return {
    set: (key, dueAt, timer) => void set.run(key, dueAt, JSON.stringify(timer)),
    clear: (key) => void clear.run(key),
    fired: ({ id, key }) => void fired.run(key, Number(id.slice(id.lastIndexOf(':') + 1))),
    due(now, limit) {
      // Asked often, and mostly for nothing.
      if ((next.get() ?? Infinity) > now) return [];
      return due.all(now, limit).map((row) => ({ key: row.key, dueAt: row.due_at, timer: JSON.parse(row.timer) as Timer }));
    },
    nextDueAt: () => next.get() ?? null,
  };
}
