/** Owns the phones of payers: the prompts that ring on them, whoever asked for the money, until somebody looks or nobody did in time. */

import type { Instant } from '../lib/clock.ts';
import type { World } from './world.ts';

/** How long a prompt rings. */
const RINGS_MS = 180_000;

export interface Prompt {
  readonly payer: string;
  readonly reference: string;
  readonly amountKes: number;
}

interface Ringing extends Prompt {
  readonly rangAt: Instant;
  ringing: boolean;
}

export class Phones {
  readonly #world: World;
  readonly #prompts: Ringing[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** `decides`: the payer looks at it. `ignored`: nobody did until it was gone. */
  ring(prompt: Prompt, { decides, ignored }: { readonly decides: () => void; readonly ignored?: () => void }): void {
    const { agenda, watch } = this.#world;
    const { payer, reference, amountKes } = prompt;
    const now = agenda.now();
    // The program goes by the machine's clock: when that jumps, it cannot know how long a phone rings.
    const other = this.#prompts.find(
      (one) => one.payer === payer && one.ringing && now < one.rangAt + RINGS_MS && one.rangAt > this.#world.clockJumpedAt,
    );
    const one: Ringing = { ...prompt, rangAt: now, ringing: true };
    this.#prompts.push(one);
    this.#world.tell('phone', `${payer} rings: KES ${amountKes} for ${reference}`);
    watch.happened({ kind: 'ring', payer, reference, alsoRinging: other?.reference ?? null });
    const roll = this.#world.roll('payers');
    const afterMs = this.#world.strikes('webhook early') ? roll.between(10, 500) : roll.between(2_000, RINGS_MS - 5_000);
    agenda.later(afterMs, () => {
      const looks = !this.#world.strikes('payer does not look');
      const end = (then: () => void): void => {
        one.ringing = false;
        then();
      };
      if (looks) end(decides);
      else agenda.later(RINGS_MS - (agenda.now() - one.rangAt), () => end(ignored ?? (() => undefined)));
    });
  }
}
