/** Shows the one thing about leaving that takes two moments at once: nothing is claimed while what was sent is being written down. */

import { expect, it } from 'vitest';
import { NOW } from '../../test/contracts/store-world.ts';
import { breathe, held } from '../../test/support/workers-bench.ts';
import { ManualClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import type { OutboxItem } from '../ports/outbox.ts';
import { createOutboxWorker } from './outbox-worker.ts';

/** What is to be done is the performer's to know. */
const work = {} as OutboxItem['work'];
const ITEM: OutboxItem = { id: 's1', lane: 'chat:1', attempts: 0, turn: 'turn', order: null, work };

it('what was sent and is being written down, its lease long over, is not claimed and sent once more', async () => {
  const clock = new ManualClock(NOW);
  const performed: string[] = [];
  const written = held<null>();
  const writings = [() => Promise.reject(new Error('the disk is full')), () => written.promise];
  // A row whose end is not written down is claimed again as soon as its lease is over, unless the worker says that it has it in hand.
  let isOver = false;
  const worker = createOutboxWorker<{ readonly id: string }>({
    kind: 'send',
    store: {
      claimOutbox: (_kind, _now, _most, _leaseMs, leaving) =>
        Promise.resolve(isOver || leaving?.inHand?.includes(ITEM.id) === true ? [] : [ITEM]),
    },
    atOnce: 4,
    leaseMs: 1_000,
    perform: ({ id }) => {
      performed.push(id);
      return Promise.resolve({ id });
    },
    writeDown: async () => {
      await writings.shift()?.();
      isOver = true;
    },
    ended: () => undefined,
    clock,
    log: createLog('silent', () => undefined),
    wake: () => undefined,
  });
  await worker.step();
  await breathe();
  clock.advanceTo(NOW + 60_000);
  const step = worker.step();
  await breathe();
  expect(performed).toEqual(['s1']);
  written.release(null);
  await step;
  await worker.settled();
  expect(performed).toEqual(['s1']);
});
