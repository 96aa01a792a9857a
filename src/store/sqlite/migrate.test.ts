/** Shows which files are brought to our schema, which are refused, and that nothing is lost on the way. */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { connect, type Db } from './connection.ts';
import { migrate, ourMigrations, type Migration } from './migrate.ts';

const first: Migration = { name: '0001_first', sql: 'CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT; INSERT INTO a VALUES (1)' };
const second: Migration = {
  name: '0002_second',
  sql: 'CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT; INSERT INTO b VALUES (1)',
};

let folder = '';
let db: Db;
const options = { clock: new ManualClock(1_000), log: silentLog, mayMigrate: true };
const bring = (...migrations: Migration[]): void => migrate(db, migrations, options);
const tables = (): unknown[] => db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
const backups = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.bak'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-migrate-'));
  db = connect({ path: join(folder, 'jaza.db') });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('migrating', () => {
  it('applies what is missing, in order, once', () => {
    bring(first);
    bring(first, second);
    bring(first, second);
    expect(tables()).toEqual(['a', 'b', 'migration']);
    expect(db.prepare('SELECT name, applied_at FROM migration ORDER BY position').raw().all()).toEqual([
      ['0001_first', 1_000],
      ['0002_second', 1_000],
    ]);
  });

  it('copies a file with data before it touches it, and no empty one', () => {
    bring(first);
    expect(backups()).toEqual([]);
    bring(first, second);
    const [name = '', ...more] = backups();
    expect(more).toEqual([]);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const copy = connect({ path: join(folder, name) });
    expect(copy.prepare('SELECT count(*) FROM a').pluck().get()).toBe(1);
    expect(() => copy.prepare('SELECT count(*) FROM b')).toThrow('no such table');
    copy.close();
  });

  it('refuses a database of a newer program', () => {
    bring(first, second);
    expect(() => bring(first)).toThrow('written by a newer version');
  });

  it.each([
    ['of another name', { ...first, name: '0001_other' }],
    ['changed since', { ...first, sql: `${first.sql}; SELECT 1` }],
  ])('refuses a database whose migration is %s', (_, other) => {
    bring(first);
    expect(() => bring(other, second)).toThrow('not the one that this program has');
    expect(tables()).toEqual(['a', 'migration']);
    expect(backups()).toEqual([]);
  });

  it('refuses a migration that slipped in before one that was applied', () => {
    bring(first);
    expect(() => bring({ name: '0000_earlier', sql: 'SELECT 1' }, first)).toThrow('not the one');
  });

  it('refuses a database that is not ours', () => {
    db.exec('CREATE TABLE somebody (id INTEGER)');
    expect(() => bring(first)).toThrow('not one of ours');
    expect(tables()).toEqual(['somebody']);
  });

  it.each([
    ['breaks half way', 'CREATE TABLE c (id INTEGER) STRICT; CREATE TABLE c (id INTEGER) STRICT', 'already exists'],
    ['leaves rows that point nowhere', 'CREATE TABLE c (a INTEGER REFERENCES a (id)); INSERT INTO c VALUES (9)', 'point nowhere'],
  ])('undoes a migration that %s', (_, sql, message) => {
    bring(first);
    expect(() => bring(first, { name: '0002_bad', sql })).toThrow(message);
    expect(tables()).toEqual(['a', 'migration']);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    bring(first, second);
    expect(tables()).toEqual(['a', 'b', 'migration']);
  });

  it('may rebuild a table that others point to', () => {
    const rebuild =
      'CREATE TABLE n (id INTEGER PRIMARY KEY) STRICT; INSERT INTO n SELECT id FROM a; DROP TABLE a; ALTER TABLE n RENAME TO a';
    bring(first, second);
    bring(first, second, { name: '0003_rebuild', sql: rebuild });
    expect(db.prepare('SELECT a FROM b').pluck().all()).toEqual([1]);
  });

  it('only looks, when it may not migrate', () => {
    expect(() => migrate(db, [first], { ...options, mayMigrate: false })).toThrow('start the server once');
    expect(tables()).toEqual([]);
    bring(first);
    expect(() => migrate(db, [first], { ...options, mayMigrate: false })).not.toThrow();
  });

  it('fails when the program came without its migrations', () => {
    expect(() => ourMigrations(pathToFileURL(`${folder}/`))).toThrow('missing from the program');
    expect(ourMigrations()[0]?.name).toBe('0001_first');
  });
});
