/**
 * Owns dist/: compiles src/ and copies what the compiler leaves (assets, SQL migrations). The new folder takes the place of the old
 * one only when it is whole, so a failed build leaves what ran before, and no file of an older build stays behind.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const made = join(project, `dist.new.${process.pid}`);
const old = join(project, `dist.old.${process.pid}`);
const dist = join(project, 'dist');
/** Run by npm after an install: then a missing compiler is no fault, it was left out on purpose. */
const afterInstall = process.env.npm_lifecycle_event === 'prepare';

process.exitCode = build();

/** @returns {number} the exit code */
function build() {
  const compiler = compilerPath();
  if (compiler === null) return withoutCompiler();
  rmSync(made, { recursive: true, force: true });
  const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', made], {
    cwd: project,
    stdio: 'inherit',
  });
  if (compiled.status !== 0) {
    rmSync(made, { recursive: true, force: true });
    process.stderr.write('Not built: the errors above come first. dist/ is as it was.\n');
    return 1;
  }
  copyWhatIsNotCompiled();
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(made, dist);
  rmSync(old, { recursive: true, force: true });
  return 0;
}

/** The compiler's program, or null where only what runs is installed; the types of the packages are a part of compiling. */
function compilerPath() {
  const { devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const needed = Object.keys(devDependencies).filter((name) => name === 'typescript' || name.startsWith('@types/'));
  const missing = needed.some((name) => !existsSync(join(project, 'node_modules', name)));
  return missing ? null : join(project, 'node_modules', 'typescript', 'bin', 'tsc');
}

function withoutCompiler() {
  const built = existsSync(join(dist, 'cli', 'jaza.js'));
  const found = built ? 'The dist/ that is here goes on being used.' : 'There is no dist/ here yet, so Jaza cannot start.';
  process.stderr.write(
    `Not built: the compiler is not installed (development dependencies were left out). ${found}\n` +
      'To build: npm ci. To slim down afterwards: npm prune --omit=dev.\n',
  );
  return afterInstall ? 0 : 1;
}

function copyWhatIsNotCompiled() {
  const source = join(project, 'src');
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const inner = parentPath.slice(source.length + 1);
    const folders = inner.split(sep);
    if (folders.includes('assets') || (folders.includes('migrations') && name.endsWith('.sql'))) {
      cpSync(join(parentPath, name), join(made, inner, name));
    }
  }
}
