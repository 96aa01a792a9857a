/**
 * Owns the log: one JSON line per event on stderr, with phone numbers, e-mail addresses, tokens and API keys scrubbed from every value, however
 * deep. Message texts are never logged. Every line of a turn carries `turn`, and `order` where there is one.
 */

import { pino, type Logger } from 'pino';

export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  child(fields: Record<string, unknown>): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const PHONE = /(?:\+?254[\s.-]?|\b0)[17]\d{2}[\s.-]?\d{3}[\s.-]?\d{3}\b/g;
const TELEGRAM_TOKEN = /\d{6,12}:[A-Za-z0-9_-]{30,}/g;
const API_KEY = /\bjaza_[A-Za-z0-9_-]{16,}/g;
const BEARER = /Bearer\s+\S+/gi;
/** Before the host of an address: `smtp://user:password@`. */
const URL_LOGIN = /\b((?:smtp|http|ws)s?:\/\/)[^\s/?#"']+@/gi;
const EMAIL = /(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi;
const SECRET_PATH = /(\/webhooks\/[a-z-]+\/)[^\s/?"']+/g;
const SECRET_KEYS = /token|secret|password|passkey|api_?key|authorization/i;

/** Takes credentials out of a text and leaves the rest, for the operator's own console. */
export function scrubSecrets(text: string): string {
  return text
    .replace(TELEGRAM_TOKEN, '[token]')
    .replace(API_KEY, '[key]')
    .replace(BEARER, 'Bearer [token]')
    .replace(URL_LOGIN, '$1[login]@')
    .replace(SECRET_PATH, '$1[secret]');
}

/** Takes phone numbers, e-mail addresses and credentials out of a text; the last three digits of a number stay, to tell two apart. */
export function scrub(text: string): string {
  const unnumbered = scrubSecrets(text).replace(PHONE, (number) => `[phone …${number.slice(-3)}]`);
  return unnumbered.replace(EMAIL, '[address]');
}

function scrubValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrub(value);
  if (value instanceof Error) {
    return {
      name: value.name,
      message: scrub(value.message),
      stack: scrub(value.stack ?? ''),
      code: 'code' in value ? value.code : undefined,
    };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 4) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET_KEYS.test(key) ? '[secret]' : scrubValue(item, depth + 1)]),
  );
}

/** `write` receives whole lines; by default they go to stderr, because stdout belongs to `jaza chat --json`. */
export function createLog(level: LogLevel, write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const root = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    { write },
  );
  return wrap(root, () => root);
}

/** Every turn has a child of its own and most write no line, so `logger` is asked for only when one is written. */
function wrap(root: Logger, logger: () => Logger): Log {
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: Record<string, unknown>, message: string): void => {
      if (root.isLevelEnabled(level)) logger()[level](scrubValue(fields, 0) as Record<string, unknown>, scrub(message));
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child(fields) {
      let made: Logger | undefined;
      return wrap(root, () => (made ??= logger().child(scrubValue(fields, 0) as Record<string, unknown>)));
    },
  };
}

/** Hears nothing, and costs nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
