/**
 * Owns what a person should hear of although no turn found it: a message that was given up, a channel that is down. Each becomes an
 * event, once an hour at most for one reason and a few times for all, so that a thousand messages of a dead channel are one alert.
 */

import type { Clock, Instant } from '../lib/clock.ts';
import type { ChannelName } from '../ports/channel.ts';
import type { OutboxItem } from '../ports/outbox.ts';
import type { Store, TurnEvent } from '../ports/store.ts';
import type { TurnRunner } from './turn-runner.ts';
import { HOUR_MS } from '../lib/durations.ts';

export interface Incidents {
  /**
   * `code`: of the reason, where the other side has one; its words may name the address, and differ with every message.
   * Lost when the database takes nothing just now: the message stands in the list of what was given up.
   */
  gaveUp(item: OutboxItem, why: string, code?: string | null): void;
  /** False: it could not be written down; tell it again later. */
  channel(name: ChannelName, state: 'channel_down' | 'channel_up', detail: string): Promise<boolean>;
}

/** Whoever is called more often than this stops to look. What is above it stands in the list of what was given up. */
const REASONS_AN_HOUR = 10;

export function createIncidents(store: Pick<Store, 'load'>, runner: Pick<TurnRunner, 'submit'>, clock: Clock): Incidents {
  let hour = -1;
  /** Of this hour; forgotten with the process, which the ids of events outlive. */
  const reasons = new Set<string>();

  function isTooMany(reason: string, now: Instant): boolean {
    const current = Math.floor(now / HOUR_MS);
    if (current !== hour) reasons.clear();
    hour = current;
    return reasons.size >= REASONS_AN_HOUR && !reasons.has(reason);
  }

  /** What could not reach an operator is told to nobody, so it must not count as the alert of this hour either. */
  async function tell(event: Extract<TurnEvent, { kind: 'incident' }>, reason: string): Promise<void> {
    const [known] = await store.load([event]);
    const toOperator = known?.operators.some(({ conversationId }) => conversationId === event.conversationId);
    if (toOperator === true || isTooMany(reason, event.at)) return;
    reasons.add(reason);
    await runner.submit([event]);
  }

  return {
    gaveUp({ id, work }, why, code) {
      if (work.kind === 'call') return;
      const at = clock.now();
      const what = 'message_given_up';
      const conversationId = work.kind === 'notify' ? null : work.conversation.id;
      const reason = `${work.kind === 'notify' ? work.way : work.conversation.address.channel}:${code ?? why}`;
      const event = {
        kind: 'incident',
        id: `incident:${what}:${Math.floor(at / HOUR_MS)}:${reason}`,
        at,
        what,
        subject: id,
        detail: why,
        conversationId,
      } as const;
      tell(event, reason).catch(() => undefined);
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
