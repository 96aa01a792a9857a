/**
 * Owns what a clock that was set back changes, while we ran or before: every instant that is waited for comes earlier by as much, so
 * that nobody waits longer. It is looked for before a turn is decided, so that no turn writes by the new clock what is then moved
 * like the rest. What has happened keeps its time, even where that is still to come now.
 */

import { broughtForward, UPSTREAMS } from '../../domain/breaker.ts';
import type { Clock, Instant } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { BreakerRow } from './breaker.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import type { Progress } from './progress.ts';

/** Clocks are corrected by less every day; so little is simply waited for. */
const SET_BACK_MS = 5_000;

export interface ClockParts {
  readonly progress: Progress;
  readonly breaker: BreakerRow;
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws when the database cannot write: the clock is then found set back the next time. */
export function clockMinder(db: Db, { write }: DbTransactions, { progress, breaker, clock, log }: ClockParts): () => void {
  const timers = db.prepare<[number]>('UPDATE timer SET due_at = due_at - ?');
  const outbox = db.prepare<[number, number]>(
    'UPDATE outbox SET due_at = due_at - ?, lease_until = lease_until - ? WHERE dead_at IS NULL',
  );
  const prompts = db.prepare<[number]>(
    'UPDATE orders SET prompt_live_until = prompt_live_until - ? WHERE ringing_phone IS NOT NULL',
  );
  const invites = db.prepare<[number]>('UPDATE operator_invite SET expires_at = expires_at - ? WHERE used_at IS NULL');
  const wrongCodes = db.prepare<[number]>('UPDATE wrong_code SET last_at = last_at - ?');
  // Otherwise the next start would find the clock set back once more.
  const reached = db.prepare<[Instant]>("UPDATE progress SET value = ? WHERE name = 'last_committed_at'");
  /** The clock when it was last looked at; null: not in this process. */
  let lookedAt: Instant | null = null;

  return () => {
    const now = clock.now();
    if (lookedAt === null || now < lookedAt) {
      const byMs = (lookedAt ?? progress.lastCommittedAt() ?? now) - now;
      if (byMs > SET_BACK_MS) {
        log.warn({ byMs }, 'the clock was set back: what waits is brought forward by as much');
        write(() => {
          outbox.run(byMs, byMs);
          for (const waiting of [timers, prompts, invites, wrongCodes]) waiting.run(byMs);
          for (const upstream of UPSTREAMS) breaker.put(upstream, broughtForward(breaker.get(upstream), byMs), now);
          reached.run(now);
        });
      }
    }
    lookedAt = now;
  };
}
