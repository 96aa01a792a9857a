/** Shows that a copy of what is kept about a person holds their wallets, links, thresholds and what they were told, and no one else's address. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAlertWorld, OWNER, type AlertWorld } from '../../../test/support/alert-world.ts';
import {
  achieng,
  baraka,
  commit,
  DAY_MS,
  message,
  MINUTE_MS,
  phones,
  welcomed,
  type Person,
} from '../../../test/contracts/store-world.ts';

let world: AlertWorld;
beforeEach(async () => {
  world = await openAlertWorld();
});
afterEach(() => world.close());

it('wallets, with by what they are theirs, what is in them, and who is told below how many', async () => {
  const { store } = world.bench;
  await world.set({
    units: 500,
    message: 'Buy more',
    recipients: { chat: null, mobile: [phones.baraka], email: ['boss@shop.co.ke'] },
  });
  await commit(store, message(achieng), [
    { kind: 'link_wallet', owner: { appId: 'app', userId: 'shop-1045' }, customerId: achieng.customerId, linkedBy: 'njeri' },
  ]);
  await world.spend(600);
  const copy = store.personalData(achieng.customerId);
  expect(copy?.wallets).toMatchObject([
    { userId: 'shop-1045', appId: 'app', theirsBy: 'link', linkedBy: 'njeri', sms: 0, alertThresholds: [] },
    {
      userId: OWNER.userId,
      appId: null,
      theirsBy: `number ${phones.achieng}`,
      sms: 400,
      pricePerSmsKes: 0.8,
      alertThresholds: [
        { belowSms: 500, setBy: 'admin', alertType: 'sms', method: 'sms', message: 'Buy more', namedRecipients: 2 },
      ],
    },
  ]);
  const linked = copy?.wallets[0] as { linkedAt: string } | undefined;
  expect(linked?.linkedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/);
  expect(copy?.alerts).toContainEqual(
    expect.objectContaining({
      way: 'chat',
      state: 'sent',
      wallet: OWNER.userId,
      smsLeft: 400,
      belowSms: 500,
      message: 'Buy more',
    }),
  );
  expect(JSON.stringify(copy)).not.toMatch(new RegExp(`boss@shop|${phones.baraka}`));
  expect(copy?.alertsStopped).toBeNull();
});

it('that alerts were stopped, and nothing of it in anybody else’s copy', async () => {
  const { store } = world.bench;
  await welcomed(store, baraka);
  await world.set();
  await world.spend(600);
  await commit(store, message(achieng), [{ kind: 'stop_alerts', customerId: achieng.customerId, stopped: true }]);
  expect(store.personalData(achieng.customerId)?.alertsStopped).toMatch(/\+03:00$/);
  expect(store.personalData(baraka.customerId)).toMatchObject({ wallets: [], alerts: [], alertsStopped: null });
});

it('what came to a number stays with whom it was verified for then, and the next holder of the number sees nothing of it', async () => {
  const { store, clock } = world.bench;
  await welcomed(store, baraka);
  await world.set({ message: 'Clinic: buy more', recipients: { chat: [], mobile: null, email: null } });
  await world.spend(600);
  const claimed = (who: Person): Promise<unknown> =>
    commit(store, { ...message(who), at: clock.now() }, [
      { kind: 'claim_phone', customerId: who.customerId, phone: phones.achieng, how: 'telegram' },
    ]);
  const alerts = (who: Person): readonly object[] | undefined => store.personalData(who.customerId)?.alerts;
  expect(alerts(achieng)).toEqual([expect.objectContaining({ way: 'sms', message: 'Clinic: buy more' })]);
  // She shows once more that it is hers.
  await world.bench.pass(DAY_MS);
  const shown = alerts(achieng);
  await claimed(achieng);
  expect(alerts(achieng)).toEqual(shown);
  await world.bench.pass(30 * DAY_MS);
  await world.bench.pass(MINUTE_MS);
  const hers = alerts(achieng);
  await claimed(baraka);
  expect(store.personalData(baraka.customerId)).toMatchObject({ numbers: [{ number: phones.achieng }], alerts: [] });
  expect(alerts(achieng)).toEqual(hers);
});

it('what came to a number about somebody else’s wallet, only while it surely was theirs', async () => {
  const { store, clock } = world.bench;
  await welcomed(store, baraka);
  await world.set({ recipients: { chat: [], mobile: [phones.baraka], email: null } });
  const claimed = (who: Person): Promise<unknown> =>
    commit(store, { ...message(who), at: clock.now() }, [
      { kind: 'claim_phone', customerId: who.customerId, phone: phones.baraka, how: 'telegram' },
    ]);
  const crossed = async (): Promise<void> => {
    await world.spend(600);
    await world.buy(600);
  };
  const copies = (): number[] => [baraka, achieng].map((who) => store.personalData(who.customerId)?.alerts.length ?? -1);
  await claimed(baraka);
  await crossed();
  expect(copies()).toEqual([1, 0]);
  // Long after he showed it last, the number may be anybody's.
  await world.bench.pass(91 * DAY_MS);
  await crossed();
  expect(copies()).toEqual([1, 0]);
  await claimed(baraka);
  await world.bench.pass(DAY_MS);
  await crossed();
  const shown = copies();
  expect(shown).toEqual([3, 0]);
  // Another shows it: nobody knows since when it was hers.
  await world.bench.pass(MINUTE_MS);
  await claimed(achieng);
  expect(copies()).toEqual([2, 0]);
});
