/**
 * Owns virtual time: everything that will happen, each at its instant. Nothing waits for real; what falls due at the same instant is
 * run in an order that the seed decides.
 */

import type { Instant } from '../lib/clock.ts';
import type { Chance } from './chance.ts';

interface Entry {
  readonly at: Instant;
  /** Of two at the same instant, the one that was planned first has the smaller. */
  readonly number: number;
  readonly owner: object | null;
  /** Null: taken back. */
  run: (() => void) | null;
}

export class Agenda {
  readonly #chance: Chance;
  /** How often the order of what is due together is shuffled. */
  readonly #shuffle: number;
  #now: Instant;
  #planned = 0;
  /** Due now, in the order in which they were planned. */
  #due: Entry[] = [];
  /** Later: a heap, the earliest first; may hold entries that were taken back. */
  #later: Entry[] = [];

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
    this.#planned += 1;
    const entry: Entry = { at: this.#now + Math.max(0, Math.ceil(delayMs)), number: this.#planned, owner, run };
    if (entry.at === this.#now) this.#due.push(entry);
    else push(this.#later, entry);
    return () => {
      entry.run = null;
      const at = this.#due.indexOf(entry);
      if (at !== -1) this.#due.splice(at, 1);
    };
  }

  dropAllOf(owner: object): void {
    const kept = this.#later.filter((entry) => entry.owner !== owner && entry.run !== null);
    this.#due = this.#due.filter((entry) => entry.owner !== owner);
    this.#later = [];
    for (const entry of kept) push(this.#later, entry);
  }

  /** The instant of the next entry, or null: nothing will ever happen again. */
  nextAt(): Instant | null {
    if (this.#due.length > 0) return this.#now;
    while (this.#later[0]?.run === null) pop(this.#later);
    return this.#later[0]?.at ?? null;
  }

  /** Runs one entry, letting time pass to its instant; false when there is none. */
  step(): boolean {
    const instant = this.nextAt();
    if (instant === null) return false;
    if (instant > this.#now) this.#pass(instant);
    const due = this.#due.length;
    const at = due > 1 && this.#chance.odds(this.#shuffle) ? this.#chance.between(0, due - 1) : 0;
    const [entry] = at === 0 ? [this.#due.shift()] : this.#due.splice(at, 1);
    entry?.run?.();
    return true;
  }

  #pass(instant: Instant): void {
    this.#now = instant;
    while (this.#later[0]?.at === instant) {
      const entry = pop(this.#later);
      if (entry.run !== null) this.#due.push(entry);
    }
  }
}

function before(one: Entry, other: Entry): boolean {
  return one.at === other.at ? one.number < other.number : one.at < other.at;
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as Entry;
    if (before(parent, entry)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
}

/** The heap must not be empty. */
function pop(heap: Entry[]): Entry {
  const first = heap[0] as Entry;
  const last = heap.pop() as Entry;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const right = heap[child + 1];
    if (right !== undefined && before(right, heap[child] as Entry)) child += 1;
    const least = heap[child];
    if (least === undefined || before(last, least)) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = last;
  return first;
}
