/**
 * Owns what is never a purchase, whatever else stands in it: pasted receipts, orders to get round payment, complaints, tales of
 * what was paid, and what is not sold here.
 */

import { has, type Item } from './items.ts';
import { asksWhether, type Scene } from './scene.ts';
import type { NotSold } from './understood.ts';
import type { View, Wish } from './view.ts';

/** What stands above every other reading, or null. */
export function refusalOf(view: View): Wish | null {
  if (RECEIPT.test(view.scene.lower)) return refused('mpesa_message');
  if (isAttack(view)) return { ...REFUSED, notSold: null };
  const complaint = isComplaint(view);
  if (!complaint && !isClaim(view)) return null;
  return complaint || !isBareClaim(view) ? { ...REFUSED, complaint } : { ...REFUSED, intent: 'history', claims: true };
}

/** "I already paid", "nimeweka PIN", and no number with it: of the last order, and what became of it. */
function isBareClaim({ scene, deed, amounts, phones }: View): boolean {
  const pays = scene.items.some((item) => item.kind === 'word' && has(item, 'past_me') && PAYING.test(item.key));
  return (pays || /\bpin\b/.test(scene.lower)) && !deed && amounts + phones === 0;
}

const PAYING = /\b(?:paid|pay|payment|approved)\b|lipa|idhinish/;

const REFUSED: Wish = { intent: 'other', notSold: null, complaint: false, again: false, empty: true };

export function refused(notSold: NotSold): Wish {
  return { ...REFUSED, notSold };
}

/** What M-Pesa and its kind send by SMS, in both languages. Whatever it says is a claim, never a proof. */
const RECEIPT =
  /\b(?:confirmed|imethibitishwa|umethibitishwa)\b[\s.,!-]*(?:on\b|you|your|umepokea|umetuma|umelipa|umenunua|ksh|kes|tsh|\d)|\b(?:new|your) (?:m-?pesa|airtel money|account) balance (?:is|was)\b|\btransaction cost,?\s*ksh|\bsalio (?:lako )?jipya (?:la|lako la) m-?pesa\b|^[a-z]{2}[a-z0-9]{8}\s+(?:confirmed|imethibitishwa)/;

function isAttack({ is, deed, amounts, scene }: View): boolean {
  if (is('attack', 'pay_later')) return true;
  const { items } = scene;
  const unpaid = items.some(
    (item, at) => has(item, 'without') && items.slice(at + 1, at + 5).some((next) => has(next, 'pay', 'network', 'pays', 'from')),
  );
  if (unpaid && deed) return true;
  return is('free') && !is('fee') && (deed || amounts > 0 || is('want', 'airtime', 'credit', 'sms', 'give'));
}

function isComplaint({ is, scene, deed, amounts }: View): boolean {
  if (is('not_arrived', 'paid_twice')) return true;
  const isAsked = (item: Item): boolean => has(item, 'charged', 'trust') && asksWhether(scene);
  if (scene.items.some((item) => has(item, 'complaint') && !isAsked(item))) return true;
  if (deed && amounts > 0) return false;
  if (is('failed') && !scene.asks && !is('did')) return true;
  return is('no_airtime') && is('past_me', 'past_you', 'money_noun', 'arrived', 'failed');
}

/** "I bought 100 airtime", "nimelipa": told, not asked and not wished. */
function isClaim({ is, scene, deed, amounts }: View): boolean {
  const claims = is('past_me') && !is('when_past', 'history', 'how_much', 'did') && !scene.asks;
  return claims && !(deed && amounts > 0 && is('want'));
}

export function notSoldOf({ is, scene, client, amounts, phones }: View): NotSold | null {
  if (is('loan')) return 'loan';
  const opening = scene.items.find((item) => item.kind === 'word');
  if (client !== null && has(opening, 'credit')) return null;
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
