/**
 * Owns what a worker is and what drives the workers: after every commit, and whenever something falls due by the clock, each is
 * asked to start what it can. `drain` goes on until nothing is runnable: for the terminal, for tests, and for a clean end.
 */

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';

export interface Worker {
  /** Starts what is due now and returns true if that was anything. What it started may still be under way. */
  step(): Promise<boolean>;
  /** Something that it started is under way. */
  busy(): boolean;
  /** Resolves when nothing that it started is under way. */
  settled(): Promise<void>;
}

export interface Driver {
  /** There may be something to do: begins to work in the background. */
  wake(): void;
  /** Works until nothing is runnable now; calls and sends in flight are waited for. */
  drain(): Promise<void>;
  /** Starts nothing more. */
  stop(): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

/** While the database cannot be asked, the workers look again after this. */
const TROUBLE_PAUSE_MS = 1_000;

export function createDriver(options: {
  readonly workers: readonly Worker[];
  readonly runner: TurnRunner;
  readonly store: Pick<Store, 'nextDueAt'>;
  readonly clock: Clock;
  readonly log: Log;
}): Driver {
  const { workers, runner, store, clock, log } = options;
  let stopped = false;
  let working = false;
  let woken = false;
  let alarm: () => void = () => undefined;
  let passes: Promise<unknown> = Promise.resolve();

  /** One round over all workers; rounds never overlap, so what one has claimed is seen as under way by the next. */
  function pass(): Promise<boolean> {
    const round = passes.then(async () => {
      let any = false;
      for (const worker of workers) if (await worker.step()) any = true;
      return any;
    });
    passes = round.catch(() => undefined);
    return round;
  }

  async function work(): Promise<void> {
    working = true;
    try {
      do {
        woken = false;
        if (await pass()) woken = true;
      } while (woken && !stopped);
      await setAlarm();
    } catch (error) {
      log.error({ error }, 'the workers could not go on');
      alarm();
      alarm = clock.after(TROUBLE_PAUSE_MS, wake);
    } finally {
      working = false;
    }
    if (woken) wake();
  }

  async function setAlarm(): Promise<void> {
    if (stopped) return;
    const dueAt = await store.nextDueAt();
    alarm();
    if (dueAt !== null && !stopped) alarm = clock.after(Math.max(0, dueAt - clock.now()), wake);
  }

  function wake(): void {
    woken = true;
    if (!working && !stopped) void work();
  }

  async function settled(): Promise<void> {
    await runner.settled();
    await passes;
    for (const worker of workers) await worker.settled();
    await runner.settled();
  }

  return {
    wake,
    async drain() {
      for (;;) {
        await runner.settled();
        const any = await pass();
        const busy = workers.some((worker) => worker.busy());
        await settled();
        if (!any && !busy) return;
      }
    },
    stop() {
      stopped = true;
      alarm();
    },
    settled,
  };
}
