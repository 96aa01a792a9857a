/**
 * The workers on their bench: the real runner, driver and SQLite store, a clock that is told the time, a channel and a provider that
 * answer as the test says, and a database whose methods can be made to fail. What is logged is kept.
 */

import { ManualClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import type { AirtimePurchase, PurchaseReport } from '../../src/ports/airtime-provider.ts';
import type { Channel, OutboundMessage, SendOutcome } from '../../src/ports/channel.ts';
import type { Notifier, NotifierKind, NotifyResult, OutsideMessage } from '../../src/ports/notifier.ts';
import type {
  PaymentAnswer,
  PaymentProvider,
  PaymentReport,
  PaymentRequest,
  PaymentStatus,
} from '../../src/ports/payment-provider.ts';
import type { Store } from '../../src/ports/store.ts';
import { createTurnRunner, type TurnRunner } from '../../src/services/turn-runner.ts';
import { needsOf } from '../../src/services/needs-of.ts';
import { FLOWS } from '../../src/wiring.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { createCaller } from '../../src/workers/caller.ts';
import { createNotifier } from '../../src/workers/notifier.ts';
import { createRescuer, type Rescuer } from '../../src/workers/rescuer.ts';
import { createScheduler } from '../../src/workers/scheduler.ts';
import { createSender } from '../../src/workers/sender.ts';
import { createDriver, type Driver } from '../../src/workers/worker.ts';
import { achieng, NOW } from '../contracts/store-world.ts';
import { rulesOf } from './decisions.ts';

type Failing = 'commit' | 'claimOutbox' | 'finishSends' | 'finishNotices' | 'load' | 'record' | 'poison' | 'dueTimers';

export interface Bench {
  /** The database itself, which never fails. */
  readonly store: SqliteStore;
  /** What the workers see of it. */
  readonly seen: Store;
  readonly clock: ManualClock;
  readonly runner: TurnRunner;
  readonly driver: Driver;
  readonly rescuer: Rescuer;
  readonly failing: Set<Failing>;
  readonly logged: Record<string, unknown>[];
  readonly bought: AirtimePurchase[];
  readonly requested: PaymentRequest[];
  /** The references that the provider was asked about. */
  readonly askedAbout: string[];
  readonly sent: OutboundMessage[];
  /** What left by SMS and e-mail. */
  readonly notified: (OutsideMessage & { readonly way: NotifierKind })[];
  readonly notifyResults: (NotifyResult | (() => Promise<NotifyResult>))[];
  /** What comes next, first to last; a function is asked. Then every call is accepted and every send goes out. */
  readonly answers: (PurchaseReport | (() => Promise<PurchaseReport>))[];
  readonly outcomes: (SendOutcome | (() => Promise<SendOutcome>))[];
  /** The same of payments: then every request is accepted, and every one is still to be decided by its payer. */
  readonly requests: (PaymentAnswer | (() => Promise<PaymentReport<PaymentAnswer>>))[];
  readonly statuses: (PaymentStatus | (() => Promise<PaymentReport<PaymentStatus>>))[];
  /** Time passes at once, then everything runnable is done. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** `path`: a file, for what must outlive the bench. */
export async function openBench(path = ':memory:', startAt = NOW): Promise<Bench> {
  const clock = new ManualClock(startAt);
  const logged: Record<string, unknown>[] = [];
  const log = createLog('debug', (line) => logged.push(JSON.parse(line) as Record<string, unknown>));
  const store = await openSqliteStore({ path, clock, log, busyTimeoutMs: 0, needsOf: (session) => needsOf(session, FLOWS) });
  const failing = new Set<Failing>();
  const seen = withFailures(store, failing);
  const bought: AirtimePurchase[] = [];
  const sent: OutboundMessage[] = [];
  const answers: Bench['answers'] = [];
  const outcomes: Bench['outcomes'] = [];
  const notified: Bench['notified'] = [];
  const notifyResults: Bench['notifyResults'] = [];
  const notifier = (way: NotifierKind): Notifier => ({
    kind: way,
    name: way === 'sms' ? 'fast-message' : 'smtp',
    async send(message) {
      notified.push({ ...message, way });
      const next = notifyResults.shift();
      return typeof next === 'function' ? next() : (next ?? { kind: 'sent', upstreamId: null });
    },
    probe: () => Promise.reject(new Error('nobody asks')),
  });
  const notifiers = new Map<NotifierKind, Notifier>([
    ['sms', notifier('sms')],
    ['email', notifier('email')],
  ]);
  const { payments, ...paying } = paymentsOf();

  const wake = (): void => driver.wake();
  const rules = rulesOf({ capabilities: () => channel.capabilities, sellsSms: true });
  const runner = createTurnRunner({ store: seen, rules, log, committed: wake, leftBehind: () => rescuer.leftBehind() });
  const airtime = {
    async buy(purchase: AirtimePurchase): Promise<PurchaseReport> {
      bought.push(purchase);
      const next = answers.shift();
      if (next === undefined) return { answer: { kind: 'accepted', upstreamReference: `UP${bought.length}` }, raw: null };
      return typeof next === 'function' ? next() : next;
    },
  };
  const channel: Channel = {
    name: achieng.address.channel,
    capabilities: { buttons: true, retireButtons: true, asksOwnPhone: true, redelivers: true },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    async send(message) {
      sent.push(message);
      const next = outcomes.shift();
      return typeof next === 'function' ? next() : (next ?? { kind: 'sent', channelMessageId: `on-${message.id}` });
    },
    health: () => ({ state: 'up' }),
  };
  const parts = { store: seen, runner, clock, log, wake };
  const rescuer = createRescuer(parts);
  const driver = createDriver({
    ...parts,
    workers: [
      createSender({ ...parts, channels: new Map([[channel.name, channel]]), everyChannel: true, phrasebook: rules.phrasebook }),
      createNotifier({ ...parts, notifiers, phrasebook: rules.phrasebook, stopLinkTo: () => null }),
      createCaller({ ...parts, airtime, payments, walletServer: null }),
      createScheduler(parts),
      rescuer,
    ],
  });
  return {
    store,
    seen,
    clock,
    runner,
    driver,
    rescuer,
    failing,
    logged,
    bought,
    ...paying,
    sent,
    answers,
    outcomes,
    notified,
    notifyResults,
    async pass(ms) {
      clock.advanceTo(clock.now() + ms);
      await driver.drain();
    },
    async close() {
      driver.stop();
      await driver.settled();
      await store.close();
    },
  };
}

function paymentsOf(): Pick<Bench, 'requested' | 'askedAbout' | 'requests' | 'statuses'> & {
  readonly payments: Pick<PaymentProvider, 'request' | 'status'>;
} {
  const requested: PaymentRequest[] = [];
  const askedAbout: string[] = [];
  const requests: Bench['requests'] = [];
  const statuses: Bench['statuses'] = [];
  return {
    requested,
    askedAbout,
    requests,
    statuses,
    payments: {
      async request(payment) {
        requested.push(payment);
        const next = requests.shift() ?? { kind: 'accepted', upstreamReference: `ws_CO_${requested.length}` };
        return typeof next === 'function' ? next() : { answer: next, raw: null };
      },
      async status(upstreamReference) {
        askedAbout.push(upstreamReference);
        const next = statuses.shift() ?? { kind: 'pending' };
        return typeof next === 'function' ? next() : { answer: next, raw: null };
      },
    },
  };
}

/** Every other method is the store's own. */
function withFailures(store: SqliteStore, failing: ReadonlySet<Failing>): Store {
  const check = (method: Failing): void => {
    if (failing.has(method)) throw new Error('the disk is full');
  };
  return {
    ...store,
    async commit(turns) {
      if (failing.has('commit')) return turns.map(() => ({ kind: 'unavailable', error: new Error('the disk is full') }));
      return store.commit(turns);
    },
    async claimOutbox(...args) {
      check('claimOutbox');
      return store.claimOutbox(...args);
    },
    async finishSends(...args) {
      check('finishSends');
      return store.finishSends(...args);
    },
    async load(...args) {
      check('load');
      return store.load(...args);
    },
    async finishNotices(...args) {
      check('finishNotices');
      return store.finishNotices(...args);
    },
    async record(events) {
      check('record');
      return store.record(events);
    },
    async poison(...args) {
      check('poison');
      return store.poison(...args);
    },
    async dueTimers(...args) {
      check('dueTimers');
      return store.dueTimers(...args);
    },
  };
}

/** A promise that the test fulfils: to keep a call or a send in flight. */
export function held<T>(): { readonly promise: Promise<T>; readonly release: (value: T) => void } {
  let release: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (release = resolve));
  return { promise, release };
}

/** Lets everything run that waits for nothing but its turn. */
export async function breathe(rounds = 20): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
