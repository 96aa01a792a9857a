/** Owns what every change of a turn needs to know of it, and the word by which a change says that the turn is stale. */

import type { Instant } from '../../lib/clock.ts';

export interface TurnScope {
  readonly at: Instant;
  /** Ids of outbox rows: derived from the event, so never the same for two sends, not even after a backup was restored. */
  nextOutboxId(): string;
}

export function turnScope(at: Instant, key: string): TurnScope {
  let count = 0;
  return {
    at,
    nextOutboxId: () => {
      count += 1;
      return `${key}-${count}`;
    },
  };
}

/** Thrown inside a turn's savepoint: what the decision rested on has changed, so it must be made again. */
export class StaleTurn extends Error {}
