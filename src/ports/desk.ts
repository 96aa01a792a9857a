/**
 * The port of the operator's desk: what the console reads of everything that wants a person, what it tells the running server, and
 * who the operators are. Reading changes nothing; what changes something is an event, turned like any other.
 */

import type { Instant } from '../lib/clock.ts';
import type { ItemKind } from '../domain/attention.ts';
import type { Actor, Order, OrderState } from '../domain/order.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { Spoken } from '../conversation/reply.ts';
import type { ChannelName } from './channel.ts';
import type { CallState } from './store.ts';

// ---- what a command is, and what becomes of it ------------------------------------------------------------------------------

export type OperatorCommand =
  | { readonly what: 'stop_sales'; readonly reason: string }
  | { readonly what: 'resume_sales' }
  | { readonly what: 'put_away'; readonly item: string; readonly until: Instant; readonly evidence: string }
  | { readonly what: 'invite'; readonly invite: Invite }
  | { readonly what: 'remove_operator'; readonly operatorId: string }
  /** A person of the shop writes in a customer's chat. */
  | { readonly what: 'say'; readonly conversationId: string; readonly text: string }
  /** All that says who this customer is. */
  | {
      readonly what: 'erase_customer';
      readonly customerId: string;
      /** Whatever another server may still keep for them. */
      readonly givesUpSms?: boolean;
    }
  /** Whose a wallet is, where neither a number nor the customer's own id says so. */
  | { readonly what: 'link_wallet'; readonly owner: Buyer; readonly customerId: string }
  | { readonly what: 'unlink_wallet'; readonly owner: Buyer; readonly customerId: string };

/** `refused`: nothing changed; `detail` says how things stand. */
export interface ConsoleOutcome {
  readonly outcome: 'done' | 'refused';
  readonly detail: string;
}

export interface Incident {
  readonly what: 'message_given_up' | 'channel_down' | 'channel_up';
  /** The id of the outbox row, or the channel's name. */
  readonly subject: string;
  readonly detail: string;
  /** The chat that a message was given up for. */
  readonly conversationId: string | null;
}

// ---- operators --------------------------------------------------------------------------------------------------------------

/** A one-time code, of which only the hash is kept; see lib/one-time-code.ts. */
export interface Invite {
  readonly id: string;
  /** Of the operator to be. */
  readonly name: string;
  readonly hash: string;
  readonly expiresAt: Instant;
}

/** What stands between a chat and being an operator's. */
export interface Joining {
  /** Not used and not expired. */
  readonly invites: readonly Invite[];
  /** Wrong codes of this chat in a row. */
  readonly wrong: number;
  readonly lastWrongAt: Instant | null;
}

/** What must be known of a customer before they are erased. */
export interface Erasing {
  readonly orders: readonly Pick<Order, 'reference' | 'state' | 'promptLiveUntil'>[];
  /** Those that are theirs by a customer's id, with the SMS in them. */
  readonly wallets: readonly {
    readonly id: string;
    readonly userId: string;
    readonly version: number;
    readonly smsHundredths: number;
  }[];
  /** The same on another server, as it last said; `sms` null: it has not said. One that it does not know is not among them. */
  readonly elsewhere: readonly { readonly userId: string; readonly sms: number | null; readonly readAt: Instant | null }[];
  /** Their chats in which a person was asked for. */
  readonly wishes: readonly string[];
}

export interface OperatorChat {
  readonly id: string;
  readonly name: string;
  readonly conversationId: string;
  readonly channel: ChannelName;
  readonly language: Spoken;
  readonly addedAt: Instant;
  /** False: the operator blocked the bot there. */
  readonly reachable: boolean;
}

// ---- what the console reads -------------------------------------------------------------------------------------------------

export interface Who {
  readonly customerId: string;
  readonly conversationId: string;
  readonly channel: ChannelName;
  /** The network's id of the chat: on WhatsApp a number, on Telegram a number that only Telegram knows. */
  readonly chat: string;
  readonly name: string | null;
  readonly phones: readonly Msisdn[];
  readonly language: Spoken;
}

/** Something other than an order that wants a person. */
export interface Item {
  /** `H-7K2M4Q`: the same for the same thing, however often it comes. */
  readonly id: string;
  readonly kind: ItemKind;
  readonly since: Instant;
  readonly latest: Instant;
  readonly count: number;
  readonly detail: string;
  readonly who: Who | null;
}

export interface Body {
  readonly title: string;
  /** null: its time was over, only the hash is kept. */
  readonly text: string | null;
}

export interface ItemFile extends Item {
  readonly bodies: readonly Body[];
}

export interface Step {
  readonly event: string;
  readonly from: OrderState | null;
  /** null: recorded, and nothing changed. */
  readonly to: OrderState | null;
  readonly actor: Actor['kind'];
  /** The operator's name or the customer's id. */
  readonly by: string | null;
  readonly evidence: string;
  readonly at: Instant;
  readonly body: Body | null;
}

export interface OrderFile {
  readonly order: Order;
  readonly who: Who | null;
  readonly steps: readonly Step[];
  readonly calls: readonly { readonly purpose: string; readonly state: CallState; readonly startedAt: Instant | null }[];
}

export interface OpenCases {
  /** In review or to be refunded, the oldest first, with the ground of their last step. */
  readonly orders: readonly { readonly order: Order; readonly why: string }[];
  readonly items: readonly Item[];
  readonly salesStopped: string | null;
}

/** A chat that an operator may write in. */
export type ChatFinder = (word: string) => Who | null;

export interface Desk {
  open(): Promise<OpenCases>;
  /** By its reference, in any case, or its id. */
  order(word: string): Promise<OrderFile | null>;
  /** An open one, by its id. */
  item(id: string): Promise<ItemFile | null>;
  /** Null: not turned yet. `set_aside`: its turn failed three times. */
  answer(eventId: string): Promise<ConsoleOutcome | 'set_aside' | null>;
  operators(): Promise<readonly OperatorChat[]>;
  /** Channels of which the last that was told is that they are down. */
  channelsDown(): Promise<readonly string[]>;
}
