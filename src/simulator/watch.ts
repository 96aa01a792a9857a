/**
 * Owns the watch over one history: reads what the database says after every write, hands everything that happens to every invariant,
 * and keeps the first one that is broken.
 */

import type { Reply } from '../conversation/reply.ts';
import type { Instant } from '../lib/clock.ts';
import type { InboundMessage } from '../ports/channel.ts';
import type { Disk } from './disk.ts';
import { claimsOf, confirmationOf, isConfirmation } from './readings.ts';
import { queriesOf, type Confirmation, type Evidence, type OrderFacts, type SayFacts, type TransferRow } from './facts.ts';
import { WalletFacts } from './wallet-facts.ts';
import type { Plan } from './plan.ts';
import type { Facts, Happening, Invariant, InvariantOn, Violation } from './invariant.ts';

export class Watch implements Facts {
  readonly orders = new Map<string, OrderFacts>();
  readonly says = new Map<string, SayFacts>();
  readonly plan: Facts['plan'] & Pick<Plan, 'sms'>;
  /** Chats in which somebody wrote that they want to stop. */
  readonly cancels = new Set<string>();
  /** Chats that were blocked at some time: not everything reaches them. */
  readonly blocked = new Set<string>();
  readonly wallets = new WalletFacts();
  violation: Violation | null = null;
  readonly now: () => Instant;
  readonly #disk: Disk;
  readonly #invariants = new Map<Happening['kind'], InvariantOn<Happening['kind']>[]>();
  readonly #references = new Map<string, OrderFacts>();
  readonly #confirmations = new Map<string, Confirmation>();
  readonly #agreed = new Map<string, Confirmation[]>();
  readonly #heard = new Map<string, number>();
  readonly #heardAt = new Map<string, Instant>();
  readonly #spoken = new Map<string, number>();
  readonly #chats = new Map<string, string>();
  readonly #balances = new Map<string, number>();
  readonly #paidFor = new Map<number, number>();
  /** Before the commit that is looked at: in one batch an order may come just before the word that stops sales. */
  #salesStopped = false;
  #lastStep = 0;
  #lastTransfer = 0;
  #lastHeard = 0;

  constructor(disk: Disk, invariants: readonly Invariant[], plan: Watch['plan'], now: () => Instant) {
    this.#disk = disk;
    for (const invariant of invariants) {
      const others = this.#invariants.get(invariant.on) ?? [];
      this.#invariants.set(invariant.on, [...others, invariant as InvariantOn<Happening['kind']>]);
    }
    this.plan = plan;
    this.now = now;
  }

  happened(happening: Happening): void {
    if (this.violation !== null) return;
    for (const { name, check } of this.#invariants.get(happening.kind) ?? []) {
      const detail = check(happening, this);
      if (detail !== null) return this.broken(name, detail);
    }
  }

  /** Something is wrong that no invariant is told of. */
  broken(invariant: string, detail: string): void {
    this.violation ??= { invariant, detail };
  }

  /** To be called after every commit of turns, before anything else happens. */
  wrote(): void {
    const queries = queriesOf(this.#disk.store);
    for (const row of queries.steps(this.#lastStep)) {
      this.#lastStep = row.id;
      const known = this.orders.get(row.order_id);
      const order = known ?? this.#opened(row.order_id);
      const before = order.state;
      if (row.to_state !== null && row.from_state !== null) {
        order.state = row.to_state;
        if (before !== row.to_state) order.left.set(before, this.now());
        if (row.to_state === 'paid' && order.paidAt === null) {
          order.paidAt = this.now();
          order.paidByClock = queries.order(row.order_id)?.paid_at ?? null;
        }
      }
      this.happened({ kind: 'step', order, step: { event: row.event, from: row.from_state, to: row.to_state }, before });
    }
    this.#salesStopped = queries.salesStopped();
    this.#posted(queries);
    for (const row of queries.heard(this.#lastHeard)) {
      this.#lastHeard = row.id;
      const chat = this.chatOf(row.conversation_id);
      const key = `${chat} ${row.message}`;
      const times = (this.#heard.get(key) ?? 0) + 1;
      this.#heard.set(key, times);
      this.#heardAt.set(key, this.now());
      this.happened({ kind: 'heard', chat, message: row.message, times });
    }
    for (const id of queries.unsent()) {
      const row = this.says.has(id) ? undefined : queries.say(id);
      if (row === undefined) continue;
      const number = (this.#spoken.get(row.conversation_id) ?? 0) + 1;
      this.#spoken.set(row.conversation_id, number);
      const { reply = null, turn } = JSON.parse(row.body) as { reply?: Reply; turn: string };
      const say: SayFacts = {
        id,
        number,
        conversationId: row.conversation_id,
        at: this.now(),
        turn,
        reply,
        shown: 0,
        outcome: null,
      };
      this.says.set(id, say);
      for (const { reference, key } of reply === null ? [] : claimsOf(reply)) {
        const order = this.order(reference);
        if (order !== null && key === 'order:did-it-arrive') order.asked = true;
      }
      this.happened({ kind: 'said', say });
    }
  }

  #posted(queries: ReturnType<typeof queriesOf>): void {
    const transfers = queries.transfers(this.#lastTransfer);
    for (const { id, journal_id, debit_account, credit_account, amount } of transfers) {
      this.#lastTransfer = id;
      this.#balances.set(debit_account, this.balanceOf(debit_account) - amount);
      this.#balances.set(credit_account, this.balanceOf(credit_account) + amount);
      if (credit_account === 'exchange:KES') this.#paidFor.set(journal_id, this.paidFor(journal_id) + amount);
    }
    for (const transfer of transfers) {
      const { journal_id, kind, order_id, amount } = transfer;
      const order = this.orders.get(order_id ?? '') ?? null;
      if (kind === 'sale') order?.sales.push(amount);
      if (kind === 'top_up') order?.fills.add(journal_id);
      const wallet = order === null ? walletOf(transfer) : null;
      if (wallet !== null) this.wallets.posted(transfer, this.ownerOf(wallet) ?? '');
      this.happened({ kind: 'posted', transfer, order });
    }
    const kept = transfers.length === 0 ? [] : queries.balances();
    const unbalanced = kept.filter(({ id, balance }) => balance !== this.#balances.get(id)).map(({ id }) => id);
    this.happened({ kind: 'committed', unbalanced });
    if (this.plan.sms === null) return;
    const { store } = this.#disk;
    this.happened({ kind: 'balances', thresholds: this.wallets.thresholds(store), alerts: this.wallets.newAlerts(store) });
  }

  order(reference: string): OrderFacts | null {
    return this.#references.get(reference) ?? null;
  }

  /** Somebody tells us something about an order: from now on the program may rely on it. */
  told(reference: string, evidence: Evidence): void {
    this.order(reference)?.evidence.push(evidence);
  }

  /** The truth: the payer has paid. */
  charged(reference: string): void {
    const order = this.order(reference);
    if (order !== null) order.charged = true;
  }

  /** The truth: the messages are in their wallet on another server. */
  added(reference: string): void {
    const order = this.order(reference);
    if (order !== null) order.added += 1;
  }

  /** The person wants to stop whatever is under way in this chat. */
  cancelled(chat: string): void {
    this.cancels.add(chat);
  }

  /** The person says yes to this; null: to nothing that they saw. */
  agreed(chat: string, to: Confirmation | null): void {
    if (to !== null) this.#agreed.set(chat, [...(this.#agreed.get(chat) ?? []), to]);
  }

  shownLast(chat: string): Confirmation | null {
    return this.#confirmations.get(chat) ?? null;
  }

  /** The program is dead: what it had sent and not written down may be sent again. */
  programDied(): void {
    for (const id of queriesOf(this.#disk.store).unsent()) {
      const say = this.says.get(id);
      if (say !== undefined) say.outcome = null;
    }
  }

  /** A person sees a message. */
  saw(chat: string, say: SayFacts | null, again: boolean): void {
    if (say !== null) say.shown += 1;
    const reply = say?.reply ?? null;
    if (reply !== null) {
      if (isConfirmation(reply)) this.#confirmations.set(chat, confirmationOf(reply));
      for (const { reference, key } of claimsOf(reply)) {
        const order = this.order(reference);
        // Who asks in another chat of theirs hears how it stands then; the end is told where it was ordered.
        const asked = key.includes(':status-') && order !== null && this.chatOf(order.conversationId) !== chat;
        if (order !== null && !asked) order.toldLast = key;
      }
    }
    this.happened({ kind: 'shown', chat, say, again });
  }

  /** Null: not yet. */
  heardAt({ address, messageId }: InboundMessage): Instant | null {
    return this.#heardAt.get(`${address.channel}/${address.chat} ${messageId}`) ?? null;
  }

  /** Turned, set aside, or written down to be turned. */
  isDurable(message: InboundMessage): boolean {
    const { channel, account, chat } = message.address;
    return (
      this.heardAt(message) !== null ||
      queriesOf(this.#disk.store).waiting(`m:${channel}:${account}:${chat}:${message.messageId}`)
    );
  }

  somethingDue(worker: 'send' | 'call' | 'notify', now: Instant): boolean {
    return queriesOf(this.#disk.store).due(worker, now);
  }

  /** `channel/chat`. */
  chatOf(conversationId: string): string {
    let chat = this.#chats.get(conversationId);
    if (chat === undefined) {
      chat = queriesOf(this.#disk.store).chat(conversationId) ?? '';
      this.#chats.set(conversationId, chat);
    }
    return chat;
  }

  walletOwners(): readonly string[] {
    return this.wallets.owners(this.#disk.store);
  }

  /** Those that stand below their threshold, or not far enough above it for it to be armed again; `missing`: messages until then. */
  lowThresholds(): readonly {
    readonly id: string;
    readonly userId: string;
    readonly createdBy: string;
    readonly missing: number;
  }[] {
    return this.wallets.thresholds(this.#disk.store).flatMap(({ id, wallet_id, created_by, units, armed }) => {
      const balance = this.messagesIn(wallet_id);
      const missing = Math.ceil(units * 1.1 - balance) + 1;
      return armed === 1 ? [] : [{ id, userId: this.ownerOf(wallet_id) ?? '', createdBy: created_by, missing }];
    });
  }

  messagesIn(walletId: string): number {
    if (this.plan.sms?.remote == null) return Math.floor(this.balanceOf(`wallet:${walletId}:SMS`) / 100);
    return this.wallets.lastReadOf(this.#disk.store, this.ownerOf(walletId) ?? '') ?? Infinity;
  }

  ownerOf(walletId: string): string | null {
    return queriesOf(this.#disk.store).walletOwner(walletId) ?? null;
  }

  balanceOf(account: string): number {
    return this.#balances.get(account) ?? 0;
  }

  paidFor(journalId: number): number {
    return this.#paidFor.get(journalId) ?? 0;
  }

  poisoned(): readonly { readonly event_id: string; readonly error: string }[] {
    return queriesOf(this.#disk.store).poisoned();
  }

  deliveryWaits({ id }: OrderFacts): boolean {
    return queriesOf(this.#disk.store).deliveryWaits(id);
  }

  leftovers(): readonly string[] {
    return queriesOf(this.#disk.store).leftovers();
  }

  #opened(id: string): OrderFacts {
    const queries = queriesOf(this.#disk.store);
    const row = queries.order(id);
    if (row === undefined) throw new Error(`invariant broken: a step of no order ${id}`);
    const order: OrderFacts = {
      id,
      reference: row.ref,
      kind: row.kind,
      conversationId: row.conversation_id,
      amountKes: row.amount_minor / 100,
      recipient: row.recipient,
      recipientNetwork: row.recipient_network,
      wallet: row.wallet_user_id,
      remote: row.wallet_at !== null && row.wallet_at !== 'own',
      units: row.sms_units,
      milliKes: row.price_millikes,
      payer: row.payer,
      paymentNetwork: row.payment_network,
      draft: row.draft,
      openedAt: this.now(),
      createdAt: row.created_at,
      shown: this.shownLast(this.chatOf(row.conversation_id)),
      agreed: this.#agreed.get(this.chatOf(row.conversation_id)) ?? [],
      state: 'confirmed',
      left: new Map(),
      evidence: [],
      sent: [],
      sales: [],
      fills: new Set(),
      charged: false,
      paidAt: null,
      paidByClock: null,
      added: 0,
      asked: false,
      toldLast: null,
    };
    this.orders.set(id, order);
    this.#references.set(order.reference, order);
    this.happened({ kind: 'opened', order, salesStopped: this.#salesStopped });
    return order;
  }
}

function walletOf({ debit_account, credit_account }: TransferRow): string | null {
  const account = [debit_account, credit_account].find((one) => one.startsWith('wallet:'));
  return account?.split(':')[1] ?? null;
}
