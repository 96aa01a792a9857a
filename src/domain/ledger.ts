/**
 * Owns the books, as data: the chart of accounts, and what becomes a journal. A transfer moves one asset from its debit account to its
 * credit account, so nothing here can be out of balance. What moves when is decided by orders; how it is kept, by the store.
 */

import { assert } from '../lib/assert.ts';
import type { Order, OrderKind } from './order.ts';
import { MILLIKES_PER_KES } from './money.ts';

/** KES in thousandths of a shilling, SMS in hundredths of a message: integers, whatever a rate divides. */
export type Asset = 'KES' | 'SMS';

export const HUNDREDTHS_PER_SMS = 100;

/** What an account is, for ever: its balance (credited less debited) never goes below the floor, if it has one. */
export interface Account {
  readonly id: string;
  readonly asset: Asset;
  /** Null: the world outside, or a count of what we sold. */
  readonly floor: number | null;
}

export interface Transfer {
  readonly debit: Account;
  readonly credit: Account;
  /** In the asset's smallest unit, 1 or more. */
  readonly amount: number;
}

export type JournalKind =
  /** An order was delivered. */
  | 'sale'
  /** Money came into a wallet and became messages, as far as it went. */
  | 'top_up'
  /** Messages of a wallet were spent. */
  | 'use'
  /** An operator put messages into a wallet or took some out, with a reason. */
  | 'adjustment'
  /** Undoes one other journal, exactly. */
  | 'reversal';

export interface Journal {
  /** The same key is never posted twice. */
  readonly key: string;
  readonly kind: JournalKind;
  readonly orderId: string | null;
  /** The key of the journal that this one undoes. */
  readonly reverses: string | null;
  readonly transfers: readonly Transfer[];
}

/** Who takes a customer's money: an upstream that delivers for it, M-Pesa, or a program that asks us to top up. */
export type PaidThrough = 'topups' | 'daraja' | 'program';

/** Money that customers paid, on somebody's word. */
export const paidThrough = (provider: PaidThrough): Account => ({ id: `paid-through:${provider}`, asset: 'KES', floor: null });

const sold = (goods: OrderKind): Account => ({ id: `sold:${goods}`, asset: 'KES', floor: null });

/** What somebody has with us; it cannot be overdrawn. */
export const walletAccount = (walletId: string, asset: Asset): Account => ({
  id: `wallet:${walletId}:${asset}`,
  asset,
  floor: 0,
});

/** The wallets whose balance a journal moves, by their id. */
export function walletsMovedBy({ transfers }: Pick<Journal, 'transfers'>): ReadonlySet<string> {
  const accounts = transfers.flatMap(({ debit, credit }) => [debit.id, credit.id]);
  return new Set(accounts.flatMap((id) => /^wallet:(.+):(?:KES|SMS)$/.exec(id)?.[1] ?? []));
}

/** Where shillings go and messages come from when one is bought with the other. */
export const exchange = (asset: Asset): Account => ({ id: `exchange:${asset}`, asset, floor: null });

/** The key of its sale: an order is sold once. */
export const saleKey = (orderId: string): string => `sale:${orderId}`;

/** The sale that an order is which somebody else delivered; where we fill a wallet ourselves, it is topped up instead. One key per order: however often it is told that it arrived, it is sold once. */
export function saleOf({ id, kind, amountKes }: Pick<Order, 'id' | 'kind' | 'amountKes'>): Journal {
  const transfer = {
    debit: paidThrough(kind === 'airtime' ? 'topups' : 'daraja'),
    credit: sold(kind),
    amount: amountKes * MILLIKES_PER_KES,
  };
  return journal({ key: saleKey(id), kind: 'sale', orderId: id, reverses: null, transfers: [transfer] });
}

/** The key of the journal by which an order of SMS is delivered: it fills its wallet once. */
export const deliveryKey = (orderId: string): string => `delivery:${orderId}`;

/** What was posted, the other way round. */
export function reversalOf({ key, orderId, transfers }: Journal): Journal {
  const back = transfers.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount }));
  return journal({ key: `reversal:${key}`, kind: 'reversal', orderId, reverses: key, transfers: back });
}

/** The journal itself, if it may be posted; throws otherwise. */
export function journal(one: Journal): Journal {
  assert(one.transfers.length > 0, `journal ${one.key} moves nothing`);
  assert((one.kind === 'reversal') === (one.reverses !== null), `journal ${one.key} is half a reversal`);
  for (const { debit, credit, amount } of one.transfers) {
    assert(Number.isSafeInteger(amount) && amount > 0, `journal ${one.key} moves ${amount}`);
    assert(debit.id !== credit.id, `journal ${one.key} moves from ${debit.id} to itself`);
    assert(debit.asset === credit.asset, `journal ${one.key} turns ${debit.asset} into ${credit.asset}`);
  }
  return one;
}

/** The balance of every account that the transfers touch: credited less debited. */
export function balancesOf(
  transfers: readonly { readonly debit: Pick<Account, 'id'>; readonly credit: Pick<Account, 'id'>; readonly amount: number }[],
): ReadonlyMap<string, number> {
  const balances = new Map<string, number>();
  for (const { debit, credit, amount } of transfers) {
    balances.set(debit.id, (balances.get(debit.id) ?? 0) - amount);
    balances.set(credit.id, (balances.get(credit.id) ?? 0) + amount);
  }
  return balances;
}
