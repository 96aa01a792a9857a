/**
 * Owns how fast one person may write, the same in every channel: many at once, then one a second. What is more is acknowledged and not
 * read, so that everybody else is answered; its writer hears once a minute that it did nothing. The terminal is trusted.
 */

import { createLimiter, type Limiter } from '../lib/limiter.ts';
import type { Channel } from '../ports/channel.ts';
import { excuse, isAnswered, type ExcuseParts, type MessageEvent } from './excuse.ts';

const AT_ONCE = 20;
const ONE_MORE_AFTER_MS = 1_000;
/** Written longer ago than this, it waited at the network while we were away: more of those may come at once. */
const WAITED_MS = 60_000;
const WAITED_AT_ONCE = 100;
const TELL_AGAIN_AFTER_MS = 60_000;
/** People and messages that are remembered at most. */
const MOST_KEYS = 20_000;

export interface Flood {
  /** Those that are to be read, in their order. */
  letThrough(channel: Pick<Channel, 'capabilities' | 'send'>, events: readonly MessageEvent[]): readonly MessageEvent[];
}

export function createFlood(parts: ExcuseParts): Flood {
  const limiter = (burst: number, everyMs: number): Limiter =>
    createLimiter({ clock: parts.clock, burst, everyMs, maxKeys: MOST_KEYS });
  const fresh = limiter(AT_ONCE, ONE_MORE_AFTER_MS);
  const waited = limiter(WAITED_AT_ONCE, ONE_MORE_AFTER_MS);
  const notices = limiter(1, TELL_AGAIN_AFTER_MS);
  /** Networks deliver again what we could not make durable, or what they think so: it counts once. */
  const passed = new Set<string>();

  function mayPass(event: MessageEvent): boolean {
    const { address, content } = event.message;
    if (address.channel === 'terminal' || content.kind === 'blocked' || content.kind === 'unblocked') return true;
    if (passed.has(event.id)) return true;
    if (!(hasWaited(event) ? waited : fresh).take(personOf(event)).ok) return false;
    passed.add(event.id);
    for (const oldest of passed) {
      if (passed.size <= MOST_KEYS) break;
      passed.delete(oldest);
    }
    return true;
  }

  return {
    letThrough(channel, events) {
      const through = events.filter(mayPass);
      if (through.length === events.length) return events;
      const left = events.filter((event) => !through.includes(event) && isAnswered(event.message.content));
      for (const event of left) if (notices.take(personOf(event)).ok) excuse(parts, channel, event, 'common:too-fast');
      parts.log.warn({ messages: events.length - through.length }, 'messages of people who write too fast were left unread');
      return through;
    },
  };
}

function personOf({ message: { address, sender } }: MessageEvent): string {
  return JSON.stringify([address.channel, address.account, sender]);
}

/** By the network's word; a page's is not taken. */
function hasWaited({ at, message: { address, sentAt } }: MessageEvent): boolean {
  return address.channel !== 'web' && sentAt !== null && at - sentAt > WAITED_MS;
}
