/**
 * Owns virtual time: everything that will happen, each at its instant. Nothing waits for real; what falls due at the same instant is
 * run in an order that the seed decides.
 */

import type { Instant } from '../lib/clock.ts';
import type { Chance } from './chance.ts';

interface Entry {
  readonly at: Instant;
  readonly owner: object | null;
  readonly run: () => void;
}

export class Agenda {
  readonly #chance: Chance;
  /** How often the order of what is due together is shuffled. */
  readonly #shuffle: number;
  #now: Instant;
  #entries: Entry[] = [];

  constructor(start: Instant, chance: Chance, shuffle: number) {
    this.#now = start;
    this.#chance = chance;
    this.#shuffle = shuffle;
  }

  now(): Instant {
    return this.#now;
  }

  /** `owner`: when it is gone, what it had planned never happens. The returned function takes the entry back. */
  later(delayMs: number, run: () => void, owner: object | null = null): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, Math.ceil(delayMs)), owner, run };
    this.#entries.push(entry);
    return () => {
      const at = this.#entries.indexOf(entry);
      if (at !== -1) this.#entries.splice(at, 1);
    };
  }

  dropAllOf(owner: object): void {
    this.#entries = this.#entries.filter((entry) => entry.owner !== owner);
  }

  /** The instant of the next entry, or null: nothing will ever happen again. */
  nextAt(): Instant | null {
    let least: Instant | null = null;
    for (const { at } of this.#entries) if (least === null || at < least) least = at;
    return least === null ? null : Math.max(least, this.#now);
  }

  /** Runs one entry, letting time pass to its instant; false when there is none. */
  step(): boolean {
    const instant = this.nextAt();
    if (instant === null) return false;
    this.#now = instant;
    const due = this.#entries.filter(({ at }) => at <= instant);
    const entry = due.length > 1 && this.#chance.odds(this.#shuffle) ? this.#chance.pick(due) : due[0];
    if (entry === undefined) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    entry.run();
    return true;
  }
}
