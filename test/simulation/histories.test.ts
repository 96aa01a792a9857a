/** Lives through seeded histories of the whole program, each with at least one crash: no invariant may ever be broken. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDiskPool, type DiskPool } from '../../src/simulator/disk.ts';
import { liveHistory } from '../../src/simulator/history.ts';

let pool: DiskPool;

beforeAll(async () => {
  pool = await openDiskPool();
});
afterAll(() => pool.close());

describe('a history', () => {
  it('of somebody who buys, with a crash in the middle, breaks no invariant', async () => {
    const end = await liveHistory(pool, { seed: 1 });
    expect(end.violation).toBeNull();
    expect(end.crashes).toBeGreaterThan(0);
  });

  it('is lived the same way again from the same seed', async () => {
    const first = await liveHistory(pool, { seed: 4, told: true });
    const second = await liveHistory(pool, { seed: 4, told: true });
    expect(first.story.length).toBeGreaterThan(20);
    expect(second).toEqual(first);
  });
});
