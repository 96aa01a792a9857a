/**
 * Owns how a wallet's `userId` says whose it is. One that reads as a Kenyan number belongs to whoever verified that number, so it changes
 * hands with it; one that is a customer's id belongs to that customer; any other is tied to a customer by hand, or to nobody who chats.
 */

import type { Instant } from '../lib/clock.ts';
import { shortName } from '../lib/ids.ts';
import { msisdn, type Msisdn } from './msisdn.ts';
import type { Buyer, PriceInForce } from './tariff.ts';
import type { Threshold } from './threshold.ts';
import type { Balances } from './wallet.ts';

/** Who keeps the wallets of SMS: we ourselves, on our ledger, or another server of the same API. */
export const WALLETS_AT = ['own', 'tuku'] as const;
export type WalletAt = (typeof WALLETS_AT)[number];

/** Who set a threshold, where its own person did so in a chat: the `createdBy` of it. */
export const SET_IN_CHAT = 'chat';

export interface OwnAlert extends Threshold {
  readonly id: string;
  readonly createdBy: string;
}

/** A wallet of a person who chats; or the one that their first purchase opens. */
export interface OwnWallet {
  /** Of `walletKey`. */
  readonly key: string;
  readonly owner: Buyer;
  /** By what it is theirs. `earlier`: by the id of a customer who has become one with this one. */
  readonly by: 'link' | 'number' | 'customer' | 'earlier';
  /** Null: it is not open yet. `changedAt`: of the balance. */
  readonly open: { readonly id: string; readonly changedAt: Instant; readonly version: number } | null;
  readonly balances: Balances;
  /** Thresholds below which somebody is told; none of a wallet that is not open. */
  readonly alerts: readonly OwnAlert[];
  /** Of its owner, now. */
  readonly price: PriceInForce;
  /** When another server, which keeps it, last told what is in it, or that it has none. Absent: it is kept here, or that server never answered. */
  readonly readAt?: Instant;
}

/** Another server keeps the wallet and has not said what an SMS costs there: what is bought is about so many. */
export function isEstimated({ price, walletAt }: { readonly price: PriceInForce; readonly walletAt: WalletAt }): boolean {
  return walletAt !== 'own' && price.source === 'default';
}

/** So many SMS at least, or a person looks: as many as were promised, and of an estimate no less than half. */
export function promisedUnits(order: {
  readonly price: PriceInForce;
  readonly walletAt: WalletAt;
  readonly units: number;
}): number {
  return isEstimated(order) ? Math.ceil(order.units / 2) : order.units;
}

/** Six characters that name a wallet in a button: the same before it is opened and after. */
export function walletKey({ appId, userId }: Buyer): string {
  return shortName(JSON.stringify([appId, userId]));
}

const AS_NUMBER = /^(?:\+?254|0)?([17]\d{8})$/;

/** The number that a userId reads as; null: none, or it is an app's, and means what the app says. */
export function numberOf({ appId, userId }: Buyer): Msisdn | null {
  const national = appId === null ? AS_NUMBER.exec(userId)?.[1] : undefined;
  return national === undefined ? null : msisdn(`254${national}`);
}

const AS_CUSTOMER = /^c[0-9a-hjkmnp-tv-z]{16}$/;

/** Whose it is stands in the userId itself, so it can be tied to nobody else. Null: it does not. */
export function saidBy(owner: Buyer): 'number' | 'customer' | null {
  if (numberOf(owner) !== null) return 'number';
  return owner.appId === null && AS_CUSTOMER.test(owner.userId) ? 'customer' : null;
}

/** Every userId that reads as this number. */
export function userIdsOf(number: Msisdn): readonly string[] {
  const national = number.slice(3);
  return [number, `+${number}`, `0${national}`, national];
}
