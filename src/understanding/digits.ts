/**
 * Owns reading runs of digits: which are phone numbers, which amounts, which times, dates, service codes and choices. A row of
 * digit groups ("100 0722 000 000") is divided in the way that leaves the least unexplained; see groups.ts for the prices.
 */

import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { networkOf, type NumberRanges } from '../domain/networks.ts';
import { divide, type Group, type Segment } from './groups.ts';
import { amountOf, type Item } from './items.ts';
import type { Token } from './tokens.ts';

export interface DigitReading {
  readonly items: readonly Item[];
  /** Index of the first token that was not read. */
  readonly next: number;
}

export interface DigitContext {
  readonly tokens: readonly Token[];
  readonly text: string;
  readonly ranges: NumberRanges;
  /** Whether a token is a word or sign for shillings. */
  readonly isMoney: (token: Token | undefined) => boolean;
}

const MERIDIEM = new Set(['am', 'pm', 'hrs', 'hours', 'hr', 'oclock', 'noon']);
const ORDINAL_ENDING = new Set(['st', 'nd', 'rd', 'th']);

/** Reads what begins with the digit token at `at`, or null when a digit token does not stand there. */
export function readDigits(context: DigitContext, at: number): DigitReading | null {
  const token = context.tokens[at];
  if (token === undefined) return null;
  if (token.kind === 'symbol') return readServiceCode(context, at) ?? readChoice(context, at);
  if (token.kind !== 'digits') return null;
  return readDate(context, at) ?? readClock(context, at) ?? readOrdinal(context, at) ?? readRow(context, at);
}

/** "*544*1#": what people dial, nothing for us. */
function readServiceCode({ tokens, text }: DigitContext, at: number): DigitReading | null {
  const first = tokens[at];
  if (first?.key !== '*' || tokens[at + 1]?.kind !== 'digits' || tokens[at + 1]?.spaced === true) return null;
  let end = at + 1;
  while (
    end < tokens.length &&
    !tokens[end]?.spaced &&
    (tokens[end]?.kind === 'digits' || '*#'.includes(tokens[end]?.key ?? ' '))
  )
    end += 1;
  const last = tokens[end - 1] ?? first;
  if (last.key !== '#') return null;
  return {
    items: [{ kind: 'code', key: text.slice(first.start, last.end), start: first.start, end: last.end, line: first.line }],
    next: end,
  };
}

function readChoice({ tokens }: DigitContext, at: number): DigitReading | null {
  const [hash, digits] = [tokens[at], tokens[at + 1]];
  if (hash?.key !== '#' || digits?.kind !== 'digits' || digits.spaced || digits.key.length > 2) return null;
  return {
    items: [{ kind: 'choice', value: Number(digits.key), start: hash.start, end: digits.end, line: hash.line }],
    next: at + 2,
  };
}

const DATE = /^(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([/-])\d{1,2}\2\d{1,2})(?![\d./-]*\d)/;

function readDate({ tokens, text }: DigitContext, at: number): DigitReading | null {
  const first = tokens[at];
  if (first === undefined || first.key.length > 4 || tokens[at + 1]?.spaced !== false) return null;
  const found = DATE.exec(text.slice(first.start, first.start + 12));
  if (found === null) return null;
  const numbers = found[0].split(/[./-]/).map(Number);
  const days = numbers.filter((value) => value >= 1 && value <= 31).length;
  return days >= 2 ? opaque(tokens, at, first.start + found[0].length, found[0]) : null;
}

const CLOCK = /^(?:[01]?\d|2[0-4])(?::[0-5]\d){1,2}/;

function readClock({ tokens, text }: DigitContext, at: number): DigitReading | null {
  const first = tokens[at];
  if (first === undefined || first.key.length > 2) return null;
  const exact = CLOCK.exec(text.slice(first.start, first.start + 9));
  let end = exact === null ? first.end : first.start + exact[0].length;
  let next = tokens.findIndex((token) => token.start >= end);
  if (exact === null && tokens[at + 1]?.key === '.' && tokens[at + 2]?.kind === 'digits' && tokens[at + 2]?.spaced === false) {
    end = tokens[at + 2]?.end ?? end;
    next = at + 3;
  }
  const after = next === -1 ? undefined : tokens[next];
  if (after !== undefined && MERIDIEM.has(after.key)) return opaque(tokens, at, after.end, text.slice(first.start, after.end));
  return exact === null ? null : opaque(tokens, at, end, exact[0]);
}

function opaque(tokens: readonly Token[], at: number, end: number, key: string): DigitReading {
  const first = tokens[at];
  const next = tokens.findIndex((token) => token.start >= end);
  return {
    items: [{ kind: 'time', key, start: first?.start ?? 0, end, line: first?.line ?? false }],
    next: next === -1 ? tokens.length : next,
  };
}

function readOrdinal({ tokens }: DigitContext, at: number): DigitReading | null {
  const [digits, ending] = [tokens[at], tokens[at + 1]];
  if (digits === undefined || ending === undefined || ending.spaced || !ORDINAL_ENDING.has(ending.key)) return null;
  return {
    items: [{ kind: 'choice', value: Number(digits.key), start: digits.start, end: ending.end, line: digits.line }],
    next: at + 2,
  };
}

/** What may stand between two groups of one row. A comma or full stop followed by a space ends the row. */
const LONGEST_ROW = 24;

function readRow(context: DigitContext, at: number): DigitReading {
  const { tokens, text } = context;
  const groups: Group[] = [];
  let next = at;
  for (;;) {
    const token = tokens[next];
    if (token === undefined) break;
    const before = groups.at(-1);
    groups.push({
      digits: token.key,
      start: token.start,
      end: token.end,
      gap: before === undefined ? '' : text.slice(before.end, token.start),
    });
    next += 1;
    let ahead = next;
    while (
      ahead < tokens.length &&
      ahead < next + 3 &&
      tokens[ahead]?.kind === 'symbol' &&
      '-./(),'.includes(tokens[ahead]?.key ?? ' ')
    )
      ahead += 1;
    const following = tokens[ahead];
    if (following?.kind !== 'digits' || groups.length >= LONGEST_ROW) break;
    const gap = text.slice(token.end, following.start);
    if (gap.includes('\n') || /[.,/]\s/.test(gap) || gap.length > 4) break;
    next = ahead;
  }
  const plus = hasPlus(tokens, at);
  const segments = divide(groups, { plus, money: isMoneyBefore(context, at) || isMoneyAfter(context, next) });
  const line = tokens[at]?.line ?? false;
  const items: Item[] = [];
  for (const [index, segment] of segments.entries()) {
    // What stood between two values goes on meaning something: a comma makes a list.
    const before = segments[index - 1];
    const mark = before === undefined ? '' : text.slice(before.end, segment.start).trim().charAt(0);
    if (before !== undefined && mark !== '')
      items.push({ kind: 'symbol', key: mark, start: before.end, end: segment.start, line: false });
    items.push(itemOf(context, segment, index === 0 ? at : null, line && index === 0));
  }
  return { items, next };
}

function hasPlus(tokens: readonly Token[], at: number): boolean {
  const [one, two] = [tokens[at - 1], tokens[at - 2]];
  const touches = tokens[at]?.spaced === false;
  return touches && (one?.key === '+' || (one?.key === '(' && two?.key === '+') || (one?.key === '+' && two?.key === '('));
}

/** "ksh 100", but not "50 bob 722000000": that money word belongs to the number before it. */
function isMoneyBefore({ tokens, isMoney }: DigitContext, at: number): boolean {
  const word = '.:='.includes(tokens[at - 1]?.key ?? ' ') ? at - 2 : at - 1;
  return isMoney(tokens[word]) && tokens[word - 1]?.kind !== 'digits';
}

/** "100 bob", but not "722000000 ksh 50". */
function isMoneyAfter({ tokens, isMoney }: DigitContext, next: number): boolean {
  const [one, two] = [tokens[next], tokens[next + 1]];
  if (one?.key === '/' && !one.spaced && (two?.key === '=' || two?.key === '-')) return true;
  return isMoney(one) && two?.kind !== 'digits';
}

function itemOf(context: DigitContext, segment: Segment, at: number | null, line: boolean): Item {
  const place = { start: segment.start, end: segment.end, line };
  if (segment.kind === 'phone') {
    const plus = segment.plus ? '+' : '';
    const typed = context.text.slice(segment.start, segment.end);
    return phoneItem(place, plus + typed, context.ranges);
  }
  if (segment.kind === 'range') return amountOf(place, 0, { bad: 'range' });
  const more = segment.kind === 'junk' ? { bad: 'unreadable_amount' as const } : amountBad(context, segment, at);
  return amountOf(place, segment.value, { decimal: segment.decimal, ...more });
}

/** A sign or mark that touches the number and changes what it says. */
function amountBad(
  { tokens, text }: DigitContext,
  segment: Segment,
  at: number | null,
): { bad: 'negative' | 'unreadable_amount' | 'cents' | null } {
  const after = text.charAt(segment.end);
  if ('%^½×°'.includes(after) && after !== '') return { bad: 'unreadable_amount' };
  if ((after === '+' || after === '*') && /\d/.test(text.charAt(segment.end + 1))) return { bad: 'unreadable_amount' };
  const before = text.charAt(segment.start - 1);
  if (before === '%' || before === '^' || before === '½' || before === '×') return { bad: 'unreadable_amount' };
  if (before === '+' && /\d/.test(text.charAt(segment.start - 2))) return { bad: 'unreadable_amount' };
  // "O.5k" and "k2": a letter that was meant as a figure, or a thousand in the wrong place.
  const [mark, letter] = at === null ? [] : [tokens[at - 1], tokens[at - 2]];
  if (before === '.' && letter?.kind === 'word' && letter.key.length === 1 && letter.end === mark?.start)
    return { bad: 'unreadable_amount' };
  if (mark?.key === 'k' && mark.end === segment.start) return { bad: 'unreadable_amount' };
  if (before === '.' && !/\p{L}/u.test(text.charAt(segment.start - 2))) return { bad: 'cents' };
  if (at !== null && before === '-') {
    const sign = tokens[at - 1];
    if (sign?.key === '-' && (sign.spaced || tokens[at - 2]?.kind === 'symbol')) return { bad: 'negative' };
  }
  return { bad: null };
}

function phoneItem(place: { start: number; end: number; line: boolean }, typed: string, ranges: NumberRanges): Item {
  const parsed = parseMsisdn(typed.replaceAll(',', ' '));
  if (!parsed.ok) return { kind: 'phone', ...place, number: null, problem: { kind: 'msisdn', typed, problem: parsed.error } };
  return withRange(place, parsed.value, ranges);
}

function withRange(place: { start: number; end: number; line: boolean }, number: Msisdn, ranges: NumberRanges): Item {
  if (networkOf(number, ranges) === null)
    return { kind: 'phone', ...place, number: null, problem: { kind: 'no_such_range', msisdn: number } };
  return { kind: 'phone', ...place, number, problem: null };
}
