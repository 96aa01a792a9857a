/**
 * Measures postings to the ledger through the store's commit, beside the bare driver inserting the same rows into the same tables in the
 * same run: a commit for each and 32 to a commit, on a file at synchronous=FULL; once more against the rows alone, in a database whose
 * triggers were taken away. `npm run bench ledger`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elapsed, ManualClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openSqliteStore, type SqliteStore } from '../src/store/sqlite/open.ts';
import { barePostings, openWallets, postingTurn, withoutTriggers } from './ledger-rows.ts';
import { START } from './store-turns.ts';

const ROUNDS = 7;
const GROUP = 32;
const AIM = 0.5;

async function postings(store: SqliteStore, count: number, perCommit: number): Promise<number> {
  let ms = 0;
  for (let done = 0; done < count; done += perCommit) {
    const turns = Array.from({ length: Math.min(perCommit, count - done) }, (_, at) => postingTurn(done + at));
    const from = elapsed();
    const outcomes = await store.commit(turns);
    ms += elapsed() - from;
    const failed = outcomes.find(({ kind }) => kind !== 'committed');
    if (failed !== undefined) throw new Error(`a posting was ${failed.kind}`);
  }
  return (count / ms) * 1_000;
}

async function measure(folder: string, name: string, run: (store: SqliteStore) => number | Promise<number>): Promise<number> {
  const store = await openSqliteStore({ path: join(folder, `${name}.db`), clock: new ManualClock(START), log: silentLog });
  try {
    openWallets(store.db);
    return await run(store);
  } finally {
    await store.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const count = Number(process.argv[2] ?? 500);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'jaza-ledger-'));
try {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      bareAlone: await measure(folder, `bare-1-${round}`, ({ db }) => barePostings(db, count, 1)),
      alone: await measure(folder, `store-1-${round}`, (store) => postings(store, count, 1)),
      bareGrouped: await measure(folder, `bare-32-${round}`, ({ db }) => barePostings(db, count * 8, GROUP)),
      rowsGrouped: await measure(folder, `rows-32-${round}`, ({ db }) => {
        withoutTriggers(db);
        return barePostings(db, count * 8, GROUP);
      }),
      grouped: await measure(folder, `store-32-${round}`, (store) => postings(store, count * 8, GROUP)),
    });
  }
  console.log(`postings of three transfers each, per second; medians of ${ROUNDS} rounds, ratios within each round`);
  for (const [what, bare, ours] of [
    ['1 to a commit', 'bareAlone', 'alone'],
    [`${GROUP} to a commit`, 'bareGrouped', 'grouped'],
    [`${GROUP} to a commit, the bare rows without triggers and balances`, 'rowsGrouped', 'grouped'],
  ] as const) {
    const ratio = median(rounds.map((round) => round[ours] / round[bare]));
    console.log(
      `${what}: store ${median(rounds.map((r) => r[ours])).toFixed(0)}, bare ${median(rounds.map((r) => r[bare])).toFixed(0)}`,
    );
    console.log(`${ratio >= AIM ? 'holds' : 'FAILS'}  store / bare, ${what}: ${ratio.toFixed(2)} (aim at least ${AIM})`);
    if (ratio < AIM) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
