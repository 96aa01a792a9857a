/**
 * `jaza privacy export`: everything that is kept about one customer, for the person who asks for a copy of it. It only reads, beside a
 * running server or without one, and keeps no copy itself.
 */

import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
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
  try {
    const store = await openSqliteStore({ path: databasePath, clock: systemClock, log: silentLog, mayMigrate: false });
    try {
      const data = store.personalData(who);
      if (data !== null) return { exitCode: 0, text: `${JSON.stringify(data, null, 2)}\n` };
      return { exitCode: 1, text: `Nobody is known by "${who}". A number counts when its network vouched for it.\n` };
    } finally {
      await store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { exitCode: 2, text: `The database ${databasePath} cannot be used: ${why}.\n` };
  }
}
