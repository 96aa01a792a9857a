/**
 * Owns what a clock that was set back changes: every instant that is waited for comes earlier by as much. What has happened keeps
 * its time, even where that is still to come now.
 */

import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';

export function clockSetBackOf(db: Db, { write }: DbTransactions): (byMs: number, now: Instant) => void {
  const timers = db.prepare<[number]>('UPDATE timer SET due_at = due_at - ?');
  const outbox = db.prepare<[number, number]>(
    'UPDATE outbox SET due_at = due_at - ?, lease_until = lease_until - ? WHERE dead_at IS NULL',
  );
  const prompts = db.prepare<[number]>(
    'UPDATE orders SET prompt_live_until = prompt_live_until - ? WHERE ringing_phone IS NOT NULL',
  );
  // Otherwise the next start would find the clock set back once more.
  const reached = db.prepare<[Instant]>("UPDATE progress SET value = ? WHERE name = 'last_committed_at'");
  return (byMs, now) =>
    write(() => {
      timers.run(byMs);
      outbox.run(byMs, byMs);
      prompts.run(byMs);
      reached.run(now);
    });
}
