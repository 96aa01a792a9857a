/**
 * Owns how a console command reaches the one process that turns events. The event is written down first, so that it is never lost; a
 * running server notices it, turns it and answers. Without a server this process takes its place for a moment: it turns the event,
 * calls nobody and sends nothing; what is to be said waits for the next start.
 */

import { existsSync } from 'node:fs';
import { elapsed, sleep, systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { randomToken } from '../lib/random.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { withoutUnseen } from '../lib/unseen.ts';
import { openCore } from '../main.ts';
import type { ConsoleOutcome, Desk } from '../ports/desk.ts';
import type { TurnEvent } from '../ports/store.ts';
import type { Db } from '../store/sqlite/connection.ts';
import { dbTransactions } from '../store/sqlite/db-transaction.ts';
import { lookInto } from '../store/sqlite/look.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts';
import { deskReader } from '../store/sqlite/read-desk.ts';
import { acquireRole } from '../store/sqlite/role.ts';
import { databaseConfigOrExit, type DatabaseConfig } from './common.ts';

/** How long a server is waited for; it looks four times a second. */
const PATIENCE_MS = 10_000;
const ASK_EVERY_MS = 50;
/** The server may be in the middle of a commit; it is never longer. */
const BUSY_MS = 5_000;

/** `by`: who turned it. `null`: it is written down, and nobody has turned it yet. */
export type Told = (ConsoleOutcome & { readonly by: 'server' | 'console' }) | 'set_aside' | null;

export type Act =
  | Pick<Extract<TurnEvent, { kind: 'operator' }>, 'kind' | 'orderId' | 'action' | 'operator' | 'evidence' | 'seen'>
  | Pick<Extract<TurnEvent, { kind: 'command' }>, 'kind' | 'operator' | 'command'>
  | Pick<Extract<TurnEvent, { kind: 'wallet' }>, 'kind' | 'owner' | 'key' | 'request' | 'actor'>
  | Pick<Extract<TurnEvent, { kind: 'price' }>, 'kind' | 'scope' | 'milliKes' | 'actor'>;

/** An error is a sentence, and then nothing was written down. */
export async function tell(config: DatabaseConfig, act: Act, patienceMs = PATIENCE_MS): Promise<Result<Told, string>> {
  const event: TurnEvent = { ...act, id: `console:${randomToken()}`, at: systemClock.now() };
  const path = config.databasePath;
  if (path === ':memory:') return err('The database is in memory: nobody else can reach it.');
  if (!existsSync(path)) return err(`There is no database ${path}: set DATABASE_URL, or start the server once to make it.`);
  const role = acquireRole(path);
  if (!role.ok) return recordedForServer(path, event, patienceMs);
  role.value.release();
  return turnedHere(config, event);
}

async function turnedHere(config: DatabaseConfig, event: TurnEvent): Promise<Result<Told, string>> {
  // What the turn says in its log is what this command says in words.
  const log = silentLog;
  const opened = await openCore({ config, log, listens: true, everyChannel: false, clock: () => systemClock });
  if (!opened.ok) return opened;
  const core = opened.value;
  try {
    await core.store.record([event]);
    // What others wrote down is turned by the shop's settings, and those cannot be read.
    if (config.whole) await core.takeOver();
    else await core.runner.submit([event]);
    return ok(told(await core.store.desk.answer(event.id), 'console'));
  } finally {
    await core.close();
  }
}

async function recordedForServer(path: string, event: TurnEvent, patienceMs: number): Promise<Result<Told, string>> {
  let store: SqliteStore | null = null;
  try {
    // Beside a server that holds it: never another schema than the server's.
    const options = { path, clock: systemClock, log: silentLog, mayMigrate: false, busyTimeoutMs: BUSY_MS };
    store = await openSqliteStore(options);
    await store.record([event]);
    const until = elapsed() + patienceMs;
    for (;;) {
      const answer = await store.desk.answer(event.id);
      if (answer !== null || elapsed() >= until) return ok(told(answer, 'server'));
      await sleep(ASK_EVERY_MS);
    }
  } catch (error) {
    return err(`The database cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await store?.close();
  }
}

function told(answer: ConsoleOutcome | 'set_aside' | null, by: 'server' | 'console'): Told {
  return answer === null || answer === 'set_aside' ? answer : { ...answer, by };
}

/** Hands the desk of the configured database to `look`, read-only; the exit code. */
export function lookingAt(look: (desk: Desk) => Promise<number>): Promise<number> {
  return lookingInto((db) => look(deskReader(db, dbTransactions(db))));
}

/** Hands the configured database itself to `look`, read-only; the exit code. */
export async function lookingInto(look: (db: Db) => number | Promise<number>): Promise<number> {
  const config = databaseConfigOrExit();
  if (config === null) return 2;
  const looked = await lookInto(config.databasePath, look);
  return looked.ok ? looked.value : complain(looked.error);
}

export interface Words {
  /** One line, whatever stands in it. `here`: by this process, without a server. */
  done(detail: string, here: boolean): string;
  /** Lines after it. */
  next?(detail: string, here: boolean): readonly string[];
  refused(detail: string): string;
  /** The command that shows later what came of it; by default the list of what wants a person. */
  readonly look?: string;
}

/** Tells it and says in words what came of it; the exit code: 0 done, 1 not done. */
export async function telling(act: Act, words: Words): Promise<number> {
  const config = databaseConfigOrExit();
  if (config === null) return 2;
  const result = await tell(config, act, PATIENCE_MS);
  if (!result.ok) return complain(result.error);
  const outcome = result.value;
  if (outcome === null)
    return complain(
      `Written down, but nobody has answered yet. It is done as soon as the server turns it; do not repeat it, look with: npx jaza ${words.look ?? 'review list'}`,
    );
  if (outcome === 'set_aside')
    return complain('It failed three times and was set aside, and nothing changed. See: npx jaza review list');
  if (outcome.outcome === 'refused') return complain(words.refused(outcome.detail));
  const here = outcome.by === 'console';
  print([words.done(outcome.detail, here), ...(words.next?.(outcome.detail, here) ?? [])]);
  return 0;
}

/** Lines to stdout, each of them one line and all of it seen: names and bodies are other people's words. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.map(seen).join('\n')}\n`);
}

/** What could take hold of a terminal, turn a line around, begin another one or hide in it shows as a question mark. */
function seen(line: string): string {
  return withoutUnseen(line, '?');
}

export function complain(sentence: string): 1 {
  process.stderr.write(`${sentence.split('\n').map(seen).join('\n')}\n`);
  return 1;
}

/** The command line cannot be used. */
export function wrong(sentence: string): 2 {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
