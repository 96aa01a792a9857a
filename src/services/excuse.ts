/**
 * Owns the only words that leave without a commit: that nothing can be taken in while the database refuses to be written. They change
 * nothing and promise nothing but an answer, which the source's own redelivery brings. A chat hears them once until it writes again.
 */

import type { Phrasebook } from '../conversation/phrasebook.ts';
import { render } from '../conversation/render.ts';
import { reply, type Spoken } from '../conversation/reply.ts';
import { spokenOf } from '../conversation/session.ts';
import type { Clock, Instant } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Channel, Content } from '../ports/channel.ts';
import type { Store, TurnEvent } from '../ports/store.ts';

export type MessageEvent = Extract<TurnEvent, { kind: 'message' }>;

export interface Excuses {
  /** The database took none of these. Returns at once; what is sent is not waited for. */
  refused(channel: Pick<Channel, 'capabilities' | 'send'>, events: readonly MessageEvent[]): void;
  /** It takes messages again. */
  taken(): void;
}

/** A lock that is held for a moment is no trouble that a person should hear of: their message is answered within it. */
const AFTER_MS = 2_000;

export function createExcuses(options: {
  readonly store: Pick<Store, 'load'>;
  readonly phrasebook: Phrasebook;
  readonly clock: Clock;
  readonly log: Log;
}): Excuses {
  const { store, phrasebook, clock, log } = options;
  let since: Instant | null = null;
  let told = new Set<string>();

  async function tell(channel: Pick<Channel, 'capabilities' | 'send'>, event: MessageEvent): Promise<void> {
    const { address } = event.message;
    const words = render(reply('common:cannot-take-in'), await languageOf(event), phrasebook, channel.capabilities);
    const { kind } = await channel.send({ kind: 'text', id: `excuse:${event.id}`, address, ...words });
    log.info({ turn: event.id, outcome: kind }, 'told that nothing can be taken in just now');
  }

  /** Reads go on while nothing can be written; where even they do not, the network's word has to do. */
  async function languageOf(event: MessageEvent): Promise<Spoken> {
    const known = await store.load([event]).catch(() => []);
    return known[0]?.conversation?.session.language ?? spokenOf(event.message.locale);
  }

  return {
    refused(channel, events) {
      since ??= clock.now();
      if (clock.now() - since < AFTER_MS) return;
      for (const event of events) {
        const chat = JSON.stringify(event.message.address);
        if (told.has(chat) || !isAnswered(event.message.content)) continue;
        told.add(chat);
        tell(channel, event).catch((error: unknown) => log.warn({ turn: event.id, error }, 'an excuse did not go out'));
      }
    },
    taken() {
      since = null;
      if (told.size > 0) told = new Set();
    },
  };
}

/** What gets no answer otherwise gets none now. */
function isAnswered(content: Content): boolean {
  switch (content.kind) {
    case 'text':
    case 'tap':
    case 'contact':
      return true;
    case 'unsupported':
      return !['edit', 'deletion', 'reaction'].includes(content.what);
    case 'blocked':
    case 'unblocked':
      return false;
  }
}
