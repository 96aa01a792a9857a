/**
 * Owns everything that is not part of a flow: greeting and menu, help, language, history, answers to questions in the middle,
 * things that are not sold here. It only chooses phrases; what stands open is asked again by the engine.
 */

import type { Order } from '../domain/order.ts';
import type { Question, Understood } from '../understanding/understood.ts';
import { kes } from '../domain/money.ts';
import { freeChoice } from './choice.ts';
import { orderLine, silenceChoices, silentOrder } from './order-talk.ts';
import type { Choice, Phrase, Reply } from './reply.ts';
import type { Surroundings } from './surroundings.ts';

const HISTORY_LINES = 5;
/** Different purchases that a history offers to repeat. */
const REPEATED = 3;

export const PRIVACY_TEXT_VERSION = '2026-11';

const buyAirtime: Choice = { id: freeChoice('start', 'buy-airtime'), label: { key: 'common:menu-buy-airtime' } };
export const historyChoice: Choice = { id: freeChoice('history'), label: { key: 'common:menu-history' } };

export function menuChoices(): Choice[] {
  return [
    buyAirtime,
    historyChoice,
    { id: freeChoice('language'), label: { key: 'common:menu-language' } },
    { id: freeChoice('help'), label: { key: 'common:menu-help' } },
  ];
}

/** The next steps after an answer outside of a purchase. */
export function shortMenuChoices(): Choice[] {
  return [buyAirtime, historyChoice];
}

export function menu(around: Surroundings): Reply {
  return { parts: [{ key: 'common:menu', params: { business: around.business.name } }], choices: menuChoices() };
}

export function privacyNotice(around: Surroundings): Phrase[] {
  const notice: Phrase = { key: 'common:privacy-notice', params: { business: around.business.name } };
  return around.business.simulated ? [{ key: 'common:simulated' }, notice] : [notice];
}

export function languageQuestion(): Reply {
  return {
    parts: [{ key: 'common:which-language' }],
    choices: [
      { id: freeChoice('lang', 'en'), label: { key: 'common:plain', params: { text: 'English' } } },
      { id: freeChoice('lang', 'sw'), label: { key: 'common:plain', params: { text: 'Kiswahili' } } },
    ],
  };
}

/** `open`: a question stands open, and help is about answering it. */
export function helpPhrase(around: Surroundings, open: boolean): Phrase {
  return { key: open ? 'common:help-here' : 'common:help', params: { support: support(around) } };
}

export function support(around: Surroundings): Phrase {
  const contact = around.business.supportContact;
  return contact === null ? { key: 'common:support-none' } : { key: 'common:support', params: { contact } };
}

export function historyPhrase(orders: readonly Order[]): Phrase {
  if (orders.length === 0) return { key: 'order:history-empty' };
  return { key: 'order:history', params: { orders: { lines: orders.slice(0, HISTORY_LINES).map(orderLine) } } };
}

/** An order that waits for the person's word comes first; then the last purchases, to be made again. */
export function historyChoices({ orders, now }: Surroundings): Choice[] {
  const silent = silentOrder(orders, now);
  const again = new Map<string, Choice>();
  for (const order of orders) {
    const purchase = `${order.recipient} ${order.amountKes}`;
    if (again.size === REPEATED || again.has(purchase)) continue;
    const params = { amount: { kes: order.amountKes }, recipient: { msisdn: order.recipient } };
    again.set(purchase, { id: freeChoice('again', order.reference), label: { key: 'buy-airtime:option-both', params } });
  }
  return [...(silent === null ? [] : silenceChoices(silent)), ...again.values(), buyAirtime];
}

export function answerTo(question: Question, around: Surroundings): Phrase {
  const { airtimeMinKes: min, airtimeMaxKes: max } = around.business.limits;
  const params = { min: { kes: kes(min) }, max: { kes: kes(max) }, business: around.business.name, support: support(around) };
  return { key: `answers:${question.replaceAll('_', '-')}`, params };
}

/** What is asked for and not sold or not built here, said kindly; null: nothing of the kind. */
export function notHere(said: Understood, around: Surroundings): Phrase | null {
  if (said.notSold !== null)
    return { key: `answers:not-sold-${said.notSold.replaceAll('_', '-')}`, params: { support: support(around) } };
  switch (said.intent) {
    case 'balance':
      return { key: 'answers:no-balance' };
    case 'buy_sms':
    case 'reseller_credit':
    case 'set_threshold':
      return { key: 'answers:not-offered' };
    default:
      return null;
  }
}
