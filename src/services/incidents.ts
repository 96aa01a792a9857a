/**
 * Owns what a person should hear of although no turn found it: a message that was given up, a channel that is down. Each becomes an
 * event, once an hour at most for one reason, so that a thousand messages of a dead channel are one alert.
 */

import type { Clock } from '../lib/clock.ts';
import type { ChannelName } from '../ports/channel.ts';
import type { OutboxItem } from '../ports/outbox.ts';
import type { Store, TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from './turn-runner.ts';
import { HOUR_MS } from '../lib/durations.ts';

export interface Incidents {
  /** Lost when the database takes nothing just now: the message stands in the list of what was given up. */
  gaveUp(item: OutboxItem, why: string): void;
  /** False: it could not be written down; tell it again later. */
  channel(name: ChannelName, state: 'channel_down' | 'channel_up', detail: string): Promise<boolean>;
}

export function createIncidents(store: Pick<Store, 'load'>, runner: Pick<TurnRunner, 'submit'>, clock: Clock): Incidents {
  /** What could not reach an operator is told to nobody, so it must not count as the alert of this hour either. */
  async function tell(event: Extract<TurnEvent, { kind: 'incident' }>): Promise<void> {
    const [known] = await store.load([event]);
    const toOperator = known?.operators.some(({ conversationId }) => conversationId === event.conversationId);
    if (toOperator !== true) await runner.submit([event]);
  }

  return {
    gaveUp({ id, work }, why) {
      if (work.kind === 'call') return;
      const at = clock.now();
      const what = 'message_given_up';
      const conversationId = work.kind === 'notify' ? null : work.conversation.id;
      const reason = `${work.kind === 'notify' ? work.way : work.conversation.address.channel}:${why}`;
      const event = {
        kind: 'incident',
        id: `incident:${what}:${Math.floor(at / HOUR_MS)}:${reason}`,
        at,
        what,
        subject: id,
        detail: why,
        conversationId,
      } as const;
      tell(event).catch(() => undefined);
    },
    async channel(name, what, detail) {
      const at = clock.now();
      const [ending] = await runner.submit([
        { kind: 'incident', id: `incident:${what}:${at}:${name}`, at, what, subject: name, detail, conversationId: null },
      ]);
      return ending !== 'unavailable';
    },
  };
}
