/**
 * Owns what a message wants. The rules run from the most to the least dangerous to get wrong: orders to get round payment,
 * complaints and cancelling come before buying, and what fits nothing is `other`.
 */

import { isCountOrTime } from './amounts.ts';
import { has, type Item } from './items.ts';
import { isThing, type Scene } from './scene.ts';
import type { Tag } from './tags.ts';
import type { Intent, NotSold } from './understood.ts';

export interface Wish {
  readonly intent: Intent;
  readonly notSold: NotSold | null;
  readonly complaint: boolean;
  readonly again: boolean;
  /** Values in it are about something else (the past, a complaint, what is not sold), so they fill no slot. */
  readonly empty: boolean;
}

export interface WishContext {
  readonly client: string | null;
  /** Only yes or no and courtesies. */
  readonly bareAnswer: boolean;
  readonly wantsLanguage: boolean;
}

/** What the rules look at. */
interface View extends WishContext {
  readonly scene: Scene;
  is(...tags: readonly Tag[]): boolean;
  readonly amounts: number;
  readonly phones: number;
  /** A deed of buying or sending is asked for. */
  readonly deed: boolean;
}

const DEEDS: readonly Tag[] = ['buy', 'buy_me', 'topup', 'send', 'sambaza', 'give', 'credit'];

export function wishOf(scene: Scene, context: WishContext): Wish {
  const is = (...tags: readonly Tag[]): boolean => tags.some((tag) => scene.tags.has(tag));
  const count = (kind: Item['kind']): number =>
    scene.items.filter(
      (item, at) =>
        item.kind === kind && !scene.denied.has(at) && !(item.kind === 'amount' && isCountOrTime(scene.items, at, item)),
    ).length;
  const view: View = { ...context, scene, is, amounts: count('amount'), phones: count('phone'), deed: is(...DEEDS) };
  if (isPastedReceipt(scene.lower)) return refused('mpesa_message');
  if (isAttack(view)) return { intent: 'other', notSold: null, complaint: false, again: false, empty: true };
  if (isComplaint(view) || isClaim(view))
    return { intent: 'other', notSold: null, complaint: isComplaint(view), again: false, empty: true };
  if (context.bareAnswer) return wish('other');
  if (is('again') && !isShowing(view)) return { ...wish('buy_airtime'), again: true };
  const early = steeringOf(view);
  if (early !== null) return { ...wish(early), empty: early !== 'set_threshold' };
  const notSold = notSoldOf(view);
  if (notSold !== null) return refused(notSold);
  return orderOf(view);
}

function wish(intent: Intent): Wish {
  return { intent, notSold: null, complaint: false, again: false, empty: false };
}

function refused(notSold: NotSold): Wish {
  return { intent: 'other', notSold, complaint: false, again: false, empty: true };
}

/** What M-Pesa and its kind send by SMS, in both languages. Whatever it says is a claim, never a proof. */
const RECEIPT =
  /\b(?:confirmed|imethibitishwa|umethibitishwa)\b[\s.,!-]*(?:on\b|you|your|umepokea|umetuma|umelipa|umenunua|ksh|kes|tsh|\d)|\b(?:new|your) (?:m-?pesa|airtel money|account) balance (?:is|was)\b|\btransaction cost,?\s*ksh|\bsalio (?:lako )?jipya (?:la|lako la) m-?pesa\b|^[a-z]{2}[a-z0-9]{8}\s+(?:confirmed|imethibitishwa)/;

function isPastedReceipt(lower: string): boolean {
  return RECEIPT.test(lower);
}

function isAttack({ is, deed, amounts, scene }: View): boolean {
  if (is('attack', 'pay_later')) return true;
  const { items } = scene;
  const unpaid = items.some(
    (item, at) =>
      has(item, 'without') && [items[at + 1], items[at + 2]].some((next) => has(next, 'pay', 'network', 'pays', 'from')),
  );
  if (unpaid && deed) return true;
  return is('free') && !is('fee') && (deed || amounts > 0 || is('want', 'airtime', 'credit', 'sms', 'give'));
}

function isComplaint({ is, scene, deed, amounts }: View): boolean {
  if (is('complaint', 'not_arrived')) return true;
  if (deed && amounts > 0) return false;
  if (is('failed') && !scene.asks && !is('did')) return true;
  return is('no_airtime') && is('past_me', 'past_you', 'money_noun', 'arrived', 'failed');
}

/** "I bought 100 airtime", "nimelipa": told, not asked and not wished. */
function isClaim({ is, scene, deed, amounts }: View): boolean {
  const claims = is('past_me') && !is('when_past', 'history', 'how_much', 'did') && !scene.asks;
  return claims && !(deed && amounts > 0 && is('want'));
}

function isShowing({ is }: View): boolean {
  return is('check', 'history', 'question', 'how', 'did');
}

/** What steers the conversation or asks about the past, before anything is sold. */
function steeringOf(view: View): Intent | null {
  const { is, scene, amounts, phones, deed } = view;
  if (view.wantsLanguage) return 'language';
  if (is('language_word') && amounts === 0 && phones === 0 && !is('airtime')) return 'language';
  if (isHistory(view)) return 'history';
  if (is('mine', 'forget_me', 'privacy', 'network_question')) return 'help';
  if (isThreshold(view)) return 'set_threshold';
  if (is('how') && !is('cancel', 'stop')) return 'help';
  if (isCancel(view)) return 'cancel';
  if (is('fee', 'limits') && (scene.asks || !deed || is('how_much', 'how'))) return 'help';
  const isWord = is('payer_noun', 'recipient_noun', 'network_noun', 'threshold');
  if (is('question') && isWord && !deed && !is('change') && amounts + phones === 0) return 'help';
  const pricing = is('how_much') && amounts > 0 && phones === 0 && !is('self', 'buy_me');
  if (pricing && is('sms', 'airtime', 'credit', 'units')) return 'help';
  if (is('human', 'who', 'repeat') && !(deed && (amounts > 0 || phones > 0))) return 'help';
  return null;
}

function isHistory({ is, scene, amounts, phones, deed }: View): boolean {
  const orders = amounts > 0 && (phones > 0 || is('self', 'buy_me')) && deed;
  if (scene.items.some(({ kind }) => kind === 'reference')) return !is('cancel');
  if (is('cancel') && !is('did', 'past_you')) return false;
  if (is('past_you')) return true;
  if (is('did') && is('arrived', 'when_past', 'failed')) return true;
  if (is('did') && is('order_noun') && !orders) return true;
  if (is('past_me') && scene.asks && amounts + phones === 0) return true;
  if (is('when_past') && (scene.asks || is('when', 'how_much', 'time', 'history'))) return true;
  if (is('order_noun') && is('arrived') && !orders) return true;
  if (is('arrived') && scene.asks && !deed && amounts === 0) return true;
  return is('history') && !orders;
}

function isThreshold({ is, amounts, deed }: View): boolean {
  if (is('threshold', 'alerts_off')) return true;
  const level = is('below', 'balance', 'salio', 'units', 'account', 'sms');
  if (is('alert')) return (level || amounts > 0 || !is('order_noun', 'arrived')) && !(is('buy') && !is('below'));
  if (is('tell', 'not_self') && is('when', 'below') && (level || amounts > 0)) return true;
  return is('when') && is('below') && level && (amounts > 0 || !deed);
}

function isCancel({ is, scene, amounts, phones }: View): boolean {
  if (is('dont_cancel')) return false;
  const words = scene.items.filter((item) => item.kind !== 'symbol');
  const at = words.findIndex((item) => has(item, 'cancel', 'stop', 'dont'));
  if (at === -1) return false;
  // "I don't want bundles, I want airtime" wants something.
  const refusesThing = words.some((item, index) => has(item, 'cancel', 'dont') && isThing(words[index + 1]));
  if (refusesThing && is('airtime', 'credit', 'sms') && is('want', 'buy', 'buy_me', 'send', 'topup')) return false;
  const denies = scene.items.some((item, index) => scene.denied.has(index) && item.kind !== 'word');
  if (denies || scene.denied.size > 0) return false;
  const whole = is('buy', 'buy_me', 'topup', 'send') && amounts > 0 && (phones > 0 || is('self', 'buy_me'));
  const firm = words.some((item) => has(item, 'dont'));
  return firm || !whole || at === 0 || at === words.length - 1;
}

function notSoldOf({ is, scene, client, amounts, phones }: View): NotSold | null {
  if (is('loan')) return 'loan';
  if (
    client !== null &&
    has(
      scene.items.find((item) => item.kind === 'word'),
      'credit',
    )
  )
    return null;
  if (is('tokens')) return 'tokens';
  if (is('bundles')) return 'bundles';
  if (is('bills')) return 'bills';
  if (is('transfer')) return 'transfer';
  const forAirtime = is('airtime', 'credit', 'salio', 'sms');
  if (is('move') && !forAirtime && client === null) return 'transfer';
  if (is('money_noun') && is('send', 'give', 'want', 'buy_me', 'topup') && !forAirtime) return 'transfer';
  if (
    is('pay', 'pay_for') &&
    !is('buy', 'buy_me', 'topup', 'send', 'sambaza') &&
    !forAirtime &&
    phones + amounts > 1 &&
    paysSomebody(scene)
  )
    return 'transfer';
  return !forAirtime && sendsMobileMoney(scene) ? 'transfer' : null;
}

/** "pay 500 to 0722...": money for somebody, with no word of airtime. One number only: two are recipient and payer. */
function paysSomebody(scene: Scene): boolean {
  const phones = scene.items.filter(({ kind }) => kind === 'phone');
  const at = scene.items.findIndex(({ kind }) => kind === 'phone');
  return (
    phones.length === 1 &&
    scene.items.slice(0, at).some((item) => has(item, 'to', 'pay_for')) &&
    scene.items.slice(0, at).some((item) => has(item, 'pay', 'pay_for'))
  );
}

/** "send 100 mpesa to 0722...", "send 100 to my mpesa": the money itself is sent. */
function sendsMobileMoney(scene: Scene): boolean {
  const { items } = scene;
  const at = items.findIndex((item) => has(item, 'network'));
  const isSending = (item: Item | undefined): boolean => has(item, 'send', 'buy_me') && !has(item, 'use');
  const sends = items.slice(0, Math.max(0, at)).some(isSending) && !items.some((item) => has(item, 'buy', 'topup'));
  if (!sends) return false;
  const [two, one, next] = [items[at - 2], items[at - 1], items[at + 1]];
  const isObject = isSending(one) || (has(one, 'self') && isSending(two)) || (one?.kind === 'amount' && has(next, 'to', 'for'));
  return isObject || has(one, 'into');
}

function orderOf(view: View): Wish {
  const { is, client, amounts, phones, deed } = view;
  if (client !== null && !is('airtime')) return wish('reseller_credit');
  if (isBuyingSms(view)) return wish('buy_sms');
  if (isBalance(view)) return { ...wish('balance'), empty: true };
  if (isBuyingAirtime(view)) return { ...wish('buy_airtime'), notSold: is('sambaza') ? 'transfer' : null };
  if (is('help') && !deed) return { ...wish('help'), empty: true };
  if (is('menu', 'help')) return { ...wish('help'), empty: true };
  if (is('greeting', 'start') && amounts === 0 && phones === 0) return { ...wish('greeting'), empty: true };
  // Something is bought that we do not sell, or somebody is to be called: its values are not an order's.
  return { ...wish('other'), empty: is('buy', 'tell', 'sms', 'units') };
}

function isBuyingSms({ is, amounts, phones, scene }: View): boolean {
  const units = is('units') && is('buy', 'topup') && phones === 0;
  if (!(is('sms') || units) || is('airtime') || (is('question') && is('left'))) return false;
  if (is('buy', 'topup', 'credit') || (is('want', 'buy_me') && !is('left', 'balance', 'check', 'how_much')))
    return !is('check', 'how_much', 'left') || is('buy');
  if (is('send', 'give')) return amounts > 0 && phones === 0;
  const bare = scene.items.every(
    (item) => item.kind === 'amount' || has(item, 'sms', 'filler', 'of', 'each', 'shilling', 'network'),
  );
  return bare || (amounts > 0 && phones === 0 && !is('balance', 'left', 'how_much', 'check'));
}

function isBalance({ is, amounts, phones }: View): boolean {
  if (amounts > 0 || phones > 0) return is('balance', 'left') && is('how_much', 'check') && !is('buy', 'buy_me', 'topup', 'send');
  if (is('buy', 'topup', 'sambaza')) return false;
  if (is('balance')) return true;
  if (is('salio')) return !is('buy_me', 'send', 'want') || is('check', 'how_much', 'left', 'question');
  const owned = is('sms', 'units', 'airtime', 'credit', 'account', 'money_noun');
  return (
    owned &&
    (is('left')
      ? is('how_much', 'check', 'question', 'left') && !is('buy_me', 'want')
      : is('check', 'how_much') && !is('buy_me', 'want', 'send'))
  );
}

function isBuyingAirtime(view: View): boolean {
  const { is, amounts, phones, scene, deed } = view;
  const values = amounts > 0 || phones > 0;
  // "hello jaza": the bot's name is also a deed.
  if (is('bot_name') && is('greeting', 'thanks', 'yes') && !values && !is('airtime', 'self')) return false;
  if (is('sms', 'units') && !is('airtime', 'credit', 'salio')) return false;
  if (is('airtime')) return !is('question') || deed || values || is('want');
  if (is('buy') && !values && !is('self', 'person', 'credit', 'salio')) return !hasUnknownObject(scene, 'buy');
  if (is('buy')) return phones > 0 || !hasUnknownObject(scene, 'buy');
  if (is('topup', 'sambaza', 'move')) return true;
  if (is('credit', 'salio')) return true;
  if (is('buy_me')) return values || !hasUnknownObject(scene, 'buy_me');
  // "tumia 0733..." alone is as well "use" as "send to".
  const isUse = is('use') && !scene.items.some((item) => has(item, 'send', 'give') && !has(item, 'use'));
  if (is('send', 'give')) return isUse ? amounts > 0 : values;
  if (is('want')) return amounts > 0;
  if (amounts === 0 || is('change')) return false;
  if (phones > 0) return scene.items.some((item, at) => item.kind === 'phone' && !isPaidFrom(scene.items, at));
  return (
    is('self', 'person') &&
    scene.items.every((item) => item.kind !== 'word' || item.tags.length > 0) &&
    !is('payer_self', 'pay', 'no', 'change', 'from')
  );
}

function isPaidFrom(items: readonly Item[], at: number): boolean {
  return (
    has(items[at - 1], 'from', 'pay', 'use', 'payer_noun', 'payer_self') ||
    (has(items[at - 1], 'network', 'number_word', 'filler') && has(items[at - 2], 'from', 'pay', 'use', 'payer_noun'))
  );
}

/** "buy shoes": the thing right after the deed is none of ours. A name is no thing. */
function hasUnknownObject({ items, text }: Scene, deed: Tag): boolean {
  const at = items.findIndex((item) => has(item, deed));
  let next = at + 1;
  while (has(items[next], 'filler', 'self') || items[next]?.kind === 'amount') next += 1;
  const object = items[next];
  if (object?.kind !== 'word' || object.tags.length > 0) return false;
  const first = text.charAt(object.start);
  return first === first.toLowerCase() || text === text.toUpperCase();
}
