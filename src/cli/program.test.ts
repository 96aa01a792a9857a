/** Every command says in its help what it does, with an example; what cannot be understood is answered with help. */

import { CommanderError, type Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { jazaProgram } from './program.ts';

interface Said {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

async function run(...args: string[]): Promise<Said> {
  const program = jazaProgram();
  let out = '';
  let err = '';
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeOut: (text) => (out += text), writeErr: (text) => (err += text) });
  try {
    await program.parseAsync(['node', 'jaza', ...args]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { out, err, exitCode: error.exitCode };
  }
  throw new Error('a command was run');
}

const names = jazaProgram().commands.map((command: Command) => command.name());

describe('jaza --help', () => {
  it('names every command with a line on what it does', async () => {
    const { out, exitCode } = await run('--help');
    expect(exitCode).toBe(0);
    expect(names).toEqual(expect.arrayContaining(['start', 'chat', 'understand', 'doctor', 'sandbox']));
    for (const name of names) expect(out).toMatch(new RegExp(`^  ${name}\\b.* {2}\\w.{10,}`, 'm'));
    expect(out).toContain('Example:');
  });

  it.each(names)('%s says what it does, with an example', async (name) => {
    const { out, exitCode } = await run(name, '--help');
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: jaza ${name}`));
    expect(out).toMatch(new RegExp(`Examples?:\\n(.*\\n)*.*npx jaza ${name}`));
    expect(out.split('\n')[2]?.length).toBeGreaterThan(20);
  });

  const under = jazaProgram().commands.flatMap((command) => command.commands.map((one) => [command.name(), one.name()] as const));
  it.each(under)('%s %s says what it does, with an example of its own', (name, part) => {
    const command = jazaProgram()
      .commands.find((one) => one.name() === name)
      ?.commands.find((one) => one.name() === part);
    let help = '';
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(command?.description().length).toBeGreaterThan(20);
    expect(help).toMatch(new RegExp(`Examples?:\\n(.*\\n)*.*npx jaza ${name} ${part}`));
  });

  it('--version is the package’s', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('what cannot be understood', () => {
  it.each([
    [['fly'], /too many arguments|unknown command/],
    [['chat', '--jsno'], /unknown option.*--jsno/],
    [['sandbox', '--port'], /argument missing/],
  ])('%j is said, with the help', async (args, why) => {
    const { err, exitCode } = await run(...args);
    expect(exitCode).not.toBe(0);
    expect(err).toMatch(why);
    expect(err).toContain('Usage: jaza');
  });
});
