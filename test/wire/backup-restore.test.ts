/**
 * `jaza backup` and `jaza restore` as an operator runs them: real commands on real files, beside a bot that is in the middle of things.
 * Above all: a payment call that waited or was out when the backup was made is never made by the database that was restored.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backUp } from '../../src/cli/backup.ts';
import { checkLedger } from '../../src/cli/ledger.ts';
import { restore } from '../../src/cli/restore.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { verifyCopy } from '../../src/store/sqlite/back-up.ts';
import { freePort } from '../support/free-port.ts';
import { startChat, startJaza, type JazaChat } from '../support/jaza-process.ts';
import { openUpstream, type RecordingUpstream } from './recording-upstream.ts';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const OWN = '254722002000';
const ORDER = { text: 'buy 100 for 0733000000', msisdn: OWN };

let folder: string;
let upstream: RecordingUpstream | null = null;
const chats: JazaChat[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'jaza-backup-'))));
afterEach(async () => {
  for (const chat of chats.splice(0)) await chat.kill();
  await upstream?.close();
  upstream = null;
  rmSync(folder, { recursive: true });
});

const database = (): string => join(folder, 'data', 'jaza.db');
const base = (): Record<string, string> => ({ DATABASE_URL: `sqlite:${database()}` });

function talk(env: Readonly<Record<string, string>> = {}): JazaChat {
  const chat = startChat({ ...base(), ...env }, ['--clock', 'manual']);
  chats.push(chat);
  return chat;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function jaza(...args: string[]): Promise<Ended> {
  const child = startJaza(args, base());
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const kept = () => ({ databasePath: database(), secretKey: null });

/** Makes a backup from this process, beside the one that works on the database, and gives its folder. */
async function backup(): Promise<string> {
  const { exitCode, out = '' } = await backUp(kept(), folder, systemClock.now());
  expect(exitCode).toBe(0);
  return folderIn(out);
}

const folderIn = (said: string): string => /^Backup: (.+)$/m.exec(said)?.[1] ?? '';

function rows(sql: string, file = database()): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
}

const texts = (heard: readonly Record<string, unknown>[]): string => heard.map(({ text }) => String(text ?? '')).join('\n');

describe('a purchase, a backup beside the running bot, and the way back', () => {
  it('restores what was there, refuses what would lose something, and keeps what was there before', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'secret.key'), 'a-key-of-more-than-22-letters\n', { mode: 0o600 });
    const bot = talk();
    await bot.say(ORDER);
    await bot.say({ text: 'yes' });
    await bot.say({ phone: OWN, answer: 'approve' });

    const command = await jaza('backup', folder);
    expect(command).toMatchObject({ code: 0, err: '' });
    const made = folderIn(command.out);
    expect(readdirSync(made).sort()).toEqual(['jaza.db', 'secret.key']);
    expect(
      [statSync(made), ...readdirSync(made).map((name) => statSync(join(made, name)))].map(({ mode }) => mode & 0o777),
    ).toEqual([0o700, 0o600, 0o600]);
    expect(verifyCopy(join(made, 'jaza.db'))).toMatchObject({ ok: true, value: { orders: 1, callsOut: 0, ledgerFaults: [] } });

    // Life goes on after the backup; and while the bot runs nothing is put in its place.
    await bot.say({ advance: 3600 });
    await bot.say(ORDER);
    const held = await jaza('restore', made, '--force');
    expect([held.code, held.err]).toEqual([2, expect.stringContaining('is held by another process: stop it first (process ')]);
    await bot.say({ text: 'yes' });
    expect(await bot.end()).toBe(0);
    writeFileSync(join(folder, 'data', 'secret.key'), 'another-key-of-22-letters\n');

    expect(await restore(kept(), made, false, systemClock.now())).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/1 order made or moved in between[^]*--force/) as string,
    });
    expect(rows('SELECT state FROM orders ORDER BY created_at')).toHaveLength(2);

    const restored = await jaza('restore', made, '--force');
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(rows('SELECT state FROM orders')).toEqual(['delivered']);
    expect(readFileSync(join(folder, 'data', 'secret.key'), 'utf8')).toContain('a-key-of-more');
    const before = /kept in (.+)$/m.exec(restored.out)?.[1] ?? '';
    expect(rows('SELECT count(*) FROM orders', join(before, 'jaza.db'))).toEqual([2]);
    expect(readFileSync(join(before, 'secret.key'), 'utf8')).toContain('another-key');
    expect(readdirSync(join(folder, 'data')).filter((name) => name.includes('restoring'))).toEqual([]);

    expect(await checkLedger(database())).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('1 journal, 1 delivered order') as string,
    });
    expect(texts(await talk().say({ text: 'my orders' }))).toContain('KES 100');
  });
});

describe('a call under way when the backup was made', () => {
  it('that waited for its next try, and was made since, is not made by the restored database', async () => {
    const port = await freePort();
    const env = { TOPUPS_API_TOKEN: 'token', TOPUPS_BASE_URL: `http://127.0.0.1:${port}` };
    const bot = talk(env);
    await bot.say(ORDER);
    await bot.say({ text: 'yes' });
    expect(rows('SELECT state FROM call')).toEqual(['pending']);
    const made = await backup();
    upstream = await openUpstream(port);
    await bot.say({ advance: 3 });
    expect(upstream.posts).toHaveLength(1);
    await bot.end();

    expect(await restore(kept(), made, true, systemClock.now())).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('1 payment call waited or out then') as string,
    });
    const after = talk(env);
    const heard = texts([...(await after.say({ advance: 30 })), ...(await after.say({ advance: 3600 }))]);
    expect(heard).toContain("don't know yet");
    expect(upstream.posts).toHaveLength(1);
    expect(rows('SELECT state FROM call')).toEqual(['answered']);
    expect(rows("SELECT evidence FROM order_step WHERE event = 'restored'")).toEqual([
      'restored from a backup: its call waited then, and is never made again',
    ]);
  });

  it('that was out is not made again, and a yes to what the chat had shown buys nothing', async () => {
    upstream = await openUpstream();
    upstream.behave({ kind: 'hold' });
    const env = { TOPUPS_API_TOKEN: 'token', TOPUPS_BASE_URL: upstream.url };
    const bot = talk(env);
    await bot.say(ORDER);
    await bot.say({ ...ORDER, from: 'other', msisdn: '254722000009' });
    const yes = bot.say({ text: 'yes' }).catch(() => null);
    await vi.waitFor(() => expect(upstream?.posts).toHaveLength(1), { timeout: 20_000 });
    expect(rows('SELECT state FROM call')).toEqual(['started']);
    const made = await backup();
    await bot.kill();
    await yes;

    // Nothing was committed since, so nothing is lost by going back, and no force is needed.
    expect(await restore(kept(), made, false, systemClock.now())).toMatchObject({ exitCode: 0 });
    const after = talk(env);
    await after.say({ text: 'yes', from: 'other' });
    expect(rows('SELECT state FROM orders')).toEqual(['unknown']);
    await after.say({ advance: 3600 });
    expect(upstream.posts).toHaveLength(1);
  });
});

it('a backup beside a process that writes without end is whole, ends, and loses nothing that was acknowledged before', async () => {
  mkdirSync(join(folder, 'data'));
  const script = fileURLToPath(new URL('../contracts/store-child.ts', import.meta.url));
  const writer = spawn(process.execPath, ['--import', 'tsx', script, database()], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let acknowledged = 0;
    createInterface({ input: writer.stdout }).on('line', (line) => (acknowledged = Number(line) || acknowledged));
    await vi.waitFor(() => expect(acknowledged).toBeGreaterThan(200), { timeout: 60_000 });
    const before = acknowledged;
    const made = await backup();
    expect(acknowledged).toBeGreaterThan(before);
    const [chats = 0] = rows('SELECT count(*) FROM conversation', join(made, 'jaza.db')) as number[];
    expect(chats).toBeGreaterThanOrEqual(before);
    expect(rows('SELECT max(created_at) FROM conversation', join(made, 'jaza.db'))).toEqual([chats]);
  } finally {
    const ended = once(writer, 'exit');
    writer.kill('SIGKILL');
    await ended;
  }
});
