/** The firing of due timers: few at a time, the oldest first, and again when they could not be written. */

import { expect, it } from 'vitest';
import { ManualClock } from '../lib/clock.ts';
import type { DueTimer, TurnEvent } from '../ports/store.ts';
import type { Ending } from '../services/turn-runner.ts';
import { createScheduler } from './scheduler.ts';

const NOW = 1_000;
/** An alert takes a good third of a millisecond of the processor, and nothing else is looked at before all of a batch are committed. */
const MOST_AT_ONCE = 8;

function flood(timers: number, writes = true) {
  let due: DueTimer[] = Array.from({ length: timers }, (_one, at) => ({
    key: `threshold:t${at}`,
    dueAt: at,
    timer: { kind: 'threshold_due', thresholdId: `t${at}` },
  }));
  const batches: string[][] = [];
  const scheduler = createScheduler({
    store: {
      mindTheClock: () => Promise.resolve(),
      dueTimers: (now, limit) => Promise.resolve(due.filter(({ dueAt }) => dueAt <= now).slice(0, limit)),
    },
    runner: {
      submit(events: readonly TurnEvent[]) {
        batches.push(events.map(({ id }) => id));
        if (writes) due = due.slice(events.length);
        return Promise.resolve(events.map((): Ending => (writes ? 'committed' : 'unavailable')));
      },
    },
    clock: new ManualClock(NOW),
  });
  return { scheduler, batches };
}

it('fires a flood of timers few at a time, the oldest first, until none is due', async () => {
  const { scheduler, batches } = flood(30);
  while (await scheduler.step());
  expect(batches.flat()).toEqual(Array.from({ length: 30 }, (_one, at) => `timer:threshold:t${at}:${at}`));
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(MOST_AT_ONCE);
});

it('leaves to a pause what could not be written, and finds it due again', async () => {
  const { scheduler, batches } = flood(2, false);
  expect(await scheduler.step()).toBe(false);
  expect(await scheduler.step()).toBe(false);
  expect(batches[1]).toEqual(batches[0]);
  expect(batches[0]).toHaveLength(2);
});
