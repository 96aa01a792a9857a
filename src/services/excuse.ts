/**
 * Owns the only words that leave without a commit: that a message was not taken in, because the database refuses to be written or
 * because its writer sends too many. They change nothing. While the database refuses, they promise an answer, which the source's own
 * redelivery brings, and a chat hears them once until it writes again; flood.ts says how often the others are heard.
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

export interface ExcuseParts {
  readonly store: Pick<Store, 'load'>;
  readonly phrasebook: Phrasebook;
  readonly clock: Clock;
  readonly log: Log;
}

export function createExcuses(options: ExcuseParts): Excuses {
  const { clock } = options;
  let since: Instant | null = null;
  let told = new Set<string>();

  return {
    refused(channel, events) {
      since ??= clock.now();
      if (clock.now() - since < AFTER_MS) return;
      for (const event of events) {
        const chat = JSON.stringify(event.message.address);
        if (told.has(chat) || !isAnswered(event.message.content)) continue;
        told.add(chat);
        excuse(options, channel, event, 'common:cannot-take-in');
      }
    },
    taken() {
      since = null;
      if (told.size > 0) told = new Set();
    },
  };
}

/** Says it in the person's language and does not wait for it; that it did not go out is only logged. */
export function excuse(
  { store, phrasebook, log }: ExcuseParts,
  channel: Pick<Channel, 'capabilities' | 'send'>,
  event: MessageEvent,
  key: string,
): void {
  /** Reads go on while nothing can be written; where even they do not, the network's word has to do. */
  const languageOf = async (): Promise<Spoken> => {
    const known = await store.load([event]).catch(() => []);
    return known[0]?.conversation?.session.language ?? spokenOf(event.message.locale);
  };
  const tell = async (): Promise<void> => {
    const { address } = event.message;
    const words = render(reply(key), await languageOf(), phrasebook, channel.capabilities);
    const { kind } = await channel.send({ kind: 'text', id: `excuse:${event.id}`, address, ...words });
    log.info({ turn: event.id, outcome: kind, said: key }, 'a message was not taken in, and its writer was told');
  };
  tell().catch((error: unknown) => log.warn({ turn: event.id, error }, 'an excuse did not go out'));
}

/** What gets no answer otherwise gets none now. */
export function isAnswered(content: Content): boolean {
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
