/**
 * Owns what an answer to a purchase means (the code table of airtime-api.txt). Only a statement that is whole, documented and
 * free of contradiction is believed; everything else is `unknown`, because money may have moved.
 */

import { z } from 'zod';
import { parseMsisdn } from '../../domain/msisdn.ts';
import { oneLine } from '../../lib/one-line.ts';
import type { AirtimePurchase, PurchaseAnswer, RefusalCode } from '../../ports/airtime-provider.ts';
import { readDocument, type Tree } from './document.ts';
import { CURRENCY } from './request.ts';

const ACCEPTED = '0000';
const CANCELLED = '8000';

/** With the specification's own words, for an answer that brings none. */
const REFUSALS: Readonly<Record<RefusalCode, string>> = {
  '1000': 'Invalid API Request',
  '2000': 'Invalid Request Method',
  '3000': 'Missing or Invalid Parameters',
  '4000': 'Invalid API Token',
  '5000': 'Request Not Allowed',
  '6000': 'Invalid Account',
};

const MAX_ERRORS = 10;
const MAX_MESSAGE_CHARACTERS = 300;

/** Nothing is written in several ways: absent, null, an empty element, PHP's empty list, an empty object. */
function nothing(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const text = z.preprocess((value) => (nothing(value) ? '' : value), z.string());
const group = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((value) => (nothing(value) ? {} : value), z.object(shape));

const envelope = z.object({ status: z.object({ type: text, code: text, message: text }) });

const receipt = z.object({
  data: group({
    recipient: group({ mobile: text }),
    payment: group({ network: text, mobile: text }),
    transaction: group({ reference: text, status: text, currency: text, amount: text, note: text }),
  }),
});

/** Never throws. `status` is the HTTP status. */
export function readAnswer(purchase: AirtimePurchase, status: number, body: string): PurchaseAnswer {
  if (status < 200 || status >= 500 || (status >= 300 && status < 400)) return unknown(`HTTP ${status}`);
  const document = readDocument(body, { forms: false });
  if (!document.ok) return unknown(`HTTP ${status}, ${document.error}`);
  const head = envelope.safeParse(document.value);
  if (!head.success) return unknown(`HTTP ${status}, an answer without a status`);
  const { type, code: rawCode, message } = head.data.status;
  const code = /^\d{1,4}$/.test(rawCode) ? rawCode.padStart(4, '0') : null;

  if (type.toUpperCase() === 'SUCCESS' && code === ACCEPTED) {
    return status < 300 ? readReceipt(purchase, document.value) : unknown(`HTTP ${status}, though it says SUCCESS`);
  }
  if (type.toUpperCase() === 'FAIL' && code !== null) {
    if (isRefusal(code)) return { kind: 'refused', code, message: explain(message || REFUSALS[code], document.value) };
    if (code === CANCELLED) return { kind: 'cancelled', message: explain(message || 'Purchase Cancelled', document.value) };
  }
  return unknown(`HTTP ${status}, ${type === '' ? 'no type' : plainText(type, 20)}, code ${code ?? 'unreadable'}`);
}

function isRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}

function unknown(why: string): PurchaseAnswer {
  return { kind: 'unknown', why };
}

function readReceipt(purchase: AirtimePurchase, document: Tree): PurchaseAnswer {
  const parsed = receipt.safeParse(document);
  if (!parsed.success) return unknown('an acceptance of another shape');
  const { recipient, payment, transaction: upstreamTransaction } = parsed.data.data;
  if (upstreamTransaction.reference === '') return unknown('an acceptance without a reference');
  if (/^cancell?ed$/i.test(upstreamTransaction.status)) return unknown('an acceptance that says it is cancelled');
  const echo: [what: string, echoed: string, agrees: (echoed: string) => boolean][] = [
    ['recipient', recipient.mobile, (echoed) => sameNumber(echoed, purchase.recipient)],
    ['payer', payment.mobile, (echoed) => sameNumber(echoed, purchase.payer)],
    ['payment network', payment.network, (echoed) => letters(echoed) === letters(purchase.paymentNetwork)],
    ['amount', upstreamTransaction.amount, (echoed) => wholeAmount(echoed) === String(purchase.amountKes)],
    ['currency', upstreamTransaction.currency, (echoed) => letters(echoed) === letters(CURRENCY)],
    ['note', upstreamTransaction.note, (echoed) => echoed.toUpperCase() === purchase.reference.toUpperCase()],
  ];
  const other = echo.find(([, echoed, agrees]) => echoed !== '' && !agrees(echoed));
  if (other !== undefined) return unknown(`an acceptance that names another ${other[0]}`);
  return { kind: 'accepted', upstreamReference: upstreamTransaction.reference };
}

function sameNumber(echoed: string, sent: string): boolean {
  const parsed = parseMsisdn(echoed);
  return parsed.ok && parsed.value === sent;
}

function letters(words: string): string {
  return words.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** "100", "100.00", "1,000.00" without their decoration; null for what is no whole amount. */
function wholeAmount(words: string): string | null {
  return /^0*(\d+)(?:\.0+)?$/.exec(words.replace(/(?<=\d),(?=\d{3}\b)/g, ''))?.[1] ?? null;
}

/** The message with the list of errors, without the sample's quotes: it is shown to people. */
function explain(message: string, document: Tree): string {
  const errors = [...new Set(collectErrors(document).map((error) => plainText(error, 200)))].filter((error) => error !== '');
  return plainText(
    errors.length === 0 ? message : `${message}: ${errors.slice(0, MAX_ERRORS).join('; ')}`,
    MAX_MESSAGE_CHARACTERS,
  );
}

/** The table of the specification says `error`, its examples say `errors`; in XML a list of one is no list. */
function collectErrors(document: Tree): string[] {
  if (typeof document !== 'object' || Array.isArray(document)) return [];
  const { data, error, errors } = document as Readonly<Record<string, Tree | undefined>>;
  const inside = typeof data === 'object' && !Array.isArray(data) ? (data as Readonly<Record<string, Tree | undefined>>) : {};
  return [inside['errors'], inside['error'], errors, error].flatMap((branch) => (branch === undefined ? [] : leaves(branch)));
}

function leaves(branch: Tree): string[] {
  return typeof branch === 'string' ? [branch] : Object.values(branch).flatMap(leaves);
}

function plainText(words: string, maxCharacters: number): string {
  const unquoted = oneLine(words)
    .replace(/^'(.*)'$/, '$1')
    .replace(/\.$/, '');
  return oneLine(unquoted, maxCharacters);
}
