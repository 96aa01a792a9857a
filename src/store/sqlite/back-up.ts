/** Owns the copy of a database in use: made page by page beside the writer, then read through before it is called a backup. */

import { chmodSync, closeSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Db } from './connection.ts';

/** `to` must not exist. Rejects, with no copy left behind, when it cannot be made or is not sound. */
export async function backUp(db: Db, to: string): Promise<void> {
  closeSync(openSync(to, 'wx', 0o600));
  try {
    await db.backup(to);
    chmodSync(to, 0o600);
    const copy = new Database(to, { readonly: true });
    try {
      const found = copy.prepare<[], string>('PRAGMA integrity_check(1)').pluck().get();
      if (found !== 'ok') throw new Error(`the copy is not sound: ${found ?? 'it does not answer'}`);
    } finally {
      copy.close();
    }
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  }
}
