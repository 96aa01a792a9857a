/** Shows when the server looks for what the console wrote: at its first look, and whenever another process has written. */

import { expect, it } from 'vitest';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { watchConsole } from './console-watch.ts';

it('looks once at the beginning, then only after another process wrote, also after a look that failed', () => {
  const clock = new ManualClock(0);
  const looks: number[] = [];
  let version: number | null = 1;
  const dataVersion = (): number => {
    if (version === null) throw new Error('disk I/O error');
    return version;
  };
  const stop = watchConsole({ dataVersion }, clock, silentLog, () => looks.push(clock.now()));
  clock.advanceTo(1_000);
  expect(looks).toEqual([250]);
  version = null;
  clock.advanceTo(2_000);
  version = 2;
  clock.advanceTo(3_000);
  expect(looks).toEqual([250, 2_250]);
  stop();
  version = 3;
  clock.advanceTo(9_000);
  expect(looks).toHaveLength(2);
});
