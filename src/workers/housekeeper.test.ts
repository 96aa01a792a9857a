/** The daily forgetting: once a day, again after a day that failed, and never after the end. */

import { expect, it } from 'vitest';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { startHousekeeping } from './housekeeper.ts';

it('forgets once a day, also after a day on which it failed, until it is stopped', async () => {
  const clock = new ManualClock(0);
  const runs: number[] = [];
  const stop = startHousekeeping(
    { prune: (now) => (runs.push(now), runs.length === 2 ? Promise.reject(new Error('full')) : Promise.resolve()) },
    clock,
    silentLog,
  );
  clock.advanceTo(3 * 86_400_000);
  stop();
  clock.advanceTo(9 * 86_400_000);
  expect(runs).toEqual([60_000, 86_460_000, 172_860_000]);
});
