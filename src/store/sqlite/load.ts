/** Owns `load`: what is known about each event of a batch, read in one consistent view. */

import { msisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { Order } from '../../domain/order.ts';
import { assertNever } from '../../lib/assert.ts';
import type { Conversation, Customer, Known, TurnEvent } from '../../ports/store.ts';
import type { KnownWallet } from '../../ports/wallet.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import { chatLane } from './outbox-queue.ts';
import { ordersReader } from './read-orders.ts';
import { peopleReader } from './read-people.ts';
import { SALES_STOPPED, SALES_SWITCH } from './settings.ts';
import type { Versions } from './versions.ts';
import { SMS_PRICES, type WalletsReader } from './read-wallets.ts';

/** What an event is about, before the rest is read. */
interface Subject {
  readonly customer: Customer | null;
  readonly conversation: Conversation | null;
  readonly order: Order | null;
  /** A person speaks, or is spoken to about a draft: their numbers, orders and limits matter. */
  readonly talk: boolean;
}

interface Sales {
  readonly stopped: string | null;
  readonly version: number;
}

export function loader(
  db: Db,
  { read }: DbTransactions,
  versions: Versions,
  wallets: WalletsReader,
): (events: readonly TurnEvent[]) => Known[] {
  const people = peopleReader(db);
  const orders = ordersReader(db);
  const salesStopped = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();

  const asking = db
    .prepare<[string], number>(
      `SELECT 1 FROM outbox WHERE lane = ? AND dead_at IS NULL AND kind = 'say' AND json_array_length(body, '$.reply.choices') > 0
       LIMIT 1`,
    )
    .pluck();

  const ofOrder = (order: Order | null): Subject => ({
    customer: order === null ? null : people.byId(order.customerId),
    conversation: order === null ? null : people.conversation(order.conversationId),
    order,
    talk: false,
  });

  const ofConversation = (id: string): Subject => {
    const conversation = people.conversation(id);
    const customer = conversation === null ? null : people.byId(conversation.customerId);
    return { customer, conversation, order: null, talk: true };
  };

  const subjectOf = (event: TurnEvent): Subject => {
    switch (event.kind) {
      case 'message': {
        const { address, sender } = event.message;
        const conversation = people.conversationAt(address);
        // A network may learn a better id for a person in the same private chat; then the chat says who it is.
        const customer =
          people.bySender(address, sender) ?? (conversation === null ? null : people.byId(conversation.customerId));
        return { customer, conversation, order: null, talk: true };
      }
      case 'call_starting':
      case 'call_answered':
      case 'call_interrupted':
      case 'operator':
        return ofOrder(orders.order(event.orderId));
      case 'webhook':
        return ofOrder(orders.ofWebhook(event.reading));
      case 'timer':
        return event.timer.kind === 'draft_reminder'
          ? ofConversation(event.timer.conversationId)
          : ofOrder(orders.order(event.timer.orderId));
      case 'wallet':
      case 'price':
        return ofOrder(null);
      default:
        return assertNever(event);
    }
  };

  const walletOf = (event: TurnEvent): KnownWallet | null =>
    event.kind === 'wallet' ? wallets.known(event.owner, event.key) : null;

  const knownOf = (event: TurnEvent, sales: Sales): Known => {
    const { customer, conversation, order, talk } = subjectOf(event);
    const about = talk ? customer : null;
    const ownPhones = about === null ? [] : people.ownPhones(about.id);
    const recentOrders = about === null ? [] : orders.recent(about.id);
    const payer = about === null ? null : payerOf(conversation);
    const read: Record<string, number> = { [SALES_SWITCH]: sales.version };
    if (conversation !== null) read[`conversation:${conversation.id}`] = conversation.version;
    if (customer !== null) read[`customer:${customer.id}`] = versions.of(`customer:${customer.id}`);
    if (payer !== null) read[`payer:${payer}`] = versions.of(`payer:${payer}`);
    if (order !== null) read[`order:${order.id}`] = order.version;
    for (const recent of recentOrders) read[`order:${recent.id}`] = recent.version;
    const wallet = walletOf(event);
    if (wallet !== null) read[SMS_PRICES] = versions.of(SMS_PRICES);
    if (wallet?.wallet != null) read[`wallet:${wallet.wallet.id}`] = wallet.wallet.version;
    return {
      customer,
      conversation,
      ownPhones,
      recentOrders,
      payerUse: about === null || payer === null ? null : orders.payerUse(payer, about.id, ownPhones.includes(payer), event.at),
      order,
      wallet,
      unseen:
        talk && conversation !== null && (conversation.blockedAt !== null || asking.get(chatLane(conversation.id)) !== undefined),
      salesStopped: sales.stopped,
      versions: read,
    };
  };

  return (events) =>
    read(() => {
      const reason = salesStopped.get(SALES_STOPPED);
      const sales = { stopped: reason === undefined || reason === '' ? null : reason, version: versions.of(SALES_SWITCH) };
      return events.map((event) => knownOf(event, sales));
    });
}

function payerOf(conversation: Conversation | null): Msisdn | null {
  const value = conversation?.session.draft?.slots['payer']?.value;
  return typeof value === 'string' && /^254[17]\d{8}$/.test(value) ? msisdn(value) : null;
}
