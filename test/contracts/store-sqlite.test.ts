/** Runs the store's contract on SQLite, in memory and on a file. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../src/lib/clock.ts';
import { needsOf } from '../../src/services/needs-of.ts';
import { FLOWS } from '../../src/wiring.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './store.ts';
import { NOW } from './store-world.ts';

storeContract('SQLite in memory', async () => {
  const clock = new ManualClock(NOW);
  const store = await openSqliteStore({ path: ':memory:', clock, log: silentLog, needsOf: (session) => needsOf(session, FLOWS) });
  return { store, clock, close: () => store.close() };
});

storeContract('a SQLite file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jaza-store-'));
  const clock = new ManualClock(NOW);
  const store = await openSqliteStore({
    path: join(folder, 'jaza.db'),
    clock,
    log: silentLog,
    needsOf: (session) => needsOf(session, FLOWS),
  });
  return {
    store,
    clock,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
