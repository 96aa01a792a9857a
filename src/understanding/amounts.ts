/**
 * Owns which of the numbers in a message is the amount. Counts, times, numbers of SMS and denied values are not; two different
 * amounts are never resolved by guessing.
 */

import { has, isSymbol, type AmountItem, type Item } from './items.ts';
import type { Scene } from './scene.ts';
import type { Problem } from './understood.ts';

export interface SaidAmount {
  readonly at: number;
  readonly item: AmountItem;
}

export interface Amounts {
  /** Candidates that are whole shillings, in order, without the denied ones. */
  readonly said: readonly SaidAmount[];
  readonly denied: readonly number[];
  readonly problems: readonly Problem[];
  readonly smsUnits: number | null;
}

export interface AmountExpectation {
  /** The bot has just asked for an amount: a lone "tano" or "blue" is one. */
  readonly asked: boolean;
  /** SMS are bought: a plain number counts messages, unless it is said to be money. */
  readonly smsBought: boolean;
}

/** What a doubtful amount may be. */
const FIFTY_OR_500 = [50, 500] as const;

export function amountsOf(scene: Scene, expectation: AmountExpectation): Amounts {
  const said: SaidAmount[] = [];
  const denied: number[] = [];
  const problems: Problem[] = [];
  let smsUnits: number | null = null;
  const bare = scene.items.filter((item) => item.kind === 'amount').length === 1;
  for (const [at, item] of scene.items.entries()) {
    if (has(item, 'doubtful_amount')) problems.push({ kind: 'two_amounts', amounts: FIFTY_OR_500 });
    if (item.kind !== 'amount' || isCountOrTime(scene.items, at, item)) continue;
    if (scene.denied.has(at)) {
      if (item.bad === null) denied.push(item.value);
      continue;
    }
    if (item.bad !== null) {
      const counts = item.bad === 'cents' && countsSms(scene.items, at, item, expectation);
      const problem: Problem = { kind: counts ? 'part_sms' : item.bad, typed: scene.text.slice(item.start, item.end) };
      if (!problems.some((other) => other.kind === problem.kind)) problems.push(problem);
      continue;
    }
    if (countsSms(scene.items, at, item, expectation)) {
      smsUnits ??= item.value;
      continue;
    }
    if (isRealAmount(scene.items, at, item, bare && expectation.asked)) said.push({ at, item });
  }
  return { said, denied, problems: withRanges(scene.items, said, problems, scene.text), smsUnits };
}

/** "100 to 200", "between 100 and 200": a range; both ends are taken out. */
function withRanges(items: readonly Item[], said: SaidAmount[], problems: readonly Problem[], text: string): readonly Problem[] {
  const found: Problem[] = [...problems];
  for (let index = said.length - 1; index > 0; index -= 1) {
    const [low, high] = [said[index - 1], said[index]];
    if (low === undefined || high === undefined) continue;
    const between = items.slice(low.at + 1, high.at);
    const isRange =
      between.length === 1 &&
      (has(between[0], 'to', 'until') || (has(between[0], 'and', 'with') && has(items[low.at - 1], 'between')));
    if (!isRange) continue;
    said.splice(index - 1, 2);
    found.push({ kind: 'range', typed: text.slice(low.item.start, high.item.end) });
  }
  return found;
}

function isRealAmount(items: readonly Item[], at: number, item: AmountItem, asked: boolean): boolean {
  if (item.money || asked) return true;
  if (item.small) return false;
  return !item.weak || isWhereAmountsStand(items, at);
}

/** Slang that is also an ordinary word counts after "ya", a deed or airtime, or before airtime; not after "to". */
function isWhereAmountsStand(items: readonly Item[], at: number): boolean {
  const [before, after] = [items[at - 1], items[at + 1]];
  const others = items.some((item, index) => index !== at && item.kind === 'amount');
  if (others || has(before, 'to', 'for')) return false;
  if (at === 0 && (items.length === 1 || has(after, 'to', 'for') || after?.kind === 'phone')) return items.length > 1;
  return has(before, 'of', 'with', 'buy', 'buy_me', 'send', 'topup', 'airtime', 'want', 'give') || has(after, 'airtime');
}

/** "3 friends", "at 5", "watu 3": a number that counts something else. */
export function isCountOrTime(items: readonly Item[], at: number, item: AmountItem): boolean {
  if (item.money) return false;
  const near = items[at - 1];
  const before = has(near, 'filler') && !has(near, 'of', 'with') ? items[at - 2] : near;
  const after = items[at + 1];
  if (isTextSpeak(items, at, item)) return true;
  if (has(after, 'counted_before') || (isPlain(after) && has(items[at + 2], 'counted_before'))) return true;
  if (has(near, 'clock') && item.value > 0 && item.value <= (has(near, 'of') ? 12 : 24)) return true;
  if (has(before, 'counted_after', 'choice_noun') && item.value <= (has(before, 'line') ? 4 : 9_999)) return true;
  return isSymbol(after, '%') || has(after, 'fraction') || has(before, 'fraction');
}

/** "4 my numba", "2 0722...": for and to, where another number is the amount. */
function isTextSpeak(items: readonly Item[], at: number, item: AmountItem): boolean {
  if (!item.digits || (item.value !== 4 && item.value !== 2)) return false;
  const after = items[at + 1];
  const others = items.some((other, index) => index !== at && other.kind === 'amount');
  return others && (after?.kind === 'phone' || has(after, 'self', 'self_bare', 'person', 'number_word'));
}

function isPlain(item: Item | undefined): boolean {
  return item?.kind === 'word' && item.tags.length === 0;
}

function countsSms(items: readonly Item[], at: number, item: AmountItem, { smsBought }: AmountExpectation): boolean {
  return !item.money && (isSmsCount(items, at) || (smsBought && !isPrice(items, at)));
}

/** "1000 sms", "500 more messages". */
function isSmsCount(items: readonly Item[], at: number): boolean {
  const after = isPlain(items[at + 1]) ? items[at + 2] : items[at + 1];
  return has(after, 'sms', 'units');
}

/** "sms worth 500", "sms za 500", "sms for 500", "top up my sms wallet with 500". */
function isPrice(items: readonly Item[], at: number): boolean {
  return has(items[at - 1], 'of', 'for', 'with', 'amount_noun') || has(items[at - 1], 'each');
}
