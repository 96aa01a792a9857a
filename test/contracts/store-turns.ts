/** Owns the contract of turns: people and chats, duplicates, versions, and what one failing turn does to its batch. */

import { expect, type TestAPI } from 'vitest';
import { newSession } from '../../src/conversation/session.ts';
import { ALL_CLOSED } from '../../src/domain/breaker.ts';
import type { Counted } from '../../src/ports/counted.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  NOW,
  achieng,
  baraka,
  commit,
  drafting,
  endOf,
  freshId,
  known,
  message,
  order,
  openOrder,
  person,
  phones,
  remember,
  say,
  turn,
  welcome,
  welcomed,
  type OpenStore,
} from './store-world.ts';

export function peopleContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('knows nothing of a stranger', async () => {
    expect(await known(store(), message(achieng))).toEqual({
      customer: null,
      conversation: null,
      ownPhones: [],
      claim: null,
      channels: [],
      recentOrders: [],
      use: null,
      stopped: [],
      order: null,
      unseen: false,
      askedAt: null,
      smsWallets: null,
      alertsStopped: false,
      salesStopped: null,
      wallet: null,
      alert: null,
      remote: null,
      breakers: ALL_CLOSED,
      operators: [],
      joining: null,
      versions: { 'switch:sales': 0, 'switch:breaker:topups': 0, 'switch:breaker:daraja': 0, 'switch:breaker:tuku': 0 },
    });
  });

  it('keeps a chat exactly, and counts its version up', async () => {
    await welcomed(store(), achieng);
    const first = await known(store(), message(achieng));
    expect(first.customer).toEqual({ id: achieng.customerId, name: 'achieng' });
    expect(first.conversation).toMatchObject({ id: achieng.conversationId, address: achieng.address, version: 1 });

    await commit(store(), message(achieng), [remember(achieng, drafting(phones.achieng))]);
    const second = await known(store(), message(achieng));
    expect(second.conversation?.session).toEqual(drafting(phones.achieng));
    expect(second.conversation?.version).toBe(2);
    expect(second.versions).toMatchObject({
      [`conversation:${achieng.conversationId}`]: 2,
      [`customer:${achieng.customerId}`]: 0,
    });
  });

  it('tells that a question is still to be sent, and of the asked chat alone', async () => {
    await welcomed(store(), achieng, baraka);
    expect((await known(store(), message(achieng))).unseen).toBe(false);
    const choices = [{ id: 'ok:draft123:1', label: { key: 'buy-airtime:yes' } }];
    await commit(store(), message(achieng), [say(achieng, 'no question')]);
    expect((await known(store(), message(achieng))).unseen).toBe(false);
    const asking = { parts: [{ key: 'common:hello' }], choices };
    await commit(store(), message(achieng), [
      { kind: 'say', conversationId: achieng.conversationId, reply: asking, language: 'en', orderId: null },
    ]);
    expect((await known(store(), message(achieng))).unseen).toBe(true);
    expect((await known(store(), message(baraka))).unseen).toBe(false);

    for (const text of ['no question', 'a question']) {
      const [item] = await store().claimOutbox('send', NOW, 1, 1_000);
      expect((await known(store(), message(achieng))).unseen).toBe(true);
      await store().finishSends([{ id: item?.id ?? '', kind: 'sent', channelMessageId: text, text }], NOW);
    }
    expect((await known(store(), message(achieng))).unseen).toBe(false);
  });

  it('takes a chat that was blocked for one that has seen nothing', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [{ kind: 'reachable', conversationId: achieng.conversationId, blockedAt: NOW }]);
    expect((await known(store(), message(achieng))).unseen).toBe(true);
  });

  it('answers for each event of a batch, in their order', async () => {
    await welcomed(store(), achieng, baraka);
    const views = await store().load([message(baraka), message(person('nobody')), message(achieng)]);
    expect(views.map(({ customer }) => customer?.id)).toEqual([baraka.customerId, undefined, achieng.customerId]);
  });

  it('lets the first of two welcomes win, and tells the second to look again', async () => {
    const again = { ...achieng, customerId: 'c-other', conversationId: 'v-other' };
    const outcomes = await store().commit([turn(message(achieng), [welcome(achieng)]), turn(message(again), [welcome(again)])]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'stale']);
    expect((await known(store(), message(achieng))).customer?.id).toBe(achieng.customerId);
  });

  it('has one owner of a chat, also when two speak in it first at once', async () => {
    const other = { ...baraka, address: achieng.address };
    const outcomes = await store().commit([turn(message(achieng), [welcome(achieng)]), turn(message(other), [welcome(other)])]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'stale']);
    expect((await known(store(), message(baraka))).customer).toBeNull();
  });

  it('knows a person again in another chat, and never makes two of them', async () => {
    await welcomed(store(), achieng);
    const elsewhere = { ...achieng, address: { ...achieng.address, chat: 'second' }, conversationId: 'v-second' };
    const before = await known(store(), message(elsewhere));
    expect(before.customer?.id).toBe(achieng.customerId);
    expect(before.conversation).toBeNull();
    expect(await endOf(store(), turn(message(elsewhere), [welcome({ ...elsewhere, customerId: 'c-other' })]))).toBe('stale');
    await commit(store(), message(elsewhere), [welcome(elsewhere)]);
    expect((await known(store(), message(elsewhere))).conversation?.customerId).toBe(achieng.customerId);
  });

  it('takes the chat for the person when the network names the speaker anew', async () => {
    await welcomed(store(), achieng);
    expect((await known(store(), message(achieng, { sender: 'a better id' }))).customer?.id).toBe(achieng.customerId);
  });

  it('keeps accounts of the same channel apart', async () => {
    await welcomed(store(), achieng);
    const other = { ...achieng, address: { ...achieng.address, account: 'another bot' } };
    expect((await known(store(), message(other))).customer).toBeNull();
  });

  it('remembers that a chat is blocked, until it is not', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [{ kind: 'reachable', conversationId: achieng.conversationId, blockedAt: NOW }]);
    expect((await known(store(), message(achieng))).conversation).toMatchObject({ blockedAt: NOW, version: 2 });
    await commit(store(), message(achieng), [{ kind: 'reachable', conversationId: achieng.conversationId, blockedAt: null }]);
    expect((await known(store(), message(achieng))).conversation?.blockedAt).toBeNull();
  });

  it('names own numbers, the last verified first, and moves one to whoever verified it last', async () => {
    await welcomed(store(), achieng, baraka);
    const claim = (customerId: string, phone = phones.achieng) =>
      ({ kind: 'claim_phone', customerId, phone, how: 'whatsapp' }) as const;
    await commit(store(), message(achieng, { at: NOW }), [claim(achieng.customerId)]);
    await commit(store(), message(achieng, { at: NOW + 1 }), [claim(achieng.customerId, phones.mum)]);
    expect((await known(store(), message(achieng))).ownPhones).toEqual([phones.mum, phones.achieng]);
    await commit(store(), message(achieng, { at: NOW + 2 }), [claim(achieng.customerId)]);
    const before = await known(store(), message(achieng));
    expect(before.ownPhones).toEqual([phones.achieng, phones.mum]);

    await commit(store(), message(baraka, { at: NOW + 3 }), [claim(baraka.customerId)]);
    expect((await known(store(), message(achieng))).ownPhones).toEqual([phones.mum]);
    expect((await known(store(), message(baraka))).ownPhones).toEqual([phones.achieng]);
    // What is being decided for the one who lost the number rests on it.
    const stale = turn(message(achieng), [say(achieng)], { read: before.versions });
    expect(await endOf(store(), stale)).toBe('stale');
  });

  it('takes consents, words and audit rows', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [
      { kind: 'consent', customerId: achieng.customerId, what: 'privacy_notice', textVersion: '1' },
      { kind: 'heard', conversationId: achieng.conversationId, messageId: '1', text: 'mia moja kwa mama' },
      { kind: 'audit', actor: { kind: 'clock' }, what: 'seen', subject: 'nothing', detail: '' },
    ]);
  });
}

export function batchContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('takes an event once, also twice in the same batch', async () => {
    await welcomed(store(), achieng);
    const event = message(achieng);
    const twice = [turn(event, [say(achieng)]), turn(event, [say(achieng)])];
    expect((await store().commit(twice)).map(({ kind }) => kind)).toEqual(['committed', 'duplicate']);
    expect(await endOf(store(), turn(event, [remember(achieng, drafting('self'))]))).toBe('duplicate');
    expect((await known(store(), event)).conversation?.session.draft).toBeNull();
    expect(await store().claimOutbox('send', NOW, 10, 1)).toHaveLength(1);
  });

  it('makes a turn stale that read what somebody wrote since, and takes it when it looked again', async () => {
    await welcomed(store(), achieng);
    const { versions } = await known(store(), message(achieng));
    await commit(store(), message(achieng), [remember(achieng, drafting('self'))]);
    const event = message(achieng);
    expect(await endOf(store(), turn(event, [remember(achieng, newSession('en'))], { read: versions }))).toBe('stale');
    expect((await known(store(), event)).conversation).toMatchObject({ version: 2, session: drafting('self') });
    const fresh = await known(store(), event);
    expect(await endOf(store(), turn(event, [remember(achieng, newSession('en'))], { read: fresh.versions }))).toBe('committed');
  });

  it('compares within the batch: the second of two that read the same is stale', async () => {
    await welcomed(store(), achieng);
    const { versions } = await known(store(), message(achieng));
    const both = [0, 1].map(() => turn(message(achieng), [remember(achieng, drafting('self'))], { read: versions }));
    expect((await store().commit(both)).map(({ kind }) => kind)).toEqual(['committed', 'stale']);
  });

  it.for<[string, Counted]>([
    ['customer', `customer:${achieng.customerId}`],
    ['payer', `payer:${phones.achieng}`],
    ['switch', 'switch:sales'],
    ['conversation that no change writes', `conversation:${achieng.conversationId}`],
  ])('counts a touched %s up', async ([, aggregate]) => {
    await welcomed(store(), achieng);
    const before = aggregate.startsWith('conversation') ? 1 : 0;
    const reading = () => turn(message(achieng), [], { read: { [aggregate]: before } });
    expect(await endOf(store(), reading())).toBe('committed');
    await commit(store(), message(achieng), [], { touched: [aggregate] });
    expect(await endOf(store(), reading())).toBe('stale');
    expect(await endOf(store(), turn(message(achieng), [], { read: { [aggregate]: before + 1 } }))).toBe('committed');
  });

  it('sets a breaking turn aside at its third attempt, while everybody else goes on', async () => {
    await welcomed(store(), achieng, baraka);
    const broken = turn(message(achieng), [say(achieng), say(person('nobody'))]);
    for (const attempts of [1, 2, 3]) {
      const outcomes = await store().commit([turn(message(baraka), [say(baraka)]), broken, turn(message(baraka), [say(baraka)])]);
      expect(outcomes).toMatchObject([{ kind: 'committed' }, { kind: 'poisoned', attempts }, { kind: 'committed' }]);
    }
    expect(await endOf(store(), broken)).toBe('duplicate');
    const sent = await store().claimOutbox('send', NOW, 10, 1);
    expect(sent.map(({ lane }) => lane)).toEqual([`chat:${baraka.conversationId}`]);
  });

  it('poisons whatever breaks a rule, and writes nothing of it', async () => {
    await welcomed(store(), achieng);
    const breaking = [
      remember(person('nobody'), newSession('en')),
      openOrder(order(person('nobody'))),
      { kind: 'consent', customerId: 'nobody', what: 'privacy_notice', textVersion: '1' },
      { kind: 'call', orderId: 'none', purpose: 'buy_airtime', dueAt: NOW },
    ] as const;
    for (const change of breaking) {
      expect(await endOf(store(), turn(message(achieng), [say(achieng), change])), change.kind).toBe('poisoned');
    }
    expect(await store().claimOutbox('send', NOW, 10, 1)).toEqual([]);
  });

  it('counts failures of deciding in the same way', async () => {
    await welcomed(store(), achieng);
    const event = message(achieng);
    expect(await store().poison(event, 'it broke')).toBe(1);
    expect(await store().commit([turn(event, [say(person('nobody'))])])).toMatchObject([{ kind: 'poisoned', attempts: 2 }]);
    expect(await store().poison(event, 'it broke again')).toBe(3);
    expect(await endOf(store(), turn(event, [say(achieng)]))).toBe('duplicate');
  });

  it('does nothing for an empty batch', async () => {
    expect(await store().commit([])).toEqual([]);
    expect(await store().load([])).toEqual([]);
  });

  it('keeps recorded events, oldest first, until they are turned or set aside', async () => {
    await welcomed(store(), achieng);
    const [first, second, third] = [message(achieng), message(achieng), message(achieng)];
    await store().record([first, second]);
    await store().record([second, third]);
    expect(await store().recorded(10)).toEqual([first, second, third]);
    expect(await store().recorded(2)).toEqual([first, second]);
    await commit(store(), first, [say(achieng)]);
    for (let attempt = 0; attempt < 3; attempt += 1) await store().poison(third, 'no');
    expect(await store().recorded(10)).toEqual([second]);
    await store().record([first, third]);
    expect(await store().recorded(10)).toEqual([second]);
  });

  it('forgets a recorded event that took effect by another way', async () => {
    await welcomed(store(), achieng);
    const event = message(achieng);
    await store().record([event]);
    const both = await store().commit([turn(event, []), turn(event, [])]);
    expect(both.map(({ kind }) => kind)).toEqual(['committed', 'duplicate']);
    expect(await store().recorded(10)).toEqual([]);
  });

  it('keeps a turn that rolled back out of the ids it has seen', async () => {
    await welcomed(store(), achieng);
    const event = message(achieng);
    expect(await endOf(store(), turn(event, [], { read: { 'switch:sales': 7 } }))).toBe('stale');
    expect(await endOf(store(), turn(event, [say(person('nobody'))]))).toBe('poisoned');
    expect(await endOf(store(), turn(event, [say(achieng)]))).toBe('committed');
  });

  it('tells the latest instant that was committed', async () => {
    expect(await store().lastCommittedAt()).toBeNull();
    await commit(store(), message(achieng, { at: NOW + 5 }), [welcome(achieng)]);
    await commit(store(), message(achieng, { at: NOW + 3 }), [say(achieng)]);
    expect(await store().lastCommittedAt()).toBe(NOW + 5);
    expect(await endOf(store(), turn(message(achieng, { at: NOW + 9 }), [], { read: { 'switch:sales': 7 } }))).toBe('stale');
    expect(await store().lastCommittedAt()).toBe(NOW + 5);
    const [item] = await store().claimOutbox('send', NOW + 6, 1, 1);
    const done = { id: item?.id ?? '', kind: 'sent', channelMessageId: freshId('sent'), text: 'hello' } as const;
    await store().finishSends([done], NOW + 11);
    expect(await store().lastCommittedAt()).toBe(NOW + 11);
  });
}
