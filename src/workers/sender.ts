/**
 * Owns sending: takes what is to be said from the outbox, puts it into words, hands it to the channel, and writes down how it went.
 * Within a chat strictly in order. Sends are repeated until the network takes them or says never.
 */

import { render } from '../conversation/render.ts';
import type { Phrasebook } from '../conversation/phrasebook.ts';
import { assert, assertNever } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Channel, ChannelName, OutboundMessage, SendOutcome } from '../ports/channel.ts';
import type { OutboxItem, SendResult } from '../ports/outbox.ts';
import type { Store } from '../ports/store.ts';
import { backOff, createOutboxWorker } from './outbox-worker.ts';
import type { Worker } from './worker.ts';

const AT_ONCE = 32;
/** Longer than any channel's own timeout, so that no message is sent by two at once. */
const LEASE_MS = 120_000;
const RETRY = { firstMs: 1_000, longestMs: 10 * 60_000 };
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
  const { store, channels, phrasebook, clock } = options;

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
        const dueAt = clock.now() + backOff(item.attempts, outcome.afterMs, RETRY);
        return { id: item.id, kind: 'retry', dueAt, why: outcome.why };
      }
      default:
        return assertNever(outcome);
    }
  }

  return createOutboxWorker({
    ...options,
    kind: 'send',
    atOnce: AT_ONCE,
    leaseMs: LEASE_MS,
    channels: () => (options.everyChannel ? undefined : [...channels.keys()]),
    perform: attempt,
    writeDown: (results) => store.finishSends(results, clock.now()),
    ended(item, result) {
      if (result.kind === 'dead' && !result.blocked && item.work.kind === 'say') options.gaveUp?.(item, result.why);
    },
  });
}
