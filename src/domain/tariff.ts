/**
 * Owns what an SMS costs and how shillings become messages. A price may be set for the platform, an app or one customer; the most
 * specific wins (sms-wallet-api.txt, sms-costs). Integers only: money in thousandths of a shilling, as in the ledger.
 */

import { assert } from '../lib/assert.ts';
import { MILLIKES_PER_KES } from './money.ts';

/** Where no price is set: KES 0.8 (sms-wallet-api.txt, Default Costs). */
export const DEFAULT_PRICE_MILLIKES = 800;
/** Cheaper than any SMS anywhere: below it a few shillings would be more messages than the books can count. */
export const LOWEST_PRICE_MILLIKES = 10;
/** Dearer than any SMS in Kenya: what is above it is a slip of the keyboard. */
export const HIGHEST_PRICE_MILLIKES = 100_000;

export const PRICE_LEVELS = ['platform', 'app', 'customer'] as const;

/** Whose price it is. A customer's price may hold in one app or, without one, wherever the customer is. */
export type PriceScope =
  | { readonly level: 'platform' }
  | { readonly level: 'app'; readonly appId: string }
  | { readonly level: 'customer'; readonly appId: string | null; readonly userId: string };

export interface SmsPrice {
  readonly scope: PriceScope;
  readonly milliKes: number;
}

/** Where a price comes from; `default`: none is set. */
export const PRICE_SOURCES = [...PRICE_LEVELS, 'default'] as const;

/** What one SMS costs somebody, and on whose word: kept with every purchase. */
export interface PriceInForce {
  readonly milliKes: number;
  readonly source: (typeof PRICE_SOURCES)[number];
}

/** Who buys: `userId` is unique within its app; without an app it is the platform's own customer. */
export interface Buyer {
  readonly appId: string | null;
  readonly userId: string;
}

/** The price in force. `prices` may hold others' prices too, at most one for each scope. */
export function priceFor(prices: readonly SmsPrice[], buyer: Buyer): PriceInForce {
  let best: SmsPrice | null = null;
  for (const price of prices) {
    const weight = specificity(price.scope, buyer);
    if (weight > 0 && (best === null || weight > specificity(best.scope, buyer))) best = price;
  }
  return best === null
    ? { milliKes: DEFAULT_PRICE_MILLIKES, source: 'default' }
    : { milliKes: best.milliKes, source: best.scope.level };
}

/** How closely a price is meant for this buyer; 0: not at all. */
function specificity(scope: PriceScope, { appId, userId }: Buyer): number {
  switch (scope.level) {
    case 'platform':
      return 1;
    case 'app':
      return scope.appId === appId ? 2 : 0;
    case 'customer':
      if (scope.userId !== userId) return 0;
      return scope.appId === appId ? 4 : scope.appId === null ? 3 : 0;
  }
}

export interface Bought {
  /** Whole messages. */
  readonly units: number;
  /** What the messages cost together. */
  readonly costMilliKes: number;
  /** What is left of the money, always below the price of one SMS; it stays with the buyer and serves only for SMS. */
  readonly remainderMilliKes: number;
}

/** `availableMilliKes`: what was paid now, with what was left of earlier purchases. */
export function unitsFor(availableMilliKes: number, priceMilliKes: number): Bought {
  assert(Number.isSafeInteger(availableMilliKes) && availableMilliKes >= 0, `${availableMilliKes} is no money`);
  assert(Number.isSafeInteger(priceMilliKes) && priceMilliKes > 0, `${priceMilliKes} is no price`);
  const units = Math.floor(availableMilliKes / priceMilliKes);
  const costMilliKes = units * priceMilliKes;
  return { units, costMilliKes, remainderMilliKes: availableMilliKes - costMilliKes };
}

/** Whole shillings that buy at least so many messages. */
export function kesFor(units: number, priceMilliKes: number): number {
  assert(Number.isSafeInteger(units * priceMilliKes), `${units} messages are too many to price`);
  return Math.ceil((units * priceMilliKes) / MILLIKES_PER_KES);
}

/** "0.8", "1", "0.425": thousandths as shillings, exactly. */
export function formatMilliKes(milliKes: number): string {
  const text = String(Math.abs(milliKes)).padStart(4, '0');
  const fraction = text.slice(-3).replace(/0+$/, '');
  return `${milliKes < 0 ? '-' : ''}${text.slice(0, -3)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** "0.8" or "1.25" as people and files write it, read as text and never as a float. Null: not so. */
export function parseMilliKes(text: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,3}))?$/.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) * MILLIKES_PER_KES + Number((match[2] ?? '').padEnd(3, '0'));
}
