/**
 * The composition root: the only place where real things are wired together. `openCore` is what every way of running shares (store,
 * turns, workers, provider); cli/start.ts adds the server and its channels, cli/chat.ts the terminal.
 */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { airtimeOf } from './airtime.ts';
import type { Config } from './config.ts';
import type { OrderKind } from './domain/order.ts';
import { sleep, type Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import { randomToken } from './lib/random.ts';
import { err, ok, type Result } from './lib/result.ts';
import { callbackTo, paymentsOf, simulatedMerchant, type OnPaymentCallback } from './payments.ts';
import { notifiersOf } from './notifiers.ts';
import type { Channel, ChannelCapabilities, ChannelName } from './ports/channel.ts';
import type { Notifier, NotifierKind, StopLinks } from './ports/notifier.ts';
import type { PaymentProvider } from './ports/payment-provider.ts';
import type { WalletServer } from './ports/wallet-server.ts';
import { loadReference, type Reference } from './reference.ts';
import { brokenOffRestore } from './secret-key.ts';
import { createLazySandbox, type LazySandbox } from './sandbox/lazy-sandbox.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Rules } from './services/decide.ts';
import type { Incidents } from './services/incidents.ts';
import { needsOf } from './services/needs-of.ts';
import type { TurnRunner } from './services/turn-runner.ts';
import { walletServerOf } from './wallet-server.ts';
import { CARRY_BACK, CARRY_OVER, leftThere, outOfSight } from './wallets-left.ts';
import { heldHere } from './store/sqlite/held-here.ts';
import { heldThere, rememberServer } from './store/sqlite/held-there.ts';
import { claimKind, type UpstreamKind } from './store/sqlite/upstream-kind.ts';
import { isCopy } from './store/sqlite/copy-mark.ts';
import { openSqliteStore, type SqliteStore } from './store/sqlite/open.ts';
import { acquireRole, type Role } from './store/sqlite/role.ts';
import { settleRestored } from './store/sqlite/settle-restored.ts';
import { stopLinksOf } from './stop-links.ts';
import { FLOWS, wire } from './wiring.ts';
import type { Driver } from './workers/worker.ts';

export interface CoreOptions {
  readonly config: Config;
  /** Made once the database is open, because the manual clock must not start before its last committed instant. */
  readonly clock: (lastCommittedAt: number | null) => Clock;
  readonly log: Log;
  /** Webhooks of a real upstream can reach this process. */
  readonly listens: boolean;
  /** This is the server, with every channel that is switched on: what waits for another is given up. False: it is left to the server. */
  readonly everyChannel: boolean;
}

export interface Core {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: SqliteStore;
  readonly runner: TurnRunner;
  readonly driver: Driver;
  readonly reference: Reference;
  /** What carries alerts outside of chats; a kind that is off is missing. */
  readonly notifiers: ReadonlyMap<NotifierKind, Notifier>;
  /** Null: nothing is simulated. What is in it is of use only where `config` says that it is simulated. */
  readonly sandbox: Sandbox | null;
  /** M-Pesa, for what is not paid to the airtime provider; null: it is off. */
  readonly payments: PaymentProvider | null;
  /** By which readers of e-mails end them. */
  readonly stopLinks: StopLinks;
  /** Who keeps the wallets of SMS elsewhere; null: they are kept here. */
  readonly walletServer: WalletServer | null;
  /** Takes a webhook in; null: there is no provider that sends any. */
  readonly onWebhook: ((raw: string, contentType: string | null) => Promise<void>) | null;
  /** Takes a callback of M-Pesa in; null: nothing is paid that way. */
  readonly onPaymentCallback: OnPaymentCallback | null;
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
  /**
   * Stops workers and intake, waits for what is in flight, closes the database. False: something was still out after `patienceMs`
   * (15 seconds); a call among it is found as unknown at the next start, and the caller should end the process.
   */
  close(patienceMs?: number): Promise<boolean>;
}

const PATIENCE_MS = 15_000;

/** An error is a sentence for the operator: another process holds the database, its file cannot be used, or its orders are not of our kind. */
export async function openCore(options: CoreOptions): Promise<Result<Core, string>> {
  const { config, log } = options;
  // The store stamps nothing itself but its own bookkeeping, so a clock of its own would do; it shares ours once there is one.
  const late: { clock: Clock | null } = { clock: null };
  const storeClock: Clock = {
    now: () => late.clock?.now() ?? options.clock(null).now(),
    after: (delayMs, task) => (late.clock ?? options.clock(null)).after(delayMs, task),
  };
  const opened = await openStore(config, storeClock, log);
  if (!opened.ok) return opened;
  const { store, role } = opened.value;
  const clock = options.clock(await store.lastCommittedAt());
  late.clock = clock;

  const reference = loadReference();
  const sandbox = sandboxOf(config, clock, log, reference, {
    webhook: async (raw, type) => {
      await onWebhook?.(raw, type);
    },
    callback: async (orderReference, raw) => {
      await onPaymentCallback?.(orderReference, raw);
    },
  });
  const airtime = airtimeOf(config, sandbox);
  const notifiers = notifiersOf(config, clock, sandbox);
  const stopLinks = stopLinksOf(config, log);
  const walletServer = walletServerOf(config);
  const payments = paymentsOf(config, clock, options.listens, sandbox);
  const { channels, runner, driver, onWebhook, onPaymentCallback, open, rescue, takeOver, recordedElsewhere, incidents } = wire({
    store,
    clock,
    log,
    phrasebook: reference.phrasebook,
    airtime,
    notifiers,
    stopLinkTo: stopLinks.linkTo,
    payments,
    walletServer,
    everyChannel: options.everyChannel,
    rules: (plugged) => rulesOf(config, reference, options.listens, (name) => plugged.get(name)?.capabilities),
  });

  return ok({
    config,
    clock,
    log,
    store,
    runner,
    driver,
    reference,
    notifiers,
    sandbox,
    payments,
    stopLinks,
    walletServer,
    onWebhook,
    onPaymentCallback,
    open,
    rescue,
    takeOver,
    recordedElsewhere,
    incidents,
    async close(patienceMs = PATIENCE_MS) {
      driver.stop();
      const ended = ending([...channels.values()], driver, log);
      const patience = new AbortController();
      const clean = await Promise.race([ended.then(() => true), sleep(patienceMs, patience.signal).then(() => false)]);
      patience.abort();
      if (!clean)
        log.warn({ patienceMs }, 'something is still out and is not waited for; a call is looked at after the next start');
      await sandbox?.close();
      await store.close();
      role.release();
      return clean;
    },
  });
}

function rulesOf(
  config: Config,
  reference: Reference,
  listens: boolean,
  capabilities: (name: ChannelName) => ChannelCapabilities | undefined,
): Rules {
  const { topups, daraja } = config;
  return {
    business: {
      name: config.businessName,
      supportContact: config.supportContact,
      limits: config.limits,
      simulated: topups.kind === 'simulated',
      sellsSms: daraja.kind !== 'off',
      walletsAt: config.tuku === null ? 'own' : 'tuku',
      smsSimulated: daraja.kind === 'simulated',
    },
    knowledge: reference.knowledge,
    phrasebook: reference.phrasebook,
    flows: FLOWS,
    capabilities: (name) => capabilities(name) ?? { buttons: false, asksOwnPhone: false, retireButtons: false },
    webhooksReachUs: topups.kind === 'simulated' || (topups.kind === 'real' && topups.webhookSecret !== null && listens),
    breaker: config.breaker,
    airtimeOff: topups.kind === 'off' ? 'airtime is off' : null,
    salt: randomToken(),
  };
}

/** No new messages, and what is in flight has ended. */
async function ending(channels: readonly Channel[], driver: Driver, log: Log): Promise<void> {
  const stopped = await Promise.allSettled(channels.map((channel) => channel.stop()));
  for (const one of stopped) if (one.status === 'rejected') log.error({ error: one.reason }, 'a channel did not stop');
  await driver.settled();
}

/** The role of the one process that writes, and the database; nothing is held when that fails. */
async function openStore(
  config: Config,
  clock: Clock,
  log: Log,
): Promise<Result<{ readonly store: SqliteStore; readonly role: Role }, string>> {
  const { databasePath: path, topups, daraja, tuku } = config;
  let role: Role | null = null;
  let store: SqliteStore | null = null;
  const giveUp = async (sentence: string): Promise<Result<never, string>> => {
    await store?.close();
    role?.release();
    return err(sentence);
  };
  const broken = brokenOffRestore(config);
  if (broken !== null) return err(broken);
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const acquired = acquireRole(path);
    if (!acquired.ok) return err(acquired.error.message);
    role = acquired.value;
    const walletsAt = tuku === null ? 'own' : 'tuku';
    store = await openSqliteStore({ path, clock, log, walletsAt, needsOf: (session) => needsOf(session, FLOWS) });
    const hidden = await walletsLeft(store, tuku, log);
    if (hidden !== null) return await giveUp(`${hidden}. ${CARRY_OVER}`);
    for (const [sold, { kind }] of [
      ['airtime', topups],
      ['sms', daraja],
    ] as const) {
      const claimed = kind === 'off' ? ok(undefined) : await claimKind(store, sold, kind);
      if (!claimed.ok) return await giveUp(otherKind(path, sold, claimed.error));
    }
    await settleCopy(store, clock, log);
    return ok({ store, role });
  } catch (error) {
    return giveUp(`The database ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Says what SMS are out of sight where wallets are kept now; the answer is why that must not be, or null. */
async function walletsLeft(store: SqliteStore, tuku: Config['tuku'], log: Log): Promise<string | null> {
  if (tuku === null) {
    const left = leftThere(heldThere(store.db));
    if (left !== null) log.warn({}, `${left}. ${CARRY_BACK}`);
    return null;
  }
  await rememberServer(store, tuku.baseUrl);
  const hidden = outOfSight(heldHere(store.db));
  if (hidden !== null && tuku.hidesOwnSms) log.warn({}, hidden);
  return tuku.hidesOwnSms ? null : hidden;
}

function otherKind(path: string, sold: OrderKind, held: UpstreamKind): string {
  const { what, setting } = {
    airtime: { what: 'airtime is', setting: 'TOPUPS_API_TOKEN' },
    sms: { what: 'payments by M-Pesa are', setting: 'DARAJA_CONSUMER_KEY and what belongs to it' },
  }[sold];
  return held === 'real'
    ? `The database ${path} holds real orders, and ${what} simulated here: set ${setting}, or use another DATABASE_URL.`
    : `The database ${path} holds simulated orders, and ${what} real here: use another DATABASE_URL, or unset ${setting}.`;
}

/** A copy that somebody put back by hand: whoever restores with `jaza restore` has settled it already. */
async function settleCopy(store: SqliteStore, clock: Clock, log: Log): Promise<void> {
  if (!isCopy(store.db)) return;
  const settled = await settleRestored(store, Math.max(clock.now(), (await store.lastCommittedAt()) ?? 0));
  log.warn({ ...settled }, 'this database is a backup: what waited in it is neither called nor said again');
}

/** Where the sandbox's news goes: it takes the way into the core that a request from outside would take. */
interface Deliveries {
  readonly webhook: (raw: string, contentType: string) => Promise<void>;
  readonly callback: OnPaymentCallback;
}

/** Everything that is simulated, in one sandbox; null when nothing is. */
function sandboxOf(config: Config, clock: Clock, log: Log, reference: Reference, deliver: Deliveries): LazySandbox | null {
  const upstreams = [config.topups, config.daraja, config.fastMessage, config.smtp];
  if (!upstreams.some(({ kind }) => kind === 'simulated')) return null;
  const { ranges } = reference.knowledge;
  const { businessName } = config;
  const mpesa = { merchant: simulatedMerchant(), sendCallback: callbackTo(deliver.callback) };
  return createLazySandbox({ clock, log, token: randomToken(), sendWebhook: deliver.webhook, mpesa, ranges, businessName });
}
