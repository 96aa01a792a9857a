/**
 * Owns the copy of a database in use, and how a copy is proved: all of it is read, its keys are followed and its ledger is added up
 * anew, before anybody calls it a backup or puts it in the place of another.
 */

import { chmodSync, closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Instant } from '../../lib/clock.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { auditLedger } from './audit-ledger.ts';
import type { Db } from './connection.ts';
import { markAsCopy } from './copy-mark.ts';
import { asError } from './db-transaction.ts';
import { missingMigrations, ourMigrations } from './migrate.ts';
import { progressOf } from './progress.ts';

/** In one step: between two, another process may write, and then the copy would begin again, for ever under load. */
const ALL_PAGES = 0x7fff_ffff;

export interface CopyFacts {
  /** Null: nothing was ever turned. */
  readonly lastCommittedAt: Instant | null;
  readonly orders: number;
  /** Orders whose call waits, or is out. */
  readonly callsOut: number;
  /** A sentence each; the copy is what the original was. */
  readonly ledgerFaults: readonly string[];
}

/** To a new file, private, whole in itself and marked as a copy (copy-mark.ts). Rejects, with no copy left behind, when it cannot be made. */
export async function copyDatabase(db: Db, to: string): Promise<void> {
  closeSync(openSync(to, 'wx', 0o600));
  try {
    await db.backup(to, { progress: () => ALL_PAGES });
    chmodSync(to, 0o600);
    markAsCopy(to);
    sync(to);
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(to + suffix, { force: true });
    throw error;
  }
}

/** The error is a sentence: no database, not ours, of a newer program, or not sound. An older schema is no fault. */
export function verifyCopy(path: string): Result<CopyFacts, string> {
  let db: Db | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    const missing = missingMigrations(db, ourMigrations()).length;
    if (missing === ourMigrations().length) return err('it is empty');
    const broken = db.prepare<[], string>('PRAGMA integrity_check(1)').pluck().get();
    if (broken !== 'ok') return err(`it is damaged: ${broken ?? 'it does not answer'}`);
    const dangling = db.prepare('PRAGMA foreign_key_check').all().length;
    if (dangling > 0) return err(`it is damaged: ${dangling} rows point nowhere`);
    const count = (sql: string): number => db?.prepare<[], number>(sql).pluck().get() ?? 0;
    const hasLedger = count("SELECT count(*) FROM sqlite_schema WHERE name = 'transfer'") > 0;
    return ok({
      lastCommittedAt: progressOf(db).lastCommittedAt(),
      orders: count('SELECT count(*) FROM orders'),
      callsOut: count("SELECT count(*) FROM call WHERE state <> 'answered'"),
      ledgerFaults: hasLedger ? auditLedger(db).faults : [],
    });
  } catch (error) {
    return err(asError(error).message);
  } finally {
    db?.close();
  }
}

/** A file, or a folder with the names in it, is on the disk when this returns. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
