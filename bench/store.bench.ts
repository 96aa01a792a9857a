/**
 * Measures the store against the bare driver writing the same rows, on a file at synchronous=FULL: one turn in flight and 32.
 * Prints turns per second and the ratios that the store has to hold; `npm run bench store`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ManualClock, elapsed } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { needsOf } from '../src/services/needs-of.ts';
import { FLOWS } from '../src/wiring.ts';
import { openSqliteStore, type SqliteStore } from '../src/store/sqlite/open.ts';
import { bareLoop } from './store-bare.ts';
import { CHATS, chatEvent, storeTurn, welcomeAll, START } from './store-turns.ts';
import type { Known, Store, Turn, TurnEvent } from '../src/ports/store.ts';

export type Decide = (known: Known, event: TurnEvent) => Turn;

const ROUNDS = 9;
/** The aims of the project: what the store may cost over the bare driver. */
const AIMS = { alone: 0.65, grouped: 0.5, groupedOverAlone: 2.5 };

/** Turns per second through load, decide and commit, `inFlight` at a time. Throws when a turn is not committed. */
export async function turnsPerSecond(
  store: Store,
  decide: Decide,
  turns: number,
  inFlight: number,
  eventOf: (number: number) => TurnEvent = chatEvent,
): Promise<number> {
  let seconds = 0;
  for (let done = 0; done < turns; done += inFlight) {
    const events = Array.from({ length: Math.min(inFlight, turns - done) }, (_, at) => eventOf(done + at));
    const from = elapsed();
    const known = await store.load(events);
    const outcomes = await store.commit(
      events.map((event, at) => {
        const of = known[at];
        if (of === undefined) throw new Error('the store knows nothing of an event');
        return decide(of, event);
      }),
    );
    seconds += (elapsed() - from) / 1_000;
    const failed = outcomes.find(({ kind }) => kind !== 'committed');
    if (failed !== undefined) throw new Error(`a turn was ${failed.kind}`);
  }
  return turns / seconds;
}

export async function openForBench(folder: string, name: string): Promise<SqliteStore> {
  const store = await openSqliteStore({
    path: join(folder, `${name}.db`),
    clock: new ManualClock(START),
    log: silentLog,
    needsOf: (session) => needsOf(session, FLOWS),
  });
  await welcomeAll(store);
  return store;
}

async function measure(folder: string, name: string, run: (store: SqliteStore) => Promise<number>): Promise<number> {
  const store = await openForBench(folder, name);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Turns per second of one round. */
interface Round {
  readonly bareAlone: number;
  readonly storeAlone: number;
  readonly bareGrouped: number;
  readonly storeGrouped: number;
}

async function oneRound(folder: string, round: number, turns: number): Promise<Round> {
  return {
    bareAlone: await measure(folder, `bare-1-${round}`, async ({ db }) => bareLoop(db, turns, 1)),
    storeAlone: await measure(folder, `store-1-${round}`, (store) => turnsPerSecond(store, storeTurn, turns, 1)),
    bareGrouped: await measure(folder, `bare-32-${round}`, async ({ db }) => bareLoop(db, turns * 4, 32)),
    storeGrouped: await measure(folder, `store-32-${round}`, (store) => turnsPerSecond(store, storeTurn, turns * 4, 32)),
  };
}

async function main(turns: number, folder: string): Promise<void> {
  // Many short rounds: the speed of a shared machine drifts, so only what was measured side by side is compared.
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRound(folder, round, turns));
  const speed = (of: (round: Round) => number): string => median(rounds.map(of)).toFixed(0);
  console.log(
    `${CHATS} chats, ${turns} turns a round alone and ${turns * 4} grouped; medians of ${ROUNDS} rounds, turns per second`,
  );
  console.log(`1 in flight:  store ${speed((one) => one.storeAlone)}, bare ${speed((one) => one.bareAlone)}`);
  console.log(`32 in flight: store ${speed((one) => one.storeGrouped)}, bare ${speed((one) => one.bareGrouped)}`);
  const ratio = (of: (round: Round) => number): number => median(rounds.map(of));
  report(
    'store / bare, 1 in flight',
    ratio((one) => one.storeAlone / one.bareAlone),
    AIMS.alone,
  );
  report(
    'store / bare, 32 in flight',
    ratio((one) => one.storeGrouped / one.bareGrouped),
    AIMS.grouped,
  );
  report(
    'store at 32 / bare with a commit per turn',
    ratio((one) => one.storeGrouped / one.bareAlone),
    AIMS.groupedOverAlone,
  );
}

function report(what: string, ratio: number, aim: number): void {
  console.log(`${ratio >= aim ? 'holds' : 'FAILS'}  ${what}: ${ratio.toFixed(2)} (aim ${aim})`);
  if (ratio < aim) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'jaza-bench-'));
  try {
    await main(Number(process.argv[2] ?? 500), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
