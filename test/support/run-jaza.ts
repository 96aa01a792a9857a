/** Runs a console command in this process and keeps what it printed, on the database that DATABASE_URL names. */

import { vi } from 'vitest';
import { jazaProgram } from '../../src/cli/program.ts';

export interface Ran {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

export async function runJaza(...args: readonly string[]): Promise<Ran> {
  const heard = { out: '', err: '' };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((heard.out += String(text)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((heard.err += String(text)), true)),
  ];
  process.exitCode = 0;
  try {
    await jazaProgram().parseAsync(args, { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const code = process.exitCode;
  process.exitCode = 0;
  return { code, ...heard };
}
