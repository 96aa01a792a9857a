/** Owns the bound on waiting at the end: what hangs must not keep the process from ending, nor may the bound itself. */

import { sleep } from '../../lib/clock.ts';

/** Resolves when `work` is over, however it ended, or after `limitMs` of real time. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.catch(() => undefined), sleep(limitMs, over.signal)]);
  over.abort();
}
