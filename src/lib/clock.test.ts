/** Shows that a manual clock stands still, and runs what falls due in order, each at its own instant. */

import { describe, expect, it } from 'vitest';
import { ManualClock, sleep, soon, systemClock } from './clock.ts';

describe('a manual clock', () => {
  it('stands still until it is told', () => {
    const clock = new ManualClock(1_000);
    expect([clock.now(), clock.now(), clock.nextTaskAt()]).toEqual([1_000, 1_000, null]);
    clock.advanceTo(1_500);
    expect(clock.now()).toBe(1_500);
  });

  it('never goes back', () => {
    const clock = new ManualClock(1_000);
    clock.advanceTo(500);
    expect(clock.now()).toBe(1_000);
  });

  it('runs what falls due in order, each at its own instant, also what is asked for on the way', () => {
    const clock = new ManualClock(0);
    const ran: [string, number][] = [];
    clock.after(300, () => ran.push(['late', clock.now()]));
    clock.after(100, () => {
      ran.push(['soon', clock.now()]);
      clock.after(50, () => ran.push(['between', clock.now()]));
      clock.after(900, () => ran.push(['not yet', clock.now()]));
    });
    clock.after(100, () => ran.push(['same instant', clock.now()]));
    clock.advanceTo(400);
    expect(ran).toEqual([
      ['soon', 100],
      ['same instant', 100],
      ['between', 150],
      ['late', 300],
    ]);
    expect([clock.now(), clock.nextTaskAt()]).toEqual([400, 1_000]);
  });

  it('forgets what was taken back', () => {
    const clock = new ManualClock(0);
    let ran = 0;
    const cancel = clock.after(100, () => (ran += 1));
    cancel();
    cancel();
    clock.advanceTo(1_000);
    expect(ran).toBe(0);
  });
});

describe('the system’s clock', () => {
  it('can be taken back too, and takes any delay', () => {
    const cancel = systemClock.after(1e15, () => {
      throw new Error('too early');
    });
    cancel();
    expect(systemClock.now()).toBeGreaterThan(Date.UTC(2026, 0));
  });
});

it('sleep ends early when its signal aborts, or did before', async () => {
  const abort = new AbortController();
  const slept = sleep(3_600_000, abort.signal);
  abort.abort();
  await slept;
  await sleep(3_600_000, abort.signal);
});

it('soon runs after what is running now', async () => {
  const order: string[] = [];
  const ran = new Promise<void>((resolve) =>
    soon(() => {
      order.push('soon');
      resolve();
    }),
  );
  order.push('now');
  await ran;
  expect(order).toEqual(['now', 'soon']);
});
