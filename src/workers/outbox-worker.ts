/**
 * Owns the round of a worker that takes what leaves from the outbox: a row is claimed, performed once, and its end written down, together
 * with those that end at the same moment. What it has in hand it never claims again, however the clock is put.
 */

import { soon, type Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { jitter } from '../lib/random.ts';
import type { ChannelName } from '../ports/channel.ts';
import type { OutboxItem, OutboxKind } from '../ports/outbox.ts';
import type { Store } from '../ports/store.ts';
import { createInFlight } from './in-flight.ts';
import { createRetryBuffer } from './retry-buffer.ts';
import type { Worker } from './worker.ts';

interface Ended {
  /** Of the row. */
  readonly id: string;
}

export function createOutboxWorker<End extends Ended>(options: {
  readonly kind: OutboxKind;
  readonly store: Pick<Store, 'claimOutbox'>;
  readonly atOnce: number;
  readonly leaseMs: number;
  /** Sends to others are left alone; undefined: to none. */
  readonly channels?: () => readonly ChannelName[] | undefined;
  readonly perform: (item: OutboxItem, about: Log) => Promise<End>;
  readonly writeDown: (ends: readonly End[]) => Promise<void>;
  /** Once its end is written down, or kept for that. */
  readonly ended: (item: OutboxItem, end: End) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}): Worker {
  const { kind, store, clock, log, wake } = options;
  const inFlight = createInFlight(options.atOnce, {
    ended: wake,
    failed: (error) => log.error({ error, kind }, 'what was to leave broke'),
  });
  const unwritten = createRetryBuffer<End>(clock, wake);
  const underWay = new Set<string>();
  let finished: { readonly end: End; readonly written: () => void }[] = [];

  /** Ends that come together are written together. */
  function finish(end: End): Promise<void> {
    return new Promise((written) => {
      finished.push({ end, written });
      if (finished.length === 1) soon(() => void flush());
    });
  }

  async function flush(): Promise<void> {
    const batch = finished;
    finished = [];
    await write(batch.map(({ end }) => end));
    for (const { written } of batch) written();
  }

  async function write(ends: readonly End[]): Promise<void> {
    try {
      await options.writeDown(ends);
    } catch (error) {
      log.error({ error, kind, ends: ends.length }, 'what was sent could not be written down yet');
      unwritten.keep(ends);
    }
  }

  async function perform(item: OutboxItem): Promise<void> {
    underWay.add(item.id);
    try {
      const about = log.child({ turn: item.turn, ...(item.order === null ? {} : { order: item.order }) });
      const end = await options.perform(item, about);
      await finish(end);
      options.ended(item, end);
    } finally {
      underWay.delete(item.id);
    }
  }

  return {
    async step() {
      const ends = unwritten.take();
      // Before anything is claimed: what was sent under a lease that has run out must be known as sent by then.
      if (ends.length > 0) await write(ends);
      if (inFlight.room() <= 0) return ends.length > 0;
      const inHand = [...underWay, ...unwritten.all().map(({ id }) => id)];
      const leaving = { otherChannelsThan: options.channels?.(), inHand };
      const items = await store.claimOutbox(kind, clock.now(), inFlight.room(), options.leaseMs, leaving);
      for (const item of items) inFlight.start(() => perform(item));
      return ends.length + items.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}

/** When to try again after so many attempts: as the network says, else twice as long each time up to the longest, and not all at once. */
export function backOff(
  attempts: number,
  afterMs: number | null,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
): number {
  const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempts, 20));
  return Math.ceil(afterMs ?? pauseMs * (1 + jitter() / 4));
}
