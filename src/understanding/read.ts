/**
 * Owns the reading of a cleaned message into items: digits first, then phrases (the longest that fits), then numbers in words,
 * then the money words beside them. Nothing here knows what the message is for.
 */

import type { NumberRanges } from '../domain/networks.ts';
import { readDigits, type DigitContext } from './digits.ts';
import { amountOf, has, isSymbol, type AmountItem, type Item, type WordItem } from './items.ts';
import type { Lexicon, Phrase, PhraseNode } from './lexicon.ts';
import type { Cleaned } from './normalise.ts';
import { readNumberWords } from './number-words.ts';
import type { Tag } from './tags.ts';
import { tokenise, type Token } from './tokens.ts';
import { nameItem, namesIn, type NamedPlace } from './wallets.ts';

const REFERENCE = /^jz[0-9a-z]{8}$/;

/** A word in the lexicon's spelling. */
export interface Word {
  readonly key: string;
  readonly start: number;
}

export interface Reading {
  readonly items: readonly Item[];
  /** Every word that could tell the language: without codes, addresses, and the names of networks. */
  readonly words: readonly Word[];
}

/** `names`: of wallets; what stands in one is read as nothing else. */
export function readItems(cleaned: Cleaned, lexicon: Lexicon, ranges: NumberRanges, names: readonly string[]): Reading {
  const places = names.length === 0 ? [] : namesIn(cleaned.lower, names);
  const tokens = places.reduce(asOne, tokenise(cleaned, lexicon.vocabulary));
  const isMoney = (token: Token | undefined): boolean =>
    token !== undefined && lexicon.phrases.get(token.key)?.phrase?.tags.includes('shilling') === true;
  const context: DigitContext = { tokens, text: cleaned.lower, ranges, isMoney };
  const items: Item[] = [];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at];
    if (token === undefined) break;
    const named = token.kind === 'code' ? places.find(({ start }) => start === token.start) : undefined;
    if (named !== undefined) {
      items.push(nameItem(named, token.line));
      at += 1;
      continue;
    }
    if (token.kind === 'code' || REFERENCE.test(token.key)) {
      items.push(codeItem(token));
      at += 1;
      continue;
    }
    const digits = readDigits(context, at);
    if (digits !== null) {
      items.push(...digits.items);
      at = digits.next;
      continue;
    }
    const phrase = longestPhrase(tokens, at, lexicon);
    items.push(phrase === null ? plainItem(token, lexicon) : wordItem(tokens, at, phrase.next, phrase.phrase));
    at = phrase === null ? at + 1 : phrase.next;
  }
  return {
    items: withMoney(finishedDecimals(readNumberWords(items, lexicon))),
    words: tokens.filter(({ kind, start }) => kind === 'word' && !isNamed(items, start)),
  };
}

/** The words and digits of a name as one, so that what stands beside them is read without them. */
function asOne(tokens: readonly Token[], { start, end, name }: NamedPlace): Token[] {
  const inside = tokens.filter((token) => token.start < end && token.end > start);
  const [first] = inside;
  if (first === undefined) return [...tokens];
  const whole: Token = { ...first, kind: 'code', key: name, start, end };
  return tokens.flatMap((token) => (token === first ? [whole] : inside.includes(token) ? [] : [token]));
}

function isNamed(items: readonly Item[], start: number): boolean {
  return items.some(
    (item) => item.start <= start && start < item.end && has(item, 'network', 'brand') && !has(item, 'payer_self'),
  );
}

function plainItem(token: Token, lexicon: Lexicon): Item {
  const { key, start, end, line } = token;
  if (token.kind === 'symbol') return { kind: 'symbol', key, start, end, line };
  const owner = end - start > key.length && key.endsWith('s') ? key.slice(0, -1) : key;
  const tags: readonly Tag[] = lexicon.names.has(key) || lexicon.names.has(owner) ? ['name'] : [];
  const known = tags.length > 0 || lexicon.vocabulary.known(key);
  return { kind: 'word', key, start, end, line, tags, network: null, brand: null, ordinal: null, known };
}

/** Forms that were meant as a number, and that nobody may guess: "1e3", "0x64", "1oo". */
const MEANT_AS_AMOUNT = /^(?:\d+(?:e\d+|x\d+|[lo]+\d*|m|ish|cents?)|0x[0-9a-f]+|x\d+|\d*o{2,})$/;
const MEANT_AS_PHONE = /^(?=(?:.*\d){4})[\dloi]{9,13}$/;

function codeItem(token: Token): Item {
  const { key, start, end, line } = token;
  if (REFERENCE.test(key)) return { kind: 'reference', key, start, end, line };
  if (MEANT_AS_PHONE.test(key)) {
    return {
      kind: 'phone',
      start,
      end,
      line,
      number: null,
      problem: { kind: 'msisdn', typed: key, problem: { kind: 'not_a_number' } },
    };
  }
  if (MEANT_AS_AMOUNT.test(key)) return amountOf(token, 0, { bad: 'unreadable_amount' });
  return { kind: 'code', key, start, end, line };
}

function wordItem(tokens: readonly Token[], at: number, next: number, phrase: Phrase): WordItem {
  const first = tokens[at];
  const last = tokens[next - 1];
  if (first === undefined || last === undefined) throw new Error('invariant broken: a phrase of no words');
  const key =
    next === at + 1
      ? first.key
      : tokens
          .slice(at, next)
          .map((token) => token.key)
          .join(' ');
  return { kind: 'word', key, start: first.start, end: last.end, line: first.line, known: true, ...phrase };
}

function longestPhrase(tokens: readonly Token[], at: number, lexicon: Lexicon): { phrase: Phrase; next: number } | null {
  const first = tokens[at];
  const single = first?.kind === 'word' || first?.kind === 'symbol' ? lexicon.phraseOf(first.key) : null;
  let found = single === null ? null : { phrase: single, next: at + 1 };
  let map = first === undefined ? null : (lexicon.phrases.get(first.key)?.next ?? null);
  for (let next = at + 1; next < tokens.length && map !== null; next += 1) {
    const token = tokens[next];
    if (token === undefined || token.kind === 'digits' || token.kind === 'code' || token.line) break;
    const node: PhraseNode | undefined = map.get(token.key);
    if (node === undefined) break;
    if (node.phrase !== null) found = { phrase: node.phrase, next: next + 1 };
    map = node.next;
  }
  return found;
}

/** A decimal that no thousand made whole is cents. */
function finishedDecimals(items: readonly Item[]): Item[] {
  return items.map((item) =>
    item.kind === 'amount' && item.decimal !== null && item.bad === null ? { ...item, bad: 'cents' } : item,
  );
}

/** Joins money words and signs to the amounts that they stand by: "Ksh 100", "100 bob", "100/=", "$10". */
function withMoney(items: readonly Item[]): Item[] {
  const joined: Item[] = [];
  let at = 0;
  while (at < items.length) {
    const item = items[at];
    if (item === undefined) break;
    if (item.kind !== 'amount') {
      joined.push(item);
      at += 1;
      continue;
    }
    let amount = withMoneyBefore(joined, signed(joined.at(-1), item));
    at += 1;
    const after = items[at];
    const belongsToNext = amount.money && items[at + 1]?.kind === 'amount';
    if (has(after, 'shilling', 'foreign_money', 'cents') && !belongsToNext) {
      amount = priced(amount, after);
      at += 1;
    } else if (isSymbol(after, '=') && after?.start === item.end) {
      amount = { ...amount, money: true, end: after.end };
      at += 1;
    }
    joined.push(amount);
  }
  return joined;
}

/** "minus 100". */
function signed(before: Item | undefined, amount: AmountItem): AmountItem {
  return has(before, 'negative') && amount.bad === null ? { ...amount, bad: 'negative' } : amount;
}

function withMoneyBefore(joined: Item[], amount: AmountItem): AmountItem {
  const mark = isSymbol(joined.at(-1), '.', ':', '=', '-') ? joined.at(-1) : undefined;
  const before = mark === undefined ? joined.at(-1) : joined.at(-2);
  if (!has(before, 'shilling', 'foreign_money')) return amount;
  joined.length -= mark === undefined ? 1 : 2;
  const minus = isSymbol(mark, '-') && before !== undefined && before.kind === 'word' && amount.bad === null;
  return { ...priced(amount, before), start: before?.start ?? amount.start, ...(minus ? { bad: 'negative' as const } : {}) };
}

function priced(amount: AmountItem, word: Item | undefined): AmountItem {
  const end = Math.max(amount.end, word?.end ?? 0);
  if (has(word, 'cents')) return { ...amount, end, money: true, bad: 'cents' };
  if (has(word, 'foreign_money')) return { ...amount, end, money: true, bad: 'foreign_money' };
  return { ...amount, end, money: true };
}
