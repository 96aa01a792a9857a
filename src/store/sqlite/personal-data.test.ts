/** Shows that a copy of what is kept holds what came from all whom this customer was. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { achieng, baraka, commit, message, NOW, person, welcomed, type Person } from '../../../test/contracts/store-world.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

const simu = person('simu', 'whatsapp');

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
  await welcomed(store, achieng, baraka, simu);
});
afterEach(() => store.close());

const agreed = ({ customerId }: Person, textVersion: string) =>
  ({ kind: 'consent', customerId, what: 'privacy_notice', textVersion }) as const;

it('consents that were given before two merges are in the copy, whichever of them is asked for, and in nobody else’s', async () => {
  await commit(store, message(achieng), [agreed(achieng, 'v1'), agreed(simu, 'v2'), agreed(baraka, 'v3')]);
  await commit(store, message(achieng), [{ kind: 'merge_customers', from: achieng.customerId, into: simu.customerId }]);
  expect(store.personalData(baraka.customerId)?.consents).toMatchObject([{ textVersion: 'v3' }]);
  await commit(store, message(simu), [{ kind: 'merge_customers', from: simu.customerId, into: baraka.customerId }]);
  for (const { customerId } of [achieng, simu, baraka]) {
    const copy = store.personalData(customerId);
    expect(copy?.customer).toMatchObject({ id: baraka.customerId });
    expect(copy?.consents).toMatchObject([{ textVersion: 'v1' }, { textVersion: 'v2' }, { textVersion: 'v3' }]);
  }
});
