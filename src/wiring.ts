/**
 * Owns how the parts that turn and perform are put together: runner, workers, driver, the ways in. Shared by main.ts, which hands
 * in real things, and by the simulator, which hands in simulated ones, so that both run the same program.
 */

import type { Flow } from './conversation/flow.ts';
import { buyAirtime } from './conversation/flows/buy-airtime.ts';
import { buySms } from './conversation/flows/buy-sms.ts';
import type { Phrasebook } from './conversation/phrasebook.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { AirtimeProvider } from './ports/airtime-provider.ts';
import type { Channel, ChannelName } from './ports/channel.ts';
import type { Notifier, NotifierKind, StopLinks } from './ports/notifier.ts';
import type { PaymentProvider } from './ports/payment-provider.ts';
import type { WalletServer } from './ports/wallet-server.ts';
import type { Store } from './ports/store.ts';
import type { Rules } from './services/decide.ts';
import { createExcuses } from './services/excuse.ts';
import { createFlood } from './services/flood.ts';
import { callbackIntake, intakeFor, webhookIntake } from './services/intake.ts';
import { createIncidents, type Incidents } from './services/incidents.ts';
import { createTurnRunner, type TurnRunner } from './services/turn-runner.ts';
import { createBalanceReader } from './workers/balance-reader.ts';
import { createCaller } from './workers/caller.ts';
import { createNotifier } from './workers/notifier.ts';
import { createRescuer } from './workers/rescuer.ts';
import { createScheduler } from './workers/scheduler.ts';
import { createSender } from './workers/sender.ts';
import { createDriver, type Driver } from './workers/worker.ts';

/** What can be bought in a chat. */
export const FLOWS: readonly Flow[] = [buyAirtime, buySms];

export interface WiringParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly phrasebook: Phrasebook;
  /** Null: airtime is off. */
  readonly airtime: AirtimeProvider | null;
  /** What carries alerts outside of chats; without one of a kind, whoever else may be told is told. */
  readonly notifiers: ReadonlyMap<NotifierKind, Notifier>;
  /** Where an e-mail to the address can be ended by its reader; null: nowhere but with the shop. */
  readonly stopLinkTo: StopLinks['linkTo'];
  /** Null: nothing is paid through M-Pesa alone. */
  readonly payments: PaymentProvider | null;
  /** Who keeps the wallets of SMS elsewhere; null: they are kept here. */
  readonly walletServer: WalletServer | null;
  /** Of whatever channels are plugged in by then. */
  readonly rules: (channels: ReadonlyMap<ChannelName, Channel>) => Rules;
  /** Every channel that is switched on is plugged in; what waits for another is given up. False: it is left alone. */
  readonly everyChannel: boolean;
}

export interface Wired {
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly runner: TurnRunner;
  readonly driver: Driver;
  /** Takes a webhook in; null: there is no provider that sends any. */
  readonly onWebhook: ((raw: string, contentType: string | null) => Promise<void>) | null;
  /** Takes a callback about the payment of this order in; null: nothing is paid by such a provider. */
  readonly onPaymentCallback: ((reference: string, raw: string) => Promise<void>) | null;
  /** Plugs a channel in and starts its intake. */
  open(channel: Channel): Promise<void>;
  /** Turns what a dead process left behind, then lets the workers begin; to be called once all channels are plugged in. */
  rescue(): Promise<void>;
  /** The first half of it alone: turns what was left behind or written down, and lets nothing leave. For a console command. */
  takeOver(): Promise<void>;
  /** Another process may have written events down. */
  recordedElsewhere(): void;
  /** What no turn can find, brought before the operators. */
  readonly incidents: Incidents;
}

export function wire({
  store,
  clock,
  log,
  phrasebook,
  airtime,
  payments,
  walletServer,
  notifiers,
  stopLinkTo,
  rules,
  everyChannel,
}: WiringParts): Wired {
  const channels = new Map<ChannelName, Channel>();
  const runner = createTurnRunner({
    store,
    log,
    committed: () => wake(),
    leftBehind: () => rescuer.leftBehind(),
    rules: rules(channels),
  });
  // Until all channels are plugged in nothing may leave: a message for a channel that is still missing would be given up.
  let begun = false;
  const wake = (): void => {
    if (begun) driver.wake();
  };
  const begin = (): void => {
    begun = true;
    driver.wake();
  };
  const parts = { store, runner, clock, log, wake };
  const excuses = createExcuses({ store, phrasebook, clock, log });
  const flood = createFlood({ store, phrasebook, clock, log });
  const incidents = createIncidents(store, runner, clock);
  const rescuer = createRescuer(parts);
  const driver: Driver = createDriver({
    ...parts,
    store: { nextDueAt: () => store.nextDueAt(everyChannel ? undefined : [...channels.keys()]) },
    workers: [
      // First, because it minds the clock: a lease that is given by one that was set back must not be brought forward.
      createScheduler(parts),
      createSender({ ...parts, channels, everyChannel, phrasebook, gaveUp: incidents.gaveUp }),
      createNotifier({ ...parts, notifiers, phrasebook, stopLinkTo, gaveUp: incidents.gaveUp }),
      ...(airtime === null && payments === null && walletServer === null
        ? []
        : [createCaller({ ...parts, airtime, payments, walletServer })]),
      ...(walletServer === null ? [] : [createBalanceReader({ ...parts, walletServer })]),
      rescuer,
    ],
  });
  return {
    channels,
    runner,
    driver: { ...driver, wake: begin },
    onWebhook: airtime === null ? null : webhookIntake(airtime, runner, clock),
    onPaymentCallback: payments === null ? null : callbackIntake(payments, runner, clock),
    async open(channel) {
      channels.set(channel.name, channel);
      await channel.start(intakeFor(channel, runner, clock, { excuses, flood }));
    },
    takeOver: () => rescuer.takeOver(),
    recordedElsewhere: () => rescuer.recordedElsewhere(),
    incidents,
    async rescue() {
      await rescuer.takeOver();
      begin();
    },
  };
}
