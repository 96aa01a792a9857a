/**
 * Owns dividing a row of digit groups into phone numbers and amounts. Every reading of a piece has a price; the cheapest
 * division wins, so that "0722 000 000 500" is a number and 500, and "0722 000 00 500" is a number that lacks a digit and 500.
 */

export interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  /** What stands between this group and the one before. */
  readonly gap: string;
}

export interface Segment {
  readonly kind: 'phone' | 'amount' | 'junk' | 'range';
  readonly start: number;
  readonly end: number;
  /** Of an amount, whole. */
  readonly value: number;
  /** Of an amount with a decimal point, else null. */
  readonly decimal: number | null;
  readonly plus: boolean;
}

interface Signs {
  /** A plus stands before the row. */
  readonly plus: boolean;
  /** A word or sign for money touches the row. */
  readonly money: boolean;
}

interface Piece extends Segment {
  readonly price: number;
  /** Index after its last group. */
  readonly next: number;
}

export function divide(groups: readonly Group[], signs: Signs): Segment[] {
  const best: { price: number; piece: Piece | null }[] = Array.from({ length: groups.length + 1 }, () => ({
    price: Infinity,
    piece: null,
  }));
  best[groups.length] = { price: 0, piece: null };
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    for (const piece of piecesFrom(groups, at, signs)) {
      const price = piece.price + (best[piece.next]?.price ?? Infinity);
      if (price < (best[at]?.price ?? Infinity)) best[at] = { price, piece };
    }
  }
  const pieces: Piece[] = [];
  for (let at = 0; at < groups.length;) {
    const piece = best[at]?.piece;
    if (piece == null) break;
    pieces.push(piece);
    at = piece.next;
  }
  return joinRanges(pieces, groups);
}

/** "100-200" is a range, "100/200" is unreadable: neither is two amounts. */
function joinRanges(pieces: readonly Piece[], groups: readonly Group[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const piece of pieces) {
    const gap = groups[at]?.gap.trim() ?? '';
    const before = segments.at(-1);
    const joined =
      before !== undefined && before.kind !== 'phone' && piece.kind !== 'phone' && (gap === '-' || gap === '/' || gap === '.');
    if (joined) segments[segments.length - 1] = { ...before, kind: gap === '-' ? 'range' : 'junk', end: piece.end };
    else segments.push(piece);
    at = piece.next;
  }
  return segments;
}

const IN_A_PHONE = /^(?:\s+|\s*[-./]\s*|\s*\(\s*|\s*\)\s*|\s*\)\s*-\s*|,)$/;
const MOST_PHONE_DIGITS = 16;

function piecesFrom(groups: readonly Group[], at: number, signs: Signs): Piece[] {
  const first = groups[at];
  if (first === undefined) return [];
  const pieces: Piece[] = [single(first, at, signs)];
  const grouped = thousands(groups, at, signs);
  if (grouped !== null) pieces.push(grouped);
  const decimal = decimals(groups, at, grouped);
  if (decimal !== null) pieces.push(decimal);
  const sizes: number[] = [];
  let digits = '';
  let commas = 0;
  for (let end = at; end < groups.length; end += 1) {
    const group = groups[end];
    if (group === undefined || (end > at && !IN_A_PHONE.test(group.gap))) break;
    digits += group.digits;
    if (digits.length > MOST_PHONE_DIGITS && sizes.length > 0) break;
    if (end > at && group.gap === ',') commas += 1;
    sizes.push(group.digits.length);
    const plus = signs.plus && at === 0;
    const price = phonePrice(digits, sizes, plus, signs.money);
    if (price === null) continue;
    const place = { start: first.start, end: group.end, next: end + 1 };
    pieces.push({ kind: 'phone', ...place, value: 0, decimal: null, plus, price: price + commas * 3 });
  }
  return pieces;
}

function single(group: Group, at: number, signs: Signs): Piece {
  const { digits } = group;
  const place = { start: group.start, end: group.end, next: at + 1, decimal: null, plus: false };
  const leadingZero = digits.length > 1 && digits.startsWith('0');
  if (leadingZero || digits.length > 12) return { kind: 'junk', ...place, value: 0, price: 10 };
  // What follows a plus begins a number in international form.
  if (signs.plus && at === 0) return { kind: 'amount', ...place, value: Number(digits), price: 6 };
  const price = digits.length <= 7 || signs.money ? 1 : digits.length === 8 && digits.endsWith('000') ? 2 : 4;
  return { kind: 'amount', ...place, value: Number(digits), price };
}

/** "1,000,000" and, when it cannot be two amounts, "1 000". */
function thousands(groups: readonly Group[], at: number, signs: Signs): Piece | null {
  const first = groups[at];
  if (first === undefined || first.digits.length > 3 || first.digits.startsWith('0')) return null;
  const gap = groups[at + 1]?.gap.replace(/ +/, ' ');
  if (gap !== ',' && gap !== ' ') return null;
  let end = at + 1;
  let digits = first.digits;
  while (groups[end]?.gap.replace(/ +/, ' ') === gap && groups[end]?.digits.length === 3) {
    digits += groups[end]?.digits;
    end += 1;
  }
  const last = groups[end - 1];
  if (end === at + 1 || last === undefined || digits.length > 12) return null;
  const spaced = gap === ' ';
  if (spaced && (digits.length > 7 || !(signs.money || /^\d{1,3}(?:000)+$/.test(digits)))) return null;
  const place = { start: first.start, end: last.end, next: end };
  return { kind: 'amount', ...place, value: Number(digits), decimal: null, plus: false, price: spaced ? 0.9 : 0.5 };
}

/** "100.50", "1.5" and "1,000.00": whole when the decimals are two zeros or one. */
function decimals(groups: readonly Group[], at: number, grouped: Piece | null): Piece | null {
  const whole = grouped ?? (groups[at] === undefined ? null : single(groups[at], at, { plus: false, money: true }));
  const fraction = whole === null ? undefined : groups[whole.next];
  if (whole === null || whole.kind !== 'amount' || fraction?.gap !== '.') return null;
  const place = { start: whole.start, end: fraction.end, next: whole.next + 1, plus: false };
  if (fraction.digits.length > 2) return { kind: 'junk', ...place, value: 0, decimal: null, price: 2.5 };
  const none = /^0+$/.test(fraction.digits);
  const decimal = none ? null : Number(`${whole.value}.${fraction.digits}`);
  return { kind: 'amount', ...place, value: whole.value, decimal, price: 0.4 };
}

/** What it costs to read the digits as a phone number; null when they are none. */
function phonePrice(digits: string, sizes: readonly number[], plus: boolean, money: boolean): number | null {
  const alone = sizes.length === 1;
  const odd = sizes.slice(1).filter((size) => size === 1).length * 2 + (sizes[0] === 1 && digits[0] !== '0' ? 3 : 0);
  if (plus || (digits.startsWith('00') && digits.length >= 11)) {
    const number = plus ? digits : digits.slice(2);
    if (number.startsWith('254')) return ownPrice(number.slice(3).replace(/^0/, ''), alone, odd);
    return number.length >= 9 && number.length <= 15 ? 4 - number.length * 0.1 : null;
  }
  if (digits.startsWith('254') && digits.length >= 9) return ownPrice(digits.slice(3).replace(/^0/, ''), alone, odd);
  if (digits.startsWith('0')) return ownPrice(digits.slice(1), alone, odd) ?? (alone && digits.length >= 4 && !money ? 8 : null);
  if (/^[17]/.test(digits)) return barePrice(digits, sizes, money);
  if (alone) return digits.length >= 8 && !money ? 3 : null;
  return digits.length === 12 && sizes.every((size) => size === 3) ? 3 : null;
}

/** `national` is what follows 0 or 254. */
function ownPrice(national: string, alone: boolean, odd: number): number | null {
  if (/^[17]/.test(national)) {
    if (national.length === 9) return odd;
    if (national.length >= 6 && national.length < 9) return (alone ? 3 : 6) + odd;
    return national.length > 9 && national.length <= 12 ? (alone ? 4 : 9) + odd : null;
  }
  if (/^[2-6]/.test(national))
    return national.length >= 7 && national.length <= 9 ? 1 + odd : alone && national.length > 9 ? 4 : null;
  return national.length >= 8 && national.length <= 10 ? (alone ? 2 : 4) : null;
}

/** Nine digits without the 0: alone, or grouped as people group them. */
function barePrice(digits: string, sizes: readonly number[], money: boolean): number | null {
  const alone = sizes.length === 1;
  if (digits.length === 9) {
    if (alone) return money ? 6 : 0.9;
    return sizes.length === 3 && sizes.every((size) => size === 3) ? 2 : sizes.every((size) => size >= 2) ? 4 : 7;
  }
  if (!alone || money) return null;
  if (digits.length === 8 && digits.startsWith('7')) return 1.5;
  return digits.length >= 10 ? 3 : null;
}
