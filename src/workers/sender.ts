/**
 * Owns sending: takes what is to be said from the outbox, puts it into words, hands it to the channel, and writes down how it went.
 * Within a chat strictly in order. Sends are repeated until the network takes them or says never.
 */

import { render } from '../conversation/render.ts';
import type { Phrasebook } from '../conversation/phrasebook.ts';
import { soon, type Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { jitter } from '../lib/random.ts';
import type { Channel, ChannelName, OutboundMessage, SendOutcome } from '../ports/channel.ts';
import type { OutboxItem, SendResult, Store } from '../ports/store.ts';
import { createInFlight } from './in-flight.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 32;
/** Longer than any channel's own timeout, so that no message is sent by two at once. */
const LEASE_MS = 120_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** After this many attempts, a day or more, the message is a dead letter. */
const MAX_ATTEMPTS = 150;

export function createSender(options: {
  readonly store: Store;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly phrasebook: Phrasebook;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}): Worker {
  const { store, channels, phrasebook, clock, log } = options;
  const inFlight = createInFlight(AT_ONCE);
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
    try {
      await store.finishSends(
        batch.map(({ result }) => result),
        clock.now(),
      );
    } catch (error) {
      // The lease runs out and the messages are sent again: a double message, never a lost one.
      log.error({ error, sends: batch.length }, 'what was sent could not be written down');
    }
    for (const { written } of batch) written();
    options.wake();
  }

  async function send(item: OutboxItem): Promise<void> {
    const prepared = prepare(item);
    if (prepared === null) return finish({ id: item.id, kind: 'dead', why: 'its channel is switched off', blocked: false });
    const { channel, message, text } = prepared;
    let outcome: SendOutcome;
    try {
      outcome = await channel.send(message);
    } catch (error) {
      log.error({ outbox: item.id, channel: channel.name, error }, 'the channel failed while sending');
      outcome = { kind: 'retry', why: 'the channel failed', afterMs: null };
    }
    return finish(resultOf(item, outcome, text));
  }

  function prepare(item: OutboxItem): { channel: Channel; message: OutboundMessage; text: string } | null {
    if (item.work.kind === 'call') throw new Error('invariant broken: a call is no message');
    const { address } = item.work.conversation;
    const channel = channels.get(address.channel);
    if (channel === undefined) return null;
    if (item.work.kind === 'retire_buttons') {
      const { channelMessageId } = item.work;
      return { channel, message: { kind: 'retire_buttons', id: item.id, address, channelMessageId }, text: '' };
    }
    const { text, buttons } = render(item.work.reply, item.work.language, phrasebook, channel.capabilities);
    return { channel, message: { kind: 'text', id: item.id, address, text, buttons }, text };
  }

  function resultOf(item: OutboxItem, outcome: SendOutcome, text: string): SendResult {
    switch (outcome.kind) {
      case 'sent':
        return { id: item.id, kind: 'sent', channelMessageId: outcome.channelMessageId, text };
      case 'blocked':
      case 'refused':
        log.warn({ outbox: item.id, why: outcome.why }, `a message was ${outcome.kind}`);
        return { id: item.id, kind: 'dead', why: outcome.why, blocked: outcome.kind === 'blocked' };
      case 'retry': {
        if (item.attempts + 1 >= MAX_ATTEMPTS) return { id: item.id, kind: 'dead', why: outcome.why, blocked: false };
        const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(item.attempts, 20));
        const delay = outcome.afterMs ?? backoff * (1 + jitter() / 4);
        return { id: item.id, kind: 'retry', dueAt: clock.now() + Math.ceil(delay), why: outcome.why };
      }
    }
  }

  return {
    async step() {
      if (inFlight.room() <= 0) return false;
      const items = await store.claimOutbox('send', clock.now(), inFlight.room(), LEASE_MS);
      for (const item of items) inFlight.start(() => send(item));
      return items.length > 0;
    },
    busy: inFlight.busy,
    settled: inFlight.settled,
  };
}
