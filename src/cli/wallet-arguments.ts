/** Owns what is typed after `jaza wallet` and `jaza sms-cost`: whose wallet, how many SMS, which price; and how each is said again. */

import { InvalidArgumentError } from 'commander';
import {
  formatMilliKes,
  HIGHEST_PRICE_MILLIKES,
  LOWEST_PRICE_MILLIKES,
  parseMilliKes,
  type Buyer,
  type PriceInForce,
} from '../domain/tariff.ts';
import { isPlainLine, LARGEST_DEBIT, LONGEST_APP_ID, LONGEST_USER_ID } from '../domain/wallet.ts';
import { MILLIKES_PER_KES } from '../domain/money.ts';

export function userIdOf(text: string): string {
  return plainLine(text, LONGEST_USER_ID);
}

export function appIdOf(text: string): string {
  return plainLine(text, LONGEST_APP_ID);
}

function plainLine(text: string, most: number): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > most || !isPlainLine(trimmed))
    throw new InvalidArgumentError(`One line of plain text, at most ${most} characters.`);
  return trimmed;
}

/** A sign is asked for: "500" could mean that 500 is what there should be. */
export function unitsOf(text: string): number {
  const units = /^[+-]\d{1,9}$/.test(text) ? Number(text) : 0;
  if (units === 0 || Math.abs(units) > LARGEST_DEBIT)
    throw new InvalidArgumentError(`+500 puts 500 SMS in, -500 takes 500 out; at most ${LARGEST_DEBIT}.`);
  return units;
}

/** Thousandths of a shilling, read as text: a float would not be what was typed. */
export function priceOf(text: string): number {
  const milliKes = parseMilliKes(text);
  if (milliKes === null || milliKes < LOWEST_PRICE_MILLIKES || milliKes > HIGHEST_PRICE_MILLIKES)
    throw new InvalidArgumentError(
      `A price in KES like 0.80, with three decimals at most, from ${LOWEST_PRICE_MILLIKES / MILLIKES_PER_KES} to ${HIGHEST_PRICE_MILLIKES / MILLIKES_PER_KES}.`,
    );
  return milliKes;
}

/** "shop-1045", "u1 in app shop1". */
export function ownerInWords({ appId, userId }: Buyer): string {
  return appId === null ? userId : `${userId} in app ${appId}`;
}

/** As it is typed again in the next command. */
export function ownerTyped({ appId, userId }: Buyer): string {
  return appId === null ? quoted(userId) : `${quoted(userId)} --app ${quoted(appId)}`;
}

function quoted(text: string): string {
  return /^[\w.@:+][\w.@:+-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** "KES 0.8 for one SMS, the default". */
export function priceInWords({ milliKes, source }: PriceInForce): string {
  const whose = source === 'default' ? 'the default' : source === 'customer' ? 'their own' : `that of the ${source}`;
  return `KES ${formatMilliKes(milliKes)} for one SMS, ${whose}`;
}

export function noWallet(owner: Buyer): string {
  const elsewhere = owner.appId === null ? ' A customer of an app is named with --app.' : '';
  return `There is no wallet of ${ownerInWords(owner)}.${elsewhere} See: npx jaza wallet list`;
}
