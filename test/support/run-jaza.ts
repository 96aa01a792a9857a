/** A command as it is typed, run in this process: what it printed, and the code that it ends with. */

import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { jazaProgram, withCommands } from '../../src/cli/program.ts';

export interface RanHere {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runJaza(...args: readonly string[]): Promise<RanHere> {
  const heard = { out: '', err: '' };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((heard.out += String(text)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((heard.err += String(text)), true)),
  ];
  process.exitCode = 0;
  const program = jazaProgram();
  for (const command of withCommands(program)) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...heard };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode === 0 ? 0 : 2, ...heard };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = 0;
  }
}
