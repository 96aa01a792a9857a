/**
 * Owns what only a conversation needs: yes and no, slash commands and their plain words, numbered choices, wishes to change
 * something, questions in the middle. A yes that carries anything else is no answer: it could confirm what nobody looked at.
 */

import { has, hasAny, isSymbol, type Item } from './items.ts';
import { asksWhether, type Scene } from './scene.ts';
import type { Tag } from './tags.ts';
import type { Command, Question, SlotName, Trouble } from './understood.ts';

const COURTESY: readonly Tag[] = ['filler', 'thanks', 'greeting', 'yes'];
const HARMLESS_AFTER_YES: readonly Tag[] = [
  ...COURTESY,
  'buy',
  'send',
  'topup',
  'pay',
  'airtime',
  'order_noun',
  'and',
  'client_noun',
  'credit',
  'sms',
  'this_one',
];
/** With a yes: it is said of another purchase than the one that is shown. */
const NAMES_ANOTHER: readonly Tag[] = ['earlier', 'again', 'resend', 'last'];

export interface Answer {
  readonly answer: 'yes' | 'no' | null;
  /** Nothing but the answer and courtesies was said. */
  readonly bare: boolean;
  /** "Yes, again", "sawa tena", "ok, the last one": a yes, but to an earlier purchase. */
  readonly again?: boolean;
}

export function answerOf(scene: Scene): Answer {
  const words = scene.items.filter((item) => item.kind !== 'symbol');
  const start = words.findIndex((item) => !has(item, 'filler', 'greeting') || has(item, 'yes', 'no'));
  const first = words[start];
  const rest = words.slice(start + 1);
  if (first === undefined || !has(first, 'yes', 'no')) return { answer: null, bare: false };
  const isOne = first.kind === 'word' && first.key.length === 1;
  const bare = rest.every((item) => has(item, ...COURTESY, 'no'));
  if (isOne && !bare) return { answer: null, bare: false };
  if (has(first, 'no')) return noOf(scene, first, rest);
  const asksBack = scene.items.some((item) => isSymbol(item, '?'));
  const harmless = rest.every(
    (item) =>
      hasAny(item, NAMES_ANOTHER) ||
      (hasAny(item, HARMLESS_AFTER_YES) && !has(item, 'self', 'not', 'no', 'cancel', 'dont', 'change', 'question')),
  );
  if (!harmless || asksBack) return { answer: null, bare: false };
  if (rest.some((item) => hasAny(item, NAMES_ANOTHER))) return { answer: null, bare: false, again: true };
  return { answer: 'yes', bare: true };
}

function noOf(scene: Scene, first: Item, rest: readonly Item[]): Answer {
  const bare = rest.every((item) => has(item, ...COURTESY, 'no') && !has(item, 'yes'));
  // "la" is also "of", "no" also "number", "sio" also "not": alone they answer, and before a comma.
  const doubtful = has(first, 'of', 'number_word', 'not') && rest.length > 0;
  if (has(first, 'different') && rest.length > 0) return { answer: null, bare: false };
  const next = scene.items[scene.items.indexOf(first) + 1];
  if (doubtful && has(first, 'of', 'not') && !bare && !isSymbol(next, ',', '.', '!', '-')) return { answer: null, bare: false };
  const values = rest.some((item) => item.kind === 'amount' || item.kind === 'phone' || has(item, 'network', 'brand'));
  const contradicts = rest.some((item) => has(item, 'yes') && !has(item, 'filler', 'thanks', 'wait'));
  return contradicts && !values ? { answer: null, bare: false } : { answer: 'no', bare };
}

const SLASH = /^\s*\/\s?([a-z_]+)(?:@\w+)?/;
const SLASH_COMMANDS: Readonly<Record<string, Command>> = {
  start: 'start',
  help: 'help',
  msaada: 'help',
  cancel: 'cancel',
  ghairi: 'cancel',
  back: 'back',
  rudi: 'back',
  menu: 'menu',
  language: 'language',
  lang: 'language',
  lugha: 'language',
  repeat: 'repeat',
  stop: 'stop',
  wait: 'wait',
};
/** Slash commands that are a wish, and are read as its words. */
export const SLASH_WISHES: ReadonlySet<string> = new Set([
  'buy',
  'airtime',
  'sms',
  'balance',
  'salio',
  'history',
  'orders',
  'historia',
  'topup',
  'credit',
  'alert',
  'threshold',
  'nunua',
  'send',
  'receipt',
  'status',
]);

/** The word of a slash command, or null. */
export function slashOf(lower: string): string | null {
  return SLASH.exec(lower)?.[1] ?? null;
}

export function commandOf(scene: Scene, isCancelling: boolean, removesAlert: boolean): Command | null {
  const slash = slashOf(scene.lower);
  if (slash !== null && !SLASH_WISHES.has(slash)) return SLASH_COMMANDS[slash] ?? 'unknown';
  if (isCancelling) return scene.tags.has('stop') && !scene.tags.has('cancel') ? 'stop' : 'cancel';
  if (removesAlert) return null;
  if (scene.tags.has('alerts_off')) return 'stop';
  if (scene.tags.has('alerts_on') && !scene.items.some(({ kind }) => kind === 'amount')) return 'alerts_on';
  for (const [tag, command] of PLAIN_COMMANDS) if (saysOnly(scene, tag)) return command;
  return isThanking(scene) ? 'thanks' : null;
}

const LONGEST_THANKS = 5;

/** "Thanks alott my guy": a few words that begin with thanks and ask for nothing. */
function isThanking({ items, asks }: Scene): boolean {
  const words = items.filter(({ kind }) => kind !== 'symbol');
  if (asks || words.length > LONGEST_THANKS || !has(words[0], 'thanks')) return false;
  return words.every((item) => item.kind === 'word' && (item.tags.length === 0 || hasAny(item, AROUND_THANKS)));
}

const AROUND_THANKS: readonly Tag[] = [
  'thanks',
  'filler',
  'greeting',
  'person',
  'name',
  'for',
  'not_self',
  'help',
  'time',
  'idiom',
];

const PLAIN_COMMANDS: readonly (readonly [Tag, Command])[] = [
  ['start', 'start'],
  ['back', 'back'],
  ['menu', 'menu'],
  ['repeat', 'repeat'],
  ['wait', 'wait'],
  ['thanks', 'thanks'],
  ['help', 'help'],
];

/** The tag stands in it, and nothing else but courtesies. */
function saysOnly(scene: Scene, tag: Tag): boolean {
  if (!scene.tags.has(tag)) return false;
  return scene.items.every(
    (item) => item.kind === 'symbol' || has(item, tag, 'filler', 'greeting', 'thanks', 'yes', 'to', 'repeat', 'not_self', 'want'),
  );
}

export interface Choice {
  readonly number: number | null;
  readonly last: boolean;
  /** Written as a choice ("option 2", "the second one"), so it is no amount. */
  readonly onlyChoice: boolean;
}

const MOST_CHOICES = 20;
const BESIDE_A_CHOICE: readonly Tag[] = ['filler', 'number_word', 'choice_noun', 'idiom', 'want', 'thanks', 'greeting'];

export function choiceOf(scene: Scene): Choice {
  let value: number | null = null;
  let onlyChoice = false;
  let found = 0;
  for (const item of scene.items) {
    if (item.kind === 'symbol' && '.):(]['.includes(item.key)) continue;
    if (item.kind === 'choice') [value, onlyChoice, found] = [item.value, true, found + 1];
    else if (item.kind === 'word' && item.ordinal !== null) [value, onlyChoice, found] = [item.ordinal, true, found + 1];
    else if (item.kind === 'amount' && item.bad === null && !item.money && (item.digits || item.small)) {
      // "the second one"
      if (found === 1 && onlyChoice && item.small && item.value === 1) continue;
      [value, found] = [item.value, found + 1];
    } else if (has(item, 'number_word', 'choice_noun')) onlyChoice = true;
    else if (!hasAny(item, BESIDE_A_CHOICE)) return { number: null, last: isLast(scene), onlyChoice: false };
  }
  const usable = found === 1 && value !== null && value >= 1 && value <= MOST_CHOICES;
  return { number: usable ? value : null, last: isLast(scene), onlyChoice: onlyChoice && usable };
}

function isLast(scene: Scene): boolean {
  return (
    scene.tags.has('last') && scene.items.every((item) => item.kind === 'symbol' || has(item, 'last', 'filler', 'number_word'))
  );
}

/** Which slot is to be changed, when no new value was given. */
export function changeOf(scene: Scene): SlotName | null {
  const { tags } = scene;
  if (!tags.has('change') && !tags.has('different') && !tags.has('other_line')) return null;
  if (tags.has('payer_noun')) return 'payer';
  if (tags.has('network_noun') || tags.has('network')) return 'paymentNetwork';
  if (tags.has('recipient_noun')) return 'recipient';
  if (tags.has('amount_noun')) return 'amount';
  if (tags.has('wallet_noun') || tags.has('account')) return 'wallet';
  const pays = tags.has('pay') || tags.has('from') || tags.has('use') || tags.has('pays');
  if (tags.has('other_line')) {
    if (tags.has('buy') || tags.has('send') || tags.has('topup')) return null;
    return pays ? 'payer' : 'recipient';
  }
  if (tags.has('number_word') || tags.has('line') || tags.has('self')) return pays && !tags.has('change') ? 'payer' : 'recipient';
  return null;
}

const QUESTIONS: readonly (readonly [Tag, Question])[] = [
  ['keep_me', 'keep_me'],
  ['forget_me', 'forget_me'],
  ['mine', 'mine'],
  ['privacy', 'privacy'],
  ['human', 'human'],
  ['if_fails', 'if_fails'],
  ['cash', 'cash'],
  ['hours', 'hours'],
  ['use_sms', 'use_sms'],
  ['network_question', 'payment_network'],
  ['limits', 'limits'],
  ['fee', 'fee'],
  ['repeat', 'repeat'],
  ['who', 'who'],
  ['how_long', 'how_long'],
  ['how', 'how'],
];

export function questionOf(scene: Scene, orders: boolean): Question | null {
  if (orders && !scene.asks) return null;
  if (asksNetwork(scene)) return 'network_of';
  const asked = ASKED_ONLY.find((tag) => scene.tags.has(tag) && asksWhether(scene));
  return asked ?? QUESTIONS.find(([tag]) => scene.tags.has(tag))?.[1] ?? null;
}

/** "Is it Safaricom?", "ni ya Airtel?": an operator, and nothing else but the question. */
function asksNetwork({ items, asks }: Scene): boolean {
  return (
    asks &&
    items.some((item) => has(item, 'brand')) &&
    items.every((item) => item.kind === 'symbol' || has(item, ...ROUND_A_BRAND))
  );
}

const ROUND_A_BRAND: readonly Tag[] = ['brand', 'asks_first', 'question', 'it_is', 'filler', 'line', 'number_word', 'of'];

/** Said as a fact they complain. */
const ASKED_ONLY = ['charged', 'trust'] as const;

const TROUBLES: readonly Trouble[] = ['paid_twice', 'wrong_number', 'resend', 'retry'];

export function troubleOf({ tags }: Scene): Trouble | null {
  return TROUBLES.find((tag) => tags.has(tag)) ?? (tags.has('wrong_pin') ? 'retry' : null);
}

/** "Try again", and nothing else but courtesies: what the button of that name says. "Should I?", "tomorrow", a wrong PIN say no such thing. */
export function isTryAgain(scene: Scene): boolean {
  return saysOnly(scene, 'retry') && !scene.asks;
}

/** "same", "that one", and nothing else but courtesies. */
export function isThatOne(scene: Scene): boolean {
  return saysOnly(scene, 'that_one');
}
