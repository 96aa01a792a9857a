/**
 * Owns what a conversation may look at: everything read-only, loaded before the turn began. The engine asks nobody and decides
 * from this alone; what it wants done comes back as effects.
 */

import type { Reason } from '../domain/attention.ts';
import type { Breakers } from '../domain/breaker.ts';
import type { Limits, PurchaseUse } from '../domain/limits.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Order, OrderEventKind, OrderKind } from '../domain/order.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { OwnWallet, WalletAt } from '../domain/wallet-owner.ts';
import { assertNever } from '../lib/assert.ts';
import type { Ids } from '../lib/ids.ts';
import type { Instant } from '../lib/clock.ts';
import type { Knowledge } from '../understanding/understand.ts';
import type { Phrasebook } from './phrasebook.ts';
import type { Reply } from './reply.ts';
import type { Session } from './session.ts';

/** The shop's own settings. */
export interface Business {
  readonly name: string;
  /** A phone number, an e-mail address or a link; null: none is set. */
  readonly supportContact: string | null;
  readonly limits: Limits;
  /** Purchases of airtime go to the sandbox: said to the person. */
  readonly simulated: boolean;
  /** SMS can be bought here. */
  readonly sellsSms: boolean;
  /** Who keeps the wallets that SMS are bought for. */
  readonly walletsAt: WalletAt;
  /** SMS are paid in the sandbox. */
  readonly smsSimulated: boolean;
}

/** Orders of this kind move no real money. */
export function isSimulated({ simulated, smsSimulated }: Business, kind: OrderKind): boolean {
  switch (kind) {
    case 'airtime':
      return simulated;
    case 'sms':
      return smsSimulated;
    default:
      return assertNever(kind);
  }
}

export interface Surroundings {
  readonly now: Instant;
  readonly ids: Ids;
  readonly knowledge: Knowledge;
  readonly phrasebook: Phrasebook;
  readonly business: Business;
  readonly customerId: string;
  readonly conversationId: string;
  /** The speaker's verified own numbers, the last verified first. */
  readonly own: readonly Msisdn[];
  /** The customer's orders, newest first. */
  readonly orders: readonly Order[];
  /** Null, or of other numbers than the draft's: nothing may be bought before it is loaded. */
  readonly use: PurchaseUse | null;
  /** Own numbers that are to get no payment prompts. */
  readonly stopped: readonly Msisdn[];
  /** Why an operator takes no new orders, or null. */
  readonly salesStopped: string | null;
  /** Why no airtime is sold in this configuration, or null. */
  readonly airtimeOff: string | null;
  /** The person's wallets of SMS, the first filled where nothing else is said; null: not looked at, see `needs_wallets`. */
  readonly wallets: readonly OwnWallet[] | null;
  /** The person wants no alerts on them. */
  readonly alertsStopped: boolean;
  /** No webhook can reach us: after a while of silence the customer is asked what became of an order, and is believed. */
  readonly asksWhatBecame: boolean;
  /** Before each upstream: while one does not answer, what it is needed for is not sold. */
  readonly breakers: Breakers;
  readonly channel: {
    readonly buttons: boolean;
    readonly asksOwnPhone: boolean;
    /** Every payer named here counts as one who has approved before (the terminal). */
    readonly trusted: boolean;
  };
  /** What the chat was asked last may not have been seen: words bind only to what was. */
  readonly unseen: boolean;
  /** The message is older than it should be: it may talk, it never buys. */
  readonly late: boolean;
}

export type Input =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tap'; readonly data: string; readonly on: string | null }
  | { readonly kind: 'contact'; readonly name: string | null; readonly phones: readonly string[] }
  /** The network vouches that this is the speaker's own number. */
  | { readonly kind: 'own_contact'; readonly phone: Msisdn }
  | { readonly kind: 'unsupported'; readonly what: string };

export type Effect =
  | { readonly kind: 'place_order'; readonly order: Order }
  /** What the customer says became of an order. */
  | { readonly kind: 'order_word'; readonly orderId: string; readonly event: OrderEventKind }
  /** The bot could not help: for the operator's inbox. */
  | { readonly kind: 'help_wanted'; readonly why: Reason }
  /** The owner of a number wants no payment prompts any more, or wants them again. */
  | { readonly kind: 'stop_prompts'; readonly phone: Msisdn; readonly stopped: boolean }
  /** Below so many SMS in their wallet of that key the person wants to be told in the chat; or no more. */
  | { readonly kind: 'set_alert'; readonly wallet: string; readonly units: number }
  | { readonly kind: 'remove_alert'; readonly wallet: string }
  /** The person wants no alerts of low SMS any more, in none of their chats; or wants them again. */
  | { readonly kind: 'stop_alerts'; readonly stopped: boolean }
  /** Nothing could be decided without the person's wallets: to be decided again with them. */
  | { readonly kind: 'needs_wallets' }
  /** What is left in wallets that another server keeps is to be read, and told in this chat. */
  | { readonly kind: 'ask_balances'; readonly owners: readonly Buyer[] }
  /** What an SMS costs in such a wallet is to be asked: the purchase that is open here waits for it. */
  | { readonly kind: 'ask_price'; readonly owner: Buyer }
  | { readonly kind: 'retire_buttons'; readonly on: string }
  | { readonly kind: 'notice_given'; readonly textVersion: string };

/** What one message leads to: the new state of the chat, what is said, and what is to be done. */
export interface Sprint {
  readonly session: Session;
  readonly replies: readonly Reply[];
  readonly effects: readonly Effect[];
}
