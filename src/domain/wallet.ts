/**
 * Owns what a wallet of SMS is in the books: how money becomes messages, how messages are spent, and how an operator corrects a
 * balance. Whole messages and whole shillings come in; the ledger's own small units stay in here.
 */

import { assert } from '../lib/assert.ts';
import { hidesSomething } from '../lib/unseen.ts';
import {
  exchange,
  HUNDREDTHS_PER_SMS,
  journal,
  paidThrough,
  walletAccount,
  type Account,
  type Journal,
  type PaidThrough,
} from './ledger.ts';
import { MILLIKES_PER_KES, type Kes } from './money.ts';
import { LARGEST_THRESHOLD } from './threshold.ts';
import { unitsFor, type PriceInForce } from './tariff.ts';

/**
 * The most that one request may bring: above it somebody's finger slipped. The books add up the shillings of all wallets in accounts that
 * they share, exactly below 2^53 thousandths, so it also bounds how fast one program could fill those.
 */
export const LARGEST_TOP_UP_KES = 1_000_000;
/** The most that one request may take. */
export const LARGEST_DEBIT = 10_000_000;
/** Messages that one top-up may add, whatever one costs: the books count those of all wallets together. */
export const LARGEST_TOP_UP = 10_000_000;
/** Messages that a wallet may hold: who has more could set no threshold. */
export const LARGEST_BALANCE = LARGEST_THRESHOLD;

/** Characters of the names by which a wallet is found; they are other programs' own, so all but their shape is left to these. */
export const LONGEST_USER_ID = 128;
export const LONGEST_APP_ID = 64;

/** How programs name an app, as `jaza api-key` does. */
export const APP_ID = /^[\w.-]{1,64}$/;

/** Nothing that hides, breaks a line or takes hold of a terminal. */
export function isPlainLine(text: string): boolean {
  return !hidesSomething(text);
}

/** As the ledger holds it. */
export interface Balances {
  readonly smsHundredths: number;
  /** What was left of purchases: below the price of one SMS. */
  readonly milliKes: number;
}

export const EMPTY: Balances = { smsHundredths: 0, milliKes: 0 };

const used: Account = { id: 'used:sms', asset: 'SMS', floor: null };
const adjusted: Account = { id: 'adjusted:sms', asset: 'SMS', floor: null };

/** Whole messages that can be sent. */
export function messagesOf({ smsHundredths }: Balances): number {
  return Math.floor(smsHundredths / HUNDREDTHS_PER_SMS);
}

/** Why so many are not added. */
export type TooMuch = 'at_once' | 'balance';

/** Null: the wallet takes them. What a customer has paid for in a chat is delivered all the same. */
export function tooMuch(units: number, after: Balances): TooMuch | null {
  if (units > LARGEST_TOP_UP) return 'at_once';
  return units > 0 && messagesOf(after) > LARGEST_BALANCE ? 'balance' : null;
}

export interface TopUp {
  readonly journal: Journal;
  /** Messages added by it. */
  readonly units: number;
  readonly after: Balances;
}

/** Money that was paid becomes as many messages as it buys, together with what was left before; the rest stays for the next time. */
export function topUp(
  { id, balances }: { readonly id: string; readonly balances: Balances },
  paid: { readonly key: string; readonly amountKes: Kes; readonly through: PaidThrough; readonly orderId: string | null },
  price: PriceInForce,
): TopUp {
  const paidMilliKes = paid.amountKes * MILLIKES_PER_KES;
  const bought = unitsFor(balances.milliKes + paidMilliKes, price.milliKes);
  const money = walletAccount(id, 'KES');
  const transfers = [{ debit: paidThrough(paid.through), credit: money, amount: paidMilliKes }];
  if (bought.units > 0) {
    transfers.push({ debit: money, credit: exchange('KES'), amount: bought.costMilliKes });
    transfers.push({ debit: exchange('SMS'), credit: walletAccount(id, 'SMS'), amount: bought.units * HUNDREDTHS_PER_SMS });
  }
  return {
    journal: journal({ key: paid.key, kind: 'top_up', orderId: paid.orderId, reverses: null, transfers }),
    units: bought.units,
    after: {
      smsHundredths: balances.smsHundredths + bought.units * HUNDREDTHS_PER_SMS,
      milliKes: bought.remainderMilliKes,
    },
  };
}

export interface Movement {
  readonly journal: Journal;
  readonly after: Balances;
}

/** Messages that are spent; null when there are not as many. */
export function debit(
  { id, balances }: { readonly id: string; readonly balances: Balances },
  key: string,
  units: number,
): Movement | null {
  return moved('use', { id, balances }, key, { from: walletAccount(id, 'SMS'), to: used, units, sign: -1 });
}

/** An operator's correction, up or down; null when it would take more than there is. */
export function adjust(
  { id, balances }: { readonly id: string; readonly balances: Balances },
  key: string,
  units: number,
): Movement | null {
  assert(units !== 0, 'an adjustment changes something');
  const own = walletAccount(id, 'SMS');
  const [from, to] = units > 0 ? [adjusted, own] : [own, adjusted];
  return moved('adjustment', { id, balances }, key, { from, to, units: Math.abs(units), sign: Math.sign(units) });
}

function moved(
  kind: 'use' | 'adjustment',
  { balances }: { readonly id: string; readonly balances: Balances },
  key: string,
  { from, to, units, sign }: { readonly from: Account; readonly to: Account; readonly units: number; readonly sign: number },
): Movement | null {
  assert(Number.isSafeInteger(units) && units > 0, `${units} are no messages`);
  const amount = units * HUNDREDTHS_PER_SMS;
  const after = balances.smsHundredths + sign * amount;
  if (after < 0) return null;
  return {
    journal: journal({ key, kind, orderId: null, reverses: null, transfers: [{ debit: from, credit: to, amount }] }),
    after: { ...balances, smsHundredths: after },
  };
}
