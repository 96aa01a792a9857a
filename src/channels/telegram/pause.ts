/** Owns waiting between attempts: exponential, with jitter, ended early when the channel stops. */

import type { Clock } from '../../lib/clock.ts';
import { jitter } from '../../lib/random.ts';
import type { Timing } from './api.ts';
import type { Trouble } from './trouble.ts';

/** Half of the delay is chance, so that bots which lost Telegram together do not come back together. */
export function backoffMs(failures: number, timing: Timing): number {
  const full = Math.min(timing.longestBackoffMs, timing.firstBackoffMs * 2 ** Math.min(failures - 1, 20));
  return full / 2 + (full / 2) * jitter();
}

/** How long to wait after the given trouble, the `failures`-th in a row. Telegram's own word counts. */
export function delayAfter(trouble: Trouble, failures: number, timing: Timing): number {
  return trouble.kind === 'flood' ? trouble.afterMs : backoffMs(failures, timing);
}

export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const takeBack = clock.after(delayMs, done);
    function done(): void {
      takeBack();
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
