/** Owns the way in for whoever only looks: a read-only connection beside a running server, to a file of the program's own schema. */

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { silentLog } from '../../lib/log.ts';
import { systemClock } from '../../lib/clock.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { IN_MEMORY, type Db } from './connection.ts';
import { asError } from './db-transaction.ts';
import { migrate, ourMigrations } from './migrate.ts';

/** Gives what `look` gives. The error is a sentence for the operator: no such file, no database of ours, or of another version. */
export async function lookInto<T>(path: string, look: (db: Db) => T | Promise<T>): Promise<Result<T, string>> {
  if (path === IN_MEMORY) return err('The database is in memory and ends with its process: set DATABASE_URL to a file.');
  if (!existsSync(path)) return err(`There is no database ${path}: set DATABASE_URL, or start the server once to make it.`);
  let db: Db | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    migrate(db, ourMigrations(), { clock: systemClock, log: silentLog, mayMigrate: false });
    return ok(await look(db));
  } catch (error) {
    return err(`The database ${path} cannot be read: ${asError(error).message}`);
  } finally {
    db?.close();
  }
}
