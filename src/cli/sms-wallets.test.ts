/** Shows what is said, at the start and by the doctor, of SMS that another server holds once wallets are kept here again. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorld } from '../../test/support/chat-world.ts';
import type { Log } from '../lib/log.ts';
import { silentLog } from '../lib/log.ts';
import { examine } from './doctor.ts';

const TUKU = { TUKU_BASE_URL: 'http://127.0.0.1:9/sms', TUKU_API_KEY: 'key' };
const HELD =
  '140 SMS in 2 wallets are held at 127.0.0.1:9, by what was told until 2026-11-22 14:05:00, and their owners neither see nor use them here';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-left-'));
  path = join(folder, 'jaza.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What the start warns of. */
async function started(env: Readonly<Record<string, string>>): Promise<string[]> {
  const warned: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => void warned.push(message) };
  const world = await openWorld({ database: path, env, log });
  await world.close();
  return warned;
}

async function examined(): Promise<string[]> {
  const { findings } = await examine({ DATABASE_URL: `sqlite:${path}` });
  return findings.filter(({ text }) => text.startsWith('SMS wallets')).map(({ mark, text }) => `${mark}: ${text}`);
}

function told(wallets: Readonly<Record<string, number | null>>): void {
  const db = new Database(path);
  const insert = db.prepare(
    `INSERT INTO remote_balance (app_id, user_id, units, told_at, spent_units, failures, looks, asked) VALUES ('', ?, ?, ?, 0, 0, 1, '[]')`,
  );
  for (const [user, units] of Object.entries(wallets)) insert.run(user, units, Date.UTC(2026, 10, 22, 11, 5));
  db.close();
}

describe('SMS that another server holds, once wallets are kept here again', () => {
  it('are told at each start and by the doctor, with where they are and what to do', async () => {
    expect(await started(TUKU)).toEqual([]);
    told({ one: 125, two: 15, spent: 0, 'not there': null });
    for (const words of [await started({}), await examined()]) {
      expect(words).toEqual([expect.stringContaining(HELD)]);
      for (const way of ['TUKU_BASE_URL and TUKU_API_KEY', 'jaza wallet adjust']) expect(words.join()).toContain(way);
    }
    expect((await examined())[0]).toMatch(/^note/);
  });

  it('are not, while that server keeps the wallets', async () => {
    await started(TUKU);
    told({ one: 125 });
    expect(await started(TUKU)).toEqual([]);
  });

  it('nor where there are none', async () => {
    await started(TUKU);
    told({ spent: 0, 'not there': null });
    expect([await started({}), await examined()]).toEqual([[], []]);
  });

  it('are told without their place by a database of before it was written down', async () => {
    await started({});
    told({ one: 1 });
    expect(await examined()).toEqual([expect.stringContaining('1 SMS in 1 wallet are held at another server, by what was')]);
  });
});
