/**
 * The port of the store. Methods are async and use-case-sized, and no SQL leaks above it, so that a second implementation on
 * another database needs only to pass the contract suite. One writer: what `commit` says is durable when it returns.
 */

import type { Instant } from '../lib/clock.ts';
import type { Journal } from '../domain/ledger.ts';
import type { Actor, Order, OrderEventKind, OrderState } from '../domain/order.ts';
import type { PayerUse } from '../domain/limits.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Buyer, PriceInForce, PriceScope } from '../domain/tariff.ts';
import type { Reply, Spoken } from '../conversation/reply.ts';
import type { Session } from '../conversation/session.ts';
import type { PurchaseAnswer, WebhookReading } from './airtime-provider.ts';
import type { ChannelName, ChatAddress, InboundMessage } from './channel.ts';
import type { KnownWallet, RequestKey, Wallet, WalletAnswer, WalletRequest } from './wallet.ts';

export type { PayerUse } from '../domain/limits.ts';

// ---- what happens ---------------------------------------------------------------------------------------------------------

/** Set for a moment in the future and fired once; `key` is unique, setting it again moves it. */
export type Timer =
  | { readonly kind: 'draft_reminder'; readonly conversationId: string }
  | { readonly kind: 'prompt_lapsed'; readonly orderId: string }
  | { readonly kind: 'order_silence'; readonly orderId: string }
  /** The customer was asked what became of an order and said nothing for a day. */
  | { readonly kind: 'question_unanswered'; readonly orderId: string };

export type CallPurpose = 'buy_airtime';

/** One thing that happened. `id` is what makes its second delivery a no-op. */
export type TurnEvent = { readonly id: string; readonly at: Instant } & (
  | { readonly kind: 'message'; readonly message: InboundMessage }
  | { readonly kind: 'call_starting'; readonly orderId: string; readonly purpose: CallPurpose }
  | {
      readonly kind: 'call_answered';
      readonly orderId: string;
      readonly purpose: CallPurpose;
      readonly answer: PurchaseAnswer;
      readonly raw: string | null;
    }
  | { readonly kind: 'call_interrupted'; readonly orderId: string; readonly purpose: CallPurpose }
  | { readonly kind: 'webhook'; readonly provider: 'topups'; readonly raw: string; readonly reading: WebhookReading }
  | { readonly kind: 'timer'; readonly key: string; readonly timer: Timer }
  /** A program or an operator asks something of a wallet. */
  | {
      readonly kind: 'wallet';
      readonly owner: Buyer;
      readonly key: RequestKey;
      readonly request: WalletRequest;
      readonly actor: Actor;
    }
  /** A price is set, or taken away (null). */
  | { readonly kind: 'price'; readonly scope: PriceScope; readonly milliKes: number | null; readonly actor: Actor }
  | {
      readonly kind: 'operator';
      readonly orderId: string;
      readonly action: OrderEventKind;
      readonly operator: string;
      readonly evidence: string;
    }
);

// ---- what is known --------------------------------------------------------------------------------------------------------

export interface Customer {
  readonly id: string;
  readonly name: string | null;
}

export interface Conversation {
  readonly id: string;
  readonly customerId: string;
  readonly address: ChatAddress;
  readonly session: Session;
  /** The person blocked us here; null while we may write. */
  readonly blockedAt: Instant | null;
  readonly version: number;
}

/** Read-only, loaded for one event. What the event is not about is null or empty. */
export interface Known {
  readonly customer: Customer | null;
  readonly conversation: Conversation | null;
  /** Numbers that are verified as the customer's own, the last verified first. */
  readonly ownPhones: readonly Msisdn[];
  /** The customer's orders, newest first, at most 20. */
  readonly recentOrders: readonly Order[];
  /** Of the payer in the conversation's open draft. */
  readonly payerUse: PayerUse | null;
  /** The order that the event is about: by id, or by a webhook's note, then by its upstream reference. */
  readonly order: Order | null;
  /** That the event asks something of; null when it asks nothing of any. */
  readonly wallet: KnownWallet | null;
  /**
   * What the chat was asked last may not have been seen: a message with choices is still to be sent, or the chat was blocked. A word
   * that stands for a choice was then written to something else.
   */
  readonly unseen: boolean;
  /** Why new orders are refused just now, or null. */
  readonly salesStopped: string | null;
  /** Of every aggregate read: `conversation:<id>`, `customer:<id>`, `payer:<msisdn>`, `order:<id>`, `wallet:<id>`, `switch:sales`. 0: not written yet. */
  readonly versions: Readonly<Record<string, number>>;
}

// ---- what changes ---------------------------------------------------------------------------------------------------------

export type Change =
  /** First contact: the customer, the identity that spoke and the chat it spoke in. */
  | { readonly kind: 'welcome'; readonly customer: Customer; readonly sender: string; readonly conversation: Conversation }
  /** The chat's new state; `conversation.version` counts up by itself. */
  | { readonly kind: 'remember'; readonly conversationId: string; readonly session: Session }
  | { readonly kind: 'reachable'; readonly conversationId: string; readonly blockedAt: Instant | null }
  /** A number became this customer's own, on a network's word; an older claim of another customer ends. */
  | { readonly kind: 'claim_phone'; readonly customerId: string; readonly phone: Msisdn; readonly how: ChannelName }
  /** A notice was given or a consent recorded, with the version of its text. */
  | { readonly kind: 'consent'; readonly customerId: string; readonly what: string; readonly textVersion: string }
  /** What the person said, kept for 90 days. */
  | { readonly kind: 'heard'; readonly conversationId: string; readonly messageId: string; readonly text: string }
  | { readonly kind: 'open_order'; readonly order: Order; readonly actor: Actor }
  /** `to` null: recorded and ignored. */
  | {
      readonly kind: 'advance_order';
      readonly orderId: string;
      readonly event: OrderEventKind;
      readonly from: OrderState;
      readonly to: OrderState | null;
      readonly actor: Actor;
      /** A short text that says on what ground: a code, a message, an operator's words. Holds no phone numbers. */
      readonly evidence: string;
      readonly rawId: string | null;
      readonly set: Partial<Pick<Order, 'upstreamReference' | 'promptLiveUntil' | 'triesNotSent'>>;
    }
  /**
   * Into the ledger. An order that becomes delivered has its sale (`saleOf`) posted in the same turn, and nothing else posts a sale: any
   * other turn is refused.
   */
  | { readonly kind: 'post'; readonly journal: Journal }
  /** With the first top-up of its owner. */
  | { readonly kind: 'open_wallet'; readonly wallet: Pick<Wallet, 'id' | 'owner'> }
  /** A journal of this turn moved its balance; its version counts up. */
  | { readonly kind: 'wallet_moved'; readonly walletId: string }
  | {
      readonly kind: 'answer_request';
      readonly request: RequestKey;
      /** Null: there is none, and none was opened. */
      readonly walletId: string | null;
      /** Null: nothing moved. */
      readonly journalKey: string | null;
      readonly reason: string | null;
      readonly answer: WalletAnswer;
    }
  | {
      readonly kind: 'sms_purchase';
      readonly journalKey: string;
      readonly walletId: string;
      readonly amountKes: number;
      readonly units: number;
      readonly price: PriceInForce;
      readonly paymentMethod: string;
    }
  | {
      readonly kind: 'set_price';
      readonly scope: PriceScope;
      readonly milliKes: number | null;
      readonly setBy: string;
    }
  /** To be sent to a chat, in order within the chat. */
  | {
      readonly kind: 'say';
      readonly conversationId: string;
      readonly reply: Reply;
      readonly language: Spoken;
      readonly orderId: string | null;
    }
  /** Takes the buttons off the message that was tapped. */
  | { readonly kind: 'retire_buttons'; readonly conversationId: string; readonly channelMessageId: string }
  /** To be called, not before `dueAt`; one row per (order, purpose) in `call`. */
  | { readonly kind: 'call'; readonly orderId: string; readonly purpose: CallPurpose; readonly dueAt: Instant }
  /** The state of a call: `started` is committed before the first byte, and takes the call's row out of the outbox. */
  | { readonly kind: 'call_state'; readonly orderId: string; readonly purpose: CallPurpose; readonly state: CallState }
  | { readonly kind: 'keep_raw'; readonly rawId: string; readonly source: string; readonly body: string }
  | { readonly kind: 'set_timer'; readonly key: string; readonly dueAt: Instant; readonly timer: Timer }
  | { readonly kind: 'clear_timer'; readonly key: string }
  | { readonly kind: 'audit'; readonly actor: Actor; readonly what: string; readonly subject: string; readonly detail: string };

export type CallState = 'pending' | 'started' | 'answered';

/** All that one event changes, to be written together or not at all. */
export interface Turn {
  readonly event: TurnEvent;
  /** The versions that the decision rests on: any other value at commit makes the turn stale. */
  readonly read: Readonly<Record<string, number>>;
  /** Aggregates whose version this turn counts up; `conversation:` and `order:` count with their rows. */
  readonly touched: readonly string[];
  readonly changes: readonly Change[];
}

export type TurnOutcome =
  | { readonly kind: 'committed' }
  /** Its event took effect before: nothing was written. */
  | { readonly kind: 'duplicate' }
  /** Somebody wrote what it had read: load and decide again. */
  | { readonly kind: 'stale' }
  /** Its changes break a rule of the database: nothing of it was written. Three times, and it is set aside. */
  | { readonly kind: 'poisoned'; readonly error: Error; readonly attempts: number }
  /** The database cannot write now (full, busy, broken): nothing of the whole batch was written. */
  | { readonly kind: 'unavailable'; readonly error: Error };

// ---- outbox ---------------------------------------------------------------------------------------------------------------

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
  | { readonly kind: 'call'; readonly order: Order; readonly purpose: CallPurpose };

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

export interface DueTimer {
  readonly key: string;
  readonly dueAt: Instant;
  readonly timer: Timer;
}

export interface Store {
  /** One `Known` per event, in their order, from one consistent view. */
  load(events: readonly TurnEvent[]): Promise<readonly Known[]>;
  /** Writes the turns in one database transaction, each in a savepoint of its own. At most one turn per customer and batch is expected, not required. */
  commit(turns: readonly Turn[]): Promise<readonly TurnOutcome[]>;

  /** For sources that do not deliver again: the events are durable when this returns, and come back from `recorded` until they are committed. */
  record(events: readonly TurnEvent[]): Promise<void>;
  /** Events recorded but not turned yet, oldest first: what a dead process left. Set-aside ones are not among them. */
  recorded(limit: number): Promise<readonly TurnEvent[]>;
  /** Counts a failed attempt at an event, durably; the third sets it aside. Returns the attempts so far. */
  poison(event: TurnEvent, error: string): Promise<number>;

  /** Leases the first row of each lane, where it is due, until `now + leaseMs`; a row whose lease ran out may be claimed again. */
  claimOutbox(kind: 'send' | 'call', now: Instant, limit: number, leaseMs: number): Promise<readonly OutboxItem[]>;
  finishSends(results: readonly SendResult[], now: Instant): Promise<void>;
  /** Asked once, when the worker role is taken: frees the leases of a dead process and names the calls it had started and not finished. */
  takeOver(): Promise<readonly { readonly orderId: string; readonly purpose: CallPurpose }[]>;
  /** Due timers, the earliest first. A timer's turn removes it (its event id is `timer:<key>:<dueAt>`). */
  dueTimers(now: Instant, limit: number): Promise<readonly DueTimer[]>;
  /** The earliest instant at which a timer or an outbox row falls due, or null. Rows under lease do not count. */
  nextDueAt(): Promise<Instant | null>;

  /** The text of a message we sent, by the network's id of it: WhatsApp asks for it again. */
  sentText(channel: ChannelName, channelMessageId: string): Promise<string | null>;
  setting(key: string): Promise<string | null>;
  putSetting(key: string, value: string): Promise<void>;
  /** The latest instant that was ever committed, or null: a manual clock starts no earlier. */
  lastCommittedAt(): Promise<Instant | null>;
  /** Ok, or what is wrong with the database. */
  check(): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>;
  close(): Promise<void>;
}
