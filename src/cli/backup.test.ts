/** Shows what a backup holds and a restore brings back, and that whatever cannot be done changes nothing and says the next step. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW, achieng, commit, delivered, message, placed, welcomed } from '../../test/contracts/store-world.ts';
import { parseConfig } from '../config.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { openCore } from '../main.ts';
import { brokenOffRestore } from '../secret-key.ts';
import { connect } from '../store/sqlite/connection.ts';
import { isCopy } from '../store/sqlite/copy-mark.ts';
import { migrate, ourMigrations } from '../store/sqlite/migrate.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts';
import { acquireRole } from '../store/sqlite/role.ts';
import { backUp } from './backup.ts';
import { checkLedger } from './ledger.ts';
import { restore } from './restore.ts';

const LATER = NOW + 3_600_000;

let folder = '';
const data = (...names: string[]): string => join(folder, 'data', ...names);
const kept = (secretKey: string | null = null) => ({ databasePath: data('jaza.db'), secretKey });
const open = (): Promise<SqliteStore> => openSqliteStore({ path: data('jaza.db'), clock: new ManualClock(NOW), log: silentLog });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-backup-'));
  mkdirSync(data());
  writeFileSync(data('secret.key'), 'the-key-of-that-time-it-is\n', { mode: 0o600 });
  const store = await open();
  await welcomed(store, achieng);
  await delivered(store, await placed(store, achieng));
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function backup(where = folder): Promise<string> {
  const { exitCode, out = '' } = await backUp(kept(), where, LATER);
  expect(exitCode).toBe(0);
  return /^Backup: (.+)$/m.exec(out)?.[1] ?? '';
}

function change(file: string, sql: string): void {
  const db = new Database(file);
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

const orders = (file: string): unknown => {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare('SELECT count(*) FROM orders').pluck().get();
  } finally {
    db.close();
  }
};

/** Every file below the folder with what is in it, but for the lock. */
function everything(within = folder): Record<string, string> {
  const files = readdirSync(within, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .filter(({ name }) => !name.endsWith('.lock') && !name.endsWith('-shm') && !name.endsWith('-wal'))
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')]),
  );
}

describe('a backup', () => {
  it('is a private folder of its own: beside the database, in a folder that is there, or one of that name', async () => {
    const stamped = 'jaza-2026-11-23T10-00-00Z';
    expect(await backUp(kept(), undefined, LATER)).toMatchObject({ exitCode: 0 });
    expect(await backup(folder)).toBe(join(folder, stamped));
    expect(await backup(join(folder, 'mine'))).toBe(join(folder, 'mine'));
    expect(statSync(data('backups')).mode & 0o777).toBe(0o700);
    for (const made of [data('backups', stamped), join(folder, stamped), join(folder, 'mine')]) {
      expect(readdirSync(made).sort()).toEqual(['jaza.db', 'secret.key']);
      const modes = [made, join(made, 'jaza.db'), join(made, 'secret.key')].map((file) => statSync(file).mode & 0o777);
      expect(modes).toEqual([0o700, 0o600, 0o600]);
    }
  });

  it('says what is in it, that it was proved, and what else must be kept', async () => {
    const said = async (secretKey: string | null = null): Promise<string> => {
      const { out = '' } = await backUp(kept(secretKey), join(folder, `b${readdirSync(folder).length}`), LATER);
      return out;
    };
    expect(await said()).toMatch(
      /1 order, up to 2026-11-23 12:00:00 \(Nairobi\)\n {2}read through and sound.*\n {2}Its key is with it/,
    );
    expect(await said('x'.repeat(22))).toContain('NOT in the backup');
    rmSync(data('secret.key'));
    expect(await said()).toContain('There is no key yet');
  });

  it('of a ledger that does not add up is made, ends with 1, and is restored only by force', async () => {
    change(data('jaza.db'), "DROP TRIGGER account_by_transfer; UPDATE account SET balance = 5 WHERE id = 'sold:airtime'");
    const made = await backUp(kept(), join(folder, 'b'), LATER);
    expect(made).toMatchObject({ exitCode: 1, out: expect.stringContaining('WRONG: account sold:airtime says 5') as string });
    expect(await restore(kept(), join(folder, 'b'), false, LATER)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('does not add up') as string,
    });
    expect(await restore(kept(), join(folder, 'b'), true, LATER)).toMatchObject({ exitCode: 0 });
  });

  it('of a damaged database is none, and says that the last good one is needed', async () => {
    const bytes = readFileSync(data('jaza.db'));
    writeFileSync(data('jaza.db'), bytes.fill(0, 4096 * 4, 4096 * 12));
    expect(await backUp(kept(), join(folder, 'b'), LATER)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('restore the last good backup') as string,
    });
    expect(readdirSync(folder)).toEqual(['data']);
  });
});

describe('a restore', () => {
  it('brings back what was there, and keeps what is there now', async () => {
    const made = await backup();
    const store = await open();
    await placed(store, achieng, { createdAt: NOW + 5, promptLiveUntil: null });
    await store.close();
    writeFileSync(data('secret.key'), 'another-key-of-22-letters\n');
    const { exitCode, out = '' } = await restore(kept(), made, true, LATER);
    expect(exitCode).toBe(0);
    const before = data('jaza.db.before-restore-2026-11-23T10-00-00Z');
    expect(out).toContain(before);
    expect([orders(data('jaza.db')), orders(join(before, 'jaza.db'))]).toEqual([1, 2]);
    expect(readFileSync(data('secret.key'), 'utf8')).toContain('of-that-time');
    expect(readFileSync(join(before, 'secret.key'), 'utf8')).toContain('another-key');
    expect(readdirSync(data()).filter((name) => /restoring|secret\.key\./.test(name))).toEqual([]);
    const marked = (file: string): boolean => isCopy(new Database(file, { readonly: true }));
    expect([marked(join(made, 'jaza.db')), marked(data('jaza.db'))]).toEqual([true, false]);
    expect(await checkLedger(data('jaza.db'))).toMatchObject({ exitCode: 0 });
  });

  it('needs no force where nothing is, where nothing happened since, and where what is there cannot be read', async () => {
    const made = await backup();
    expect(await restore(kept(), made, false, NOW)).toMatchObject({ exitCode: 0 });
    rmSync(data(), { recursive: true });
    expect(await restore(kept(), made, false, NOW)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(data('secret.key'), 'utf8')).toContain('of-that-time');
    writeFileSync(data('jaza.db'), 'rubbish');
    const { out = '' } = await restore(kept(), made, false, NOW + 1000);
    expect(readFileSync(join(/kept in (.+)$/m.exec(out)?.[1] ?? '', 'jaza.db'), 'utf8')).toBe('rubbish');
  });

  it('of a file alone leaves the key that is there; of an older version brings it up to date; the backup stays as it was', async () => {
    const older = join(folder, 'older.bak');
    const db = connect({ path: older });
    migrate(db, ourMigrations().slice(0, 1), { clock: new ManualClock(0), log: silentLog, mayMigrate: true });
    db.close();
    const bytes = readFileSync(older);
    const { exitCode, out } = await restore(kept(), older, true, LATER);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('It had no key')]);
    expect(readFileSync(older).equals(bytes)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['data', 'older.bak']);
    const store = await openSqliteStore({ path: data('jaza.db'), clock: new ManualClock(0), log: silentLog, mayMigrate: false });
    await store.close();
    expect(readFileSync(data('secret.key'), 'utf8')).toContain('of-that-time');
  });

  it('takes what stands in the log of a raw copy, too', async () => {
    const store = await open();
    await commit(store, message(achieng, { at: NOW + 9 }), []);
    await placed(store, achieng, { createdAt: NOW + 9, promptLiveUntil: null });
    mkdirSync(join(folder, 'raw'));
    for (const suffix of ['', '-wal'])
      writeFileSync(join(folder, 'raw', `jaza.db${suffix}`), readFileSync(data('jaza.db') + suffix));
    await store.close();
    expect(await restore(kept(), join(folder, 'raw'), false, LATER)).toMatchObject({ exitCode: 0 });
    expect(orders(data('jaza.db'))).toBe(2);
  });

  it('that cannot put its database in place leaves the key that is there, too', async () => {
    const made = await backup();
    writeFileSync(data('secret.key'), 'another-key-of-22-letters\n');
    const writer = await open();
    await commit(writer, message(achieng, { at: NOW + 5 }), []);
    const reader = new Database(data('jaza.db'), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM orders').get();
    await commit(writer, message(achieng, { at: NOW + 6 }), []);
    await writer.close();
    const said = await restore(kept(), made, true, LATER);
    reader.close();
    expect(said).toMatchObject({ exitCode: 1, err: expect.stringContaining('Nothing was restored') as string });
    expect(readFileSync(data('secret.key'), 'utf8')).toContain('another-key');
    expect(existsSync(data('secret.key.restoring'))).toBe(false);
  });

  it('that cannot put its key in place says what is to be done, and the next start says it again until it is', async () => {
    const made = await backup();
    writeFileSync(data('secret.key'), 'another-key-of-22-letters\n');
    // Nowhere to keep the one that is there.
    mkdirSync(data('jaza.db.before-restore-2026-11-23T10-00-00Z', 'secret.key'), { recursive: true });
    const { exitCode, err } = await restore(kept(), made, true, LATER);
    const move = `mv ${data('secret.key.restoring')} ${data('secret.key')}`;
    expect([exitCode, err]).toEqual([1, expect.stringContaining(move)]);
    expect(err).not.toContain('Nothing was restored');
    expect(readFileSync(data('secret.key'), 'utf8')).toContain('another-key');

    const config = parseConfig({ DATABASE_URL: `sqlite:${data('jaza.db')}` });
    if (!config.ok) throw new Error(config.error.join());
    const options = { config: config.value, log: silentLog, listens: false, everyChannel: true };
    const clock = (): ManualClock => new ManualClock(LATER);
    expect(await openCore({ ...options, clock })).toEqual({ ok: false, error: expect.stringContaining(move) as string });
    renameSync(data('secret.key.restoring'), data('secret.key'));
    const opened = await openCore({ ...options, clock });
    if (!opened.ok) throw new Error(opened.error);
    await opened.value.close();
  });

  it('that was killed before either was in place is not spoken of, and one that is made again puts both', async () => {
    const made = await backup();
    for (const left of ['secret.key.restoring', 'jaza.db.restoring']) writeFileSync(data(left), 'half of it');
    expect(brokenOffRestore(kept())).toBe(null);
    rmSync(data('jaza.db.restoring'));
    expect(brokenOffRestore(kept())).toContain('the database is in place, its key is not');
    writeFileSync(data('secret.key'), 'another-key-of-22-letters\n');
    expect(await restore(kept(), made, true, LATER)).toMatchObject({ exitCode: 0 });
    expect(brokenOffRestore(kept())).toBe(null);
    expect(readFileSync(data('secret.key'), 'utf8')).toContain('of-that-time');
  });

  it('twice in the same second never overwrites what the first one kept', async () => {
    const made = await backup();
    await restore(kept(), made, true, LATER);
    const once = everything();
    expect(await restore(kept(), made, true, LATER)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('EEXIST') as string,
    });
    expect(everything()).toEqual(once);
  });
});

describe('what cannot be done changes nothing, and says why and what next', () => {
  const inMemory = { databasePath: ':memory:', secretKey: null };
  const cases: readonly [string, () => Promise<{ exitCode: number; err?: string }>, number, string][] = [
    ['a backup of nothing', () => backUp({ ...kept(), databasePath: data('no.db') }, folder, NOW), 2, 'start the server once'],
    ['a backup of memory', () => backUp(inMemory, folder, NOW), 2, 'set DATABASE_URL to a file'],
    ['a backup over a file', () => backUp(kept(), join(folder, 'taken'), NOW), 2, 'Name a new folder'],
    ['a backup below a file', () => backUp(kept(), join(folder, 'taken', 'b'), NOW), 2, 'may this user write to'],
    ['a restore of nothing', () => restore(kept(), join(folder, 'nowhere'), true, NOW), 2, 'npx jaza backup makes one'],
    ['a restore of a folder that is none', () => restore(kept(), data('empty'), true, NOW), 2, 'is no backup'],
    ['a restore of itself', () => restore(kept(), data('jaza.db'), true, NOW), 2, 'the database itself'],
    ['a restore of the folder it lies in', () => restore(kept(), data(), true, NOW), 2, 'the database itself'],
    ['a restore into memory', () => restore(inMemory, join(folder, 'b'), true, NOW), 2, 'set DATABASE_URL to a file'],
    ['a restore of damage', () => restore(kept(), join(folder, 'damaged.db'), true, NOW), 1, 'Try an earlier backup'],
    ['a restore of rubbish', () => restore(kept(), join(folder, 'taken'), true, NOW), 1, 'Try an earlier backup'],
    ['a restore of a newer program', () => restore(kept(), join(folder, 'newer.db'), true, NOW), 1, 'newer version'],
    ['a restore that goes back in time', () => restore(kept(), join(folder, 'b'), false, NOW), 2, 'add --force'],
    ['a ledger of nothing', () => checkLedger(data('no.db')), 2, 'start the server once'],
    ['a ledger of rubbish', () => checkLedger(join(folder, 'taken')), 2, 'cannot be read'],
  ];
  it.each(cases)('%s', async (_, attempt, exitCode, why) => {
    const made = await backup(join(folder, 'b'));
    mkdirSync(data('empty'));
    const copy = readFileSync(join(made, 'jaza.db'));
    writeFileSync(join(folder, 'taken'), 'this is no database, and long enough to be looked at as one');
    writeFileSync(join(folder, 'damaged.db'), copy.subarray(0, copy.length / 2));
    writeFileSync(join(folder, 'newer.db'), copy);
    change(join(folder, 'newer.db'), "INSERT INTO migration VALUES (99, '0099_later', '', 0)");
    const store = await open();
    await placed(store, achieng, { createdAt: NOW + 5, promptLiveUntil: null });
    await store.close();
    const before = everything();
    expect(await attempt()).toEqual({ exitCode, err: expect.stringContaining(why) as string });
    expect(existsSync(data('backups'))).toBe(false);
    expect(everything()).toEqual(before);
  });

  it('a restore while a process holds the database', async () => {
    const made = await backup();
    const role = acquireRole(data('jaza.db'));
    const before = everything();
    expect(await restore(kept(), made, true, LATER)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('stop it first') as string,
    });
    expect(everything()).toEqual(before);
    if (role.ok) role.value.release();
    expect(existsSync(data('jaza.db'))).toBe(true);
  });
});
