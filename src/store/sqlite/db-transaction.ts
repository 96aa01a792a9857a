/**
 * Owns the frame around every group of statements: one prepared BEGIN and COMMIT, and a rollback that knows that SQLite may
 * have rolled back by itself already. Also owns which errors mean "the database cannot write now".
 */

import Database from 'better-sqlite3';
import type { Db } from './connection.ts';

export interface DbTransactions {
  /** All of `work` or nothing, synced to disk on return. Throws what `work` or the database threw, with nothing written. */
  write<T>(work: () => T): T;
  /** One consistent view for all reads in `work`. */
  read<T>(work: () => T): T;
}

export function dbTransactions(db: Db): DbTransactions {
  // IMMEDIATE: a lock that is taken in the middle could not be waited for.
  const beginWrite = db.prepare('BEGIN IMMEDIATE');
  const beginRead = db.prepare('BEGIN DEFERRED');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const within = <T>(begin: Database.Statement, work: () => T): T => {
    begin.run();
    try {
      const value = work();
      commit.run();
      return value;
    } catch (error) {
      if (db.inTransaction) rollback.run();
      throw error;
    }
  };
  return { write: (work) => within(beginWrite, work), read: (work) => within(beginRead, work) };
}

const CANNOT_WRITE =
  /^SQLITE_(FULL|IOERR|NOMEM|BUSY|LOCKED|READONLY|CORRUPT|CANTOPEN|NOTADB|PROTOCOL|INTERRUPT|PERM|AUTH|ABORT_ROLLBACK|SCHEMA)/;

/** True: no fault of one turn, the database refuses everybody (full, busy, broken, closed). */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Database.SqliteError) return CANNOT_WRITE.test(error.code);
  return error instanceof TypeError && error.message === 'The database connection is not open';
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
