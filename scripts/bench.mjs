/**
 * Runs the benchmarks of bench/, in the order of their names, each in a process of its own so that one's heap is not the next one's
 * noise. They are compiled first, and measure dist/ as it ships. Ends with 1 when any missed its aim. `npm run bench [part of a name]`.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const made = join(project, 'dist.bench');

const wanted = process.argv[2] ?? '';
const files = readdirSync(join(project, 'bench')).filter((name) => name.endsWith('.bench.ts') && name.includes(wanted));
if (files.length === 0) throw new Error(`no benchmark has "${wanted}" in its name`);

rmSync(made, { recursive: true, force: true });
run([join(project, 'scripts', 'build.mjs')]);
run([join(project, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.bench.json']);
// The compiler has made the program a second time; what ships stands in its place.
rmSync(join(made, 'src'), { recursive: true });
symlinkSync(join(project, 'dist'), join(made, 'src'), 'junction');

for (const name of files.sort()) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, [join(made, 'bench', name.replace(/\.ts$/, '.js'))], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** @param {string[]} args */
function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: project, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
