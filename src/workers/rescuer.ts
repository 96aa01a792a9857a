/**
 * Owns what was left behind. By a dead process, once, when this one takes the worker role: calls that were out become `unknown`
 * (never a second call), and events that were written down but not turned are turned. By this process, whenever its database
 * could take events down but not turn them, or the console wrote some down: they are turned as soon as it can.
 */

import type { Clock, Instant } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store, TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';
import { createRetryBuffer } from './retry-buffer.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 200;

export interface Rescuer extends Worker {
  /** Once, when the worker role is taken, before any worker begins anything. */
  takeOver(): Promise<void>;
  /** Events were written down and could not be turned. */
  leftBehind(): void;
  /** Another process, as the console, may have written events down: they are turned now. */
  recordedElsewhere(): void;
}

export function createRescuer(options: {
  readonly store: Pick<Store, 'takeOver' | 'recorded'>;
  readonly runner: Pick<TurnRunner, 'submit'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}): Rescuer {
  const { store, runner, clock, log } = options;
  const interrupted = createRetryBuffer<TurnEvent>(clock, options.wake);
  const backlog = createRetryBuffer<'events are recorded'>(clock, options.wake);
  let elsewhere = false;

  async function turnInterrupted(events: readonly TurnEvent[]): Promise<void> {
    const endings = await runner.submit(events);
    const again = events.filter((_event, at) => endings[at] === 'unavailable');
    if (again.length > 0) interrupted.keep(again);
  }

  async function turnBacklog(): Promise<void> {
    for (;;) {
      const events = await store.recorded(AT_ONCE);
      if (events.length === 0) return;
      log.info({ events: events.length }, 'turning what was written down before');
      const endings = await runner.submit(events.map((event) => heardLate(event, clock.now())));
      if (endings.includes('unavailable')) return leftBehind();
    }
  }

  function leftBehind(): void {
    if (backlog.all().length === 0) backlog.keep(['events are recorded']);
  }

  return {
    leftBehind,
    recordedElsewhere() {
      elsewhere = true;
      options.wake();
    },
    async takeOver() {
      const calls = await store.takeOver();
      if (calls.length > 0)
        log.warn({ calls: calls.length }, 'calls were out when the last process ended: their outcome is unknown');
      await turnInterrupted(
        calls.map(({ orderId, purpose, startedAt }) => ({
          kind: 'call_interrupted',
          // A question may be interrupted more than once.
          id: `call:${orderId}:${purpose}:${purpose === 'ask_payment' ? `${startedAt}:` : ''}interrupted`,
          at: clock.now(),
          orderId,
          purpose,
        })),
      );
      await turnBacklog();
    },
    async step() {
      const calls = interrupted.take();
      const behind = backlog.take();
      if (calls.length > 0) await turnInterrupted(calls);
      const look = elsewhere;
      elsewhere = false;
      if (behind.length > 0 || look) await turnBacklog();
      return calls.length + behind.length > 0;
    },
    busy: () => false,
    settled: () => Promise.resolve(),
  };
}

/** A message counts as heard when it is turned, and as written when it came at the latest: so one that waited long here is late. */
function heardLate(event: TurnEvent, now: Instant): TurnEvent {
  if (event.kind !== 'message') return event;
  return { ...event, at: now, message: { ...event.message, sentAt: event.message.sentAt ?? event.at } };
}
