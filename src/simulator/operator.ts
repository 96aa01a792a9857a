/**
 * Owns the simulated operator, who now and then looks at what waits for a person, asks the upstream how it really was, and says so; and
 * who may stop sales for a while. They answer for the truth, and only for orders that the program brought before them.
 */

import type { OrderEventKind } from '../domain/order.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { OrderFacts } from './facts.ts';
import type { Upstream } from './upstream.ts';
import type { World } from './world.ts';

const LOOKS = 4;

export class Operator {
  readonly #world: World;
  readonly #upstream: Upstream;
  /** Hands an event to the program; it may be lost when the program dies. */
  readonly #submit: (event: TurnEvent) => void;
  #acts = 0;

  constructor(world: World, upstream: Upstream, submit: (event: TurnEvent) => void) {
    this.#world = world;
    this.#upstream = upstream;
    this.#submit = submit;
    const { operatorAfterMs, salesStopped } = world.plan;
    for (let look = 1; operatorAfterMs !== null && look <= LOOKS; look += 1)
      world.agenda.later(look * operatorAfterMs, () => this.#looks());
    for (const { afterMs, forMs } of salesStopped) {
      world.agenda.later(afterMs, () => this.#switchSales('back soon'));
      world.agenda.later(afterMs + forMs, () => this.#switchSales(''));
    }
  }

  #looks(): void {
    for (const order of this.#world.watch.orders.values()) {
      const action = this.#verdict(order);
      if (action === null) continue;
      this.#acts += 1;
      this.#world.count('order resolved by the operator');
      this.#world.tell('operator', `says ${action} of ${order.reference}`);
      this.#world.watch.told(order.reference, 'operator');
      this.#submit({
        kind: 'operator',
        id: `operator:${order.reference}:${this.#acts}`,
        at: this.#world.agenda.now() + this.#world.skewMs,
        orderId: order.id,
        action,
        operator: 'amina',
        evidence: 'the statement of the upstream',
      });
    }
  }

  #verdict({ reference, state }: OrderFacts): OrderEventKind | null {
    if (state === 'refund_due') return 'operator_refunded';
    if (state !== 'review') return null;
    const outcome = this.#upstream.outcomeOf(reference);
    if (outcome === 'positive') return 'operator_delivered';
    return outcome === 'negative' ? 'operator_refund_due' : 'operator_cancelled';
  }

  /** From a console of its own, so the program is not asked; `reason` empty: sales go on. */
  #switchSales(reason: string): void {
    const world = this.#world;
    world.tell('operator', reason === '' ? 'opens sales again' : 'stops sales');
    world.count('sales stopped or opened');
    void world.disk.store.putSetting('sales_stopped', reason);
  }
}
