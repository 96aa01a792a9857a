/**
 * Owns noticing that another process wrote to the database, which a console command does when it records an event. Asked four times a
 * second: SQLite answers from memory that it shares with the writer.
 */

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

const EVERY_MS = 250;

/** The first look always finds something: a command may have come while we were starting. Returns how to stop it. */
export function watchConsole(store: { dataVersion(): number }, clock: Clock, log: Log, recorded: () => void): () => void {
  let seen: number | null = null;
  let cancel = clock.after(EVERY_MS, look);

  function look(): void {
    cancel = clock.after(EVERY_MS, look);
    try {
      const version = store.dataVersion();
      if (version !== seen) recorded();
      seen = version;
    } catch (error) {
      log.warn({ error }, 'the database does not say whether the console wrote to it');
    }
  }
  return () => cancel();
}
