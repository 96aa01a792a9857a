/**
 * Owns time. The only place, with random.ts for chance, that reads the clock or starts a timer: everything else is handed a
 * `Clock`, so that the simulator and `jaza chat --clock manual` can run days in a moment.
 */

/** UTC milliseconds. */
export type Instant = number;

export interface Clock {
  now(): Instant;
  /** Runs `task` once after `delayMs` of this clock; the returned function takes it back. A manual clock runs it in `advance`. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until told. `advanceTo` runs what falls due on the way, in order, each at its own instant. */
export class ManualClock implements Clock {
  #now: Instant;
  #tasks: { at: Instant; task: () => void }[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** The instant of the next task, or null when none waits. */
  nextTaskAt(): Instant | null {
    return this.#tasks.reduce<Instant | null>((least, { at }) => (least === null || at < least ? at : least), null);
  }

  advanceTo(instant: Instant): void {
    for (;;) {
      const next = this.#tasks.filter(({ at }) => at <= instant).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = Math.max(this.#now, instant);
  }

  /** As somebody sets a clock: nothing runs, whichever way it went. */
  setTo(instant: Instant): void {
    this.#now = instant;
  }
}

/** Real-time waiting for transports and shutdown; resolves early when `signal` aborts. */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(done, delayMs);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
}

/** Milliseconds that only grow, for measuring durations. */
export function elapsed(): number {
  return performance.now();
}

/**
 * Resolves when every promise that could go on has gone on, and waits for nothing else: no timer, no socket. Whoever asks again and
 * again keeps the event loop from turning.
 */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

let runSoon: (task: () => void) => void = (task) => void setImmediate(task);

/** Runs `task` when the input that is waiting now has been read: what came together is then handled together. */
export function soon(task: () => void): void {
  runSoon(task);
}

/** For the simulator, which makes every such hop a step of its own: `run` gets the tasks of `soon` from now on. Returns who got them before. */
export function divertSoon(run: (task: () => void) => void): (task: () => void) => void {
  const before = runSoon;
  runSoon = run;
  return before;
}
