/** The flood limiter: a burst at once, then at its pace, and never more memory than it was given. */

import { expect, test } from 'vitest';
import { ManualClock } from './clock.ts';
import { createLimiter } from './limiter.ts';

function start(maxKeys = 100): { clock: ManualClock; take: (key?: string) => boolean; afterMs: (key?: string) => number } {
  const clock = new ManualClock(0);
  const limiter = createLimiter({ clock, burst: 3, everyMs: 500, maxKeys });
  return {
    clock,
    take: (key = 'a') => limiter.take(key).ok,
    afterMs: (key = 'a') => {
      const permission = limiter.take(key);
      return permission.ok ? 0 : permission.afterMs;
    },
  };
}

test('so many at once, then as they come back, and it says when', () => {
  const { clock, take, afterMs } = start();
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  expect(afterMs()).toBe(500);
  clock.advanceTo(499);
  expect(afterMs()).toBe(1);
  clock.advanceTo(500);
  expect([take(), take()]).toEqual([true, false]);
});

test('a long silence gives one burst, not more', () => {
  const { clock, take } = start();
  take();
  clock.advanceTo(3_600_000);
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
});

test('one key does not use up what belongs to another', () => {
  const { take } = start();
  while (take('loud'));
  expect(take('calm')).toBe(true);
});

test('asking while refused does not push the time further away', () => {
  const { clock, take } = start();
  while (take());
  for (let at = 0; at < 500; at += 50) {
    clock.advanceTo(at);
    expect(take()).toBe(false);
  }
  clock.advanceTo(500);
  expect(take()).toBe(true);
});

test('over its memory the key that was quiet for longest is forgotten first', () => {
  const { take } = start(2);
  while (take('old'));
  while (take('new'));
  take('third');
  expect(take('new')).toBe(false);
  expect(take('old')).toBe(true);
});

test('a clock that is set back locks nobody out', () => {
  let now = 1_000_000;
  const limiter = createLimiter({ clock: { now: () => now, after: () => () => {} }, burst: 3, everyMs: 500, maxKeys: 10 });
  while (limiter.take('a').ok);
  now = 0;
  expect([1, 2, 3, 4].map(() => limiter.take('a').ok)).toEqual([true, true, true, false]);
});

test('not even by less than a burst takes', () => {
  let now = 1_000_000;
  const limiter = createLimiter({ clock: { now: () => now, after: () => () => {} }, burst: 3, everyMs: 500, maxKeys: 10 });
  expect(limiter.take('a').ok).toBe(true);
  now -= 900;
  expect(limiter.take('a').ok).toBe(true);
});
