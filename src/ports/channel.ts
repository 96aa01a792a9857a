/**
 * The port of a channel: how a chat network's events come in and how messages go out. An adapter knows nothing of flows,
 * money or the database. Everything it cannot deliver is one of a closed list of failures.
 */

import type { Instant } from '../lib/clock.ts';
import type { Msisdn } from '../domain/msisdn.ts';

export const CHANNELS = ['telegram', 'whatsapp', 'web', 'terminal'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Where a chat is. `account` is our side of it (the bot's id, our WhatsApp number), `chat` the network's id of the chat. */
export interface ChatAddress {
  readonly channel: ChannelName;
  readonly account: string;
  readonly chat: string;
}

/** What a person did. `data` of a tap is the button id that we gave out, or whatever somebody else put there. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'tap';
      readonly data: string;
      /** id of the tapped message, where the network tells */ readonly on: string | null;
    }
  | { readonly kind: 'contact'; readonly name: string | null; readonly phones: readonly string[] }
  | { readonly kind: 'unsupported'; readonly what: Unsupported }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'unblocked' };

/** Edits, deletions and reactions are not answered, the others are, kindly. */
export type Unsupported =
  'sticker' | 'voice' | 'picture' | 'video' | 'document' | 'location' | 'poll' | 'edit' | 'deletion' | 'reaction' | 'other';

export interface InboundMessage {
  readonly address: ChatAddress;
  /** The network's stable id of the speaker; a phone number is a separate, verified fact. */
  readonly sender: string;
  /** The network's id of this message: (channel, account, chat, messageId) is delivered twice but takes effect once. */
  readonly messageId: string;
  /** When it was sent by the network's word, or null. An old message may talk, but never buys. */
  readonly sentAt: Instant | null;
  /** BCP 47 tag from the network, as in "sw" or "en-GB". */
  readonly locale: string | null;
  readonly senderName: string | null;
  /** The speaker's own number, on the network's word (never from text): WhatsApp's mapping, Telegram's own contact. */
  readonly ownPhone: Msisdn | null;
  readonly content: Content;
}

export interface Button {
  /** At most 64 bytes, comes back as `data` of a tap. */
  readonly id: string;
  readonly label: string;
  /** The channel asks the network for the speaker's own number, where it can (Telegram's contact request); others ignore the button. */
  readonly asksOwnPhone?: true;
}

/** Plain text, never markup: the channel escapes. Text over `maxLength` is split by the channel; buttons go with the last part. */
export type OutboundMessage =
  | {
      readonly kind: 'text';
      /** Stable over retries: where the network can deduplicate, it is told this. */
      readonly id: string;
      readonly address: ChatAddress;
      readonly text: string;
      readonly buttons: readonly Button[];
    }
  /** Takes the buttons off a message sent earlier, after the choice was made. */
  | { readonly kind: 'retire_buttons'; readonly id: string; readonly address: ChatAddress; readonly channelMessageId: string };

export type SendOutcome =
  | { readonly kind: 'sent'; readonly channelMessageId: string }
  /** Send again, not before `afterMs` when the network named a time. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs: number | null }
  /** The person blocked us or left: no more to this chat until they write again. */
  | { readonly kind: 'blocked'; readonly why: string }
  /** The network will never take this message. */
  | { readonly kind: 'refused'; readonly why: string };

export interface ChannelCapabilities {
  readonly buttons: boolean;
  /** Can take buttons off an old message. */
  readonly retireButtons: boolean;
  /** Can ask the network for the speaker's own number. */
  readonly asksOwnPhone: boolean;
  /** The network delivers again what was not acknowledged. False: the event is written down first, before anything else. */
  readonly redelivers: boolean;
}

export type ChannelHealth =
  | { readonly state: 'up' }
  | { readonly state: 'starting' }
  | {
      readonly state: 'down';
      readonly why: string;
      /** What the operator does about it, or null when it heals by itself. */ readonly remedy: string | null;
    };

/** Resolves when every message is durable: only then may the network be told that it was received. Never rejects for one bad message. */
export type Intake = (messages: readonly InboundMessage[]) => Promise<void>;

export interface Channel {
  readonly name: ChannelName;
  readonly capabilities: ChannelCapabilities;
  /** Begins to take in messages; resolves when set up, not when connected. Connection trouble is told by `health`. */
  start(intake: Intake): Promise<void>;
  /** Stops the intake, lets sends in flight finish. */
  stop(): Promise<void>;
  /** Sends once. Never throws for what the network does. */
  send(message: OutboundMessage): Promise<SendOutcome>;
  health(): ChannelHealth;
  /** Pages and webhooks that belong to the channel, mounted by main.ts; null: not mine. */
  routes?(request: Request): Promise<Response | null>;
}
