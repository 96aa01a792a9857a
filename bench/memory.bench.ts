/**
 * Measures what open conversations cost in memory: the resident memory of a core over a database with 50,000 chats in the middle of a
 * purchase, beside the same core over one with none, each after the same 2,000 turns. State lives in the store, so it must not grow.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../src/lib/clock.ts';
import { idsFrom } from '../src/lib/ids.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Turn } from '../src/ports/store.ts';
import { needsOf } from '../src/services/needs-of.ts';
import { FLOWS } from '../src/wiring.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { busySession, chatEvent, START, storeTurn, welcomeAll } from './store-turns.ts';

const OPEN_CHATS = 50_000;
const TURNS = 2_000;
/** Resident memory may differ by the page cache of the database and by chance, not by the chats. */
const AIM_MIB = 24;

function openChat(number: number): Turn {
  const ids = idsFrom(`memory/${number}`);
  const address = { channel: 'telegram', account: '7000000001', chat: String(900_000_000 + number) } as const;
  const customer = { id: ids.id('c'), name: 'Wanjiku' };
  const conversation = {
    id: ids.id('v'),
    customerId: customer.id,
    address,
    session: busySession(1, START),
    blockedAt: null,
    version: 0,
  };
  return {
    event: { ...chatEvent(number), id: `open:${number}` },
    read: {},
    touched: [],
    changes: [{ kind: 'welcome', customer, sender: address.chat, conversation }],
  };
}

async function fillDatabase(path: string, chats: number): Promise<void> {
  const store = await openSqliteStore({
    path,
    clock: new ManualClock(START),
    log: silentLog,
    needsOf: (session) => needsOf(session, FLOWS),
  });
  await welcomeAll(store);
  for (let at = 0; at < chats; at += 500) await store.commit(Array.from({ length: 500 }, (_, more) => openChat(at + more)));
  await store.close();
}

/** The process that is measured: opens the database, turns 2,000 messages, tells its resident memory. */
async function measured(path: string): Promise<void> {
  const store = await openSqliteStore({
    path,
    clock: new ManualClock(START),
    log: silentLog,
    needsOf: (session) => needsOf(session, FLOWS),
  });
  for (let at = 0; at < TURNS; at += 32) {
    const events = Array.from({ length: 32 }, (_, more) => chatEvent(at + more));
    const known = await store.load(events);
    await store.commit(events.flatMap((event, index) => (known[index] === undefined ? [] : [storeTurn(known[index], event)])));
  }
  globalThis.gc?.();
  console.log(process.memoryUsage().rss);
  await store.close();
}

function residentMib(path: string): number {
  const args = ['--expose-gc', import.meta.filename, 'measured', path];
  return Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) / 2 ** 20;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

if (process.argv[2] === 'measured') {
  await measured(process.argv[3] ?? '');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'jaza-memory-'));
  try {
    const figures = { none: [] as number[], open: [] as number[] };
    for (let round = 0; round < 3; round += 1) {
      for (const [name, chats] of [
        ['none', 0],
        ['open', OPEN_CHATS],
      ] as const) {
        const path = join(folder, `${name}-${round}.db`);
        await fillDatabase(path, chats);
        figures[name].push(residentMib(path));
      }
    }
    const growth = median(figures.open) - median(figures.none);
    console.log(
      `resident memory, medians of 3: ${median(figures.none).toFixed(0)} MiB with no other chat open, ${median(figures.open).toFixed(0)} MiB with ${OPEN_CHATS}`,
    );
    console.log(`${growth <= AIM_MIB ? 'holds' : 'FAILS'}  growth: ${growth.toFixed(1)} MiB (aim at most ${AIM_MIB})`);
    if (growth > AIM_MIB) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
