/** Owns the small world that the store's contract plays in: who writes, what a turn changes, which order is meant. */

import { expect } from 'vitest';
import type { ManualClock } from '../../src/lib/clock.ts';
import { reply } from '../../src/conversation/reply.ts';
import { newSession, type Draft, type Session } from '../../src/conversation/session.ts';
import { asSeen } from '../../src/domain/attention.ts';
import { saleOf } from '../../src/domain/ledger.ts';
import { kes } from '../../src/domain/money.ts';
import { msisdn, type Msisdn } from '../../src/domain/msisdn.ts';
import type { AirtimeOrder, Order, OrderEventKind, OrderState, SmsOrder } from '../../src/domain/order.ts';
import type { ChannelName, ChatAddress } from '../../src/ports/channel.ts';
import type { Change, Conversation, Known, Store, Turn, TurnEvent, TurnOutcome } from '../../src/ports/store.ts';
import { walletCounted } from '../../src/ports/counted.ts';

export const NOW = Date.UTC(2026, 10, 23, 9);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export interface OpenStore {
  readonly store: Store;
  readonly clock: ManualClock;
  close(): Promise<void>;
}

export interface Person {
  readonly name: string;
  readonly address: ChatAddress;
  readonly customerId: string;
  readonly conversationId: string;
}

export function person(name: string, channel: ChannelName = 'telegram'): Person {
  const address = { channel, account: 'bot', chat: `chat-${name}` };
  return { name, address, customerId: `c-${name}`, conversationId: `v-${name}` };
}

export const achieng = person('achieng');
export const baraka = person('baraka');

export const phones = { achieng: msisdn('254722000001'), baraka: msisdn('254733000002'), mum: msisdn('254110000003') };

let serial = 0;
/** Never the same twice in a run, never the same as an id written by hand. */
export function freshId(what: string): string {
  serial += 1;
  return `${what}~${serial}`;
}

export function message(
  who: Person,
  { id = freshId('message'), at = NOW, sender = who.name, text = 'hello' } = {},
): Extract<TurnEvent, { kind: 'message' }> {
  return {
    id,
    at,
    kind: 'message',
    message: {
      address: who.address,
      sender,
      messageId: id,
      sentAt: at,
      locale: null,
      senderName: who.name,
      ownPhone: null,
      content: { kind: 'text', text },
    },
  };
}

/** A wallet that it opens is expected not to be there yet, as by every decision. */
export function turn(event: TurnEvent, changes: readonly Change[], more: Partial<Turn> = {}): Turn {
  const opened = changes.flatMap((change) => (change.kind === 'open_wallet' ? [walletCounted(change.wallet.owner)] : []));
  return { event, read: Object.fromEntries(opened.map((name) => [name, 0])), touched: [], changes, ...more };
}

export function welcome(who: Person, session: Session = newSession('en')): Change {
  const conversation: Conversation = {
    id: who.conversationId,
    customerId: who.customerId,
    address: who.address,
    session,
    blockedAt: null,
    version: 0,
  };
  return { kind: 'welcome', customer: { id: who.customerId, name: who.name }, sender: who.name, conversation };
}

export function say(who: Person, key = 'common:hello', orderId: string | null = null): Change {
  return { kind: 'say', conversationId: who.conversationId, reply: reply(key), language: 'en', orderId };
}

export function remember(who: Person, session: Session): Change {
  return { kind: 'remember', conversationId: who.conversationId, session };
}

/** Commits one turn that is expected to go through. */
export async function commit(
  store: Store,
  event: TurnEvent,
  changes: readonly Change[],
  more: Partial<Turn> = {},
): Promise<void> {
  expect(await store.commit([turn(event, changes, more)])).toEqual([{ kind: 'committed' }]);
}

/** How one turn ended, in a word. */
export async function endOf(store: Store, one: Turn): Promise<TurnOutcome['kind']> {
  return (await store.commit([one]))[0]?.kind ?? 'unavailable';
}

export async function welcomed(store: Store, ...people: readonly Person[]): Promise<void> {
  for (const who of people) await commit(store, message(who), [welcome(who)]);
}

export async function known(store: Store, event: TurnEvent): Promise<Known> {
  const [view] = await store.load([event]);
  if (view === undefined) throw new Error('the store loads one view per event');
  return view;
}

/** A chat in the middle of a purchase that this payer is to pay. */
export function drafting(payer: Msisdn | string): Session {
  const said = (value: string | number) => ({ value, how: 'said' as const });
  const slots = { payer: said(payer), recipient: said(phones.mum), amount: said(100) };
  const draft: Draft = {
    id: 'draft123',
    flow: 'buy-airtime',
    flowVersion: 1,
    slots,
    asking: 'confirm',
    revision: 4,
    touchedAt: NOW,
    reminded: false,
  };
  const choices = [{ id: 'yes:draft123:4', label: { key: 'buy-airtime:yes', params: { amount: { kes: kes(100) } } } }];
  return { ...newSession('sw'), languageKnown: true, noticed: true, draft, choices, failures: 1 };
}

export function order(who: Person, more: Partial<AirtimeOrder> = {}): AirtimeOrder {
  const id = more.id ?? freshId('order');
  const at = more.createdAt ?? NOW;
  return {
    id,
    reference: `JZ${id}`,
    kind: 'airtime',
    state: 'confirmed',
    customerId: who.customerId,
    conversationId: who.conversationId,
    amountKes: kes(100),
    recipient: phones.mum,
    recipientNetwork: null,
    recipientName: 'Mum',
    payer: phones.achieng,
    paymentNetwork: 'M-Pesa',
    draft: freshId('draft'),
    revision: 3,
    triesNotSent: 0,
    upstreamReference: null,
    promptLiveUntil: at + 3 * MINUTE_MS,
    createdAt: at,
    changedAt: at,
    version: 0,
    ...more,
  };
}

export function smsOrder(who: Person, more: Partial<SmsOrder> = {}): SmsOrder {
  const { kind: _, recipient: _to, recipientNetwork: _on, recipientName: _called, ...common } = order(who);
  return {
    ...common,
    kind: 'sms',
    paymentNetwork: 'M-Pesa',
    wallet: { appId: null, userId: who.customerId },
    units: 125,
    price: { milliKes: 800, source: 'default' },
    walletAt: 'own',
    paidAt: null,
    restoredAt: null,
    takenBackAt: null,
    paymentNamedBy: null,
    ...more,
  };
}

export function openOrder(one: Order): Change {
  return { kind: 'open_order', order: one, actor: { kind: 'customer', id: one.customerId } };
}

/** An order as the confirmation's yes makes it: opened, and its call waiting. */
export async function placed(store: Store, who: Person, more: Partial<AirtimeOrder> = {}): Promise<AirtimeOrder> {
  const one = order(who, more);
  await commit(store, message(who, { at: one.createdAt }), [openOrder(one), firstCall(one)]);
  return one;
}

export function firstCall({ id, kind, createdAt }: Order): Change {
  return { kind: 'call', orderId: id, purpose: kind === 'airtime' ? 'buy_airtime' : 'request_payment', dueAt: createdAt };
}

type Advance = Extract<Change, { kind: 'advance_order' }>;

export function advance(
  one: Order,
  event: OrderEventKind,
  from: OrderState,
  to: OrderState | null,
  set: Advance['set'] = {},
): Advance {
  return {
    kind: 'advance_order',
    orderId: one.id,
    event,
    from,
    to,
    actor: { kind: 'upstream' },
    evidence: 'as the test says',
    rawId: null,
    set,
  };
}

export function operatorEvent(one: Order, at = NOW): TurnEvent {
  const id = freshId('operator');
  const said = { action: 'operator_cancelled', operator: 'op', evidence: 'seen', seen: asSeen(one) } as const;
  return { id, at, kind: 'operator', orderId: one.id, ...said };
}

export function callState(one: Order, state: 'started' | 'answered'): Change {
  return { kind: 'call_state', orderId: one.id, purpose: 'buy_airtime', state };
}

/** Begins the call: what is committed before its first byte. */
export async function started(store: Store, one: Order, at = NOW): Promise<void> {
  const event: TurnEvent = { id: freshId('starting'), at, kind: 'call_starting', orderId: one.id, purpose: 'buy_airtime' };
  await commit(store, event, [advance(one, 'call_starting', 'confirmed', 'submitting'), callState(one, 'started')]);
}

/** What is posted in the turn that delivers the order. */
export function sale(one: AirtimeOrder): Change {
  return { kind: 'post', journal: saleOf(one) };
}

/** All the way to delivery. */
export async function delivered(store: Store, one: AirtimeOrder, at = NOW): Promise<void> {
  await started(store, one, at);
  await commit(store, operatorEvent(one, at), [
    callState(one, 'answered'),
    advance(one, 'webhook_positive', 'submitting', 'delivered', { promptLiveUntil: null }),
    sale(one),
  ]);
}
