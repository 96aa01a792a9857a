/**
 * `jaza stop-list`: numbers whose owners want no payment prompts and no alerts, e-mail addresses whose readers want no alerts. For those
 * who tell the shop; a customer writes STOP in the chat, and a reader has a link in the e-mail. Works beside a running server and without one: it holds from the moment that it is printed.
 */

import { existsSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { isMailAddress, mailKey } from '../domain/mail-address.ts';
import { parseMsisdn } from '../domain/msisdn.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { randomToken } from '../lib/random.ts';
import { decideStopList } from '../services/decide-stop-list.ts';
import type { StopEntry } from '../ports/store.ts';
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
    .description('Numbers that get no payment prompts, e-mail addresses that get no alerts: add one, remove one, or list them.')
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[address]', 'the number, as people write it, or the e-mail address')
    .addHelpText(
      'after',
      '\nEnds with 0 when it is done, with 1 when the address cannot be used, with 2 when the database cannot.\n\nExample:\n  npx jaza stop-list add 0722000000\n  npx jaza stop-list remove somebody@example.com\n  npx jaza stop-list list',
    )
    .action(async (action: Action, typed: string | undefined) => {
      const config = databaseConfigOrExit();
      const answer =
        config === null ? { exitCode: 2 as const, lines: [] } : await stopList(config.databasePath, action, typed ?? '');
      const out = answer.exitCode === 0 ? process.stdout : process.stderr;
      for (const line of answer.lines) out.write(`${line}\n`);
      process.exitCode = answer.exitCode;
    });
}

export async function stopList(databasePath: string, action: Action, typed: string): Promise<StopListAnswer> {
  if (action === 'list') return list(databasePath);
  const entry = entryOf(typed);
  if (entry === null)
    return {
      exitCode: 1,
      lines: [
        `"${typed}" is no Kenyan mobile number and no e-mail address. Write it as in: npx jaza stop-list ${action} 0722000000`,
      ],
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
      const actor = { kind: 'operator', name: operatorName(undefined) } as const;
      const id = `stop-list:${randomToken()}`;
      const turn = decideStopList({ kind: 'stop_list', id, at: systemClock.now(), entry, stopped, actor });
      const [outcome] = await store.commit([turn]);
      if (outcome?.kind === 'unavailable' || outcome?.kind === 'poisoned') throw outcome.error;
      return { exitCode: 0, lines: [doneLine(entry, stopped)] };
    } finally {
      await store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { exitCode: 2, lines: [`The database ${databasePath} cannot be used: ${why}. Nothing was changed.`] };
  }
}

function entryOf(typed: string): StopEntry | null {
  const address = typed.trim();
  if (isMailAddress(address)) return { kind: 'email', address };
  const number = parseMsisdn(typed);
  return number.ok ? { kind: 'number', phone: number.value } : null;
}

function doneLine(entry: StopEntry, stopped: boolean): string {
  if (entry.kind === 'email')
    return `${mailKey(entry.address)} ${stopped ? 'gets no alerts by e-mail any more' : 'can get alerts by e-mail'}.`;
  return `${entry.phone} ${stopped ? 'gets no payment prompts any more' : 'can get payment prompts'}.`;
}

async function list(databasePath: string): Promise<StopListAnswer> {
  const looked = await lookInto(databasePath, (db) => stopListOf(db, phonesOf(db), versionsOf(db)).all());
  return looked.ok ? { exitCode: 0, lines: listed(looked.value) } : { exitCode: 2, lines: [looked.error] };
}

function listed(entries: readonly { readonly address: string; readonly since: number }[]): string[] {
  if (entries.length === 0) return ['No number and no e-mail address is on the list.'];
  return entries.map(({ address, since }) => `${address}  since ${clockInNairobi(since)}`);
}
