/** `jaza say`: an operator answers a customer in their chat. It is marked there as written by a person of the shop, and kept as any message. */

import type { Command } from 'commander';
import type { Who } from '../ports/desk.ts';
import { chatFinder } from '../store/sqlite/find-chat.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { databaseConfigOrExit, operatorName } from './common.ts';
import { complain, telling } from './console.ts';
import { whoLine } from './review-list.ts';

/** Fits every channel with what is put around it. */
const LONGEST = 1_000;

export function sayCommand(program: Command): void {
  program
    .command('say')
    .description('Write to a customer in their chat, as a person of the shop.')
    .argument(
      '<whom>',
      "an id of jaza review, an order's reference, their own number, a customer's or chat's id, or telegram:4242",
    )
    .argument('<text>', 'in quotes')
    .option('--operator <name>', 'who says so; otherwise whoever is logged in')
    .addHelpText(
      'after',
      '\nTheir answer is read by the bot; they are told how to call a person again.\n\nExample:\n  npx jaza say H-7K2M4Q "Your airtime is there now. Sorry for the wait."',
    )
    .action(async (whom: string, text: string, options: { operator?: string }) => {
      process.exitCode = await say(whom, text, options.operator);
    });
}

async function say(whom: string, typed: string, operator: string | undefined): Promise<number> {
  const text = typed.replace(/[^\P{Cc}\n]/gu, ' ').trim();
  if (text === '') return complain('Say what: npx jaza say H-7K2M4Q "..."');
  if (text.length > LONGEST)
    return complain(`That is too long: ${text.length} characters, ${LONGEST} at most. Nothing was said.`);
  const config = databaseConfigOrExit();
  if (config === null) return 2;
  const looked = await lookInto(config.databasePath, (db): Who | null => chatFinder(db)(whom));
  if (!looked.ok) return complain(looked.error);
  const who = looked.value;
  if (who === null) return complain(`There is no chat of "${whom}". Nothing was said. See: npx jaza review list`);
  const command = { what: 'say', conversationId: who.conversationId, text } as const;
  return telling(
    { kind: 'command', operator: operatorName(operator), command },
    {
      done: (_detail, here) =>
        `To ${whoLine(who)}: ${here ? 'written down. No server is running: it is sent when one starts.' : 'it is on its way.'}`,
      refused: (detail) => `Nothing was said: ${detail}`,
    },
  );
}
