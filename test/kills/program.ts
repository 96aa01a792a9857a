/**
 * Owns one life of the program: the built command on a real file, as a process of its own, and its end, by SIGKILL in a planned
 * moment or by SIGTERM. What it wrote to stderr is kept, to be shown with a violation.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { sleep, systemClock } from '../../src/lib/clock.ts';
import { PROJECT_FOLDER } from '../../src/reference.ts';
import type { LifePlan, Moment } from './plan.ts';

export interface Life {
  readonly log: () => string;
  /** Something was seen that only the world outside can see. */
  reached(moment: Moment): void;
  /** Resolves when it is dead, by the plan or, if its moment never comes, for being too old. */
  killed(plan: LifePlan): Promise<'in its moment' | 'of old age'>;
  /** SIGTERM; the exit code. */
  stopped(): Promise<number | null>;
  /** SIGKILL, whatever it does. */
  ended(): Promise<void>;
}

export interface ProgramOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clockAheadMs?: number;
}

/** After it was up: its moment has not come by then, and the next life shall have something to do. */
const OLD_AGE_MS = 6_000;
/** Or was never up at all, on however busy a machine. */
const STILLBORN_MS = 40_000;
/** An orderly end is not waited for much longer than it promises. */
const STOP_PATIENCE_MS = 25_000;

const DATABASE = 'jaza.db';

export function databaseIn(folder: string): string {
  return join(folder, DATABASE);
}

/** Builds dist/ when a source is newer. Throws when that fails. */
export function ensureBuilt(): void {
  const source = join(PROJECT_FOLDER, 'src');
  const newest = Math.max(
    ...readdirSync(source, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(source, name)).mtimeMs),
  );
  const built = statSync(join(PROJECT_FOLDER, 'dist/cli/jaza.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newest) return;
  const { status, stderr } = spawnSync(process.execPath, [join(PROJECT_FOLDER, 'scripts/build.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the program could not be built:\n${stderr}`);
}

export function startProgram({ folder, env, clockAheadMs = 0 }: ProgramOptions): Life {
  const { PATH = '', HOME = '' } = process.env;
  const ahead = clockAheadMs === 0 ? [] : ['--import', join(PROJECT_FOLDER, 'test/kills/clock-ahead.mjs')];
  const child = spawn(process.execPath, [...ahead, join(PROJECT_FOLDER, 'bin/jaza.js'), 'start'], {
    cwd: PROJECT_FOLDER,
    env: { PATH, HOME, DATABASE_URL: `sqlite:${databaseIn(folder)}`, CLOCK_AHEAD_MS: String(clockAheadMs), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const exited = (once(child, 'exit') as Promise<[number | null]>).then(([code]) => code);
  let onMoment: (moment: Moment) => void = () => undefined;
  const up = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
      if (log.includes('Listening on')) resolve();
    });
  });
  const disk = watchDisk(folder, (moment) => onMoment(moment));
  void exited.then(() => disk.close());

  const kill = (): void => void child.kill('SIGKILL');

  return {
    log: () => log,
    reached: (moment) => onMoment(moment),
    async killed(plan) {
      const { moment } = plan;
      const awaited = AWAITED[moment] ?? moment;
      let left = awaited === 'starting' ? 0 : plan.nth;
      let inTime = awaited === 'starting';
      const strike = (): void => {
        inTime = true;
        onMoment = () => undefined;
        if (plan.delayMs === 0) kill();
        else systemClock.after(plan.delayMs, kill);
      };
      const finish = (): void => {
        child.kill('SIGTERM');
        if (moment === 'stopping') return strike();
        onMoment = (seen) => {
          if (seen === 'checkpoint') strike();
        };
      };
      onMoment = (seen) => {
        if (seen !== awaited) return;
        left -= 1;
        if (left > 0) return;
        onMoment = () => undefined;
        if (moment === 'stopping' || moment === 'checkpoint') finish();
        else strike();
      };
      if (awaited === 'starting') strike();
      const stillborn = systemClock.after(STILLBORN_MS, kill);
      let tooOld = (): void => undefined;
      void up.then(() => (tooOld = systemClock.after(OLD_AGE_MS, kill)));
      await exited;
      stillborn();
      tooOld();
      return inTime ? 'in its moment' : 'of old age';
    },
    async stopped() {
      const patience = new AbortController();
      // One that is still being loaded does not hear yet that it should end in order, and just ends.
      await Promise.race([up, exited, sleep(STOP_PATIENCE_MS, patience.signal)]);
      child.kill('SIGTERM');
      await Promise.race([exited, sleep(STOP_PATIENCE_MS, patience.signal).then(kill)]);
      patience.abort();
      return exited;
    },
    async ended() {
      kill();
      await exited;
    },
  };
}

/** What is waited for first, where that is something else: an orderly end is asked for, and a random instant taken, under load. */
const AWAITED: Partial<Record<Moment, Moment>> = { checkpoint: 'send', stopping: 'send', any: 'send' };

/** While the database is in use, only a checkpoint writes into the file itself; everything else goes to its log. */
function watchDisk(folder: string, reached: (moment: Moment) => void): { close(): void } {
  return watch(folder, (_event, name) => {
    if (name === `${DATABASE}-wal`) reached('opening');
    if (name === DATABASE) reached('checkpoint');
  });
}
