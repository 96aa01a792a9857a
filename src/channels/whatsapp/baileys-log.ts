/**
 * Owns what of Baileys' own log reaches ours. Its log objects hold whole stanzas with texts, numbers and keys, so only its
 * fixed sentence and the message of an error are passed on.
 */

import type { SocketConfig } from '@whiskeysockets/baileys';
import type { Log } from '../../lib/log.ts';

type BaileysLogger = SocketConfig['logger'];

const nothing = (): void => undefined;

export function baileysLog(log: Log): BaileysLogger {
  const pass = (fields: unknown, message?: string): void => {
    const sentence = message ?? (typeof fields === 'string' ? fields : 'Baileys reports');
    log.debug({ error: errorIn(fields) }, `baileys: ${sentence}`);
  };
  const logger: BaileysLogger = {
    level: 'warn',
    child: () => logger,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: pass,
    error: pass,
  };
  return logger;
}

function errorIn(fields: unknown): string | null {
  if (typeof fields !== 'object' || fields === null) return null;
  for (const key of ['err', 'error', 'e']) {
    const value = (fields as Record<string, unknown>)[key];
    if (value instanceof Error) return value.message;
  }
  return null;
}
