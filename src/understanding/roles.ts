/**
 * Owns who is who: for every number, "me" and person in a message, whether the words around it make it the recipient or the
 * payer. To swap the two is the second worst mistake, so what the words do not tell stays unknown.
 */

import type { Msisdn } from '../domain/msisdn.ts';
import { has, isSymbol, type Item } from './items.ts';
import type { Scene } from './scene.ts';
import type { Tag } from './tags.ts';
import type { NumberRole, RoledNumber, SlotName } from './understood.ts';

export interface Target {
  /** Index of its item. */
  readonly at: number;
  readonly kind: 'number' | 'self' | 'person';
  /** Null for a number that cannot be used, and for people. */
  readonly number: Msisdn | null;
  readonly role: NumberRole;
  readonly denied: boolean;
  /** "A and B", "A, B": stands in one list with the target before it. */
  readonly listed: boolean;
  /** "ninunulie": the verb says that it is for the speaker; an explicit recipient stands above it. */
  readonly byVerb: boolean;
  /** A payment network stands right before it: "mpesa 0733...". */
  readonly afterNetwork: boolean;
  /** Of a person, as typed. */
  readonly name: string | null;
}

export function targetsOf(scene: Scene): Target[] {
  const targets = new Map<number, Target>();
  for (const [at, item] of scene.items.entries()) {
    const target = targetAt(scene, at, item, targets);
    if (target !== null) targets.set(at, target);
  }
  return [...targets.values()];
}

/** Those that were found, by the index of their item. */
type Found = ReadonlyMap<number, Target>;

function targetAt(scene: Scene, at: number, item: Item, before: Found): Target | null {
  const { items } = scene;
  const denied = scene.denied.has(at);
  if (item.kind === 'phone') {
    const cue = roleAround(items, at, before);
    const afterNetwork =
      has(items[at - 1], 'network', 'brand') || (has(items[at - 1], 'number_word') && has(items[at - 2], 'network', 'brand'));
    return { at, kind: 'number', number: item.number, denied, byVerb: false, afterNetwork, name: null, ...cue };
  }
  const plain = { at, number: null, byVerb: false, afterNetwork: false, name: null, denied };
  if (has(item, 'payer_self'))
    return isAboutNumber(items, at)
      ? null
      : { ...plain, kind: 'self', role: 'payer', listed: false, denied: isDenied(items, at) };
  if (has(item, 'buy_me') || (has(item, 'self') && has(item, 'buy', 'send', 'topup', 'give', 'sambaza'))) {
    return { ...plain, kind: 'self', role: 'recipient', listed: false, byVerb: true };
  }
  if (has(item, 'network') && (has(items[at - 1], 'self_bare') || has(items[at + 1], 'self_bare')) && !isAboutNumber(items, at)) {
    // "my mpesa", "mpesa yangu"
    return { ...plain, kind: 'self', role: 'payer', listed: false };
  }
  if (has(item, 'self')) {
    if (has(items[at - 1], 'change')) return null;
    if (isAboutNumber(items, at)) return null;
    const cue = roleAround(items, at, before);
    return { ...plain, kind: 'self', ...cue, role: cue.role === 'payer' ? 'payer' : 'recipient', denied: isDenied(items, at) };
  }
  if ((has(item, 'person', 'other_line') || isSomebody(scene, at)) && !isAboutNumber(items, at)) {
    const cue = roleAround(items, at, before);
    return { ...plain, kind: 'person', ...cue, name: scene.text.slice(item.start, item.end) };
  }
  return null;
}

/** "my friend 0722...", "my number is 0722...": it only introduces the number. */
function isAboutNumber(items: readonly Item[], at: number): boolean {
  for (let next = at + 1; next < items.length && next <= at + 4; next += 1) {
    const item = items[next];
    if (item?.kind === 'phone') return true;
    const passed =
      has(item, 'number_word', 'filler', 'of', 'line', 'person') || isSymbol(item, ':', '=', '(', '-') || isName(item);
    if (!passed || has(item, 'with', 'and', 'to')) return false;
  }
  return false;
}

/** "for John", "kwa wanjala": a name after "to", or a given name after a deed. */
function isSomebody({ items, text }: Scene, at: number): boolean {
  const item = items[at];
  if (item?.kind !== 'word') return false;
  const before = has(items[at - 1], 'person', 'filler', 'self_bare') ? items[at - 2] : items[at - 1];
  if (has(item, 'name')) return has(before, 'to', 'for', 'send', 'buy', 'topup', 'give', 'sambaza', 'buy_me', 'airtime');
  if (item.tags.length > 0 || !has(before, 'to', 'for')) return false;
  const first = text.charAt(item.start);
  const capital = first !== first.toLowerCase() && text !== text.toUpperCase();
  return capital || (!item.known && !items.some((other) => has(other, 'self') && !has(other, 'send', 'topup', 'buy', 'give')));
}

function isName(item: Item | undefined): boolean {
  return item?.kind === 'word' && (item.tags.length === 0 || has(item, 'name'));
}

function isDenied(items: readonly Item[], at: number): boolean {
  return (
    has(items[at - 1], 'not', 'instead') || (has(items[at - 1], 'to', 'for', 'from') && has(items[at - 2], 'not', 'instead'))
  );
}

interface Cue {
  readonly role: NumberRole;
  readonly listed: boolean;
}

function roleAround(items: readonly Item[], at: number, before: Found): Cue {
  const after = roleAfter(items, at);
  if (after !== null) return { role: after, listed: false };
  return roleBefore(items, at, before);
}

/** "0733... will pay", "0722... atapokea". */
function roleAfter(items: readonly Item[], at: number): NumberRole | null {
  let next = at + 1;
  while (has(items[next], 'filler', 'number_word') && !has(items[next], 'pays', 'receives')) next += 1;
  const cue = items[next];
  const follows = items[next + 1];
  if (has(cue, 'pays') && (follows?.kind !== 'phone' || has(cue, 'pay_for'))) return 'payer';
  if (has(cue, 'pay') && (follows?.kind === 'amount' || has(follows, 'for'))) return 'payer';
  return has(cue, 'receives') ? 'recipient' : null;
}

/** How many words without a meaning ("for my friend Peter Kamau 0722...") may stand between a cue and its number. */
const MOST_UNKNOWN = 3;

/** A cue that stands farther away says nothing of a number; and a long message must not cost the square of its length. */
const FARTHEST_CUE = 30;

function roleBefore(items: readonly Item[], at: number, before: Found): Cue {
  let unknown = 0;
  let comma = false;
  let joined = false;
  for (let back = at - 1; back >= 0 && back >= at - FARTHEST_CUE; back -= 1) {
    const item = items[back];
    if (item === undefined) break;
    const earlier = before.get(back);
    if (earlier !== undefined && !earlier.byVerb && earlier.kind !== 'person' && !has(item, 'payer_self')) {
      // A list goes on in the role that it began with; without a joining word the numbers have nothing to do with each other.
      return comma || joined ? { role: earlier.role, listed: true } : NO_CUE;
    }
    if (item.kind === 'symbol') {
      if (',/;'.includes(item.key)) comma = true;
      else if (!':=()"-@#>*'.includes(item.key)) return NO_CUE;
      continue;
    }
    if (item.kind !== 'word') return NO_CUE;
    const role = roleOfCue(items, back, joined || comma);
    if (role !== null) return comma ? NO_CUE : { role, listed: false };
    if (has(item, 'and', 'or')) joined = true;
    else if (item.tags.length === 0 && (unknown += 1) > MOST_UNKNOWN) return NO_CUE;
    else if (has(item, 'greeting', 'thanks', 'yes')) return NO_CUE;
  }
  return NO_CUE;
}

const NO_CUE: Cue = { role: 'unknown', listed: false };

/** The role that the word at `at` gives to what follows it; null: read on. */
function roleOfCue(items: readonly Item[], at: number, joined: boolean): NumberRole | null {
  const item = items[at];
  const before = items[at - 1];
  if (has(item, 'from', 'payer_noun', 'payer_self')) return 'payer';
  if (has(item, 'recipient_noun', 'pay_for')) return 'recipient';
  if (has(item, 'to', 'for', 'arrow', 'receives'))
    return has(before, 'payer_noun') || has(before, 'pays') ? 'payer' : 'recipient';
  if (has(item, 'use')) {
    if (!has(item, 'send') || paysAround(items, at)) return 'payer';
    return items.some((other) => other.kind === 'amount' || has(other, 'airtime')) ? 'recipient' : 'unknown';
  }
  if (has(item, 'buy', 'buy_me', 'send', 'topup', 'give', 'credit', 'sambaza', 'move')) return 'recipient';
  if (has(item, 'pay')) return 'payer';
  if (has(item, 'with') && !joined) return payingBefore(items, at) ? 'payer' : null;
  return null;
}

/** "tumia" is both "send to" and "use": it is "use" when a deed stands before it or paying after it. */
function paysAround(items: readonly Item[], at: number): boolean {
  const deedBefore = items.slice(0, at).some((item) => has(item, 'buy', 'buy_me', 'topup', 'send', 'sambaza'));
  return deedBefore || items.slice(at + 1).some((item) => has(item, 'pay', 'pays'));
}

/** "pay 100 with 0733", "buy 50 for 0722 with 0733"; the Swahili "na" needs a word of paying near it. */
function payingBefore(items: readonly Item[], at: number): boolean {
  if (!has(items[at], 'and') || has(items[at - 1], 'pay_for')) return true;
  return items.slice(Math.max(0, at - 4), at).some((item) => has(item, 'pay', 'from', 'pays', 'payer_self'));
}

/** "me", "mine", "yangu" as the answer to who gets it or who pays: the question gives the role. */
export function withBareSelf(targets: Target[], items: readonly Item[], asking: SlotName | null): Target[] {
  if (asking !== 'recipient' && asking !== 'payer') return targets;
  const at = items.findIndex((item) => has(item, 'self', 'self_bare') && !has(item, 'buy', 'send', 'topup', 'give'));
  const bare = items.every(
    (item) =>
      item.kind === 'symbol' ||
      has(
        item,
        'self',
        'self_bare',
        'filler',
        'yes',
        'to',
        'for',
        'from',
        'with',
        'pay',
        'payer_self',
        'pays',
        'network',
        'brand',
      ),
  );
  if (at === -1 || !bare || targets.some(({ kind }) => kind !== 'self')) return targets;
  return [
    {
      at,
      kind: 'self',
      number: null,
      role: asking,
      denied: false,
      listed: false,
      byVerb: false,
      afterNetwork: false,
      name: null,
    },
  ];
}

const CORRECTING: readonly Tag[] = ['no', 'not', 'instead', 'correction', 'different', 'it_is'];
const OF_PAYING: readonly Tag[] = ['pay', 'pays', 'from', 'use', 'payer_noun', 'payer_self', 'with', 'network', 'brand'];

/** "No sorry, 0733...", "sio hiyo, ni 0733...": one number whose words say that it is another, and not that it pays. */
export function isCorrection({ tags, asks }: Scene, numbers: readonly RoledNumber[]): boolean {
  const [first] = numbers;
  if (first === undefined || asks || numbers.some(({ number, role }) => number !== first.number || role === 'payer'))
    return false;
  return CORRECTING.some((tag) => tags.has(tag)) && !OF_PAYING.some((tag) => tags.has(tag));
}
