/**
 * Owns the firing of due timers: each becomes an event, and its turn removes it. After a pause they fire late, in their order. It has
 * the clock looked at while nothing else happens.
 */

import type { Clock } from '../lib/clock.ts';
import type { Store } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import type { Worker } from './worker.ts';

/**
 * One batch: whoever writes meanwhile waits for no more than that, because the runner takes people first, and no socket is read before
 * it is committed. That is a few milliseconds on a quiet machine.
 */
const AT_ONCE = 8;

export function createScheduler(options: {
  readonly store: Pick<Store, 'dueTimers' | 'mindTheClock'>;
  readonly runner: Pick<TurnRunner, 'submit'>;
  readonly clock: Clock;
}): Worker {
  const { store, runner, clock } = options;

  return {
    async step() {
      const now = clock.now();
      await store.mindTheClock();
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
