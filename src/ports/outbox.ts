/** Owns what waits to leave: who takes it, what it is, and how a send ended. Its methods stand in store.ts, notices' ends in alert.ts. */

import type { Reply, Spoken } from '../conversation/reply.ts';
import type { Order } from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import type { NotifyWork } from './alert.ts';
import type { ChannelName } from './channel.ts';
import type { CallPurpose, Conversation } from './store.ts';

export type OutboxKind = 'send' | 'call' | 'notify';

/** What a claim leaves alone. */
export interface LeftAlone {
  /** Sends to channels that are not among these. */
  readonly otherChannelsThan?: readonly ChannelName[] | undefined;
  /** Rows that whoever asks has in hand: a lease runs out early where a clock is put forward. */
  readonly inHand?: readonly string[];
}

export type OutboxWork =
  | {
      readonly kind: 'say';
      readonly conversation: Pick<Conversation, 'id' | 'address'>;
      readonly reply: Reply;
      readonly language: Spoken;
    }
  | {
      readonly kind: 'retire_buttons';
      readonly conversation: Pick<Conversation, 'id' | 'address'>;
      readonly channelMessageId: string;
    }
  | { readonly kind: 'call'; readonly order: Order; readonly purpose: CallPurpose }
  | NotifyWork;

export interface OutboxItem {
  /** Also the id under which a channel may deduplicate the send. */
  readonly id: string;
  /** Strictly in order within a lane; lanes in parallel. */
  readonly lane: string;
  readonly attempts: number;
  /** For the log: the id of the turn that put it here, and the reference of the order that it is about. */
  readonly turn: string;
  readonly order: string | null;
  readonly work: OutboxWork;
}

export type SendResult =
  | { readonly id: string; readonly kind: 'sent'; readonly channelMessageId: string; readonly text: string }
  | { readonly id: string; readonly kind: 'retry'; readonly dueAt: Instant; readonly why: string }
  /** Given up and visible to the operator. `blocked`: the chat takes nothing more until the person writes. */
  | { readonly id: string; readonly kind: 'dead'; readonly why: string; readonly blocked: boolean };

/** A call that was begun and has no end. */
export interface StartedCall {
  readonly orderId: string;
  readonly purpose: CallPurpose;
  readonly startedAt: Instant;
}
