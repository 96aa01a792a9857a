/**
 * Owns what others than a wallet's owner may read of what a program wrote. Whoever may set thresholds chooses text and address, and the
 * shop sends it in its own name: words are theirs, but no link, address or number that a stranger could tap, call or pay to.
 */

import { shortened } from '../lib/shortened.ts';
import { maskMsisdn, parseMsisdn } from './msisdn.ts';

/** "shop.co.ke/x", what has its scheme before it, "a@b", "@handle", four numbers with dots, "*334#". */
const ELSEWHERE = /[\p{L}\p{N}][.\u3002]\p{L}{2}|:\/\/|@[\p{L}\p{N}_]|\p{Nd}(?:\.\p{Nd}+){2}|\*\s?\p{Nd}/u;
/** A phone, a till, a paybill: five digits, however they are set apart. */
const NUMBER = /\p{Nd}(?:[\s.,()/\u2010-\u2015-]*\p{Nd}){4}/u;
/** Digits that a placeholder would complete. */
const COMPLETED = /\p{Nd}\{|\}\p{Nd}|\}\{/u;
const PLACEHOLDER = /\{\p{L}+\}/gu;

/** Of a text with its placeholders. `contact`: the shop's own, which may stand in it as it is written there. */
export function leadsElsewhere(text: string, contact: string | null): boolean {
  const plain = text.normalize('NFKC');
  const theirs = contact === null ? plain : plain.replaceAll(contact.normalize('NFKC'), '\n|\n');
  const bare = theirs.replaceAll(PLACEHOLDER, '\n|\n');
  return COMPLETED.test(theirs) || ELSEWHERE.test(bare) || NUMBER.test(bare);
}

/** Of a name that a program chose, in what strangers read. */
const LONGEST_NAME = 40;
const SHOWN = 3;

/** Enough to know it again: "0722 *** 001", "shop-1045", "jan...oke". */
export function nameForOthers(name: string): string {
  const number = parseMsisdn(name);
  if (number.ok) return maskMsisdn(number.value);
  if (!leadsElsewhere(name, null)) return shortened(name, LONGEST_NAME);
  const signs = [...name.replaceAll(/[^\p{L}\p{N}]/gu, '')];
  return `${signs.slice(0, SHOWN).join('')}...${signs.slice(-SHOWN).join('')}`;
}
