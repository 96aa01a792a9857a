/**
 * Owns how each value of "buy airtime" is read from a message, asked for and shown. A value that cannot be used is said back
 * with what is wrong with it; of two readings neither is taken, both are offered.
 */

import { kes, parseKes } from '../../domain/money.ts';
import { msisdn, parseMsisdn, type Msisdn } from '../../domain/msisdn.ts';
import { networkOf, paymentNetworkOf, PAYMENT_NETWORKS, RECIPIENT_NETWORKS } from '../../domain/networks.ts';
import type { Understood } from '../../understanding/understood.ts';
import { slotText, type Reading, type Slot, type SlotOption } from '../flow.ts';
import type { Draft } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { amountProblem, numberProblem } from './problems.ts';

const NOTHING: Reading = { kind: 'nothing' };
const USUAL_AMOUNTS = [20, 50, 100, 200, 500, 1000];
const RECENT = 3;

export const recipientSlot: Slot = {
  name: 'recipient',
  label: { key: 'buy-airtime:slot-recipient' },

  ask(draft, around) {
    const own = around.own.slice(0, 1).map((number) => numberOption(number, 'buy-airtime:option-mine'));
    const others = recentNumbers(around, 'recipient').filter((number) => !around.own.includes(number));
    return {
      text: { key: 'buy-airtime:ask-recipient' },
      options: [...own, ...others.slice(0, RECENT).map((number) => numberOption(number))],
      ...(around.own.length === 0 ? { asksOwnPhone: true as const } : {}),
    };
  },

  read(said, draft, around, asked) {
    if (said.recipients !== undefined && said.recipients.length > 1) {
      const numbers = said.recipients.map((one) => (one === 'self' ? around.own[0] : one)).filter((one) => one !== undefined);
      return {
        kind: 'choose',
        why: { key: 'buy-airtime:one-at-a-time' },
        options: numbers.map((number) => numberOption(number)),
      };
    }
    if (said.orders !== undefined && said.orders.length > 1) return severalOrders(said, around);
    if (said.recipient === 'self') {
      const own = around.own[0];
      return own === undefined ? { kind: 'problem', why: { key: 'buy-airtime:which-is-yours' } } : { kind: 'value', value: own };
    }
    if (said.recipient !== null) return { kind: 'value', value: said.recipient };
    const two = said.problems.find((problem) => problem.kind === 'two_numbers');
    if (two !== undefined) {
      return {
        kind: 'choose',
        why: { key: 'buy-airtime:which-receives' },
        options: two.numbers.map((number) => numberOption(number)),
      };
    }
    if (said.payer === null || asked) {
      const problem = numberProblem(said);
      if (problem !== null && asked) return { kind: 'problem', why: problem };
      if (problem !== null && slotText(draft, 'recipient') === null) return { kind: 'problem', why: problem };
    }
    if (said.denied.numbers.some((number) => number === slotText(draft, 'recipient'))) return { kind: 'denied' };
    if (asked && said.person !== null)
      return { kind: 'problem', why: { key: 'buy-airtime:unknown-person', params: { name: said.person } } };
    return NOTHING;
  },

  take: takeNumber,
  show: (draft) => showNumber(draft, 'recipient'),
};

/** Asked only where the number's range belongs to a network that the upstream cannot load: it may have been ported. */
export const recipientNetworkSlot: Slot = {
  name: 'recipientNetwork',
  label: { key: 'buy-airtime:slot-recipient-network' },
  needed(draft, around) {
    const recipient = slotText(draft, 'recipient');
    if (recipient === null) return false;
    return !RECIPIENT_NETWORKS.some((network) => network === networkOf(msisdn(recipient), around.knowledge.ranges));
  },
  ask: (draft) => ({
    text: { key: 'buy-airtime:ask-recipient-network', params: { recipient: showNumber(draft, 'recipient') ?? '' } },
    options: RECIPIENT_NETWORKS.map((network) => ({ value: network, label: { key: 'common:plain', params: { text: network } } })),
  }),
  read: () => NOTHING,
  take: (value) => (RECIPIENT_NETWORKS.some((network) => network === value) ? { kind: 'value', value } : NOTHING),
  show: (draft) => slotText(draft, 'recipientNetwork'),
};

export const amountSlot: Slot = {
  name: 'amount',
  label: { key: 'buy-airtime:slot-amount' },

  ask(draft, around) {
    const { airtimeMinKes: min, airtimeMaxKes: max } = around.business.limits;
    const usual = USUAL_AMOUNTS.filter((amount) => amount >= min && amount <= max);
    return {
      text: { key: 'buy-airtime:ask-amount', params: { min: { kes: kes(min) }, max: { kes: kes(max) } } },
      options: usual.map((amount) => amountOption(amount)),
    };
  },

  read(said, draft, around, asked) {
    const two = said.problems.find((problem) => problem.kind === 'two_amounts');
    if (two !== undefined && said.amount === null) {
      const options = two.amounts.filter((amount) => withinLimits(amount, around)).map((amount) => amountOption(amount));
      return { kind: 'choose', why: { key: 'buy-airtime:which-amount' }, options };
    }
    if (said.amount !== null) return checkedAmount(said.amount, around);
    const problem = amountProblem(said, asked);
    if (problem !== null) return { kind: 'problem', why: problem };
    if (said.denied.amounts.some((amount) => String(amount) === slotText(draft, 'amount'))) return { kind: 'denied' };
    return NOTHING;
  },

  take: (value, _draft, around) => (/^\d{1,9}$/.test(value) ? checkedAmount(Number(value), around) : NOTHING),
  show(draft) {
    const amount = slotText(draft, 'amount');
    return amount === null ? null : { kes: kes(Number(amount)) };
  },
};

export const payerSlot: Slot = {
  name: 'payer',
  label: { key: 'buy-airtime:slot-payer' },

  ask(draft, around) {
    const recipient = slotText(draft, 'recipient');
    const candidates = [...around.own, ...recentNumbers(around, 'payer'), ...(recipient === null ? [] : [msisdn(recipient)])];
    return {
      text: { key: 'buy-airtime:ask-payer' },
      options: [...new Set(candidates)].slice(0, RECENT).map((number) => numberOption(number)),
      ...(around.own.length === 0 ? { asksOwnPhone: true as const } : {}),
    };
  },

  read(said, draft, around, asked) {
    if (said.payer === 'self') {
      const own = around.own[0];
      return own === undefined ? { kind: 'problem', why: { key: 'buy-airtime:which-pays' } } : { kind: 'value', value: own };
    }
    if (said.payer !== null) return { kind: 'value', value: said.payer };
    if (asked) {
      const problem = numberProblem(said);
      if (problem !== null) return { kind: 'problem', why: problem };
    }
    if (said.denied.numbers.some((number) => number === slotText(draft, 'payer'))) return { kind: 'denied' };
    return NOTHING;
  },

  take: takeNumber,
  guess: (_draft, around) => around.own[0] ?? null,
  show: (draft) => showNumber(draft, 'payer'),
};

export const paymentNetworkSlot: Slot = {
  name: 'paymentNetwork',
  label: { key: 'buy-airtime:slot-payment-network' },
  ask: (draft) => ({
    text: { key: 'buy-airtime:ask-payment-network', params: { payer: showNumber(draft, 'payer') ?? '' } },
    options: PAYMENT_NETWORKS.map((network) => ({ value: network, label: { key: 'common:plain', params: { text: network } } })),
  }),
  read(said, draft) {
    if (said.paymentNetwork !== null) return { kind: 'value', value: said.paymentNetwork };
    if (said.denied.networks.some((network) => network === slotText(draft, 'paymentNetwork'))) return { kind: 'denied' };
    return NOTHING;
  },
  take: (value) => (PAYMENT_NETWORKS.some((network) => network === value) ? { kind: 'value', value } : NOTHING),
  guess(draft, around) {
    const payer = slotText(draft, 'payer');
    return payer === null ? null : paymentNetworkOf(networkOf(msisdn(payer), around.knowledge.ranges));
  },
  show: (draft) => slotText(draft, 'paymentNetwork'),
};

function checkedAmount(amount: number, around: Surroundings): Reading {
  const { airtimeMinKes: min, airtimeMaxKes: max } = around.business.limits;
  if (withinLimits(amount, around)) return { kind: 'value', value: amount };
  const typed = parseKes(amount);
  const params = { min: { kes: kes(min) }, max: { kes: kes(max) } };
  if (!typed.ok) return { kind: 'problem', why: { key: 'buy-airtime:amount-unreadable', params } };
  const key = amount < min ? 'buy-airtime:amount-too-small' : 'buy-airtime:amount-too-big';
  return { kind: 'problem', why: { key, params: { ...params, amount: { kes: typed.value } } } };
}

function withinLimits(amount: number, around: Surroundings): boolean {
  const { airtimeMinKes: min, airtimeMaxKes: max } = around.business.limits;
  return Number.isInteger(amount) && amount >= min && amount <= max;
}

/** Several different orders in one message: the person picks the one to begin with; its amount comes along. */
function severalOrders(said: Understood, around: Surroundings): Reading {
  const options: SlotOption[] = [];
  for (const one of said.orders ?? []) {
    const number = one.recipient === 'self' ? around.own[0] : one.recipient;
    if (number === undefined || number === null || options.some(({ value }) => String(value).startsWith(number))) continue;
    const both = one.amount !== null && withinLimits(one.amount, around);
    options.push({
      value: both ? `${number} ${one.amount}` : number,
      label: both
        ? { key: 'buy-airtime:option-both', params: { amount: { kes: kes(one.amount ?? 0) }, recipient: { msisdn: number } } }
        : { key: 'buy-airtime:option-number', params: { number: { msisdn: number } } },
    });
  }
  return { kind: 'choose', why: { key: 'buy-airtime:one-at-a-time' }, options };
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

function recentNumbers(around: Surroundings, role: 'recipient' | 'payer'): Msisdn[] {
  return [...new Set(around.orders.map((order) => order[role]))];
}

function numberOption(number: Msisdn, key = 'buy-airtime:option-number'): SlotOption {
  return { value: number, label: { key, params: { number: { msisdn: number } } } };
}

function amountOption(amount: number): SlotOption {
  return { value: amount, label: { key: 'common:amount', params: { amount: { kes: kes(amount) } } } };
}

function showNumber(draft: Draft, slot: string): { readonly msisdn: Msisdn } | null {
  const value = slotText(draft, slot);
  return value === null ? null : { msisdn: msisdn(value) };
}
