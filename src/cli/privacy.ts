/**
 * `jaza privacy export`: everything that is kept about one customer, for the person who asks for a copy of it. It only reads, beside a
 * running server or without one, and keeps no copy itself.
 */

import type { Command } from 'commander';
import { lookInto } from '../store/sqlite/look.ts';
import { personalDataReader } from '../store/sqlite/personal-data.ts';
import { configOrExit } from './common.ts';

export interface PrivacyAnswer {
  readonly exitCode: 0 | 1 | 2;
  readonly text: string;
}

export function privacyCommand(program: Command): void {
  const privacy = program
    .command('privacy')
    .description('What is kept about a person.')
    .addHelpText('after', '\nExample:\n  npx jaza privacy export 0722000000');
  privacy
    .command('export')
    .description('Prints all that is kept about a customer, as JSON, to be given to that person and to nobody else.')
    .argument('<who>', "their own number, an order's reference, a customer's id, or an account as in telegram:4242")
    .addHelpText(
      'after',
      '\nEnds with 0 when somebody is found, with 1 when nobody is, with 2 when the database cannot be used.\n\nExample:\n  npx jaza privacy export 0722000000 > data-of-achieng.json',
    )
    .action(async (who: string) => {
      const config = configOrExit(process.env);
      const answer = config === null ? { exitCode: 2 as const, text: '' } : await exported(config.databasePath, who);
      (answer.exitCode === 0 ? process.stdout : process.stderr).write(answer.text);
      process.exitCode = answer.exitCode;
    });
}

export async function exported(databasePath: string, who: string): Promise<PrivacyAnswer> {
  const looked = await lookInto(databasePath, (db) => personalDataReader(db)(who));
  if (!looked.ok) return { exitCode: 2, text: `${looked.error}\n` };
  if (looked.value !== null) return { exitCode: 0, text: `${JSON.stringify(looked.value, null, 2)}\n` };
  return { exitCode: 1, text: `Nobody is known by "${who}". A number counts when its network vouched for it.\n` };
}
