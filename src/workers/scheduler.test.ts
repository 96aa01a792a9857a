/** Shows that a clock which is set back makes nothing wait longer, and that small corrections are left alone. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock, Instant } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { createScheduler } from './scheduler.ts';
import type { Worker } from './worker.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const MONTH_MS = 30 * 24 * 60 * 60_000;

let now: Instant;
let committedAt: Instant | null;
let setBack: [number, Instant][];
let refuses: boolean;

beforeEach(() => {
  now = NOW;
  committedAt = NOW;
  setBack = [];
  refuses = false;
});

function scheduler(): Worker {
  const clock: Clock = { now: () => now, after: () => () => undefined };
  const store = {
    dueTimers: () => Promise.resolve([]),
    lastCommittedAt: () => Promise.resolve(committedAt),
    clockSetBack: (byMs: number, at: Instant) => {
      if (refuses) return Promise.reject(new Error('full'));
      setBack.push([byMs, at]);
      return Promise.resolve();
    },
  };
  return createScheduler({ store, runner: { submit: () => Promise.resolve([]) }, clock, log: silentLog });
}

describe('a clock that is set back', () => {
  it('while we run is met once, by as much', async () => {
    const worker = scheduler();
    await worker.step();
    now = NOW - MONTH_MS;
    await worker.step();
    await worker.step();
    expect(setBack).toEqual([[MONTH_MS, NOW - MONTH_MS]]);
  });

  it('while we were down is met by what was committed last', async () => {
    now = NOW - MONTH_MS;
    await scheduler().step();
    expect(setBack).toEqual([[MONTH_MS, NOW - MONTH_MS]]);
  });

  it('is met later when the database cannot be written just now', async () => {
    now = NOW - MONTH_MS;
    refuses = true;
    const worker = scheduler();
    await expect(worker.step()).rejects.toThrow('full');
    refuses = false;
    await worker.step();
    expect(setBack).toHaveLength(1);
  });

  it.each([
    ['a second', 1_000],
    ['five seconds', 5_000],
  ])('by %s is waited for', async (_how, byMs) => {
    const worker = scheduler();
    await worker.step();
    now = NOW - byMs;
    await worker.step();
    expect(setBack).toEqual([]);
  });
});

it('a clock that goes on, is put forward, or has no past at all changes nothing', async () => {
  committedAt = null;
  const worker = scheduler();
  for (const at of [NOW, NOW + 1_000, NOW + MONTH_MS]) {
    now = at;
    await worker.step();
  }
  expect(setBack).toEqual([]);
});
