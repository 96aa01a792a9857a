/**
 * Owns the step from the schema that a file has to the one this program needs. Migrations are hand-written SQL, applied in order,
 * each in a database transaction of its own and remembered with its hash. Refuses, loudly, a file that is newer than the program
 * or whose applied migrations differ from ours; a file with data is copied beside itself first.
 */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { paymentKey } from '../../domain/payment-key.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { IN_MEMORY, type Db } from './connection.ts';
import { markAsCopy } from './copy-mark.ts';
import { dbTransactions } from './db-transaction.ts';

export interface Migration {
  /** `0001_first`: applied in the order of the names. */
  readonly name: string;
  readonly sql: string;
}

export interface MigrateOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly mayMigrate: boolean;
  /** False, where the file is a copy itself. True by default: a file with data is copied beside itself first. */
  readonly copiesFirst?: boolean;
}

interface Applied {
  readonly name: string;
  readonly sha256: string;
}

const OWN_TABLE = `CREATE TABLE IF NOT EXISTS migration (
  position INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`;

/** The migrations that came with the program; a build copies them beside this file. Throws when there are none. */
export function ourMigrations(folder: URL = new URL('./migrations/', import.meta.url)): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}_[a-z0-9-]+\.sql$/.test(name));
  if (names.length === 0) throw new Error('the migrations of the database are missing from the program');
  return names.sort().map((name) => ({ name: name.replace(/\.sql$/, ''), sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/** Throws, with nothing changed but the backup made, when the file cannot be brought to the program's schema. */
export function migrate(db: Db, migrations: readonly Migration[], options: MigrateOptions): void {
  const { clock, log, mayMigrate, copiesFirst = true } = options;
  const missing = missingMigrations(db, migrations);
  if (missing.length === 0) return;
  if (!mayMigrate)
    throw new Error(`the database lacks ${missing.length} migrations: start the server once to bring it up to date`);
  if (copiesFirst && missing.length < migrations.length) backUp(db, missing[0]?.name ?? '', clock, log);
  // What a migration needs of the program's own rules.
  db.function('payment_key', { deterministic: true }, (method: string, reference: string) => paymentKey(method, reference));
  // A table that is rebuilt is dropped in between; every migration is checked for dangling rows at its end.
  db.pragma('foreign_keys = OFF');
  try {
    for (const migration of missing) apply(db, migration, migrations, clock, log);
  } finally {
    db.pragma('foreign_keys = ON');
  }
}

function apply(db: Db, migration: Migration, migrations: readonly Migration[], clock: Clock, log: Log): void {
  dbTransactions(db).write(() => {
    // Another process may have been faster between our look and our lock.
    if (!missingMigrations(db, migrations).includes(migration)) return;
    db.exec(OWN_TABLE);
    db.exec(migration.sql);
    assertNoDanglingKeys(db, migration);
    db.prepare('INSERT INTO migration (name, sha256, applied_at) VALUES (?, ?, ?)').run(
      migration.name,
      hashOf(migration.sql),
      clock.now(),
    );
  });
  log.info({ migration: migration.name }, 'database migrated');
}

/** Throws when the file is not ours, or has migrations that this program does not know. */
export function missingMigrations(db: Db, migrations: readonly Migration[]): readonly Migration[] {
  const applied = appliedMigrations(db);
  if (applied.length > migrations.length) {
    throw new Error(
      `the database has ${applied.length} migrations, this program knows ${migrations.length}: it was written by a newer version`,
    );
  }
  applied.forEach((one, position) => {
    const ours = migrations[position];
    if (ours === undefined || ours.name !== one.name || hashOf(ours.sql) !== one.sha256) {
      throw new Error(`migration ${position + 1} of the database is ${one.name}, and not the one that this program has`);
    }
  });
  return migrations.slice(applied.length);
}

function appliedMigrations(db: Db): readonly Applied[] {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").pluck().all();
  if (tables.length === 0) return [];
  if (!tables.includes('migration'))
    throw new Error('the file is a database, but not one of ours: it has tables we did not make');
  return db.prepare<[], Applied>('SELECT name, sha256 FROM migration ORDER BY position').all();
}

function assertNoDanglingKeys(db: Db, migration: Migration): void {
  const dangling = db.prepare('PRAGMA foreign_key_check').all();
  if (dangling.length > 0) throw new Error(`migration ${migration.name} leaves ${dangling.length} rows that point nowhere`);
}

function backUp(db: Db, before: string, clock: Clock, log: Log): void {
  if (db.name === IN_MEMORY || db.memory) return;
  const copy = `${db.name}.before-${before}-${clock.now()}.bak`;
  closeSync(openSync(copy, 'wx', 0o600));
  db.prepare('VACUUM INTO ?').run(copy);
  markAsCopy(copy);
  log.info({ copy }, 'database backed up before its migration');
}

function hashOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}
