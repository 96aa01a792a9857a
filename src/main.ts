/**
 * The composition root: the only place where real things are wired together. `openCore` is what every way of running shares (store,
 * turns, workers, provider); cli/start.ts adds the server and its channels, cli/chat.ts the terminal.
 */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from './config.ts';
import { buyAirtime } from './conversation/flows/buy-airtime.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import { randomToken } from './lib/random.ts';
import { err, ok, type Result } from './lib/result.ts';
import type { AirtimeProvider } from './ports/airtime-provider.ts';
import type { Channel, ChannelName } from './ports/channel.ts';
import { loadReference, type Reference } from './reference.ts';
import { createLazySandbox } from './sandbox/lazy-sandbox.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { intakeFor, webhookIntake } from './services/intake.ts';
import { createTurnRunner, type TurnRunner } from './services/turn-runner.ts';
import { openSqliteStore, type SqliteStore } from './store/sqlite/open.ts';
import { acquireRole } from './store/sqlite/role.ts';
import { createCaller } from './workers/caller.ts';
import { rescue } from './workers/rescuer.ts';
import { createScheduler } from './workers/scheduler.ts';
import { createSender } from './workers/sender.ts';
import { createDriver, type Driver } from './workers/worker.ts';

export interface CoreOptions {
  readonly config: Config;
  /** Made once the database is open, because the manual clock must not start before its last committed instant. */
  readonly clock: (lastCommittedAt: number | null) => Clock;
  readonly log: Log;
  /** Webhooks of a real upstream can reach this process. */
  readonly listens: boolean;
}

export interface Core {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: SqliteStore;
  readonly runner: TurnRunner;
  readonly driver: Driver;
  readonly reference: Reference;
  /** Null: airtime is not simulated. */
  readonly sandbox: Sandbox | null;
  /** Takes a webhook in; null: there is no provider that sends any. */
  readonly onWebhook: ((raw: string, contentType: string | null) => Promise<void>) | null;
  /** Plugs a channel in and starts its intake. */
  open(channel: Channel): Promise<void>;
  /** Turns what a dead process left behind; to be called once all channels are plugged in. */
  rescue(): Promise<void>;
  /** Stops intake and workers, waits for what is in flight, closes the database. */
  close(): Promise<void>;
}

/** An error is a sentence for the operator: another process holds the database, or its file cannot be used. */
export async function openCore(options: CoreOptions): Promise<Result<Core, string>> {
  const { config, log } = options;
  const path = config.databasePath;
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const role = acquireRole(path);
  if (!role.ok) return err(role.error.message);
  // The store stamps nothing itself but its own bookkeeping, so a clock of its own would do; it shares ours once there is one.
  const late: { clock: Clock | null } = { clock: null };
  const storeClock: Clock = {
    now: () => late.clock?.now() ?? options.clock(null).now(),
    after: (delayMs, task) => (late.clock ?? options.clock(null)).after(delayMs, task),
  };
  const store = await openSqliteStore({ path, clock: storeClock, log });
  const clock = options.clock(await store.lastCommittedAt());
  late.clock = clock;

  const reference = loadReference();
  const provided = airtimeOf(config, clock, log, reference, (raw, type) => taken(raw, type));
  const channels = new Map<ChannelName, Channel>();
  const runner = createTurnRunner({
    store,
    log,
    committed: () => driver.wake(),
    rules: {
      business: {
        name: config.businessName,
        supportContact: config.supportContact,
        limits: config.limits,
        simulated: config.topups.kind === 'simulated',
      },
      knowledge: reference.knowledge,
      phrasebook: reference.phrasebook,
      flows: [buyAirtime],
      capabilities: (name) => channels.get(name)?.capabilities ?? { buttons: false, asksOwnPhone: false, retireButtons: false },
      webhooksReachUs:
        config.topups.kind === 'simulated' ||
        (config.topups.kind === 'real' && config.topups.webhookSecret !== null && options.listens),
      salesOff: provided === null ? 'airtime is off' : null,
      salt: randomToken(),
    },
  });
  const taken = provided === null ? () => Promise.resolve() : webhookIntake(provided.airtime, runner, clock);
  const parts = { store, runner, clock, log, wake: () => driver.wake() };
  const driver: Driver = createDriver({
    ...parts,
    workers: [
      createSender({ ...parts, channels, phrasebook: reference.phrasebook }),
      ...(provided === null ? [] : [createCaller({ ...parts, airtime: provided.airtime })]),
      createScheduler(parts),
    ],
  });

  return ok({
    config,
    clock,
    log,
    store,
    runner,
    driver,
    reference,
    sandbox: provided?.sandbox ?? null,
    onWebhook: provided === null ? null : taken,
    async open(channel) {
      channels.set(channel.name, channel);
      await channel.start(intakeFor(channel, runner, clock));
    },
    rescue: () => rescue(parts),
    async close() {
      await Promise.all([...channels.values()].map((channel) => channel.stop()));
      driver.stop();
      await driver.settled();
      await provided?.sandbox?.close();
      await store.close();
      role.value.release();
    },
  });
}

/** The airtime provider: real, or the same client over the sandbox's HTTP contract; null when airtime is off. */
function airtimeOf(
  config: Config,
  clock: Clock,
  log: Log,
  reference: Reference,
  deliver: (raw: string, contentType: string) => Promise<void>,
): { readonly airtime: AirtimeProvider; readonly sandbox: Sandbox | null } | null {
  const { topups } = config;
  if (topups.kind === 'off') return null;
  if (topups.kind === 'real')
    return { airtime: lazyAirtime(async () => (await topupsClient()).createTopups(topups)), sandbox: null };
  const token = randomToken();
  const { ranges } = reference.knowledge;
  const sandbox = createLazySandbox({ clock, log, token, sendWebhook: deliver, ranges, businessName: config.businessName });
  const open = async (): Promise<AirtimeProvider> => {
    const [{ createTopups }, baseUrl] = await Promise.all([topupsClient(), sandbox.address()]);
    return createTopups({ ...topups, baseUrl, token });
  };
  return { airtime: lazyAirtime(open), sandbox };
}

const topupsClient = (): Promise<typeof import('./providers/topups/client.ts')> => import('./providers/topups/client.ts');

/** Loaded with the first call or webhook: nobody waits for it at the start. */
function lazyAirtime(open: () => Promise<AirtimeProvider>): AirtimeProvider {
  let opened: Promise<AirtimeProvider> | null = null;
  const provider = (): Promise<AirtimeProvider> => (opened ??= open());
  return {
    name: 'topups',
    buy: async (purchase) => (await provider()).buy(purchase),
    parseWebhook: async (raw, contentType) => (await provider()).parseWebhook(raw, contentType),
    probe: async () => (await provider()).probe(),
  };
}
