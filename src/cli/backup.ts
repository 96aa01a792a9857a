/**
 * `jaza backup`: a folder with a copy of the database, made while the bot runs, and the key that opens what is sealed in it. The folder
 * appears under its name only once the copy has been proved; until then there is none.
 */

import { copyFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import type { Config } from '../config.ts';
import { systemClock, type Instant } from '../lib/clock.ts';
import { secretKeyPath } from '../secret-key.ts';
import { copyDatabase, sync, verifyCopy, type CopyFacts } from '../store/sqlite/back-up.ts';
import type { Db } from '../store/sqlite/connection.ts';
import { asError } from '../store/sqlite/db-transaction.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { databaseConfigOrExit, counted, endWith, type Ending } from './common.ts';

/** The names in a backup's folder, whatever the originals are called. */
export const DATABASE_IN_BACKUP = 'jaza.db';
export const KEY_IN_BACKUP = 'secret.key';

export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description('Back the database and its key up, also while the bot runs, and prove the copy. Changes nothing else.')
    .argument('[folder]', 'where: an existing folder gets a new one in it; default: backups/ beside the database')
    .addHelpText(
      'after',
      `
Ends with 0 when the backup is made and sound, with 1 when the database itself is not sound, with 2 when it cannot be made.
Whoever has the folder can read everything in it. Keep a copy on another machine.

Examples:
  npx jaza backup
  npx jaza backup ../usb-stick
  npx jaza restore data/backups/jaza-2026-11-25T06-00-00Z`,
    )
    .action(async (folder: string | undefined) => {
      const config = databaseConfigOrExit();
      endWith(config === null ? { exitCode: 2 } : await backUp(config, folder, systemClock.now()));
    });
}

export type Kept = Pick<Config, 'databasePath' | 'secretKey'>;

/** `folder` as on the command line. Never rejects. */
export async function backUp(config: Kept, folder: string | undefined, now: Instant): Promise<Ending> {
  const target = targetOf(config, folder, now);
  const part = `${target}.part-${process.pid}`;
  try {
    // What goes wrong with the copy is said as that, and not as a fault of the database.
    const copied = (db: Db): Promise<Error | null> => copyInto(db, part).then(() => null, asError);
    const looked = await lookInto(config.databasePath, copied, { older: true });
    if (!looked.ok) return refuse(`No backup was made. ${looked.error}`);
    if (looked.value !== null) throw looked.value;
    const proved = verifyCopy(join(part, DATABASE_IN_BACKUP));
    if (!proved.ok) {
      const err = [
        `No backup was made: a copy of ${config.databasePath} is not sound, ${proved.error}.`,
        'Stop the bot, keep that file as it is, and restore the last good backup: npx jaza restore --help',
      ];
      return { exitCode: 1, err: err.join('\n') };
    }
    const key = copyKey(config, part);
    if (existsSync(target)) return refuse(`No backup was made: ${target} is there already. Name a new folder.`);
    sync(part);
    renameSync(part, target);
    sync(dirname(target));
    const exitCode = proved.value.ledgerFaults.length === 0 ? 0 : 1;
    return { exitCode, out: report(target, proved.value, key).join('\n') };
  } catch (error) {
    return refuse(`No backup was made: ${asError(error).message}. Is there room, and may this user write to ${dirname(target)}?`);
  } finally {
    if (existsSync(part)) rmSync(part, { recursive: true });
  }
}

async function copyInto(db: Db, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await copyDatabase(db, join(folder, DATABASE_IN_BACKUP));
}

const refuse = (why: string): Ending => ({ exitCode: 2, err: why });

function targetOf({ databasePath }: Kept, folder: string | undefined, now: Instant): string {
  const named = folder === undefined ? join(dirname(resolve(databasePath)), 'backups') : resolve(folder);
  const within = folder === undefined || (existsSync(named) && statSync(named).isDirectory());
  return within ? join(named, `jaza-${stamp(now)}`) : named;
}

/** An instant as part of a file's name: `2026-11-25T06-00-00Z`. */
export function stamp(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll(':', '-') + 'Z';
}

type KeyKept = 'copied' | 'none yet' | 'in the environment';

function copyKey(config: Kept, into: string): KeyKept {
  const path = secretKeyPath(config);
  if (path === null) return 'in the environment';
  if (!existsSync(path)) return 'none yet';
  const copy = join(into, KEY_IN_BACKUP);
  copyFileSync(path, copy);
  chmodSync(copy, 0o600);
  sync(copy);
  return 'copied';
}

function report(target: string, facts: CopyFacts, key: KeyKept): string[] {
  const { orders, callsOut, lastCommittedAt, ledgerFaults } = facts;
  const until = lastCommittedAt === null ? 'nothing has happened yet' : `up to ${clockInNairobi(lastCommittedAt)} (Nairobi)`;
  const out = callsOut === 0 ? '' : ` (${callsOut} with a call under way)`;
  const keys: Record<KeyKept, string> = {
    copied: 'Its key is with it: whoever has the folder can read everything. Keep a copy on another machine.',
    'none yet': 'There is no key yet, so nothing is sealed. Keep a copy on another machine.',
    'in the environment': 'Its key is SECRET_KEY of your environment and NOT in the backup: keep that too, elsewhere.',
  };
  const sound =
    ledgerFaults.length === 0
      ? ['  read through and sound; the ledger adds up']
      : [
          '  the copy is what the database is, but its ledger does not add up:',
          ...ledgerFaults.map((fault) => `  WRONG: ${fault}`),
        ];
  return [`Backup: ${target}`, `  ${counted(orders, 'order')}${out}, ${until}`, ...sound, `  ${keys[key]}`];
}
