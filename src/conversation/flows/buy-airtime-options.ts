/** Owns the limits of an amount of airtime. */

import { kes, parseKes } from '../../domain/money.ts';
import type { Reading } from '../flow.ts';
import type { Surroundings } from '../surroundings.ts';

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
