/**
 * Owns the way of webhooks to whichever life of the program is there: late, twice, lost, contradicted, forged, and again when they were
 * not taken.
 */

import type { Fence } from './fence.ts';
import type { World } from './world.ts';

export interface Webhook {
  /** For a reader of the story. */
  readonly says: string;
  /** False: somebody else sends it. */
  readonly genuine: boolean;
  /** The program has it before it. */
  readonly arrived: () => void;
  /** The program says that it has it for good. */
  readonly taken: () => void;
}

export class Webhooks<W extends Webhook> {
  readonly #world: World;
  readonly #from: string;
  #taker: { readonly take: (webhook: W) => Promise<void>; readonly fence: Fence } | null = null;
  /** Handed over, and what is done when no answer comes. */
  readonly #unanswered = new Set<() => void>();

  /** `from`: who sends them, as the story calls it. */
  constructor(world: World, from: string) {
    this.#world = world;
    this.#from = from;
  }

  /** Where they go while this life lasts. */
  plug(take: (webhook: W) => Promise<void>, fence: Fence): void {
    this.#taker = { take, fence };
  }

  /** Sends what happened, with all that may go wrong on the way. */
  tell(webhook: W, other: { readonly contradicting: () => W; readonly forged: () => W }): void {
    const world = this.#world;
    const roll = world.roll('webhooks');
    const delay = (): number => (world.strikes('webhook late') ? roll.between(60_000, 3 * 3_600_000) : roll.between(50, 5_000));
    if (!world.strikes('webhook lost')) this.send(webhook, delay());
    if (world.strikes('webhook twice')) this.send(webhook, delay());
    if (world.strikes('webhook contradicted')) this.send(other.contradicting(), delay());
    if (world.strikes('webhook forged')) this.send(other.forged(), roll.between(0, 10_000));
  }

  send(webhook: W, delayMs: number): void {
    if (!this.#world.plan.webhooksReachUs) return;
    this.#world.agenda.later(delayMs, () => this.#arrive(webhook, 0));
  }

  programDied(): void {
    this.#taker = null;
    for (const again of this.#unanswered) again();
    this.#unanswered.clear();
  }

  #arrive(webhook: W, tries: number): void {
    const world = this.#world;
    const again = (): void => {
      if (tries < 5 && world.roll('webhooks').odds(0.5))
        world.agenda.later(world.roll('webhooks').between(5_000, 600_000), () => this.#arrive(webhook, tries + 1));
    };
    const taker = this.#taker;
    if (taker?.fence.alive !== true) return again();
    world.tell(this.#from, `webhook${webhook.genuine ? '' : ' (forged)'}: ${webhook.says}`);
    webhook.arrived();
    this.#unanswered.add(again);
    taker.take(webhook).then(
      () => {
        this.#unanswered.delete(again);
        webhook.taken();
      },
      (error: unknown) => {
        world.tell(this.#from, `webhook not taken: ${String(error)}`);
        if (this.#unanswered.delete(again)) again();
      },
    );
  }
}
