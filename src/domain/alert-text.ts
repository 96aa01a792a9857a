/**
 * Owns what others than a wallet's owner may read of what a program wrote. Whoever may set thresholds chooses text and address, and the
 * shop sends it in its own name: words are theirs, but no link, address or number that a stranger could tap, call or pay to.
 */

import { oneLine } from '../lib/one-line.ts';
import { shortened } from '../lib/shortened.ts';
import { maskMsisdn, parseMsisdn } from './msisdn.ts';

/** "shop.co.ke/x", what has its scheme before it, "a@b", "@handle", four numbers with dots, "*334#", "##21#". */
const ELSEWHERE = /[\p{L}\p{N}][.\u3002]\p{L}{2}|:\/\/|@[\p{L}\p{N}_]|\p{Nd}(?:\.\p{Nd}+){2}|\*\s?\p{Nd}|\p{Nd}\s?#/u;
/** A phone, a till, a paybill: five digits, whatever sets them apart but words. Times ("07:00 - 21:00") and what is taken out keep a colon. */
const NUMBER = /\p{Nd}(?:[^\p{L}\p{N}:]*\p{Nd}){4}/u;
const TAKEN_OUT = '\n:\n';
/** Digits that a placeholder would complete, and placeholders that complete each other. */
const COMPLETED = /\p{Nd}[^\p{L}\p{N}:{}]*\{\p{L}|\}[^\p{L}\p{N}:{}]*(?:\p{Nd}|\{\p{L})/u;
/** A placeholder in the middle of a word, which its value would make a link or a code of. */
const JOINED = /[\p{L}\p{N}.\u3002@:/*#+_-]\{\p{L}+\}|\{\p{L}+\}[.\u3002@:/_-]*[\p{L}\p{N}@/*#]/u;
const PLACEHOLDER = /\{\p{L}+\}/gu;
/** Signs that cannot be seen, and those that only sit on others: a digit in a box is a digit. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{M}\u2800]/gu;

const plainly = (text: string): string => text.normalize('NFKC').replaceAll(UNSEEN, '');

/** Of a text with its placeholders. `contact`: the shop's own, which may stand in it as it is written there. */
export function leadsElsewhere(text: string, contact: string | null): boolean {
  const plain = plainly(text);
  const theirs = contact === null ? plain : plain.replaceAll(plainly(contact), TAKEN_OUT);
  const bare = theirs.replaceAll(PLACEHOLDER, TAKEN_OUT);
  return [COMPLETED, JOINED].some((led) => led.test(theirs)) || [ELSEWHERE, NUMBER].some((led) => led.test(bare));
}

/** Of a name that a program chose, in what strangers read. */
const LONGEST_NAME = 40;
const SHOWN = 3;

/** Enough to know it again: "0722 *** 001", "shop-1045", "jan...oke". */
export function nameForOthers(given: string): string {
  const name = oneLine(given);
  const number = parseMsisdn(name);
  if (number.ok) return maskMsisdn(number.value);
  if (name !== '' && !leadsElsewhere(name, null)) return shortened(name, LONGEST_NAME);
  const signs = [...name.replaceAll(/[^\p{L}\p{N}]/gu, '')];
  return `${signs.slice(0, SHOWN).join('')}...${signs.slice(-SHOWN).join('')}`;
}
