/**
 * A whole Jaza in this process for tests: real engine, services, SQLite and sandbox over HTTP; a clock that is told the time; and a
 * channel whose messages are kept in a list. `numbered` plays a channel without buttons, as WhatsApp is.
 */

import { parseConfig } from '../../src/config.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog, type Log } from '../../src/lib/log.ts';
import { openCore, type Core } from '../../src/main.ts';
import type {
  Button,
  Channel,
  ChannelName,
  InboundMessage,
  Intake,
  OutboundMessage,
  SendOutcome,
} from '../../src/ports/channel.ts';
import type { Prompt } from '../../src/sandbox/prompts.ts';

export const START = Date.parse('2026-11-22T08:00:00Z');

export interface SaidMessage {
  readonly to: string;
  readonly text: string;
  readonly buttons: readonly Button[];
}

export interface ChatWorld {
  readonly core: Core;
  readonly clock: ManualClock;
  readonly said: SaidMessage[];
  readonly prompts: Prompt[];
  /** Hands messages in together, and waits until nothing is runnable. */
  hear(...messages: readonly Partial<InboundMessage>[]): Promise<void>;
  /** Lets time pass; due timers fire in order, each at its own instant. */
  pass(ms: number): Promise<void>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly numbered?: boolean;
  readonly database?: string;
  readonly startAt?: number;
  /** As a machine whose clock was set back: `startAt` counts even when it is earlier than what was committed. */
  readonly clockSetBack?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What the channel answers to a send, first to last; then every send succeeds. */
  readonly sendOutcomes?: SendOutcome[];
  readonly log?: Log;
}

/** The terminal is trusted; the two others are networks that vouch for numbers. */
const CHANNELS = ['terminal', 'telegram', 'whatsapp'] as const;

let made = 0;

export async function openWorld(options: WorldOptions = {}): Promise<ChatWorld> {
  const config = parseConfig({ DATABASE_URL: `sqlite:${options.database ?? ':memory:'}`, ...options.env });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const said: SaidMessage[] = [];
  const channels = CHANNELS.map((name) => recordingChannel(name, said, options));
  const opened = await openCore({
    config: config.value,
    log: options.log ?? silentLog,
    listens: false,
    everyChannel: true,
    clock: (last) => new ManualClock(Math.max(options.startAt ?? START, options.clockSetBack === true ? 0 : (last ?? 0))),
  });
  if (!opened.ok) throw new Error(opened.error);
  const core = opened.value;
  const clock = core.clock as ManualClock;
  const prompts: Prompt[] = [];
  core.sandbox?.onPrompt((prompt) => prompts.push(prompt));
  for (const channel of channels) await core.open(channel);
  await core.rescue();

  async function settle(): Promise<void> {
    await core.driver.drain();
    await core.sandbox?.settled();
    await core.driver.drain();
  }
  await settle();
  return {
    core,
    clock,
    said,
    prompts,
    settle,
    async hear(...messages) {
      const all = messages.map((message) => completed(message));
      await Promise.all(channels.map((channel) => channel.hand(all.filter(({ address }) => address.channel === channel.name))));
      await settle();
    },
    async pass(ms) {
      const target = clock.now() + ms;
      for (;;) {
        await settle();
        const next = Math.min((await core.store.nextDueAt()) ?? Infinity, clock.nextTaskAt() ?? Infinity);
        if (next > target) break;
        clock.advanceTo(Math.max(next, clock.now()));
      }
      clock.advanceTo(target);
      await settle();
    },
    async close() {
      await core.close();
    },
  };
}

function completed(message: Partial<InboundMessage>): InboundMessage {
  made += 1;
  return {
    address: { channel: 'terminal', account: 'test', chat: message.sender ?? 'wanjiku' },
    sender: 'wanjiku',
    messageId: `made-${made}`,
    sentAt: null,
    locale: null,
    senderName: null,
    ownPhone: null,
    content: { kind: 'text', text: '' },
    ...message,
  };
}

interface RecordingChannel extends Channel {
  hand(messages: readonly InboundMessage[]): Promise<void>;
}

function recordingChannel(name: ChannelName, said: SaidMessage[], options: WorldOptions): RecordingChannel {
  let intake: Intake | null = null;
  const outcomes = options.sendOutcomes ?? [];
  return {
    name,
    capabilities: { buttons: options.numbered !== true, retireButtons: false, asksOwnPhone: false, redelivers: true },
    start(given) {
      intake = given;
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
    async hand(messages) {
      if (intake === null) throw new Error('the channel was not started');
      if (messages.length > 0) await intake(messages);
    },
    send(message: OutboundMessage): Promise<SendOutcome> {
      const outcome = outcomes.shift() ?? { kind: 'sent', channelMessageId: message.id };
      if (outcome.kind === 'sent' && message.kind === 'text')
        said.push({ to: message.address.chat, text: message.text, buttons: message.buttons });
      return Promise.resolve(outcome);
    },
    health: () => ({ state: 'up' }),
  };
}
