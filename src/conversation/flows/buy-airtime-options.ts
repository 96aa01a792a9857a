/**
 * Owns what the slots of "buy airtime" share: how a number, an amount or a network is offered and shown, and the limits of an
 * amount.
 */

import { kes, parseKes } from '../../domain/money.ts';
import { msisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { SaidOrder } from '../../understanding/understood.ts';
import { slotText, type Reading } from '../flow.ts';
import type { Phrase } from '../reply.ts';
import type { Draft, SlotOption } from '../session.ts';
import type { Surroundings } from '../surroundings.ts';

export const NOTHING: Reading = { kind: 'nothing' };

/** An amount within the limits, or why it is not one. */
export function checkedAmount(amount: number, around: Surroundings): Reading {
  const { airtimeMinKes: min, airtimeMaxKes: max } = around.business.limits;
  if (Number.isInteger(amount) && amount >= min && amount <= max) return { kind: 'value', value: amount };
  const typed = parseKes(amount);
  const params = { min: { kes: kes(min) }, max: { kes: kes(max) } };
  if (!typed.ok) return { kind: 'problem', why: { key: 'buy-airtime:amount-unreadable', params } };
  const key = amount < min ? 'buy-airtime:amount-too-small' : 'buy-airtime:amount-too-big';
  return { kind: 'problem', why: { key, params: { ...params, amount: { kes: typed.value } } } };
}

export function withinLimits(amount: number, around: Surroundings): boolean {
  return checkedAmount(amount, around).kind === 'value';
}

export function numberOption(number: Msisdn, key = 'buy-airtime:option-number'): SlotOption {
  return { value: number, label: { key, params: { number: { msisdn: number } } } };
}

export function amountOption(amount: number): SlotOption {
  return { value: amount, label: { key: 'common:amount', params: { amount: { kes: kes(amount) } } } };
}

export function plainOption(text: string): SlotOption {
  return { value: text, label: { key: 'common:plain', params: { text } } };
}

/** The name as people read it; a network that nobody knows has none. */
export function networkName(network: string): Phrase | string {
  return network === 'other' ? { key: 'common:other-network' } : network;
}

export function showNumber(draft: Draft, slot: string): { readonly msisdn: Msisdn } | null {
  const value = slotText(draft, slot);
  return value === null ? null : { msisdn: msisdn(value) };
}

/** What every order of a message says alike; null when one says nothing or another. */
export function allAgree<Name extends 'payer' | 'paymentNetwork'>(
  orders: readonly SaidOrder[] | undefined,
  name: Name,
): SaidOrder[Name] | null {
  const [first, ...others] = orders ?? [];
  return first !== undefined && others.every((order) => order[name] === first[name]) ? first[name] : null;
}
