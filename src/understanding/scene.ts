/**
 * Owns the view of a message that the rules share: its items, which meanings occur, and which values are denied or taken back
 * ("not 500, 550", "0722... sorry 0733..."). A denied value never fills a slot.
 */

import { has, hasAny, isSymbol, type Item } from './items.ts';
import type { Cleaned } from './normalise.ts';
import type { Reading, Word } from './read.ts';
import type { Tag } from './tags.ts';

export interface Scene {
  readonly text: string;
  readonly lower: string;
  readonly items: readonly Item[];
  readonly words: readonly Word[];
  /** Meanings that occur; what is denied ("not bundles") does not count. */
  readonly tags: ReadonlySet<Tag>;
  /** Indices of values that are denied or corrected. */
  readonly denied: ReadonlySet<number>;
  /** A question mark, or a word that asks, stands in it. */
  readonly asks: boolean;
}

export function sceneOf(cleaned: Cleaned, { items, words }: Reading): Scene {
  const tags = new Set<Tag>();
  let asks = false;
  for (const [at, item] of items.entries()) {
    if (isSymbol(item, '?')) asks = true;
    if (item.kind !== 'word' || (isThing(item) && has(items[at - 1], 'not', 'instead', 'dont'))) continue;
    for (const tag of item.tags) tags.add(tag);
  }
  asks ||= tags.has('question') || opensWithQuestion(items);
  return { text: cleaned.text, lower: cleaned.lower, items, words, tags, denied: deniedValues(items, tags), asks };
}

/** "is it...", "can you...": asking only where a sentence begins. */
function opensWithQuestion(items: readonly Item[]): boolean {
  const words = items.filter((item) => item.kind === 'word' && !has(item, 'greeting', 'thanks', 'yes', 'no'));
  return has(words[0], 'asks_first') || (has(words[0], 'filler') && has(words[1], 'asks_first'));
}

/** "Was I charged", "ni utapeli ama": asked, whether a question mark stands there or not. "Why was I charged?" takes it for a fact. */
export function asksWhether({ asks, tags }: Scene): boolean {
  return asks || tags.has('when_past') || tags.has('did') || (tags.has('or') && tags.has('trust'));
}

/** What is sold here, or elsewhere. */
export function isThing(item: Item | undefined): boolean {
  return has(item, 'airtime', 'sms', 'bundles', 'bills', 'tokens', 'loan', 'money_noun', 'transfer', 'credit');
}

type RivalKind = 'amount' | 'phone' | 'network' | 'wallet';

/** The kinds of value that can be taken back. Two values are rivals when they are of one kind. */
function rivalKind(item: Item | undefined): RivalKind | null {
  if (item === undefined) return null;
  if (item.kind === 'amount' || item.kind === 'phone') return item.kind;
  if (has(item, 'wallet_name', 'own_wallet', 'shop_wallet')) return 'wallet';
  return has(item, 'network', 'brand') ? 'network' : null;
}

function deniedValues(items: readonly Item[], tags: ReadonlySet<Tag>): Set<number> {
  const denied = new Set<number>();
  for (const [at, item] of items.entries()) {
    const kind = rivalKind(item);
    if (kind === null) continue;
    if (isDeniedBefore(items, at, kind)) denied.add(at);
    const before = previousRival(items, at, kind);
    if (before !== null && takesBack(items, before, at, tags)) denied.add(before);
  }
  return denied;
}

const BETWEEN_NOT_AND_VALUE: readonly Tag[] = [
  'to',
  'for',
  'from',
  'use',
  'number_word',
  'filler',
  'shilling',
  'of',
  'with',
  'amount_noun',
  'pay',
  'line',
  'wallet_noun',
];

function isDeniedBefore(items: readonly Item[], at: number, kind: RivalKind): boolean {
  for (let back = at - 1; back >= 0 && back >= at - 4; back -= 1) {
    const item = items[back];
    if (has(item, 'not', 'instead')) return !has(item, 'cancel') || hasRival(items, at, kind);
    if (has(item, 'cancel', 'dont')) return hasRival(items, at, kind);
    if (!hasAny(item, BETWEEN_NOT_AND_VALUE)) return false;
  }
  return false;
}

function hasRival(items: readonly Item[], at: number, kind: string): boolean {
  return items.some((item, index) => index !== at && rivalKind(item) === kind);
}

function previousRival(items: readonly Item[], at: number, kind: string): number | null {
  for (let back = at - 1; back >= 0; back -= 1) if (rivalKind(items[back]) === kind) return back;
  return null;
}

/** "500 sorry 550", "500, no 550", "change 500 to 550", "badilisha 500 iwe 550". */
function takesBack(items: readonly Item[], from: number, to: number, tags: ReadonlySet<Tag>): boolean {
  const between = items.slice(from + 1, to);
  if (
    between.some(
      (item) => has(item, 'correction') || (has(item, 'no') && !has(item, 'of', 'number_word', 'not')) || has(item, 'wait'),
    )
  )
    return true;
  const only = between.filter((item) => !has(item, 'filler') && item.kind !== 'symbol');
  return tags.has('change') && only.length === 1 && has(only[0], 'to', 'until', 'and', 'with');
}
