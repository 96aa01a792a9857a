/**
 * The whole program as a process while its disk is full, or another process holds its database: people on a fake Bot API hear that
 * nothing can be taken in, health says so, webhooks are sent back, and when there is room again everything goes on where it stood.
 */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startJaza } from '../support/jaza-process.ts';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import { openUpstream, type RecordingUpstream } from './recording-upstream.ts';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const SECRET = 'wB3kQ9xT2mN7pL5vR8sYcA';
const PATIENCE_MS = 30_000;

let folder: string;
let api: FakeBotApi;
let upstream: RecordingUpstream;
let child: ChildProcessWithoutNullStreams;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-cannot-write-'));
  [api, upstream] = await Promise.all([startFakeBotApi(), openUpstream()]);
  child = startJaza(['start'], {
    DATABASE_URL: `sqlite:${file()}`,
    HTTP_PORT: '0',
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
    TOPUPS_API_TOKEN: 'token',
    TOPUPS_BASE_URL: upstream.url,
    TOPUPS_WEBHOOK_SECRET: SECRET,
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  url = await vi.waitFor(
    () => {
      const listening = /Listening on (\S+)/.exec(err)?.[1];
      if (listening === undefined) throw new Error(`not up yet:\n${err}`);
      return listening;
    },
    { timeout: PATIENCE_MS },
  );
});
afterEach(async () => {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await ended;
  await Promise.all([api.close(), upstream.close()]);
  rmSync(folder, { recursive: true });
});

const file = (): string => join(folder, 'jaza.db');

interface Trouble {
  begin(): void;
  end(): void;
}

/** No file of the process may grow: what a disk does that is full. The log of the database was written up to its present size. */
const fullDisk: Trouble = {
  begin: () => limitFiles(String(statSync(`${file()}-wal`).size)),
  end: () => limitFiles('unlimited'),
};

let holder: Database.Database;
const heldByAnother: Trouble = {
  begin() {
    holder = new Database(file());
    holder.exec('BEGIN IMMEDIATE');
  },
  end() {
    holder.exec('ROLLBACK');
    holder.close();
  },
};

function limitFiles(bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`prlimit: ${stderr}`);
}

const webhook = async (note: string): Promise<number> => {
  const upstreamTransaction = { reference: 'REF1', status: 'Success', amount: '100', note };
  const body = JSON.stringify({ data: { recipient: { mobile: '254733000002' }, transaction: upstreamTransaction } });
  return (await fetch(`${url}/webhooks/topups/${SECRET}`, { method: 'POST', body })).status;
};

async function health(): Promise<unknown> {
  // What is told is what the look before found.
  await fetch(`${url}/healthz`);
  return ((await (await fetch(`${url}/healthz`)).json()) as { store: unknown }).store;
}

/** A purchase up to the upstream's answer; the order's reference. */
async function buys(person: ReturnType<FakeBotApi['person']>): Promise<string> {
  person.writes('buy 100 for 0733000002');
  await person.hears(undefined, PATIENCE_MS);
  person.sharesOwnContact();
  const asked = await person.hears('Please check', PATIENCE_MS);
  person.taps(asked.buttons[0]?.data ?? '');
  await person.hears('is requested from', PATIENCE_MS);
  return upstream.posts.at(-1)?.fields['note'] ?? '';
}

it.each([
  ['the disk is full', fullDisk],
  ['another process holds the database', heldByAnother],
])('while %s nothing is taken in, all is said, and nothing is lost or done twice', async (_what, trouble) => {
  const amina = api.person({ id: 7, name: 'Amina', languageCode: 'en', phone: '254722000001' });
  const baraka = api.person({ id: 8, name: 'Baraka', languageCode: 'sw', phone: '254722000009' });
  const reference = await buys(amina);
  baraka.writes('nunulia 0733000003 ya 50');
  await baraka.hears(undefined, PATIENCE_MS);
  baraka.sharesOwnContact();
  const asked = await baraka.hears('Tafadhali', PATIENCE_MS);

  trouble.begin();
  const yes = baraka.taps(asked.buttons[0]?.data ?? '');
  amina.writes('my orders');
  await amina.hears("we can't take orders just now", PATIENCE_MS);
  await baraka.hears('kwa sasa hatuwezi kupokea oda', PATIENCE_MS);
  expect(await health()).toBe('failing');
  expect(await webhook(reference)).toBe(503);
  expect(upstream.posts).toHaveLength(1);
  // The button has stopped spinning, and its tap still waits at Telegram.
  await yes?.answered();
  expect(api.pending).toHaveLength(2);

  trouble.end();
  await amina.hears('we are waiting for', PATIENCE_MS);
  await baraka.hears('Asante', PATIENCE_MS);
  await baraka.hears('M-Pesa', PATIENCE_MS);
  expect(await webhook(reference)).toBe(200);
  await amina.hears('Airtime sent', PATIENCE_MS);
  await api.drained();
  expect(upstream.posts.map(({ fields }) => fields['payment_mobile'])).toEqual(['254722000001', '254722000009']);
  const excuses = [...amina.heard, ...baraka.heard].filter(({ text }) =>
    /can't take orders just now|hatuwezi kupokea/.test(text),
  );
  expect(excuses).toHaveLength(2);
});
