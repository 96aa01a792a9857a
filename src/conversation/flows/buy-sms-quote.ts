/**
 * Owns what a purchase of SMS comes to: the amount as it was asked for, in shillings or in messages, and what it makes of the other at the
 * price in force. A quote is kept in its draft as text, so that the yes is to exactly what was shown.
 */

import { kesFor, PRICE_SOURCES, unitsFor, type PriceInForce } from '../../domain/tariff.ts';
import type { OwnWallet } from '../../domain/wallet-owner.ts';
import { slotText } from '../flow.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { MILLIKES_PER_KES } from '../../domain/money.ts';

/** More than anybody buys at once, whatever it costs: a slip of the keyboard. */
export const MOST_ASKED = 10_000_000;

export interface Asked {
  readonly count: number;
  readonly unit: 'KES' | 'SMS';
}

export interface Quote {
  /** `walletKey` of the wallet that is filled. */
  readonly key: string;
  /** At least as many as were asked for; what was left over of earlier purchases is counted in. */
  readonly units: number;
  readonly amountKes: number;
  readonly price: PriceInForce;
}

/** What the purchase comes to. Shillings are whole, so messages may be paid up to a shilling too high; what is over stays in the wallet. */
export function quoteFor({ count, unit }: Asked, { key, balances, price }: OwnWallet): Quote {
  const amountKes = unit === 'KES' ? count : kesFor(count, price.milliKes);
  const { units } = unitsFor(balances.milliKes + amountKes * MILLIKES_PER_KES, price.milliKes);
  return { key, units, amountKes, price };
}

/** "100 KES", "1000 SMS": how an amount stands in its draft and in buttons. Null: not so. */
export function askedOf(value: string): Asked | null {
  const match = /^(\d{1,8}) (KES|SMS)$/.exec(value);
  if (match === null) return null;
  const count = Number(match[1]);
  return count > MOST_ASKED ? null : { count, unit: match[2] as Asked['unit'] };
}

export function askedText({ count, unit }: Asked): string {
  return `${count} ${unit}`;
}

export function quoteText({ key, units, amountKes, price }: Quote): string {
  return [key, units, amountKes, price.milliKes, price.source].join(' ');
}

/** Null: none of ours. */
export function quoteOf(text: string): Quote | null {
  const match = /^(\w+) (\d+) (\d+) (\d+) (\w+)$/.exec(text);
  const source = PRICE_SOURCES.find((one) => one === match?.[5]);
  if (match === null || source === undefined) return null;
  const [, key = '', units, amountKes, milliKes] = match;
  return { key, units: Number(units), amountKes: Number(amountKes), price: { milliKes: Number(milliKes), source } };
}

/** The wallet that a draft fills: the one that was chosen, as long as it is the person's, else the first. */
export function walletOf(draft: Draft, around: Surroundings): OwnWallet {
  const key = slotText(draft, 'wallet');
  const [first] = around.wallets ?? [];
  const wallet = around.wallets?.find((one) => one.key === key) ?? first;
  if (wallet === undefined) throw new Error('invariant broken: a purchase of SMS without a wallet');
  return wallet;
}

/** What the draft comes to now; null while no amount was said. */
export function quoteNow(draft: Draft, around: Surroundings): Quote | null {
  const asked = askedOf(slotText(draft, 'amount') ?? '');
  return asked === null ? null : quoteFor(asked, walletOf(draft, around));
}
