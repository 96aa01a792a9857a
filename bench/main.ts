/**
 * Runs every benchmark of this folder, `*.bench.ts` in the order of their names, each in a process of its own so that one's heap
 * is not the next one's noise. Ends with 1 when any of them missed its aim. `npm run bench [part of a name]`.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const wanted = process.argv[2] ?? '';
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.bench.ts') && name.includes(wanted));
if (files.length === 0) throw new Error(`no benchmark has "${wanted}" in its name`);

for (const name of files.sort()) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, name)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
