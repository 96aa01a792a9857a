/**
 * Owns a run of many histories: their tally, and the report of the first one that goes wrong, told from its seed once more so that
 * what is read is what happens again.
 */

import { openDiskPool, type DiskPool } from './disk.ts';
import { liveHistory, type HistoryEnd } from './history.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { FAULTS } from './plan.ts';

export interface SimulateOptions {
  readonly seeds: number;
  readonly from: number;
  readonly mutant?: string;
  readonly verbose?: boolean;
  /** How often each thing went wrong is printed too. */
  readonly coverage?: boolean;
}

/** The exit code: 0 when nothing was broken, or when a planted bug was found; 2 for a mutant that does not exist. */
export async function simulate(options: SimulateOptions, print: (line: string) => void, elapsed: () => number): Promise<number> {
  const { seeds, from, verbose = false } = options;
  if (options.mutant === 'list') {
    for (const { name, what } of MUTANTS) print(`${name.padEnd(24)} ${what}`);
    return 0;
  }
  const mutant = MUTANTS.find(({ name }) => name === options.mutant) ?? null;
  if (options.mutant !== undefined && mutant === null) {
    print(`There is no mutant ${options.mutant}; there are ${MUTANTS.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const pool = await openDiskPool();
  try {
    const started = elapsed();
    const tally = emptyTally();
    for (let seed = from; seed < from + seeds; seed += 1) {
      const end = await liveHistory(pool, { seed, mutant, told: verbose });
      count(tally, end);
      if (verbose) print(end.story.join('\n'));
      if (end.violation === null) continue;
      print(await report(pool, end, mutant));
      return mutant === null ? 1 : 0;
    }
    const seconds = (elapsed() - started) / 1_000;
    print(summary(tally, seconds));
    if (options.coverage === true) print(coverage(tally));
    if (mutant === null) return 0;
    print(`The mutant ${mutant.name} was not found.`);
    return 1;
  } finally {
    await pool.close();
  }
}

/** Lives the history again, this time told. */
async function report(pool: DiskPool, { seed, violation }: HistoryEnd, mutant: Mutant | null): Promise<string> {
  const again = await liveHistory(pool, { seed, mutant, told: true });
  const same = again.violation?.invariant === violation?.invariant && again.violation?.detail === violation?.detail;
  const how = mutant === null ? '' : ` --mutant ${mutant.name}`;
  return [
    ...again.story,
    '',
    `Seed ${seed}, step ${again.steps}: ${violation?.invariant ?? ''}`,
    `  ${violation?.detail ?? ''}`,
    same
      ? `Again: npx jaza simulate --from ${seed} --seeds 1${how}`
      : 'It went otherwise when it was lived again: the simulator is not deterministic.',
  ].join('\n');
}

interface Tally {
  histories: number;
  steps: number;
  crashes: number;
  letters: number;
  messages: number;
  orders: Record<string, number>;
  struck: Map<string, number>;
}

function emptyTally(): Tally {
  return { histories: 0, steps: 0, crashes: 0, letters: 0, messages: 0, orders: {}, struck: new Map() };
}

function count(tally: Tally, end: HistoryEnd): void {
  tally.histories += 1;
  tally.steps += end.steps;
  tally.crashes += end.crashes;
  tally.letters += end.letters;
  tally.messages += end.messages;
  for (const [state, orders] of Object.entries(end.orders)) tally.orders[state] = (tally.orders[state] ?? 0) + orders;
  for (const [what, times] of end.struck) tally.struck.set(what, (tally.struck.get(what) ?? 0) + times);
}

/** What can go wrong and did not stands there as well, so that a fault that never strikes is seen. */
function coverage({ struck }: Tally): string {
  const never = FAULTS.filter((fault) => !struck.has(fault)).map((fault): [string, number] => [fault, 0]);
  const lines = [...struck, ...never].sort(([one], [other]) => one.localeCompare(other));
  return lines.map(([what, times]) => `${String(times).padStart(8)}  ${what}`).join('\n');
}

function summary({ histories, steps, crashes, letters, messages, orders }: Tally, seconds: number): string {
  const ends = Object.entries(orders).map(([state, number]) => `${number} ${state}`);
  return [
    `${histories} histories in ${seconds.toFixed(1)} s (${(histories / seconds).toFixed(0)} a second), no invariant broken.`,
    `${steps} steps, ${crashes} crashes and restarts, ${letters} messages of people, ${messages} of the program.`,
    `Orders: ${ends.join(', ')}.`,
  ].join('\n');
}
