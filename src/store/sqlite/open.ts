/** Owns the SQLite store as a whole: opens the file, brings it to our schema and puts the parts behind the port. */

import type { WalletAt } from '../../domain/wallet-owner.ts';
import type { Clock, Instant } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Result } from '../../lib/result.ts';
import type { ChannelName } from '../../ports/channel.ts';
import type { Desk } from '../../ports/desk.ts';
import type { NeedsOf, Store } from '../../ports/store.ts';
import type { WebTranscripts } from '../../ports/web-transcript.ts';
import type { ThresholdReads } from '../../ports/alert.ts';
import type { ApiKeys } from '../../ports/api-keys.ts';
import type { WalletReads } from '../../ports/wallet.ts';
import type { AuthStore } from '../../ports/whatsapp-auth.ts';
import { changeApplier } from './apply-change.ts';
import { apiKeysOf } from './api-keys.ts';
import { backlogOf } from './backlog.ts';
import { breakerOf } from './breaker.ts';
import { checker } from './check.ts';
import { clockMinder } from './clock-set-back.ts';
import { committer } from './commit.ts';
import { connect, IN_MEMORY, type ConnectionOptions, type Db } from './connection.ts';
import { dbTransactions } from './db-transaction.ts';
import { dedupeOf } from './dedupe.ts';
import { customerEraser } from './erase-person.ts';
import { loader } from './load.ts';
import { customerMerger } from './merge-people.ts';
import { migrate, ourMigrations, type Migration } from './migrate.ts';
import { outboxOf } from './outbox.ts';
import { outboxQueue } from './outbox-queue.ts';
import { phonesOf } from './phones.ts';
import { progressOf } from './progress.ts';
import { personalDataReader, type PersonalDataReader } from './personal-data.ts';
import { pruner, type Pruned } from './prune.ts';
import { deskReader } from './read-desk.ts';
import { ordersReader } from './read-orders.ts';
import { peopleReader } from './read-people.ts';
import { thresholdsReader } from './read-thresholds.ts';
import { walletsReader } from './read-wallets.ts';
import { acquireRole, type Role, type RoleHeld } from './role.ts';
import { receiptsOf } from './receipts.ts';
import { remoteBalancesOf } from './remote-balances.ts';
import { settingsOf } from './settings.ts';
import { stopListOf } from './stop-list.ts';
import { timersOf } from './timers.ts';
import { versionsOf } from './versions.ts';
import { walletLinksOf, walletOwnersOf } from './wallet-owners.ts';
import { webTranscripts } from './web-transcript.ts';
import { whatsappAuth } from './whatsapp-auth.ts';
import { deskWriter } from './write-desk.ts';
import { ledgerWriter } from './write-ledger.ts';
import { ordersWriter } from './write-orders.ts';
import { peopleWriter } from './write-people.ts';
import { thresholdsWriter } from './write-thresholds.ts';
import { walletsWriter } from './write-wallets.ts';

export interface SqliteStoreOptions extends ConnectionOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Who keeps the wallets of SMS; we do by default. */
  readonly walletsAt?: WalletAt;
  /** What a chat's open draft is about, and so is loaded with the chat. Nothing by default, for whoever turns no messages. */
  readonly needsOf?: NeedsOf;
  /** False, for commands that look on while a server runs: a file of another schema is refused. True by default. */
  readonly mayMigrate?: boolean;
  /** False, where the file is a copy itself and needs none before it is migrated. True by default. */
  readonly copiesFirst?: boolean;
  /** For tests: other migrations than the program's own. */
  readonly migrations?: readonly Migration[];
}

export interface SqliteStore extends Store {
  /** The role of the one process that turns and performs; kept until released or the process ends. */
  acquireRole(): Result<Role, RoleHeld>;
  readonly wallets: WalletReads & ThresholdReads;
  readonly apiKeys: ApiKeys;
  readonly whatsappAuth: AuthStore;
  readonly webTranscripts: WebTranscripts;
  /** What the console reads. */
  readonly desk: Desk;
  /** All that is kept about one customer. */
  readonly personalData: PersonalDataReader;
  /** Forgets what is old; daily, by whoever holds the role. */
  prune(now: Instant): Promise<Pruned>;
  /** Another number than before: another process has written, as a console command that recorded an event. */
  dataVersion(): number;
  /** For tests, benchmarks and the simulator (`serialize()`): the connection under the store. */
  readonly db: Db;
}

/** Rejects when the file cannot be opened or brought to our schema, saying why; the file is then as it was. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { clock, log } = options;
  const db = connect(options);
  try {
    const { mayMigrate = true, copiesFirst = true } = options;
    migrate(db, options.migrations ?? ourMigrations(), { clock, log, mayMigrate, copiesFirst });
    return assemble(db, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

function assemble(db: Db, { path, clock, log, walletsAt = 'own', needsOf = () => ({}) }: SqliteStoreOptions): SqliteStore {
  const dbTx = dbTransactions(db);
  const versions = versionsOf(db);
  const phones = phonesOf(db);
  const timers = timersOf(db);
  const queue = outboxQueue(db);
  const dedupe = dedupeOf(db);
  const backlog = backlogOf(db, dedupe, timers, queue, clock);
  const progress = progressOf(db);
  const people = peopleWriter(db, peopleReader(db), phones, versions);
  const settings = settingsOf(db, dbTx, versions, clock);
  const stopList = stopListOf(db, phones, versions);
  const breaker = breakerOf(db, versions);
  const orders = ordersWriter(db, phones, queue);
  const ledger = ledgerWriter(db);
  const receipts = receiptsOf(db);
  const wallets = walletsReader(db, walletsAt);
  const owners = walletOwnersOf(db, wallets, walletsAt);
  const balances = remoteBalancesOf(db, dbTx, versions);
  const thresholds = thresholdsReader(db, { people: peopleReader(db), stopList, owners });
  const apply = changeApplier(db, {
    people,
    merge: customerMerger(db, versions),
    erase: customerEraser(db, versions),
    orders,
    ledger,
    wallets: walletsWriter(db, versions, receipts),
    receipts,
    thresholds: thresholdsWriter(db),
    balances,
    walletLinks: walletLinksOf(db, versions),
    outbox: queue,
    timers,
    breaker,
    stopList,
    settings,
    desk: deskWriter(db),
  });
  const load = loader(db, dbTx, { versions, breaker, stopList, wallets, receipts, thresholds, owners, needsOf });
  const commit = committer(db, {
    dedupe,
    versions,
    backlog,
    apply,
    assertBooked: ledger.assertBooked,
    reached: progress.reached,
  });
  const outbox = outboxOf(db, dbTx, queue, ordersReader(db), progress, timers);
  const check = checker(db, path === IN_MEMORY);
  const prune = pruner(db, dbTx, dedupe);
  const mindTheClock = clockMinder(db, dbTx, { progress, breaker, clock, log });
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  const sentText = db
    .prepare<[string, ChannelName], string>(
      `SELECT m.text FROM message m JOIN conversation c ON c.id = m.conversation_id
       WHERE m.direction = 'out' AND m.channel_message_id = ? AND c.channel = ? ORDER BY m.id DESC LIMIT 1`,
    )
    .pluck();
  return {
    db,
    acquireRole: () => acquireRole(path),
    whatsappAuth: whatsappAuth(db, dbTx),
    webTranscripts: webTranscripts(db, dbTx),
    desk: deskReader(db, dbTx),
    personalData: (who) => personalDataReader(db)(who),
    prune,
    dataVersion: () => dataVersion.get() ?? 0,
    wallets: {
      wallet: async (owner) => dbTx.read(() => wallets.view(owner)),
      appsOf: async (userId) => wallets.appsOf(userId),
      answerTo: async (request) => wallets.answerTo(request),
      statement: async (walletId, before, limit) => dbTx.read(() => wallets.statement(walletId, before, limit)),
      prices: async () => wallets.prices(),
      thresholds: async (owner) =>
        dbTx.read(() => {
          const view = wallets.view(owner);
          return view === null ? null : thresholds.of(view.wallet.id);
        }),
      reach: async (owner, recipients) => dbTx.read(() => thresholds.reach(owner, recipients)),
    },
    apiKeys: apiKeysOf(db, dbTx),
    async load(events, needs) {
      mindTheClock();
      return load(events, needs);
    },
    commit: async (turns) => commit(turns),
    record: async (events) => dbTx.write(() => events.forEach(backlog.record)),
    recorded: async (limit) => backlog.recorded(limit),
    poison: async (event, error) => dbTx.write(() => backlog.failed(event, error)),
    claimOutbox: async (kind, now, limit, leaseMs, leaving) => outbox.claim(kind, now, limit, leaseMs, leaving),
    finishSends: async (results, now) => outbox.finishSends(results, now),
    finishNotices: async (ends, now) => outbox.finishNotices(ends, now),
    takeOver: async () => outbox.takeOver(),
    claimBalances: async (now, limit, leaseMs) => balances.claim(now, limit, leaseMs),
    dueTimers: async (now, limit) => timers.due(now, limit),
    nextDueAt: async (channels) =>
      // Where wallets are kept here nobody reads balances elsewhere, however due they are.
      earliest(earliest(timers.nextDueAt(), outbox.nextDueAt(channels)), walletsAt === 'own' ? null : balances.nextDueAt()),
    mindTheClock: async () => mindTheClock(),
    sentText: async (channel, channelMessageId) => sentText.get(channelMessageId, channel) ?? null,
    setting: async (key) => settings.get(key),
    putSetting: async (key, value) => settings.put(key, value),
    breaker: async (upstream) => breaker.get(upstream),
    stopList: async () => stopList.all(),
    lastCommittedAt: async () => progress.lastCommittedAt(),
    check: async () => check(),
    close: async () => void db.close(),
  };
}

function earliest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
