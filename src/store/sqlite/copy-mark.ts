/**
 * Owns the mark by which a copy of a database knows that it is one: whoever works on it first must settle it. So a backup that a hand
 * put back without `jaza restore` makes no payment call a second time either.
 */

import Database from 'better-sqlite3';
import type { Db } from './connection.ts';

/** A closed copy of a database of ours; one without tables is left alone. */
export function markAsCopy(path: string): void {
  const copy = new Database(path);
  try {
    // One file, whole in itself: no write-ahead log that could be left behind.
    copy.pragma('journal_mode = DELETE');
    if (copy.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'progress'").get() === undefined) return;
    copy.exec("INSERT INTO progress (name, value) VALUES ('is_copy', 1) ON CONFLICT (name) DO NOTHING");
  } finally {
    copy.close();
  }
}

export function isCopy(db: Db): boolean {
  return db.prepare("SELECT 1 FROM progress WHERE name = 'is_copy'").get() !== undefined;
}

export function clearCopyMark(db: Db): void {
  db.exec("DELETE FROM progress WHERE name = 'is_copy'");
}
