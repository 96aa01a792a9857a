/**
 * Owns what was done and could not be written down, because the database takes nothing just now: it is kept in memory and offered
 * again a moment later, and later again. It is lost only with the process, and then the database tells that something was begun.
 */

import type { Clock } from '../lib/clock.ts';

const AGAIN_MS = 1_000;

export interface RetryBuffer<T> {
  keep(items: readonly T[]): void;
  /** What is to be offered now: nothing while the pause lasts. It is not kept any more. */
  take(): readonly T[];
  /** What is kept and was not taken. */
  all(): readonly T[];
}

export function createRetryBuffer<T>(clock: Clock, wake: () => void): RetryBuffer<T> {
  let kept: T[] = [];
  let due = false;
  return {
    keep(items) {
      if (kept.length === 0)
        clock.after(AGAIN_MS, () => {
          due = true;
          wake();
        });
      kept.push(...items);
    },
    take() {
      if (!due) return [];
      const items = kept;
      kept = [];
      due = false;
      return items;
    },
    all: () => kept,
  };
}
