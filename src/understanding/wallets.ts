/**
 * Owns which of a person's SMS wallets a message means: one by its name, as it was handed in, or by whose it is ("my own", "ya duka").
 * A name is read whole, so that the digits in it are never an amount.
 */

import { has, isSymbol, type WordItem } from './items.ts';
import type { Scene } from './scene.ts';
import type { Tag } from './tags.ts';
import type { SaidWallet, SlotName } from './understood.ts';

/** Names are handed in by programs: what is longer is cut, what is shorter says nothing. */
const SHORTEST_NAME = 2;
const LONGEST_NAME = 64;

export interface NamedPlace {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where names stand in a text of small letters: whole words, however they are joined ("Shop 1045" is "shop-1045"). The longest wins. */
export function namesIn(lower: string, names: readonly string[]): NamedPlace[] {
  const places: NamedPlace[] = [];
  const longestFirst = [...new Set(names)].sort((one, other) => other.length - one.length);
  for (const name of longestFirst) {
    for (const { start, end } of placesOf(lower, name)) {
      if (places.every((place) => end <= place.start || start >= place.end)) places.push({ name, start, end });
    }
  }
  return places.sort((one, other) => one.start - other.start);
}

function placesOf(lower: string, name: string): { readonly start: number; readonly end: number }[] {
  const parts =
    name
      .slice(0, LONGEST_NAME)
      .toLowerCase()
      .match(/\p{L}+|\p{N}+/gu) ?? [];
  if (parts.join('').length < SHORTEST_NAME) return [];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${parts.join('[ ._/@-]{0,2}')}(?![\\p{L}\\p{N}])`, 'gu');
  return [...lower.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** The item that stands for a name; nothing inside it is read. */
export function nameItem({ name, start, end }: NamedPlace, line: boolean): WordItem {
  return {
    kind: 'word',
    key: name,
    start,
    end,
    line,
    tags: ['wallet_name'],
    network: null,
    brand: null,
    ordinal: null,
    known: true,
  };
}

export interface Wallets {
  readonly said: SaidWallet | null;
  readonly denied: readonly SaidWallet[];
}

const NONE: Wallets = { said: null, denied: [] };
const WHOSE: readonly Tag[] = ['own_wallet', 'shop_wallet'];

/** Two different ones that are both meant are none. */
export function walletsOf(scene: Scene, asking: SlotName | null): Wallets {
  if (asking === 'wallet') {
    const bare = bareAnswer(scene);
    if (bare !== null) return { said: bare, denied: [] };
  }
  if (!scene.tags.has('wallet_name') && !WHOSE.some((tag) => scene.tags.has(tag))) return NONE;
  const isAbout = asking === 'wallet' || isAboutWallets(scene);
  const said = new Map<string, SaidWallet>();
  const denied: SaidWallet[] = [];
  for (const [at, item] of scene.items.entries()) {
    const wallet = item.kind === 'word' ? walletAt(item, isAbout) : null;
    if (wallet === null) continue;
    if (scene.denied.has(at)) denied.push(wallet);
    else said.set(JSON.stringify(wallet), wallet);
  }
  const [only, ...others] = said.values();
  return { said: only === undefined || others.length > 0 ? null : only, denied };
}

function walletAt(item: WordItem, isAbout: boolean): SaidWallet | null {
  if (has(item, 'wallet_name')) return { kind: 'named', name: item.key };
  if (!isAbout) return null;
  if (has(item, 'own_wallet')) return { kind: 'own' };
  return has(item, 'shop_wallet') ? { kind: 'shop' } : null;
}

const AROUND: readonly Tag[] = [
  ...WHOSE,
  'wallet_name',
  'wallet_noun',
  'account',
  'sms',
  'self_bare',
  'filler',
  'yes',
  'no',
  'not',
  'instead',
  'different',
  'correction',
  'change',
  'of',
  'to',
  'into',
  'for',
  'with',
  'use',
  'want',
  'topup',
  'buy',
  'thanks',
  'that_one',
  'wait',
  'number_word',
];

/** "Shop" and "my own" are ordinary words: they mean a wallet where SMS or wallets are spoken of, or little else is said. */
function isAboutWallets({ items, tags }: Scene): boolean {
  if (tags.has('sms') || tags.has('wallet_noun')) return true;
  return items.every((item) => (item.kind === 'symbol' ? !isSymbol(item, '?') : item.kind === 'amount' || has(item, ...AROUND)));
}

/** "Mine", "yangu", "the other one" to "which wallet?". */
function bareAnswer(scene: Scene): SaidWallet | null {
  const { items, tags } = scene;
  const isBare = items.every((item) => item.kind === 'symbol' || has(item, ...AROUND, 'self', 'other_line'));
  if (!isBare || tags.has('wallet_name') || WHOSE.some((tag) => tags.has(tag)) || tags.has('not')) return null;
  if (tags.has('different')) return { kind: 'another' };
  return tags.has('self_bare') || tags.has('self') || items.some((item) => item.kind === 'word' && MINE.test(item.key))
    ? { kind: 'own' }
    : null;
}

const MINE = /^(?:my|mine|yangu)\b|\byangu$/;
