/**
 * `jaza start` as an operator runs it: the real command in a process of its own, a customer on a fake Bot API, an upstream that holds
 * its answer. How it ends, by SIGTERM and by SIGKILL, and how it refuses to begin.
 */

import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { elapsed } from '../../src/lib/clock.ts';
import { startJaza } from '../support/jaza-process.ts';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import { openUpstream, type RecordingUpstream } from './recording-upstream.ts';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const SECRET = 'wB3kQ9xT2mN7pL5vR8sYcA';

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly out: () => string;
  readonly err: () => string;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  /** The address it listens on. */
  url(): Promise<string>;
}

let folder: string;
let api: FakeBotApi;
let upstream: RecordingUpstream;
const running: Running[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-start-'));
  [api, upstream] = await Promise.all([startFakeBotApi(), openUpstream()]);
});
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.child.kill('SIGKILL');
    await one.ended;
  }
  await Promise.all([api.close(), upstream.close()]);
  rmSync(folder, { recursive: true });
});

function start(env: Readonly<Record<string, string>> = {}): Running {
  const child = startJaza(['start'], { DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}`, HTTP_PORT: '0', ...env });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const ended = (once(child, 'exit') as Promise<[number | null]>).then(([code]) => code);
  const one: Running = {
    child,
    out: () => out,
    err: () => err,
    ended,
    url: () =>
      vi.waitFor(
        () => {
          const url = /Listening on (\S+)/.exec(err)?.[1];
          if (url === undefined || !out.includes('is running')) throw new Error(`not up yet:\n${err}`);
          return url;
        },
        { timeout: 40_000 },
      ),
  };
  running.push(one);
  return one;
}

const real = (): Record<string, string> => ({
  TELEGRAM_BOT_TOKEN: api.token,
  TELEGRAM_API_ROOT: api.url,
  TOPUPS_API_TOKEN: 'token',
  TOPUPS_BASE_URL: upstream.url,
  TOPUPS_WEBHOOK_SECRET: SECRET,
});

/** A purchase up to the moment in which the upstream has the request. */
async function buys(): Promise<ReturnType<FakeBotApi['person']>> {
  const amina = api.person({ id: 7, name: 'Amina', languageCode: 'en', phone: '254722000001' });
  amina.writes('buy 100 for 0733000002');
  await amina.hears(undefined, 20_000);
  amina.sharesOwnContact();
  const asked = await amina.hears('Please check', 20_000);
  amina.taps(asked.buttons[0]?.data ?? '');
  await vi.waitFor(() => expect(upstream.posts).toHaveLength(1), { timeout: 20_000 });
  return amina;
}

function orderStates(): unknown[] {
  const db = new Database(join(folder, 'jaza.db'), { readonly: true });
  try {
    return db.prepare('SELECT state FROM orders').pluck().all();
  } finally {
    db.close();
  }
}

describe('SIGTERM', () => {
  it('ends a healthy server with nothing to do at once, with 0, and folds the log of the database', async () => {
    const server = start(real());
    const answer = await fetch(`${await server.url()}/healthz`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        status: expect.any(String) as string,
        store: 'ok',
        sales: 'open',
        breakers: { topups: 'closed', daraja: 'closed', tuku: 'closed' },
        channels: { web: 'up', telegram: expect.any(String) as string },
        version: expect.stringMatching(/^\d/) as string,
      },
    ]);
    const from = elapsed();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(elapsed() - from).toBeLessThan(10_000);
    expect(existsSync(join(folder, 'jaza.db-wal'))).toBe(false);
  });

  it('during a call waits for the answer, keeps it, and ends with 0', async () => {
    upstream.behave({ kind: 'hold' });
    const server = start(real());
    await server.url();
    const amina = await buys();
    expect(orderStates()).toEqual(['submitting']);
    server.child.kill('SIGTERM');
    await vi.waitFor(() => expect(server.err()).toContain('stopping'), { timeout: 20_000 });
    await vi.waitFor(() => expect(api.polledNow).toBe(false), { timeout: 20_000 });
    amina.writes('hello');
    upstream.release();
    expect(await server.ended).toBe(0);
    // Looked for before the file is read here, which makes a log again.
    expect(existsSync(join(folder, 'jaza.db-wal'))).toBe(false);
    expect(orderStates()).toEqual(['awaiting_payment']);
    expect(upstream.posts).toHaveLength(1);
    // What came after the signal waits at Telegram for the next start.
    expect(api.pending.at(-1)).toMatchObject({ message: { text: 'hello' } });
  });

  it('during a call that stays out ends within 20 seconds all the same, with 0; the next start finds it unknown', async () => {
    upstream.behave({ kind: 'hold' });
    const server = start(real());
    await server.url();
    const amina = await buys();
    const from = elapsed();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(elapsed() - from).toBeLessThan(20_000);
    expect(existsSync(join(folder, 'jaza.db-wal'))).toBe(false);
    await start(real()).url();
    await amina.hears("don't know yet", 20_000);
    expect(upstream.posts).toHaveLength(1);
  });
});

describe('SIGKILL during a call', () => {
  it('leaves an order that is unknown, told as such, and never called again; the webhook still delivers it', async () => {
    upstream.behave({ kind: 'hold' });
    const first = start(real());
    await first.url();
    const amina = await buys();
    first.child.kill('SIGKILL');
    await first.ended;

    upstream.behave({ kind: 'usual' });
    const second = start(real());
    const url = await second.url();
    await amina.hears("don't know yet", 20_000);
    expect(orderStates()).toEqual(['unknown']);
    const { note } = upstream.posts[0]?.fields ?? {};
    const upstreamTransaction = { reference: 'UP1', status: 'Success', amount: '100', note };
    const body = JSON.stringify({ data: { recipient: { mobile: '254733000002' }, transaction: upstreamTransaction } });
    const posted = await fetch(`${url}/webhooks/topups/${SECRET}`, { method: 'POST', body });
    expect(posted.status).toBe(200);
    await amina.hears('Airtime sent', 20_000);
    expect(orderStates()).toEqual(['delivered']);
    expect(upstream.posts).toHaveLength(1);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

it('what keeps it from starting is told in a sentence, with exit code 2', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  mkdirSync(join(folder, 'damaged'));
  writeFileSync(join(folder, 'damaged', 'secret.key'), '');
  await start().url();
  const refused: [Running, string][] = [
    [start(), 'is held by another process'],
    [start({ HTTP_PORT: String(port), DATABASE_URL: 'sqlite::memory:' }), `127.0.0.1:${port} is already in use`],
    [start({ DATABASE_URL: `sqlite:${join(folder, 'damaged', 'jaza.db')}` }), 'holds no key. Bring it back from a backup'],
  ];
  for (const [server, why] of refused) {
    expect(await server.ended).toBe(2);
    expect(server.err()).toContain(why);
    expect(server.err()).not.toMatch(/^\s+at /m);
  }
  taken.close();
});
