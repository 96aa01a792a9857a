/** Shows what drives the workers: commits, the clock and ends of tasks; that it rests when nothing can be done; how it stops. */

import { afterEach, describe, expect, it } from 'vitest';
import { achieng, commit, message, NOW, say, welcomed } from '../../test/contracts/store-world.ts';
import { breathe, held, openBench, type Bench } from '../../test/support/workers-bench.ts';
import { ManualClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { createInFlight } from './in-flight.ts';
import { createRetryBuffer } from './retry-buffer.ts';
import { createDriver, type Driver, type Worker } from './worker.ts';

const MINUTE_MS = 60_000;

interface Stand {
  readonly clock: ManualClock;
  readonly driver: Driver;
  readonly logged: string[];
  /** What each step does; when they are used up, nothing. */
  readonly script: (boolean | Error)[];
  readonly steps: () => number;
  dueAt: number | null;
}

function stand(others: readonly Worker[] = []): Stand {
  const clock = new ManualClock(NOW);
  const logged: string[] = [];
  const script: (boolean | Error)[] = [];
  let steps = 0;
  const worker: Worker = {
    step() {
      steps += 1;
      const next = script.shift() ?? false;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    busy: () => false,
    settled: () => Promise.resolve(),
  };
  const it: Stand = {
    clock,
    logged,
    script,
    steps: () => steps,
    dueAt: null,
    driver: createDriver({
      workers: [worker, ...others],
      runner: { settled: () => Promise.resolve() },
      store: { nextDueAt: () => Promise.resolve(it.dueAt) },
      clock,
      log: createLog('debug', (line) => logged.push(line)),
    }),
  };
  return it;
}

describe('a driver', () => {
  it('works as long as anything was begun, then waits for what falls due', async () => {
    const it = stand();
    it.script.push(true, true);
    it.dueAt = NOW + 5_000;
    it.driver.wake();
    await breathe();
    expect(it.steps()).toBe(3);
    it.clock.advanceTo(NOW + 4_999);
    await breathe();
    expect(it.steps()).toBe(3);
    it.dueAt = null;
    it.clock.advanceTo(NOW + 5_000);
    await breathe();
    expect(it.steps()).toBe(4);
    expect(it.clock.nextTaskAt()).toBeNull();
  });

  it.each([
    ['in ten minutes', 10 * MINUTE_MS, 75_000],
    ['in a minute', MINUTE_MS, MINUTE_MS],
    ['in a day', 24 * 60 * MINUTE_MS, 180 * MINUTE_MS],
  ])('looks at the clock on the way to what falls due %s, for it may be put forward', async (_when, delayMs, looksAfterMs) => {
    const it = stand();
    it.dueAt = NOW + delayMs;
    it.driver.wake();
    await breathe();
    expect(it.clock.nextTaskAt()).toBe(NOW + looksAfterMs);
  });

  it('woken while it works looks once more', async () => {
    const it = stand();
    it.driver.wake();
    it.driver.wake();
    it.driver.wake();
    await breathe();
    expect(it.steps()).toBe(2);
  });

  it('does not run hot when nothing can be done about what is due', async () => {
    const it = stand();
    it.dueAt = NOW - 60_000;
    it.driver.wake();
    await breathe(50);
    expect(it.steps()).toBe(1);
    expect(it.clock.nextTaskAt()).toBe(NOW + 1_000);
    it.clock.advanceTo(NOW + 3_000);
    await breathe(50);
    expect(it.steps()).toBeLessThanOrEqual(4);
  });

  it('goes on a second after the database could not be asked, and says what broke', async () => {
    const it = stand();
    it.script.push(new Error('disk I/O error'));
    it.driver.wake();
    await breathe();
    expect(it.steps()).toBe(1);
    expect(it.logged.join()).toContain('disk I/O error');
    it.clock.advanceTo(NOW + 1_000);
    await breathe();
    expect(it.steps()).toBe(2);
  });

  it('lets the other workers work when one breaks', async () => {
    let worked = 0;
    const other: Worker = {
      step: () => {
        worked += 1;
        return Promise.resolve(false);
      },
      busy: () => false,
      settled: () => Promise.resolve(),
    };
    const it = stand([other]);
    it.script.push(new Error('broken'));
    await expect(it.driver.drain()).rejects.toThrow('broken');
    expect(worked).toBe(1);
    await it.driver.drain();
    expect(worked).toBe(2);
  });

  it('that was stopped begins nothing more, whoever wakes it', async () => {
    const it = stand();
    it.dueAt = NOW + 1_000;
    it.driver.wake();
    await breathe();
    it.driver.stop();
    it.driver.wake();
    it.clock.advanceTo(NOW + 10_000);
    await breathe();
    expect(it.steps()).toBe(1);
    expect(it.logged).toEqual([]);
  });
});

describe('tasks under way', () => {
  it('leave room when they end, also when they break, and tell so', async () => {
    const told: unknown[] = [];
    const inFlight = createInFlight(2, { ended: () => told.push(inFlight.room()), failed: (error) => told.push(String(error)) });
    const first = held<void>();
    inFlight.start(() => first.promise);
    inFlight.start(() => Promise.reject(new Error('a bug')));
    expect([inFlight.room(), inFlight.busy()]).toEqual([0, true]);
    await breathe();
    expect(told).toEqual(['Error: a bug', 1]);
    first.release();
    await inFlight.settled();
    expect([inFlight.room(), inFlight.busy()]).toEqual([2, false]);
  });

  it('that begin others are all waited for', async () => {
    const inFlight = createInFlight(2, { ended: () => undefined, failed: () => undefined });
    const order: string[] = [];
    inFlight.start(async () => {
      await Promise.resolve();
      inFlight.start(async () => {
        await breathe(2);
        order.push('second');
      });
      order.push('first');
    });
    await inFlight.settled();
    expect(order).toEqual(['first', 'second']);
  });
});

describe('what could not be written', () => {
  it('is offered after a second, all together, once', () => {
    const clock = new ManualClock(NOW);
    let woken = 0;
    const unwritten = createRetryBuffer<string>(clock, () => (woken += 1));
    unwritten.keep(['a']);
    unwritten.keep(['b']);
    clock.advanceTo(NOW + 999);
    expect([unwritten.take(), unwritten.all(), woken]).toEqual([[], ['a', 'b'], 0]);
    clock.advanceTo(NOW + 1_000);
    expect([woken, unwritten.take(), unwritten.take()]).toEqual([1, ['a', 'b'], []]);
    unwritten.keep(['c']);
    expect(unwritten.take()).toEqual([]);
    clock.advanceTo(NOW + 2_000);
    expect(unwritten.take()).toEqual(['c']);
  });
});

describe('timers', () => {
  let bench: Bench;
  afterEach(() => bench.close());
  const due = (): Promise<readonly unknown[]> => bench.store.dueTimers(bench.clock.now() + 1e9, 10);

  it('fire when they are due, in their order, each once', async () => {
    bench = await openBench();
    await welcomed(bench.store, achieng);
    const timer = { kind: 'draft_reminder', conversationId: achieng.conversationId } as const;
    await commit(bench.store, message(achieng), [
      { kind: 'set_timer', key: 'late', dueAt: NOW + 2_000, timer },
      { kind: 'set_timer', key: 'soon', dueAt: NOW + 1_000, timer },
    ]);
    await bench.driver.drain();
    expect(await due()).toHaveLength(2);
    await bench.pass(2_000);
    expect(await due()).toEqual([]);
    const turned = bench.logged.filter(({ msg }) => msg === 'turn committed').map(({ turn }) => turn);
    expect(turned).toEqual([`timer:soon:${NOW + 1_000}`, `timer:late:${NOW + 2_000}`]);
  });

  it('more than one round of them fires without waiting for the clock', async () => {
    bench = await openBench();
    await welcomed(bench.store, achieng);
    const timer = { kind: 'order_silence', orderId: 'none' } as const;
    await commit(
      bench.store,
      message(achieng),
      Array.from({ length: 150 }, (_one, at) => ({ kind: 'set_timer', key: `t${at}`, dueAt: NOW, timer }) as const),
    );
    await bench.driver.drain();
    expect(await due()).toEqual([]);
  });

  it('stay while the database cannot write, ask once a second, and fire when it can', async () => {
    bench = await openBench();
    await welcomed(bench.store, achieng);
    const timer = { kind: 'draft_reminder', conversationId: achieng.conversationId } as const;
    await commit(bench.store, message(achieng), [
      { kind: 'set_timer', key: 'k', dueAt: NOW, timer },
      say(achieng, 'common:welcome'),
    ]);
    bench.failing.add('commit');
    bench.driver.wake();
    await breathe(100);
    expect(await due()).toHaveLength(1);
    expect(bench.logged.filter(({ msg }) => msg === 'not written: to be delivered again').length).toBeLessThanOrEqual(3);
    bench.failing.clear();
    await bench.pass(1_000);
    expect(await due()).toEqual([]);
  });
});
