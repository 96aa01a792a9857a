/** Shows what a store does when the database cannot write: the whole batch is undone, reads go on, and it resumes by itself. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSession } from '../../conversation/session.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { NOW, achieng, baraka, known, message, remember, say, turn, welcomed } from '../../../test/contracts/store-world.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

let folder = '';
let store: SqliteStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-unavailable-'));
  store = await openSqliteStore({
    path: join(folder, 'jaza.db'),
    clock: new ManualClock(NOW),
    log: silentLog,
    busyTimeoutMs: 0,
  });
  await welcomed(store, achieng, baraka);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const kinds = async (...turns: ReturnType<typeof turn>[]): Promise<string[]> =>
  (await store.commit(turns)).map(({ kind }) => kind);

describe('a full disk', () => {
  /** Leaves room for a few pages, as a disk with a few kilobytes left. */
  const fill = (): void => {
    store.db.pragma(`max_page_count = ${Number(store.db.pragma('page_count', { simple: true })) + 2}`);
  };
  const free = (): void => {
    store.db.pragma('max_page_count = 1000000');
  };
  const long = 'x'.repeat(100_000);
  const heavy = turn(message(achieng), [{ kind: 'heard', conversationId: achieng.conversationId, messageId: 'm', text: long }]);

  it('undoes the whole batch and tells every turn', async () => {
    fill();
    const light = turn(message(baraka), [remember(baraka, newSession('sw')), say(baraka)]);
    const outcomes = await store.commit([light, heavy, turn(message(baraka), [])]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(outcomes[0]).toMatchObject({ error: { code: 'SQLITE_FULL' } });
    expect(store.db.inTransaction).toBe(false);
    expect((await known(store, message(baraka))).conversation).toMatchObject({ version: 1, session: { language: 'en' } });
    expect(await store.claimOutbox('send', NOW, 10, 1)).toEqual([]);

    free();
    expect(await kinds(light, heavy)).toEqual(['committed', 'committed']);
    expect((await known(store, message(baraka))).conversation).toMatchObject({ version: 2, session: { language: 'sw' } });
  });

  it('counts no failure against a turn that had no fault', async () => {
    fill();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await kinds(heavy)).toEqual(['unavailable']);
    free();
    expect(await kinds(heavy)).toEqual(['committed']);
  });

  it('cannot write down what came, and says so', async () => {
    fill();
    await expect(store.record([message(achieng, { text: long })])).rejects.toThrow('full');
    free();
    await store.record([message(achieng, { text: long })]);
    expect(await store.recorded(10)).toHaveLength(1);
  });

  it('is still answered about itself', async () => {
    fill();
    expect(await store.check()).toEqual({ ok: true });
    expect(await store.nextDueAt()).toBeNull();
  });
});

describe('a database that another process holds', () => {
  it('is unavailable until it is let go, and is read meanwhile', async () => {
    const other = new Database(join(folder, 'jaza.db'));
    other.exec('BEGIN IMMEDIATE');
    const one = turn(message(achieng), [say(achieng)]);
    const outcomes = await store.commit([one, turn(message(baraka), [])]);
    expect(outcomes).toMatchObject([
      { kind: 'unavailable', error: { code: 'SQLITE_BUSY' } },
      { kind: 'unavailable', error: { code: 'SQLITE_BUSY' } },
    ]);
    expect((await known(store, message(achieng))).customer?.id).toBe(achieng.customerId);
    await expect(store.putSetting('a', 'b')).rejects.toThrow('locked');
    expect(await store.claimOutbox('send', NOW, 10, 1)).toEqual([]);
    other.exec('ROLLBACK');
    expect(await kinds(one)).toEqual(['committed']);
    await store.putSetting('a', 'b');
    other.close();
  });

  it('notices that another process wrote', async () => {
    const before = store.dataVersion();
    await store.putSetting('a', 'b');
    expect(store.dataVersion()).toBe(before);
    const other = await openSqliteStore({ path: join(folder, 'jaza.db'), clock: new ManualClock(NOW), log: silentLog });
    await other.record([message(achieng)]);
    expect(store.dataVersion()).not.toBe(before);
    expect(await store.recorded(10)).toHaveLength(1);
    await other.close();
  });
});

describe('a broken database', () => {
  it('is unavailable for everybody when the rollback has happened already', async () => {
    // What an I/O error does: SQLite gives the whole batch up by itself, in the middle of a turn.
    store.db.exec(
      "CREATE TEMP TRIGGER broken BEFORE INSERT ON message WHEN new.text = 'broken' BEGIN SELECT RAISE (ROLLBACK, 'gone'); END",
    );
    const heard = { kind: 'heard', conversationId: achieng.conversationId, messageId: 'm', text: 'broken' } as const;
    expect(await kinds(turn(message(baraka), [say(baraka)]), turn(message(achieng), [heard]), turn(message(baraka), []))).toEqual(
      ['unavailable', 'unavailable', 'unavailable'],
    );
    expect(await store.claimOutbox('send', NOW, 10, 1)).toEqual([]);
  });

  it('is unavailable for everybody when the error left the batch open, and leaves nothing of it', async () => {
    let broken = true;
    store.db.function('check_disk', () => {
      if (broken) throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_READ');
      return 1;
    });
    store.db.exec('CREATE TEMP TRIGGER reading BEFORE INSERT ON timer BEGIN SELECT check_disk(); END');
    const timer = { kind: 'draft_reminder', conversationId: achieng.conversationId } as const;
    const batch = [
      turn(message(baraka), [say(baraka)]),
      turn(message(achieng), [{ kind: 'set_timer', key: 't', dueAt: NOW, timer }]),
      turn(message(baraka), []),
    ];
    expect(await kinds(...batch)).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(store.db.inTransaction).toBe(false);
    expect(await store.claimOutbox('send', NOW, 10, 1)).toEqual([]);
    broken = false;
    expect(await kinds(...batch)).toEqual(['committed', 'committed', 'committed']);
  });

  it('is unavailable once closed', async () => {
    await store.close();
    expect(await kinds(turn(message(achieng), []))).toEqual(['unavailable']);
    await expect(store.load([message(achieng)])).rejects.toThrow('not open');
    expect(await store.check()).toMatchObject({ ok: false });
  });
});
