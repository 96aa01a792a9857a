/**
 * Measures how long a program waits for a balance over HTTP when the ledger holds a million rows: a real server on loopback, one request
 * after another on a connection that stays open, each for another wallet. Beside each, the same wait for a bare node:http server that
 * answers the same bytes and looks nothing up. `npm run bench balance`.
 */

import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../src/http/api/api.ts';
import { createHttpServer } from '../src/http/server.ts';
import { elapsed, ManualClock } from '../src/lib/clock.ts';
import { digestOf } from '../src/lib/ids.ts';
import { silentLog } from '../src/lib/log.ts';
import type { ThresholdDesk } from '../src/services/threshold-desk.ts';
import type { WalletDesk } from '../src/services/wallet-desk.ts';
import { openSqliteStore, type SqliteStore } from '../src/store/sqlite/open.ts';
import { fillLedger, LEDGER_ROWS, WALLETS } from './million-rows.ts';
import { START } from './store-turns.ts';

/** The first is to warm up, and not counted. */
const ROUNDS = 11;
const READS = 1_000;
/** More than one key, because each may ask 200 times at once. */
const READS_PER_KEY = 150;
const AIM_MS = 5;

interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

async function serve(store: SqliteStore): Promise<Serving> {
  const nothingMoves = (): Promise<never> => Promise.reject(new Error('only balances are read here'));
  const desk: WalletDesk = { ask: nothingMoves, setPrice: nothingMoves };
  const thresholds: ThresholdDesk = { set: nothingMoves, remove: nothingMoves };
  const clock = new ManualClock(START);
  const { wallets, apiKeys: keys } = store;
  const api = createApi({ desk, thresholds, wallets, keys, clock, log: silentLog, version: 'bench' });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    log: silentLog,
    routes: [api],
    onWebhook: () => Promise.resolve(),
    topupsWebhookSecret: null,
    onPaymentCallback: null,
    darajaCallbackSecret: null,
    health: async () => ({
      status: 'ok',
      store: 'ok',
      breakers: { topups: 'closed', daraja: 'closed', tuku: 'closed' },
      sales: 'open',
      channels: {},
      version: 'bench',
    }),
  });
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  return { url: listening.value.url, close: () => server.close() };
}

async function serveBare(): Promise<Serving> {
  const body = JSON.stringify({
    userId: 'user-7919',
    smsBalance: 24_950,
    unitCost: 0.8,
    lastUpdated: new Date(START).toISOString(),
  });
  const server = createServer((_asked, answer) => void answer.setHeader('content-type', 'application/json').end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

const keyOf = (number: number): string => `jaza_${digestOf(`bench ${number}`)}`;

async function makeKeys(store: SqliteStore, reads: number): Promise<void> {
  for (let number = 0; number * READS_PER_KEY < reads; number += 1) {
    const made = { name: `bench-${number}`, appId: null, scopes: ['wallet:read'], createdAt: START } as const;
    await store.apiKeys.create(made, digestOf(keyOf(number)));
  }
}

/** Milliseconds. `busy`: processor time of client and server together, which no other work on the machine makes longer. */
interface Wait {
  readonly ms: number;
  readonly busy: number;
}

function read(url: string, agent: Agent, key: string): Promise<Wait> {
  const from = elapsed();
  const used = process.cpuUsage();
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      response.resume();
      response.once('end', () => {
        const { user, system } = process.cpuUsage(used);
        if (response.statusCode === 200) resolve({ ms: elapsed() - from, busy: (user + system) / 1_000 });
        else reject(new Error(`a balance was answered ${response.statusCode}`));
      });
    });
    asking.once('error', reject);
    asking.end();
  });
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

interface Round {
  readonly ours: readonly Wait[];
  readonly bare: readonly Wait[];
}

async function oneRound(round: number, api: Serving, bare: Serving, agents: readonly [Agent, Agent]): Promise<Round> {
  const ours: Wait[] = [];
  const raw: Wait[] = [];
  for (let number = round * READS; number < (round + 1) * READS; number += 1) {
    // Far apart, so that no page of the database is read twice in a row.
    const wallet = (number * 7_919) % WALLETS;
    const key = keyOf(Math.floor(number / READS_PER_KEY));
    const path = `/api/sms-wallet/balance?userId=user-${wallet}`;
    ours.push(await read(`${api.url}${path}`, agents[0], key));
    raw.push(await read(`${bare.url}${path}`, agents[1], key));
  }
  return { ours, bare: raw };
}

async function measured(store: SqliteStore): Promise<readonly Round[]> {
  await makeKeys(store, ROUNDS * READS);
  const [api, bare] = [await serve(store), await serveBare()];
  const keepAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });
  const agents = [keepAlive(), keepAlive()] as const;
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRound(round, api, bare, agents));
  for (const agent of agents) agent.destroy();
  await api.close();
  await bare.close();
  return rounds.slice(1);
}

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'jaza-balance-'));
try {
  const store = await openSqliteStore({ path: join(folder, 'jaza.db'), clock: new ManualClock(START), log: silentLog });
  const from = elapsed();
  fillLedger(store.db);
  const built = (elapsed() - from) / 1_000;
  console.log(`${LEDGER_ROWS} rows in the ledger, ${WALLETS} wallets, built and audited in ${built.toFixed(0)} s`);
  const rounds = await measured(store);
  await store.close();
  const figure = (side: keyof Round, what: keyof Wait, part: number): number =>
    percentile(
      rounds.map((round) =>
        percentile(
          round[side].map((wait) => wait[what]),
          part,
        ),
      ),
      0.5,
    );
  const say = (what: keyof Wait, part: number): string =>
    `${figure('ours', what, part).toFixed(2)} ms, bare ${figure('bare', what, part).toFixed(2)} ms`;
  console.log(`${READS} reads a round, medians of ${rounds.length} rounds`);
  console.log(`half of the reads within ${say('ms', 0.5)}; nine in ten within ${say('ms', 0.9)}`);
  console.log(`processor time of client and server: half within ${say('busy', 0.5)}; p99 ${say('busy', 0.99)}`);
  const p99 = figure('ours', 'ms', 0.99);
  console.log(`${p99 < AIM_MS ? 'holds' : 'FAILS'}  p99 of a balance over HTTP: ${say('ms', 0.99)} (aim below ${AIM_MS} ms)`);
  if (p99 >= AIM_MS) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
