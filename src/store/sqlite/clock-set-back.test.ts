/** Shows that a clock which is set back makes nothing wait longer, and that small corrections are left alone. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { achieng, commit, message, NOW, order as anOrder, openOrder, welcomed } from '../../../test/contracts/store-world.ts';
import { MINUTE_MS } from '../../../test/support/decisions.ts';
import { openBench, type Bench } from '../../../test/support/workers-bench.ts';
import type { Breaker } from '../../domain/breaker.ts';
import type { SqliteStore } from './open.ts';

const MONTH_MS = 30 * 24 * 60 * MINUTE_MS;

let bench: Bench;
let store: SqliteStore;
beforeEach(async () => {
  bench = await openBench();
  store = bench.store;
  await welcomed(store, achieng);
  const timer = { kind: 'draft_reminder', conversationId: achieng.conversationId } as const;
  await commit(store, message(achieng), [{ kind: 'set_timer', key: 'draft', dueAt: NOW + MONTH_MS, timer }]);
});
afterEach(() => bench.close());

const dueAt = (): Promise<number | null> => store.nextDueAt();

describe('a clock that is set back', () => {
  it('while we run is met once, by as much', async () => {
    await store.mindTheClock();
    bench.clock.setTo(NOW - MONTH_MS);
    await store.mindTheClock();
    await store.mindTheClock();
    expect(await dueAt()).toBe(NOW);
    expect(await store.lastCommittedAt()).toBe(NOW - MONTH_MS);
  });

  it('while we were down is met by what was committed last', async () => {
    bench.clock.setTo(NOW - MONTH_MS);
    await store.mindTheClock();
    expect(await dueAt()).toBe(NOW);
  });

  it('is met later when the database cannot be written just now', async () => {
    bench.clock.setTo(NOW - MONTH_MS);
    store.db.pragma('query_only = on');
    await expect(store.mindTheClock()).rejects.toThrow('readonly');
    store.db.pragma('query_only = off');
    await store.mindTheClock();
    expect(await dueAt()).toBe(NOW);
  });

  it.each([
    ['a second', 1_000],
    ['five seconds', 5_000],
  ])('by %s is waited for', async (_how, byMs) => {
    await store.mindTheClock();
    bench.clock.setTo(NOW - byMs);
    await store.mindTheClock();
    expect(await dueAt()).toBe(NOW + MONTH_MS);
  });

  it.each<[string, Breaker, Breaker]>([
    [
      'keeps the shop closed no longer than the upstream is waited for',
      { kind: 'open', why: 'HTTP 503', since: NOW, until: NOW + MINUTE_MS, waitMs: MINUTE_MS },
      { kind: 'open', why: 'HTTP 503', since: NOW, until: NOW - MONTH_MS + MINUTE_MS, waitMs: MINUTE_MS },
    ],
    [
      'lets failed calls be forgotten as before',
      { kind: 'closed', failures: [NOW - 5, NOW] },
      { kind: 'closed', failures: [NOW - MONTH_MS - 5, NOW - MONTH_MS] },
    ],
  ])('%s', async (_what, before, after) => {
    await commit(store, message(achieng), [{ kind: 'set_breaker', upstream: 'topups', breaker: before }]);
    bench.clock.setTo(NOW - MONTH_MS);
    await store.mindTheClock();
    expect(await store.breaker('topups')).toEqual(after);
  });

  it('lets an operator code lapse, and wrong ones be forgotten, when they would have been', async () => {
    const invite = { id: 'i', name: 'Njeri', hash: 'h'.repeat(64), expiresAt: NOW + MINUTE_MS };
    await commit(store, message(achieng), [
      { kind: 'invite_operator', invite },
      { kind: 'wrong_code', conversationId: achieng.conversationId, count: 1 },
    ]);
    bench.clock.setTo(NOW - MONTH_MS);
    await store.mindTheClock();
    const instant = (sql: string): unknown => store.db.prepare(sql).pluck().get();
    expect(instant('SELECT expires_at FROM operator_invite')).toBe(NOW - MONTH_MS + MINUTE_MS);
    expect(instant('SELECT last_at FROM wrong_code')).toBe(NOW - MONTH_MS);
  });

  it('takes no order that is confirmed right after for one of ten minutes ago', async () => {
    await bench.driver.drain();
    const now = NOW - MONTH_MS;
    bench.clock.setTo(now);
    const order = anOrder(achieng, { createdAt: now, changedAt: now, promptLiveUntil: now + 3 * MINUTE_MS });
    const yes = message(achieng, { at: now });
    await store.load([yes]);
    await commit(store, yes, [
      openOrder(order),
      { kind: 'call', orderId: order.id, purpose: 'buy_airtime', dueAt: now },
      {
        kind: 'set_timer',
        key: `silence:${order.id}`,
        dueAt: now + 10 * MINUTE_MS,
        timer: { kind: 'order_silence', orderId: order.id },
      },
    ]);
    await bench.driver.drain();
    expect(bench.bought).toHaveLength(1);
    expect(store.db.prepare('SELECT state FROM orders').pluck().get()).toBe('awaiting_payment');
  });
});

it('a clock that goes on or is put forward changes nothing', async () => {
  for (const at of [NOW, NOW + 1_000, NOW + MONTH_MS]) {
    bench.clock.setTo(at);
    await store.mindTheClock();
  }
  expect(await dueAt()).toBe(NOW + MONTH_MS);
});
