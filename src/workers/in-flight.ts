/** Owns the bookkeeping of tasks under way: how many, and when the last has ended. Tasks must not reject. */

export interface InFlight {
  readonly room: () => number;
  readonly start: (task: () => Promise<void>) => void;
  readonly busy: () => boolean;
  readonly settled: () => Promise<void>;
}

export function createInFlight(most: number): InFlight {
  const tasks = new Set<Promise<void>>();
  return {
    room: () => most - tasks.size,
    start(task) {
      const running: Promise<void> = task().finally(() => tasks.delete(running));
      tasks.add(running);
    },
    busy: () => tasks.size > 0,
    async settled() {
      while (tasks.size > 0) await Promise.all(tasks);
    },
  };
}
