/**
 * Owns how one order, or one other thing that wants a person, is written out in full. Numbers are whole and bodies are as they came:
 * it is the operator's own console. Only credentials are written over, and words of a chat are quoted with masked numbers.
 */

import { formatKes } from '../domain/money.ts';
import { formatMsisdn } from '../domain/msisdn.ts';
import { asSeen, inWords, type ItemKind, type ReasonCode } from '../domain/attention.ts';
import { filledElsewhereBy, isInFlight, isPaid, SILENCE_MS, type Order, type SmsOrder } from '../domain/order.ts';
import { formatMilliKes } from '../domain/tariff.ts';
import { scrubSecrets } from '../lib/log.ts';
import type { Body, ItemFile, OrderFile, Step } from '../ports/desk.ts';
import type { CallState } from '../ports/store.ts';
import { age, itemLine, whoLine } from './review-list.ts';
import { clockInNairobi } from '../domain/nairobi.ts';

export function orderSheet({ order, who, steps, calls }: OrderFile, may: readonly string[], now: number): string[] {
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
    '',
    'Steps:',
    ...steps.flatMap(stepLines),
    '',
    ...nextLines(order, may),
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

function stepLines({ event, from, to, actor, by, evidence, at, body }: Step): string[] {
  const moved = to === null ? `stayed ${from ?? ''}` : from === null ? to : `${from} -> ${to}`;
  const person = by === null ? actor : `${actor} ${by}`;
  const ground = evidence === '' ? '' : `: ${scrubSecrets(evidence)}`;
  return [`  ${clockInNairobi(at)}  ${moved}  (${event}, ${person}${ground})`, ...(body === null ? [] : bodyLines(body))];
}

function bodyLines({ title, text }: Body): string[] {
  if (text === null) return [`      ${title}: not kept any more`];
  return [
    `      ${title}:`,
    ...scrubSecrets(text)
      .split('\n')
      .map((line) => `        ${line}`),
  ];
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

export function itemSheet(item: ItemFile, now: number): string[] {
  const { id, kind, who, since, latest, count, detail } = item;
  return [
    `${id}: ${itemLine(item)}`,
    `  since        ${clockInNairobi(since)}, ${age(now - since)} ago`,
    ...(count === 1 ? [] : [`  last         ${clockInNairobi(latest)}`]),
    ...(who === null ? [] : [`  who          ${whoLine(who)}, speaks ${who.language === 'sw' ? 'Swahili' : 'English'}`]),
    `  what         ${scrubSecrets(detail)}`,
    ...item.bodies.flatMap(bodyLines),
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
  return [`  npx jaza say ${id} "..."`, ...wished];
}
