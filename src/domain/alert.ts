/**
 * Owns whom an alert of low SMS is sent to, and by which ways: at once to every address that was asked for, and to the others one after
 * another where one of those cannot be reached. Pure; what an address leads to is looked up elsewhere.
 */

import type { Instant } from '../lib/clock.ts';
import type { Limits } from './limits.ts';
import { mailKey } from './mail-address.ts';
import type { Msisdn } from './msisdn.ts';
import { kesFor } from './tariff.ts';
import type { OwnWallet } from './wallet-owner.ts';
import { HOUR_MS } from '../lib/durations.ts';

/** In the order in which they stand in for each other. */
export const ALERT_WAYS = ['chat', 'sms', 'email'] as const;
export type AlertWay = (typeof ALERT_WAYS)[number];

/** As sms-wallet-api.txt has it, and the chat besides. */
export const ALERT_TYPES = ['sms', 'email', 'both', 'chat'] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** Lists that a program names; null: the owner's own, as far as they are known. No list names more than `MOST_RECIPIENTS`. */
export interface Recipients {
  /** `channel:chat`, as `telegram:4711`. */
  readonly chat: readonly string[] | null;
  readonly mobile: readonly Msisdn[] | null;
  readonly email: readonly string[] | null;
}

export const OWN_ADDRESSES: Recipients = { chat: null, mobile: null, email: null };
export const MOST_RECIPIENTS = 10;

/** One place where somebody may be told. */
export interface AlertAddress {
  readonly way: AlertWay;
  /** `channel:chat`, a number, or an e-mail address. */
  readonly address: string;
  /** Of the wallet's own owner: of whom nothing has to be hidden. */
  readonly own: boolean;
}

export interface PlannedSend extends AlertAddress {
  /** `waiting`: told at once. `spare`: told when another one could not be. `skipped`: was told often enough lately, or just now. */
  readonly state: 'waiting' | 'spare' | 'skipped';
  /** It was skipped because too much went to others already, as domain/notices.ts has it. */
  readonly held?: true;
}

export interface KnownAddresses {
  /** That can be written to, the one used last first. */
  readonly ownChats: readonly string[];
  readonly ownNumbers: readonly Msisdn[];
  /** Somebody showed that the numbers are theirs. Any number can be a wallet's userId: until then its owner is told as anybody else is. */
  readonly isVouchedFor: boolean;
  /** False: the address cannot be written to now, or its owner wants no alerts. */
  readonly usable: (address: AlertAddress) => boolean;
  /** Nobody stands in for who was told already. */
  readonly enough: (address: AlertAddress) => boolean;
  /** It is told nothing more of this crossing, in whoever's place. */
  readonly ended: (address: AlertAddress) => boolean;
}

/** What was sent earlier counts no more. */
export const TOLD_MS = 24 * HOUR_MS;
/** An address hears no more than this, however many wallets and thresholds name it: the owner of a wallet, and anybody else. */
const MOST_TOLD = { own: { hour: 4, day: 12 }, other: { hour: 1, day: 5 } } as const;

/** `told`: when something was sent to the address. */
export function toldEnough({ own }: AlertAddress, told: readonly Instant[], now: Instant): boolean {
  const { hour, day } = MOST_TOLD[own ? 'own' : 'other'];
  const within = (ms: number): number => told.filter((at) => at > now - ms).length;
  return within(HOUR_MS) >= hour || within(TOLD_MS) >= day;
}

/** Whoever is not the owner hears of a low balance, and so many times more. */
const MOST_REMINDERS_TO_OTHERS = 3;

/** `reminders`: that went out since the balance fell below. */
export function remindedEnough({ own }: AlertAddress, reminders: number): boolean {
  return !own && reminders >= MOST_REMINDERS_TO_OTHERS;
}

/** The name of an address among those of all ways. */
export function addressKey(address: Pick<AlertAddress, 'way' | 'address'>): string {
  return `${address.way} ${spelled(address)}`;
}

/** One mailbox is one address, in whatever letters it is written. */
export function spelled({ way, address }: Pick<AlertAddress, 'way' | 'address'>): string {
  return way === 'email' ? mailKey(address) : address;
}

/**
 * A chat is told wherever there is one; SMS and e-mail as `type` and `method` ask for them. A person with several chats, or several
 * numbers, is told in one; every address that was named is told. Empty: nobody can be told.
 */
export function planSends(
  asked: { readonly alertType: AlertType; readonly method: AlertWay; readonly recipients: Recipients },
  known: KnownAddresses,
): readonly PlannedSend[] {
  const { chat, mobile, email } = asked.recipients;
  const ways = askedWays(asked.alertType, asked.method);
  const planned = (address: AlertAddress, first: boolean): PlannedSend => {
    if (known.ended(address)) return { ...address, state: 'skipped' };
    if (!first) return { ...address, state: 'spare' };
    return { ...address, state: known.enough(address) ? 'skipped' : 'waiting' };
  };
  const plan = (way: AlertWay, named: readonly string[] | null, ownOnes: readonly string[]): PlannedSend[] =>
    [...new Set((named ?? ownOnes).map((address) => spelled({ way, address })))]
      .map((address): AlertAddress => ({
        way,
        address,
        own: ownOnes.includes(address) && (way === 'chat' || known.isVouchedFor),
      }))
      .filter((address) => known.usable(address))
      .map((address, at) => planned(address, ways.has(way) && (named !== null || at === 0)));
  const all = [...plan('chat', chat, known.ownChats), ...plan('sms', mobile, known.ownNumbers), ...plan('email', email, [])];
  if (all.some(({ state }) => state !== 'spare')) return all;
  return all.map(({ way, address, own }, at) => planned({ way, address, own }, at === 0));
}

function askedWays(alertType: AlertType, method: AlertWay): ReadonlySet<AlertWay> {
  const byType: readonly AlertWay[] = alertType === 'both' ? ['sms', 'email'] : [alertType];
  return new Set(['chat', method, ...byType]);
}

/** What somebody is told, as it was when it was found. */
export interface AlertFacts {
  readonly kind: 'crossing' | 'reminder';
  /** Whole messages. */
  readonly balance: number;
  readonly threshold: number;
  /** Null: too little was used lately to go by. */
  readonly daysLeft: number | null;
  /** Whole shillings that would last for a while. */
  readonly topUpKes: number;
  /** The wallet's name in a button. */
  readonly walletKey: string;
  /** Which of them, for an owner who has several; null: their only one. */
  readonly wallet: Pick<OwnWallet, 'owner' | 'by'> | null;
  /** Whose wallet, as others may read it. */
  readonly user: string;
  /** Who set the threshold, in short. */
  readonly setBy: string;
  /** Own words of whoever set the threshold, with everything filled in; null: ours. */
  readonly message: string | null;
  /** Those words, as domain/alert-text.ts has it; the owner always may. */
  readonly othersMayRead: boolean;
}

const ROUND_TO_KES = 50;
/** What is bought with one tap lasts for so many days at the recent pace... */
const LASTS_DAYS = 30;
/** ...but one busy day is no pace: no more than so many times the threshold is offered. */
const MOST_THRESHOLDS = 4;

/** A round sum that brings the balance to twice the threshold, or to a month's use where that is more; one that the shop sells for. */
export function topUpFor(
  low: { readonly balance: number; readonly threshold: number; readonly perDay: number },
  priceMilliKes: number,
  { smsMinKes, smsMaxKes }: Pick<Limits, 'smsMinKes' | 'smsMaxKes'>,
): number {
  const month = Math.min(Math.ceil(low.perDay * LASTS_DAYS), low.threshold * MOST_THRESHOLDS);
  const wanted = Math.max(low.threshold * 2, month);
  const kes = kesFor(Math.max(1, wanted - low.balance), priceMilliKes);
  return Math.min(smsMaxKes, Math.max(smsMinKes, Math.ceil(kes / ROUND_TO_KES) * ROUND_TO_KES));
}
