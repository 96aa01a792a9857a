/**
 * Owns forgetting: texts after 90 days, raw bodies after 180, ids of inbound events after 30. Works in slices, because the
 * writer must not be held up; erasing a person is another matter.
 */

import { sleep, type Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import type { Dedupe } from './dedupe.ts';
import { DAY_MS } from '../../lib/durations.ts';

const TEXTS_KEPT_MS = 90 * DAY_MS;
const SLICE = 500;

export interface Pruned {
  /** Rows of texts that are gone: messages, web chat lines, sends given up, events set aside, answers to the console. */
  readonly texts: number;
  /** Raw bodies that were blanked; their hashes stay. */
  readonly rawBodies: number;
  /** True: the older generation of inbound ids was dropped. */
  readonly inboundIds: boolean;
}

/** Daily, by whoever holds the role. Rejects when the database cannot write; what was forgotten by then stays forgotten. */
export function pruner(db: Db, { write }: DbTransactions, dedupe: Dedupe): (now: Instant) => Promise<Pruned> {
  const older = (table: string, at: string) =>
    db.prepare<[Instant, number]>(
      `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${at} < ? ORDER BY ${at} LIMIT ?)`,
    );
  const texts = [
    older('message', 'at'),
    older('web_message', 'at'),
    older('outbox', 'dead_at'),
    older('poison', 'last_at'),
    older('console_answer', 'at'),
    // An alert goes with what was sent of it: both have its time, and the sends come first.
    older('alert_send', 'at'),
    older('alert', 'at'),
  ];
  const rawBodies = db.prepare<[Instant, number]>(
    `UPDATE raw SET body = NULL
     WHERE rowid IN (SELECT rowid FROM raw WHERE body IS NOT NULL AND delete_after <= ? ORDER BY delete_after LIMIT ?)`,
  );
  const inSlices = async (slice: () => number): Promise<number> => {
    let total = 0;
    for (;;) {
      const gone = write(slice);
      total += gone;
      if (gone < SLICE) return total;
      await sleep(0);
    }
  };
  return async (now) => {
    let gone = 0;
    for (const statement of texts) gone += await inSlices(() => statement.run(now - TEXTS_KEPT_MS, SLICE).changes);
    const blanked = await inSlices(() => rawBodies.run(now, SLICE).changes);
    return { texts: gone, rawBodies: blanked, inboundIds: write(() => dedupe.rotate(now)) };
  };
}
