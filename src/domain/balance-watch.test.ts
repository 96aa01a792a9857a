/** When the balance of a remote wallet is asked for again. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looked, nextLook, spentBy, UNWATCHED, type Watch } from './balance-watch.ts';

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 10, 23, 9);
/** Minutes until the next look, after these readings a minute apart, the last of them now. */
function minutes(threshold: number | null, ...balances: readonly (number | null)[]): number | null {
  const watch = balances.reduce<Watch>(
    (before, balance, at) => looked(before, balance, NOW - (balances.length - 1 - at) * MINUTE_MS),
    UNWATCHED,
  );
  const next = nextLook(watch, threshold, NOW);
  return next === null ? null : (next - NOW) / MINUTE_MS;
}

describe('the next look at a balance', () => {
  it.each<[string, number | null, (number | null)[], number | null]>([
    ['nobody is to be warned', null, [500], null],
    ['nobody has looked yet', 100, [], 0],
    ['there is much', 100, [50_000], 30],
    ['there is much, and it stays', 100, [50_000, 50_000], 30],
    ['there is more than before', 100, [300, 50_000], 30],
    ['it is near', 100, [200], 2],
    ['it is below', 100, [99], 2],
    ['it goes down: half of what is left at that pace', 100, [1_100, 1_000], 4.5],
    ['it goes down fast', 100, [9_000, 1_000], 2],
    ['it goes down slowly', 100, [50_001, 50_000], 30],
    ['it could not be read', 100, [500, null], 1],
    ['it could not be read three times', 100, [null, null, null], 4],
    ['it could not be read for long', 100, Array.from({ length: 40 }, () => null), 60],
    ['it can be read again', 100, [null, null, 50_000], 30],
  ])('when %s', (_, threshold, balances, later) => {
    expect(minutes(threshold, ...balances)).toBe(later);
  });

  it('is never in the past, and never more than an hour away, whatever was read', () => {
    const balance = fc.option(fc.integer({ min: 0, max: 100_000_000 }));
    fc.assert(
      fc.property(fc.array(balance, { maxLength: 12 }), fc.integer({ min: 1, max: 100_000_000 }), (balances, threshold) => {
        const later = minutes(threshold, ...balances);
        expect(later).toBeGreaterThanOrEqual(0);
        expect(later).toBeLessThanOrEqual(60);
      }),
      { seed: 254 },
    );
  });
});

describe('what was used between readings', () => {
  const DAY_MS = 24 * 60 * MINUTE_MS;
  const read = (balance: number, daysAgo: number) => ({ balance, at: NOW - daysAgo * DAY_MS });
  const since = (daysAgo: number | null) => (daysAgo === null ? null : NOW - daysAgo * DAY_MS);
  type Days = readonly [units: number, daysAgo: number | null];
  it.each<[string, Days, [number, number] | null, [number, number] | null, Days]>([
    ['nothing was read before', [0, null], null, [100, 0], [0, null]],
    ['it could not be read', [30, 3], [100, 1], null, [30, 3]],
    ['nothing new was read', [30, 3], [100, 1], [100, 1], [30, 3]],
    ['it went down', [0, null], [100, 2], [60, 0], [40, 2]],
    ['it went down again', [40, 3], [60, 1], [50, 0], [50, 3]],
    ['it stayed: that is time without use', [40, 3], [60, 1], [60, 0], [40, 3]],
    ['it was filled: that is no use', [40, 3], [60, 1], [500, 0], [40, 3]],
    ['it has been counted for a fortnight: half of it, over half the time', [99, 14], [60, 1], [58, 0], [51, 7]],
  ])('when %s', (_, [units, start], before, latest, [expected, expectedStart]) => {
    const counted = spentBy(
      { units, since: since(start) },
      before === null ? null : read(...before),
      latest === null ? null : read(...latest),
      NOW,
    );
    expect(counted).toEqual({ units: expected, since: since(expectedStart) });
  });
});
