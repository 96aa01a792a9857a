/** Owns the contract of what is given up in a chat: each order in it is told of in the person's other chat, once, and never back again. */

import { expect, type TestAPI } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import {
  MINUTE_MS,
  NOW,
  achieng,
  commit,
  freshId,
  known,
  message,
  person,
  placed,
  say,
  welcomed,
  type OpenStore,
  type Person,
} from './store-world.ts';

const simu = person('simu', 'whatsapp');

export function elsewhereContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const giveUp = async (blocked: boolean): Promise<void> => {
    const items = await store().claimOutbox('send', NOW, 10, MINUTE_MS);
    await store().finishSends(
      items.map(({ id }) => ({ id, kind: 'dead', why: 'gone', blocked })),
      NOW,
    );
  };
  const due = async () => (await store().dueTimers(NOW, 10)).map(({ key, timer }) => [key, timer.kind]);
  const timerOf = (orderId: string, where: Person) =>
    ({
      id: freshId('timer'),
      at: NOW,
      kind: 'timer',
      key: `elsewhere:${orderId}`,
      timer: { kind: 'tell_elsewhere', orderId, conversationId: where.conversationId, channel: where.address.channel },
    }) as const;

  it.each([true, false])('is an order that was spoken of, and no small talk; the chat is blocked: %s', async (blocked) => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await commit(store(), message(achieng), [say(achieng, 'order:approve-now', one.id)]);
    await giveUp(blocked);
    expect(await due()).toEqual([[`elsewhere:${one.id}`, 'tell_elsewhere']]);
    await commit(store(), message(achieng), [say(achieng, 'common:menu')]);
    await giveUp(blocked);
    expect(await due()).toHaveLength(1);
  });

  it('is every order that waits in a chat that is blocked', async () => {
    await welcomed(store(), achieng);
    const orders = [await placed(store(), achieng), await placed(store(), achieng, { promptLiveUntil: null })];
    await commit(
      store(),
      message(achieng),
      orders.map(({ id }) => say(achieng, 'order:approve-now', id)),
    );
    await giveUp(true);
    expect(new Set((await due()).map(([key]) => key))).toEqual(new Set(orders.map(({ id }) => `elsewhere:${id}`)));
  });

  it('is not what was said in place of another chat already', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await commit(store(), message(achieng), [{ ...sayOf(one.id), elsewhere: true }]);
    await giveUp(false);
    expect(await due()).toEqual([]);
  });

  it('is told in the chat of theirs that was used last and can be written to', async () => {
    await welcomed(store(), achieng, simu);
    const one = await placed(store(), achieng);
    expect((await known(store(), timerOf(one.id, achieng))).conversation).toBeNull();
    await commit(store(), message(simu), [{ kind: 'merge_customers', from: simu.customerId, into: achieng.customerId }]);
    const view = await known(store(), timerOf(one.id, achieng));
    expect([view.order?.id, view.conversation?.id]).toEqual([one.id, simu.conversationId]);
    await commit(store(), message(simu), [{ kind: 'reachable', conversationId: simu.conversationId, blockedAt: NOW }]);
    expect((await known(store(), timerOf(one.id, achieng))).conversation).toBeNull();
  });
}

function sayOf(orderId: string) {
  const said = say(achieng, 'order:approve-now', orderId);
  if (said.kind !== 'say') throw new Error('it says something');
  return said;
}
