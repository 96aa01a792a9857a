/** Owns one life of the program: wires the real parts to the simulated world, until it is ended in order or dies. */

import type { Limits } from '../domain/limits.ts';
import { silentLog } from '../lib/log.ts';
import type { Channel } from '../ports/channel.ts';
import { loadReference, type Reference } from '../reference.ts';
import type { Rules } from '../services/decide.ts';
import { thresholdDesk } from '../services/threshold-desk.ts';
import { walletDesk } from '../services/wallet-desk.ts';
import { FLOWS, wire, type Wired } from '../wiring.ts';
import { NETWORKS, type ChatNetwork, type NetworkName } from './chat-network.ts';
import { Fence, type CrashPoint } from './fence.ts';
import type { Gateways } from './gateways.ts';
import type { Mpesa } from './mpesa.ts';
import { unchanged, type Mutant } from './mutant.ts';
import type { Plan } from './plan.ts';
import { storeBehind } from './store.ts';
import type { Upstream } from './upstream.ts';
import type { Desks } from './wallet-client.ts';
import type { SimulatedWalletServer } from './wallet-server.ts';
import type { World } from './world.ts';

/** Those of prompts are mostly generous, so that they end few histories before anything happened. */
const limitsOf = ({ promptsPerHour }: Plan): Limits => ({
  airtimeMinKes: 10,
  airtimeMaxKes: 10_000,
  smsMinKes: 10,
  smsMaxKes: 100_000,
  promptsOwnPerHour: promptsPerHour,
  promptsOwnPerDay: 100,
  promptsOtherPerHour: promptsPerHour,
  promptsOtherPerDay: 100,
  promptsOtherFirstPerDay: 20,
  newPayersPerHour: 100,
  newPayersPerDay: 100,
  strangersPerHour: 500,
  coolDownAfterUnfinished: 10,
  coolDownMinutes: 1,
  noticesToOthers: { perAppPerHour: 500, perAppPerDay: 2_000, perDay: 2_000 },
  perDay: {
    person: { kes: 1_000_000, orders: 1_000 },
    payer: { kes: 1_000_000, orders: 1_000 },
    recipient: { kes: 1_000_000, orders: 1_000 },
  },
});

let reference: Reference | null = null;

export interface LifeParts {
  readonly world: World;
  readonly chats: ChatNetwork;
  readonly upstream: Upstream;
  readonly mpesa: Mpesa;
  /** Null: wallets are kept here. */
  readonly walletServer: SimulatedWalletServer | null;
  readonly gateways: Gateways;
  readonly mutant: Mutant | null;
  readonly crash: CrashPoint | null;
  readonly died: (where: string) => void;
}

export class Life {
  readonly fence: Fence;
  readonly #parts: LifeParts;
  #wired: Wired | null = null;
  #desks: Desks | null = null;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    const { world } = parts;
    this.fence = new Fence({
      agenda: world.agenda,
      skewMs: () => world.skewMs,
      slowMs: () => {
        const { slowStore } = world.plan;
        const roll = world.roll('store');
        return slowStore > 0 && roll.odds(slowStore) ? roll.pick([1, 5, 50, 500]) : 0;
      },
      crash: parts.crash,
      died: parts.died,
    });
  }

  /** As a server starts: channels first, then what the last life left behind, then the workers. Rejects when the database refuses. */
  async start(): Promise<void> {
    reference ??= loadReference();
    const { phrasebook } = reference;
    const { world, chats, upstream, mpesa, walletServer, gateways } = this.#parts;
    const { fence } = this;
    const mutant = { ...unchanged, ...this.#parts.mutant?.make(world) };
    const store = mutant.store(storeBehind(fence, world));
    const airtime = mutant.airtime(upstream.provider(fence));
    const wired = wire({
      store,
      clock: fence.clock,
      log: silentLog,
      phrasebook,
      airtime,
      notifiers: mutant.notifiers(gateways.notifiers(fence)),
      stopLinkTo: () => null,
      payments: world.plan.sms === null ? null : mutant.payments(mpesa.provider(fence)),
      walletServer: walletServer === null ? null : mutant.remoteWallets(walletServer.provider(fence)),
      everyChannel: true,
      rules: () => mutant.rules(this.#rules()),
    });
    this.#wired = wired;
    for (const name of Object.keys(NETWORKS) as NetworkName[]) {
      const channel: Channel = mutant.channel(chats.channel(name, fence), store);
      await wired.open(channel);
    }
    const take = wired.onWebhook;
    if (take !== null) upstream.plug((raw) => take(raw, 'application/json'), fence);
    if (wired.onPaymentCallback !== null) mpesa.plug(wired.onPaymentCallback, fence);
    await wired.rescue();
    const { wallets } = world.disk.store;
    this.#desks = {
      wallets: mutant.desk(walletDesk(wallets, wired.runner, fence.clock, walletServer?.name ?? 'own')),
      thresholds: thresholdDesk(wallets, wired.runner, fence.clock),
    };
  }

  /** What other programs ask of wallets; null: it is not there yet, or not any more. */
  get desks(): Desks | null {
    return this.fence.alive ? this.#desks : null;
  }

  /** Another process has written an event down. */
  notices(): void {
    this.#wired?.recordedElsewhere();
  }

  /** SIGTERM: no new work, what is in flight ends. */
  async end(): Promise<void> {
    this.#wired?.driver.stop();
    for (const channel of this.#wired?.channels.values() ?? []) await channel.stop();
    await this.#wired?.driver.settled();
  }

  #rules(): Rules {
    reference ??= loadReference();
    const { world } = this.#parts;
    return {
      business: {
        name: 'Duka',
        supportContact: '0700 000 000',
        limits: limitsOf(world.plan),
        simulated: false,
        sellsSms: world.plan.sms !== null,
        walletsAt: this.#parts.walletServer === null ? 'own' : 'tuku',
        smsSimulated: false,
      },
      knowledge: reference.knowledge,
      phrasebook: reference.phrasebook,
      flows: FLOWS,
      capabilities: (name) => NETWORKS[name as NetworkName] ?? { buttons: false, asksOwnPhone: false, retireButtons: false },
      webhooksReachUs: world.plan.webhooksReachUs,
      airtimeOff: null,
      breaker: { failures: 5, withinMs: 5 * 60_000, waitMs: 60_000 },
      salt: 'simulated',
    };
  }
}
