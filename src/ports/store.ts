/**
 * The port of the store. Methods are async and use-case-sized, and no SQL leaks above it, so that a second implementation on
 * another database needs only to pass the contract suite. One writer: what `commit` says is durable when it returns.
 */

import type { Instant } from '../lib/clock.ts';
import type { Reason } from '../domain/attention.ts';
import type { Journal } from '../domain/ledger.ts';
import type { Actor, Order, OrderEventKind, OrderState, SmsOrder } from '../domain/order.ts';
import type { Breaker, Breakers, Upstream } from '../domain/breaker.ts';
import type { Holder } from '../domain/claim.ts';
import type { Parties, PurchaseUse } from '../domain/limits.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Buyer, PriceScope } from '../domain/tariff.ts';
import type { OwnWallet } from '../domain/wallet-owner.ts';
import type { Reply, Spoken } from '../conversation/reply.ts';
import type { Session } from '../conversation/session.ts';
import type { AlertChange, AlertTimer, KnownAlert, NotifyEnd, SendRef, ThresholdEvent } from './alert.ts';
import type { PurchaseAnswer, WebhookReading } from './airtime-provider.ts';
import type { ChannelName, ChatAddress, InboundMessage } from './channel.ts';
import type { LeftAlone, OutboxItem, OutboxKind, SendResult, StartedCall } from './outbox.ts';
import type { CallbackReading, PaymentAnswer, PaymentStatus } from './payment-provider.ts';
import type { Asker, BalanceChange, BalanceEvent, DueBalance, RemoteBalance } from './remote-balance.ts';
import type { Counted, VersionsRead } from './counted.ts';
import type { TopUpAnswer } from './wallet-server.ts';
import type { ConsoleOutcome, Erasing, Invite, Joining, OperatorChat, OperatorCommand, Incident } from './desk.ts';
import type { CreditedBefore, KnownWallet, RequestKey, WalletChange, WalletRequest } from './wallet.ts';

// ---- what happens ---------------------------------------------------------------------------------------------------------

/** Set for a moment in the future and fired once; `key` is unique, setting it again moves it. */
export type Timer =
  | { readonly kind: 'draft_reminder'; readonly conversationId: string }
  /** Whoever keeps the wallet has said what an SMS costs, or has not answered: the purchase that waited for it goes on. */
  | { readonly kind: 'price_told'; readonly conversationId: string }
  | { readonly kind: 'prompt_lapsed'; readonly orderId: string }
  | { readonly kind: 'order_silence'; readonly orderId: string }
  /** What was said about an order was given up in this chat: the person hears of it in another, if there is one. Set by `finishSends`. */
  | { readonly kind: 'tell_elsewhere'; readonly orderId: string; readonly conversationId: string; readonly channel: ChannelName }
  /** The customer was asked what became of an order and said nothing for a day. */
  | { readonly kind: 'question_unanswered'; readonly orderId: string }
  /** The provider is to be asked whether the order is paid. */
  | { readonly kind: 'ask_payment'; readonly orderId: string }
  | AlertTimer;

/**
 * `buy_airtime`: the payer's phone rings, and the same upstream delivers. `request_payment`: it rings for money alone. Both are made at
 * most once per order. `ask_payment`: whether it was paid; it moves nothing, so it is made as often as needed, one at a time.
 * `deliver_sms`: whoever keeps the wallet elsewhere is to add what was paid for, at most once too.
 */
export type CallPurpose = 'buy_airtime' | 'request_payment' | 'deliver_sms' | 'ask_payment';

/** The step of its order that the start of such a call is. */
export const BEGINS = {
  buy_airtime: 'call_starting',
  request_payment: 'call_starting',
  deliver_sms: 'delivery_starting',
} as const satisfies Record<Exclude<CallPurpose, 'ask_payment'>, OrderEventKind>;

/** A number gets no payment prompts and no alerts, an e-mail address no alerts. */
export type StopEntry =
  { readonly kind: 'number'; readonly phone: Msisdn } | { readonly kind: 'email'; readonly address: string };

/** One thing that happened. `id` is what makes its second delivery a no-op. */
export type TurnEvent = { readonly id: string; readonly at: Instant } & (
  | { readonly kind: 'message'; readonly message: InboundMessage }
  | { readonly kind: 'call_starting'; readonly orderId: string; readonly purpose: CallPurpose }
  | ({ readonly kind: 'call_answered'; readonly orderId: string; readonly raw: string | null } & (
      | { readonly purpose: 'buy_airtime'; readonly answer: PurchaseAnswer }
      | { readonly purpose: 'request_payment'; readonly answer: PaymentAnswer }
      | { readonly purpose: 'deliver_sms'; readonly answer: TopUpAnswer }
      | { readonly purpose: 'ask_payment'; readonly answer: PaymentStatus }
    ))
  | { readonly kind: 'call_interrupted'; readonly orderId: string; readonly purpose: CallPurpose }
  | { readonly kind: 'webhook'; readonly provider: 'topups'; readonly raw: string; readonly reading: WebhookReading }
  /** `reference`: the order's, as it stands in the address that was called. */
  | {
      readonly kind: 'payment_callback';
      readonly provider: 'daraja';
      readonly reference: string;
      readonly raw: string;
      readonly reading: CallbackReading;
    }
  | { readonly kind: 'timer'; readonly key: string; readonly timer: Timer }
  /** A program or an operator asks something of a wallet. */
  | {
      readonly kind: 'wallet';
      readonly owner: Buyer;
      readonly key: RequestKey;
      readonly request: WalletRequest;
      readonly actor: Actor;
    }
  /** A threshold is set or removed. */
  | ThresholdEvent
  /** Another server was asked what is left in a wallet that it keeps. */
  | BalanceEvent
  /** A price is set, or taken away (null). */
  | { readonly kind: 'price'; readonly scope: PriceScope; readonly milliKes: number | null; readonly actor: Actor }
  /** At the console, or by the link in an e-mail: whoever an address belongs to wants no more of us, or wants it again. */
  | { readonly kind: 'stop_list'; readonly entry: StopEntry; readonly stopped: boolean; readonly actor: Actor }
  | {
      readonly kind: 'operator';
      readonly orderId: string;
      readonly action: OrderEventKind;
      readonly operator: string;
      readonly evidence: string;
      /** The order as they saw it (`asSeen`): they say it of that one, and of no other. */
      readonly seen: string;
    }
  /** An operator's command that is about no order. */
  | { readonly kind: 'command'; readonly operator: string; readonly command: OperatorCommand }
  /** Something outside of any turn that a person should hear of. */
  | ({ readonly kind: 'incident' } & Incident)
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

/** The live claim on a number, whosever it is. */
export interface Claim extends Holder {
  readonly how: ChannelName;
  /** Their chat that was used last and can be written to. */
  readonly conversation: Conversation | null;
}

/** Read-only, loaded for one event. What the event is not about is null or empty. */
export interface Known {
  readonly customer: Customer | null;
  readonly conversation: Conversation | null;
  /** Numbers that are verified as the customer's own, the last verified first. */
  readonly ownPhones: readonly Msisdn[];
  /** On the number that the message vouches for. */
  readonly claim: Claim | null;
  /** Every channel on which the customer has an identity; of a speaker who brings a number that somebody else holds. */
  readonly channels: readonly ChannelName[];
  /** The customer's orders, newest first, at most 20. */
  readonly recentOrders: readonly Order[];
  /** Of payer and recipient in the conversation's open draft, or of those that were asked for; null while either is not said. */
  readonly use: PurchaseUse | null;
  /** Own numbers that are to get no payment prompts. */
  readonly stopped: readonly Msisdn[];
  /** The order that the event is about: by id, or by a webhook's note, then by its upstream reference. */
  readonly order: Order | null;
  /** The reference of the order of SMS that has the payment that the event names, when that is not `order`. */
  readonly paymentHolder?: string;
  /** Of the payment that the event would have delivered: the only one that its callbacks brought until it was paid. */
  readonly receipt?: string;
  /** What a program was credited for the receipt that a callback brings. */
  readonly creditedBefore?: CreditedBefore;
  /** That the event asks something of, or that the order fills; null when there is neither. */
  readonly wallet: KnownWallet | null;
  /** Of which a send was given up. */
  readonly alert: KnownAlert | null;
  /** Of a balance that was read elsewhere: what was known before, and who asked. Null for every other event. */
  readonly remote: { readonly balance: RemoteBalance; readonly askers: readonly Asker[] } | null;
  /**
   * Every wallet of SMS of the person who speaks or is spoken to, the first filled where nothing else is said; never empty. Null: not
   * loaded, because neither the chat's draft is about one nor was it asked for. In the customer's name of one who speaks for the first
   * time it is nobody's yet: its userId is empty.
   */
  readonly smsWallets: readonly OwnWallet[] | null;
  /** The person wants no alerts on them. */
  readonly alertsStopped: boolean;
  /**
   * What the chat was asked last may not have been seen: a message with choices is still to be sent, or the chat was blocked. A word
   * that stands for a choice was then written to something else.
   */
  readonly unseen: boolean;
  /** When the last message with choices had been sent to the chat; null: none was. */
  readonly askedAt: Instant | null;
  /** Why new orders are refused just now, or null. */
  readonly salesStopped: string | null;
  /** Before each upstream. */
  readonly breakers: Breakers;
  /** Who hears the alerts. */
  readonly operators: readonly OperatorChat[];
  /** For a message that may be an operator's code; null for every other event. */
  readonly joining: Joining | null;
  /** For the command that erases a customer, while there is one to erase. */
  readonly erasing?: Erasing;
  /**
   * Of every aggregate read: `conversation:<id>`, `customer:<id>`, `payer:<msisdn>`, `recipient:<msisdn>`, `order:<id>`, `wallet:<id>`,
   * `prices:sms`, `switch:<name>`. 0: not written yet.
   */
  readonly versions: VersionsRead;
  /**
   * A row that the event rests on is none that we write, so no turn can be decided. The chat is there when it can be read;
   * `lostChat` is its id when it is its session that cannot.
   */
  readonly unreadable?: { readonly error: Error; readonly lostChat: string | null };
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
  /** `from` and `into` are one person: orders, numbers, chats and identities of the one are the other's from now on. */
  | { readonly kind: 'merge_customers'; readonly from: string; readonly into: string }
  /** Nothing stays that says who they are, or were before a merge; their chats hold `session`. Stale when erased or merged before. */
  | { readonly kind: 'erase_customer'; readonly customerId: string; readonly session: Session }
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
      readonly set: Partial<
        Pick<Order, 'upstreamReference' | 'promptLiveUntil' | 'triesNotSent'> &
          Pick<SmsOrder, 'paymentNamedBy' | 'walletAt'> & { readonly paidAt: Instant; readonly takenBackAt: Instant }
      >;
    }
  /**
   * Into the ledger. An order that becomes delivered is posted in the same turn, airtime as its sale (`saleOf`), SMS as the top-up of
   * their wallet, and nothing else posts either for an order: any other turn is refused.
   */
  | { readonly kind: 'post'; readonly journal: Journal }
  | WalletChange
  /** To be sent to a chat, in order within the chat. */
  | {
      readonly kind: 'say';
      readonly conversationId: string;
      readonly reply: Reply;
      readonly language: Spoken;
      readonly orderId: string | null;
      /** Said in place of what another chat could not be told: given up here too, it is said nowhere else. */
      readonly elsewhere?: true;
      /** The alert of low SMS that it is. */
      readonly alert?: SendRef;
    }
  | AlertChange
  | BalanceChange
  /** Takes the buttons off the message that was tapped. */
  | { readonly kind: 'retire_buttons'; readonly conversationId: string; readonly channelMessageId: string }
  /** To be called, not before `dueAt`; one row per (order, purpose) in `call`. While a question waits or is out, another adds nothing. */
  | { readonly kind: 'call'; readonly orderId: string; readonly purpose: CallPurpose; readonly dueAt: Instant }
  /** The state of a call: `started` is committed before the first byte, and takes the call's row out of the outbox. */
  | { readonly kind: 'call_state'; readonly orderId: string; readonly purpose: CallPurpose; readonly state: CallState }
  | { readonly kind: 'set_breaker'; readonly upstream: Upstream; readonly breaker: Breaker }
  /** A number's owner wants no payment prompts any more, or wants them again. */
  | { readonly kind: 'stop_prompts'; readonly phone: Msisdn; readonly stopped: boolean }
  /** Whoever reads the mails of an address wants no more alerts there, or wants them again. */
  | { readonly kind: 'stop_mails'; readonly address: string; readonly stopped: boolean }
  | { readonly kind: 'keep_raw'; readonly rawId: string; readonly source: string; readonly body: string }
  | { readonly kind: 'set_timer'; readonly key: string; readonly dueAt: Instant; readonly timer: Timer }
  | { readonly kind: 'clear_timer'; readonly key: string }
  | {
      readonly kind: 'audit';
      readonly actor: Actor;
      readonly what: string;
      readonly subject: string;
      readonly detail: string;
      /** What the detail says, from the closed list: for those who are told in this turn. It is not kept. */
      readonly reason?: Reason;
    }
  /** Stops new orders, with the reason, or lets them go on. */
  | { readonly kind: 'switch_sales'; readonly stopped: string | null }
  /** Seen to, as far as it had come by `until`; see ports/desk.ts. */
  | {
      readonly kind: 'put_away';
      readonly item: string;
      readonly until: Instant;
      readonly operator: string;
      readonly evidence: string;
    }
  /** What the console that recorded this turn's event is told. */
  | ({ readonly kind: 'answer_console' } & ConsoleOutcome)
  | { readonly kind: 'invite_operator'; readonly invite: Invite }
  /** Uses the invite up; stale when somebody else did. */
  | { readonly kind: 'join_operator'; readonly operatorId: string; readonly invite: Invite; readonly conversationId: string }
  | { readonly kind: 'remove_operator'; readonly operatorId: string }
  /** The chat's wrong codes in a row, this one among them. */
  | { readonly kind: 'wrong_code'; readonly conversationId: string; readonly count: number };

export type CallState = 'pending' | 'started' | 'answered';

/** What is not loaded for every event. */
export interface Needs {
  /** Whose `use` is asked for. */
  readonly parties?: Parties;
  readonly wallets?: true;
}
export type NeedsOf = (session: Session) => Needs;

/** All that one event changes, to be written together or not at all. */
export interface Turn {
  readonly event: TurnEvent;
  /** The event itself was about something that nothing was loaded of: decide again with this loaded. As it is, the turn sells nothing. */
  readonly lacks?: Needs;
  /** The versions that the decision rests on: any other value at commit makes the turn stale. */
  readonly read: VersionsRead;
  /** Aggregates whose version this turn counts up; `conversation:` and `order:` count with their rows. */
  readonly touched: readonly Counted[];
  readonly changes: readonly Change[];
}

/** So often a turn may fail before its event is set aside. */
export const MOST_ATTEMPTS = 3;

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

export interface DueTimer {
  readonly key: string;
  readonly dueAt: Instant;
  readonly timer: Timer;
}

export interface Store {
  /** One `Known` per event, in their order, from one view; a broken row spoils only what rests on it. `needs`: by an event's id, what else. */
  load(events: readonly TurnEvent[], needs?: ReadonlyMap<string, Needs>): Promise<readonly Known[]>;
  /** Writes the turns in one database transaction; one that fails takes no other with it. At most one turn per customer and batch is expected, not required. */
  commit(turns: readonly Turn[]): Promise<readonly TurnOutcome[]>;

  /** For sources that do not deliver again: the events are durable when this returns, and come back from `recorded` until they are committed. */
  record(events: readonly TurnEvent[]): Promise<void>;
  /** Events recorded but not turned yet, oldest first: what a dead process left. Set-aside ones are not among them. */
  recorded(limit: number): Promise<readonly TurnEvent[]>;
  /** Counts a failed attempt at an event, durably; the third sets it aside. Returns the attempts so far. */
  poison(event: TurnEvent, error: string): Promise<number>;

  /** Leases the first row of each lane, where due, until `now + leaseMs`, and again when that ran out. */
  claimOutbox(
    kind: OutboxKind,
    now: Instant,
    limit: number,
    leaseMs: number,
    leaving?: LeftAlone,
  ): Promise<readonly OutboxItem[]>;
  finishSends(results: readonly SendResult[], now: Instant): Promise<void>;
  /** A notice whose end was never written down may have gone out: it is given up when it would be claimed again. */
  finishNotices(ends: readonly NotifyEnd[], now: Instant): Promise<void>;
  /** Asked once, when the worker role is taken: frees the leases of a dead process and names the calls it had started and not finished. */
  takeOver(): Promise<readonly StartedCall[]>;
  /** Balances to be read elsewhere, the longest due first; each is put off by `leaseMs`, in case nothing is heard of it. */
  claimBalances(now: Instant, limit: number, leaseMs: number): Promise<readonly DueBalance[]>;
  /** Due timers, the earliest first. A timer's turn removes it (its event id is `timer:<key>:<dueAt>`). */
  dueTimers(now: Instant, limit: number): Promise<readonly DueTimer[]>;
  /** The earliest instant at which a timer or an outbox row falls due, or null. Rows under lease do not count, nor sends to others than `channels`. */
  nextDueAt(channels?: readonly ChannelName[]): Promise<Instant | null>;
  /** When the clock was set back, whatever waits for an instant waits no longer for it than it would have. `load` asks the same. */
  mindTheClock(): Promise<void>;

  /** The text of a message we sent, by the network's id of it: WhatsApp asks for it again. */
  sentText(channel: ChannelName, channelMessageId: string): Promise<string | null>;
  setting(key: string): Promise<string | null>;
  putSetting(key: string, value: string): Promise<void>;
  breaker(upstream: Upstream): Promise<Breaker>;
  /** Numbers that are to get no payment prompts, e-mail addresses that are to get no alerts; the last that came first. */
  stopList(): Promise<readonly { readonly address: string; readonly since: Instant }[]>;
  /** The latest instant that was ever committed, or null: a manual clock starts no earlier. */
  lastCommittedAt(): Promise<Instant | null>;
  /** Ok, or what is wrong with the database. */
  check(): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>;
  close(): Promise<void>;
}
