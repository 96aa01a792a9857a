/**
 * The port of SMS wallets that another server of sms-wallet-api.txt keeps. It never says by itself that a balance changed: it has to be
 * asked. What is in wallets of our own, the store knows.
 */

import type { Kes } from '../domain/money.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { Instant } from '../lib/clock.ts';
import type { Reachability } from './airtime-provider.ts';

/** An order that was paid, for the wallet that it is to fill. */
export interface PaidTopUp {
  /** Of the order: one is one top-up, however often it is sent. */
  readonly reference: string;
  readonly owner: Buyer;
  readonly amountKes: Kes;
  /** As in `mpesa`. */
  readonly paymentMethod: string;
  /** The payment provider's. */
  readonly paymentReference: string;
  /** The same on every send of one order: a server that knows its id compares what it was sent. */
  readonly orderedAt: Instant;
}

export type TopUpAnswer =
  /** Whole messages; the price in thousandths of a shilling. */
  | { readonly kind: 'added'; readonly smsAdded: number; readonly smsBalance: number; readonly milliKes: number }
  /** A clear no: nothing was added. `ours`: key or set-up, so every request fails until the shop mends it. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly ours: boolean }
  /** Provably nothing happened: it may be sent again. */
  | { readonly kind: 'not_sent'; readonly why: string }
  /** Anything else: it may have been added. Never repeated by itself. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface TopUpReport {
  readonly answer: TopUpAnswer;
  /** The answer's body as it came, for the record; null when there was none. */
  readonly raw: string | null;
}

export type BalanceReading =
  | { readonly kind: 'read'; readonly smsBalance: number; readonly milliKes: number; readonly changedAt: Instant | null }
  /** Nobody has topped up for this owner yet. The price: what the first SMS will cost; null: that server does not say. */
  | { readonly kind: 'no_wallet'; readonly milliKes: number | null }
  /** It could not be asked, or the answer could not be read: asked again later. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface WalletServer {
  readonly name: 'tuku';
  /** Moves nothing, so it may be asked as often as needed. Never throws for what the other side does. */
  balance(owner: Buyer): Promise<BalanceReading>;
  /** At most one request per call, never repeated, never redirected. Never throws for what the other side does. */
  topUp(paid: PaidTopUp): Promise<TopUpReport>;
  /** Opens a connection and closes it; asks nothing. For `jaza doctor`. */
  probe(): Promise<Reachability>;
}

/** As the specification lists its fields. */
export interface RemoteThreshold {
  readonly owner: Buyer;
  /** Whole messages. */
  readonly units: number;
  readonly alertType: 'sms' | 'email' | 'both';
  readonly notificationMethod: 'sms' | 'email';
  readonly alertMessage: string;
  readonly createdBy: string;
}

export type ThresholdAnswer = { readonly kind: 'set' } | Exclude<TopUpAnswer, { kind: 'added' }>;

/** What only a server that warns its own customers is asked; ours keeps thresholds in its own books. */
export interface RemoteThresholds {
  /** Setting the same again changes nothing. Never throws for what the other side does. */
  setThreshold(threshold: RemoteThreshold): Promise<ThresholdAnswer>;
}
