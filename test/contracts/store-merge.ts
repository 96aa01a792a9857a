/** Owns the contract of two customers who become one: what they had is had together, and whoever decided as the one decides again. */

import { expect, type TestAPI } from 'vitest';
import type { Change, Store } from '../../src/ports/store.ts';
import {
  NOW,
  achieng,
  baraka,
  commit,
  endOf,
  known,
  message,
  person,
  phones,
  placed,
  turn,
  welcome,
  welcomed,
  type OpenStore,
} from './store-world.ts';

const simu = person('simu', 'whatsapp');
const merge: Change = { kind: 'merge_customers', from: simu.customerId, into: achieng.customerId };
const claim = (customerId: string, phone = phones.achieng): Change => ({
  kind: 'claim_phone',
  customerId,
  phone,
  how: 'telegram',
});

export function mergeContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('tells who holds a number that a message vouches for, where they are, and where the speaker is', async () => {
    await welcomed(store(), achieng, simu);
    await commit(store(), message(achieng), [claim(achieng.customerId)]);
    const event = message(simu);
    const view = await known(store(), { ...event, message: { ...event.message, ownPhone: phones.achieng } });
    expect(view.claim).toMatchObject({
      customerId: achieng.customerId,
      how: 'telegram',
      verifiedAt: NOW,
      channels: ['telegram'],
    });
    expect(view.claim?.conversation?.id).toBe(achieng.conversationId);
    expect(view.channels).toEqual(['whatsapp']);
    expect(view.versions).toHaveProperty([`customer:${achieng.customerId}`]);
    await commit(store(), message(achieng), [{ kind: 'reachable', conversationId: achieng.conversationId, blockedAt: NOW }]);
    expect(
      (await known(store(), { ...event, message: { ...event.message, ownPhone: phones.achieng } })).claim?.conversation,
    ).toBeNull();
    expect((await known(store(), event)).claim).toBeNull();
  });

  it('moves orders, numbers, chats and identities, whichever chat is asked afterwards', async () => {
    await welcomed(store(), achieng, simu, baraka);
    await commit(store(), message(simu), [claim(simu.customerId, phones.mum)]);
    const theirs = await placed(store(), achieng, { payer: phones.achieng });
    const its = await placed(store(), simu, { payer: phones.baraka });
    await commit(store(), message(simu), [merge]);
    for (const who of [achieng, simu]) {
      const view = await known(store(), message(who));
      expect(view.customer?.id).toBe(achieng.customerId);
      expect(view.conversation).toMatchObject({ id: who.conversationId, customerId: achieng.customerId });
      expect(view.recentOrders.map(({ id }) => id).sort()).toEqual([theirs.id, its.id].sort());
      expect(view.ownPhones).toEqual([phones.mum]);
    }
    expect((await known(store(), message(baraka))).recentOrders).toEqual([]);
  });

  it('makes stale whoever decided as either of them, in any of their chats', async () => {
    await welcomed(store(), achieng, simu);
    const views = [await known(store(), message(achieng)), await known(store(), message(simu))];
    await commit(store(), message(simu), [merge]);
    for (const { versions } of views) expect(await endOf(store(), turn(message(simu), [], { read: versions }))).toBe('stale');
    const chat = `conversation:${simu.conversationId}` as const;
    const read = { [chat]: views[1]?.versions[chat] ?? 0 };
    expect(await endOf(store(), turn(message(simu), [], { read }))).toBe('stale');
  });

  it('is done once: what comes second is decided again', async () => {
    await welcomed(store(), achieng, simu, baraka);
    await commit(store(), message(simu), [merge]);
    expect(await endOf(store(), turn(message(simu), [merge]))).toBe('stale');
    const onwards: Change = { kind: 'merge_customers', from: baraka.customerId, into: simu.customerId };
    expect(await endOf(store(), turn(message(baraka), [onwards]))).toBe('stale');
    expect(
      await endOf(
        store(),
        turn(message(simu), [welcome({ ...simu, conversationId: 'v-new', address: { ...simu.address, chat: 'new' } })]),
      ),
    ).toBe('stale');
  });
}
