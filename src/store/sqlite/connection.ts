/**
 * Owns how a database file is opened: private to its owner, WAL, and every commit synced to disk. Refuses to hand out a connection
 * that is not so: better-sqlite3 lowers `synchronous` by itself in WAL, which loses acknowledged commits in a power cut.
 */

import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';

export type Db = Database.Database;

export const IN_MEMORY = ':memory:';
/** How long a statement waits, blocking everything, for another process that holds the file. */
const BUSY_TIMEOUT_MS = 1_000;

const FULL = 2;
/** Bytes. */
const LOG_SIZE_LIMIT = 64 * 1024 * 1024;

export interface ConnectionOptions {
  /** A file whose folder exists, or `:memory:`. */
  readonly path: string;
  readonly busyTimeoutMs?: number;
  /** In place of a file: a database as `serialize()` gave it. */
  readonly image?: Buffer;
}

/** Throws when the file cannot be opened, is no database, or does not take the settings that durability rests on. */
export function connect({ path, busyTimeoutMs = BUSY_TIMEOUT_MS, image }: ConnectionOptions): Db {
  const inMemory = path === IN_MEMORY;
  if (!inMemory) createPrivately(path);
  const db = new Database(image ?? path, { timeout: busyTimeoutMs });
  try {
    if (!inMemory) db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    // The log may have grown while a backup was read; it gives the disk back at its next checkpoint.
    db.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT}`);
    // Without it, INSERT OR REPLACE would slip past the triggers of append-only tables.
    db.pragma('recursive_triggers = ON');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    assertDurable(db, inMemory);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws unless the connection, as it is now, loses nothing that it acknowledged. */
export function assertDurable(db: Db, inMemory: boolean): void {
  const expected: readonly [string, unknown][] = [
    ['synchronous', FULL],
    ['foreign_keys', 1],
    ['recursive_triggers', 1],
    ['journal_mode', inMemory ? 'memory' : 'wal'],
  ];
  for (const [pragma, value] of expected) {
    const found = db.pragma(pragma, { simple: true });
    if (found !== value) throw new Error(`the database is not safe to use: ${pragma} is ${String(found)}, not ${String(value)}`);
  }
}

/** -wal and -shm take their mode from the file. */
function createPrivately(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}
