/** Shows what holds between processes, and when one of them is killed: one writer, and nothing lost that was acknowledged. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { acquireRole } from '../../src/store/sqlite/role.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { NOW, achieng, baraka, commit, known, message, say, welcome } from './store-world.ts';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));

let folder = '';
let path = '';
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-process-'));
  path = join(folder, 'jaza.db');
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the other process and gives what it prints, line by line. */
function start(): AsyncIterator<string> {
  child = spawn(process.execPath, ['--import', 'tsx', CHILD, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('the other process cannot be heard');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

const open = (): Promise<SqliteStore> => openSqliteStore({ path, clock: new ManualClock(NOW), log: silentLog });

describe('the role of the one writer', () => {
  it('is given to one, and again when it was given back', async () => {
    const first = acquireRole(path);
    if (!first.ok) throw new Error(first.error.message);
    expect(acquireRole(path)).toEqual({
      ok: false,
      error: { kind: 'held', message: expect.stringContaining('held by another process') as string },
    });
    expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o600);
    first.value.release();
    const second = acquireRole(path);
    expect(second.ok).toBe(true);
    if (second.ok) second.value.release();
  });

  it('is refused to another process while one has it, and is free when that one is killed', async () => {
    const mine = acquireRole(path);
    const refused = start();
    expect((await refused.next()).value).toBe('held');
    if (mine.ok) mine.value.release();

    const lines = start();
    expect((await lines.next()).value).toBe('ready');
    expect(acquireRole(path)).toMatchObject({ ok: false, error: { kind: 'held' } });
    const killed = once(child ?? process, 'exit');
    child?.kill('SIGKILL');
    await killed;
    const after = acquireRole(path);
    expect(after.ok).toBe(true);
    if (after.ok) after.value.release();
  });

  it('is not needed for a database in memory', () => {
    const roles = [acquireRole(':memory:'), acquireRole(':memory:')];
    expect(roles.map(({ ok }) => ok)).toEqual([true, true]);
    expect(existsSync(':memory:.lock')).toBe(false);
  });
});

describe('a process that is killed', () => {
  it('has lost nothing that it acknowledged', async () => {
    const lines = start();
    let acknowledged = 0;
    while (acknowledged < 60) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the other process ended by itself');
      acknowledged = Number(value) || 0;
    }
    const killed = once(child ?? process, 'exit');
    child?.kill('SIGKILL');
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) acknowledged = Number(line.value);
    await killed;

    const store = await open();
    expect(await store.check()).toEqual({ ok: true });
    const chats = store.db.prepare<[], number>('SELECT count(*) FROM conversation').pluck().get() ?? 0;
    // The last one may be durable and not yet acknowledged.
    expect([acknowledged, acknowledged + 1]).toContain(chats);
    expect(await store.lastCommittedAt()).toBe(chats);
    await store.close();
  });

  it('leaves what it committed in the write-ahead log, for whoever opens the file next', async () => {
    const store = await open();
    await commit(store, message(achieng), [welcome(achieng), say(achieng, 'a:1')]);
    await commit(store, message(baraka), [welcome(baraka)]);
    await store.claimOutbox('send', NOW, 1, 60_000);
    // As a power cut leaves the files: nothing was closed, nothing was checkpointed, the shared memory is gone.
    const dead = join(folder, 'dead.db');
    cpSync(path, dead);
    cpSync(`${path}-wal`, `${dead}-wal`);
    await store.close();

    const next = await openSqliteStore({ path: dead, clock: new ManualClock(NOW), log: silentLog });
    expect((await known(next, message(achieng))).conversation?.id).toBe(achieng.conversationId);
    expect((await known(next, message(baraka))).conversation?.id).toBe(baraka.conversationId);
    expect(await next.claimOutbox('send', NOW, 1, 60_000)).toEqual([]);
    await next.takeOver();
    expect(await next.claimOutbox('send', NOW, 1, 60_000)).toMatchObject([{ attempts: 1 }]);
    await next.close();
  });

  it('keeps everything over an orderly close, in one file', async () => {
    const store = await open();
    await commit(store, message(achieng), [welcome(achieng)]);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    const again = await open();
    expect((await known(again, message(achieng))).conversation?.id).toBe(achieng.conversationId);
    await again.close();
  });
});
