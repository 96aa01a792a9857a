/**
 * `jaza restore`: puts a backup in the place of the database. It is copied, proved, brought up to date and made safe first, beside the
 * database; then the one takes the place of the other. Refuses while a process holds the database, and to go back in time unasked.
 */

import { copyFileSync, chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { clockInNairobi } from '../domain/nairobi.ts';
import { systemClock, type Instant } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { awaitingDatabase, awaitingKey, secretKeyPath } from '../secret-key.ts';
import { sync, verifyCopy, type CopyFacts } from '../store/sqlite/back-up.ts';
import { asError } from '../store/sqlite/db-transaction.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { replaceDatabase, sinceThen } from '../store/sqlite/replace.ts';
import { acquireRole } from '../store/sqlite/role.ts';
import { settleRestored, type Settled } from '../store/sqlite/settle-restored.ts';
import { DATABASE_IN_BACKUP, KEY_IN_BACKUP, stamp, type Kept } from './backup.ts';
import { databaseConfigOrExit, counted, endWith, type Ending } from './common.ts';

export function restoreCommand(program: Command): void {
  program
    .command('restore')
    .description('Put a backup in the place of the database. The bot must be stopped; what was there is kept beside it.')
    .argument('<backup>', 'the folder that jaza backup made, or a database file alone')
    .option('--force', 'also when what is there now is newer, or when the ledger of the backup does not add up')
    .addHelpText(
      'after',
      `
What waited or was under way when the backup was made is never called again and not said again: you and the customers are
asked what became of it. Orders made since are not in a backup; webhooks for them are kept for you to look at.
Ends with 0 when it is done, with 2 when it is refused, with 1 when the backup is not sound or it broke off; then nothing has
changed, unless it says that only the key is missing, and how to put it there.

Examples:
  npx jaza restore data/backups/jaza-2026-11-25T06-00-00Z
  npx jaza restore data/backups/jaza-2026-11-25T06-00-00Z --force`,
    )
    .action(async (backup: string, { force = false }: { force?: boolean }) => {
      const config = databaseConfigOrExit();
      endWith(config === null ? { exitCode: 2 } : await restore(config, backup, force, systemClock.now()));
    });
}

interface Source {
  readonly database: string;
  /** Null: it has none. */
  readonly key: string | null;
}

type Refusal = { readonly exitCode: 1 | 2; readonly why: string };
const refused = (why: string, exitCode: 1 | 2 = 2): { readonly ok: false; readonly error: Refusal } => err({ exitCode, why });

/**
 * Under the role of the one process that works on the database: none can be running, and none can begin. Rejects when the folder of the
 * database cannot be used.
 */
export async function restore(config: Kept, backup: string, force: boolean, now: Instant): Promise<Ending> {
  const path = config.databasePath;
  const source = sourceOf(path, backup);
  if (!source.ok) return say(source.error);
  mkdirSync(dirname(path), { recursive: true });
  const role = acquireRole(path);
  if (!role.ok) return say({ exitCode: 2, why: `${role.error.message}.` });
  const next = awaitingDatabase(path);
  const keyPath = secretKeyPath(config);
  try {
    // Left by a restore that ended before either was put in place.
    if (keyPath !== null && existsSync(next)) dropFile(awaitingKey(keyPath));
    const prepared = await prepare(config, source.value, next, force, now);
    if (!prepared.ok) return say(prepared.error);
    const keepIn = `${path}.before-restore-${stamp(now)}`;
    const key = layOutKey(keyPath, source.value.key);
    const kept = replaceOrDrop(path, next, keepIn, key === 'brought' ? keyPath : null);
    try {
      if (keyPath !== null) putKey(keyPath, key, keepIn);
    } catch (error) {
      return { exitCode: 1, err: keyMissing(keyPath ?? '', kept, asError(error).message) };
    }
    return { exitCode: 0, out: report(path, prepared.value, key, kept).join('\n') };
  } catch (error) {
    return say({ exitCode: 1, why: `It broke off: ${asError(error).message}.` });
  } finally {
    dropFile(next);
    role.value.release();
  }
}

const say = ({ exitCode, why }: Refusal): Ending => ({ exitCode, err: `Nothing was restored. ${why}` });

function sourceOf(path: string, backup: string): Result<Source, Refusal> {
  if (path === ':memory:') return refused('The database is in memory: set DATABASE_URL to a file.');
  const from = resolve(backup);
  if (!existsSync(from)) return refused(`There is no ${from}. npx jaza backup makes one.`);
  if (!statSync(from).isDirectory())
    return from === resolve(path) ? refused('That is the database itself.') : ok({ database: from, key: null });
  const database = join(from, DATABASE_IN_BACKUP);
  if (!existsSync(database)) return refused(`${from} is no backup: there is no ${DATABASE_IN_BACKUP} in it.`);
  if (database === resolve(path)) return refused('That is the database itself.');
  const key = join(from, KEY_IN_BACKUP);
  return ok({ database, key: existsSync(key) ? key : null });
}

interface Prepared {
  readonly facts: CopyFacts;
  readonly settled: Settled;
}

/** All that can fail, on a copy beside the database; the backup itself is only read. */
async function prepare(
  config: Kept,
  source: Source,
  next: string,
  force: boolean,
  now: Instant,
): Promise<Result<Prepared, Refusal>> {
  dropFile(next);
  // A raw copy of a database in use has its newest part in its log.
  for (const suffix of ['', '-wal'])
    if (existsSync(source.database + suffix)) {
      copyFileSync(source.database + suffix, next + suffix);
      chmodSync(next + suffix, 0o600);
    }
  const proved = verifyCopy(next);
  if (!proved.ok) return refused(`${source.database} cannot be used: ${proved.error}. Try an earlier backup.`, 1);
  const { lastCommittedAt, ledgerFaults } = proved.value;
  if (ledgerFaults.length > 0 && !force)
    return refused(
      `The ledger of the backup does not add up: ${ledgerFaults.join('; ')}. Try an earlier one, or add --force.`,
      1,
    );
  const newer = sinceThen(config.databasePath, lastCommittedAt);
  if (newer !== null && !force) {
    const until = (at: Instant | null): string => (at === null ? 'before anything happened' : `${clockInNairobi(at)} (Nairobi)`);
    return refused(
      `What is there now goes on until ${until(newer.lastCommittedAt)}, the backup ends at ${until(lastCommittedAt)}: ` +
        `${counted(newer.orders, 'order')} made or moved in between would be lost to it.\n` +
        'If the database that is there is sound, start it instead. To go back all the same, add --force; what is there is then kept.',
    );
  }
  const store = await openSqliteStore({ path: next, clock: systemClock, log: silentLog, copiesFirst: false });
  try {
    return ok({ facts: proved.value, settled: await settleRestored(store, Math.max(now, lastCommittedAt ?? 0)) });
  } finally {
    await store.close();
  }
}

function dropFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

type KeyBrought = 'brought' | 'the same' | 'none' | 'not needed';

/** The key of the backup, durable beside the one that is there; it takes its place after the database has taken its own. */
function layOutKey(path: string | null, key: string | null): KeyBrought {
  if (key === null) return 'none';
  if (path === null) return 'not needed';
  if (existsSync(path) && readFileSync(path).equals(readFileSync(key))) return 'the same';
  const aside = awaitingKey(path);
  copyFileSync(key, aside);
  chmodSync(aside, 0o600);
  sync(aside);
  return 'brought';
}

/** `keyPath`: its new key is laid out, and is dropped again when the database that was there stays. */
function replaceOrDrop(path: string, next: string, keepIn: string, keyPath: string | null): string | null {
  try {
    return replaceDatabase(path, next, keepIn);
  } catch (error) {
    if (keyPath !== null && existsSync(next)) dropFile(awaitingKey(keyPath));
    throw error;
  }
}

/** The one before is kept. */
function putKey(path: string, key: KeyBrought, keepIn: string): void {
  if (key !== 'brought') return dropFile(awaitingKey(path));
  if (existsSync(path)) {
    mkdirSync(keepIn, { recursive: true, mode: 0o700 });
    copyFileSync(path, join(keepIn, basename(path)));
  }
  renameSync(awaitingKey(path), path);
  sync(dirname(path));
}

function keyMissing(path: string, kept: string | null, why: string): string {
  return [
    `The database is restored, but its key could not be put in place: ${why}.`,
    `Put it there before you start: mv ${awaitingKey(path)} ${path}`,
    ...(kept === null ? [] : [`What was there before is kept in ${kept}`]),
  ].join('\n');
}

function report(path: string, { facts, settled }: Prepared, key: KeyBrought, kept: string | null): string[] {
  const { lastCommittedAt, orders } = facts;
  const until = lastCommittedAt === null ? '' : `, up to ${clockInNairobi(lastCommittedAt)} (Nairobi)`;
  const keys: Record<KeyBrought, string> = {
    brought: 'The key came with it.',
    'the same': 'The key is the one that was there.',
    none: 'It had no key: the one that is there, or SECRET_KEY, must be the one of that time, or WhatsApp must be linked again.',
    'not needed': 'Its key was not taken: SECRET_KEY is set, and must be the one of that time.',
  };
  return [
    `Restored: ${path}`,
    `  ${counted(orders, 'order')}${until}`,
    `  ${counted(settled.calls, 'payment call')} waited or out then, and never made again: what became of it is unknown until somebody tells`,
    `  ${counted(settled.sends, 'message')} waiting to be sent then, given up; open drafts are closed`,
    `  ${counted(settled.events, 'message')} of people waiting to be read then, set aside`,
    '  Who is an operator and whether sales are on is as it was then; invitations of operators that were open are closed.',
    `  ${keys[key]}`,
    ...(kept === null ? [] : [`  What was there before is kept in ${kept}`]),
    'Next: npx jaza ledger check, then npm start. If WhatsApp does not come up, link it again at /whatsapp.',
  ];
}
