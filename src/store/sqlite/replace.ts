/** Owns the moment in which one database file takes the place of another. What was there is kept, whole, in a folder beside it. */

import { constants, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Instant } from '../../lib/clock.ts';
import { sync } from './back-up.ts';
import { progressOf } from './progress.ts';

/**
 * `next` is a closed database in the same folder. At every moment `path` is the old database or the new one, never none. The caller
 * holds the role. Returns where the old one is kept, or null when there was none.
 */
export function replaceDatabase(path: string, next: string, keepIn: string): string | null {
  const existed = existsSync(path);
  if (existed) keep(path, keepIn);
  sync(next);
  renameSync(next, path);
  sync(dirname(path));
  return existed ? keepIn : null;
}

export interface Newer {
  readonly lastCommittedAt: Instant;
  /** Made or moved after the instant that was asked about. */
  readonly orders: number;
}

/** What is in the database after `instant`. Null: nothing, or no database, or one that is too broken to tell. */
export function sinceThen(path: string, instant: Instant | null): Newer | null {
  if (!existsSync(path)) return null;
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const lastCommittedAt = progressOf(db).lastCommittedAt();
      if (lastCommittedAt === null || (instant !== null && lastCommittedAt <= instant)) return null;
      const orders = db.prepare<[Instant], number>('SELECT count(*) FROM orders WHERE changed_at > ?').pluck();
      return { lastCommittedAt, orders: orders.get(instant ?? -1) ?? 0 };
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

function keep(path: string, keepIn: string): void {
  mkdirSync(keepIn, { recursive: true, mode: 0o700 });
  const kept = join(keepIn, basename(path));
  linkOrCopy(path, kept);
  if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${kept}-wal`);
  sync(keepIn);
  fold(path);
  // What could not be folded in is kept; beside the new database it would be taken for its own.
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** Brings the write-ahead log into the file, so that it is whole until the new one takes its place. A broken one stays broken. */
function fold(path: string): void {
  let busy: unknown;
  try {
    const db = new Database(path);
    try {
      busy = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').pluck().get();
    } finally {
      db.close();
    }
  } catch {
    return;
  }
  if (busy === 1) throw new Error('another process is reading the database; try again when it has ended');
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    sync(to);
  }
}
