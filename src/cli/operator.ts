/**
 * `jaza operator`: who hears the alerts in a chat. An invite prints a code that the operator-to-be sends to the bot; it is printed
 * once, works once, for a quarter of an hour, and only its hash is kept.
 */

import type { Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { systemClock } from '../lib/clock.ts';
import { hashCode, makeCode } from '../lib/one-time-code.ts';
import { randomToken } from '../lib/random.ts';
import { operatorName } from './common.ts';
import { complain, lookingAt, print, telling } from './console.ts';

const CODE_LIVES_MS = 15 * 60_000;

export function operatorCommand(program: Command): void {
  const operator = program
    .command('operator')
    .description(
      'Who hears of orders in review, webhooks that fit no order and people who ask for you, in their chat with the bot.',
    )
    .addHelpText('after', '\nExample:\n  npx jaza operator invite --name Njeri');
  operator
    .command('invite')
    .description('Print a one-time code. Whoever sends it to the bot in a private chat becomes an operator.')
    .option('--name <name>', 'how the new operator is called in lists; otherwise whoever is logged in')
    .addHelpText('after', '\nExample:\n  npx jaza operator invite --name Njeri')
    .action(async (options: { name?: string }) => {
      process.exitCode = await invite(operatorName(options.name));
    });
  operator
    .command('list', { isDefault: true })
    .description('The operators, and in which channel they hear.')
    .addHelpText('after', '\nExample:\n  npx jaza operator list')
    .action(async () => {
      process.exitCode = await list();
    });
  operator
    .command('remove <id>')
    .description('Take an operator off: no more alerts to that chat. By the id of the list, or the name if only one has it.')
    .addHelpText('after', '\nExample:\n  npx jaza operator remove Njeri')
    .action(async (word: string) => {
      process.exitCode = await remove(word);
    });
}

async function invite(name: string): Promise<number> {
  const id = `inv-${randomToken(8)}`;
  const code = makeCode();
  const expiresAt = systemClock.now() + CODE_LIVES_MS;
  return telling(
    {
      kind: 'command',
      operator: operatorName(undefined),
      command: { what: 'invite', invite: { id, name, hash: hashCode(id, code), expiresAt } },
    },
    {
      done: () => `Within 15 minutes, ${name} sends this to the bot in a private chat:`,
      next: (_detail, here) => [
        '',
        `  operator ${code}`,
        '',
        `It works once.${here ? ' No server is running: start it first.' : ''}`,
      ],
      refused: (detail) => `No code was made: ${detail}`,
    },
  );
}

async function list(): Promise<number> {
  return lookingAt(async (desk) => {
    const operators = await desk.operators();
    const lines = operators.map(({ id, name, channel, addedAt, reachable }) => {
      const since = clockInNairobi(addedAt).slice(0, 10);
      return `${id}  ${name}, ${channel}, since ${since}${reachable ? '' : '; blocked the bot there and hears nothing'}`;
    });
    const nobody = 'Nobody hears the alerts in a chat. To change that: npx jaza operator invite';
    print(lines.length === 0 ? [nobody] : lines);
    return 0;
  });
}

async function remove(word: string): Promise<number> {
  let operatorId: string | null = null;
  const looked = await lookingAt(async (desk) => {
    const operators = await desk.operators();
    const found = operators.filter(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase());
    const [one, another] = found;
    if (one === undefined) return complain(`There is no operator ${word}. See: npx jaza operator list`);
    if (another !== undefined) return complain(`Several operators are called ${word}: say the id. See: npx jaza operator list`);
    operatorId = one.id;
    return 0;
  });
  if (looked !== 0 || operatorId === null) return looked;
  return telling(
    { kind: 'command', operator: operatorName(undefined), command: { what: 'remove_operator', operatorId } },
    { done: (name) => `${name} hears no more alerts.`, refused: (detail) => `Nothing changed: ${detail}` },
  );
}
