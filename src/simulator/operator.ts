/**
 * Owns the simulated operator, who now and then looks at what waits for a person, asks the upstream how it really was, and says so; and
 * who may stop sales for a while. They answer for the truth, and only for orders that the program brought before them.
 */

import { asSeen } from '../domain/attention.ts';
import type { OrderEventKind } from '../domain/order.ts';
import type { OperatorCommand } from '../ports/desk.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { OrderFacts } from './facts.ts';
import type { Mpesa } from './mpesa.ts';
import type { Upstream } from './upstream.ts';
import type { SimulatedWalletServer } from './wallet-server.ts';
import type { World } from './world.ts';

type Saying<Kind extends TurnEvent['kind']> = Omit<Extract<TurnEvent, { kind: Kind }>, 'id' | 'at'>;
type Said = Saying<'operator'> | Saying<'command'>;

interface Truth {
  readonly upstream: Upstream;
  readonly mpesa: Mpesa;
  readonly walletServer: SimulatedWalletServer | null;
}

const LOOKS = 4;

export class Operator {
  readonly #world: World;
  readonly #truth: Truth;
  /** The program, if it runs, notices that its database was written to. */
  readonly #wrote: () => void;
  #acts = 0;

  constructor(world: World, truth: Truth, wrote: () => void) {
    this.#world = world;
    this.#truth = truth;
    this.#wrote = wrote;
    const { operatorAfterMs, salesStopped } = world.plan;
    for (let look = 1; operatorAfterMs !== null && look <= LOOKS; look += 1)
      world.agenda.later(look * operatorAfterMs, () => this.#looks());
    for (const { afterMs, forMs } of salesStopped) {
      world.agenda.later(afterMs, () => this.#orders({ what: 'stop_sales', reason: 'back soon' }));
      world.agenda.later(afterMs + forMs, () => this.#orders({ what: 'resume_sales' }));
    }
  }

  #looks(): void {
    for (const order of this.#world.watch.orders.values()) {
      const action = this.#verdict(order);
      if (action === null) continue;
      this.#world.count('order resolved by the operator');
      this.#world.tell('operator', `says ${action} of ${order.reference}`);
      this.#world.watch.told(order.reference, 'operator');
      this.#says(order.id, action);
    }
  }

  #says(orderId: string, action: OrderEventKind): void {
    void this.#world.disk.store.desk.order(orderId).then((file) => {
      if (file === null) return;
      const [operator, evidence] = ['amina', 'the statement of the upstream'];
      this.#writes({ kind: 'operator', orderId, action, operator, evidence, seen: asSeen(file.order) });
    });
  }

  #verdict(order: OrderFacts): OrderEventKind | null {
    const { kind, reference, state } = order;
    if (state === 'refund_due') return 'operator_refunded';
    if (state !== 'review') return null;
    if (kind === 'sms')
      return order.remote && order.paidAt !== null ? this.#verdictOfDelivery(reference) : this.#verdictOfSms(order);
    const outcome = this.#truth.upstream.outcomeOf(reference);
    if (outcome === 'positive') return 'operator_delivered';
    return outcome === 'negative' ? 'operator_refund_due' : 'operator_cancelled';
  }

  /** While a phone rings nobody knows. Who has paid gets their SMS, or their money back. */
  #verdictOfSms({ reference, remote }: OrderFacts): OrderEventKind | null {
    const outcome = this.#truth.mpesa.outcomeOf(reference);
    if (outcome === null) return null;
    if (outcome === 'not paid') return 'operator_cancelled';
    return this.#world.roll('operator').odds(0.8) ? this.#paid(remote) : 'operator_refund_due';
  }

  /** Elsewhere nothing was asked for yet: that it is there already would be no truth. */
  #paid(remote: boolean): OrderEventKind {
    return remote ? 'operator_paid' : 'operator_delivered';
  }

  /** It is paid: either its messages are in the wallet, or the money goes back. */
  #verdictOfDelivery(reference: string): OrderEventKind {
    return this.#truth.walletServer?.hasAdded(reference) === true ? 'operator_delivered' : 'operator_refund_due';
  }

  #orders(command: OperatorCommand): void {
    this.#world.tell('operator', command.what);
    this.#world.count('sales stopped or opened');
    this.#writes({ kind: 'command', operator: 'amina', command });
  }

  /** As the console does: another process that writes the event down, and is told when the database refuses. */
  #writes(event: Said): void {
    const world = this.#world;
    if (world.refusal !== null) return;
    this.#acts += 1;
    const at = world.agenda.now() + world.skewMs;
    void world.disk.store.record([{ ...event, id: `console:${this.#acts}`, at }]);
    world.agenda.later(250, this.#wrote);
  }
}
