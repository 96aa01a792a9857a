/**
 * Owns the way from a chat message to what was understood of it: pure, deterministic, microseconds, no language model. Never
 * throws, whatever the input. It says what was said and no more: limits, saved people and numbered choices are the caller's.
 */

import type { NumberRanges } from '../domain/networks.ts';
import { alertOf } from './alerts.ts';
import { amountsOf, type Amounts } from './amounts.ts';
import {
  answerOf,
  changeOf,
  choiceOf,
  commandOf,
  isThatOne,
  isTryAgain,
  questionOf,
  slashOf,
  SLASH_WISHES,
  troubleOf,
} from './answers.ts';
import { clientOf } from './client.ts';
import { wishOf } from './intent.ts';
import { has } from './items.ts';
import { languageOf, wantedLanguage } from './language.ts';
import type { Lexicon } from './lexicon.ts';
import { networksOf } from './networks.ts';
import { clean } from './normalise.ts';
import { pairsOf } from './orders.ts';
import { peopleOf } from './people.ts';
import { readItems } from './read.ts';
import { isCorrection, targetsOf, withBareSelf } from './roles.ts';
import { sceneOf, type Scene } from './scene.ts';
import { BUYS, phoneProblems, problemsOf, slashIntent, slotsOf } from './slots.ts';
import type { Intent, Question, RoledNumber, SlotName, Understood } from './understood.ts';
import type { Wish } from './view.ts';
import { walletsOf } from './wallets.ts';

export { bestMatch } from './best-match.ts';
export { parseLexicon, type Lexicon } from './lexicon.ts';

export interface Knowledge {
  readonly lexicon: Lexicon;
  readonly ranges: NumberRanges;
}

/**
 * `asking` is the slot that the bot has just asked for: it lets a bare answer fill it, and breaks ties. `walletNames`: what the
 * speaker's wallets are called.
 */
export function understand(
  text: string,
  knowledge: Knowledge,
  asking: SlotName | null = null,
  walletNames: readonly string[] = [],
): Understood {
  const { lexicon, ranges } = knowledge;
  const cleaned = clean(text);
  const scene = sceneOf(cleaned, readItems(cleaned, lexicon, ranges, walletNames));
  const [answer, client] = [answerOf(scene), clientOf(scene)];
  const wantsLanguage = wantedLanguage(scene);
  const slash = slashOf(cleaned.lower);
  const spoken = wishOf(scene, { client, answer, wantsLanguage: wantsLanguage !== null });
  const wish = slash === null || SLASH_WISHES.has(slash) ? spoken : { ...spoken, intent: slashIntent(slash), empty: true };
  const choice = choiceOf(scene);
  const amounts = amountsOf(scene, { asked: asking === 'amount', smsBought: wish.intent === 'buy_sms' });
  const targets = withBareSelf(targetsOf(scene), scene.items, asking);
  const [networks, wallets, change] = [networksOf(scene, asking === 'paymentNetwork'), walletsOf(scene, asking), changeOf(scene)];
  const people = peopleOf(targets, phoneProblems(scene), {
    asking: change ?? asking,
    buys: BUYS.has(wish.intent),
    tags: scene.tags,
  });
  const pairs = wish.intent === 'buy_airtime' ? pairsOf(amounts.said, targets) : null;
  const found = { wish, amounts, networks, people, pairs, client, choice, isAboutElse: isElse(scene) };
  const slots = slotsOf(found);
  const alert = wish.intent === 'set_threshold' ? alertOf(scene, amounts, people.numbers.length > 0) : null;
  const [hasValues, priced] = [wallets.said !== null || fillsAny(slots), pricedIn(scene, wish.intent, amounts)];
  const isReceipt = wish.notSold === 'mpesa_message';
  // Key by key, because a spread into a large literal costs more here than all the reading of a message.
  const understood: Understood = {
    recipient: slots.recipient,
    amount: slots.amount,
    paymentNetwork: slots.paymentNetwork,
    payer: slots.payer,
    client: slots.client,
    threshold: alert?.removes == null ? slots.threshold : null,
    intent: wish.intent,
    language: languageOf(scene, lexicon, { client, saidSlang: amounts.said.some(({ item }) => item.weak) }),
    corrects: !isReceipt && isCorrection(scene, people.numbers),
    // A yes that brings a value with it could confirm what nobody looked at.
    answer: answer.answer === 'yes' && hasValues ? null : answer.answer,
    command: commandOf(scene, wish.intent === 'cancel', alert?.removes != null),
    wantsLanguage,
    change: hasValues || isReceipt ? null : change,
    question: isReceipt ? null : (questionOf(scene, hasValues && BUYS.has(wish.intent)) ?? asideOf(scene, wish)),
    trouble: isReceipt ? null : troubleOf(scene),
    menuNumber: choice.number,
    menuLast: choice.last,
    numbers: isReceipt ? [] : pairs === null ? people.numbers : people.numbers.map(receiving),
    denied: { amounts: amounts.denied, numbers: people.denied, networks: networks.denied, wallets: wallets.denied },
    problems: isReceipt ? [] : problemsOf(found),
    notSold: wish.notSold,
    complaint: wish.complaint,
    again: wish.again,
    thatOne: isThatOne(scene),
    triesAgain: isTryAgain(scene),
    person: wish.intent === 'reseller_credit' ? null : people.person,
    smsUnits: COUNTS_SMS.has(wish.intent) ? amounts.smsUnits : null,
    inMoney: amounts.said.some(({ item, at }) => item.money || (wish.intent === 'buy_airtime' && has(scene.items[at - 1], 'of'))),
    wallet: isReceipt ? null : wallets.said,
    alert,
    isAboutElse: found.isAboutElse,
    thing: thingOf(scene),
    unit: unitOf(scene, amounts),
    priced,
    wantsBoth: wish.intent === 'buy_airtime' && wantsBoth(scene),
  };
  return slots.orders === undefined && slots.recipients === undefined ? understood : { ...understood, ...slots };
}

function fillsAny({ recipient, amount, payer, paymentNetwork, recipients, orders }: ReturnType<typeof slotsOf>): boolean {
  return [recipient, amount, payer, paymentNetwork, recipients, orders].some((value) => value != null);
}

/** "How much is 1000 sms", "sms ngapi kwa 200": nothing but its number asks for a price. Who says they paid asks whether it was taken. */
function asideOf({ tags }: Scene, { intent, claims }: Wish): Question | null {
  if (claims === true) return 'charged';
  return intent === 'help' && tags.has('how_much') && !tags.has('help') ? 'fee' : null;
}

/** Where a number of SMS is one that is wanted. `other`: the bare answer to how many. */
const COUNTS_SMS: ReadonlySet<Understood['intent']> = new Set(['buy_sms', 'reseller_credit', 'other']);

/** Words without a meaning here stand in it; "it's" only joins others. */
function isElse({ items }: Scene): boolean {
  return items.some((item) => item.kind === 'word' && item.tags.every((tag) => tag === 'it_is'));
}

/** Also where it is part of another thing's name: "sms balance", "salio la sms". */
const NAMES_SMS = /\bsms\b/;

function thingOf({ tags, items }: Scene): Understood['thing'] {
  const airtime = tags.has('airtime');
  const sms = tags.has('sms') || items.some((item) => item.kind === 'word' && NAMES_SMS.test(item.key));
  if (airtime === sms) return null;
  return airtime ? 'airtime' : 'sms';
}

/** "How much are 1000 sms?", "500 bob inanunua sms ngapi?" */
function pricedIn({ tags }: Scene, intent: Intent, { said, smsUnits }: Amounts): Understood['priced'] {
  if (intent !== 'help' || !tags.has('sms') || !(tags.has('how_much') || tags.has('fee'))) return null;
  const [only, ...others] = said;
  if (smsUnits !== null) return said.length === 0 ? { count: smsUnits, unit: 'SMS' } : null;
  return only === undefined || others.length > 0 ? null : { count: only.item.value, unit: only.item.money ? 'KES' : 'SMS' };
}

/** "50 airtime and 100 sms"; not "airtime, not sms". */
function wantsBoth({ items, denied }: Scene): boolean {
  const thing = (tag: 'airtime' | 'sms'): number => items.findIndex((item, at) => has(item, tag) && !denied.has(at));
  const [from, to] = [thing('airtime'), thing('sms')].sort((a, b) => a - b);
  return from !== undefined && from !== -1 && items.slice(from, to).some((item) => has(item, 'and'));
}

function unitOf({ tags }: Scene, { said, smsUnits }: Amounts): Understood['unit'] {
  if (said.length > 0 || smsUnits !== null) return null;
  const shillings = tags.has('shilling') || tags.has('money_noun');
  if (shillings === tags.has('sms')) return null;
  return shillings ? 'KES' : 'SMS';
}

/** In a list of orders every number that does not pay receives. */
function receiving({ number, role }: RoledNumber): RoledNumber {
  return { number, role: role === 'unknown' ? 'recipient' : role };
}

/** Exactly what `jaza understand` prints, in the contract's order. */
export function printedUnderstanding(u: Understood): object {
  const { intent, recipient, amount, paymentNetwork, payer, client, threshold, language } = u;
  const lists = {
    ...(u.orders === undefined ? {} : { orders: u.orders }),
    ...(u.recipients === undefined ? {} : { recipients: u.recipients }),
    ...(u.smsUnits === null ? {} : { smsUnits: u.smsUnits }),
    ...(u.alert?.removes == null ? {} : { removes: u.alert.removes }),
  };
  return { intent, recipient, amount, paymentNetwork, payer, client, threshold, language, ...lists };
}
