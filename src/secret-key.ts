/** Owns the key that seals what is secret in the database: from SECRET_KEY, or made once beside the database and kept with it. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';
import { randomToken } from './lib/random.ts';

/** As many characters as 128 bits take in base64. */
const LEAST_LENGTH = 22;

type Settings = Pick<Config, 'secretKey' | 'databasePath'>;

/** 32 bytes. Throws when the file cannot be read or made: without it nothing that was sealed can be opened. */
export function secretKeyOf({ secretKey, databasePath }: Settings): Uint8Array {
  return createHash('sha256')
    .update(secretKey ?? keyFromFile(databasePath))
    .digest();
}

/** Where the key lies; null: it is in the environment, or in no file because the database is in none either. */
export function secretKeyPath({ secretKey, databasePath }: Settings): string | null {
  return secretKey !== null || databasePath === ':memory:' ? null : join(dirname(databasePath), 'secret.key');
}

/** Where a restore keeps the key of a backup until the database of that backup is in place; beside it waits the database. */
export const awaitingKey = (keyPath: string): string => `${keyPath}.restoring`;
export const awaitingDatabase = (databasePath: string): string => `${databasePath}.restoring`;

/** A restore ended between the database and its key: a sentence for the operator, or null. */
export function brokenOffRestore(settings: Settings): string | null {
  const key = secretKeyPath(settings);
  // While the database waits, too, nothing was put in place: the old key is the right one.
  if (key === null || !existsSync(awaitingKey(key)) || existsSync(awaitingDatabase(settings.databasePath))) return null;
  return `A restore broke off: the database is in place, its key is not. Put it there: mv ${awaitingKey(key)} ${key}`;
}

function keyFromFile(databasePath: string): string {
  const path = secretKeyPath({ secretKey: null, databasePath });
  if (path === null) return randomToken(32);
  return existsSync(path) ? keyIn(path) : makeKey(path);
}

function keyIn(path: string): string {
  const key = readFileSync(path, 'utf8').trim();
  if (key.length >= LEAST_LENGTH) return key;
  throw new Error(`${noKey(path)}.`);
}

const noKey = (path: string): string =>
  `${path} holds no key. Bring it back from a backup. If there is none, delete the file: a new key is made, and WhatsApp must be linked again`;

/** For whoever only looks: why a file that is there and can be read gives no key; null: it gives one, or is not there to be read. */
export function whyNoKey(path: string): string | null {
  try {
    keyIn(path);
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? null : noKey(path);
  }
}

/** Written aside and then moved, so that a crash or a full disk leaves no half of a key. */
function makeKey(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const key = randomToken(32);
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${key}\n`, { mode: 0o600, flush: true });
  renameSync(aside, path);
  return key;
}
