/**
 * Owns the role of the one process that turns and performs: an exclusive lock on a file beside the database. The operating
 * system frees it with the process, also when it is killed.
 */

import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
      const message = `${path} is held by another process: stop it first${holderOf(lockPath)}, or use another DATABASE_URL`;
      return err({ kind: 'held', message });
    }
    throw error;
  }
  noteHolder(lockPath);
  return ok({
    release: () => {
      rmSync(holderPath(lockPath), { force: true });
      lock.close();
    },
  });
}

const holderPath = (lockPath: string): string => `${lockPath}.pid`;

/** Only to be named to whoever is in its way: the lock itself is the system's. */
function noteHolder(lockPath: string): void {
  try {
    writeFileSync(holderPath(lockPath), `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not keep us from the role.
  }
}

function holderOf(lockPath: string): string {
  try {
    const pid = readFileSync(holderPath(lockPath), 'utf8').trim();
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}

/** Whether a process holds the role now; looks at the lock and makes nothing. */
export function isRoleHeld(path: string): boolean {
  const lockPath = `${path}.lock`;
  if (path === IN_MEMORY || !existsSync(lockPath)) return false;
  const lock = new Database(lockPath, { readonly: true, timeout: 0 });
  try {
    lock.exec('SELECT count(*) FROM sqlite_master');
    return false;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    lock.close();
  }
}
