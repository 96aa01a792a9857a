/** Shows that what was sold for real is never carried out by a simulated upstream, nor the other way round; airtime and SMS apart. */

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
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
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
