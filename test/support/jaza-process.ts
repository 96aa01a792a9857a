/** Runs the command `jaza` as a process of its own, from the sources, and talks to it line by line. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../src/reference.ts';

export interface JazaChat {
  /** Sends one line and returns all that comes before the next idle. */
  say(line: unknown): Promise<readonly Record<string, unknown>[]>;
  /** Ends the input and waits for the end: the exit code. */
  end(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  readonly stderr: () => string;
}

export function startJaza(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, ['--import', 'tsx', join(PROJECT_FOLDER, 'src/cli/jaza.ts'), ...args], {
    cwd: PROJECT_FOLDER,
    env: { PATH, HOME, DATABASE_URL: 'sqlite::memory:', ...env },
  });
}

export function startChat(env: Readonly<Record<string, string>>, args: readonly string[] = []): JazaChat {
  const child = startJaza(['chat', '--json', ...args], env);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  return {
    stderr: () => stderr,
    async say(line) {
      child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
      const heard: Record<string, unknown>[] = [];
      for (;;) {
        const next = await lines.next();
        if (next.done === true) throw new Error(`jaza chat ended:\n${stderr}`);
        const parsed = JSON.parse(next.value) as Record<string, unknown>;
        if (parsed['type'] === 'idle') return heard;
        heard.push(parsed);
      }
    },
    async end() {
      child.stdin.end();
      return (await ended)[0];
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
