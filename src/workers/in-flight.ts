/** Owns the bookkeeping of tasks under way: how many, when one has ended, and when the last has. A task that breaks ends nobody else. */

export interface InFlight {
  readonly room: () => number;
  readonly start: (task: () => Promise<void>) => void;
  readonly busy: () => boolean;
  readonly settled: () => Promise<void>;
}

export function createInFlight(
  most: number,
  on: {
    /** There is room again. */
    readonly ended: () => void;
    /** A broken invariant in a task: it must be heard of, and must not end the process. */
    readonly failed: (error: unknown) => void;
  },
): InFlight {
  const tasks = new Set<Promise<void>>();
  return {
    room: () => most - tasks.size,
    start(task) {
      const running: Promise<void> = task()
        .catch(on.failed)
        .then(() => {
          tasks.delete(running);
          on.ended();
        });
      tasks.add(running);
    },
    busy: () => tasks.size > 0,
    async settled() {
      while (tasks.size > 0) await Promise.all(tasks);
    },
  };
}
