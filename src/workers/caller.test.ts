/** Shows that money is asked for once: begun in the database first, never again after a byte may have left, whatever breaks. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  achieng,
  advance,
  baraka,
  commit,
  freshId,
  MINUTE_MS,
  NOW,
  operatorEvent,
  phones,
  placed,
  sale,
  welcomed,
} from '../../test/contracts/store-world.ts';
import { breathe, held, openBench, type Bench } from '../../test/support/workers-bench.ts';
import { CLOSED } from '../domain/breaker.ts';
import { msisdn } from '../domain/msisdn.ts';
import type { Order } from '../domain/order.ts';
import type { PurchaseReport } from '../ports/airtime-provider.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await welcomed(bench.store, achieng, baraka);
});
afterEach(() => bench.close());

async function now(order: Order): Promise<Order | null> {
  const event = { kind: 'call_starting', id: freshId('look'), at: NOW, orderId: order.id, purpose: 'buy_airtime' } as const;
  return (await bench.store.load([event]))[0]?.order ?? null;
}

const stateOf = async (order: Order): Promise<string | undefined> => (await now(order))?.state;
const report = (answer: PurchaseReport['answer']): PurchaseReport => ({ answer, raw: null });
const callRow = (order: Order): unknown =>
  bench.store.db.prepare('SELECT state FROM call WHERE order_id = ?').pluck().get(order.id);

describe('a call', () => {
  it('goes out with what was confirmed, and its answer comes back as an event', async () => {
    const order = await placed(bench.store, achieng);
    await bench.driver.drain();
    expect(bench.bought).toEqual([
      {
        reference: order.reference,
        recipient: phones.mum,
        recipientNetwork: null,
        recipientName: 'Mum',
        amountKes: 100,
        payer: phones.achieng,
        paymentNetwork: 'M-Pesa',
      },
    ]);
    expect(await now(order)).toMatchObject({ state: 'awaiting_payment', upstreamReference: 'UP1' });
    expect(callRow(order)).toBe('answered');
  });

  it('is committed as begun before it goes out', async () => {
    const order = await placed(bench.store, achieng);
    let before: unknown = null;
    bench.answers.push(async () => {
      before = [await stateOf(order), callRow(order)];
      return report({ kind: 'unknown', why: 'lost' });
    });
    await bench.driver.drain();
    expect(before).toEqual(['submitting', 'started']);
    expect(await stateOf(order)).toBe('unknown');
  });

  it('is never repeated after an unknown end, however long we wait', async () => {
    const order = await placed(bench.store, achieng);
    bench.answers.push(report({ kind: 'unknown', why: 'timeout' }));
    await bench.driver.drain();
    for (let minutes = 0; minutes < 120; minutes += 1) await bench.pass(MINUTE_MS);
    expect(bench.bought).toHaveLength(1);
    expect(await stateOf(order)).toBe('unknown');
  });

  it('of a provider that breaks is unknown', async () => {
    const order = await placed(bench.store, achieng);
    bench.answers.push(() => Promise.reject(new Error('a bug')));
    await bench.driver.drain();
    await bench.pass(60 * MINUTE_MS);
    expect(await stateOf(order)).toBe('unknown');
    expect(bench.bought).toHaveLength(1);
  });

  it('that was never made, because its order was too old by then, says nothing of the upstream', async () => {
    for (let nth = 0; nth < 5; nth += 1) await placed(bench.store, achieng, { payer: msisdn(`25472200010${nth}`) });
    await bench.pass(11 * MINUTE_MS);
    expect(bench.bought).toEqual([]);
    expect(await bench.store.breaker('topups')).toEqual(CLOSED);
  });

  it('that provably was not sent is tried at 3 and 15 seconds, under the same reference, three times in all', async () => {
    const order = await placed(bench.store, achieng);
    for (let tries = 0; tries < 5; tries += 1) bench.answers.push(report({ kind: 'not_sent', why: 'ECONNREFUSED' }));
    await bench.driver.drain();
    expect([bench.bought.length, await stateOf(order)]).toEqual([1, 'confirmed']);
    await bench.pass(2_999);
    expect(bench.bought).toHaveLength(1);
    await bench.pass(1);
    expect([bench.bought.length, await stateOf(order)]).toEqual([2, 'confirmed']);
    await bench.pass(14_999);
    expect(bench.bought).toHaveLength(2);
    await bench.pass(1);
    expect([bench.bought.length, await stateOf(order)]).toEqual([3, 'rejected']);
    await bench.pass(60 * MINUTE_MS);
    expect(bench.bought).toHaveLength(3);
    expect(new Set(bench.bought.map(({ reference }) => reference))).toEqual(new Set([order.reference]));
  });

  it.each([
    ['operator_cancelled', 'cancelled'],
    ['webhook_positive', 'delivered'],
    ['silence', 'review'],
  ] as const)('is taken back when %s came while it waited', async (event, state) => {
    const order = await placed(bench.store, achieng);
    const moved = advance(order, event, 'confirmed', state, { promptLiveUntil: null });
    await commit(bench.store, operatorEvent(order), [moved, ...(state === 'delivered' ? [sale(order)] : [])]);
    await bench.driver.drain();
    expect(bench.bought).toEqual([]);
    expect([await stateOf(order), callRow(order)]).toEqual([state, 'answered']);
    await bench.pass(60 * MINUTE_MS);
    expect(bench.bought).toEqual([]);
  });

  it('is not begun ten minutes after the yes', async () => {
    const order = await placed(bench.store, achieng);
    await bench.pass(10 * MINUTE_MS);
    expect(bench.bought).toEqual([]);
    expect(await stateOf(order)).toBe('review');
  });

  it('waits for nobody else’s', async () => {
    const slow = held<PurchaseReport>();
    bench.answers.push(() => slow.promise);
    const first = await placed(bench.store, achieng);
    const second = await placed(bench.store, baraka, { payer: phones.baraka });
    bench.driver.wake();
    await breathe();
    expect([await stateOf(first), await stateOf(second)]).toEqual(['submitting', 'awaiting_payment']);
    slow.release(report({ kind: 'accepted', upstreamReference: 'UP9' }));
    await bench.driver.drain();
    expect(await stateOf(first)).toBe('awaiting_payment');
  });
});

describe('while the database cannot write', () => {
  it('no call is begun; it is when it writes again', async () => {
    const order = await placed(bench.store, achieng);
    bench.failing.add('commit');
    await bench.driver.drain();
    await bench.pass(1_000);
    expect(bench.bought).toEqual([]);
    bench.failing.clear();
    await bench.pass(1_000);
    expect(bench.bought).toHaveLength(1);
    expect(await stateOf(order)).toBe('awaiting_payment');
  });

  it('neither is one whose lease runs out meanwhile begun twice', async () => {
    const order = await placed(bench.store, achieng);
    bench.failing.add('commit');
    await bench.driver.drain();
    for (let seconds = 0; seconds < 200; seconds += 1) await bench.pass(1_000);
    bench.failing.clear();
    for (let seconds = 0; seconds < 200; seconds += 1) await bench.pass(1_000);
    expect(bench.bought).toHaveLength(1);
    expect(await stateOf(order)).toBe('awaiting_payment');
  });

  it('the answer is kept, and written when it can be', async () => {
    const order = await placed(bench.store, achieng);
    bench.answers.push(() => {
      bench.failing.add('commit');
      return Promise.resolve(report({ kind: 'accepted', upstreamReference: 'UP7' }));
    });
    await bench.driver.drain();
    await bench.pass(5_000);
    expect(await stateOf(order)).toBe('submitting');
    bench.failing.clear();
    await bench.pass(1_000);
    expect(await now(order)).toMatchObject({ state: 'awaiting_payment', upstreamReference: 'UP7' });
    expect(bench.bought).toHaveLength(1);
  });

  it('nor be read, nothing is sent, and it is tried again', async () => {
    const order = await placed(bench.store, achieng);
    const commitOnce = bench.seen.commit.bind(bench.seen);
    bench.answers.push(report({ kind: 'accepted', upstreamReference: 'UP7' }));
    Object.assign(bench.seen, {
      commit: async (turns: Parameters<typeof commitOnce>[0]) => {
        const outcomes = await commitOnce(turns);
        if (turns.some(({ event }) => event.kind === 'call_starting')) bench.failing.add('load');
        return outcomes;
      },
    });
    await bench.driver.drain();
    expect(bench.bought).toEqual([]);
    bench.failing.clear();
    Object.assign(bench.seen, { commit: commitOnce });
    for (let seconds = 0; seconds < 5; seconds += 1) await bench.pass(1_000);
    expect(bench.bought).toHaveLength(1);
    expect(await stateOf(order)).toBe('awaiting_payment');
  });
});

it('every line about a call carries its turn and the order’s reference', async () => {
  const order = await placed(bench.store, achieng);
  bench.answers.push(() => Promise.reject(new Error('a bug')));
  await bench.driver.drain();
  const lines = bench.logged.filter(({ msg }) => msg === 'the call ended' || msg === 'the provider broke');
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatchObject({ turn: `call:${order.id}:buy_airtime:0:starting`, order: order.reference });
  }
});
