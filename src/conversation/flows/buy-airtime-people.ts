/**
 * Owns who gets the airtime: how the number is read from a message, asked for and shown. It is never taken for the payer's: a number
 * that could be either is asked about.
 */

import { kes } from '../../domain/money.ts';
import { parseMsisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { SaidOrder, Understood } from '../../understanding/understood.ts';
import { slotText, type Reading, type Slot } from '../flow.ts';
import type { Draft, SlotOption } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { checkedAmount, withinLimits } from './buy-airtime-options.ts';
import { NOTHING, numberOption, showNumber } from './buying-options.ts';
import { deniesPayer, isAboutPayer, isPayers, looseNumber, twoNumbers, unknownPerson } from './buying-payer.ts';
import { numberProblem } from './problems.ts';

const RECENT = 3;

export const recipientSlot: Slot = {
  name: 'recipient',
  label: { key: 'buy-airtime:slot-recipient' },
  line: { key: 'buy-airtime:line-recipient' },

  ask(_draft, around) {
    const own = around.own.slice(0, 1).map((number) => numberOption(number, 'buy-airtime:option-mine'));
    const others = recentRecipients(around).filter((number) => !around.own.includes(number));
    return {
      text: { key: 'buy-airtime:ask-recipient' },
      options: [...own, ...others.slice(0, RECENT).map((number) => numberOption(number))],
      ...(around.own.length === 0 ? { asksOwnPhone: true as const } : {}),
    };
  },

  read(said, draft, around, asked) {
    const several = severalReading(said, draft, around);
    if (several !== null) return several;
    if (said.recipient === 'self') {
      const own = around.own[0];
      return own === undefined ? { kind: 'problem', why: { key: 'buy-airtime:which-is-yours' } } : { kind: 'value', value: own };
    }
    if (said.recipient !== null) return { kind: 'value', value: said.recipient };
    const loose = looseNumber(said);
    if (loose !== null) return looseReading(loose, said, draft);
    if (draft.asking !== 'payer') {
      const problem = said.payer === null || asked ? numberProblem(said) : null;
      if (problem !== null) return { kind: 'problem', why: problem };
    }
    if (said.denied.numbers.some((number) => number === slotText(draft, 'recipient'))) return { kind: 'denied' };
    // "For my mum, 150": says whose the number is that was given.
    const isNamed = draft.asking === 'amount' && said.amount !== null && slotText(draft, 'recipient') !== null;
    return draft.asking === 'payer' || isNamed ? NOTHING : unknownPerson(said);
  },

  take: takeNumber,
  show: (draft) => showNumber(draft, 'recipient'),
};

/** Several people, several orders, or two numbers of which one is meant: null when the message names one at most. */
function severalReading(said: Understood, draft: Draft, around: Surroundings): Reading | null {
  if (said.recipients !== undefined && said.recipients.length > 1) {
    const numbers = said.recipients.map((one) => (one === 'self' ? around.own[0] : one)).filter((one) => one !== undefined);
    const options = [...new Set(numbers)].map((number) => numberOption(number));
    return { kind: 'choose', why: { key: 'buy-airtime:one-at-a-time' }, options };
  }
  if (said.orders !== undefined && said.orders.length > 1) return severalOrders(said.orders, around);
  const two = said.recipient === null && !isAboutPayer(said, draft) ? twoNumbers(said) : null;
  if (two === null) return null;
  return { kind: 'choose', why: { key: 'buy-airtime:which-receives' }, options: two.map((number) => numberOption(number)) };
}

/** Several different orders in one message: the person picks the one to begin with; its amount comes along. */
function severalOrders(orders: readonly SaidOrder[], around: Surroundings): Reading {
  const options: SlotOption[] = [];
  for (const one of orders) {
    const number = one.recipient === 'self' ? around.own[0] : one.recipient;
    if (number === undefined || number === null) continue;
    const amount = one.amount !== null && withinLimits(one.amount, around) ? one.amount : null;
    const value = amount === null ? number : `${number} ${amount}`;
    if (options.some((option) => option.value === value)) continue;
    const both = { amount: { kes: kes(amount ?? 0) }, recipient: { msisdn: number } };
    options.push(amount === null ? numberOption(number) : { value, label: { key: 'buy-airtime:option-both', params: both } });
  }
  return { kind: 'choose', why: { key: 'buy-airtime:one-at-a-time' }, options };
}

/** Where nobody was asked who pays, a number that takes another's place is the one that gets the airtime, unless it is the payer's that is denied. */
function correctsRecipient(said: Understood, draft: Draft): boolean {
  const isAsked = draft.asking === 'payer' || draft.asking === 'paymentNetwork';
  return said.corrects && !isAsked && said.change !== 'payer' && !deniesPayer(said, draft);
}

function looseReading(number: Msisdn, said: Understood, draft: Draft): Reading {
  const recipient = slotText(draft, 'recipient');
  if (recipient === null || recipient === number || said.change === 'recipient') return { kind: 'value', value: number };
  if (correctsRecipient(said, draft)) return { kind: 'value', value: number };
  if (isPayers(number, said, draft)) return NOTHING;
  return {
    kind: 'choose',
    why: { key: 'buy-airtime:which-role', params: { number: { msisdn: number } } },
    options: [
      { value: number, label: { key: 'buy-airtime:role-recipient' }, slot: 'recipient' },
      { value: number, label: { key: 'buy-airtime:role-payer' }, slot: 'payer' },
    ],
  };
}

/** "254722000000", or with an amount after it: a button of `severalOrders`. */
function takeNumber(value: string, _draft: Draft, around: Surroundings): Reading {
  const [digits = '', amount] = value.split(' ');
  const parsed = parseMsisdn(digits);
  if (!parsed.ok) return NOTHING;
  const checked = amount === undefined ? null : checkedAmount(Number(amount), around);
  if (checked?.kind === 'value') return { kind: 'value', value: parsed.value, also: { amount: checked.value } };
  return { kind: 'value', value: parsed.value };
}

function recentRecipients(around: Surroundings): Msisdn[] {
  return [...new Set(around.orders.flatMap((order) => (order.kind === 'airtime' ? [order.recipient] : [])))];
}
