/**
 * Owns how one order, or one other thing that wants a person, is written out: who, what and how much, what the customer says, what is
 * known, what to do next. What came in from upstream is cut to a line unless it is asked for whole; numbers are whole, because it is the
 * operator's own console. Credentials are written over, and words of a chat are quoted with masked numbers.
 */

import { formatKes } from '../domain/money.ts';
import { formatMsisdn } from '../domain/msisdn.ts';
import { asSeen, inWords, type ItemKind, type ReasonCode } from '../domain/attention.ts';
import { filledElsewhereBy, isInFlight, isPaid, SILENCE_MS, type Order, type SmsOrder } from '../domain/order.ts';
import { formatMilliKes } from '../domain/tariff.ts';
import { scrubSecrets } from '../lib/log.ts';
import { oneLine } from '../lib/one-line.ts';
import { shortened } from '../lib/shortened.ts';
import type { Body, ItemFile, OrderFile, Step, Who } from '../ports/desk.ts';
import type { CallState } from '../ports/store.ts';
import { age, itemLine, whoLine } from './review-list.ts';
import { clockInNairobi } from '../domain/nairobi.ts';

/** Of what came in, without --raw: enough to tell one answer from another. */
const LONGEST_BODY = 160;

interface Shown {
  /** What the customer asks of a person, in the same chat. */
  readonly said?: readonly ItemFile[];
  /** What came in as it came. */
  readonly raw?: boolean;
}

export function orderSheet(
  { order, who, steps, calls }: OrderFile,
  may: readonly string[],
  now: number,
  { said = [], raw = false }: Shown = {},
): string[] {
  const { reference, state, payer, paymentNetwork, upstreamReference } = order;
  return [
    `Order ${reference}: ${state.replaceAll('_', ' ')} for ${age(now - order.changedAt)}`,
    ...goodsLines(order),
    `  paid by      ${formatMsisdn(payer)}, ${paymentNetwork}`,
    `  customer     ${who === null ? 'not known any more' : whoLine(who)}`,
    `  at supplier  ${upstreamReference ?? 'no reference was given'}; our note is ${reference}`,
    ...calls.map(
      (call) =>
        `  call         ${call.purpose}: ${CALL[call.state]}${call.startedAt === null ? '' : `, begun ${clockInNairobi(call.startedAt)}`}`,
    ),
    ...said.flatMap((item) => saidLines(item, now)),
    '',
    'Steps:',
    ...steps.flatMap((step) => stepLines(step, raw)),
    ...wholeLines(
      steps.flatMap(({ body }) => body ?? []),
      raw,
      reference,
    ),
    '',
    ...nextLines(order, may),
  ];
}

/** What they wrote comes whole: it is what a person is asked for. */
function saidLines(item: ItemFile, now: number): string[] {
  const { id, latest, detail, bodies } = item;
  return [
    '',
    `The customer asks for you, ${age(now - latest)} ago: ${scrubSecrets(detail)}`,
    ...bodies.flatMap((body) => bodyLines(body, true)),
    `  answer them: npx jaza say ${id} "..."`,
  ];
}

function goodsLines(order: Order): string[] {
  const paid = `KES ${formatKes(order.amountKes)}`;
  if (order.kind === 'airtime') {
    const { recipient, recipientNetwork } = order;
    return [`  airtime      ${paid} to ${formatMsisdn(recipient)}${recipientNetwork === null ? '' : ` (${recipientNetwork})`}`];
  }
  const { wallet, units, price, paidAt } = order;
  const keeper = filledElsewhereBy(order);
  return [
    `  sms          ${units} for ${paid}, at KES ${formatMilliKes(price.milliKes)} each (${price.source} price)`,
    `  wallet       of ${wallet.userId}${wallet.appId === null ? '' : ` in ${wallet.appId}`}${keeper === null ? '' : `, kept by ${keeper}`}`,
    ...(paidAt === null ? [] : [`  paid         ${clockInNairobi(paidAt)}`]),
  ];
}

function stepLines({ event, from, to, actor, by, evidence, at, body }: Step, raw: boolean): string[] {
  const moved = to === null ? `stayed ${from ?? ''}` : from === null ? to : `${from} -> ${to}`;
  const person = by === null ? actor : `${actor} ${by}`;
  const ground = evidence === '' ? '' : `: ${scrubSecrets(evidence)}`;
  return [`  ${clockInNairobi(at)}  ${moved}  (${event}, ${person}${ground})`, ...(body === null ? [] : bodyLines(body, raw))];
}

function bodyLines({ title, text }: Body, raw: boolean): string[] {
  if (text === null) return [`      ${title}: not kept any more`];
  // Written over before it is cut: half of a credential looks like none.
  const clean = scrubSecrets(text);
  if (!raw) return [`      ${title}: ${shortened(oneLine(clean), LONGEST_BODY)}`];
  return [`      ${title}:`, ...clean.split('\n').map((line) => `        ${line}`)];
}

/** Where anything was cut, the command that shows it whole. */
function wholeLines(bodies: readonly Body[], raw: boolean, name: string): string[] {
  const isCut = bodies.some(({ text }) => text !== null && [...oneLine(scrubSecrets(text))].length > LONGEST_BODY);
  return raw || !isCut ? [] : ['', `What came in is cut here; whole: npx jaza review show ${name} --raw`];
}

/** What came of a call that is over stands in the steps: no answer at all is one, too. */
const CALL: Readonly<Record<CallState, string>> = {
  pending: 'not begun yet',
  started: 'out, no answer so far',
  answered: 'over, what came of it is below',
};

/** Why a person has no say in the order as it is. */
export function noSay(order: Order): string {
  const since = order.kind === 'sms' ? (order.paidAt ?? order.createdAt) : order.createdAt;
  return isInFlight(order.state)
    ? `it is still under way; without a word it comes to \`jaza review\` by itself, at ${clockInNairobi(since + SILENCE_MS)} or soon after`
    : 'it has ended, nothing is left to be said of it';
}

function lookFor(order: Order): readonly string[] {
  if (order.kind === 'airtime') return ["Look for the note at the supplier, and for the payment on the payer's phone. Then:"];
  const { reference } = order;
  if (order.state === 'delivered')
    return [
      `It was told as delivered. Look for the top-up of ${reference} where the wallet is kept.`,
      '`refund-due` says that its SMS are not there after all, and that the money goes back: the sale is taken back. Then:',
    ];
  if (order.takenBackAt !== null) return ['Its sale was taken back. `refunded` says that the money went back. Then:'];
  if (isPaid(order))
    return [
      `It is paid. Look for the top-up of ${reference} where the wallet is kept, and add the SMS there if they are missing.`,
      '`delivered` says that they are in the wallet: the sale is booked and the customer told, and nothing is added anywhere.',
      '`refund-due` says that they are not, and that the money goes back; `refunded` says that it went. Then:',
    ];
  return ["Look for the payment in the shop's own M-Pesa statement, and on the payer's phone.", ...unpaidWords(order)];
}

/** What may be said of an order of SMS while we do not know that it is paid. */
function unpaidWords(order: SmsOrder): readonly string[] {
  const keeper = filledElsewhereBy(order);
  const { reference, restoredAt } = order;
  if (keeper === null)
    return ['`delivered` says that it was paid, and puts the SMS into the wallet; `cancelled` says that it was not. Then:'];
  const recorded = '`delivered` says that it was paid and that its SMS are there already: nothing is added anywhere.';
  const cancelled = '`cancelled` says that it was not paid. Then:';
  if (restoredAt === null) return [`\`paid\` says that it was paid, and asks ${keeper} to add the SMS.`, recorded, cancelled];
  return [
    `It was unpaid in the backup that was restored on ${clockInNairobi(restoredAt)}: paid since, it may be delivered since.`,
    `Look for the top-up of ${reference} where the wallet is kept, and add the SMS there if they are missing.`,
    recorded,
    cancelled,
  ];
}

function nextLines(order: Order, may: readonly string[]): string[] {
  const { reference } = order;
  if (may.length === 0) return [`Nothing to do: ${noSay(order)}.`];
  return [
    ...lookFor(order),
    ...may.map((outcome) => `  npx jaza review resolve ${reference} ${outcome} --seen ${asSeen(order)} --evidence "..."`),
  ];
}

const NEXT: Readonly<Record<ItemKind, string>> = {
  help: 'Talk to them, in their chat or by phone, and see to it:',
  webhook: 'Compare it with the orders of that time: a real payment may be in it. Then:',
  alert: 'See to it. Then:',
  event: 'What it asked for was not done. See to it by hand. Then:',
  message: 'They did not get it. Tell them another way if it matters. Then:',
};

/** Whether its bodies are words between people, which are never cut. */
const ARE_WORDS: readonly ItemKind[] = ['help', 'message'];

export function itemSheet(item: ItemFile, now: number, { raw = false }: Pick<Shown, 'raw'> = {}): string[] {
  const { id, kind, who, since, latest, count, detail, bodies } = item;
  const whole = raw || ARE_WORDS.includes(kind);
  return [
    `${id}: ${itemLine(item)}`,
    `  since        ${clockInNairobi(since)}, ${age(now - since)} ago`,
    ...(count === 1 ? [] : [`  last         ${clockInNairobi(latest)}`]),
    ...(who === null ? [] : [`  who          ${whoLine(who)}, speaks ${who.language === 'sw' ? 'Swahili' : 'English'}`]),
    `  what         ${scrubSecrets(detail)}`,
    ...bodies.flatMap((body) => bodyLines(body, whole)),
    ...wholeLines(bodies, whole, id),
    '',
    NEXT[kind],
    ...waysOn(item),
    `  npx jaza review done ${id} --evidence "..."`,
  ];
}

/** What somebody who asks for a person may want, and the command for it. */
function waysOn({ id, kind, who, detail }: ItemFile): string[] {
  if (kind !== 'help' || who === null) return [];
  // Their number may be another's by the time that the command is run, and shells and logs keep it.
  const whom = who.customerId;
  const ways: readonly (readonly [ReasonCode, string])[] = [
    ['copy', `privacy export ${whom}`],
    ['delete', `privacy erase ${whom}`],
    ['stop', 'stop-list add <their number>'],
  ];
  const said = (code: ReasonCode): number => detail.lastIndexOf(inWords({ code }));
  // The last word counts: nobody is erased who has taken that back.
  const isMeant = (code: ReasonCode): boolean => said(code) !== -1 && (code !== 'delete' || said('keep') < said('delete'));
  const wished = ways.filter(([code]) => isMeant(code)).map(([, command]) => `  npx jaza ${command}`);
  const giveUp = isMeant('delete')
    ? [
        '  If it says that SMS are left, ask first, and go on only after their yes:',
        `  npx jaza say ${id} "${GIVE_UP[who.language]}"`,
      ]
    : [];
  return [`  npx jaza say ${id} "..."`, ...wished, ...giveUp];
}

const GIVE_UP: Readonly<Record<Who['language'], string>> = {
  en: 'You still have SMS left. If we delete your data, they are gone for good. Do you agree to lose them?',
  sw: 'Bado una SMS zimebaki. Tukifuta data yako, SMS hizo zitapotea kabisa. Unakubali kuzipoteza?',
};
