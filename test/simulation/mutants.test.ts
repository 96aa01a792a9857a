/** Plants every bug that there is, and finds each near the seed at which it is known to show. `npm run prove` looks among fresh ones. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDiskPool, type DiskPool } from '../../src/simulator/disk.ts';
import { liveHistory } from '../../src/simulator/history.ts';
import { MUTANTS } from '../../src/simulator/mutants.ts';

/** A change of the simulator or of the program may move a seed: `npx jaza simulate --mutant <name>` finds a new one. */
const NEAR = 60;

const KNOWN: Readonly<Record<string, number>> = {
  'blind-retry': 6,
  'retry-of-unknown': 6,
  'resubmit-at-start-up': 14,
  'call-before-commit': 71,
  'swapped-payer': 3,
  'float-money': 4,
  'delivered-on-accepted': 3,
  'failed-by-the-clock': 3,
  'any-webhook-believed': 4,
  'lost-webhook': 4,
  'lost-timer': 3,
  'second-live-prompt': 4,
  'limits-ignored': 18,
  'stop-ignored': 5,
  'sale-not-posted': 4,
  'callback-believed': 6,
  'callback-of-another': 1530,
  'payment-asked-again': 6,
  'pending-is-not-paid': 2,
  'paid-and-forgotten': 2,
  'filled-twice': 2,
  'price-of-today': 6,
  'debit-key-ignored': 6,
  'debit-below-zero': 22,
  'alert-told-again': 2,
  'threshold-never-armed-again': 26,
  'crossing-missed': 2,
  'reminder-forgotten': 2,
  'notice-sent-again': 340,
  'delivery-repeated': 64,
  'delivery-believed': 64,
  'delivery-too-early': 64,
  'delivery-forgotten': 64,
  'no-dedupe': 2,
  'reply-before-commit': 1,
  'ack-before-durable': 1,
  'nothing-written-down': 9,
  'refusal-swallowed': 125,
  'stale-yes': 372,
  'crossed-yes': 40,
  'versions-ignored': 216,
  'failed-send-overtaken': 3,
  'gone-at-claim': 2,
  'sent-and-forgotten': 1,
  'told-delivered-early': 3,
  'end-not-told': 4,
  unanswered: 16,
};

let pool: DiskPool;
beforeAll(async () => {
  pool = await openDiskPool();
});
afterAll(() => pool.close());

it('there are a dozen and more, and each has its seed', () => {
  expect(MUTANTS.length).toBeGreaterThan(12);
  expect(Object.keys(KNOWN).sort()).toEqual(MUTANTS.map(({ name }) => name).sort());
});

it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  '%s is found',
  async (name, mutant) => {
    const from = KNOWN[name] ?? 1;
    for (let seed = from; seed < from + NEAR; seed += 1) {
      const { violation } = await liveHistory(pool, { seed, mutant });
      if (violation !== null) return;
    }
    expect.unreachable(`${name} was not found from seed ${from} to ${from + NEAR - 1}`);
  },
  60_000,
);
