/** Shows that every connection is safe to acknowledge on, and that a file is private and a database before it is used. */

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertDurable, connect } from './connection.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-connection-'));
  path = join(folder, 'jaza.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a connection', () => {
  it.each(['new', 'opened before'])('syncs every commit of a file, %s', (age) => {
    if (age === 'opened before') connect({ path }).close();
    const db = connect({ path });
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    db.exec('CREATE TABLE IF NOT EXISTS t (a INTEGER) STRICT; INSERT INTO t VALUES (1)');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(db.pragma('recursive_triggers', { simple: true })).toBe(1);
    db.close();
  });

  it.each(['synchronous = NORMAL', 'foreign_keys = OFF', 'recursive_triggers = OFF', 'journal_mode = DELETE'])(
    'is refused with %s',
    (pragma) => {
      const db = connect({ path });
      expect(() => assertDurable(db, false)).not.toThrow();
      db.pragma(pragma);
      expect(() => assertDurable(db, false)).toThrow('not safe to use');
      db.close();
    },
  );

  it('makes files that only their owner can read', () => {
    const db = connect({ path });
    db.exec('CREATE TABLE t (a INTEGER) STRICT');
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
    db.close();
  });

  it('refuses a file that is no database, and leaves it as it was', () => {
    writeFileSync(path, 'name,phone\n'.repeat(500));
    expect(() => connect({ path })).toThrow('not a database');
    expect(statSync(path).size).toBe(11 * 500);
  });

  it('refuses a folder that does not exist', () => {
    expect(() => connect({ path: join(folder, 'none', 'jaza.db') })).toThrow('ENOENT');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('opens an image of a database in memory', () => {
    const db = connect({ path: ':memory:' });
    db.exec('CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7)');
    const copy = connect({ path: ':memory:', image: db.serialize() });
    expect(copy.prepare('SELECT a FROM t').pluck().get()).toBe(7);
    db.close();
    copy.close();
  });
});
