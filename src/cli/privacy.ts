/**
 * `jaza privacy`: everything that is kept about one customer, printed for the person who asks for a copy of it, or erased for the one who
 * asks for that. The copy only reads; erasing is a command like any other, turned by the server where one runs.
 */

import type { Command } from 'commander';
import { formatMsisdn, parseMsisdn } from '../domain/msisdn.ts';
import { oneLine } from '../lib/one-line.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { personalDataReader, type PersonalData } from '../store/sqlite/personal-data.ts';
import { asked } from './asking.ts';
import { databaseConfigOrExit, counted, operatorName } from './common.ts';
import { complain, telling } from './console.ts';

const WHO = "their own number, an order's reference, a customer's id, or an account as in telegram:4242";

export interface PrivacyAnswer {
  readonly exitCode: 0 | 1 | 2;
  readonly text: string;
}

export function privacyCommand(program: Command): void {
  const privacy = program
    .command('privacy')
    .description('What is kept about a person: a copy of it, or its end.')
    .addHelpText('after', '\nExample:\n  npx jaza privacy export 0722000000\n  npx jaza privacy erase 0722000000');
  privacy
    .command('export')
    .description('Prints all that is kept about a customer, as JSON, to be given to that person and to nobody else.')
    .argument('<who>', WHO)
    .addHelpText(
      'after',
      '\nEnds with 0 when somebody is found, with 1 when nobody is, with 2 when the database cannot be used.\n\nExample:\n  npx jaza privacy export 0722000000 > data-of-achieng.json',
    )
    .action(async (who: string) => {
      const config = databaseConfigOrExit();
      const answer = config === null ? { exitCode: 2 as const, text: '' } : await exported(config.databasePath, who);
      (answer.exitCode === 0 ? process.stdout : process.stderr).write(answer.text);
      process.exitCode = answer.exitCode;
    });
  eraseCommand(privacy);
}

interface EraseOptions {
  readonly yes?: boolean;
  readonly operator?: string;
  readonly giveUpSms?: boolean;
}

function eraseCommand(privacy: Command): void {
  privacy
    .command('erase')
    .description(
      'Erases all that says who a customer is, for good; orders stay as amounts. Not while one of theirs is under way.',
    )
    .argument('<who>', WHO)
    .option('--yes', 'do not ask once more')
    .option('--operator <name>', 'who says so; otherwise whoever is logged in')
    .option('--give-up-sms', 'also while another server may still keep SMS for them')
    .addHelpText(
      'after',
      '\nPrint their copy first: afterwards there is none. docs/security.md says what is kept, and why.\n\nExample:\n  npx jaza privacy erase 0722000000',
    )
    .action(async (who: string, options: EraseOptions) => {
      process.exitCode = await erase(who, options);
    });
}

async function erase(who: string, options: EraseOptions): Promise<number> {
  const config = databaseConfigOrExit();
  if (config === null) return 2;
  const looked = await lookInto(config.databasePath, (db) => personalDataReader(db)(who));
  if (!looked.ok) return complain(looked.error);
  const person = looked.value;
  if (person === null) return complain(`${nobody(who)} Nothing was erased.`);
  if (options.yes !== true) {
    const answer = await asked(`${summary(person)}\nErasing cannot be undone.`);
    if (answer === 'nobody') return complain(`${summary(person)}\nNobody is here to be asked: add --yes. Nothing was erased.`);
    if (answer === 'no') return complain('Nothing was erased.');
  }
  const { id } = person.customer;
  return telling(
    {
      kind: 'command',
      operator: operatorName(options.operator),
      command: { what: 'erase_customer', customerId: id, givesUpSms: options.giveUpSms === true },
    },
    {
      done: () =>
        `Erased: customer ${id} is nobody now. Backups that were made before still know them: erase again after a restore, and let old ones go.`,
      refused: (detail) => `Nothing was erased: ${detail}. See: npx jaza review list`,
    },
  );
}

/** Who it is, so that it is not another. */
function summary({ customer, accounts, numbers, orders, messages }: PersonalData): string {
  const own = numbers.flatMap(({ number }) => {
    const parsed = parseMsisdn(number ?? '');
    return parsed.ok ? [formatMsisdn(parsed.value)] : [];
  });
  const name = oneLine(customer.name ?? '') || 'without a name';
  const names = [name, ...own, ...accounts.map(({ channel, id }) => `${channel} ${id}`)];
  return `${names.join(', ')}: ${counted(orders.length, 'order')}, ${counted(messages.length, 'message')}.`;
}

export async function exported(databasePath: string, who: string): Promise<PrivacyAnswer> {
  const looked = await lookInto(databasePath, (db) => personalDataReader(db)(who));
  if (!looked.ok) return { exitCode: 2, text: `${looked.error}\n` };
  if (looked.value !== null) return { exitCode: 0, text: `${JSON.stringify(looked.value, null, 2)}\n` };
  return { exitCode: 1, text: `${nobody(who)}\n` };
}

function nobody(who: string): string {
  return `Nobody is known by "${who}". A number counts when its network vouched for it.`;
}
