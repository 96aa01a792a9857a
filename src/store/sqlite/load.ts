/** Owns `load`: what is known about each event of a batch, read in one consistent view. */

import { ALL_CLOSED, breakerSwitch, ofEachUpstream, UPSTREAMS, type Breakers } from '../../domain/breaker.ts';
import type { Order } from '../../domain/order.ts';
import { assertNever } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import type { OperatorCommand } from '../../ports/desk.ts';
import type { Conversation, Customer, Known, Needs, NeedsOf, Timer, TurnEvent } from '../../ports/store.ts';
import type { BreakerRow } from './breaker.ts';
import type { Db } from './connection.ts';
import { asError, isUnavailable, type DbTransactions } from './db-transaction.ts';
import { codeIn } from '../../lib/one-time-code.ts';
import { chatLane } from './outbox-queue.ts';
import { erasingReader } from './read-erasing.ts';
import { operatorsReader } from './read-operators.ts';
import { ordersReader } from './read-orders.ts';
import { peopleReader, UnreadableSession, type PeopleReader } from './read-people.ts';
import { SALES_STOPPED } from './settings.ts';
import type { StopList } from './stop-list.ts';
import { usageReader } from './read-usage.ts';
import type { Versions } from './versions.ts';
import { walletKnower } from './know-wallet.ts';
import { remoteKnower } from './know-remote.ts';
import type { ThresholdsReader } from './read-thresholds.ts';
import type { WalletsReader } from './read-wallets.ts';
import type { Receipts } from './receipts.ts';
import type { WalletOwners } from './wallet-owners.ts';
import {
  PRICES_COUNTED,
  SALES_COUNTED,
  paymentCounted,
  walletCounted,
  type Counted,
  type VersionsRead,
} from '../../ports/counted.ts';
import { type AlertChat, type KnownAlert } from '../../ports/alert.ts';
import { type KnownWallet } from '../../ports/wallet.ts';

/** What an event is about, before the rest is read. */
interface Subject {
  readonly customer: Customer | null;
  readonly conversation: Conversation | null;
  readonly order: Order | null;
  /** A person speaks, or is spoken to about a draft: their numbers, orders and limits matter. */
  readonly talk: boolean;
}

/** The same for every event of a batch. */
interface Shop {
  readonly salesStopped: string | null;
  readonly breakers: Breakers;
  readonly operators: Known['operators'];
  readonly versions: VersionsRead;
}

export interface LoadParts {
  readonly versions: Versions;
  readonly breaker: BreakerRow;
  readonly stopList: StopList;
  readonly wallets: WalletsReader;
  readonly receipts: Pick<Receipts, 'creditedFor' | 'ofPaid'>;
  readonly thresholds: ThresholdsReader;
  readonly owners: WalletOwners;
  readonly needsOf: NeedsOf;
}

type Load = (events: readonly TurnEvent[], needs?: ReadonlyMap<string, Needs>) => Known[];

/** Every event may rest on these. */
const OF_THE_SHOP: readonly Counted[] = [SALES_COUNTED, ...UPSTREAMS.map(breakerSwitch)];
const NOTHING_MORE: Needs = {};

export function loader(
  db: Db,
  { read }: DbTransactions,
  { versions, breaker, stopList, wallets, receipts, thresholds, owners, needsOf }: LoadParts,
): Load {
  const people = peopleReader(db);
  const orders = ordersReader(db);
  const usage = usageReader(db, stopList);
  const desk = operatorsReader(db);
  const erasingOf = erasingReader(db);
  const salesStopped = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();

  const askedAt = db.prepare<[string], Instant | null>('SELECT asked_at FROM conversation WHERE id = ?').pluck();
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

  const ofTimer = (timer: Timer): Subject => {
    if (timer.kind === 'draft_reminder' || timer.kind === 'price_told') return ofConversation(timer.conversationId);
    if (timer.kind === 'threshold_due' || timer.kind === 'alert_failed') return ofOrder(null);
    const about = ofOrder(orders.order(timer.orderId));
    if (timer.kind !== 'tell_elsewhere' || about.customer === null) return about;
    return { ...about, conversation: people.lastChat(about.customer.id, timer.conversationId) };
  };

  const ofCommand = (command: OperatorCommand): Subject => {
    if (command.what === 'say') return { ...ofConversation(command.conversationId), talk: false };
    return { ...ofOrder(null), customer: command.what === 'erase_customer' ? people.byId(command.customerId) : null };
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
      case 'stop_list':
        return ofOrder(null);
      case 'webhook':
        return ofOrder(orders.ofWebhook(event.reading));
      case 'payment_callback':
        return ofOrder(orders.ofCallback(event.reference, event.reading));
      case 'timer':
        return ofTimer(event.timer);
      case 'command':
        return ofCommand(event.command);
      case 'wallet':
      case 'threshold':
      case 'balance_read':
      case 'price':
      case 'incident':
        return ofOrder(null);
      default:
        return assertNever(event);
    }
  };

  const walletOf = walletKnower(wallets, thresholds);
  const remoteOf = remoteKnower(db, people, owners);

  const knownOf = (event: TurnEvent, shop: Shop, needs: Needs): Known => {
    const { customer, conversation, order, talk } = subjectOf(event);
    const about = talk ? customer : null;
    const ownPhones = about === null ? [] : people.ownPhones(about.id);
    // What the network vouches for with this very message is theirs already.
    const vouched = event.kind === 'message' ? event.message.ownPhone : null;
    const own = vouched === null || ownPhones.includes(vouched) ? ownPhones : [vouched, ...ownPhones];
    const recentOrders = about === null ? [] : orders.recent(about.id);
    const claim = vouched === null ? null : people.claimOn(vouched);
    // One who speaks for the first time has done nothing yet.
    const person = about?.id ?? '';
    const drafted = talk && conversation !== null ? needsOf(conversation.session) : NOTHING_MORE;
    const parties = talk ? (needs.parties ?? drafted.parties ?? null) : null;
    const read: Record<Counted, number> = { ...shop.versions };
    const note = (name: Counted): void => void (read[name] = versions.of(name));
    if (conversation !== null) read[`conversation:${conversation.id}`] = conversation.version;
    if (customer !== null) note(`customer:${customer.id}`);
    if (claim !== null) note(`customer:${claim.customerId}`);
    if (parties !== null) note(`payer:${parties.payer}`);
    if (parties?.recipient != null) note(`recipient:${parties.recipient}`);
    if (order !== null) read[`order:${order.id}`] = order.version;
    const payment = paymentIn(event);
    const holder = payment === null ? null : orders.holderOf(payment);
    if (payment !== null) note(paymentCounted(payment));
    const brought = receiptIn(event);
    const creditedBefore = brought === null ? null : receipts.creditedFor(brought);
    const delivered = event.kind === 'call_starting' && event.purpose === 'deliver_sms';
    const receipt = delivered && order !== null ? receipts.ofPaid(order.id) : null;
    for (const recent of recentOrders) read[`order:${recent.id}`] = recent.version;
    const aboutSms = talk && (needs.wallets ?? drafted.wallets) === true;
    const smsWallets = aboutSms ? owners.of(person, own) : null;
    for (const { owner, open } of smsWallets ?? []) read[walletCounted(owner)] = open?.version ?? 0;
    const wallet = walletOf(event, order);
    const alert =
      event.kind === 'timer' && event.timer.kind === 'alert_failed' ? thresholds.alert(event.timer.alertId, event.at) : null;
    if (wallet !== null || smsWallets !== null) note(PRICES_COUNTED);
    if (wallet !== null) read[walletCounted(wallet.owner)] = wallet.wallet?.version ?? 0;
    for (const { conversation: told } of chatsOf(wallet, alert)) read[`conversation:${told.id}`] = told.version;
    const remote = event.kind === 'balance_read' ? remoteOf(event.owner) : null;
    for (const { conversation: asks } of remote?.askers ?? []) read[`conversation:${asks.id}`] = asks.version;
    const { erasing } = erasingOf(event);
    for (const { userId, version } of erasing?.wallets ?? []) read[walletCounted({ appId: null, userId })] = version;
    return {
      customer,
      conversation,
      ownPhones,
      claim,
      channels: about === null || claim === null || claim.customerId === about.id ? [] : people.channels(about.id),
      recentOrders,
      use: parties === null ? null : usage(parties, person, own, event.at),
      stopped: own.filter((number) => stopList.has(number)),
      order,
      ...(holder === null || holder === order?.reference ? {} : { paymentHolder: holder }),
      ...(receipt === null ? {} : { receipt }),
      ...(creditedBefore === null ? {} : { creditedBefore }),
      wallet,
      alert,
      remote,
      smsWallets,
      alertsStopped: talk && thresholds.wantsNone(person),
      askedAt: conversation === null || !talk ? null : (askedAt.get(conversation.id) ?? null),
      unseen:
        talk && conversation !== null && (conversation.blockedAt !== null || asking.get(chatLane(conversation.id)) !== undefined),
      salesStopped: shop.salesStopped,
      breakers: shop.breakers,
      operators: shop.operators,
      joining: mayJoin(event) ? desk.joining(conversation?.id ?? null, event.at) : null,
      ...(erasing === undefined ? {} : { erasing }),
      versions: read,
    };
  };

  return (events, needs) =>
    read(() => {
      const reason = salesStopped.get(SALES_STOPPED);
      const shop: Shop = {
        salesStopped: reason === undefined || reason === '' ? null : reason,
        breakers: ofEachUpstream((upstream) => breaker.get(upstream)),
        operators: desk.all(),
        versions: Object.fromEntries(OF_THE_SHOP.map((name) => [name, versions.of(name)])),
      };
      return events.map((event) => {
        try {
          return knownOf(event, shop, needs?.get(event.id) ?? NOTHING_MORE);
        } catch (thrown) {
          if (isUnavailable(thrown)) throw thrown;
          return spoilt(event, shop, asError(thrown), people);
        }
      });
    });
}

/** Whom an alert of the wallet could reach, or who is left to be told of one. */
function chatsOf(wallet: KnownWallet | null, alert: KnownAlert | null): readonly AlertChat[] {
  const { ownChats, namedChats } = wallet?.alerting ?? {};
  const spare = (alert?.sends ?? []).flatMap(({ chat }) => (chat === null ? [] : [chat]));
  return [...(ownChats?.values() ?? []), ...(namedChats?.values() ?? []), ...spare];
}

/** What is left of an event that rests on a broken row: enough to say so in its chat. */
function spoilt(event: TurnEvent, { operators }: Shop, error: Error, people: PeopleReader): Known {
  return {
    customer: null,
    ownPhones: [],
    claim: null,
    channels: [],
    recentOrders: [],
    use: null,
    stopped: [],
    order: null,
    unseen: false,
    askedAt: null,
    salesStopped: null,
    breakers: ALL_CLOSED,
    operators,
    wallet: null,
    alert: null,
    remote: null,
    smsWallets: null,
    alertsStopped: false,
    joining: null,
    versions: {},
    ...chatLeft(event, error, people),
  };
}

function chatLeft(event: TurnEvent, error: Error, people: PeopleReader): Pick<Known, 'conversation' | 'unreadable'> {
  if (event.kind !== 'message') return { conversation: null, unreadable: { error, lostChat: null } };
  try {
    return { conversation: people.conversationAt(event.message.address), unreadable: { error, lostChat: null } };
  } catch (thrown) {
    if (!(thrown instanceof UnreadableSession)) throw thrown;
    return { conversation: null, unreadable: { error, lostChat: thrown.conversationId } };
  }
}

/** The provider's reference of the payment that the event would have its order take. */
function paymentIn(event: TurnEvent): string | null {
  if (event.kind === 'payment_callback') return event.reading.kind === 'read' ? event.reading.upstreamReference : null;
  if (event.kind !== 'call_answered' || event.purpose !== 'request_payment') return null;
  return event.answer.kind === 'accepted' ? event.answer.upstreamReference : null;
}

function receiptIn(event: TurnEvent): string | null {
  return event.kind === 'payment_callback' && event.reading.kind === 'read' ? event.reading.receipt : null;
}

function mayJoin(event: TurnEvent): boolean {
  return event.kind === 'message' && event.message.content.kind === 'text' && codeIn(event.message.content.text) !== null;
}
