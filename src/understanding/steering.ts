/**
 * Owns what steers the conversation or asks about the past, before anything is sold: language, history, alerts, help and
 * cancelling. A whole new order in the same message wins over most of it.
 */

import { has } from './items.ts';
import { asksWhether, isThing, type Scene } from './scene.ts';
import type { Intent } from './understood.ts';
import type { View } from './view.ts';

export function steeringOf(view: View): Intent | null {
  const { is, scene, amounts, phones, deed } = view;
  if (view.wantsLanguage) return 'language';
  if (is('language_word') && amounts === 0 && phones === 0 && !is('airtime')) return 'language';
  if (isHistory(view)) return 'history';
  if (is('mine', 'forget_me', 'keep_me', 'privacy', 'network_question')) return 'help';
  if (isThreshold(view)) return 'set_threshold';
  if (is('how') && !is('cancel', 'stop')) return 'help';
  if (isCancel(view)) return 'cancel';
  if (is('fee', 'limits') && (scene.asks || !deed || is('how_much', 'how'))) return 'help';
  const isWord = is('payer_noun', 'recipient_noun', 'network_noun', 'threshold');
  if (is('question') && isWord && !deed && !is('change') && amounts + phones === 0) return 'help';
  const pricing = is('how_much') && amounts > 0 && phones === 0 && !is('self', 'buy_me');
  if (pricing && !isOrderedFirst(scene) && is('sms', 'airtime', 'credit', 'units')) return 'help';
  if ((is('trust') && asksWhether(scene)) || is('if_fails', 'cash', 'hours', 'use_sms')) return 'help';
  if (is('human', 'who', 'repeat') && !(deed && (amounts > 0 || phones > 0))) return 'help';
  return null;
}

/** "I want to buy 200 sms, how much is that": the price is shown with what is bought. */
function isOrderedFirst({ items }: Scene): boolean {
  const at = items.findIndex((item) => has(item, 'how_much'));
  const deed = items.findIndex((item) => has(item, 'buy', 'topup'));
  return deed !== -1 && deed < at && items.slice(deed, at).some(({ kind }) => kind === 'amount');
}

function isHistory({ is, scene, amounts, phones, deed }: View): boolean {
  const orders = amounts > 0 && (phones > 0 || is('self', 'buy_me')) && deed;
  if (scene.items.some(({ kind }) => kind === 'reference')) return !is('cancel');
  if (is('cancel') && !is('did', 'past_you')) return false;
  if (is('past_you') || (is('check') && is('arrived'))) return true;
  if (is('did') && is('arrived', 'when_past', 'failed')) return true;
  if (is('charged') && asksWhether(scene) && !deed) return true;
  if (is('failed') && scene.asks && amounts + phones === 0) return true;
  if (is('did') && is('order_noun') && !orders) return true;
  if (is('past_me') && scene.asks && amounts + phones === 0) return true;
  if (is('when_past') && (scene.asks || is('when', 'how_much', 'time', 'history'))) return true;
  if (is('order_noun') && is('arrived') && !orders) return true;
  if (is('arrived') && scene.asks && !deed && amounts === 0) return true;
  return is('history') && !orders;
}

function isThreshold({ is, amounts, deed }: View): boolean {
  // "kiwango cha chini ni ngapi?" asks for the smallest amount.
  if (is('limits') && is('how_much') && amounts === 0 && !is('alert')) return false;
  if (is('threshold', 'alerts_off', 'alerts_on')) return true;
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
