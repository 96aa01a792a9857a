/** Shows what a copy of a database is, which copies are refused, and how one takes the place of another. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW, achieng, delivered, placed, welcomed } from '../../../test/contracts/store-world.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { copyDatabase, verifyCopy } from './back-up.ts';
import { connect } from './connection.ts';
import { lookInto } from './look.ts';
import { migrate, ourMigrations } from './migrate.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';
import { replaceDatabase, sinceThen } from './replace.ts';

let folder = '';
let path = '';
let to = '';
let store: SqliteStore;
const options = { clock: new ManualClock(NOW), log: silentLog, mayMigrate: true };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-back-up-'));
  path = join(folder, 'jaza.db');
  to = join(folder, 'copy.db');
  store = await openSqliteStore({ path, ...options });
  await welcomed(store, achieng);
  await delivered(store, await placed(store, achieng));
  await placed(store, achieng, { createdAt: NOW + 5 });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const copied = (): Promise<unknown> => lookInto(path, (db) => copyDatabase(db, to));

describe('a copy', () => {
  it('is whole, private and one file, made while the database is in use', async () => {
    await store.putSetting('a', '1');
    await copied();
    await store.putSetting('a', '2');
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db']);
    expect(verifyCopy(to)).toEqual({ ok: true, value: { lastCommittedAt: NOW + 5, orders: 2, callsOut: 1, ledgerFaults: [] } });
    expect(readdirSync(folder).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db']);
    const copy = await openSqliteStore({ path: to, ...options });
    expect(await copy.setting('a')).toBe('1');
    await copy.close();
  });

  it('never goes over a file, and none is left where it cannot be made', async () => {
    writeFileSync(to, 'mine');
    expect(await copied()).toMatchObject({ ok: false, error: expect.stringContaining('EEXIST') as string });
    expect(readFileSync(to, 'utf8')).toBe('mine');
    rmSync(to);
    const closed = new Database(path);
    closed.close();
    await expect(copyDatabase(closed, to)).rejects.toThrow('not open');
    expect(existsSync(to)).toBe(false);
  });

  it.each<[string, (copy: string) => void, RegExp]>([
    ['that is cut short', (copy) => writeFileSync(copy, readFileSync(copy).subarray(0, 200_000)), /damaged|malformed/],
    ['that has a page of zeroes', (copy) => writeFileSync(copy, zeroed(readFileSync(copy))), /damaged|malformed/],
    ['that is no database', (copy) => writeFileSync(copy, 'name,phone\n'.repeat(500)), /not a database/],
    ['that is empty', (copy) => writeFileSync(copy, ''), /it is empty/],
    ['that is not there', (copy) => rmSync(copy), /unable to open/],
    ['whose rows point nowhere', (copy) => change(copy, 'DELETE FROM phone'), /point nowhere/],
    ['of somebody else', (copy) => change(copy, 'DROP TABLE migration'), /not one of ours/],
    ['of a newer program', (copy) => change(copy, "INSERT INTO migration VALUES (99, '0099_later', '', 0)"), /newer version/],
  ])('%s is refused', async (_, harm, why) => {
    await copied();
    harm(to);
    const found = verifyCopy(to);
    expect(found.ok ? 'sound' : found.error).toMatch(why);
  });

  it('of a database whose ledger is wrong says what is wrong', async () => {
    await copied();
    change(to, "DROP TRIGGER account_by_transfer; UPDATE account SET balance = 5 WHERE id = 'sold:airtime'");
    const found = verifyCopy(to);
    expect(found.ok && found.value.ledgerFaults[0]).toBe('account sold:airtime says 5, its transfers say 100000');
  });

  it('of an older version is good: it is made before the update', async () => {
    const older = join(folder, 'older.db');
    const db = connect({ path: older });
    migrate(db, ourMigrations().slice(0, 1), options);
    db.close();
    expect(await lookInto(older, () => 'looked')).toMatchObject({
      ok: false,
      error: expect.stringContaining('start the server once') as string,
    });
    expect((await lookInto(older, (one) => copyDatabase(one, to), { older: true })).ok).toBe(true);
    expect(verifyCopy(to)).toEqual({ ok: true, value: { lastCommittedAt: null, orders: 0, callsOut: 0, ledgerFaults: [] } });
  });
});

function zeroed(bytes: Buffer): Buffer {
  return bytes.fill(0, 4096 * 3, 4096 * 12);
}

function change(file: string, sql: string): void {
  const db = new Database(file);
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

describe('in the place of another', () => {
  const keepIn = (): string => join(folder, 'kept');
  const setting = (file: string): unknown => {
    const db = new Database(file);
    try {
      return db.prepare("SELECT value FROM setting WHERE key = 'a'").pluck().get();
    } finally {
      db.close();
    }
  };

  it('the copy is the database, and the one before is kept with all that was in its log', async () => {
    await store.putSetting('a', 'copied');
    await copied();
    await store.putSetting('a', 'later');
    // A process that was killed leaves its log behind; another connection keeps it from being folded in.
    const reader = new Database(path, { readonly: true });
    reader.prepare('SELECT 1 FROM setting').get();
    await store.close();
    reader.close();
    expect(replaceDatabase(path, to, keepIn())).toBe(keepIn());
    expect([setting(path), setting(join(keepIn(), 'jaza.db'))]).toEqual(['copied', 'later']);
    expect(existsSync(to)).toBe(false);
  });

  it('a broken one is kept as it is, and its log is not taken for the new one’s', async () => {
    await copied();
    await store.close();
    writeFileSync(path, 'rubbish');
    writeFileSync(`${path}-wal`, 'more rubbish');
    replaceDatabase(path, to, keepIn());
    expect(readFileSync(join(keepIn(), 'jaza.db'), 'utf8')).toBe('rubbish');
    expect(readFileSync(join(keepIn(), 'jaza.db-wal'), 'utf8')).toBe('more rubbish');
    expect(readdirSync(folder).sort()).toEqual(['jaza.db', 'kept']);
    expect(verifyCopy(path).ok).toBe(true);
  });

  it('of none there is nothing to keep', async () => {
    await copied();
    await store.close();
    rmSync(path);
    expect(replaceDatabase(path, to, keepIn())).toBeNull();
    expect(existsSync(keepIn())).toBe(false);
    expect(verifyCopy(path).ok).toBe(true);
  });

  it.each<[string, number | null, number | null]>([
    ['before all', null, 2],
    ['between the orders', NOW + 2, 1],
    ['at the last instant', NOW + 5, null],
    ['later', NOW + 9, null],
  ])('what is newer is counted, %s', (_, instant, orders) => {
    expect(sinceThen(path, instant)?.orders ?? null).toBe(orders);
  });

  it('what cannot be read, is not there or never began is not newer', async () => {
    expect(sinceThen(join(folder, 'none.db'), null)).toBeNull();
    writeFileSync(to, 'rubbish');
    expect(sinceThen(to, null)).toBeNull();
    const fresh = await openSqliteStore({ path: join(folder, 'fresh.db'), ...options });
    expect(sinceThen(join(folder, 'fresh.db'), null)).toBeNull();
    await fresh.close();
  });
});
