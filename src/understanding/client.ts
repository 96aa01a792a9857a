/**
 * Owns finding a reseller's client: "credit acme 500", "top up ACME Ltd with 2000", "load 500 to acme". The name is given back as
 * it was typed. A phone, "me" or mum is no client, and airtime is never credited to one.
 */

import { has, hasAny, isSymbol, type Item } from './items.ts';
import type { Scene } from './scene.ts';
import type { Tag } from './tags.ts';

export interface Client {
  /** As typed, single-spaced. */
  readonly name: string;
  /** Where it stands in the cleaned text. */
  readonly start: number;
  readonly end: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Words that may stand around a name without being part of it. */
const AROUND: readonly Tag[] = [
  'client_noun',
  'account',
  'sms',
  'credit',
  'units',
  'with',
  'of',
  'to',
  'for',
  'filler',
  'and',
  'salio',
  'amount_noun',
  'topup',
  'other_line',
  'arrow',
  'question',
  'give',
  'balance',
  'send',
];
const NEVER_IN_A_NAME: readonly Tag[] = [
  'self',
  'airtime',
  'buy',
  'buy_me',
  'network',
  'payer_self',
  'from',
  'pay',
  'history',
  'complaint',
  'cancel',
  'not',
  'how',
  'money_noun',
  'below',
  'when',
  'threshold',
  'alert',
  'again',
  'dont',
  'payer_noun',
  'recipient_noun',
  'change',
  'thanks',
  'attack',
  'free',
  'self_bare',
  'brand',
  'fee',
  'help',
  'back',
  'time',
  'wallet_name',
];

export function clientOf(scene: Scene): Client | null {
  const { items } = scene;
  if (scene.tags.has('airtime') || items.some((item, at) => item.kind === 'phone' && !isPayer(items, at))) return null;
  const deed = items.findIndex((item) => has(item, 'credit', 'topup', 'give', 'send', 'move'));
  // "sms credit for acme 500" has no deed but the thing.
  const verb = deed === -1 ? items.findIndex((item) => has(item, 'sms')) : deed;
  if (verb === -1) return null;
  for (const span of [deed === -1 ? null : directObject(items, verb), afterTo(items, verb), afterAmount(items, verb)]) {
    const trimmed = span === null ? null : trim(scene, span);
    if (trimmed !== null && isClient(scene, verb, trimmed)) return named(scene, trimmed);
  }
  return null;
}

/** "credit acme 500, pay with 0733...": that number is no recipient. */
function isPayer(items: readonly Item[], at: number): boolean {
  return [items[at - 1], items[at - 2]].some((item) => has(item, 'from', 'pay', 'payer_noun', 'use'));
}

/** What stands between the deed and the amount (or the end): "credit acme 500". */
function directObject(items: readonly Item[], verb: number): Span | null {
  let to = verb + 1;
  while (to < items.length && !endsName(items, to)) to += 1;
  return to > verb + 1 ? { from: verb + 1, to } : null;
}

/** What stands behind "to", "for", "kwa" after the amount: "load 500 to acme". */
function afterTo(items: readonly Item[], verb: number): Span | null {
  for (let at = verb + 1; at < items.length; at += 1) {
    if (!has(items[at], 'to', 'for') && !(has(items[at], 'client_noun') && at > verb + 1)) continue;
    let to = at + 1;
    while (to < items.length && !endsName(items, to)) to += 1;
    if (to > at + 1) return { from: at + 1, to };
  }
  return null;
}

/** "credit 500 acme": a name that the lexicon does not know stands right behind the amount. */
function afterAmount(items: readonly Item[], verb: number): Span | null {
  const at = verb + 1;
  const name = items[at + 1];
  if (!has(items[verb], 'credit') || items[at]?.kind !== 'amount' || name?.kind !== 'word' || name.known) return null;
  let to = at + 2;
  while (to < items.length && !endsName(items, to)) to += 1;
  return { from: at + 1, to };
}

function endsName(items: readonly Item[], at: number): boolean {
  const item = items[at];
  if (item === undefined || item.kind === 'phone' || item.kind === 'time' || isAmount(item)) return true;
  if (item.kind === 'symbol') return !`"'&-._/()`.includes(item.key);
  return hasAny(item, NEVER_IN_A_NAME) && !quoted(items, at);
}

/** "Blue Sky" and "Five Star" are names. */
function isAmount(item: Item): boolean {
  return item.kind === 'amount' && (item.money || !(item.weak || item.small));
}

function quoted(items: readonly Item[], at: number): boolean {
  const opens = items.slice(0, at).filter((item) => isSymbol(item, '"')).length;
  return opens % 2 === 1 && items.slice(at).some((item) => isSymbol(item, '"'));
}

function trim(scene: Scene, span: Span): Span | null {
  let { from, to } = span;
  const quote = scene.items.findIndex((item, at) => at >= from && at < to && isSymbol(item, '"'));
  if (quote !== -1) {
    const end = scene.items.findIndex((item, at) => at > quote && isSymbol(item, '"'));
    if (end > quote + 1) return { from: quote + 1, to: end };
  }
  while (from < to && isAround(scene.items[from]) && !isInitial(scene, from)) from += 1;
  while (to > from && isAround(scene.items[to - 1])) to -= 1;
  const cue = scene.items.findIndex(
    (item, at) => at > from && at < to && has(item, 'to', 'for', 'with') && !has(item, 'company'),
  );
  if (cue !== -1) to = cue;
  while (to > from && isAround(scene.items[to - 1])) to -= 1;
  return from < to ? { from, to } : null;
}

/** The "A" of "A.B.C Traders" is no article. */
function isInitial({ items, text }: Scene, at: number): boolean {
  const item = items[at];
  return item?.kind === 'word' && item.key.length === 1 && /^[.&]\p{L}/u.test(text.slice(item.end, item.end + 2));
}

function isAround(item: Item | undefined): boolean {
  return item?.kind === 'symbol' || hasAny(item, AROUND);
}

/** "credit" takes any name; the other deeds need a sign that it is a client and no friend. */
function isClient(scene: Scene, verb: number, span: Span): boolean {
  const words = scene.items.slice(span.from, span.to);
  const isQuoted = isSymbol(scene.items[span.from - 1], '"');
  const named = words.some((item) => item.kind === 'code' || item.kind === 'amount' || isName(item));
  const looksLike =
    isQuoted ||
    (words.length > 1 && words.some((item) => has(item, 'company'))) ||
    words.some((item) => item.kind === 'code') ||
    (has(scene.items[verb], 'credit', 'topup') &&
      isShouted(scene, span) &&
      !words.some((item) => has(item, 'person', 'name', 'self')));
  if (looksLike) return true;
  // "john's phone", "my mum": somebody's line, not somebody's account.
  if (words.some((item) => has(item, 'number_word', 'line')) || !named) return false;
  const { tags } = scene;
  const asked = tags.has('want') || tags.has('buy') || tags.has('buy_me');
  if (has(scene.items[verb], 'credit') && !asked) return true;
  if (words.some((item) => has(item, 'person', 'name'))) return false;
  if (!scene.items.some((item) => item.kind === 'amount' && isAmount(item))) return false;
  if (tags.has('sms') || tags.has('credit') || tags.has('client_noun') || tags.has('units') || tags.has('account')) return true;
  const unheard = words.every((item) => item.kind === 'word' && item.tags.length === 0 && !item.known);
  return has(scene.items[verb], 'topup') && words.length <= 3 && unheard;
}

/** A word that the lexicon gives no meaning. */
function isName(item: Item): boolean {
  return item.kind === 'word' && (item.tags.length === 0 || has(item, 'name'));
}

/** "ACME" in a message that is not all capitals. */
function isShouted(scene: Scene, span: Span): boolean {
  const name = textOf(scene, span);
  return name.length > 2 && name === name.toUpperCase() && /[A-Z]{3}/.test(name) && scene.text !== scene.text.toUpperCase();
}

function named(scene: Scene, span: Span): Client {
  const start = scene.items[span.from]?.start ?? 0;
  const end = scene.items[span.to - 1]?.end ?? 0;
  const name = textOf(scene, span);
  return { name: has(scene.items[span.to], 'account') ? name.replace(/'s$/i, '') : name, start, end };
}

function textOf(scene: Scene, span: Span): string {
  return scene.text.slice(scene.items[span.from]?.start, scene.items[span.to - 1]?.end).replace(/\s+/g, ' ');
}
