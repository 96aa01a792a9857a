/**
 * The long proofs, on all cores: seeded histories that nothing may break, every planted bug found among fresh seeds, and the real process
 * killed for real. Prints a line for each figure, and the story of whatever broke; ends with 1 when anything did.
 * `npm run prove -- [--histories 100000] [--mutant-seeds 2000] [--kills 500] [--from <seed>]`
 */

import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const jaza = join(project, 'dist', 'cli', 'jaza.js');
const CHUNK = 1_000;

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '100000' },
    'mutant-seeds': { type: 'string', default: '2000' },
    kills: { type: 'string', default: '500' },
    from: { type: 'string', default: String(randomInt(1, 2 ** 31)) },
  },
});
/** @param {'histories' | 'mutant-seeds' | 'kills' | 'from'} name */
const whole = (name) => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name}: must be a whole number`);
  return value;
};
const [histories, mutantSeeds, kills, from] = [whole('histories'), whole('mutant-seeds'), whole('kills'), whole('from')];

const built = spawnSync(process.execPath, [join(project, 'scripts', 'build.mjs')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const started = performance.now();
console.log(`from seed ${from}, on ${availableParallelism()} cores`);
let broken = 0;
await proveHistories();
await proveMutants();
await proveKills();
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(broken === 0 ? `all of it holds (${minutes} minutes)` : `${broken} proofs failed (${minutes} minutes)`);
process.exitCode = broken === 0 ? 0 : 1;

async function proveHistories() {
  const sums = { histories: 0, steps: 0, crashes: 0, orders: 0 };
  const chunks = Array.from({ length: Math.ceil(histories / CHUNK) }, (_one, at) => at * CHUNK);
  let violations = 0;
  const began = performance.now();
  await onAllCores(chunks, async (done) => {
    const seeds = Math.min(CHUNK, histories - done);
    const { status, out } = await run([jaza, 'simulate', '--seeds', String(seeds), '--from', String(from + done)]);
    if (status !== 0) {
      violations += 1;
      return console.log(out);
    }
    sums.histories += seeds;
    sums.steps += Number(/^(\d+) steps/m.exec(out)?.[1]);
    sums.crashes += Number(/(\d+) crashes/.exec(out)?.[1]);
    for (const [, orders] of /^Orders: (.*)\.$/m.exec(out)?.[1]?.matchAll(/(\d+) /g) ?? []) sums.orders += Number(orders);
  });
  const seconds = (performance.now() - began) / 1_000;
  tell(
    violations === 0 && sums.histories === histories,
    `histories: ${sums.histories} of ${histories} without a broken invariant (${(sums.histories / seconds).toFixed(0)} a second); ` +
      `${sums.orders} orders, ${sums.crashes} crashes, ${sums.steps} steps; ${violations} violations`,
  );
}

async function proveMutants() {
  const { out } = await run([jaza, 'simulate', '--mutant', 'list']);
  const names = out.split('\n').flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
  const notFound = [];
  const slowest = { name: '', seeds: 0 };
  await onAllCores(names, async (name) => {
    const args = ['--mutant', name, '--seeds', String(mutantSeeds), '--from', String(from)];
    const found = /^Seed (\d+), step \d+: (.*)$/m.exec((await run([jaza, 'simulate', ...args])).out);
    if (found === null) return notFound.push(name);
    const seeds = Number(found[1]) - from + 1;
    if (seeds > slowest.seeds) Object.assign(slowest, { name, seeds });
    console.log(`  ${name}: found after ${seeds} seeds: ${found[2]}`);
  });
  tell(
    notFound.length === 0 && names.length > 0,
    `planted bugs: ${names.length - notFound.length} of ${names.length} found within ${mutantSeeds} fresh seeds ` +
      `(the last, ${slowest.name}, after ${slowest.seeds})${notFound.length === 0 ? '' : `; not found: ${notFound.join(', ')}`}`,
  );
}

async function proveKills() {
  const main = join(project, 'test', 'kills', 'kills-main.ts');
  if (kills === 0 || !existsSync(main)) return;
  const tsx = join(project, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { status, out } = await run([tsx, main, '--kills', String(kills), '--seed', String(1 + (from % 1_000_000))]);
  tell(status === 0, `kills: ${out.trim().split('\n').slice(-6).join('; ')}`);
  if (status !== 0) console.log(out);
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<unknown>} work
 */
async function onAllCores(items, work) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<{ status: number | null, out: string }>}
 */
function run(args) {
  const child = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => resolve({ status, out })));
}

/**
 * @param {boolean} holds
 * @param {string} line
 */
function tell(holds, line) {
  if (!holds) broken += 1;
  console.log(`${holds ? 'holds' : 'FAILS'}  ${line}`);
}
