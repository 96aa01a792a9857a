/**
 * Owns the database of a history: the real store in memory. Opening one costs more than a whole history, so one is wiped and used
 * again; a cold restart opens the image of what was committed, as a process does that finds the file of a dead one.
 */

import type { WalletAt } from '../domain/wallet-owner.ts';
import type { Clock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { needsOf } from '../services/needs-of.ts';
import { ourMigrations, type Migration } from '../store/sqlite/migrate.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts';
import { FLOWS } from '../wiring.ts';

export interface Disk {
  readonly store: SqliteStore;
  /** Opens what was committed in a database of its own; the old one is gone. */
  reopen(): Promise<void>;
}

export interface DiskPool {
  /** An empty database, at `clock`, of a program whose wallets are kept there. The disk handed out before must not be used any more. */
  take(clock: Clock, walletsAt: WalletAt): Promise<Disk>;
  close(): Promise<void>;
}

export async function openDiskPool(): Promise<DiskPool> {
  let current: Clock = { now: () => 0, after: () => () => undefined };
  const clock: Clock = { now: () => current.now(), after: (delayMs, task) => current.after(delayMs, task) };
  const options = { path: ':memory:', clock, log: silentLog };
  const open = async (walletsAt: WalletAt, image?: Buffer): Promise<Opened> => {
    const store = await openSqliteStore({
      ...options,
      walletsAt,
      needsOf: (session) => needsOf(session, FLOWS),
      ...(image && { image }),
      migrations: ourMigrations().map(wipeable),
    });
    return { store, wipe: wiper(store, (initial ??= progressOf(store))) };
  };
  let initial: readonly Progress[] | null = null;
  let at: WalletAt = 'own';
  let now = await open(at);
  const opened = new Map<WalletAt, Opened>([[at, now]]);
  const disk: Disk = {
    get store() {
      return now.store;
    },
    async reopen() {
      const image = now.store.db.serialize();
      await now.store.close();
      opened.set(at, (now = await open(at, image)));
    },
  };
  return {
    async take(atClock, walletsAt) {
      at = walletsAt;
      now = opened.get(at) ?? (await open(at));
      opened.set(at, now);
      current = atClock;
      now.wipe();
      return disk;
    },
    async close() {
      for (const { store } of opened.values()) await store.close();
    },
  };
}

interface Opened {
  readonly store: SqliteStore;
  readonly wipe: () => void;
}

const WIPING = "SELECT 1 FROM progress WHERE name = 'wiping'";

/** The same schema, whose append-only tables can be emptied between two histories, and at no other time. */
function wipeable({ name, sql }: Migration): Migration {
  return { name, sql: sql.replaceAll(/(BEFORE DELETE ON \w+)\s+BEGIN/g, `$1 WHEN NOT EXISTS (${WIPING}) BEGIN`) };
}

interface Progress {
  readonly name: string;
  readonly value: number;
}

function progressOf({ db }: SqliteStore): readonly Progress[] {
  return db.prepare<[], Progress>('SELECT name, value FROM progress').all();
}

/** Empties every table, whatever tables there are, and puts back the rows that the schema came with. */
function wiper({ db }: SqliteStore, initial: readonly Progress[]): () => void {
  const mark = db.prepare("INSERT INTO progress (name, value) VALUES ('wiping', 1)");
  const empty = tablesInOrder(db).map((table) => db.prepare(`DELETE FROM "${table}"`));
  const unmark = db.prepare('DELETE FROM progress');
  const insert = db.prepare<[string, number]>('INSERT INTO progress (name, value) VALUES (?, ?)');
  return db.transaction(() => {
    mark.run();
    for (const statement of empty) statement.run();
    unmark.run();
    for (const { name, value } of initial) insert.run(name, value);
  });
}

const KEPT = new Set(['migration', 'progress']);

/** Tables that point to others come before those. */
function tablesInOrder(db: SqliteStore['db']): string[] {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const targets = new Map(
    tables
      .filter((table) => !KEPT.has(table))
      .map((table) => [table, db.prepare<[string], string>('SELECT "table" FROM pragma_foreign_key_list(?)').pluck().all(table)]),
  );
  const ordered: string[] = [];
  while (targets.size > 0) {
    const pointedAt = new Set([...targets].flatMap(([table, to]) => to.filter((target) => target !== table)));
    const free = [...targets.keys()].filter((table) => !pointedAt.has(table));
    if (free.length === 0) throw new Error('invariant broken: the tables point at each other in a circle');
    for (const table of free) targets.delete(table);
    ordered.push(...free);
  }
  return ordered;
}
