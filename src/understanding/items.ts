/** Owns the tagged spans that a message is turned into: the rules read these, in order, and never the text itself. */

import type { Msisdn } from '../domain/msisdn.ts';
import type { PaymentNetwork } from '../domain/networks.ts';
import type { Tag } from './tags.ts';
import type { Problem } from './understood.ts';

interface Place {
  /** Offsets in the cleaned text. */
  readonly start: number;
  readonly end: number;
  /** A line begins with it. */
  readonly line: boolean;
}

/** A word, or several that mean one thing; `tags` is empty when the lexicon gives it no meaning. */
export interface WordItem extends Place {
  readonly kind: 'word';
  readonly key: string;
  readonly tags: readonly Tag[];
  readonly network: PaymentNetwork | null;
  readonly brand: PaymentNetwork | null;
  readonly ordinal: number | null;
  /** The lexicon holds it, if only as an ordinary word. */
  readonly known: boolean;
}

export interface PhoneItem extends Place {
  readonly kind: 'phone';
  /** Null: it cannot be used, for this reason. */
  readonly number: Msisdn | null;
  readonly problem: Problem | null;
}

export type BadAmount = 'cents' | 'negative' | 'foreign_money' | 'range' | 'unreadable_amount';

export interface AmountItem extends Place {
  readonly kind: 'amount';
  readonly value: number;
  /** Why it is no amount of whole shillings; `value` means nothing then. */
  readonly bad: BadAmount | null;
  /** A money word or sign stands by it. */
  readonly money: boolean;
  /** Written in digits. */
  readonly digits: boolean;
  /** A lone small word ("moja", "five"): an amount only with money words, or where one was asked for. */
  readonly small: boolean;
  /** Slang that is also an ordinary word. */
  readonly weak: boolean;
  /** "1.5" before its thousand; null for whole numbers. */
  readonly decimal: number | null;
}

/** Codes, order references, user names, times, dates, service codes: their digits are never an amount. */
export interface OpaqueItem extends Place {
  readonly kind: 'code' | 'reference' | 'time';
  readonly key: string;
}

/** "#2", "2nd": a numbered choice. */
export interface ChoiceItem extends Place {
  readonly kind: 'choice';
  readonly value: number;
}

export interface SymbolItem extends Place {
  readonly kind: 'symbol';
  readonly key: string;
}

export type Item = WordItem | PhoneItem | AmountItem | OpaqueItem | ChoiceItem | SymbolItem;

export function has(item: Item | undefined, ...tags: readonly Tag[]): boolean {
  return hasAny(item, tags);
}

/** As `has`, for lists that are kept; plain loops, because every rule asks this of every item. */
export function hasAny(item: Item | undefined, tags: readonly Tag[]): boolean {
  if (item === undefined || item.kind !== 'word') return false;
  const own = item.tags;
  if (own.length === 0) return false;
  for (let at = 0; at < tags.length; at += 1) {
    const tag = tags[at];
    if (tag !== undefined && own.includes(tag)) return true;
  }
  return false;
}

export function isSymbol(item: Item | undefined, ...keys: readonly string[]): boolean {
  return item !== undefined && item.kind === 'symbol' && keys.includes(item.key);
}

export function amountOf(place: Place, value: number, more: Partial<AmountItem> = {}): AmountItem {
  return {
    kind: 'amount',
    start: place.start,
    end: place.end,
    line: place.line,
    value,
    bad: null,
    money: false,
    digits: true,
    small: false,
    weak: false,
    decimal: null,
    ...more,
  };
}
