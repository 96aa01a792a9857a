/**
 * Owns what a dead process left behind, once, when this one takes the worker role: calls that were out become `unknown` (never a
 * second call), and events that were written down but not turned are turned.
 */

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../ports/store.ts';
import type { TurnRunner } from '../services/turn-runner.ts';

const AT_ONCE = 200;

export async function rescue(options: {
  readonly store: Store;
  readonly runner: TurnRunner;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<void> {
  const { store, runner, clock, log } = options;
  const interrupted = await store.takeOver();
  if (interrupted.length > 0)
    log.warn({ calls: interrupted.length }, 'calls were out when the last process ended: their outcome is unknown');
  await runner.submit(
    interrupted.map(({ orderId, purpose }) => ({
      kind: 'call_interrupted',
      id: `call:${orderId}:${purpose}:interrupted`,
      at: clock.now(),
      orderId,
      purpose,
    })),
  );
  for (;;) {
    const events = await store.recorded(AT_ONCE);
    if (events.length === 0) return;
    log.info({ events: events.length }, 'turning what was written down before');
    const endings = await runner.submit(events);
    if (!endings.includes('committed') && !endings.includes('duplicate') && !endings.includes('set_aside')) return;
  }
}
