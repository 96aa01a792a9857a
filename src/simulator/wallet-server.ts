/**
 * Owns the simulated server of SMS wallets behind its port: it adds what was paid for, once per reference, at a price of its own. It holds
 * the truth: what was added for which order, which an operator may ask for.
 */

import type { Buyer } from '../domain/tariff.ts';
import type { BalanceReading, PaidTopUp, TopUpAnswer, TopUpReport, WalletServer } from '../ports/wallet-server.ts';
import type { Fence } from './fence.ts';
import { moneyCall } from './money-call.ts';
import type { RemotePlan } from './remote-plan.ts';
import type { World } from './world.ts';

type Added = Extract<TopUpAnswer, { kind: 'added' }>;

const FAULTS = {
  notSent: 'delivery not sent',
  slow: 'delivery slow',
  lost: 'delivery lost',
  answerLost: 'delivery added and its answer lost',
  answered500: 'delivery added and answered 500',
  garbage: 'garbage',
} as const;

export class SimulatedWalletServer {
  readonly #world: World;
  readonly #plan: RemotePlan;
  readonly #balances = new Map<string, number>();
  readonly #added = new Map<string, Added>();
  #away = false;

  constructor(world: World, plan: RemotePlan) {
    this.#world = world;
    this.#plan = plan;
    for (const { afterMs, forMs } of plan.away) {
      world.agenda.later(afterMs, () => {
        world.count('wallet server away');
        this.#away = true;
      });
      world.agenda.later(afterMs + forMs, () => (this.#away = false));
    }
  }

  readonly name = 'tuku';

  provider(fence: Fence): WalletServer {
    return {
      name: 'tuku',
      topUp: (paid) => this.#topUp(paid, fence),
      balance: (owner) => this.#balance(owner, fence),
      probe: () => Promise.resolve(this.#isAway() ? { reachable: false, why: 'away' } : { reachable: true }),
    };
  }

  /** Others use them as well, and the program is not told. Nothing falls below nought. */
  moves(userId: string, units: number): void {
    const before = this.#balances.get(userId);
    if (before === undefined) return;
    this.#balances.set(userId, Math.max(0, before + units));
    this.#world.tell('wallets', `${userId} has ${Math.max(0, before + units)} SMS now`);
    this.#world.count('wallet elsewhere used by others');
  }

  topUpAll(units: number): void {
    for (const userId of this.#balances.keys()) this.moves(userId, units);
  }

  /** The truth, for an operator who asks. */
  hasAdded(reference: string): boolean {
    return this.#added.has(reference);
  }

  #isAway(): boolean {
    return this.#world.troubled && (this.#away || this.#world.upstreamDown);
  }

  #topUp(paid: PaidTopUp, fence: Fence): Promise<TopUpReport> {
    const { reference, amountKes, owner } = paid;
    return moneyCall<TopUpAnswer>(
      { world: this.#world, fence },
      { purpose: 'delivery', reference, amountKes, wallet: owner.userId },
      {
        name: 'wallets',
        faults: FAULTS,
        isAway: () => this.#isAway(),
        refuses: () => this.#refusal(),
        accepts: () => this.#adds(paid),
      },
    );
  }

  #refusal(): { readonly answer: TopUpAnswer; readonly evidence: 'delivery refused' | 'delivery throttled' } | null {
    const world = this.#world;
    const refused = (code: string, ours: boolean) =>
      ({ answer: { kind: 'refused', code, message: 'No', ours }, evidence: 'delivery refused' }) as const;
    if (world.strikes('delivery throttled'))
      return { answer: { kind: 'not_sent', why: 'HTTP 429, Too many requests' }, evidence: 'delivery throttled' };
    if (!world.strikes('delivery refused')) return null;
    return world.roll('calls').odds(0.2) ? refused('forbidden', true) : refused('unknown_user', false);
  }

  #adds({ reference, amountKes, owner }: PaidTopUp): Added {
    const before = this.#added.get(reference);
    if (before !== undefined) return before;
    const { milliKes } = this.#plan;
    const smsAdded = Math.floor((amountKes * 1_000) / milliKes);
    const smsBalance = (this.#balances.get(owner.userId) ?? 0) + smsAdded;
    this.#balances.set(owner.userId, smsBalance);
    const added: Added = { kind: 'added', smsAdded, smsBalance, milliKes };
    this.#added.set(reference, added);
    this.#world.tell('wallets', `adds ${smsAdded} SMS for ${reference} to ${owner.userId}`);
    this.#world.watch.added(reference);
    const promised = this.#world.watch.order(reference)?.units ?? 0;
    if (smsAdded < promised) this.#world.count('fewer SMS added than promised');
    return added;
  }

  async #balance({ userId }: Buyer, fence: Fence): Promise<BalanceReading> {
    await fence.pause(this.#world.roll('questions').between(50, 1_000));
    if (this.#isAway()) return { kind: 'unknown', why: 'no answer' };
    const smsBalance = this.#balances.get(userId);
    if (smsBalance === undefined) return { kind: 'no_wallet', milliKes: this.#plan.milliKes };
    return { kind: 'read', smsBalance, milliKes: this.#plan.milliKes, changedAt: null };
  }
}
