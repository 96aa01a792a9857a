/** Shows what libsignal would print, and that none of it is printed while all others may go on printing. */

import { describe, expect, it } from 'vitest';
import { quietLibsignal } from './quiet-libsignal.ts';

interface SessionRecordLike {
  setSession(session: unknown): void;
  closeSession(session: unknown): void;
  openSession(session: unknown): void;
}

/** libsignal is a dependency of Baileys and ships no types for this part. */
async function realRecord(): Promise<{ record: SessionRecordLike; entry: unknown }> {
  const { createRequire } = await import('node:module');
  const require = createRequire(createRequire(import.meta.url).resolve('@whiskeysockets/baileys'));
  const SessionRecord = require('libsignal/src/session_record.js') as {
    new (): SessionRecordLike;
    createEntry(): Record<string, unknown>;
  };
  const entry = SessionRecord.createEntry();
  Object.assign(entry, {
    indexInfo: { baseKey: Buffer.from('base'), closed: -1 },
    currentRatchet: { rootKey: Buffer.from('PRIVATE ROOT KEY') },
  });
  return { record: new SessionRecord(), entry };
}

type Printed = unknown[][];

function recordingConsole(): { target: Console; printed: Printed } {
  const printed: Printed = [];
  const print = (...values: unknown[]): void => void printed.push(values);
  const target = { log: print, info: print, warn: print, error: print, debug: print, trace: print } as unknown as Console;
  return { target, printed };
}

async function withConsole(target: Console, work: () => Promise<void>): Promise<void> {
  const real = globalThis.console;
  globalThis.console = target;
  try {
    await work();
  } finally {
    globalThis.console = real;
  }
}

async function closeARealSession(): Promise<void> {
  const { record, entry } = await realRecord();
  record.setSession(entry);
  record.closeSession(entry);
  record.openSession(entry);
}

describe('libsignal on the console', () => {
  it('prints private keys when nobody stops it', async () => {
    const { target, printed } = recordingConsole();
    await withConsole(target, closeARealSession);
    expect(JSON.stringify(printed)).toContain(JSON.stringify(Buffer.from('PRIVATE ROOT KEY')));
  });

  it('prints nothing at all once it is quiet', async () => {
    const { target, printed } = recordingConsole();
    quietLibsignal(target);
    await withConsole(target, closeARealSession);
    expect(printed).toEqual([]);
  });

  it('lets no session through, whoever prints it', () => {
    const { target, printed } = recordingConsole();
    quietLibsignal(target);
    target.error('what is this', { currentRatchet: {} });
    expect(printed).toEqual([]);
  });

  it('leaves everybody else alone, however often it is called', () => {
    const { target, printed } = recordingConsole();
    quietLibsignal(target);
    quietLibsignal(target);
    target.info('Jaza listens on', 3000);
    target.log('about libsignal');
    expect(printed).toEqual([['Jaza listens on', 3000], ['about libsignal']]);
  });
});
