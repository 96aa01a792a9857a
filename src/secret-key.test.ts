/** Shows where the sealing key comes from, that it is made once and privately, and that a damaged one is never taken for a key. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { secretKeyOf, secretKeyPath } from './secret-key.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'jaza-key-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');
const settings = (secretKey: string | null = null) => ({ secretKey, databasePath: join(folder, 'data', 'jaza.db') });
const file = (): string => join(folder, 'data', 'secret.key');

it('comes from the environment, and then no file is made', () => {
  expect(secretKeyOf(settings('a'.repeat(22)))).toHaveLength(32);
  expect(hex(secretKeyOf(settings('a'.repeat(22))))).not.toBe(hex(secretKeyOf(settings('b'.repeat(22)))));
  expect(readdirSync(folder)).toEqual([]);
  expect(secretKeyPath(settings('a'.repeat(22)))).toBeNull();
});

it('is made once beside the database, for its owner alone', () => {
  const made = hex(secretKeyOf(settings()));
  expect(secretKeyPath(settings())).toBe(file());
  expect(readdirSync(join(folder, 'data'))).toEqual(['secret.key']);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readFileSync(file(), 'utf8').trim()).toHaveLength(43);
  expect(hex(secretKeyOf(settings()))).toBe(made);
});

it.each(['', '\n', 'short'])('is not taken from a file that holds %j', (content) => {
  secretKeyOf(settings());
  writeFileSync(file(), content);
  expect(() => secretKeyOf(settings())).toThrow('holds no key. Bring it back from a backup');
  expect(readFileSync(file(), 'utf8')).toBe(content);
});

it('of a database in memory is another one each time, and in no file', () => {
  const inMemory = { secretKey: null, databasePath: ':memory:' };
  expect(hex(secretKeyOf(inMemory))).not.toBe(hex(secretKeyOf(inMemory)));
  expect(secretKeyPath(inMemory)).toBeNull();
});
