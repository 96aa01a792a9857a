/** Owns what the commands share: reading the configuration with all its errors at once, and the log. */

import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { parseConfig, type Config, type ENVIRONMENT } from '../config.ts';
import { createLog, type Log, type LogLevel } from '../lib/log.ts';

/** The configuration, or null after everything that is wrong with it was written to stderr. The caller ends with code 2. */
export function configOrExit(environment: Readonly<Record<string, string | undefined>>): Config | null {
  const parsed = parseConfig(environment);
  if (parsed.ok) return parsed.value;
  process.stderr.write(`The configuration cannot be used:\n${parsed.error.map((line) => `  ${line}\n`).join('')}`);
  process.stderr.write('Mend it in the environment or in .env; .env.example explains every key.\n');
  return null;
}

/** `.env` of the working folder, if there is one; what the environment says wins. */
export function readEnvFile(): void {
  if (existsSync('.env')) loadEnvFile('.env');
}

/** `quietest`: where LOG_LEVEL is not set. */
export function logFor(config: Config, quietest: LogLevel): Log {
  return createLog(isSet('LOG_LEVEL') ? config.logLevel : quietest);
}

/** Said in the environment; empty is unset. */
export function isSet(key: keyof typeof ENVIRONMENT.shape): boolean {
  return (process.env[key] ?? '').trim() !== '';
}
