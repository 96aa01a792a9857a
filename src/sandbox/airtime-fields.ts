/**
 * Owns the rules for the fields of a purchase (the request table of airtime-api.txt), and the wording of what is wrong with
 * them, which is that of the specification's example.
 */

import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { networkOf, PAYMENT_NETWORKS, RECIPIENT_NETWORKS, type NumberRanges, type PaymentNetwork } from '../domain/networks.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Fields } from './airtime-document.ts';

export interface AirtimeRequest {
  readonly recipient: Msisdn;
  readonly recipientName: string;
  readonly recipientEmail: string;
  /** Given, or detected by prefix; empty when nothing could detect it. */
  readonly network: string;
  readonly amountKes: number;
  readonly note: string;
  readonly payer: Msisdn;
  readonly payerName: string;
  readonly payerEmail: string;
  readonly paymentNetwork: PaymentNetwork;
}

const MAX_AMOUNT_KES = 250_000;
const MAX_TEXT = 200;

/** The errors look like `'mobile is invalid'` and `'amount is required.'`, quotes and full stop as in the specification. */
export function checkFields(fields: Fields, ranges: NumberRanges | null): Result<AirtimeRequest, string[]> {
  const errors: string[] = [];
  const invalid = (name: string): void => void errors.push(`'${name} is invalid'`);

  const optional = (name: string): string => {
    const value = fields.get(name);
    if (value === null || (value !== undefined && value.length > MAX_TEXT)) invalid(name);
    return value ?? '';
  };
  const required = <Value>(name: string, read: (text: string) => Value | null): Value | null => {
    const text = fields.get(name);
    if (text === undefined || text === '') {
      errors.push(`'${name} is required.'`);
      return null;
    }
    const value = text === null ? null : read(text);
    if (value === null) invalid(name);
    return value;
  };
  const oneOf = (name: string, allowed: readonly string[]): string => {
    const text = optional(name);
    if (text !== '' && !allowed.includes(text)) invalid(name);
    return text;
  };

  oneOf('country', ['KE']);
  const namedNetwork = oneOf('network', RECIPIENT_NETWORKS);
  const recipient = required('mobile', readMobile);
  oneOf('currency', ['KES']);
  const amountKes = required('amount', readAmount);
  const paymentNetwork = required('payment_network', (text) => PAYMENT_NETWORKS.find((network) => network === text) ?? null);
  const payer = required('payment_mobile', readMobile);
  const texts = {
    recipientName: optional('name'),
    recipientEmail: optional('email'),
    note: optional('note'),
    payerName: optional('payment_name'),
    payerEmail: optional('payment_email'),
  };
  const network = namedNetwork !== '' || recipient === null ? namedNetwork : detect(recipient, ranges);
  if (network === null) invalid('network');

  if (errors.length > 0 || recipient === null || amountKes === null || paymentNetwork === null || payer === null)
    return err(errors);
  return ok({ recipient, amountKes, paymentNetwork, payer, network: network ?? '', ...texts });
}

/** "Expected format to have country code without the plus (+) e.g 2547XXXXXXXX": no other spelling is taken here. */
function readMobile(text: string): Msisdn | null {
  const parsed = parseMsisdn(text);
  return parsed.ok && parsed.value === text ? parsed.value : null;
}

/** "Digits only. Decimals not supported." */
function readAmount(text: string): number | null {
  const amount = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
  return amount !== null && amount <= MAX_AMOUNT_KES ? amount : null;
}

/** "Automatically detected if not specified." Null: a network that receives no airtime here, as Equitel. */
function detect(recipient: Msisdn, ranges: NumberRanges | null): string | null {
  if (ranges === null) return '';
  const network = networkOf(recipient, ranges);
  return RECIPIENT_NETWORKS.find((known) => known === network) ?? null;
}
