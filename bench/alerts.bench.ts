/**
 * Measures the sweep for alerts of low SMS: 100,000 wallets with a threshold that was told, of which some fall due at one moment and
 * each is reminded of by an SMS, to its owner or to others, of whom a ceiling holds most back; how long the event loop is held at a
 * time; and how much longer a person in a chat waits meanwhile. `npm run bench alerts`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/config.ts';
import { buyAirtime } from '../src/conversation/flows/buy-airtime.ts';
import { buySms } from '../src/conversation/flows/buy-sms.ts';
import { elapsed, ManualClock, soon } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { loadReference } from '../src/reference.ts';
import type { Rules } from '../src/services/decide.ts';
import { createTurnRunner, type TurnRunner } from '../src/services/turn-runner.ts';
import type { SqliteStore } from '../src/store/sqlite/open.ts';
import { createScheduler } from '../src/workers/scheduler.ts';
import { chatEvent, START } from './store-turns.ts';
import { openForBench } from './store.bench.ts';

const WALLETS = 100_000;
const AIMS = { sweepMs: 2_000, waitMs: 10, sliceMs: 5 };
const DAY_MS = 24 * 60 * 60_000;

function benchRules(): Rules {
  const config = parseConfig({});
  if (!config.ok) throw new Error(config.error.join('\n'));
  const { knowledge, phrasebook } = loadReference();
  return {
    business: {
      name: 'Jaza',
      supportContact: null,
      limits: config.value.limits,
      simulated: true,
      sellsSms: true,
      walletsAt: 'own',
      smsSimulated: true,
    },
    knowledge,
    phrasebook,
    flows: [buyAirtime, buySms],
    capabilities: () => ({ buttons: true, asksOwnPhone: true, retireButtons: true }),
    webhooksReachUs: true,
    breaker: config.value.breaker,
    airtimeOff: null,
    salt: 'bench',
  };
}

type Whom = 'owners' | 'others';

/** Wallets in which nothing is left, told once; `due` of them are to be looked at again by `START`, the others within the next day. */
function fill({ db }: SqliteStore, due: number, whom: Whom): void {
  const wallet = db.prepare(
    "INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version) VALUES (?, '', ?, 0, 0, 1)",
  );
  const threshold = db.prepare(
    `INSERT INTO threshold (id, wallet_id, created_by, units, alert_type, method, recipients, armed, alerted_at, set_at)
     VALUES (?, ?, 'admin', 500, 'sms', 'sms', ?, 0, 0, 0)`,
  );
  const timer = db.prepare('INSERT INTO timer (key, due_at, timer) VALUES (?, ?, ?)');
  db.transaction(() => {
    for (let at = 0; at < WALLETS; at += 1) {
      const number = `2547${String(at).padStart(8, '0')}`;
      wallet.run(`w${at}`, whom === 'owners' ? number : `user-${at}`);
      threshold.run(`t${at}`, `w${at}`, JSON.stringify({ chat: [], mobile: [number], email: [] }));
      // Spread over the table, as they would be.
      const isDue = (at * 7_919) % WALLETS < due;
      timer.run(
        `threshold:t${at}`,
        isDue ? START - 1 : START + 1 + ((at * 104_729) % DAY_MS),
        JSON.stringify({ kind: 'threshold_due', thresholdId: `t${at}` }),
      );
    }
  }).immediate();
}

interface Swept {
  readonly ms: number;
  /** Of the processor: what is left when others use the machine. */
  readonly cpuMs: number;
}

/** Everything that is due at `START`, as the server does it. */
async function sweep(store: SqliteStore, runner: TurnRunner): Promise<Swept> {
  const scheduler = createScheduler({ store, runner, clock: new ManualClock(START) });
  const [from, cpu] = [elapsed(), process.cpuUsage()];
  while (await scheduler.step());
  const { user, system } = process.cpuUsage(cpu);
  return { ms: elapsed() - from, cpuMs: (user + system) / 1_000 };
}

/** How long the event loop was held each time, until told to stop. */
function heldTimes(on: () => boolean): number[] {
  const times: number[] = [];
  let turned = elapsed();
  const look = (): void => {
    const now = elapsed();
    times.push(now - turned);
    turned = now;
    if (on()) soon(look);
  };
  soon(look);
  return times;
}

/** One chat after the other, until told to stop: how long each waited. */
async function talk(runner: TurnRunner, on: () => boolean, from: number): Promise<number[]> {
  const waits: number[] = [];
  for (let number = from; on(); number += 1) {
    const begun = elapsed();
    const [ending] = await runner.submit([chatEvent(number)]);
    waits.push(elapsed() - begun);
    if (ending !== 'committed') throw new Error(`a turn was ${ending}`);
  }
  return waits;
}

function part(values: readonly number[], of: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * of)] ?? 0;
}

function report(what: string, value: number, aim: number | null): void {
  const holds = aim === null || value <= aim;
  const against = aim === null ? '' : ` (aim at most ${aim})`;
  console.log(`${aim === null ? '     ' : holds ? 'holds' : 'FAILS'}  ${what}: ${value.toFixed(1)}${against}`);
  if (!holds) process.exitCode = 1;
}

/** How long the event loop is held at a time: a batch is one slice, because a database transaction with its sync cannot be cut. */
function reportSlices(of: string, slices: readonly number[]): void {
  const within = slices.filter((one) => one <= AIMS.sliceMs).length / slices.length;
  report(`${of}: half of the ${slices.length} slices hold the event loop for at most, ms`, part(slices, 0.5), null);
  report(`${of}: of 100 slices are within ${AIMS.sliceMs} ms`, 100 * within, null);
  report(`${of}: 99 in 100 of them for at most, ms`, part(slices, 0.99), AIMS.sliceMs);
  report(`${of}: the longest, ms`, Math.max(...slices), null);
}

/** Fills a database, sweeps it, and tells of it; with somebody who chats meanwhile, how long they wait. */
async function measure(folder: string, due: number, whom: Whom, chats: boolean): Promise<void> {
  const store = await openForBench(folder, `due-${due}-${whom}-${chats}`);
  fill(store, due, whom);
  const runner = createTurnRunner({ store, rules: benchRules(), log: silentLog, committed: () => undefined });
  let left = 300;
  const quiet = chats ? await talk(runner, () => (left -= 1) >= 0, 0) : [];
  let sweeping = true;
  const talking = talk(runner, () => chats && sweeping, 1_000);
  const held = heldTimes(() => sweeping);
  const { ms, cpuMs } = await sweep(store, runner);
  sweeping = false;
  const waits = await talking;
  const of = `${WALLETS} wallets, ${due} due, told to ${whom}`;
  if (chats) {
    const longer = (share: number): number => part(waits, share) - part(quiet, share);
    report(`${of}: half of the turns beside it, above that without it, ms`, longer(0.5), null);
    report(`${of}: p99 of a turn beside it, above that without it, ms`, longer(0.99), AIMS.waitMs);
  } else {
    report(`${of}, ms`, ms, due <= 1_000 ? AIMS.sweepMs : null);
    report(`${of}: of the processor, ms`, cpuMs, null);
    if (due > 0)
      reportSlices(
        of,
        held.filter((one) => one > 0.5),
      );
  }
  const alerts = store.db.prepare('SELECT count(*) FROM alert').pluck().get();
  if (alerts !== due) throw new Error(`${String(alerts)} of ${due} were told`);
  await store.close();
}

const folder = mkdtempSync(join(tmpdir(), 'jaza-bench-'));
try {
  await measure(folder, 0, 'owners', false);
  for (const whom of ['owners', 'others'] as const) {
    await measure(folder, 1_000, whom, false);
    await measure(folder, 1_000, whom, true);
    await measure(folder, 10_000, whom, false);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
