/**
 * `jaza stop-list`: numbers whose owners want no payment prompts. For those who are no customers and tell the shop; a customer writes
 * STOP in the chat. Works beside a running server and without one: it holds from the moment that it is printed.
 */

import { existsSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { parseMsisdn } from '../domain/msisdn.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { randomToken } from '../lib/random.ts';
import { decideStopList } from '../services/decide-stop-list.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { phonesOf } from '../store/sqlite/phones.ts';
import { stopListOf } from '../store/sqlite/stop-list.ts';
import { versionsOf } from '../store/sqlite/versions.ts';
import { databaseConfigOrExit, operatorName } from './common.ts';

const ACTIONS = ['add', 'remove', 'list'] as const;
export type Action = (typeof ACTIONS)[number];

export interface StopListAnswer {
  readonly exitCode: 0 | 1 | 2;
  readonly lines: readonly string[];
}

export function stopListCommand(program: Command): void {
  program
    .command('stop-list')
    .description('Numbers that get no payment prompts, whoever asks for them: add one, remove one, or list them.')
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[msisdn]', 'the number, as people write it')
    .addHelpText(
      'after',
      '\nEnds with 0 when it is done, with 1 when the number cannot be used, with 2 when the database cannot.\n\nExample:\n  npx jaza stop-list add 0722000000\n  npx jaza stop-list list',
    )
    .action(async (action: Action, number: string | undefined) => {
      const config = databaseConfigOrExit();
      const answer =
        config === null ? { exitCode: 2 as const, lines: [] } : await stopList(config.databasePath, action, number ?? '');
      const out = answer.exitCode === 0 ? process.stdout : process.stderr;
      for (const line of answer.lines) out.write(`${line}\n`);
      process.exitCode = answer.exitCode;
    });
}

export async function stopList(databasePath: string, action: Action, typed: string): Promise<StopListAnswer> {
  if (action === 'list') return list(databasePath);
  const number = parseMsisdn(typed);
  if (!number.ok)
    return {
      exitCode: 1,
      lines: [`"${typed}" is no Kenyan mobile number. Write it as in: npx jaza stop-list ${action} 0722000000`],
    };
  // To open it would make an empty one.
  if (!existsSync(databasePath))
    return {
      exitCode: 2,
      lines: [`There is no database ${databasePath}: set DATABASE_URL, or start the server once to make it.`],
    };
  try {
    const store = await openSqliteStore({ path: databasePath, clock: systemClock, log: silentLog, mayMigrate: false });
    try {
      const stopped = action === 'add';
      const about = { phone: number.value, stopped, operator: operatorName(undefined) };
      const turn = decideStopList({ kind: 'stop_list', id: `stop-list:${randomToken()}`, at: systemClock.now(), ...about });
      const [outcome] = await store.commit([turn]);
      if (outcome?.kind === 'unavailable' || outcome?.kind === 'poisoned') throw outcome.error;
      return {
        exitCode: 0,
        lines: [`${number.value} ${stopped ? 'gets no payment prompts any more' : 'can get payment prompts'}.`],
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { exitCode: 2, lines: [`The database ${databasePath} cannot be used: ${why}. Nothing was changed.`] };
  }
}

async function list(databasePath: string): Promise<StopListAnswer> {
  const looked = await lookInto(databasePath, (db) => stopListOf(db, phonesOf(db), versionsOf(db)).all());
  return looked.ok ? { exitCode: 0, lines: listed(looked.value) } : { exitCode: 2, lines: [looked.error] };
}

function listed(numbers: readonly { readonly phone: string; readonly since: number }[]): string[] {
  if (numbers.length === 0) return ['No number is on the list.'];
  return numbers.map(({ phone, since }) => `${phone}  since ${clockInNairobi(since)}`);
}
