/**
 * The console as an operator uses it: real commands in processes of their own, on one database file, while a server runs on it and
 * while none does. What the customer hears is read from the web chat's transcript.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tell } from '../../src/cli/console.ts';
import { parseConfig } from '../../src/config.ts';
import { kes } from '../../src/domain/money.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createTurnRunner } from '../../src/services/turn-runner.ts';
import { walletDesk } from '../../src/services/wallet-desk.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { acquireRole } from '../../src/store/sqlite/role.ts';
import { rulesOf } from '../support/decisions.ts';
import { startJaza } from '../support/jaza-process.ts';
import { ORDER_ID, REFERENCE, seenInReview, shopInReview } from '../support/shop-in-review.ts';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let path: string;
const children: ReturnType<typeof startJaza>[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-console-'));
  path = join(folder, 'jaza.db');
  await shopInReview(path);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  }
  rmSync(folder, { recursive: true });
});

const env = (): Record<string, string> => ({ DATABASE_URL: `sqlite:${path}`, HTTP_PORT: '0' });

async function jaza(...args: readonly string[]): Promise<Ran> {
  const child = startJaza(args, env());
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

/** Resolves with its address once it is up. */
async function server(): Promise<string> {
  const child = startJaza(['start'], { ...env(), LOG_LEVEL: 'error' });
  children.push(child);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  await vi.waitFor(() => expect(out, err).toContain('is running'), { timeout: 60_000 });
  return /Listening on (\S+)/.exec(err)?.[1] ?? '';
}

function rows(sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
}

async function walletOf(units: number): Promise<void> {
  const store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
  const runner = createTurnRunner({ store, rules: rulesOf(), log: silentLog, committed: () => undefined });
  const bought = {
    kind: 'top_up',
    amountKes: kes((units * 8) / 10),
    paymentMethod: 'mpesa',
    paymentReference: 'SKJ4X8Y2ZQ',
    paid: true,
    toppedUpAt: 0,
  } as const;
  const owner = { appId: null, userId: 'shop-1045' };
  await walletDesk(store.wallets, runner, systemClock).ask(owner, 'tx-1', bought, { kind: 'program', name: 'shop' });
  await store.close();
}

const heard = (): string => rows('SELECT line FROM web_message ORDER BY seq').join('\n');

describe('with a server running', () => {
  it('lists, shows and resolves; the customer hears of it in their language at once', async () => {
    const url = await server();
    const listed = await jaza('review', 'list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toContain(`${REFERENCE}  1 min  in review: KES 100 to 0110 000 003, paid by 0722 000 001`);
    expect(listed.out).toContain(`npx jaza review show ${REFERENCE}`);

    const shown = await jaza('review', 'show', REFERENCE.toLowerCase());
    expect(shown.out).toContain('submitting -> review  (webhook_negative, upstream');
    expect(shown.out).toContain('{"status":"Reversed","mobile":"254110000003"}');
    const seen = /resolve JZ7K2M4QPW refund-due --seen (\S+) --evidence/.exec(shown.out)?.[1] ?? '';

    const resolved = await jaza(
      'review',
      'resolve',
      REFERENCE,
      'refund-due',
      '--seen',
      seen,
      '--evidence',
      'reversed at the supplier',
      '--operator',
      'Njeri',
    );
    expect(resolved).toMatchObject({ code: 0, err: '' });
    expect(resolved.out).toContain(`${REFERENCE} is refund due now. The customer is told in their chat.`);
    await vi.waitFor(() => expect(heard()).toContain('itarudishwa'), { timeout: 20_000 });
    expect(rows("SELECT actor_id || ': ' || evidence FROM order_step WHERE actor = 'operator'")).toEqual([
      'Njeri: reversed at the supplier',
    ]);
    expect(rows("SELECT actor_id || ': ' || what FROM audit WHERE actor = 'operator'")).toEqual(['Njeri: operator_refund_due']);

    expect(await jaza('stop-sales', '--reason', 'the supplier is down')).toMatchObject({ code: 0 });
    await vi.waitFor(async () => {
      const health = (await (await fetch(`${url}/healthz`)).json()) as { sales: string };
      expect(health.sales).toBe('stopped');
    });
  });
});

it('corrects a wallet and sets a price beside a running server', async () => {
  await walletOf(500);
  await server();
  expect(await jaza('sms-cost', 'set', '0.5', '--user', 'shop-1045')).toMatchObject({
    code: 0,
    out: 'The price of customer shop-1045 is KES 0.5 for one SMS now. Before: KES 0.8 for one SMS, the default.\n',
  });
  const reason = ['--reason', 'campaign 77 was sent twice', '--yes'];
  expect(await jaza('wallet', 'adjust', 'shop-1045', '-40', ...reason)).toMatchObject({
    code: 0,
    out: 'Took 40 SMS out of shop-1045. Balance: 460 SMS.\n',
  });
  expect((await jaza('wallet', 'show', 'shop-1045')).out).toContain('KES 0.5 for one SMS, their own');
});

it('corrects a wallet beside a chat that is the server', async () => {
  await walletOf(500);
  const chat = startJaza(['chat', '--json'], env());
  children.push(chat);
  let err = '';
  chat.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  await vi.waitFor(() => expect(err).toContain('Listening on'), { timeout: 60_000 });
  const adjusted = await jaza('wallet', 'adjust', 'shop-1045', '-40', '--reason', 'campaign 77 was sent twice', '--yes');
  expect(adjusted).toMatchObject({ code: 0, out: 'Took 40 SMS out of shop-1045. Balance: 460 SMS.\n' });
});

describe('without a server', () => {
  it('takes its place for a moment, sends nothing, and says so; the customer is told at the next start', async () => {
    const evidence = ['--evidence', 'SFC123 at the supplier'];
    const resolved = await jaza('review', 'resolve', REFERENCE, 'delivered', '--seen', await seenInReview(path), ...evidence);
    expect(resolved).toMatchObject({ code: 0, err: '' });
    expect(resolved.out).toContain(`${REFERENCE} is delivered now. No server is running: the customer is told when one starts.`);
    expect(rows(`SELECT state FROM orders WHERE id = '${ORDER_ID}'`)).toEqual(['delivered']);
    expect(rows('SELECT kind FROM outbox')).toEqual(['say']);
    expect(heard()).toBe('');

    const again = await jaza('review', 'resolve', REFERENCE, 'cancelled', '--evidence', 'changed my mind');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain(`${REFERENCE} is delivered: it has ended, nothing is left to be said of it.`);

    await server();
    await vi.waitFor(() => expect(heard()).toContain('Airtime imetumwa'), { timeout: 20_000 });
  });
});

it('a server that does not answer loses nothing: the command stands written down, and is done when somebody turns it', async () => {
  const config = parseConfig(env());
  if (!config.ok) throw new Error(config.error.join('\n'));
  const held = acquireRole(path);
  if (!held.ok) throw new Error(held.error.message);
  const act = {
    kind: 'operator',
    orderId: ORDER_ID,
    action: 'operator_delivered',
    operator: 'Njeri',
    evidence: 'SFC123',
    seen: await seenInReview(path),
  } as const;
  expect(await tell({ ...config.value, whole: true }, act, 100)).toEqual({ ok: true, value: null });
  expect(rows('SELECT count(*) FROM recorded')).toEqual([1]);
  held.value.release();

  const next = { kind: 'command', operator: 'Njeri', command: { what: 'resume_sales' } } as const;
  expect(await tell({ ...config.value, whole: true }, next, 100)).toMatchObject({
    ok: true,
    value: { outcome: 'done', by: 'console' },
  });
  expect(rows(`SELECT state FROM orders WHERE id = '${ORDER_ID}'`)).toEqual(['delivered']);
  expect(rows('SELECT count(*) FROM recorded')).toEqual([0]);
});
