/**
 * Owns the firing of due timers: each becomes an event, and its turn removes it. After a pause they fire late, in their order. A clock
 * that was set back, while we ran or before, makes nobody wait longer: what waits is brought forward by as much.
 */

import type { Clock, Instant } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 64;
/** Clocks are corrected by less every day; so little is simply waited for. */
const SET_BACK_MS = 5_000;

export function createScheduler(options: {
  readonly store: Pick<Store, 'dueTimers' | 'lastCommittedAt' | 'clockSetBack'>;
  readonly runner: Pick<TurnRunner, 'submit'>;
  readonly clock: Clock;
  readonly log: Log;
}): Worker {
  const { store, runner, clock, log } = options;
  /** The clock when it was last looked at; null: not in this process. */
  let lookedAt: Instant | null = null;

  async function mindTheClock(now: Instant): Promise<void> {
    const before = lookedAt ?? (await store.lastCommittedAt()) ?? now;
    if (before - now > SET_BACK_MS) {
      log.warn({ byMs: before - now }, 'the clock was set back: what waits is brought forward by as much');
      await store.clockSetBack(before - now, now);
    }
    lookedAt = now;
  }

  return {
    async step() {
      const now = clock.now();
      await mindTheClock(now);
      const due = await store.dueTimers(now, AT_ONCE);
      const endings = await runner.submit(
        due.map(({ key, dueAt, timer }) => ({ kind: 'timer', id: `timer:${key}:${dueAt}`, at: now, key, timer })),
      );
      // What could not be written is still due, and is looked at again after a pause.
      return endings.some((ending) => ending !== 'unavailable');
    },
    busy: () => false,
    settled: () => Promise.resolve(),
  };
}
