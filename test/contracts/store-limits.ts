/** Owns the contract of what limits are measured by: prompts, the day of person, payer and recipient, the stop list, the switches. */

import { expect, type TestAPI } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { Msisdn } from '../../src/domain/msisdn.ts';
import type { Counted } from '../../src/ports/counted.ts';
import type { Store } from '../../src/ports/store.ts';
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
  drafting,
  endOf,
  firstCall,
  known,
  message,
  openOrder,
  operatorEvent,
  order,
  phones,
  placed,
  remember,
  sale,
  smsOrder,
  started,
  turn,
  type OpenStore,
  welcomed,
} from './store-world.ts';

export function limitsContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const payer: Msisdn = phones.achieng;
  const use = async (who: typeof achieng, at = NOW) => (await known(store(), message(who, { at }))).use?.payer ?? null;

  it('tells the use of the draft’s payer only when there is one', async () => {
    await welcomed(store(), achieng);
    expect(await use(achieng)).toBeNull();
    for (const value of ['self', '254722', 'a name']) {
      await commit(store(), message(achieng), [remember(achieng, drafting(value))]);
      expect(await use(achieng)).toBeNull();
    }
    await commit(store(), message(achieng), [remember(achieng, drafting(payer))]);
    expect(await use(achieng)).toEqual({
      payer,
      own: false,
      promptsLastHour: 0,
      promptsLastDay: 0,
      promptsByCustomerLastDay: 0,
      newPayersLastHour: 0,
      newPayersLastDay: 0,
      strangersLastHour: 0,
      stopped: false,
      approvedBefore: false,
      lastPrompts: [],
      live: null,
    });
    await commit(store(), message(achieng), [
      { kind: 'claim_phone', customerId: achieng.customerId, phone: payer, how: 'telegram' },
    ]);
    expect((await use(achieng))?.own).toBe(true);
    expect((await known(store(), message(achieng))).versions[`payer:${payer}`]).toBe(0);
  });

  it('counts prompts of all customers by the hour and by the day', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [remember(achieng, drafting(payer))]);
    const quiet = { payer, promptLiveUntil: null };
    await placed(store(), achieng, { ...quiet, createdAt: NOW - DAY_MS });
    await placed(store(), achieng, { ...quiet, createdAt: NOW - DAY_MS + 1 });
    await placed(store(), baraka, { ...quiet, createdAt: NOW - HOUR_MS });
    await placed(store(), baraka, { ...quiet, createdAt: NOW - HOUR_MS + 1 });
    await placed(store(), achieng, { ...quiet, payer: phones.mum, createdAt: NOW });
    expect(await use(achieng)).toMatchObject({ promptsLastHour: 1, promptsLastDay: 3, promptsByCustomerLastDay: 1 });
  });

  it('does not count an order whose call never left', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [remember(achieng, drafting(payer))]);
    const one = await placed(store(), achieng, { payer });
    expect(await use(achieng)).toMatchObject({ promptsLastHour: 1 });
    await commit(store(), operatorEvent(one), [callState(one, 'answered')]);
    expect(await use(achieng)).toMatchObject({ promptsLastHour: 0, promptsByCustomerLastDay: 0 });
  });

  it('names the order that may be ringing now, whosever it is', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(baraka), [remember(baraka, drafting(payer))]);
    const one = await placed(store(), achieng, { payer });
    const live = { reference: one.reference, customerId: achieng.customerId, until: NOW + 3 * MINUTE_MS };
    expect((await use(baraka))?.live).toEqual(live);
    // It is still to ring: its call is late.
    expect((await use(baraka, live.until))?.live).toEqual({ ...live, until: live.until + 3 * MINUTE_MS });
    await started(store(), one);
    expect((await use(baraka, live.until - 1))?.live).toEqual(live);
    expect((await use(baraka, live.until))?.live).toBeNull();
    await commit(store(), operatorEvent(one), [
      callState(one, 'answered'),
      advance(one, 'webhook_positive', 'submitting', 'delivered', { promptLiveUntil: null }),
      sale(one),
    ]);
    expect((await use(baraka))?.live).toBeNull();
  });

  it('counts a phone as quiet once the order is delivered', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(baraka), [remember(baraka, drafting(payer))]);
    const one = await placed(store(), achieng, { payer });
    await delivered(store(), one);
    expect((await use(baraka))?.live).toBeNull();
  });

  it('knows a payer as approved only for the customer who was served', async () => {
    await welcomed(store(), achieng, baraka);
    for (const who of [achieng, baraka]) await commit(store(), message(who), [remember(who, drafting(payer))]);
    await delivered(store(), await placed(store(), achieng, { payer }));
    expect((await use(achieng))?.approvedBefore).toBe(true);
    expect((await use(baraka))?.approvedBefore).toBe(false);
  });

  it('knows no payer as approved on the customer’s own word', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [remember(achieng, drafting(payer))]);
    const one = await placed(store(), achieng, { payer });
    await started(store(), one);
    await commit(store(), operatorEvent(one), [
      callState(one, 'answered'),
      advance(one, 'answer_accepted', 'submitting', 'awaiting_payment'),
      advance(one, 'customer_received', 'awaiting_payment', 'delivered', { promptLiveUntil: null }),
      sale(one),
    ]);
    expect((await use(achieng))?.approvedBefore).toBe(false);
    // The upstream says so too, later.
    await commit(store(), operatorEvent(one), [advance(one, 'webhook_positive', 'delivered', null)]);
    expect((await use(achieng))?.approvedBefore).toBe(true);
  });

  it('recalls the last prompts that rang, the newest first, and what became of them', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [remember(achieng, drafting(payer))]);
    const ring = async (who: typeof achieng, at: number) => {
      const one = await placed(store(), who, { payer, createdAt: at, promptLiveUntil: null });
      await started(store(), one, at + 1);
      return one;
    };
    const first = await ring(baraka, NOW - HOUR_MS);
    const refused = await ring(achieng, NOW - 2 * MINUTE_MS);
    await ring(achieng, NOW - MINUTE_MS);
    await placed(store(), achieng, { payer, promptLiveUntil: null });
    const settle = (one: typeof first, event: 'answer_cancelled' | 'answer_refused', to: 'cancelled' | 'rejected') =>
      commit(store(), operatorEvent(one, NOW - 5), [callState(one, 'answered'), advance(one, event, 'submitting', to)]);
    await settle(first, 'answer_cancelled', 'cancelled');
    await settle(refused, 'answer_refused', 'rejected');
    expect((await use(achieng))?.lastPrompts).toEqual([
      { state: 'submitting', rangAt: NOW - MINUTE_MS + 1, changedAt: NOW - MINUTE_MS + 1 },
      { state: 'cancelled', rangAt: NOW - HOUR_MS + 1, changedAt: NOW - 5 },
    ]);
  });

  it('adds up the day of person, payer and recipient, from midnight in Nairobi, over all that may still be paid', async () => {
    await welcomed(store(), achieng, baraka);
    await commit(store(), message(achieng), [remember(achieng, drafting(payer))]);
    // NOW is noon in Nairobi.
    const midnight = NOW - 12 * HOUR_MS;
    const quiet = { payer, promptLiveUntil: null };
    await placed(store(), achieng, { ...quiet, createdAt: midnight - 1 });
    await placed(store(), achieng, { ...quiet, createdAt: midnight });
    await placed(store(), achieng, { ...quiet, payer: phones.baraka, amountKes: kes(20) });
    await placed(store(), baraka, { ...quiet, recipient: phones.baraka, amountKes: kes(3) });
    const gone = await placed(store(), achieng, { ...quiet, amountKes: kes(5_000) });
    await commit(store(), operatorEvent(gone), [advance(gone, 'customer_cancelled', 'confirmed', 'cancelled')]);
    expect((await known(store(), message(achieng))).use?.today).toEqual({
      person: { orders: 2, kes: 120 },
      payer: { orders: 2, kes: 103 },
      recipient: { orders: 2, kes: 120 },
    });
  });

  it('counts an order of SMS for its person and its payer, prompts and shillings, and for no recipient', async () => {
    await welcomed(store(), achieng);
    const one = smsOrder(achieng, { payer, amountKes: kes(300) });
    await commit(store(), message(achieng), [openOrder(one), firstCall(one)]);
    const event = message(achieng);
    const [view] = await store().load([event], new Map([[event.id, { parties: { payer, recipient: null } }]]));
    const counted = { orders: 1, kes: 300 };
    expect(view?.use).toMatchObject({
      payer: { promptsLastHour: 1, promptsByCustomerLastDay: 1, live: { reference: one.reference } },
      recipient: null,
      today: { person: counted, payer: counted, recipient: { orders: 0, kes: 0 } },
    });
    expect(Object.keys(view?.versions ?? {}).filter((name) => name.startsWith('recipient:'))).toEqual([]);
  });

  it('measures whom it is asked to, also where no draft is open', async () => {
    await welcomed(store(), achieng);
    const event = message(achieng);
    const [view] = await store().load([event], new Map([[event.id, { parties: { payer, recipient: phones.mum } }]]));
    expect(view?.use).toMatchObject({ payer: { payer }, recipient: phones.mum });
    expect(view?.versions).toMatchObject({ [`payer:${payer}`]: 0, [`recipient:${phones.mum}`]: 0 });
  });

  it('takes a number that the message vouches for as the person’s own', async () => {
    const event = message(achieng);
    const vouched = { ...event, message: { ...event.message, ownPhone: payer } };
    const [view] = await store().load([vouched], new Map([[event.id, { parties: { payer, recipient: phones.mum } }]]));
    expect(view?.use?.payer.own).toBe(true);
  });

  it('keeps who wants no prompts, and makes stale who reckoned with them', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [
      remember(achieng, drafting(payer)),
      { kind: 'claim_phone', customerId: achieng.customerId, phone: payer, how: 'telegram' },
    ]);
    const before = await known(store(), message(achieng));
    const stop = (stopped: boolean) => commit(store(), message(achieng), [{ kind: 'stop_prompts', phone: payer, stopped }]);
    await stop(true);
    await stop(true);
    const after = await known(store(), message(achieng));
    expect([before.use?.payer.stopped, before.stopped]).toEqual([false, []]);
    expect([after.use?.payer.stopped, after.stopped]).toEqual([true, [payer]]);
    expect(await store().stopList()).toEqual([{ address: payer, since: NOW }]);
    expect(await endOf(store(), turn(message(achieng), [], { read: before.versions }))).toBe('stale');
    await stop(false);
    expect(await store().stopList()).toEqual([]);
  });

  it('keeps the breaker as it is put, and makes stale who knew another', async () => {
    await welcomed(store(), achieng);
    const before = await known(store(), message(achieng));
    const open = { kind: 'open', why: '4000', since: NOW, until: NOW + 1, waitMs: 1 } as const;
    await commit(store(), message(achieng), [{ kind: 'set_breaker', upstream: 'topups', breaker: open }]);
    expect((await known(store(), message(achieng))).breakers.topups).toEqual(open);
    expect(await store().breaker('topups')).toEqual(open);
    expect(await endOf(store(), turn(message(achieng), [], { read: before.versions }))).toBe('stale');
  });

  it.each(['payer', 'recipient', 'customer'] as const)('makes stale the second of two orders that share a %s', async (shared) => {
    await welcomed(store(), achieng, baraka);
    const aggregate: Counted = shared === 'customer' ? `customer:${achieng.customerId}` : `${shared}:${payer}`;
    const parties = { payer: phones.baraka, recipient: phones.mum, ...(shared === 'customer' ? {} : { [shared]: payer }) };
    const events = shared === 'customer' ? [message(achieng), message(achieng)] : [message(achieng), message(baraka)];
    const views = await store().load(events, new Map(events.map(({ id }) => [id, { parties }])));
    const turns = events.map((event, at) => turn(event, [], { read: views[at]?.versions ?? {}, touched: [aggregate] }));
    expect((await store().commit(turns)).map(({ kind }) => kind)).toEqual(['committed', 'stale']);
  });

  it('makes the second of two orders for one payer stale when both read its use', async () => {
    await welcomed(store(), achieng, baraka);
    for (const who of [achieng, baraka]) await commit(store(), message(who), [remember(who, drafting(payer))]);
    const turns = await Promise.all(
      [achieng, baraka].map(async (who) => {
        const { versions } = await known(store(), message(who));
        return turn(message(who), [openOrder(order(who, { payer }))], { read: versions, touched: [`payer:${payer}`] });
      }),
    );
    expect((await store().commit(turns)).map(({ kind }) => kind)).toEqual(['committed', 'stale']);
  });

  it('tells why sales are stopped, and makes stale who did not know', async () => {
    await welcomed(store(), achieng);
    const before = await known(store(), message(achieng));
    await store().putSetting('sales_stopped', 'the upstream is down');
    expect((await known(store(), message(achieng))).salesStopped).toBe('the upstream is down');
    expect(await endOf(store(), turn(message(achieng), [], { read: before.versions }))).toBe('stale');
    await store().putSetting('sales_stopped', '');
    expect((await known(store(), message(achieng))).salesStopped).toBeNull();
  });
}
