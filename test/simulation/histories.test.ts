/** Lives through seeded histories of the whole program, each with at least one crash: no invariant may ever be broken. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDiskPool, type DiskPool } from '../../src/simulator/disk.ts';
import { liveHistory } from '../../src/simulator/history.ts';
import { FAULTS } from '../../src/simulator/plan.ts';

const BLOCK = 250;
const BLOCKS = 8;

let pool: DiskPool;
const struck = new Map<string, number>();

beforeAll(async () => {
  pool = await openDiskPool();
});
afterAll(() => pool.close());

describe('2,000 histories', () => {
  it.each(Array.from({ length: BLOCKS }, (_one, at) => 1 + at * BLOCK))(
    'from seed %i break no invariant, with a crash in each',
    async (from) => {
      for (let seed = from; seed < from + BLOCK; seed += 1) {
        const end = await liveHistory(pool, { seed });
        expect(end.violation, `npx jaza simulate --from ${seed} --seeds 1`).toBeNull();
        expect(end.crashes, `seed ${seed}`).toBeGreaterThan(0);
        for (const [what, times] of end.struck) struck.set(what, (struck.get(what) ?? 0) + times);
      }
    },
    180_000,
  );

  it('meet every fault, each often enough to matter', () => {
    const others = ['clock jumps back', 'clock jumps forward', 'upstream down', 'cannot start', 'order resolved by the operator'];
    const seldom = [...FAULTS, ...others].filter((what) => (struck.get(what) ?? 0) < 10);
    expect(seldom).toEqual([]);
  });
});

describe('a history', () => {
  it('is lived the same way again from the same seed, also on a database that was opened anew after each crash', async () => {
    for (const seed of [2, 3, 4, 6, 10, 15]) {
      const first = await liveHistory(pool, { seed, told: true });
      const second = await liveHistory(pool, { seed, told: true });
      const cold = await liveHistory(pool, { seed, told: true, cold: true });
      expect(first.story.length).toBeGreaterThan(5);
      expect(second).toEqual(first);
      expect(cold).toEqual(first);
    }
  });
});
