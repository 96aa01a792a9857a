/** Owns the contract of the outbox, of timers and of what else is asked of the store. */

import fc from 'fast-check';
import { expect, type TestAPI } from 'vitest';
import { reply } from '../../src/conversation/reply.ts';
import type { OutboxItem, SendResult } from '../../src/ports/outbox.ts';
import type { Store, Timer, TurnEvent } from '../../src/ports/store.ts';
import {
  MINUTE_MS,
  NOW,
  achieng,
  baraka,
  commit,
  endOf,
  freshId,
  known,
  message,
  order,
  person,
  placed,
  say,
  turn,
  welcome,
  welcomed,
  type OpenStore,
} from './store-world.ts';

const LEASE_MS = 30_000;

const sent = (item: OutboxItem | undefined, text = 'hello', channelMessageId = freshId('sent')): SendResult => ({
  id: item?.id ?? 'none',
  kind: 'sent',
  channelMessageId,
  text,
});

const keyOf = ({ work }: OutboxItem): string => (work.kind === 'say' ? (work.reply.parts[0]?.key ?? '') : work.kind);

export function outboxContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const claim = (at = NOW, limit = 10) => store().claimOutbox('send', at, limit, LEASE_MS);

  it('knows when a chat was asked last: when a message with choices had been sent, and not when it was decided', async () => {
    await welcomed(store(), achieng);
    const ask = reply('buy:done', {}, [{ id: 'again:1:1', label: { key: 'buy:again' } }]);
    await commit(store(), message(achieng), [
      { kind: 'say', conversationId: achieng.conversationId, reply: ask, language: 'sw', orderId: null },
    ]);
    const [question] = await claim();
    expect(await known(store(), message(achieng))).toMatchObject({ unseen: true, askedAt: null });
    await store().finishSends([sent(question)], NOW + 700);
    expect(await known(store(), message(achieng))).toMatchObject({ unseen: false, askedAt: NOW + 700 });
    await commit(store(), message(achieng), [say(achieng)]);
    const [word] = await claim(NOW + MINUTE_MS);
    await store().finishSends([sent(word)], NOW + MINUTE_MS);
    expect((await known(store(), message(achieng))).askedAt).toBe(NOW + 700);
  });

  it('hands out what is to be said, with the chat it goes to', async () => {
    await welcomed(store(), achieng);
    const words = reply('buy:done', { name: 'Mum' }, [{ id: 'again:1:1', label: { key: 'buy:again' } }]);
    await commit(store(), message(achieng), [
      { kind: 'say', conversationId: achieng.conversationId, reply: words, language: 'sw', orderId: null },
    ]);
    expect(await claim()).toEqual([
      {
        id: expect.any(String) as string,
        lane: `chat:${achieng.conversationId}`,
        attempts: 0,
        turn: expect.stringMatching(/^message~/) as string,
        order: null,
        work: {
          kind: 'say',
          conversation: { id: achieng.conversationId, address: achieng.address },
          reply: words,
          language: 'sw',
        },
      },
    ]);
    expect(await store().claimOutbox('call', NOW, 10, LEASE_MS)).toEqual([]);
  });

  it('keeps the order within a chat while chats go on in parallel', async () => {
    await welcomed(store(), achieng, baraka);
    const retire = { kind: 'retire_buttons', conversationId: achieng.conversationId, channelMessageId: '77' } as const;
    await commit(store(), message(achieng), [say(achieng, 'a:1'), retire, say(achieng, 'a:3')]);
    await commit(store(), message(baraka), [say(baraka, 'b:1')]);
    const first = await claim();
    expect(first.map(keyOf)).toEqual(['a:1', 'b:1']);
    expect(await claim()).toEqual([]);
    await store().finishSends([sent(first[0])], NOW);
    const second = await claim();
    expect(second).toMatchObject([
      { work: { kind: 'retire_buttons', channelMessageId: '77', conversation: { address: achieng.address } } },
    ]);
    await store().finishSends([sent(second[0], ''), sent(first[1])], NOW);
    expect((await claim()).map(keyOf)).toEqual(['a:3']);
  });

  it('holds a chat back while its first message waits for its retry', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [say(achieng, 'a:1'), say(achieng, 'a:2')]);
    const [item] = await claim();
    await store().finishSends([{ id: item?.id ?? '', kind: 'retry', dueAt: NOW + MINUTE_MS, why: '429' }], NOW);
    expect(await store().nextDueAt()).toBe(NOW + MINUTE_MS);
    expect(await claim(NOW + MINUTE_MS - 1)).toEqual([]);
    const [again] = await claim(NOW + MINUTE_MS);
    expect(again).toMatchObject({ id: item?.id, attempts: 1 });
    await store().finishSends([sent(again)], NOW);
    expect((await claim(NOW + MINUTE_MS)).map(keyOf)).toEqual(['a:2']);
  });

  it('hands a message out again when a lease ran out, and takes only one end of it', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [say(achieng, 'a:1'), say(achieng, 'a:2')]);
    const [lost] = await claim(NOW);
    expect(await claim(NOW + LEASE_MS - 1)).toEqual([]);
    const [again] = await claim(NOW + LEASE_MS);
    expect(again?.id).toBe(lost?.id);
    await store().finishSends([sent(again)], NOW + LEASE_MS);
    await store().finishSends([sent(lost), sent(undefined)], NOW + LEASE_MS);
    expect((await claim(NOW + LEASE_MS)).map(keyOf)).toEqual(['a:2']);
  });

  it('hands out no row again that whoever asks has in hand, and says nothing of its end', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [say(achieng, 'a:1')]);
    const [held] = await claim(NOW);
    await commit(store(), message(baraka), [say(baraka, 'b:1')]);
    const inHand = [held?.id ?? ''];
    const others = await store().claimOutbox('send', NOW + LEASE_MS, 10, LEASE_MS, { inHand });
    expect(others.map(keyOf)).toEqual(['b:1']);
    expect(await claim(NOW + LEASE_MS)).toMatchObject([{ id: held?.id, attempts: 1 }]);
  });

  it('goes on after a message that is given up', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [say(achieng, 'a:1'), say(achieng, 'a:2')]);
    const [item] = await claim();
    await store().finishSends([{ id: item?.id ?? '', kind: 'dead', why: 'refused', blocked: false }], NOW);
    expect((await claim()).map(keyOf)).toEqual(['a:2']);
    expect((await known(store(), message(achieng))).conversation?.blockedAt).toBeNull();
  });

  it('gives everything up for a chat that blocked us, and knows it', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [say(achieng, 'a:1'), say(achieng, 'a:2')]);
    const before = await known(store(), message(achieng));
    const [item] = await claim();
    await store().finishSends([{ id: item?.id ?? '', kind: 'dead', why: '403', blocked: true }], NOW + 1);
    expect(await claim(NOW + MINUTE_MS)).toEqual([]);
    expect(await store().nextDueAt()).toBeNull();
    expect((await known(store(), message(achieng))).conversation?.blockedAt).toBe(NOW + 1);
    expect(await endOf(store(), turn(message(achieng), [], { read: before.versions }))).toBe('stale');
    await commit(store(), message(achieng), [say(achieng, 'a:3')]);
    expect((await claim(NOW + MINUTE_MS)).map(keyOf)).toEqual(['a:3']);
  });

  it('hands out no more than asked for, the longest due first', async () => {
    const people = ['p1', 'p2', 'p3'].map((name) => person(name));
    await welcomed(store(), ...people);
    for (const [at, who] of people.entries()) await commit(store(), message(who, { at: NOW - at }), [say(who, who.name)]);
    expect((await claim(NOW, 2)).map(keyOf)).toEqual(['p3', 'p2']);
    expect((await claim(NOW, 2)).map(keyOf)).toEqual(['p1']);
  });

  it('keeps the text as sent, under the network’s id of it', async () => {
    const other = person('wambui', 'whatsapp');
    await welcomed(store(), achieng, other);
    await commit(store(), message(achieng), [say(achieng)]);
    await commit(store(), message(other), [say(other)]);
    const items = await claim();
    await store().finishSends([sent(items[0], 'to telegram', 'id-1'), sent(items[1], 'to whatsapp', 'id-1')], NOW);
    expect(await store().sentText('telegram', 'id-1')).toBe('to telegram');
    expect(await store().sentText('whatsapp', 'id-1')).toBe('to whatsapp');
    expect(await store().sentText('web', 'id-1')).toBeNull();
    await commit(store(), message(other), [
      { kind: 'heard', conversationId: other.conversationId, messageId: 'id-2', text: 'secret' },
    ]);
    expect(await store().sentText('whatsapp', 'id-2')).toBeNull();
  });

  it('gives every message an id of its own, also when the outbox was empty in between', async () => {
    await welcomed(store(), achieng);
    const ids = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      await commit(store(), message(achieng), [say(achieng), say(achieng)]);
      for (let left = 2; left > 0; left -= 1) {
        const items = await claim();
        for (const { id } of items) ids.add(id);
        await store().finishSends(
          items.map((item) => sent(item)),
          NOW,
        );
      }
    }
    expect(ids.size).toBe(10);
  });

  it('frees leases on taking over', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [say(achieng)]);
    await claim();
    expect(await store().nextDueAt()).toBeNull();
    expect(await store().takeOver()).toEqual([]);
    expect(await store().nextDueAt()).toBe(NOW);
    expect(await claim()).toHaveLength(1);
  });

  it('says each thing once and in order in every chat, whatever fails on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('sent', 'retry', 'lost', 'say'), { maxLength: 40 }), async (script) => {
        const people = [person(freshId('p')), person(freshId('p'))];
        await welcomed(store(), ...people);
        const said = new Map<string, string[]>(people.map((who) => [`chat:${who.conversationId}`, []]));
        const heard = new Map<string, string[]>(people.map((who) => [`chat:${who.conversationId}`, []]));
        let at = NOW;
        const speak = async (): Promise<void> => {
          for (const who of people) {
            const key = freshId('word');
            await commit(store(), message(who, { at }), [say(who, key)]);
            said.get(`chat:${who.conversationId}`)?.push(key);
          }
        };
        const work = async (fate: 'sent' | 'retry' | 'lost'): Promise<number> => {
          at += LEASE_MS;
          const items = (await claim(at)).filter(({ lane }) => said.has(lane));
          expect(new Set(items.map(({ lane }) => lane)).size).toBe(items.length);
          if (fate === 'lost') return items.length;
          if (fate === 'sent') for (const item of items) heard.get(item.lane)?.push(keyOf(item));
          await store().finishSends(
            items.map((item) => (fate === 'sent' ? sent(item) : { id: item.id, kind: 'retry', dueAt: at + 1, why: 'no' })),
            at,
          );
          return items.length;
        };
        await speak();
        for (const step of script) await (step === 'say' ? speak() : work(step));
        while ((await work('sent')) > 0);
        expect(heard).toEqual(said);
      }),
      { numRuns: 25 },
    );
  });
}

export function timersContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const timer: Timer = { kind: 'draft_reminder', conversationId: achieng.conversationId };
  const set = (key: string, dueAt: number) => ({ kind: 'set_timer', key, dueAt, timer }) as const;
  const fired = (key: string, dueAt: number): TurnEvent => ({ id: `timer:${key}:${dueAt}`, at: NOW, kind: 'timer', key, timer });

  it('fires timers when due, the earliest first, until their turn removes them', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [set('b', NOW + 2), set('a', NOW + 2), set('c', NOW + 1), set('d', NOW + 9)]);
    expect(await store().nextDueAt()).toBe(NOW + 1);
    expect(await store().dueTimers(NOW, 10)).toEqual([]);
    expect(await store().dueTimers(NOW + 2, 10)).toEqual([
      { key: 'c', dueAt: NOW + 1, timer },
      { key: 'a', dueAt: NOW + 2, timer },
      { key: 'b', dueAt: NOW + 2, timer },
    ]);
    await commit(store(), fired('c', NOW + 1), []);
    expect((await store().dueTimers(NOW + 2, 1)).map(({ key }) => key)).toEqual(['a']);
  });

  it('moves a timer that is set again, and drops one that is cleared', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [set('a:b', NOW), set('c', NOW)]);
    await commit(store(), message(achieng), [set('a:b', NOW + 5), { kind: 'clear_timer', key: 'c' }]);
    expect(await store().dueTimers(NOW + 4, 10)).toEqual([]);
    // It fired while it was being moved: the moved one stays.
    await commit(store(), fired('a:b', NOW), []);
    expect((await store().dueTimers(NOW + 5, 10)).map(({ key }) => key)).toEqual(['a:b']);
    await commit(store(), fired('a:b', NOW + 5), [set('a:b', NOW + 9)]);
    expect(await store().dueTimers(NOW + 9, 10)).toMatchObject([{ key: 'a:b', dueAt: NOW + 9 }]);
  });

  const setBackTo = async (instant: number): Promise<void> => {
    await store().mindTheClock();
    world().clock.setTo(instant);
    await store().mindTheClock();
  };

  it('brings forward what waits when the clock was set back, and counts from the new time', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [say(achieng, 'a:1'), set('a', NOW + 9)]);
    const claim = (at: number): Promise<readonly OutboxItem[]> => store().claimOutbox('send', at, 10, LEASE_MS);
    const [item] = await claim(NOW);
    await store().finishSends([{ id: item?.id ?? '', kind: 'retry', dueAt: NOW + 5, why: '429' }], NOW);
    const byMs = 30 * 24 * 60 * 60_000;
    await setBackTo(NOW - byMs);
    expect(await store().nextDueAt()).toBe(NOW - byMs + 5);
    expect(await claim(NOW - byMs + 4)).toEqual([]);
    expect(await claim(NOW - byMs + 5)).toHaveLength(1);
    // Handed out, and its lease ends in the new time too.
    await setBackTo(NOW - 2 * byMs);
    expect(await claim(NOW - 2 * byMs + 5 + LEASE_MS)).toHaveLength(1);
    expect(await store().dueTimers(NOW - 2 * byMs + 9, 10)).toMatchObject([{ key: 'a', dueAt: NOW - 2 * byMs + 9 }]);
    expect(await store().lastCommittedAt()).toBe(NOW - 2 * byMs);
  });

  it('finds the clock set back before the next turn is decided, whose own timers are not brought forward', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [set('before', NOW + 9)]);
    await store().mindTheClock();
    const now = NOW - 30 * 24 * 60 * 60_000;
    world().clock.setTo(now);
    const next = message(achieng, { at: now });
    await store().load([next]);
    await commit(store(), next, [set('after', now + 10)]);
    await store().mindTheClock();
    expect((await store().dueTimers(now + 10, 10)).map(({ key, dueAt }) => [key, dueAt - now])).toEqual([
      ['before', 9],
      ['after', 10],
    ]);
  });

  it('does not fire for ever when the turn of a timer breaks or came already', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [set('bad', NOW), set('seen', NOW)]);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await endOf(store(), turn(fired('bad', NOW), [say(person('nobody'))]))).toBe('poisoned');
    }
    expect((await store().dueTimers(NOW, 10)).map(({ key }) => key)).toEqual(['seen']);
    await commit(store(), fired('seen', NOW), [set('seen', NOW)]);
    expect(await endOf(store(), turn(fired('seen', NOW), []))).toBe('duplicate');
    expect(await store().dueTimers(NOW, 10)).toEqual([]);
  });

  it('leaves the timer of a stale turn to fire again', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [set('a', NOW)]);
    expect(await endOf(store(), turn(fired('a', NOW), [], { read: { 'switch:sales': 3 } }))).toBe('stale');
    expect(await store().dueTimers(NOW, 10)).toHaveLength(1);
  });

  it('loads the chat of a draft and the order of an order for their timers', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng, { ...order(achieng), promptLiveUntil: null });
    const reminder = await known(store(), fired('a', NOW));
    expect(reminder).toMatchObject({
      conversation: { id: achieng.conversationId },
      customer: { id: achieng.customerId },
      order: null,
    });
    for (const kind of ['prompt_lapsed', 'order_silence', 'question_unanswered'] as const) {
      const view = await known(store(), { ...fired('b', NOW), timer: { kind, orderId: one.id } } as TurnEvent);
      expect(view).toMatchObject({ order: { id: one.id }, conversation: { id: achieng.conversationId } });
    }
    const nowhere = { ...fired('c', NOW), timer: { kind: 'order_silence', orderId: 'none' } } as TurnEvent;
    expect(await known(store(), nowhere)).toMatchObject({ order: null, conversation: null, customer: null });
  });
}

export function restContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('keeps settings', async () => {
    expect(await store().setting('payer_rings_for')).toBeNull();
    await store().putSetting('payer_rings_for', '3 minutes');
    await store().putSetting('payer_rings_for', '4 minutes');
    expect(await store().setting('payer_rings_for')).toBe('4 minutes');
  });

  it('says that it is sound', async () => {
    await commit(store(), message(achieng), [welcome(achieng)]);
    expect(await store().check()).toEqual({ ok: true });
  });

  it('has nothing due when nothing waits', async () => {
    expect(await store().nextDueAt()).toBeNull();
    expect(await store().takeOver()).toEqual([]);
  });
}
