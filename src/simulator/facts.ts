/**
 * Owns what is known of a history from outside the program: what its database says after every write, what people saw, what the
 * upstream was asked and what it told. Invariants are judged by these facts alone.
 */

import { hash } from 'node:crypto';
import type { Reply } from '../conversation/reply.ts';
import type { OrderKind, OrderState } from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import type { SqliteStore } from '../store/sqlite/open.ts';

/** What a confirmation shows. */
export interface Confirmation {
  readonly amountKes: number;
  /** Of airtime. */
  readonly recipient: string | null;
  readonly payer: string;
  readonly paymentNetwork: string;
  /** Of SMS: how many, and what one costs in thousandths of a shilling. */
  readonly units: number | null;
  readonly milliKes: number | null;
}

/** What was asked of whoever takes the money, or delivers for it. */
export type Request = Pick<Confirmation, 'amountKes'> & {
  /** `answer`: its answer says whether the payer's phone rings. `delivery`: of SMS that were paid for, to another server. */
  readonly purpose: 'answer' | 'delivery';
  readonly reference: string;
  readonly payer?: string;
  readonly recipient?: string | null;
  /** The `userId` whose wallet is to be filled. */
  readonly wallet?: string | null;
};

/** What somebody told us about an order, as it was handed to the program. */
export type Evidence =
  | 'answer accepted'
  | 'answer refused'
  | 'answer cancelled'
  | 'answer unknown'
  | 'answer not sent'
  | 'webhook positive'
  /** We said that we have it, and it names the order. */
  | 'webhook positive, taken'
  | 'webhook cancelled'
  | 'webhook negative'
  /** Of SMS: what the provider answers when it is asked. */
  | 'status paid'
  | 'status not paid'
  /** What the server of wallets answers when it is asked to add what was paid for. */
  | 'delivery accepted'
  | 'delivery refused'
  | 'delivery unknown'
  | 'delivery not sent'
  /** It arrived, and nothing was added: it may come again. */
  | 'delivery throttled'
  | 'customer received'
  | 'customer paid and did not receive'
  | 'customer did not pay'
  | 'customer cancelled'
  | 'operator';

export interface OrderFacts extends Confirmation {
  readonly id: string;
  readonly reference: string;
  readonly kind: OrderKind;
  readonly conversationId: string;
  readonly recipientNetwork: string | null;
  /** Of SMS: the `userId` whose wallet is filled. */
  readonly wallet: string | null;
  /** That wallet is kept by another server. */
  readonly remote: boolean;
  readonly draft: string;
  /** True time, and the machine's. */
  readonly openedAt: Instant;
  readonly createdAt: Instant;
  /** What the chat showed last when it was opened. */
  readonly shown: Confirmation | null;
  /** What the person had said yes to by then, in this chat. */
  readonly agreed: readonly Confirmation[];
  state: OrderState;
  /** The states that it was in, and when it left them. */
  readonly left: Map<OrderState, Instant>;
  readonly evidence: Evidence[];
  /** Requests of which a byte was sent. */
  readonly sent: Request[];
  /** Sales that were posted for it, in thousandths of a shilling. */
  readonly sales: number[];
  /** Journals by which its wallet was filled. */
  readonly fills: Set<number>;
  /** The truth: its payer has paid for it. */
  charged: boolean;
  /** When the program wrote down that it is paid, in true time; and by the machine's clock. */
  paidAt: Instant | null;
  paidByClock: Instant | null;
  /** The truth: how often the server of wallets added what it is for. */
  added: number;
  /** The customer was asked what became of it. */
  asked: boolean;
  /** What the chat saw last of it: the key of a text. */
  toldLast: string | null;
}

export interface StepFacts {
  readonly event: string;
  readonly from: OrderState | null;
  readonly to: OrderState | null;
}

/** A message that the program has committed to send. */
export interface SayFacts {
  readonly id: string;
  /** Counts within the chat, in the order of commits. */
  readonly number: number;
  readonly conversationId: string;
  readonly at: Instant;
  /** The event whose turn says it. */
  readonly turn: string;
  readonly reply: Reply | null;
  shown: number;
  /** The last attempt: null before the first. */
  outcome: 'sent' | 'failed' | 'under way' | 'given up' | null;
}

interface StepRow {
  readonly id: number;
  readonly order_id: string;
  readonly event: string;
  readonly from_state: OrderState | null;
  readonly to_state: OrderState | null;
}

/** One movement of the ledger. */
export interface TransferRow {
  readonly id: number;
  readonly kind: string;
  readonly journal_id: number;
  readonly order_id: string | null;
  /** What a program asked, by the key that it was asked under. */
  readonly request_key: string | null;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly asset: string;
  readonly amount: number;
}

interface OrderRow {
  readonly id: string;
  readonly ref: string;
  readonly state: OrderState;
  readonly conversation_id: string;
  readonly kind: OrderKind;
  readonly amount_minor: number;
  readonly recipient: string | null;
  readonly wallet_user_id: string | null;
  readonly wallet_at: string | null;
  readonly paid_at: Instant | null;
  readonly sms_units: number | null;
  readonly price_millikes: number | null;
  readonly recipient_network: string | null;
  readonly payer: string;
  readonly payment_network: string;
  readonly draft: string;
  readonly created_at: Instant;
}

interface SayRow {
  readonly conversation_id: string;
  readonly body: string;
}

interface Queries {
  steps(after: number): StepRow[];
  order(id: string): OrderRow | undefined;
  /** Ids of what is still to be sent, in the order of commits. */
  unsent(): string[];
  say(id: string): SayRow | undefined;
  transfers(after: number): TransferRow[];
  balances(): { readonly id: string; readonly balance: number }[];
  salesStopped(): boolean;
  heard(after: number): { readonly id: number; readonly conversation_id: string; readonly message: string }[];
  chat(conversationId: string): string | undefined;
  walletOwner(walletId: string): string | undefined;
  /** A row of the outbox could be claimed now. */
  due(worker: 'send' | 'call' | 'notify', now: Instant): boolean;
  /** The event is written down to be turned, was set aside, or took effect. */
  waiting(eventId: string): boolean;
  /** The delivery of this order waits to be asked for. */
  deliveryWaits(orderId: string): boolean;
  /** What is still to be done, a line each. */
  leftovers(): string[];
  poisoned(): { readonly event_id: string; readonly error: string }[];
}

const prepared = new WeakMap<SqliteStore['db'], Queries>();

export function queriesOf({ db }: SqliteStore): Queries {
  const before = prepared.get(db);
  if (before !== undefined) return before;
  const steps = db.prepare<[number], StepRow>(
    'SELECT id, order_id, event, from_state, to_state FROM order_step WHERE id > ? ORDER BY id',
  );
  const order = db.prepare<[string], OrderRow>(
    `SELECT o.id, o.ref, o.kind, o.state, o.conversation_id, o.amount_minor, r.msisdn AS recipient, o.recipient_network,
       o.wallet_user_id, o.wallet_at, o.paid_at, o.sms_units, o.price_millikes, p.msisdn AS payer, o.payment_network, o.draft, o.created_at
     FROM orders o LEFT JOIN phone r ON r.id = o.recipient_phone JOIN phone p ON p.id = o.payer_phone WHERE o.id = ?`,
  );
  const unsent = db.prepare<[], string>("SELECT id FROM outbox WHERE worker = 'send' AND dead_at IS NULL ORDER BY seq").pluck();
  const say = db.prepare<[string], SayRow>('SELECT conversation_id, body FROM outbox WHERE id = ?');
  const transfers = db.prepare<[number], TransferRow>(
    `SELECT t.id, t.journal_id, j.kind, j.order_id, r.request_key, t.debit_account, t.credit_account, t.asset, t.amount
     FROM transfer t JOIN journal j ON j.id = t.journal_id LEFT JOIN wallet_request r ON r.journal_key = j.idempotency_key
     WHERE t.id > ? ORDER BY t.id`,
  );
  const balances = db.prepare<[], { id: string; balance: number }>('SELECT id, balance FROM account');
  const salesStopped = db.prepare<[], string>("SELECT value FROM setting WHERE key = 'sales_stopped'").pluck();
  const heard = db.prepare<[number], { id: number; conversation_id: string; message: string }>(
    "SELECT id, conversation_id, channel_message_id AS message FROM message WHERE id > ? AND direction = 'in' ORDER BY id",
  );
  const chat = db.prepare<[string], string>("SELECT channel || '/' || chat FROM conversation WHERE id = ?").pluck();
  const walletOwner = db.prepare<[string], string>('SELECT user_id FROM wallet WHERE id = ?').pluck();
  const poisoned = db.prepare<[], { event_id: string; error: string }>('SELECT event_id, error FROM poison');
  const waiting = db
    .prepare<[string, string, string, string], number>(
      `SELECT 1 FROM recorded WHERE event_id = ? UNION ALL SELECT 1 FROM poison WHERE event_id = ? AND set_aside_at IS NOT NULL
       UNION ALL SELECT 1 FROM inbound_a WHERE id = ? UNION ALL SELECT 1 FROM inbound_b WHERE id = ?`,
    )
    .pluck();
  const due = db
    .prepare<[string, Instant, Instant], number>(
      `SELECT 1 FROM outbox WHERE worker = ? AND head = 1 AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ?)`,
    )
    .pluck();
  const delivery = db
    .prepare<[string], number>(
      "SELECT 1 FROM outbox WHERE order_id = ? AND kind = 'call' AND dead_at IS NULL AND body ->> 'purpose' = 'deliver_sms'",
    )
    .pluck();
  const leftovers = db
    .prepare<[], string>(
      `SELECT 'a ' || kind || ' waits in the outbox' FROM outbox WHERE dead_at IS NULL
       UNION ALL SELECT 'event ' || event_id || ' is written down and not turned' FROM recorded
       UNION ALL SELECT 'timer ' || key || ' is set' FROM timer
       UNION ALL SELECT 'the call of order ' || order_id || ' is ' || state FROM call WHERE state <> 'answered'`,
    )
    .pluck();
  const queries: Queries = {
    steps: (after) => steps.all(after),
    order: (id) => order.get(id),
    unsent: () => unsent.all(),
    say: (id) => say.get(id),
    transfers: (after) => transfers.all(after),
    balances: () => balances.all(),
    salesStopped: () => (salesStopped.get() ?? '') !== '',
    heard: (after) => heard.all(after),
    chat: (id) => chat.get(id),
    walletOwner: (id) => walletOwner.get(id),
    due: (worker, now) => due.get(worker, now, now) !== undefined,
    waiting(eventId) {
      const key = hash('sha256', eventId, 'base64url').slice(0, 22);
      return waiting.get(eventId, eventId, key, key) !== undefined;
    },
    deliveryWaits: (orderId) => delivery.get(orderId) !== undefined,
    leftovers: () => leftovers.all(),
    poisoned: () => poisoned.all(),
  };
  prepared.set(db, queries);
  return queries;
}
