/** Owns the readable account of a history: who did what when. Kept only when somebody will read it. */

import type { Instant } from '../lib/clock.ts';

export class Story {
  readonly #told: string[] = [];
  #start: Instant | null = null;
  /** Of the last step, so that a reader can see what belongs together. */
  step = 0;

  tell(at: Instant, who: string, what: string): void {
    this.#start ??= at;
    this.#told.push(
      `${String(this.step).padStart(5)}  ${elapsed(at - this.#start)}  ${who.padEnd(10)} ${what.replaceAll('\n', ' / ')}`,
    );
  }

  lines(): readonly string[] {
    return this.#told;
  }
}

/** "+01:02:03.456" */
function elapsed(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `+${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${String(ms % 1_000).padStart(3, '0')}`;
}
