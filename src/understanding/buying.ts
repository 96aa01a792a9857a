/**
 * Owns what is bought: SMS, airtime, credit for a client; and the balance, whose words are the same. The worst mistake is a
 * false purchase: a thing that is none of ours, or a mere word about airtime, buys nothing.
 */

import { has, hasAny, type Item } from './items.ts';
import { isThing, type Scene } from './scene.ts';
import type { Tag } from './tags.ts';
import type { Intent } from './understood.ts';
import type { View, Wish } from './view.ts';

export function orderOf(view: View): Wish {
  const { is, client, amounts, phones, deed, strange, scene } = view;
  const values = amounts > 0 || phones > 0;
  if (client !== null && !is('airtime')) return filled('reseller_credit');
  // "credit my client 500": whose account is still to be asked.
  if (is('client_noun') && is('credit', 'topup') && phones === 0 && !is('airtime', 'self')) return filled('reseller_credit');
  if (isBuyingSms(view)) return filled('buy_sms');
  if (isBalance(view)) return empty('balance');
  if (isBuyingAirtime(view)) return { ...filled('buy_airtime'), notSold: is('sambaza') ? 'transfer' : null };
  if (is('help') || (is('menu') && !strange)) return empty('help');
  if (is('question') && is('airtime', 'sms', 'credit') && !deed && !values) return empty('help');
  if (is('greeting', 'start') && !values && isOnlyGreeting(scene)) return empty('greeting');
  // Something is bought that we do not sell, or somebody is to be called: its values are not an order's.
  return is('buy', 'tell', 'sms', 'units') ? empty('other') : filled('other');
}

export function filled(intent: Intent): Wish {
  return { intent, notSold: null, complaint: false, again: false, empty: false };
}

function empty(intent: Intent): Wish {
  return { ...filled(intent), empty: true };
}

const COURTESIES: readonly Tag[] = [
  'greeting',
  'start',
  'filler',
  'thanks',
  'bot_name',
  'person',
  'name',
  'time',
  'self_bare',
  'idiom',
  'and',
  'asks_first',
];

/** A greeting and words that mean nothing else here. */
function isOnlyGreeting({ items }: Scene): boolean {
  return items.every((item) => item.kind !== 'word' || item.tags.length === 0 || hasAny(item, COURTESIES));
}

function isBuyingSms({ is, amounts, phones, scene }: View): boolean {
  const units = is('units') && is('buy', 'topup') && phones === 0;
  if (!(is('sms', 'wallet_name') || units) || is('airtime') || (is('question') && is('left'))) return false;
  if (is('buy', 'topup', 'credit') || (is('want', 'buy_me') && !is('left', 'balance', 'check', 'how_much')))
    return !is('check', 'how_much', 'left') || is('buy');
  if (is('send', 'give')) return amounts > 0 && phones === 0;
  const bare = scene.items.every(
    (item) =>
      item.kind === 'amount' ||
      item.kind === 'symbol' ||
      has(item, 'sms', 'filler', 'of', 'each', 'shilling', 'network', 'thanks'),
  );
  // "My sms" asks for what is there.
  return (
    (bare && !(is('own_sms') && amounts === 0)) ||
    (amounts > 0 && (phones === 0 || !is('question', 'did')) && !is('balance', 'left', 'how_much', 'check'))
  );
}

function isBalance({ is, amounts, phones }: View): boolean {
  if (amounts > 0 || phones > 0) return is('balance', 'left') && is('how_much', 'check') && !is('buy', 'buy_me', 'topup', 'send');
  if (is('buy', 'topup', 'sambaza')) return false;
  if (is('balance', 'own_sms')) return true;
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
  const { is, amounts, phones, scene } = view;
  const values = amounts > 0 || phones > 0;
  const wished = is('buy', 'buy_me', 'topup', 'send', 'want', 'sambaza', 'self');
  // "hello jaza": the bot's name is also a deed. "asante kwa airtime": thanks for what was bought.
  if (is('bot_name') && is('greeting', 'thanks', 'yes') && !values && !is('airtime', 'self')) return false;
  if (!values && !wished && isThanked(view)) return false;
  if (is('airtime')) return values || wished || isMention(view);
  if (is('sms', 'units') && !is('credit', 'salio')) return false;
  if (phones === 0 && (['buy', 'topup', 'buy_me'] as const).some((deed) => hasUnknownObject(scene, deed))) return false;
  if (is('buy', 'topup', 'sambaza', 'move', 'buy_me')) return true;
  if (is('credit', 'salio')) return values || wished || isMention(view);
  // "tumia 0733..." alone is as well "use" as "send to".
  const isUse = is('use') && !scene.items.some((item) => has(item, 'send', 'give') && !has(item, 'use'));
  if (is('send', 'give')) return isUse ? amounts > 0 : values;
  return is('want') ? amounts > 0 : isBareOrder(view);
}

/** "asante kwa airtime", "airtime imefika, asante"; not "airtime, thanks". */
function isThanked({ is, scene: { items } }: View): boolean {
  const at = items.findIndex((item) => has(item, 'thanks'));
  return at !== -1 && (is('arrived') || at < items.findIndex(isThing));
}

/** "airtime", "credit please": the thing and nothing strange. "I like airtime" asks for none. */
function isMention({ is, strange }: View): boolean {
  return !strange && !is('question');
}

/** "0722... 100", "50 for mum": values and no deed. */
function isBareOrder({ is, amounts, phones, scene, strange }: View): boolean {
  if (amounts === 0 || is('change')) return false;
  if (phones > 0) return scene.items.some((item, at) => item.kind === 'phone' && !isPaidFrom(scene.items, at));
  return is('self', 'person') && !strange && !is('payer_self', 'pay', 'no', 'from', 'left');
}

function isPaidFrom(items: readonly Item[], at: number): boolean {
  return (
    has(items[at - 1], 'from', 'pay', 'use', 'payer_noun', 'payer_self') ||
    (has(items[at - 1], 'network', 'number_word', 'filler') && has(items[at - 2], 'from', 'pay', 'use', 'payer_noun'))
  );
}

/** "buy shoes", "buy 2 shoes": the thing right after the deed is none of ours. A name is no thing. */
function hasUnknownObject({ items, text }: Scene, deed: Tag): boolean {
  const at = items.findIndex((item) => has(item, deed));
  if (at === -1) return false;
  let next = at + 1;
  while (has(items[next], 'filler', 'self') || (deed === 'buy' && items[next]?.kind === 'amount')) next += 1;
  const object = items[next];
  if (object?.kind !== 'word' || object.tags.length > 0) return false;
  // "Nunulia Wanjala 100" names somebody; "Buy Shoes" is only written in capitals.
  const first = text.charAt(object.start);
  const isNamed = first !== first.toLowerCase() && text !== text.toUpperCase() && items.some(({ kind }) => kind === 'amount');
  return !isNamed;
}
