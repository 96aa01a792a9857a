/** Owns what the commands share: reading the configuration with all its errors at once, the log, and who gives a command. */

import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseEnv } from 'node:util';
import { ENVIRONMENT, parseConfig, parseDatabaseConfig, type Config } from '../config.ts';
import { createLog, type Log, type LogLevel } from '../lib/log.ts';

/** The configuration, or null after everything that is wrong with it was written to stderr. The caller ends with code 2. */
export function configOrExit(environment: Readonly<Record<string, string | undefined>>): Config | null {
  const parsed = parseConfig(environment);
  if (parsed.ok) return parsed.value;
  tellFaults(parsed.error);
  return null;
}

function tellFaults(faults: readonly string[]): void {
  process.stderr.write(`The configuration cannot be used:\n${faults.map((line) => `  ${line}\n`).join('')}`);
  process.stderr.write('Mend it in the environment or in .env; .env.example explains every key.\n');
}

/** `whole` false: only what the database needs could be read, and everything else is off. */
export type DatabaseConfig = Config & { readonly whole: boolean };

let complainedOf = '';

/** For commands that need the database alone: they work also while something else is wrong, and say so once on stderr. */
export function databaseConfigOrExit(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseConfig | null {
  const parsed = parseConfig(environment);
  if (parsed.ok) return { ...parsed.value, whole: true };
  const database = parseDatabaseConfig(environment);
  if (!database.ok) {
    tellFaults(database.error);
    return null;
  }
  const faults = parsed.error.join('\n');
  if (faults !== complainedOf)
    process.stderr.write(
      `Not needed here, but wrong: ${counted(parsed.error.length, 'setting')}. The bot does not start like that; see: npx jaza doctor\n`,
    );
  complainedOf = faults;
  return { ...database.value, whole: false };
}

/**
 * `.env` of the working folder, if there is one; what the environment says wins. A key that nobody knows is named on stderr, because a
 * misspelled setting is otherwise silently none. Throws with a sentence when the file is there and cannot be read.
 */
export function readEnvFile(): void {
  if (!existsSync('.env')) return;
  let text: string;
  try {
    text = readFileSync('.env', 'utf8');
  } catch (error) {
    throw new Error(`.env is there but cannot be read (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
  for (const complaint of complaintsAbout(text)) process.stderr.write(`.env: ${complaint}\n`);
  for (const [key, value] of Object.entries(parseEnv(text))) process.env[key] ??= value;
}

/** What in an .env file will have no effect: unknown keys, and lines that are no setting. */
export function complaintsAbout(envFile: string): string[] {
  return envFile.split('\n').flatMap((line, at) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    const key = /^(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(text)?.[1];
    const open = key === undefined ? null : /=\s*(["'`])(?:(?!\1).)*$/.exec(text)?.[1];
    // A quote may close on a later line, and takes all settings between as its value.
    if (open != null) return [`line ${at + 1}: the ${open} that opens the value of ${key} is not closed in that line`];
    if (key === undefined) return [`line ${at + 1} is no setting (KEY=value) and was not read`];
    return key in ENVIRONMENT.shape ? [] : [`line ${at + 1}: nothing reads ${key}; .env.example has every key`];
  });
}

/** "1 order", "2 orders". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a command says and how it ends, as data: so that a test can ask for it without a process. */
export interface Ending {
  readonly exitCode: 0 | 1 | 2;
  readonly out?: string;
  readonly err?: string;
}

export function endWith({ exitCode, out, err }: Ending): void {
  if (out !== undefined) process.stdout.write(`${out}\n`);
  if (err !== undefined) process.stderr.write(`${err}\n`);
  process.exitCode = exitCode;
}

/** `quietest`: where LOG_LEVEL is not set. */
export function logFor(config: Config, quietest: LogLevel): Log {
  return createLog(isSet('LOG_LEVEL') ? config.logLevel : quietest);
}

/** Said in the environment; empty is unset. */
export function isSet(key: keyof typeof ENVIRONMENT.shape): boolean {
  return (process.env[key] ?? '').trim() !== '';
}

/** Whoever is logged in, unless the command names somebody; "operator" under a user without a name, as in many containers. */
export function operatorName(given: string | undefined, loggedIn = (): string => userInfo().username): string {
  let name = given;
  try {
    name ??= loggedIn();
  } catch {
    // The system has no entry for this user.
  }
  return name?.trim().slice(0, 60) || 'operator';
}

/** Letters and digits of the least that counts as evidence: "seen" is none. */
const LEAST_EVIDENCE = 8;

/** As `--help` says it. */
export const EVIDENCE_RULE = `two words or more, ${LEAST_EVIDENCE} letters or digits at least`;

/** More than one word: what somebody saw, and where. */
export function isEvidence(text: string): boolean {
  return (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= LEAST_EVIDENCE && text.trim().includes(' ');
}
