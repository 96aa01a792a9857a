/** Owns the contract of whose wallets are whose: links, numbers that change hands, customers who become one. */

import { expect, type TestAPI } from 'vitest';
import { walletKey } from '../../src/domain/wallet-owner.ts';
import type { Change, Known, Needs, Store } from '../../src/ports/store.ts';
import type { Buyer } from '../../src/domain/tariff.ts';
import type { Msisdn } from '../../src/domain/msisdn.ts';
import {
  achieng,
  baraka,
  commit,
  endOf,
  message,
  NOW,
  person,
  phones,
  turn,
  welcomed,
  type OpenStore,
  type Person,
} from './store-world.ts';
import { walletCounted } from '../../src/ports/counted.ts';

const simu = person('simu', 'whatsapp');
const shop: Buyer = { appId: 'app', userId: 'shop-1' };
const platform = (userId: string): Buyer => ({ appId: null, userId });
const opened = (id: string, owner: Buyer): Change => ({ kind: 'open_wallet', wallet: { id, owner } });
const linked = (owner: Buyer, who: Person): Change => ({
  kind: 'link_wallet',
  owner,
  customerId: who.customerId,
  linkedBy: 'njeri',
});
const claimed = (who: Person, phone: Msisdn): Change => ({
  kind: 'claim_phone',
  customerId: who.customerId,
  phone,
  how: who.address.channel,
});

export function ownersContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const WALLETS: Needs = { wallets: true };
  async function looked(who: Person): Promise<Known> {
    const event = message(who);
    const [view] = await store().load([event], new Map([[event.id, WALLETS]]));
    if (view === undefined) throw new Error('the store loads one view per event');
    return view;
  }
  /** What they have, as `by:userId`. */
  const had = async (who: Person): Promise<string[]> =>
    ((await looked(who)).smsWallets ?? []).map(({ by, owner }) => `${by}:${owner.userId}`);

  it('looks at nobody’s wallets unless it is asked to', async () => {
    await welcomed(store(), achieng);
    const [view] = await store().load([message(achieng)]);
    expect(view?.smsWallets).toBeNull();
    expect(Object.keys(view?.versions ?? {})).not.toContain('prices:sms');
  });

  it('gives who has none the one that their own id will open, at the price in force, and a stranger one without a name', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [{ kind: 'set_price', scope: { level: 'platform' }, milliKes: 500, setBy: 'njeri' }]);
    const nothing = { smsHundredths: 0, milliKes: 0 };
    const price = { milliKes: 500, source: 'platform' };
    const { smsWallets, versions } = await looked(achieng);
    expect(smsWallets).toEqual([
      {
        key: walletKey(platform(achieng.customerId)),
        owner: platform(achieng.customerId),
        by: 'customer',
        open: null,
        balances: nothing,
        alerts: [],
        price,
      },
    ]);
    expect(versions).toHaveProperty(['prices:sms']);
    expect((await looked(baraka)).smsWallets).toMatchObject([{ owner: platform(''), price }]);
  });

  it('gives linked wallets first, open or not, then those of verified numbers and of the customer’s own id that are open', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [
      claimed(achieng, phones.achieng),
      opened('w-own', platform(achieng.customerId)),
      opened('w-number', platform('0722000001')),
      opened('w-app-number', { appId: 'app', userId: '0722000001' }),
      opened('w-other', platform(baraka.customerId)),
      linked(shop, achieng),
    ]);
    expect(await had(achieng)).toEqual(['link:shop-1', 'number:0722000001', `customer:${achieng.customerId}`]);
    expect(await had(baraka)).toEqual([`customer:${baraka.customerId}`]);
    const { smsWallets, versions } = await looked(achieng);
    expect(smsWallets?.map(({ open }) => open?.id ?? null)).toEqual([null, 'w-number', 'w-own']);
    expect(versions).toMatchObject({ [walletCounted(shop)]: 0, 'wallet:/0722000001': 1, [`wallet:/${achieng.customerId}`]: 1 });
  });

  it('lets the wallet of a number go to whoever verified it last, and what was bought in a chat stay', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [
      claimed(achieng, phones.achieng),
      opened('w-own', platform(achieng.customerId)),
      opened('w-number', platform(phones.achieng)),
    ]);
    await commit(store(), message(baraka), [claimed(baraka, phones.achieng)]);
    expect(await had(achieng)).toEqual([`customer:${achieng.customerId}`]);
    expect(await had(baraka)).toEqual([`number:${phones.achieng}`]);
  });

  it('keeps all wallets of two customers who become one, also one that is opened or linked afterwards', async () => {
    await welcomed(store(), achieng, simu);
    await commit(store(), message(simu), [linked(shop, simu), opened('w-simu', platform(simu.customerId))]);
    await commit(store(), message(simu), [{ kind: 'merge_customers', from: simu.customerId, into: achieng.customerId }]);
    const both = ['link:shop-1', `earlier:${simu.customerId}`];
    expect([await had(achieng), await had(simu)]).toEqual([both, both]);
    const late = platform('late');
    await commit(store(), message(achieng, { at: NOW + 1 }), [opened('w-own', platform(achieng.customerId)), linked(late, simu)]);
    expect(await had(achieng)).toEqual([
      'link:shop-1',
      'link:late',
      `customer:${achieng.customerId}`,
      `earlier:${simu.customerId}`,
    ]);
  });

  it('moves a link, takes it away, and makes stale whoever decided for either customer', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [linked(shop, achieng)]);
    const views = [await looked(achieng), await looked(baraka)];
    await commit(store(), message(achieng), [linked(shop, baraka)], {});
    for (const { versions } of views) expect(await endOf(store(), turn(message(achieng), [], { read: versions }))).toBe('stale');
    expect([await had(achieng), await had(baraka)]).toEqual([[`customer:${achieng.customerId}`], ['link:shop-1']]);
    const { versions } = await looked(baraka);
    await commit(store(), message(achieng), [{ kind: 'unlink_wallet', owner: shop }]);
    expect(await endOf(store(), turn(message(baraka), [], { read: versions }))).toBe('stale');
    expect(await had(baraka)).toEqual([`customer:${baraka.customerId}`]);
  });

  it('looks at the wallets for a draft about them without being asked', async () => {
    await welcomed(store(), achieng);
    const { conversation } = await looked(achieng);
    if (conversation === null) throw new Error('the chat is there');
    const draft = {
      id: 'draft123',
      flow: 'buy-sms',
      flowVersion: 1,
      slots: {},
      asking: 'amount',
      revision: 1,
      touchedAt: NOW,
      reminded: false,
    };
    const session = { ...conversation.session, draft };
    await commit(store(), message(achieng), [{ kind: 'remember', conversationId: conversation.id, session }]);
    const reminder = { kind: 'draft_reminder', conversationId: conversation.id } as const;
    const views = await store().load([message(achieng), { kind: 'timer', id: 't', at: NOW, key: 'k', timer: reminder }]);
    expect(views.map(({ smsWallets }) => smsWallets?.length)).toEqual([1, 1]);
  });
}
