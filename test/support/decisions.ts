/** Owns what tests of decisions start from: one order, one chat, what is known of them, and the rules of a shop. Nothing is stored. */

import { buyAirtime } from '../../src/conversation/flows/buy-airtime.ts';
import { buySms } from '../../src/conversation/flows/buy-sms.ts';
import { newSession, type Session } from '../../src/conversation/session.ts';
import { ALL_CLOSED } from '../../src/domain/breaker.ts';
import type { WalletAt } from '../../src/domain/wallet-owner.ts';
import type { PayerUse, PurchaseUse } from '../../src/domain/limits.ts';
import { kes } from '../../src/domain/money.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import type { AirtimeOrder, SmsOrder } from '../../src/domain/order.ts';
import type { InboundMessage } from '../../src/ports/channel.ts';
import type { Change, Conversation, Known, Turn, TurnEvent } from '../../src/ports/store.ts';
import { loadReference } from '../../src/reference.ts';
import type { Rules } from '../../src/services/decide.ts';
import { walletCounted } from '../../src/ports/counted.ts';
import { LIMITS } from './limits.ts';

export const NOW = Date.UTC(2026, 10, 23, 9);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const OWN = msisdn('254722000001');
export const MUM = msisdn('254733000002');

export function anOrder(more: Partial<AirtimeOrder> = {}): AirtimeOrder {
  return {
    id: 'o-1',
    reference: 'JZ7K2M4QPW',
    kind: 'airtime',
    state: 'awaiting_payment',
    customerId: 'c-1',
    conversationId: 'v-1',
    amountKes: kes(100),
    recipient: MUM,
    recipientNetwork: null,
    recipientName: null,
    payer: OWN,
    paymentNetwork: 'M-Pesa',
    draft: 'draft001',
    revision: 3,
    triesNotSent: 0,
    upstreamReference: 'UP1',
    promptLiveUntil: NOW + 3 * MINUTE_MS,
    createdAt: NOW,
    changedAt: NOW,
    version: 7,
    ...more,
  };
}

export function anSmsOrder(more: Partial<SmsOrder> = {}): SmsOrder {
  const { kind: _, recipient: _to, recipientNetwork: _on, recipientName: _called, ...common } = anOrder();
  return {
    ...common,
    kind: 'sms',
    paymentNetwork: 'M-Pesa',
    wallet: { appId: null, userId: 'c-1' },
    units: 125,
    price: { milliKes: 800, source: 'platform' },
    walletAt: 'own',
    paidAt: null,
    restoredAt: null,
    takenBackAt: null,
    paymentNamedBy: 'answer',
    ...more,
  };
}

export function aChat(session: Partial<Session> = {}, more: Partial<Conversation> = {}): Conversation {
  return {
    id: 'v-1',
    customerId: 'c-1',
    address: { channel: 'telegram', account: 'bot', chat: '42' },
    session: { ...newSession('en'), noticed: true, ...session },
    blockedAt: null,
    version: 4,
    ...more,
  };
}

/** A purchase that is all but confirmed. */
export function anOpenDraft(touchedAt: number): NonNullable<Session['draft']> {
  const said = (value: string | number): { value: string | number; how: 'said' } => ({ value, how: 'said' });
  return {
    id: 'draft002',
    flow: buyAirtime.name,
    flowVersion: buyAirtime.version,
    slots: { recipient: said(MUM), amount: said(50), payer: said(OWN), paymentNetwork: said('M-Pesa') },
    asking: 'confirm',
    revision: 2,
    touchedAt,
    reminded: false,
  };
}

/** The versions are those of what is handed in. */
export function knownOf(more: Partial<Known> = {}): Known {
  const { conversation = null, order = null, recentOrders = [] } = more;
  const versions: Record<string, number> = {
    'switch:sales': 0,
    'switch:breaker:topups': 0,
    'switch:breaker:daraja': 0,
    'switch:breaker:tuku': 0,
  };
  if (conversation !== null) versions[`conversation:${conversation.id}`] = conversation.version;
  for (const one of order === null ? recentOrders : [order, ...recentOrders]) versions[`order:${one.id}`] = one.version;
  if (more.wallet?.wallet != null) versions[walletCounted(more.wallet.owner)] = more.wallet.wallet.version;
  for (const { userId, version } of more.erasing?.wallets ?? []) versions[walletCounted({ appId: null, userId })] = version;
  return {
    customer: conversation === null ? null : { id: conversation.customerId, name: 'Achieng' },
    conversation,
    ownPhones: [OWN],
    claim: null,
    channels: [],
    recentOrders,
    use: null,
    stopped: [],
    order,
    unseen: false,
    askedAt: null,
    salesStopped: null,
    smsWallets: null,
    alertsStopped: false,
    wallet: null,
    alert: null,
    remote: null,
    breakers: ALL_CLOSED,
    operators: [],
    joining: null,
    versions,
    ...more,
  };
}

/** Nothing was bought today, and nothing rang: what a purchase of `MUM`'s airtime, paid by `OWN`, is measured by. */
export function freeUse(payer: Partial<PayerUse> = {}, more: Partial<PurchaseUse> = {}): PurchaseUse {
  const nothing = { orders: 0, kes: kes(0) };
  return {
    payer: {
      payer: OWN,
      own: true,
      stopped: false,
      promptsLastHour: 0,
      promptsLastDay: 0,
      promptsByCustomerLastDay: 0,
      newPayersLastHour: 0,
      newPayersLastDay: 0,
      strangersLastHour: 0,
      approvedBefore: false,
      lastPrompts: [],
      live: null,
      ...payer,
    },
    recipient: MUM,
    today: { person: nothing, payer: nothing, recipient: nothing },
    ...more,
  };
}

let reference: ReturnType<typeof loadReference> | null = null;

export function rulesOf(
  more: Partial<Rules> & { readonly simulated?: boolean; readonly sellsSms?: boolean; readonly walletsAt?: WalletAt } = {},
): Rules {
  reference ??= loadReference();
  const { simulated = false, sellsSms = false, walletsAt = 'own', ...rules } = more;
  return {
    business: {
      name: 'Duka',
      supportContact: '0700 000 000',
      limits: LIMITS,
      simulated,
      sellsSms,
      walletsAt,
      smsSimulated: simulated,
    },
    ...reference,
    flows: [buyAirtime, buySms],
    capabilities: () => ({ buttons: true, asksOwnPhone: true, retireButtons: true }),
    webhooksReachUs: true,
    airtimeOff: null,
    breaker: { failures: 5, withinMs: 5 * MINUTE_MS, waitMs: MINUTE_MS },
    salt: 'salt',
    ...rules,
  };
}

export function aMessage(more: Partial<InboundMessage> = {}, at = NOW): Extract<TurnEvent, { kind: 'message' }> {
  const message: InboundMessage = {
    address: { channel: 'telegram', account: 'bot', chat: '42' },
    sender: '42',
    messageId: 'm-1',
    sentAt: at,
    locale: null,
    senderName: 'Achieng',
    ownPhone: null,
    content: { kind: 'text', text: 'hello' },
    ...more,
  };
  return { kind: 'message', id: `m:telegram:bot:42:${message.messageId}`, at, message };
}

export function only<Kind extends Change['kind']>(turn: Turn, kind: Kind): Extract<Change, { kind: Kind }>[] {
  return turn.changes.filter((change): change is Extract<Change, { kind: Kind }> => change.kind === kind);
}

/** The keys of all that is said, in order. */
export function said(turn: Turn): string[] {
  return only(turn, 'say').flatMap(({ reply }) => reply.parts.map(({ key }) => key));
}

/** `event: from -> to` of the order's steps; a step that changes nothing goes to itself. */
export function steps(turn: Turn): string[] {
  return only(turn, 'advance_order').map(({ event, from, to }) => `${event}: ${from} -> ${to ?? 'nothing'}`);
}

/** What the operator is told, without the reference. */
export function attention(turn: Turn): string[] {
  return only(turn, 'audit').map(({ what, detail }) => `${what}: ${detail.replace(/^JZ\w+ /, '')}`);
}
