/**
 * Owns how each value of "buy SMS" is read from a message, asked for and shown. A number that can be shillings or messages is never
 * guessed: both readings are offered, each with what it comes to.
 */

import { kes } from '../../domain/money.ts';
import { networkOf, paymentNetworkOf } from '../../domain/networks.ts';
import type { PriceInForce } from '../../domain/tariff.ts';
import { isEstimated, numberOf, type OwnWallet } from '../../domain/wallet-owner.ts';
import type { Understood } from '../../understanding/understood.ts';
import { slotText, type Reading, type Slot } from '../flow.ts';
import type { Param, Phrase } from '../reply.ts';
import type { Draft, SlotOption } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';
import { walletsMeant } from '../wallet-words.ts';
import {
  askedOf,
  askedText,
  MOST_ASKED,
  quoteFor,
  quoteNow,
  quoteText,
  walletOf,
  type Asked,
  type Quote,
} from './buy-sms-quote.ts';
import { isPriced } from './buy-sms-price.ts';
import { NOTHING } from './buying-options.ts';
import { looseNumber, payerSlot } from './buying-payer.ts';
import { amountProblem } from './problems.ts';
import { walletPhrase } from '../wallet-name.ts';

const USUAL_KES = [50, 100, 200, 500, 1_000];

export const smsWalletSlot: Slot = {
  name: 'wallet',
  label: { key: 'buy-sms:slot-wallet' },
  needed: (_draft, { wallets }) => (wallets?.length ?? 0) > 1,
  ask: (_draft, { wallets }) => ({
    text: { key: 'buy-sms:ask-wallet' },
    options: (wallets ?? []).map((wallet) => ({ value: wallet.key, label: walletPhrase(wallet) })),
  }),
  read: readWallet,
  take: (value, _draft, { wallets }) => (wallets?.some(({ key }) => key === value) === true ? { kind: 'value', value } : NOTHING),
  guess: (draft, around) => walletOf(draft, around).key,
  show: (draft, around) => walletPhrase(walletOf(draft, around)),
};

function readWallet(said: Understood, draft: Draft, { wallets }: Surroundings, asked: boolean): Reading {
  if (wallets === null || wallets.length < 2) return NOTHING;
  const numbered = numbersWallet(said, wallets, asked);
  const meant = numbered === null ? walletsMeant(said, wallets, slotText(draft, 'wallet')) : [numbered];
  if (meant === null) return NOTHING;
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0) return { kind: 'value', value: only.key };
  const among = only === undefined ? wallets : meant;
  const options = among.map((wallet) => ({ value: wallet.key, label: walletPhrase(wallet) }));
  return { kind: 'choose', why: { key: only === undefined ? 'buy-sms:no-such-wallet' : 'buy-sms:ask-wallet' }, options };
}

/** A number that a wallet is called by fills it: as the answer to which, or where it is to receive. */
function numbersWallet(said: Understood, wallets: readonly OwnWallet[], asked: boolean): OwnWallet | null {
  const number = said.recipient ?? (asked ? looseNumber(said) : null);
  return number === null ? null : (wallets.find(({ owner, by }) => by === 'number' && numberOf(owner) === number) ?? null);
}

export const smsAmountSlot: Slot = {
  name: 'amount',
  label: { key: 'buying:slot-amount' },

  ask(draft, around) {
    const { price } = walletOf(draft, around);
    const usual = USUAL_KES.map((count): Asked => ({ count, unit: 'KES' })).filter((asked) => isWithin(asked, draft, around));
    return {
      text: { key: 'buy-sms:ask-amount', params: { price: priceParam(price, around), ...limits(around) } },
      options: usual.map((asked) => option(asked, draft, around)),
    };
  },

  read(said, draft, around, asked) {
    const named = ofNamedUnit(said, draft);
    if (named !== null) return checked(named, draft, around);
    const readings = readingsOf(said, draft);
    if (readings.length === 1 && readings[0] !== undefined) return checked(readings[0], draft, around);
    if (readings.length > 1) return chosenOf(readings, draft, around);
    const problem = amountProblem(said, asked);
    if (problem !== null) return { kind: 'problem', why: problem };
    const present = askedOf(slotText(draft, 'amount') ?? '');
    if (present !== null && said.denied.amounts.includes(present.count)) return { kind: 'denied' };
    return NOTHING;
  },

  take(value, draft, around) {
    const asked = askedOf(value);
    return asked === null ? NOTHING : checked(asked, draft, around);
  },
  show(draft) {
    const asked = askedOf(slotText(draft, 'amount') ?? '');
    return asked === null ? null : askedPhrase(asked);
  },
};

/** "Shillings", "the sms", to the question which of the two a number was. */
function ofNamedUnit({ unit }: Understood, { asking, choosing }: Draft): Asked | null {
  if (unit === null || asking !== smsAmountSlot.name) return null;
  const offered = (choosing?.options ?? []).map(({ value }) => askedOf(String(value)));
  const [only, ...others] = offered.filter((one) => one?.unit === unit);
  return others.length === 0 ? (only ?? null) : null;
}

/** What a message may mean by its number: one reading, or several to choose from. */
function readingsOf(said: Understood, draft: Draft): Asked[] {
  const inSms: Asked[] = said.smsUnits === null ? [] : [{ count: said.smsUnits, unit: 'SMS' }];
  const two = said.problems.find((problem) => problem.kind === 'two_amounts');
  const amounts = said.amount === null ? (two?.amounts ?? []) : [said.amount];
  return [...inSms, ...amounts.flatMap((count) => readingsOfNumber(count, said, draft))];
}

/** Shillings, if they are named, or where SMS are ("sms za 500"); a correction means what it corrects; else it may be either. */
function readingsOfNumber(count: number, said: Understood, draft: Draft): Asked[] {
  if (said.inMoney || said.intent === 'buy_sms') return [{ count, unit: 'KES' }];
  const present = askedOf(slotText(draft, 'amount') ?? '');
  if (present !== null && draft.choosing === undefined) return [{ count, unit: present.unit }];
  return [
    { count, unit: 'KES' },
    { count, unit: 'SMS' },
  ];
}

function chosenOf(readings: readonly Asked[], draft: Draft, around: Surroundings): Reading {
  const [first] = readings;
  const possible = readings.filter((one) => isWithin(one, draft, around));
  if (possible.length === 0 && first !== undefined) return checked(first, draft, around);
  const wallet = walletOf(draft, around);
  const isTold = isPriced(wallet, around);
  const purchases = new Map(possible.map((one) => [isTold ? quoteText(quoteFor(one, wallet)) : askedText(one), one]));
  const [only] = purchases.values();
  // At a shilling each both readings are the same purchase.
  if (readings.length > 1 && possible.length === readings.length && purchases.size === 1 && only !== undefined)
    return checked(only, draft, around);
  return {
    kind: 'choose',
    why: { key: 'buy-sms:which-amount' },
    options: [...purchases.values()].map((one) => option(one, draft, around)),
  };
}

/** Within the limits, or why it is not; said back as it was asked for and as what it costs. */
function checked(asked: Asked, draft: Draft, around: Surroundings): Reading {
  if (asked.count > MOST_ASKED || asked.count < 1)
    return { kind: 'problem', why: { key: 'buy-sms:amount-unreadable', params: limits(around) } };
  const wallet = walletOf(draft, around);
  // What so many SMS cost is not known yet: looked at again when it is.
  if (asked.unit === 'SMS' && !isPriced(wallet, around)) return { kind: 'value', value: askedText(asked) };
  const quote = quoteFor(asked, wallet);
  const why = outOfLimits(asked, quote, around);
  return why === null ? { kind: 'value', value: askedText(asked) } : { kind: 'problem', why };
}

/** Null: it may be bought, as far as its size goes. */
export function outOfLimits(asked: Asked, { amountKes, units, price }: Quote, around: Surroundings): Phrase | null {
  const { smsMinKes: min, smsMaxKes: max } = around.business.limits;
  if (amountKes >= min && amountKes <= max) {
    if (units > 0) return null;
    return { key: 'buy-sms:not-even-one', params: { amount: { kes: kes(amountKes) }, price: { milliKes: price.milliKes } } };
  }
  const inSms = asked.unit === 'SMS';
  const params = { ...limits(around), amount: { kes: kes(amountKes) }, ...(inSms ? { units: { grouped: asked.count } } : {}) };
  const size = amountKes < min ? 'small' : 'big';
  return { key: inSms ? `buy-sms:units-too-${size}` : `buy-sms:amount-too-${size}`, params };
}

function isWithin(asked: Asked, draft: Draft, around: Surroundings): boolean {
  return checked(asked, draft, around).kind === 'value';
}

function limits({ business }: Surroundings): { readonly min: Param; readonly max: Param } {
  const { smsMinKes, smsMaxKes } = business.limits;
  return { min: { kes: kes(smsMinKes) }, max: { kes: kes(smsMaxKes) } };
}

function option(asked: Asked, draft: Draft, around: Surroundings): SlotOption {
  if (!isPriced(walletOf(draft, around), around))
    return { value: askedText(asked), label: { key: 'common:plain', params: { text: askedPhrase(asked) } } };
  const { units, amountKes, price } = quoteFor(asked, walletOf(draft, around));
  // So many for so much: neither is certain while nobody has told the price.
  if (isEstimated({ price, walletAt: around.business.walletsAt }))
    return { value: askedText(asked), label: { key: 'common:plain', params: { text: askedPhrase(asked) } } };
  const key = asked.unit === 'KES' ? 'buy-sms:option-kes' : 'buy-sms:option-sms';
  return { value: askedText(asked), label: { key, params: { amount: { kes: kes(amountKes) }, units: { grouped: units } } } };
}

function priceParam(price: PriceInForce, { business }: Surroundings): Param {
  const told: Param = { milliKes: price.milliKes };
  return isEstimated({ price, walletAt: business.walletsAt }) ? { key: 'buy-sms:about-price', params: { price: told } } : told;
}

function askedPhrase({ count, unit }: Asked): Param {
  return unit === 'KES' ? { kes: kes(count) } : { key: 'buy-sms:units', params: { units: { grouped: count } } };
}

/** Everything in the draft but the payer pays for the person's own wallet; a number in it can only pay. */
export const smsPayerSlot: Slot = {
  ...payerSlot,

  read(said, draft, around, asked) {
    const loose = looseNumber(said);
    const fills = numbersWallet(said, around.wallets ?? [], draft.asking === smsWalletSlot.name) !== null;
    if (loose !== null) return fills ? NOTHING : { kind: 'value', value: loose };
    const isOwn = said.recipient === 'self' || around.own.some((number) => number === said.recipient);
    if (said.recipient !== null && !isOwn) return { kind: 'problem', why: { key: 'buy-sms:own-wallet-only' } };
    return payerSlot.read(said, draft, around, asked);
  },

  /** An own number that pays with M-Pesa, if there is one. */
  guess(_draft, { own, knowledge }) {
    return own.find((number) => paymentNetworkOf(networkOf(number, knowledge.ranges)) === 'M-Pesa') ?? own[0] ?? null;
  },
};

/** There is one way to pay; who names another hears so. */
export const smsPaymentNetworkSlot: Slot = {
  name: 'paymentNetwork',
  label: { key: 'buying:slot-payment-network' },
  line: { key: 'buying:line-payment-network' },
  derived: true,
  ask: () => ({ text: { key: 'buy-sms:only-mpesa' }, options: [] }),
  read(said) {
    const another = said.paymentNetwork !== null && said.paymentNetwork !== 'M-Pesa';
    const denied = said.denied.networks.includes('M-Pesa');
    if (another || denied) return { kind: 'problem', why: { key: 'buy-sms:only-mpesa' } };
    return said.paymentNetwork === null ? NOTHING : { kind: 'value', value: said.paymentNetwork };
  },
  take: () => NOTHING,
  guess: () => 'M-Pesa',
  show: (draft) => slotText(draft, 'paymentNetwork'),
};

/** What is confirmed: it stands in the draft as it was shown, and is compared at the yes. */
export const smsQuoteSlot: Slot = {
  name: 'quote',
  label: { key: 'buying:slot-amount' },
  derived: true,
  needed: (draft) => slotText(draft, 'amount') !== null,
  ask: () => ({ text: { key: 'buy-sms:which-amount' }, options: [] }),
  read: () => NOTHING,
  take: () => NOTHING,
  guess(draft, around) {
    const quote = quoteNow(draft, around);
    return quote === null ? null : quoteText(quote);
  },
  show: () => null,
};
