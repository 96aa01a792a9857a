/**
 * Owns the shape of what was understood of one message. Plain data, no behaviour: understand.ts fills it, the conversation
 * engine reads it, and `jaza understand` prints eight of its keys, and
 * others where they say something. A field is filled only with what was said.
 */

import type { Msisdn, MsisdnProblem } from '../domain/msisdn.ts';
import type { PaymentNetwork } from '../domain/networks.ts';

export type Language = 'en' | 'sw' | 'sheng' | 'mix';

export const INTENTS = [
  'buy_airtime',
  'buy_sms',
  'reseller_credit',
  'balance',
  'set_threshold',
  'history',
  'help',
  'cancel',
  'language',
  'greeting',
  'other',
] as const;
export type Intent = (typeof INTENTS)[number];

/** What the bot has just asked for; breaks ties, and lets a bare answer fill its slot. */
export type SlotName = 'recipient' | 'amount' | 'payer' | 'paymentNetwork' | 'wallet' | 'confirm';

export type Command =
  | 'start'
  | 'help'
  | 'cancel'
  | 'back'
  | 'menu'
  | 'language'
  | 'repeat'
  | 'stop'
  /** Alerts of low SMS again, after they were stopped. */
  | 'alerts_on'
  | 'wait'
  | 'thanks'
  /** A slash command that is none of ours. */
  | 'unknown';

/** Asked in the middle of something; answered, and the flow goes on where it stood. */
export type Question =
  | 'fee'
  | 'payment_network'
  | 'privacy'
  | 'limits'
  | 'repeat'
  | 'human'
  | 'how'
  | 'how_long'
  | 'who'
  /** Was money taken? */
  | 'charged'
  /** Is it a scam? */
  | 'trust'
  | 'if_fails'
  | 'cash'
  | 'hours'
  | 'use_sms'
  /** "Is it Safaricom?" */
  | 'network_of'
  | 'mine'
  | 'forget_me'
  | 'keep_me';

/** Said about the last order: another prompt or another try is asked for, two payments or a wrong number are complained of. */
export type Trouble = 'resend' | 'retry' | 'paid_twice' | 'wrong_number';

/** Kindly refused things. `transfer` is sending money or airtime from phone to phone. */
export type NotSold = 'bundles' | 'bills' | 'loan' | 'transfer' | 'tokens' | 'mpesa_message';

export type Problem =
  | { readonly kind: 'msisdn'; readonly typed: string; readonly problem: MsisdnProblem }
  /** Well formed, but no operator has this range. */
  | { readonly kind: 'no_such_range'; readonly msisdn: Msisdn }
  /** A part of an SMS: they come whole. */
  | { readonly kind: 'part_sms'; readonly typed: string }
  | { readonly kind: 'cents' | 'negative' | 'foreign_money' | 'range' | 'unreadable_amount'; readonly typed: string }
  | { readonly kind: 'two_amounts'; readonly amounts: readonly number[] }
  | { readonly kind: 'two_numbers'; readonly numbers: readonly Msisdn[] }
  | { readonly kind: 'two_networks'; readonly networks: readonly PaymentNetwork[] };

export type NumberRole = 'recipient' | 'payer' | 'unknown';

export interface RoledNumber {
  readonly number: Msisdn;
  readonly role: NumberRole;
}

/** Which SMS wallet of the speaker: by the name that was handed in, by whose it is, or the one that is not meant so far. */
export type SaidWallet =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'own' }
  | { readonly kind: 'shop' }
  | { readonly kind: 'another' };

/** What is said of an alert beside the number of SMS that it is set to. */
export interface SaidAlert {
  /** One is to go: the one below so many SMS, if it is named; or every one. */
  readonly removes: { readonly below: number | null; readonly all: boolean } | null;
  /** How somebody wants to be told, where that is said. */
  readonly way: 'sms' | 'email' | null;
}

/** One of several different orders in one message; null where it was not said for this one. */
export interface SaidOrder {
  readonly recipient: Msisdn | 'self' | null;
  readonly amount: number | null;
  readonly payer: Msisdn | 'self' | null;
  readonly paymentNetwork: PaymentNetwork | null;
}

export interface Understood {
  readonly intent: Intent;
  readonly recipient: Msisdn | 'self' | null;
  /** Whole KES as stated, even outside the limits. */
  readonly amount: number | null;
  readonly paymentNetwork: PaymentNetwork | null;
  readonly payer: Msisdn | 'self' | null;
  /** A reseller's client, as typed. */
  readonly client: string | null;
  /** SMS units. */
  readonly threshold: number | null;
  readonly language: Language;
  /** Several different orders; the single slots are null then. */
  readonly orders?: readonly SaidOrder[];
  /** One amount for several people; `recipient` is null then. */
  readonly recipients?: readonly (Msisdn | 'self')[];

  /** A bare or leading yes or no: "no, 700" is 'no' with amount 700. */
  readonly answer: 'yes' | 'no' | null;
  readonly command: Command | null;
  readonly wantsLanguage: 'en' | 'sw' | null;
  /** "change the recipient" without a new value. */
  readonly change: SlotName | null;
  readonly question: Question | null;
  readonly trouble: Trouble | null;
  /** A bare small number, keycap or ordinal: could be a numbered choice, the caller decides. 0 is never one. */
  readonly menuNumber: number | null;
  /** "the last one", "ya mwisho". */
  readonly menuLast: boolean;
  /** Every valid number found, in order, with the role that the words around it give. */
  readonly numbers: readonly RoledNumber[];
  readonly denied: {
    readonly amounts: readonly number[];
    readonly numbers: readonly Msisdn[];
    readonly networks: readonly PaymentNetwork[];
    readonly wallets: readonly SaidWallet[];
  };
  /** Another number in place of one that was said before ("no sorry, 0733...", "ni 0733..."), and no word of paying. */
  readonly corrects: boolean;
  /** What was there but could not be used, in order. */
  readonly problems: readonly Problem[];
  readonly notSold: NotSold | null;
  /** Money was taken, nothing came: for the operator's inbox. */
  readonly complaint: boolean;
  /** "same as last time", "repeat my last order". */
  readonly again: boolean;
  /** "same", "that one": the one thing that is offered. */
  readonly thatOne: boolean;
  /** "Try again", with nothing else said. */
  readonly triesAgain: boolean;
  /** A person named instead of a number, as typed: "mum", "John". To look up among the saved people, never to guess. */
  readonly person: string | null;
  /** "buy 1000 sms": a number of SMS, which is no amount of money. */
  readonly smsUnits: number | null;
  /** `amount` stands with a money word or sign, or is what is wanted "worth" ("nipe za 200"): it cannot be a number of SMS. */
  readonly inMoney: boolean;
  readonly wallet: SaidWallet | null;
  /** Words without a meaning here stand in it. */
  readonly isAboutElse: boolean;
  /** Null: alerts are not spoken of. */
  readonly alert: SaidAlert | null;
  /** What is named outright, when only one of the two is. */
  readonly thing: 'airtime' | 'sms' | null;
  /** So many SMS whose price is asked, or so many KES of them; null: of one. */
  readonly priced: { readonly count: number; readonly unit: 'KES' | 'SMS' } | null;
  /** Airtime and SMS are wanted in one message; `intent` and the values are of the airtime. */
  readonly wantsBoth: boolean;
  /** "Shillings", "the sms": named without a number, and only one of the two; the answer to which of them a number was. */
  readonly unit: 'KES' | 'SMS' | null;
}
