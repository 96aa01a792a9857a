/** Owns the key that seals what is secret in the database: from SECRET_KEY, or made once beside the database and kept with it. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';
import { randomToken } from './lib/random.ts';

/** 32 bytes. Throws when the file cannot be read or made: without it nothing that was sealed can be opened. */
export function secretKeyOf(config: Config): Uint8Array {
  return createHash('sha256')
    .update(config.secretKey ?? keyFromFile(config.databasePath))
    .digest();
}

function keyFromFile(databasePath: string): string {
  if (databasePath === ':memory:') return randomToken(32);
  const path = join(dirname(databasePath), 'secret.key');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  mkdirSync(dirname(path), { recursive: true });
  const key = randomToken(32);
  writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}
