/** Owns the way in for whoever only looks: a read-only connection beside a running server. */

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../lib/result.ts';
import { IN_MEMORY, type Db } from './connection.ts';
import { asError } from './db-transaction.ts';
import { missingMigrations, ourMigrations } from './migrate.ts';

/**
 * Gives what `look` gives. The error is a sentence for the operator: no such file, no database of ours, one of a newer program, or one
 * that was not brought up to date, unless `older` will do.
 */
export async function lookInto<T>(
  path: string,
  look: (db: Db) => T | Promise<T>,
  { older = false } = {},
): Promise<Result<T, string>> {
  if (path === IN_MEMORY) return err('The database is in memory and ends with its process: set DATABASE_URL to a file.');
  if (!existsSync(path)) return err(`There is no database ${path}: set DATABASE_URL, or start the server once to make it.`);
  let db: Db | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    const missing = missingMigrations(db, ourMigrations());
    if (missing.length > 0 && !older)
      return err(`The database ${path} is of an older version: start the server once to bring it up to date.`);
    return ok(await look(db));
  } catch (error) {
    return err(`The database ${path} cannot be read: ${asError(error).message}`);
  } finally {
    db?.close();
  }
}
