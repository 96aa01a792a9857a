/**
 * Owns sending: takes what is to be said from the outbox, puts it into words, hands it to the channel, and writes down how it went.
 * Within a chat strictly in order. Sends are repeated until the network takes them or says never.
 */

import { render } from '../conversation/render.ts';
import type { Phrasebook } from '../conversation/phrasebook.ts';
import { assert, assertNever } from '../lib/assert.ts';
import { soon, type Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { jitter } from '../lib/random.ts';
import type { Channel, ChannelName, OutboundMessage, SendOutcome } from '../ports/channel.ts';
import type { OutboxItem, SendResult, Store } from '../ports/store.ts';
import { createInFlight } from './in-flight.ts';
import { createUnwritten } from './unwritten.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 32;
/** Longer than any channel's own timeout, so that no message is sent by two at once. */
const LEASE_MS = 120_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** After this many attempts, a day or more, the message is a dead letter. */
const MAX_ATTEMPTS = 150;

export function createSender(options: {
  readonly store: Pick<Store, 'claimOutbox' | 'finishSends'>;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly phrasebook: Phrasebook;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
  /** What waits for a channel that is not plugged in is given up: it is switched off. False: it is left to the server. */
  readonly everyChannel: boolean;
  /** A message was given up, though its person did not block us: somebody should hear of it. */
  readonly gaveUp?: (item: OutboxItem, why: string) => void;
}): Worker {
  const { store, channels, phrasebook, clock, log, wake } = options;
  const inFlight = createInFlight(AT_ONCE, { ended: wake, failed: (error) => log.error({ error }, 'a send broke') });
  const unwritten = createUnwritten<SendResult>(clock, wake);
  const underWay = new Set<string>();
  let finished: { readonly result: SendResult; readonly written: () => void }[] = [];

  /** Results that come together are written together. */
  function finish(result: SendResult): Promise<void> {
    return new Promise((written) => {
      finished.push({ result, written });
      if (finished.length === 1) soon(() => void flush());
    });
  }

  async function flush(): Promise<void> {
    const batch = finished;
    finished = [];
    await write(batch.map(({ result }) => result));
    for (const { written } of batch) written();
  }

  async function write(results: readonly SendResult[]): Promise<void> {
    try {
      await store.finishSends(results, clock.now());
    } catch (error) {
      log.error({ error, sends: results.length }, 'what was sent could not be written down yet');
      unwritten.keep(results);
    }
  }

  async function send(item: OutboxItem): Promise<void> {
    const about = log.child({ turn: item.turn, ...(item.order === null ? {} : { order: item.order }) });
    underWay.add(item.id);
    try {
      const result = await attempt(item, about);
      await finish(result);
      if (result.kind === 'dead' && !result.blocked && item.work.kind === 'say') options.gaveUp?.(item, result.why);
    } finally {
      underWay.delete(item.id);
    }
  }

  async function attempt(item: OutboxItem, about: Log): Promise<SendResult> {
    const dead = (why: string): SendResult => ({ id: item.id, kind: 'dead', why, blocked: false });
    assert(item.work.kind === 'say' || item.work.kind === 'retire_buttons', 'nothing else goes to a chat');
    const channel = channels.get(item.work.conversation.address.channel);
    if (channel === undefined) {
      about.warn({ channel: item.work.conversation.address.channel }, 'a message was given up: its channel is switched off');
      return dead('its channel is switched off');
    }
    let message: OutboundMessage;
    try {
      message = worded(item.id, item.work, channel);
    } catch (error) {
      about.error({ error }, 'a message could not be put into words');
      return dead('it could not be put into words');
    }
    const outcome = await handedOver(channel, message, about);
    return resultOf(item, outcome, message.kind === 'text' ? message.text : '', about);
  }

  function worded(
    id: string,
    work: Extract<OutboxItem['work'], { kind: 'say' | 'retire_buttons' }>,
    channel: Channel,
  ): OutboundMessage {
    const { address } = work.conversation;
    if (work.kind === 'retire_buttons') return { kind: 'retire_buttons', id, address, channelMessageId: work.channelMessageId };
    return { kind: 'text', id, address, ...render(work.reply, work.language, phrasebook, channel.capabilities) };
  }

  async function handedOver(channel: Channel, message: OutboundMessage, about: Log): Promise<SendOutcome> {
    try {
      return await channel.send(message);
    } catch (error) {
      about.error({ channel: channel.name, error }, 'the channel failed while sending');
      return { kind: 'retry', why: 'the channel failed', afterMs: null };
    }
  }

  function resultOf(item: OutboxItem, outcome: SendOutcome, text: string, about: Log): SendResult {
    switch (outcome.kind) {
      case 'sent':
        return { id: item.id, kind: 'sent', channelMessageId: outcome.channelMessageId, text };
      case 'blocked':
      case 'refused':
        about.warn({ why: outcome.why }, `a message was ${outcome.kind}`);
        return { id: item.id, kind: 'dead', why: outcome.why, blocked: outcome.kind === 'blocked' };
      case 'retry': {
        if (item.attempts + 1 >= MAX_ATTEMPTS) {
          about.error({ why: outcome.why, attempts: item.attempts + 1 }, 'a message was given up');
          return { id: item.id, kind: 'dead', why: outcome.why, blocked: false };
        }
        const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(item.attempts, 20));
        const delay = outcome.afterMs ?? backoff * (1 + jitter() / 4);
        return { id: item.id, kind: 'retry', dueAt: clock.now() + Math.ceil(delay), why: outcome.why };
      }
      default:
        return assertNever(outcome);
    }
  }

  return {
    async step() {
      const results = unwritten.take();
      // Before anything is claimed: what was sent under a lease that has run out must be known as sent by then.
      if (results.length > 0) await write(results);
      if (inFlight.room() <= 0) return results.length > 0;
      const items = await store.claimOutbox(
        'send',
        clock.now(),
        inFlight.room(),
        LEASE_MS,
        options.everyChannel ? undefined : [...channels.keys()],
      );
      // One whose lease ran out before its result could be written was sent already, or is still on its way: a clock may be put forward.
      const unsent = items.filter(({ id }) => !underWay.has(id) && !unwritten.holds((result) => result.id === id));
      for (const item of unsent) inFlight.start(() => send(item));
      return results.length + items.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}
