/**
 * Owns the database of a history: the real store in memory. Opening one costs more than a whole history, so one is wiped and used
 * again; a cold restart opens the image of what was committed, as a process does that finds the file of a dead one.
 */

import type { Clock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { ourMigrations, type Migration } from '../store/sqlite/migrate.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts';

export interface Disk {
  readonly store: SqliteStore;
  /** Opens what was committed in a database of its own; the old one is gone. */
  reopen(): Promise<void>;
}

export interface DiskPool {
  /** An empty database, at `clock`. The disk handed out before must not be used any more. */
  take(clock: Clock): Promise<Disk>;
  close(): Promise<void>;
}

export async function openDiskPool(): Promise<DiskPool> {
  let current: Clock = { now: () => 0, after: () => () => undefined };
  const clock: Clock = { now: () => current.now(), after: (delayMs, task) => current.after(delayMs, task) };
  const options = { path: ':memory:', clock, log: silentLog };
  let store = await openSqliteStore({ ...options, migrations: ourMigrations().map(wipeable) });
  const initial = progressOf(store);
  let wipe = wiper(store, initial);
  const disk: Disk = {
    get store() {
      return store;
    },
    async reopen() {
      const image = store.db.serialize();
      await store.close();
      store = await openSqliteStore({ ...options, image, migrations: ourMigrations().map(wipeable) });
      wipe = wiper(store, initial);
    },
  };
  return {
    take(atClock) {
      current = atClock;
      wipe();
      return Promise.resolve(disk);
    },
    close: () => store.close(),
  };
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
