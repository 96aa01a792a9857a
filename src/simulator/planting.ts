/** Owns how a bug is planted in the store: turns that are written otherwise than they were decided, and views that leave something out. */

import type { Known, Store, Turn, TurnEvent } from '../ports/store.ts';

export const turning =
  (rewrite: (turn: Turn) => Turn) =>
  (store: Store): Store => ({ ...store, commit: (turns) => store.commit(turns.map(rewrite)) });

export const knowing =
  (rewrite: (known: Known, event: TurnEvent) => Known) =>
  (store: Store): Store => ({
    ...store,
    load: async (events, needs) => {
      const known = await store.load(events, needs);
      return known.map((one, at) => {
        const event = events[at];
        return event === undefined ? one : rewrite(one, event);
      });
    },
  });
