/**
 * Owns what an SMS costs in a wallet that another server keeps: its price is asked before anything is promised at it. No number is shown
 * at a price that nobody has told.
 */

import type { OwnWallet } from '../../domain/wallet-owner.ts';
import { MINUTE_MS } from '../../lib/durations.ts';
import type { Slot } from '../flow.ts';
import type { Surroundings } from '../surroundings.ts';
import { walletOf } from './buy-sms-quote.ts';
import { NOTHING } from './buying-options.ts';

/** Prices change seldom; one that was told this recently is promised. */
const PRICE_FRESH_MS = 10 * MINUTE_MS;

/** It was told a short while ago, or is our own. */
export function isPriceFresh({ readAt }: OwnWallet, { business, now }: Surroundings): boolean {
  return business.walletsAt === 'own' || (readAt !== undefined && now - readAt <= PRICE_FRESH_MS);
}

/** It is known at all. */
export function isPriced({ readAt }: OwnWallet, { business }: Surroundings): boolean {
  return business.walletsAt === 'own' || readAt !== undefined;
}

/** Filled by what the server says; the draft waits while it has not answered. */
export const smsPriceSlot: Slot = {
  name: 'price',
  label: { key: 'buying:slot-amount' },
  derived: true,
  needed: (_draft, { business }) => business.walletsAt !== 'own',
  ask: () => ({ text: { key: 'buy-sms:asking-price' }, options: [] }),
  read: () => NOTHING,
  take: () => NOTHING,
  guess(draft, around) {
    const wallet = walletOf(draft, around);
    return isPriceFresh(wallet, around) ? wallet.price.milliKes : null;
  },
  show: () => null,
};
