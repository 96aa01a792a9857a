/** Owns the contract of orders: what stands behind the rules of money when everything above has failed. */

import { expect, type TestAPI } from 'vitest';
import type { OrderEventKind } from '../../src/domain/order.ts';
import type { WebhookReading } from '../../src/ports/airtime-provider.ts';
import type { Store, TurnEvent } from '../../src/ports/store.ts';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NOW,
  achieng,
  advance,
  baraka,
  callState,
  commit,
  delivered,
  endOf,
  firstCall,
  freshId,
  known,
  message,
  openOrder,
  operatorEvent,
  order,
  phones,
  placed,
  smsOrder,
  started,
  turn,
  welcomed,
  type OpenStore,
} from './store-world.ts';

function webhook(reading: Partial<Extract<WebhookReading, { kind: 'read' }>>): TurnEvent {
  const all = {
    kind: 'read',
    note: null,
    upstreamReference: null,
    amountKes: 100,
    mobile: null,
    outcome: 'positive',
    status: 'ok',
  } as const;
  return { id: freshId('webhook'), at: NOW, kind: 'webhook', provider: 'topups', raw: '{}', reading: { ...all, ...reading } };
}

export function ordersContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('keeps an order exactly, with its customer and chat', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng, { recipientNetwork: 'Airtel', upstreamReference: 'up-1' });
    const view = await known(store(), operatorEvent(one));
    expect(view.order).toEqual({ ...one, version: 1 });
    expect(view).toMatchObject({ customer: { id: achieng.customerId }, conversation: { id: achieng.conversationId } });
    expect(view.versions).toMatchObject({ [`order:${one.id}`]: 1, [`conversation:${achieng.conversationId}`]: 1 });
  });

  it.each([null, 'app-1'])('keeps an order of SMS exactly, for a wallet in the app %s', async (appId) => {
    await welcomed(store(), achieng);
    const wallet = { appId, userId: 'user 7' };
    const one = smsOrder(achieng, { wallet, units: 142, price: { milliKes: 700, source: 'customer' } });
    await commit(store(), message(achieng), [openOrder(one), firstCall(one)]);
    expect((await known(store(), operatorEvent(one))).order).toEqual({ ...one, version: 1 });
    expect((await known(store(), message(achieng))).recentOrders).toEqual([{ ...one, version: 1 }]);
    const [item] = await store().claimOutbox('call', NOW, 10, 1);
    expect(item?.work).toEqual({ kind: 'call', order: { ...one, version: 1 }, purpose: 'request_payment' });
  });

  it('lets one prompt ring on a phone, whatever is paid', async () => {
    await welcomed(store(), achieng);
    await placed(store(), achieng);
    expect(await endOf(store(), turn(message(achieng), [openOrder(smsOrder(achieng))]))).toBe('poisoned');
    await commit(store(), message(achieng), [openOrder(smsOrder(achieng, { payer: phones.baraka }))]);
    expect(await endOf(store(), turn(message(achieng), [openOrder(order(achieng, { payer: phones.baraka }))]))).toBe('poisoned');
  });

  it('names a customer’s orders, the newest first, at most 20', async () => {
    await welcomed(store(), achieng, baraka);
    await placed(store(), baraka, { payer: phones.baraka });
    const made: string[] = [];
    for (let at = 0; at < 22; at += 1) {
      made.unshift((await placed(store(), achieng, { createdAt: NOW + Math.floor(at / 2) * HOUR_MS, promptLiveUntil: null })).id);
    }
    const view = await known(store(), message(achieng));
    expect(view.recentOrders.map(({ id }) => id)).toEqual(made.slice(0, 20));
    expect(Object.keys(view.versions).filter((name) => name.startsWith('order:'))).toHaveLength(20);
  });

  it('advances an order, and makes stale whoever read it before', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await started(store(), one, NOW + 1);
    const set = { upstreamReference: 'up-7', triesNotSent: 1 };
    const step = advance(one, 'answer_accepted', 'submitting', 'awaiting_payment', set);
    expect(await endOf(store(), turn(operatorEvent(one), [step], { read: { [`order:${one.id}`]: 1 } }))).toBe('stale');
    await commit(store(), operatorEvent(one, NOW + 2), [step], { read: { [`order:${one.id}`]: 2 } });
    expect((await known(store(), operatorEvent(one))).order).toEqual({
      ...one,
      ...set,
      state: 'awaiting_payment',
      changedAt: NOW + 2,
      version: 3,
    });
  });

  it('records what changes nothing, still learns a reference from it, and is another order for who judged it before', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await delivered(store(), one);
    const late = advance(one, 'answer_accepted', 'delivered', null, { upstreamReference: 'late' });
    await commit(store(), operatorEvent(one), [late]);
    expect((await known(store(), operatorEvent(one))).order).toMatchObject({ state: 'delivered', upstreamReference: 'late' });
    const before = (await known(store(), operatorEvent(one))).order;
    if (before === null) throw new Error('the order is gone');
    const silence = advance(one, 'silence', 'delivered', null);
    await commit(store(), operatorEvent(one, NOW + 9), [silence]);
    const heard = { ...before, version: before.version + 1 };
    expect((await known(store(), operatorEvent(one))).order).toEqual(heard);
    // But for what an operator says in vain: that is nothing to be looked at again.
    await commit(store(), operatorEvent(one, NOW + 10), [{ ...silence, actor: { kind: 'operator', name: 'op' } }]);
    expect((await known(store(), operatorEvent(one))).order).toEqual(heard);
  });

  it('is no other order for a callback that changes nothing of it, nor for what the upstream had said before', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    const says = async (event: OrderEventKind, evidence: string): Promise<number | undefined> => {
      const step = { ...advance(one, event, 'confirmed', null), actor: { kind: 'upstream' }, evidence } as const;
      await commit(store(), operatorEvent(one), [step]);
      return (await known(store(), operatorEvent(one))).order?.version;
    };
    expect(await says('status_unclear', 'timeout')).toBe(2);
    expect(await says('status_unclear', 'timeout')).toBe(2);
    expect(await says('callback_came', 'says 1032')).toBe(2);
    expect(await says('callback_came', 'says 0')).toBe(2);
    expect(await says('status_unclear', 'no JSON')).toBe(3);
    // Nor is the same thing with the id of another request.
    expect(await says('status_unclear', 'HTTP 500, 500.001.1001: busy, request 7071-4170-0d61 at 2026-08-01 06:33:16')).toBe(4);
    expect(await says('status_unclear', 'HTTP 500, 500.001.1001: busy, request 99ab-12cd-77ef at 2026-08-01 06:38:16')).toBe(4);
    expect(await says('status_unclear', 'HTTP 500, 500.003.1001: busy, request 99ab-12cd-77ef at 2026-08-01 06:38:16')).toBe(5);
  });

  it('refuses a step from a state that the order is not in, or that is not in the table', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    for (const step of [
      advance(one, 'answer_accepted', 'submitting', 'awaiting_payment'),
      advance(one, 'call_starting', 'confirmed', 'delivered'),
      advance(one, 'operator_refunded', 'confirmed', 'refunded'),
      advance({ ...one, id: 'none' }, 'call_starting', 'confirmed', 'submitting'),
    ]) {
      expect(await endOf(store(), turn(operatorEvent(one), [step])), `${step.from} ${step.event}`).toBe('poisoned');
    }
    expect((await known(store(), operatorEvent(one))).order?.state).toBe('confirmed');
  });

  it('lets one prompt at a time ring on a phone, whoever asked for it', async () => {
    await welcomed(store(), achieng, baraka);
    const first = await placed(store(), achieng);
    await started(store(), first);
    const second = (at: number) => order(baraka, { payer: first.payer, createdAt: at });
    expect(await endOf(store(), turn(message(baraka), [openOrder(second(NOW + 1))]))).toBe('poisoned');
    expect(await endOf(store(), turn(message(baraka), [openOrder(order(baraka, { payer: phones.baraka }))]))).toBe('committed');
    const later = NOW + 3 * MINUTE_MS;
    expect(await endOf(store(), turn(message(baraka, { at: later - 1 }), [openOrder(second(later - 1))]))).toBe('poisoned');
    expect(await endOf(store(), turn(message(baraka, { at: later }), [openOrder(second(later))]))).toBe('committed');
    expect(await endOf(store(), turn(message(baraka, { at: later }), [openOrder(second(later))]))).toBe('poisoned');
    // The first is not settled, and its step must still go through.
    await commit(store(), operatorEvent(first, later + 1), [advance(first, 'answer_unknown', 'submitting', 'unknown')]);
  });

  it('keeps the phone for an order whose call is late, until it is begun and has rung', async () => {
    await welcomed(store(), achieng, baraka);
    const first = await placed(store(), achieng);
    const second = (at: number) =>
      turn(message(baraka, { at }), [openOrder(order(baraka, { payer: first.payer, createdAt: at }))]);
    const late = NOW + 8 * MINUTE_MS;
    const rungOut = late + 3 * MINUTE_MS;
    expect(await endOf(store(), second(late))).toBe('poisoned');
    await commit(store(), operatorEvent(first, late), [
      advance(first, 'call_starting', 'confirmed', 'submitting', { promptLiveUntil: rungOut }),
    ]);
    expect(await endOf(store(), second(rungOut - 1))).toBe('poisoned');
    expect(await endOf(store(), second(rungOut))).toBe('committed');
  });

  it('lets an order ring again at a new time, when nobody else rings by then', async () => {
    await welcomed(store(), achieng, baraka);
    const first = await placed(store(), achieng);
    const later = NOW + 3 * MINUTE_MS;
    await started(store(), first);
    const second = await placed(store(), baraka, { payer: first.payer, createdAt: later });
    await started(store(), second, later);
    await commit(store(), operatorEvent(first, later), [advance(first, 'answer_not_sent', 'submitting', 'confirmed')]);
    const again = (at: number) =>
      turn(operatorEvent(first, at), [
        advance(first, 'call_starting', 'confirmed', 'submitting', { promptLiveUntil: at + 3 * MINUTE_MS }),
      ]);
    expect(await endOf(store(), again(later + 1))).toBe('poisoned');
    expect(await endOf(store(), again(later + 3 * MINUTE_MS))).toBe('committed');
    const rungOut = operatorEvent(second, later + 3 * MINUTE_MS);
    await commit(store(), rungOut, [advance(second, 'answer_unknown', 'submitting', 'unknown')]);
  });

  it('lets a payer be prompted again as soon as the order is settled', async () => {
    await welcomed(store(), achieng);
    const first = await placed(store(), achieng);
    await delivered(store(), first);
    await placed(store(), achieng);
  });

  it('makes one order of a draft, and of another chat’s draft of the same name another', async () => {
    await welcomed(store(), achieng, baraka);
    const free = { draft: 'samename', promptLiveUntil: null };
    await placed(store(), achieng, free);
    expect(await endOf(store(), turn(message(achieng), [openOrder(order(achieng, { ...free, revision: 9 }))]))).toBe('poisoned');
    await placed(store(), baraka, free);
  });

  it('finds a webhook’s order by its note, then by the upstream’s reference, and never by half', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng, { reference: 'JZONE', upstreamReference: 'up-1', promptLiveUntil: null });
    const two = await placed(store(), achieng, { reference: 'JZTWO', upstreamReference: 'up-2', promptLiveUntil: null });
    await placed(store(), achieng, { reference: 'JZTHREE', upstreamReference: 'up-2', promptLiveUntil: null });
    const found = async (event: TurnEvent) => (await known(store(), event)).order?.id ?? null;
    expect(await found(webhook({ note: 'JZONE' }))).toBe(one.id);
    expect(await found(webhook({ note: 'JZTWO', upstreamReference: 'up-1' }))).toBe(two.id);
    expect(await found(webhook({ note: 'JZNOBODY', upstreamReference: 'up-1' }))).toBe(one.id);
    expect(await found(webhook({ upstreamReference: 'up-1' }))).toBe(one.id);
    expect(await found(webhook({ upstreamReference: 'up-2' }))).toBeNull();
    expect(await found(webhook({ note: 'JZ', upstreamReference: 'up' }))).toBeNull();
    expect(await found(webhook({}))).toBeNull();
    expect(await found({ ...webhook({}), reading: { kind: 'unreadable', why: 'garbage' } } as TurnEvent)).toBeNull();
  });

  it('keeps a raw body once, however often it is brought', async () => {
    await welcomed(store(), achieng);
    const keep = { kind: 'keep_raw', rawId: 'raw-1', source: 'topups webhook', body: '{"status":"ok"}' } as const;
    await commit(store(), message(achieng), [keep]);
    await commit(store(), message(achieng), [keep]);
  });
}

export function callsContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('hands out a call when it is due, under a lease, with its order', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    expect(await store().claimOutbox('call', NOW - 1, 10, 1_000)).toEqual([]);
    const [item, ...more] = await store().claimOutbox('call', NOW, 10, 1_000);
    expect(more).toEqual([]);
    expect(item).toMatchObject({ attempts: 0, work: { kind: 'call', purpose: 'buy_airtime', order: { ...one, version: 1 } } });
    expect(await store().claimOutbox('call', NOW + 999, 10, 1_000)).toEqual([]);
    const [again] = await store().claimOutbox('call', NOW + 1_000, 10, 1_000);
    expect(again).toMatchObject({ id: item?.id, attempts: 1 });
  });

  it('takes a call out of the outbox as it begins, and never begins it twice', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await started(store(), one);
    expect(await store().claimOutbox('call', NOW + DAY_MS, 10, 1_000)).toEqual([]);
    expect(await endOf(store(), turn(operatorEvent(one), [callState(one, 'started')]))).toBe('poisoned');
    const again = { kind: 'call', orderId: one.id, purpose: 'buy_airtime', dueAt: NOW } as const;
    expect(await endOf(store(), turn(operatorEvent(one), [again]))).toBe('poisoned');
    await commit(store(), operatorEvent(one), [callState(one, 'answered')]);
    expect(await endOf(store(), turn(operatorEvent(one), [callState(one, 'started')]))).toBe('poisoned');
  });

  it('takes a call again after an answer that proved nothing was sent, not before its time', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await started(store(), one);
    await commit(store(), operatorEvent(one), [
      advance(one, 'answer_not_sent', 'submitting', 'confirmed', { triesNotSent: 1 }),
      callState(one, 'answered'),
      { kind: 'call', orderId: one.id, purpose: 'buy_airtime', dueAt: NOW + 3_000 },
    ]);
    expect(await store().claimOutbox('call', NOW + 2_999, 10, 1)).toEqual([]);
    expect(await store().claimOutbox('call', NOW + 3_000, 10, 1)).toHaveLength(1);
  });

  it('drops a call that is not wanted any more', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await commit(store(), operatorEvent(one), [callState(one, 'answered')]);
    expect(await store().claimOutbox('call', NOW + DAY_MS, 10, 1)).toEqual([]);
  });

  it('gives a call up whose beginning is set aside', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    const event: TurnEvent = { id: freshId('starting'), at: NOW, kind: 'call_starting', orderId: one.id, purpose: 'buy_airtime' };
    for (let attempt = 0; attempt < 3; attempt += 1) await store().poison(event, 'it broke');
    expect(await store().claimOutbox('call', NOW + DAY_MS, 10, 1)).toEqual([]);
  });

  it('names, on taking over, the calls that were out, and frees every lease', async () => {
    await welcomed(store(), achieng, baraka);
    const out = await placed(store(), achieng);
    const over = await placed(store(), achieng, { payer: phones.mum });
    const waiting = await placed(store(), baraka, { payer: phones.baraka });
    await started(store(), out);
    await delivered(store(), over);
    expect(await store().claimOutbox('call', NOW, 10, DAY_MS)).toHaveLength(1);
    expect(await store().claimOutbox('call', NOW, 10, DAY_MS)).toEqual([]);
    expect(await store().takeOver()).toEqual([{ orderId: out.id, purpose: 'buy_airtime', startedAt: NOW }]);
    const freed = await store().claimOutbox('call', NOW, 10, DAY_MS);
    expect(freed).toMatchObject([{ work: { order: { id: waiting.id } } }]);
  });
}
