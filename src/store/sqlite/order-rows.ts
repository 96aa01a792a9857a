/**
 * Owns how an order lies in its table: shillings as cents, numbers as rows of `phone`. Where it is read, it is read whole; a state
 * or network that we do not know throws, because no rule of money holds for it.
 */

import { msisdn } from '../../domain/msisdn.ts';
import { kes } from '../../domain/money.ts';
import {
  ORDER_STATES,
  PAYMENT_NAMED_BY,
  type AirtimeOrder,
  type Order,
  type SmsOrder,
  type Standing,
} from '../../domain/order.ts';
import { PRICE_SOURCES } from '../../domain/tariff.ts';
import { WALLETS_AT } from '../../domain/wallet-owner.ts';
import { PAYMENT_NETWORKS, RECIPIENT_NETWORKS } from '../../domain/networks.ts';
import type { orders } from './schema.ts';

export const CENTS_PER_KES = 100;

type Columns = Omit<typeof orders.$inferSelect, 'currency' | 'recipient_phone' | 'payer_phone' | 'ringing_phone'>;
export type OrderRow = Columns & { readonly recipient: string | null; readonly payer: string };

/** To be followed by a WHERE on `o`. An order whose numbers were erased is not found. */
export const SELECT_ORDER = `SELECT o.id, o.ref, o.kind, o.state, o.customer_id, o.conversation_id, o.amount_minor,
  recipient.msisdn AS recipient, o.recipient_network, o.recipient_name, o.wallet_app_id, o.wallet_user_id, o.sms_units, o.price_millikes,
  o.price_source, o.wallet_at, o.paid_at, o.payment_named_by, o.restored_at, o.taken_back_at, payer.msisdn AS payer, o.payment_network, o.draft, o.revision,
  o.tries_not_sent, o.upstream_reference, o.prompt_live_until, o.created_at, o.changed_at, o.version
  FROM orders o
  LEFT JOIN phone recipient ON recipient.id = o.recipient_phone
  JOIN phone payer ON payer.id = o.payer_phone AND payer.msisdn IS NOT NULL
    AND (o.recipient_phone IS NULL OR recipient.msisdn IS NOT NULL)`;

export function toOrder(row: OrderRow): Order {
  const common = {
    id: row.id,
    reference: row.ref,
    state: oneOf(ORDER_STATES, row.state, row),
    customerId: row.customer_id,
    conversationId: row.conversation_id,
    amountKes: kes(row.amount_minor / CENTS_PER_KES),
    payer: msisdn(row.payer),
    draft: row.draft,
    revision: row.revision,
    triesNotSent: row.tries_not_sent,
    upstreamReference: row.upstream_reference,
    promptLiveUntil: row.prompt_live_until,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    version: row.version,
  };
  const kind = oneOf(KINDS, row.kind, row);
  return kind === 'airtime' ? { ...common, ...airtimeOf(row) } : { ...common, ...smsOf(row) };
}

const KINDS: readonly Order['kind'][] = ['airtime', 'sms'];

function airtimeOf(
  row: OrderRow,
): Pick<AirtimeOrder, 'kind' | 'recipient' | 'recipientNetwork' | 'recipientName' | 'paymentNetwork'> {
  return {
    kind: 'airtime',
    recipient: msisdn(there(row.recipient, row)),
    recipientNetwork: row.recipient_network === null ? null : oneOf(RECIPIENT_NETWORKS, row.recipient_network, row),
    recipientName: row.recipient_name,
    paymentNetwork: oneOf(PAYMENT_NETWORKS, row.payment_network, row),
  };
}

function smsOf(row: OrderRow): Omit<SmsOrder, Exclude<keyof AirtimeOrder, 'kind' | 'paymentNetwork'>> {
  const appId = there(row.wallet_app_id, row);
  return {
    kind: 'sms',
    paymentNetwork: oneOf(['M-Pesa'] as const, row.payment_network, row),
    wallet: { appId: appId === '' ? null : appId, userId: there(row.wallet_user_id, row) },
    units: there(row.sms_units, row),
    price: { milliKes: there(row.price_millikes, row), source: oneOf(PRICE_SOURCES, there(row.price_source, row), row) },
    walletAt: oneOf(WALLETS_AT, there(row.wallet_at, row), row),
    paidAt: row.paid_at,
    paymentNamedBy: row.payment_named_by === null ? null : oneOf(PAYMENT_NAMED_BY, row.payment_named_by, row),
    restoredAt: row.restored_at,
    takenBackAt: row.taken_back_at,
  };
}

export type StandingRow = Pick<OrderRow, 'ref' | 'wallet_at' | 'paid_at' | 'restored_at' | 'taken_back_at'> &
  Pick<Order, 'kind' | 'state'>;

/** Of what the table of its kind is asked. */
export function standingOf(row: StandingRow): Standing {
  const { kind, state } = row;
  if (kind === 'airtime') return { kind, state };
  const { paid_at: paidAt, restored_at: restoredAt, taken_back_at: takenBackAt } = row;
  return { kind, state, walletAt: oneOf(WALLETS_AT, there(row.wallet_at, row), row), paidAt, restoredAt, takenBackAt };
}

function there<T>(value: T | null, { ref }: Pick<OrderRow, 'ref'>): T {
  if (value === null) throw new Error(`invariant broken: order ${ref} lacks what an order of its kind has`);
  return value;
}

function oneOf<T extends string>(known: readonly T[], value: string, { ref }: Pick<OrderRow, 'ref'>): T {
  const found = known.find((one) => one === value);
  if (found === undefined)
    throw new Error(`invariant broken: order ${ref} holds "${value}", which is none of ${known.join(', ')}`);
  return found;
}
