/**
 * Owns the role of the one process that turns and performs: an exclusive lock on a file beside the database. The operating
 * system frees it with the process, also when it is killed.
 */

import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../lib/result.ts';
import { IN_MEMORY } from './connection.ts';

export interface Role {
  release(): void;
}

export interface RoleHeld {
  readonly kind: 'held';
  readonly message: string;
}

/** To be taken before the database is opened for writing. Throws when the lock file cannot be made; `:memory:` needs no role. */
export function acquireRole(path: string): Result<Role, RoleHeld> {
  if (path === IN_MEMORY) return ok({ release: () => undefined });
  const lockPath = `${path}.lock`;
  if (!existsSync(lockPath)) closeSync(openSync(lockPath, 'a', 0o600));
  const lock = new Database(lockPath, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      return err({ kind: 'held', message: `${path} is held by another process: stop it first, or use another DATABASE_URL` });
    }
    throw error;
  }
  return ok({ release: () => void lock.close() });
}
