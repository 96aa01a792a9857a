/** Owns what a reader takes from a reply of the program: the values of a confirmation, and what it says of which order. */

import type { Param, Phrase, Reply } from '../conversation/reply.ts';
import type { Confirmation } from './facts.ts';

const CONFIRMS = new Set(['buy-airtime:confirm', 'buy-sms:confirm', 'buy-sms:confirm-wallet']);

export function isConfirmation(reply: Reply): boolean {
  return reply.parts.some(({ key }) => CONFIRMS.has(key));
}

export function confirmationOf(reply: Reply): Confirmation {
  const { key = '', params = {} } = reply.parts.find((part) => CONFIRMS.has(part.key)) ?? {};
  const ofSms = key.startsWith('buy-sms:');
  return {
    amountKes: Number(plain(params['amount'])),
    recipient: ofSms ? null : plain(params['recipient']),
    payer: plain(params['payer']),
    paymentNetwork: plain(params['paymentNetwork']),
    units: ofSms ? Number(plain(params['units'])) : null,
    milliKes: ofSms ? Number(plain(params['price'])) : null,
  };
}

/** What a phrase claims of an order; `key` is that of the text, "order:..." of either kind. */
export interface Claim {
  readonly reference: string;
  readonly key: string;
}

export function claimsOf(reply: Reply): Claim[] {
  return reply.parts.flatMap(claimOf);
}

function claimOf({ key, params = {} }: Phrase): Claim[] {
  if (key === 'order:history') return linesOf(params['orders']).flatMap(claimOf);
  const reference = plain(params['reference']);
  return reference === '' || !(/^(?:sms-)?order:/.test(key) || key === 'buying:placed')
    ? []
    : [{ reference, key: stateKey(key.replace(/^sms-/, ''), params) }];
}

/** A line of a history names its state by another key. */
function stateKey(key: string, params: NonNullable<Phrase['params']>): string {
  const state = params['state'];
  return key === 'order:line' && typeof state === 'object' && 'key' in state ? state.key : key;
}

function linesOf(param: Param | undefined): readonly Phrase[] {
  return typeof param === 'object' && 'lines' in param ? param.lines : [];
}

/** The value itself, without its kind. */
function plain(param: Param | undefined): string {
  if (param === undefined) return '';
  if (typeof param !== 'object') return String(param);
  if ('kes' in param) return String(param.kes);
  if ('msisdn' in param) return param.msisdn;
  if ('grouped' in param) return String(param.grouped);
  if ('milliKes' in param) return String(param.milliKes);
  // A price with the words around it.
  return 'key' in param ? plain(param.params?.['price']) : '';
}
