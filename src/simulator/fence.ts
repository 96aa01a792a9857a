/**
 * Owns the border of one life of the program: whatever it does to the outside passes here, may take time here, and ends here when the
 * life ends. A dead life hears nothing any more: what it waits for never comes, as for a process that was killed.
 */

import type { Clock } from '../lib/clock.ts';
import type { Agenda } from './agenda.ts';

/** Where a life ends: at the nth time that it passes this point (null: any point), before or after the effect. */
export interface CrashPoint {
  readonly what: string | null;
  readonly nth: number;
  readonly phase: 'before' | 'after';
}

export interface FenceOptions {
  readonly agenda: Agenda;
  /** What the clock of the machine is off by, at this moment. */
  readonly skewMs: () => number;
  /** How long this operation takes to begin; 0: at once. */
  readonly slowMs: (what: string) => number;
  readonly crash: CrashPoint | null;
  readonly died: (where: string) => void;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export class Fence {
  readonly #options: FenceOptions;
  #alive = true;
  #passed = 0;

  constructor(options: FenceOptions) {
    this.#options = options;
  }

  get alive(): boolean {
    return this.#alive;
  }

  readonly clock: Clock = {
    now: () => this.#options.agenda.now() + this.#options.skewMs(),
    after: (delayMs, task) => this.later(delayMs, task),
  };

  /** Something the life has planned: it dies with it. */
  later(delayMs: number, task: () => void): () => void {
    return this.#alive ? this.#options.agenda.later(delayMs, task, this) : () => undefined;
  }

  pause(delayMs: number): Promise<void> {
    return delayMs <= 0 && this.#alive ? Promise.resolve() : new Promise((resolve) => this.later(delayMs, resolve));
  }

  /** An effect on the outside. The life may end before it, so that nothing happened, or after it, so that nobody heard. */
  async op<T>(what: string, effect: () => Promise<T>): Promise<T> {
    const slow = this.#options.slowMs(what);
    if (slow > 0) await this.pause(slow);
    if (!this.passes(what, 'before')) return never();
    const result = await effect();
    return this.passes(what, 'after') ? result : never();
  }

  /** False: the life is over. */
  passes(what: string, phase: CrashPoint['phase']): boolean {
    if (!this.#alive) return false;
    const { crash } = this.#options;
    if (crash === null || crash.phase !== phase || (crash.what !== null && crash.what !== what)) return true;
    this.#passed += 1;
    if (this.#passed < crash.nth) return true;
    this.die(`${phase} ${what}`);
    return false;
  }

  /** What the life goes on with when it is still there by then. */
  async passing(what: string, phase: CrashPoint['phase']): Promise<void> {
    if (!this.passes(what, phase)) await never();
  }

  die(where: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#options.agenda.dropAllOf(this);
    this.#options.died(where);
  }
}
