/**
 * Owns everything that is not part of a flow: greeting and menu, help, language, history, answers to questions in the middle,
 * things that are not sold here. It only chooses phrases; what stands open is asked again by the engine.
 */

import type { Question, Understood } from '../understanding/understood.ts';
import { kes } from '../domain/money.ts';
import type { Order } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import { DAY_MS } from '../lib/durations.ts';
import { freeChoice } from './choice.ts';
import { isUnsettled, orderLine, orderStatus, silenceChoices, silenceQuestion, silentOrder } from './order-talk.ts';
import { withLead, type Choice, type Phrase, type Reply } from './reply.ts';
import type { Surroundings } from './surroundings.ts';

const HISTORY_LINES = 5;
/** Of a wish about one's own data, as the law has it. */
const ANSWERED_WITHIN_MS = 7 * DAY_MS;
/** Different purchases that a history offers to repeat. */
const REPEATED = 3;

export const PRIVACY_TEXT_VERSION = '2026-11';

const buyAirtime: Choice = { id: freeChoice('start', 'buy-airtime'), label: { key: 'common:menu-buy-airtime' } };
export const historyChoice: Choice = { id: freeChoice('history'), label: { key: 'common:menu-history' } };

export const buySmsChoice: Choice = { id: freeChoice('start', 'buy-sms'), label: { key: 'common:menu-buy-sms' } };

/** What is sold here. */
export function soldChoices({ business }: Surroundings): Choice[] {
  return business.sellsSms ? [buyAirtime, buySmsChoice] : [buyAirtime];
}

export function menuChoices(around: Surroundings): Choice[] {
  return [
    ...soldChoices(around),
    historyChoice,
    { id: freeChoice('language'), label: { key: 'common:menu-language' } },
    { id: freeChoice('help'), label: { key: 'common:menu-help' } },
  ];
}

/** The next steps after an answer outside of a purchase. */
export function shortMenuChoices(around: Surroundings): Choice[] {
  return [...soldChoices(around), historyChoice];
}

export function menu(around: Surroundings): Reply {
  const key = around.business.sellsSms ? 'common:menu-both' : 'common:menu';
  return { parts: [{ key, params: { business: around.business.name } }], choices: menuChoices(around) };
}

/** What a first answer begins with. That purchases are simulated is not said twice in one message. */
export function withNotice(around: Surroundings, reply: Reply): Reply {
  const { business } = around;
  const notice: Phrase = { key: 'common:privacy-notice', params: { business: business.name } };
  const told = !isAllSimulated(around) || reply.parts.some(({ key }) => key.endsWith('-simulated'));
  return withLead(told ? [notice] : [{ key: 'common:simulated' }, notice], reply);
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

/** Nothing that is sold here moves real money. */
function isAllSimulated({ business, airtimeOff }: Surroundings): boolean {
  const airtime = airtimeOff === null ? business.simulated : business.sellsSms;
  return airtime && (!business.sellsSms || business.smsSimulated);
}

/** `open`: a question stands open, and help is about answering it. */
export function helpPhrase(around: Surroundings, open: boolean): Phrase {
  const params = { support: support(around) };
  if (open) return { key: 'common:help-here', params };
  return { key: around.business.sellsSms ? 'common:help-both' : 'common:help', params };
}

/** How to reach a person. `called`: one is called already. */
export function support(around: Surroundings, called = false): Phrase {
  const contact = around.business.supportContact;
  if (contact !== null) return { key: 'common:support', params: { contact } };
  return { key: called ? 'common:support-here' : 'common:support-none' };
}

/** An order that is not settled is told in full, with what to do about it; the others are a line each. */
export function historyPhrases({ orders, now }: Surroundings): Phrase[] {
  const silent = silentOrder(orders, now);
  const unsettled = silent ?? orders.slice(0, 1).find((order) => isUnsettled(order)) ?? null;
  const phrases: Phrase[] = [];
  if (silent !== null) phrases.push(...silenceQuestion(silent).parts);
  else if (unsettled !== null) phrases.push(orderStatus(unsettled, now));
  const lines = orders.filter((order) => order !== unsettled).slice(0, HISTORY_LINES);
  if (lines.length > 0) phrases.push({ key: 'order:history', params: { orders: { lines: lines.map(orderLine) } } });
  return phrases.length === 0 ? [{ key: 'order:history-empty' }] : phrases;
}

/** An order that waits for the person's word comes first; then the last purchases, to be made again. */
export function historyChoices(around: Surroundings): Choice[] {
  const { orders, now } = around;
  const silent = silentOrder(orders, now);
  const again = new Map<string, Choice>();
  for (const order of orders) {
    const { purchase, label } = repeatable(order);
    if (isUnsettled(order) || again.size === REPEATED || again.has(purchase)) continue;
    again.set(purchase, { id: freeChoice('again', order.reference), label });
  }
  const open = orders.some((order) => isUnsettled(order));
  return [...(silent === null ? [] : silenceChoices(silent)), ...again.values(), ...(open ? [] : soldChoices(around))];
}

/** How an order is offered to be made again; two of the same `purchase` are one offer. */
function repeatable(order: Order): { readonly purchase: string; readonly label: Phrase } {
  const amount = { kes: order.amountKes };
  switch (order.kind) {
    case 'airtime': {
      const params = { amount, recipient: { msisdn: order.recipient } };
      return { purchase: `${order.recipient} ${order.amountKes}`, label: { key: 'buy-airtime:option-both', params } };
    }
    case 'sms':
      return { purchase: `sms ${order.amountKes}`, label: { key: 'buy-sms:option-again', params: { amount } } };
    default:
      return assertNever(order);
  }
}

/** Answers that name what is sold. */
const OF_BOTH: Readonly<Partial<Record<Question, string>>> = {
  how: 'answers:how-both',
  who: 'answers:who-both',
  limits: 'answers:limits-both',
};

export function answerTo(question: Question, around: Surroundings): Phrase {
  const { airtimeMinKes, airtimeMaxKes, smsMinKes, smsMaxKes } = around.business.limits;
  const params = {
    min: { kes: kes(airtimeMinKes) },
    max: { kes: kes(airtimeMaxKes) },
    smsMin: { kes: kes(smsMinKes) },
    smsMax: { kes: kes(smsMaxKes) },
    business: around.business.name,
    support: support(around),
    until: { day: around.now + ANSWERED_WITHIN_MS },
  };
  const both = around.business.sellsSms ? OF_BOTH[question] : undefined;
  if (both !== undefined) return { key: both, params };
  return { key: `answers:${question.replaceAll('_', '-')}`, params };
}

/** "Ready": what can be written where nothing is open. */
export function readyPhrase({ business }: Surroundings): Phrase {
  return { key: business.sellsSms ? 'common:ready-both' : 'common:ready' };
}

/** What is asked for and not sold or not built here, said kindly; null: nothing of the kind. */
export function notHere(said: Understood, around: Surroundings): Phrase | null {
  if (said.notSold !== null)
    return { key: `answers:not-sold-${said.notSold.replaceAll('_', '-')}`, params: { support: support(around) } };
  switch (said.intent) {
    case 'balance':
      return { key: 'answers:no-balance' };
    case 'buy_sms':
      return around.business.sellsSms ? null : { key: 'answers:not-offered' };
    case 'reseller_credit':
    case 'set_threshold':
      return { key: 'answers:not-offered' };
    default:
      return null;
  }
}
