/**
 * Owns what the slots of every purchase share: how a number, an amount or a network is offered and shown.
 */

import { kes } from '../../domain/money.ts';
import { msisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { SaidOrder } from '../../understanding/understood.ts';
import { slotText, type Reading } from '../flow.ts';
import type { Phrase } from '../reply.ts';
import type { Draft, SlotOption } from '../session.ts';

export const NOTHING: Reading = { kind: 'nothing' };

export function numberOption(number: Msisdn, key = 'buying:option-number'): SlotOption {
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
