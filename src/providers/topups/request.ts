/**
 * Owns the request of a purchase as airtime-api.txt shows it: every value a string, optional fields only when there is
 * something to say. An XML request is not documented; its root and type are taken from the XML answers.
 */

import { oneLine } from '../../lib/one-line.ts';
import type { AirtimePurchase } from '../../ports/airtime-provider.ts';

export type WireFormat = 'json' | 'xml';

export const CONTENT_TYPES: Readonly<Record<WireFormat, string>> = { json: 'application/json', xml: 'text/xml' };

const COUNTRY = 'KE';
export const CURRENCY = 'KES';

const MAX_NAME_CHARACTERS = 100;

/** In the order of the specification's sample. */
function requestFields(purchase: AirtimePurchase): [name: string, value: string][] {
  // It comes from a chat: what XML has no place for is taken out.
  const name = purchase.recipientName === null ? '' : oneLine(purchase.recipientName, MAX_NAME_CHARACTERS);
  return [
    ['country', COUNTRY],
    ...(purchase.recipientNetwork === null ? [] : [['network', purchase.recipientNetwork] satisfies [string, string]]),
    ...(name === '' ? [] : [['name', name] satisfies [string, string]]),
    ['mobile', purchase.recipient],
    ['currency', CURRENCY],
    ['amount', String(purchase.amountKes)],
    ['note', purchase.reference],
    ['payment_network', purchase.paymentNetwork],
    ['payment_mobile', purchase.payer],
  ];
}

export function requestBody(purchase: AirtimePurchase, format: WireFormat): string {
  const fields = requestFields(purchase);
  if (format === 'json') return JSON.stringify(Object.fromEntries(fields));
  const elements = fields.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `<?xml version="1.0" encoding="utf-8"?>\n<xml>${elements.join('')}</xml>`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
