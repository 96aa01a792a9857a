/**
 * Owns the other process in store-sqlite-process.test.ts: takes the role, welcomes people without end and prints each one that
 * was acknowledged, until it is killed. Prints `held` and ends when the role is taken.
 */

import { writeSync } from 'node:fs';
import { silentLog } from '../../src/lib/log.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { newSession } from '../../src/conversation/session.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { acquireRole } from '../../src/store/sqlite/role.ts';
import type { Turn } from '../../src/ports/store.ts';

/** At once, and not through a buffer that dies with the process. */
const print = (line: string): void => void writeSync(1, `${line}\n`);

function welcome(number: number): Turn {
  const address = { channel: 'terminal', account: 'local', chat: String(number) } as const;
  const content = { kind: 'text', text: 'hello' } as const;
  const common = {
    address,
    sender: String(number),
    messageId: '1',
    sentAt: null,
    locale: null,
    senderName: null,
    ownPhone: null,
  };
  const conversation = { id: `v-${number}`, customerId: `c-${number}`, address, blockedAt: null, version: 0 };
  return {
    event: { id: `child/${number}`, at: number, kind: 'message', message: { ...common, content } },
    read: {},
    touched: [],
    changes: [
      {
        kind: 'welcome',
        customer: { id: `c-${number}`, name: null },
        sender: String(number),
        conversation: { ...conversation, session: newSession('en') },
      },
    ],
  };
}

const path = process.argv[2] ?? '';
const role = acquireRole(path);
if (!role.ok) {
  print(role.error.kind);
} else {
  const store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
  print('ready');
  for (let number = 1; ; number += 1) {
    const [outcome] = await store.commit([welcome(number)]);
    if (outcome?.kind !== 'committed') throw outcome?.kind === 'unavailable' ? outcome.error : new Error(outcome?.kind);
    print(String(number));
  }
}
