/**
 * Owns what is done once a day: forgetting what was kept long enough (messages 90 days, raw bodies 180, ids of deliveries 30). A run
 * that fails is said in the log and comes again the next day.
 */

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { DAY_MS } from '../lib/durations.ts';

/** Not at once: the first minute belongs to those who wrote while we were away. */
const FIRST_AFTER_MS = 60_000;

/** Returns how to stop it. */
export function startHousekeeping(store: { prune(now: number): Promise<unknown> }, clock: Clock, log: Log): () => void {
  let cancel = clock.after(FIRST_AFTER_MS, run);

  function run(): void {
    cancel = clock.after(DAY_MS, run);
    store.prune(clock.now()).then(
      (forgotten) => log.info({ forgotten }, 'old messages were forgotten'),
      (error: unknown) => log.error({ error }, 'old messages could not be forgotten; tried again tomorrow'),
    );
  }
  return () => cancel();
}
