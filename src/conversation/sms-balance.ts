/**
 * Owns what a person hears of their wallets of SMS: what is in them, what it is worth, when it changed, what one more costs. Nobody else's
 * wallet is ever among them.
 */

import { kes, MILLIKES_PER_KES } from '../domain/money.ts';
import { isPaid, type Order } from '../domain/order.ts';
import { unitsFor } from '../domain/tariff.ts';
import { messagesOf } from '../domain/wallet.ts';
import { isEstimated, type OwnWallet } from '../domain/wallet-owner.ts';
import { isPriceFresh } from './flows/buy-sms-price.ts';
import { MOST_ASKED, quoteFor, type Asked } from './flows/buy-sms-quote.ts';
import { outOfLimits } from './flows/buy-sms-slots.ts';
import { isUnsettled, orderParams } from './order-talk.ts';
import { unitsParam } from './sms-units.ts';
import { walletName } from './wallet-name.ts';
import type { Choice, Param, Params, Phrase } from './reply.ts';
import { again, lookFirst, type Answer, type Scene } from './scene.ts';
import { buySmsChoice, historyChoice } from './small-talk.ts';
import type { Surroundings } from './surroundings.ts';

/** For which the price is told as an example. */
const EXAMPLE_KES = 100;

/** `besides`: what else the question may have meant. */
export function smsBalance(scene: Scene, besides: readonly Phrase[] = []): Answer {
  const { wallets, business, orders } = scene.around;
  if (wallets === null) return lookFirst(scene);
  const open = orders.find((order) => order.kind === 'sms' && isUnsettled(order));
  // Who waits for what is paid is not led to pay again.
  const choices: Choice[] = business.sellsSms && open === undefined ? [buySmsChoice, historyChoice] : [historyChoice];
  const more = [...(open === undefined ? [] : [underWay(open)]), ...besides];
  const old = business.walletsAt === 'own' ? [] : wallets.filter((wallet) => !isFresh(wallet, scene.around));
  if (old.length > 0) {
    const owners = old.map(({ owner }) => owner);
    return again(scene, [...lastTold(wallets), ...more], [{ kind: 'ask_balances', owners }], choices);
  }
  return again(scene, [...balancePhrases(wallets), ...more], [], choices);
}

/** Money that is under way: what it is for, and that it is not to be paid again. */
function underWay(order: Order): Phrase {
  const params = orderParams(order);
  const inReview = order.state === 'review';
  if (isPaid(order)) return { key: inReview ? 'sms-wallet:under-way-paid-in-review' : 'sms-wallet:under-way-paid', params };
  return { key: inReview ? 'sms-wallet:under-way-in-review' : 'sms-wallet:under-way-waiting', params };
}

/** What was read this recently is as good as new. */
const FRESH_MS = 15_000;

/** It is not when something was delivered since: what was read then is known to be another by now. */
function isFresh({ readAt, owner }: OwnWallet, { now, orders }: Surroundings): boolean {
  if (readAt === undefined || now - readAt > FRESH_MS) return false;
  const fills = (order: Order): boolean =>
    order.kind === 'sms' && order.wallet.userId === owner.userId && order.wallet.appId === owner.appId;
  return !orders.some((order) => fills(order) && order.state === 'delivered' && order.changedAt > readAt);
}

/** Until whoever keeps the wallets has answered: what it said last, and when that was. */
function lastTold(wallets: readonly OwnWallet[]): Phrase[] {
  // That there was no wallet is soon another thing: nothing is told of it but the answer.
  const read = wallets.flatMap(({ readAt, open }) => (readAt === undefined || open === null ? [] : [readAt]));
  if (read.length === 0) return [{ key: 'sms-wallet:asking' }];
  return [...balancePhrases(wallets), { key: 'sms-wallet:asking-again', params: { when: { time: Math.min(...read) } } }];
}

/** What whoever keeps a wallet has answered to somebody who asked. */
export function balanceNow(wallet: OwnWallet, several: boolean): Phrase[] {
  return several ? [line(wallet)] : balancePhrases([wallet]);
}

/** It has not answered: what it said last, if anything. */
export function balanceAway(wallet: OwnWallet, several: boolean): Phrase[] {
  if (wallet.readAt === undefined || wallet.open === null) return [{ key: 'sms-wallet:away' }];
  return [{ key: 'sms-wallet:away-since', params: { when: { time: wallet.readAt } } }, ...balanceNow(wallet, several)];
}

function balancePhrases(wallets: readonly OwnWallet[]): Phrase[] {
  const [only, another] = wallets;
  if (only === undefined) return [];
  if (another !== undefined) return [{ key: 'sms-wallet:balances', params: { wallets: { lines: wallets.map(line) } } }];
  const params = amounts(only);
  return [
    params === null
      ? { key: 'sms-wallet:balance-none', params: { price: priceOf(only) } }
      : { key: 'sms-wallet:balance', params: { ...params, price: { milliKes: only.price.milliKes } } },
  ];
}

function line(wallet: OwnWallet): Phrase {
  const params = amounts(wallet);
  const name = { wallet: walletName(wallet) };
  return params === null
    ? { key: 'sms-wallet:balance-line-none', params: name }
    : { key: 'sms-wallet:balance-line', params: { ...name, ...params } };
}

/** `readAt`: another server keeps it, which may not have said what one costs. */
function priceOf({ price, readAt }: OwnWallet): Param {
  const told: Param = { milliKes: price.milliKes };
  return readAt !== undefined && price.source === 'default' ? { key: 'buy-sms:about-price', params: { price: told } } : told;
}

/** Null: it is not open yet. */
function amounts({ open, balances, price }: OwnWallet): Params | null {
  if (open === null) return null;
  const units = messagesOf(balances);
  return { units: { grouped: units }, worth: { milliKes: units * price.milliKes }, when: { time: open.changedAt } };
}

/** What so many come to, as a purchase would; null where it cannot be promised or is none to buy. */
function pricedPhrase({ around }: Scene, wallet: OwnWallet, asked: Asked): Phrase | null {
  const { units, amountKes, price, key } = quoteFor(asked, wallet);
  if (asked.count > MOST_ASKED || isEstimated({ price, walletAt: around.business.walletsAt })) return null;
  if (outOfLimits(asked, { units, amountKes, price, key }, around) !== null) return null;
  const params = { units: { grouped: units }, amount: { kes: kes(amountKes) }, price: priceOf(wallet) };
  return { key: 'sms-wallet:price-of', params };
}

/** "How much is an SMS?", "do you sell SMS?": of the wallet that would be filled. */
export function smsPrice(scene: Scene, question: 'fee' | 'how', priced: Asked | null): Answer {
  const [wallet] = scene.around.wallets ?? [];
  if (wallet === undefined) return lookFirst(scene);
  if (!isPriceFresh(wallet, scene.around))
    return again(
      scene,
      [{ key: 'sms-wallet:asking-price' }],
      [{ kind: 'ask_balances', owners: [wallet.owner] }],
      [buySmsChoice, historyChoice],
    );
  const asked = priced === null ? null : pricedPhrase(scene, wallet, priced);
  if (asked !== null) return again(scene, [asked], [], [buySmsChoice, historyChoice]);
  const { units } = unitsFor(EXAMPLE_KES * MILLIKES_PER_KES, wallet.price.milliKes);
  const about = isEstimated({ price: wallet.price, walletAt: scene.around.business.walletsAt });
  const params = { price: priceOf(wallet), amount: { kes: kes(EXAMPLE_KES) }, units: unitsParam(units, about) };
  return again(
    scene,
    [{ key: question === 'fee' ? 'sms-wallet:price' : 'sms-wallet:how', params }],
    [],
    [buySmsChoice, historyChoice],
  );
}
