/**
 * Owns what a worker is and what drives the workers: after every commit, and whenever something falls due by the clock, each is
 * asked to start what it can. `drain` goes on until nothing is runnable: for the terminal, for tests, and for a clean end.
 */

import type { Clock, Instant } from '../lib/clock.ts';
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

/** When the database cannot be asked, or nothing can be done about what is due, the workers look again after this. */
const TROUBLE_PAUSE_MS = 1_000;
/** An alarm counts time as it passes, and knows nothing of a clock that is put forward: so the clock is looked at on the way, the oftener the nearer the instant is. */
const LOOK_AGAIN_MS = 60_000;
const LOOKS_ON_THE_WAY = 8;

export function createDriver(options: {
  readonly workers: readonly Worker[];
  readonly runner: Pick<TurnRunner, 'settled'>;
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

  /**
   * One round over all workers; rounds never overlap, so what one has claimed is seen as under way by the next. One that breaks
   * does not keep the others from working; the round then rejects with what broke.
   */
  function pass(): Promise<boolean> {
    const round = passes.then(async () => {
      let any = false;
      const broken: unknown[] = [];
      for (const worker of workers) {
        try {
          if (await worker.step()) any = true;
        } catch (error) {
          broken.push(error);
        }
      }
      if (broken.length > 0) throw new AggregateError(broken, `workers could not go on: ${broken.map(String).join('; ')}`);
      return any;
    });
    passes = round.catch(() => undefined);
    return round;
  }

  async function work(): Promise<void> {
    working = true;
    try {
      let lookedAt: Instant;
      do {
        woken = false;
        lookedAt = clock.now();
        if (await pass()) woken = true;
      } while (woken && !stopped);
      const dueAt = stopped ? null : await store.nextDueAt();
      if (dueAt !== null) setAlarm(delayUntil(dueAt, lookedAt));
    } catch (error) {
      if (!stopped) log.error({ error }, 'the workers could not go on');
      setAlarm(TROUBLE_PAUSE_MS);
    } finally {
      working = false;
    }
    if (woken) wake();
  }

  /** What was due already when nothing could be done about it waits for room, or for a database that writes: no use in asking at once. */
  function delayUntil(dueAt: Instant, lookedAt: Instant): number {
    if (dueAt <= lookedAt) return TROUBLE_PAUSE_MS;
    const delayMs = Math.max(0, dueAt - clock.now());
    return Math.min(delayMs, Math.max(LOOK_AGAIN_MS, Math.ceil(delayMs / LOOKS_ON_THE_WAY)));
  }

  function setAlarm(delayMs: number): void {
    alarm();
    if (!stopped) alarm = clock.after(delayMs, wake);
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
