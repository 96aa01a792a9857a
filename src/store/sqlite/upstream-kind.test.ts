/** Shows that what was sold for real is never carried out by a simulated upstream, nor the other way round; airtime and SMS apart. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  achieng,
  commit,
  message,
  NOW,
  openOrder,
  placed,
  smsOrder,
  phones,
  welcomed,
} from '../../../test/contracts/store-world.ts';
import { parseConfig } from '../../config.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { openCore } from '../../main.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';
import { claimKind } from './upstream-kind.ts';

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
  await welcomed(store, achieng);
});
afterEach(() => store.close());

it.each(['airtime', 'sms'] as const)('an order of %s fixes its own mark, and leaves the other as it was', async (sold) => {
  const other = sold === 'sms' ? 'airtime' : 'sms';
  for (const kind of ['real', 'simulated', 'real'] as const) {
    expect(await claimKind(store, sold, kind)).toEqual({ ok: true });
    expect(await claimKind(store, other, kind)).toEqual({ ok: true });
  }
  if (sold === 'airtime') await placed(store, achieng);
  else await commit(store, message(achieng), [openOrder(smsOrder(achieng, { payer: phones.baraka }))]);
  expect(await claimKind(store, sold, 'simulated')).toEqual({ ok: false, error: 'real' });
  expect(await claimKind(store, sold, 'real')).toEqual({ ok: true });
  expect(await claimKind(store, other, 'simulated')).toEqual({ ok: true });
});

it('a database with orders of SMS that were simulated is refused where M-Pesa is real, and says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jaza-kind-'));
  const open = (env: Record<string, string>): ReturnType<typeof openCore> => {
    const config = parseConfig({ DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}`, SANDBOX: 'on', ...env });
    if (!config.ok) throw new Error(config.error.join());
    return openCore({
      config: config.value,
      log: silentLog,
      listens: false,
      everyChannel: true,
      clock: () => new ManualClock(NOW),
    });
  };
  const real = {
    DARAJA_CONSUMER_KEY: 'a-consumer-key-of-the-shop',
    DARAJA_CONSUMER_SECRET: 'a-consumer-secret-of-the-shop',
    DARAJA_SHORTCODE: '174379',
    DARAJA_PASSKEY: 'a-passkey-of-the-shop',
  };
  try {
    const simulated = await open({});
    if (!simulated.ok) throw new Error(simulated.error);
    await welcomed(simulated.value.store, achieng);
    await commit(simulated.value.store, message(achieng), [openOrder(smsOrder(achieng))]);
    await simulated.value.close();
    const words = 'holds simulated orders, and payments by M-Pesa are real here: use another DATABASE_URL';
    expect(await open(real)).toEqual({ ok: false, error: expect.stringContaining(words) as string });
    const again = await open({});
    expect(again.ok && (await again.value.close())).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
