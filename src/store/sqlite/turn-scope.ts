/** Owns what every change of a turn needs to know of it, and the word by which a change says that the turn is stale. */

import type { Instant } from '../../lib/clock.ts';
import type { TurnEvent } from '../../ports/store.ts';

export interface TurnScope {
  readonly at: Instant;
  /** The id of the turn's event. */
  readonly turn: string;
  /** Ids of outbox rows: derived from the event, so never the same for two sends, not even after a backup was restored. */
  nextOutboxId(): string;
}

export function turnScope({ at, id }: Pick<TurnEvent, 'at' | 'id'>, key: string): TurnScope {
  let count = 0;
  return {
    at,
    turn: id,
    nextOutboxId: () => {
      count += 1;
      return `${key}-${count}`;
    },
  };
}

/** Thrown while a turn is written: what the decision rested on has changed, so it must be made again. */
export class StaleTurn extends Error {}
