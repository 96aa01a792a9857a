/** Owns the latest instant that was ever committed: a manual clock starts no earlier. */

import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';

export interface Progress {
  reached(instant: Instant): void;
  lastCommittedAt(): Instant | null;
}

export function progressOf(db: Db): Progress {
  const get = db.prepare<[], Instant>("SELECT value FROM progress WHERE name = 'last_committed_at'").pluck();
  const grow = db.prepare<[Instant, Instant]>("UPDATE progress SET value = ? WHERE name = 'last_committed_at' AND value < ?");
  return {
    reached: (instant) => void grow.run(instant, instant),
    lastCommittedAt() {
      const instant = get.get() ?? -1;
      return instant < 0 ? null : instant;
    },
  };
}
