/**
 * Owns numbers in words: English ("two hundred and fifty", "one fifty"), Swahili ("elfu mbili na mia tano") and Sheng ("soo
 * mbili", "thao"), mixed with digits ("elfu 2", "5 thao", "2k"). What could be two different numbers is unreadable, never guessed.
 */

import { amountOf, has, type AmountItem, type Item } from './items.ts';
import type { Lexicon, NumberWord } from './lexicon.ts';

/** One word or digit amount of a spelled number. */
interface Part {
  readonly kind: NumberWord['kind'] | 'digits';
  readonly value: number;
  readonly source: NumberWord['source'];
  readonly weak: boolean;
}

/** A number that was read from parts `from` to `next`. */
interface Reading {
  readonly value: number;
  /** What the next group must be smaller than: the multiplier, or the power of ten of the last word. */
  readonly room: number;
  readonly next: number;
  readonly unclear: boolean;
}

/** Replaces every row of number words by the amount that it spells. */
export function readNumberWords(items: readonly Item[], lexicon: Lexicon): Item[] {
  const read: Item[] = [];
  let at = 0;
  while (at < items.length) {
    const row = rowFrom(items, at, lexicon);
    if (row === null) {
      const item = items[at];
      if (item !== undefined) read.push(item);
      at += 1;
      continue;
    }
    read.push(...amountsOf(items.slice(at, at + row.length), row));
    at += row.length;
  }
  return read;
}

function partOf(item: Item | undefined, lexicon: Lexicon): Part | null {
  if (item === undefined) return null;
  if (item.kind === 'amount') {
    if (item.bad !== null) return null;
    return { kind: 'digits', value: item.decimal ?? item.value, source: 'neutral', weak: false };
  }
  if (item.kind !== 'word' || has(item, 'idiom', 'time')) return null;
  return lexicon.numbers.get(item.key) ?? (item.key === 'k' ? THOUSAND_SUFFIX : null);
}

const THOUSAND_SUFFIX: Part = { kind: 'multiplier', value: 1000, source: 'en', weak: false };
/** What "k" may follow. */
const COUNTS: ReadonlySet<Part['kind']> = new Set<Part['kind']>(['digits', 'unit', 'teen', 'ten']);
const LONGEST_ROW = 16;

/** The row that begins here: from a number word, or from digits before a multiplier; ends with one of these. */
function rowFrom(items: readonly Item[], at: number, lexicon: Lexicon): Part[] | null {
  const parts: Part[] = [];
  for (let next = at; next < items.length && parts.length < LONGEST_ROW; next += 1) {
    const item = items[next];
    const part = partOf(item, lexicon);
    if (part === null || (next > at && item?.line === true)) break;
    if (part === THOUSAND_SUFFIX && !COUNTS.has(parts.at(-1)?.kind ?? 'a')) break;
    if (part.kind === 'digits' && parts.at(-1)?.weak === true) break;
    parts.push(part);
  }
  while (parts.length > 0 && (parts.at(-1)?.kind === 'joiner' || parts.at(-1)?.kind === 'a')) parts.pop();
  const first = parts[0];
  if (first === undefined || first.kind === 'joiner') return null;
  if (first.kind === 'a' && parts[1]?.kind !== 'multiplier' && parts[1]?.kind !== 'half') return null;
  if (first.kind === 'digits') return parts[1]?.kind === 'multiplier' || parts[1]?.kind === 'half' ? parts : null;
  if (first.kind === 'half' && parts.length === 1) return null;
  return parts;
}

function amountsOf(items: readonly Item[], parts: readonly Part[]): Item[] {
  const found: Item[] = [];
  let at = 0;
  while (at < parts.length) {
    const part = parts[at];
    const item = items[at];
    if (part === undefined || item === undefined) break;
    if (part.kind === 'joiner' || part.kind === 'a') {
      found.push(item);
      at += 1;
      continue;
    }
    const number = readNumber(parts, at);
    const last = items[number.next - 1] ?? item;
    const touching = number.next < parts.length && parts[number.next]?.kind !== 'joiner';
    found.push(
      touching || number.unclear
        ? unreadable(items, at, touching ? parts.length : number.next)
        : amountFrom(item, last, parts.slice(at, number.next), number),
    );
    at = touching ? parts.length : number.next;
  }
  return found;
}

function unreadable(items: readonly Item[], from: number, to: number): Item {
  const first = items[from];
  const last = items[to - 1] ?? first;
  return amountOf({ start: first?.start ?? 0, end: last?.end ?? 0, line: first?.line ?? false }, 0, {
    bad: 'unreadable_amount',
    digits: false,
  });
}

function amountFrom(first: Item, last: Item, parts: readonly Part[], number: Reading): AmountItem {
  const place = { start: first.start, end: last.end, line: first.line };
  if (!Number.isSafeInteger(number.value)) return amountOf(place, 0, { bad: 'cents', digits: false });
  const alone = parts.length === 1 ? parts[0] : undefined;
  if (alone?.kind === 'digits' && first.kind === 'amount') return first;
  return amountOf(place, number.value, {
    digits: parts.some(({ kind }) => kind === 'digits'),
    small: alone?.kind === 'unit',
    weak: alone?.weak === true,
  });
}

function readNumber(parts: readonly Part[], from: number): Reading {
  let number = readGroup(parts, from);
  for (;;) {
    if (number.unclear) return number;
    const joined = parts[number.next]?.kind === 'joiner';
    const at = joined ? number.next + 1 : number.next;
    const part = parts[at];
    if (part === undefined || part.kind === 'joiner' || part.kind === 'a') return number;
    if (part.kind === 'half') return withHalf(number, at, joined);
    const more = readGroup(parts, at);
    if (more.unclear) return joined ? number : { ...more, value: 0 };
    if (more.value >= number.room) return number;
    // "hamsini tano" and "mia mbili tano" leave open what the last word counts.
    if (!joined && more.value < 10 && parts[at]?.source !== 'en') return { ...number, unclear: true, next: more.next };
    // "soo 50" and "thao 100" could be a sum or a product.
    if (!joined && parts[at]?.kind === 'digits' && more.next === at + 1) return { ...number, unclear: true, next: more.next };
    number = { value: number.value + more.value, room: more.room, next: more.next, unclear: false };
  }
}

/** A half is one only with thousands: "elfu mbili na nusu" is 2,500. */
function withHalf(number: Reading, at: number, joined: boolean): Reading {
  const clear = joined && number.room === 1000 && number.value % 1000 === 0;
  return { value: number.value + 500, room: 1, next: at + 1, unclear: !clear };
}

function readGroup(parts: readonly Part[], at: number): Reading {
  const part = parts[at];
  const next = parts[at + 1];
  if (part === undefined) throw new Error('invariant broken: no number word to read');
  const single = { value: part.value, room: roomOf(part), next: at + 1, unclear: false };
  switch (part.kind) {
    case 'digits':
      return next?.kind === 'multiplier' ? counted(parts, at, part.value, at + 1) : single;
    case 'a':
      return next?.kind === 'multiplier' ? counted(parts, at, 1, at + 1) : { ...single, unclear: true };
    case 'multiplier':
      return part.source === 'en' ? { ...single, room: part.value } : multiplied(parts, at);
    case 'whole':
      return { ...single, unclear: next?.kind === 'unit' };
    case 'unit':
      return readUnit(parts, at, single);
    case 'ten':
      return readTen(parts, at, single);
    case 'teen':
      return next?.kind === 'multiplier' && part.source === 'en' ? counted(parts, at, part.value, at + 1) : single;
    case 'half':
    case 'joiner':
      return { ...single, unclear: true };
  }
}

function roomOf(part: Part): number {
  if (part.kind === 'ten') return part.value === 10 && part.source === 'en' ? 1 : 10;
  // "punch na soo", "finje na mbao": slang adds up whatever is smaller.
  if (part.kind === 'whole') return part.value;
  if (part.kind === 'multiplier') return part.value;
  return 1;
}

/** "two hundred", "5 thao", "a thousand": the count stands before. A count on both sides is unclear. */
function counted(parts: readonly Part[], at: number, count: number, multiplierAt: number): Reading {
  const multiplier = parts[multiplierAt];
  const after = parts[multiplierAt + 1];
  if (multiplier === undefined) throw new Error('invariant broken: no multiplier');
  const again = after?.kind === 'multiplier' && multiplier.value < after.value && multiplier.source === 'en' ? after.value : 1;
  const next = multiplierAt + (again === 1 ? 1 : 2);
  const value = Math.round(count * multiplier.value * again * 1000) / 1000;
  const doubtful =
    multiplier.source !== 'en' && (parts[at]?.source === 'sw' || after?.kind === 'unit' || after?.kind === 'digits');
  const tooMany = multiplier.value === 100 && (count >= 100 || !Number.isInteger(count));
  return { value, room: multiplier.value * again, next, unclear: doubtful || tooMany || (again > 1 && count >= 10) };
}

/** "soo mbili", "elfu ishirini na tano", "mia 5": the count stands after. */
function multiplied(parts: readonly Part[], at: number): Reading {
  const multiplier = parts[at];
  const count = parts[at + 1];
  if (multiplier === undefined) throw new Error('invariant broken: no multiplier');
  const { value } = multiplier;
  const bare = { value, room: value, next: at + 1, unclear: false };
  if (count?.kind === 'unit') return { ...bare, value: value * count.value, next: at + 2, unclear: count.value === 0 };
  if (count?.kind === 'digits' && Number.isInteger(count.value) && count.value > 0 && count.value < (value === 100 ? 10 : 100)) {
    return { ...bare, value: value * count.value, next: at + 2, unclear: parts[at + 2]?.kind === 'digits' };
  }
  if (value >= 1000 && count?.kind === 'ten') {
    const one = parts[at + 2]?.kind === 'joiner' && parts[at + 3]?.kind === 'unit' ? (parts[at + 3]?.value ?? 0) : 0;
    return { ...bare, value: value * (count.value + one), next: at + (one === 0 ? 2 : 4) };
  }
  // "elfu mia mbili" is 200,000 to one and 1,200 to another; "mia kumi" is 110 or 1,000.
  const unclear =
    (count?.kind === 'multiplier' && value >= 1000 && count.source !== 'en') ||
    (value === 100 && count?.kind === 'ten' && count.value === 10);
  return { ...bare, unclear };
}

function readUnit(parts: readonly Part[], at: number, single: Reading): Reading {
  const [part, next] = [parts[at], parts[at + 1]];
  if (part === undefined || next === undefined) return single;
  if (next.kind === 'multiplier') return counted(parts, at, part.value, at + 1);
  const halfAt = next.kind === 'joiner' ? (parts[at + 2]?.kind === 'a' ? at + 3 : at + 2) : at + 1;
  if (parts[halfAt]?.kind === 'half' && parts[halfAt + 1]?.kind === 'multiplier' && part.source === 'en') {
    return counted(parts, at, part.value + 0.5, halfAt + 1);
  }
  if (part.source === 'en' && next.source === 'en' && (next.kind === 'ten' || next.kind === 'teen')) {
    // "one fifty" is 150, but "two fifty thousand" is anybody's guess.
    const tens = readTen(parts, at + 1, { value: next.value, room: roomOf(next), next: at + 2, unclear: false });
    const unclear = tens.unclear || part.value === 0 || parts[tens.next]?.kind === 'multiplier';
    return { value: part.value * 100 + tens.value, room: 1, next: tens.next, unclear };
  }
  return single;
}

/** "twenty five", "twenty five hundred", "kumi na tano" (whose joiner is read by the caller). */
function readTen(parts: readonly Part[], at: number, single: Reading): Reading {
  const [part, next] = [parts[at], parts[at + 1]];
  if (part?.kind !== 'ten' || part.source !== 'en') return single;
  if (next?.kind === 'multiplier' && next.source === 'en') return counted(parts, at, part.value, at + 1);
  if (next?.kind !== 'unit' || next.source !== 'en' || part.value === 10) return single;
  if (parts[at + 2]?.kind === 'multiplier') return counted(parts, at, part.value + next.value, at + 2);
  return { value: part.value + next.value, room: 1, next: at + 2, unclear: false };
}
