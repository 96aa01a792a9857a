/**
 * The port's words for wallets of SMS: whose they are, what programs may ask of them, and what is known when that is decided. A request
 * has a key; the answer it got is kept, so that the same request again gets the same answer and moves nothing.
 */

import type { Kes } from '../domain/money.ts';
import type { Buyer, PriceInForce, PriceScope, SmsPrice } from '../domain/tariff.ts';
import type { Balances, TooMuch } from '../domain/wallet.ts';
import type { Instant } from '../lib/clock.ts';
import type { Alerting, SetThreshold } from './alert.ts';

export interface Wallet {
  readonly id: string;
  readonly owner: Buyer;
  readonly openedAt: Instant;
  /** Of the balance. */
  readonly changedAt: Instant;
  readonly version: number;
}

export interface WalletView {
  readonly wallet: Wallet;
  readonly balances: Balances;
  /** Of its owner, now. */
  readonly price: PriceInForce;
}

/** `key` is unique among the requests of one kind and app; `sha256` of everything that was asked tells a repetition from a conflict. */
export interface RequestKey {
  /** A top-up whose payment failed is kept apart, so that it never stands in the way of the one that succeeds. */
  readonly kind: WalletRequest['kind'] | 'failed_top_up';
  readonly appId: string | null;
  readonly key: string;
  readonly sha256: string;
}

export type WalletRequest =
  | {
      readonly kind: 'top_up';
      readonly amountKes: Kes;
      readonly paymentMethod: string;
      readonly paymentReference: string;
      /** False: the payment failed, so nothing is added. */
      readonly paid: boolean;
      /** By the caller's word. */
      readonly toppedUpAt: Instant;
    }
  | { readonly kind: 'debit'; readonly units: number; readonly reason: string }
  /** By an operator; negative takes away. */
  | { readonly kind: 'adjustment'; readonly units: number; readonly reason: string };

/** What a program says of the payment behind a top-up; one is credited once in its app. */
export type Payment = Pick<Extract<WalletRequest, { kind: 'top_up' }>, 'paymentMethod' | 'paymentReference' | 'toppedUpAt'>;

/** Whole messages, thousandths of a shilling. Kept with the request, as it was answered. */
export type WalletAnswer =
  | {
      readonly kind: 'topped_up' | 'not_paid';
      readonly smsAdded: number;
      readonly smsBalance: number;
      readonly amountKes: number;
      readonly price: PriceInForce;
    }
  | { readonly kind: 'debited' | 'adjusted'; readonly units: number; readonly smsBalance: number }
  /** Not as many messages are there: nothing moved. */
  | { readonly kind: 'too_little'; readonly smsBalance: number }
  /** The payment was credited under another key, or is an order’s: nothing moved. */
  | { readonly kind: 'payment_used'; readonly smsBalance: number }
  /** More than a wallet takes: nothing moved. */
  | { readonly kind: 'too_much'; readonly limit: TooMuch; readonly smsBalance: number };

export interface AnsweredRequest {
  readonly sha256: string;
  readonly answer: WalletAnswer;
}

/** What a turn changes of wallets and prices, beside the journals that move what is in them. */
export type WalletChange =
  /** With the first top-up of its owner. */
  | { readonly kind: 'open_wallet'; readonly wallet: Pick<Wallet, 'id' | 'owner'> }
  | {
      readonly kind: 'answer_request';
      readonly request: RequestKey;
      /** Null: there is none, and none was opened. */
      readonly walletId: string | null;
      /** Null: nothing moved. */
      readonly journalKey: string | null;
      readonly reason: string | null;
      /** Of a top-up. */
      readonly payment: Payment | null;
      readonly answer: WalletAnswer;
    }
  | {
      readonly kind: 'sms_purchase';
      readonly journalKey: string;
      readonly walletId: string;
      readonly amountKes: number;
      readonly units: number;
      readonly price: PriceInForce;
      readonly paymentMethod: string;
    }
  /** Of the payment of an order: no program's top-up is credited for it, while the order did not end unpaid. */
  /** `credited`: a program's top-up was for it before; where that is not so at the commit, its turn is decided again. */
  | { readonly kind: 'keep_receipt'; readonly orderId: string; readonly receipt: string; readonly credited: boolean }
  /** Ties it to a customer, and from whom it was tied to before. */
  | { readonly kind: 'link_wallet'; readonly owner: Buyer; readonly customerId: string; readonly linkedBy: string }
  | { readonly kind: 'unlink_wallet'; readonly owner: Buyer }
  | {
      readonly kind: 'set_price';
      readonly scope: PriceScope;
      readonly milliKes: number | null;
      readonly setBy: string;
    };

/** A program's top-up that brought the payment of an order. */
export interface CreditedBefore {
  readonly appId: string | null;
  readonly requestKey: string;
  /** The operators have heard of it. */
  readonly told: boolean;
}

/** Loaded for a request. */
export interface KnownWallet {
  readonly owner: Buyer;
  /** Null: nobody has topped up for this owner yet. */
  readonly wallet: Wallet | null;
  readonly balances: Balances;
  /** All that may concern the owner. */
  readonly prices: readonly SmsPrice[];
  readonly answered: AnsweredRequest | null;
  /** The payment that the event tells of was credited before, or is an order's. */
  readonly paymentUsed: boolean;
  readonly thresholds: readonly SetThreshold[];
  /** Null: the event brings the balance below no threshold that is armed. */
  readonly alerting: Alerting | null;
}

/** One line of a statement, as the ledger has it. */
export interface StatementLine {
  /** Ascending within a wallet; a page begins after it. */
  readonly seq: number;
  readonly at: Instant;
  readonly what: 'top_up' | 'use' | 'adjustment' | 'reversal';
  /** Hundredths of a message; negative: spent. */
  readonly smsHundredths: number;
  readonly balanceHundredths: number;
  /** The request's key, or the order's reference. */
  readonly reference: string | null;
  readonly reason: string | null;
  /** Of the payment behind a program's top-up, as it named it. */
  readonly paymentReference: string | null;
}

/** A price that was set, with who set it and when. */
export interface SetPrice {
  readonly scope: PriceScope;
  readonly milliKes: number;
  readonly setBy: string;
  readonly setAt: Instant;
}

/** A wallet that an operator tied to a customer. */
export interface WalletLink {
  readonly owner: Buyer;
  readonly customerId: string;
  readonly customerName: string | null;
  readonly linkedBy: string;
  readonly linkedAt: Instant;
}

/** The reading side, for programs and commands. */
export interface WalletReads {
  wallet(owner: Buyer): Promise<WalletView | null>;
  /** Apps in which a user of this id has a wallet, a few at most: for who forgot to name one. */
  appsOf(userId: string): Promise<readonly string[]>;
  answerTo(request: Omit<RequestKey, 'sha256'>): Promise<AnsweredRequest | null>;
  /** Newest first, at most `limit` lines before `before`. */
  statement(walletId: string, before: number | null, limit: number): Promise<readonly StatementLine[]>;
  prices(): Promise<readonly SetPrice[]>;
}
