/**
 * Owns the simulated upstream's side of `POST /api/buy_airtime` (airtime-api.txt): who may ask, what is checked and in which
 * order, and the misbehaviour that was asked for. It decides nothing about phones: `ring` does what an accepted purchase does.
 */

import { CONTENT_TYPES, formatOf, readFields, writeDocument, type Document, type Format } from './airtime-document.ts';
import { checkFields, type AirtimeRequest } from './airtime-fields.ts';
import { failure } from './airtime-receipt.ts';
import type { Fault } from './faults.ts';
import type { NumberRanges } from '../domain/networks.ts';

export interface AirtimeApiParts {
  readonly token: string;
  readonly ranges: NumberRanges | null;
  /** The fault for this purchase, which is then used up. */
  readonly takeFault: () => Fault | null;
  /** Lets the payer's phone ring; gives back the receipt, or null when no more phones can ring. */
  readonly ring: (request: AirtimeRequest, format: Format, fault: Fault | null) => Document | null;
  /** Resolves when the connection is given up, by the caller or by closing the sandbox. */
  readonly hold: (signal: AbortSignal) => Promise<void>;
}

export const AIRTIME_PATH = '/api/buy_airtime';

const MAX_BODY_BYTES = 64 * 1024;

/** A failure is told in the body, under HTTP 200: the specification names no HTTP status. */
export async function buyAirtime(request: Request, parts: AirtimeApiParts): Promise<Response> {
  const format = formatOf(request.headers.get('accept'));
  const say = (document: Document): Response =>
    new Response(writeDocument(document, format), { headers: { 'Content-Type': CONTENT_TYPES[format] } });

  if (request.method !== 'POST') return say(failure('2000'));
  if (request.headers.get('authorization') !== `Bearer ${parts.token}`) return say(failure('4000'));
  const body = await readBody(request);
  if (body === null) return say(failure('1000', ["'the body is too long'"]));
  const fields = readFields(body, formatOf(request.headers.get('content-type')));
  if (!fields.ok) return say(failure('1000', [`'${fields.error}'`]));
  const purchase = checkFields(fields.value, parts.ranges);
  if (!purchase.ok) return say(failure('3000', purchase.error));

  const fault = parts.takeFault();
  if (fault === 'timeout') {
    await parts.hold(request.signal);
    return new Response(null, { status: 503 });
  }
  if (fault === '500') return serverError();
  if (fault === 'garbage')
    return new Response('\u0000<<{{ %PDF- upstream went away', { headers: { 'Content-Type': CONTENT_TYPES[format] } });
  if (fault?.startsWith('refuse:') === true) return say(failure(fault.slice('refuse:'.length)));

  const receipt = parts.ring(purchase.value, format, fault);
  if (receipt === null) return say(failure('9000'));
  return fault === 'charged-500' ? serverError() : say(receipt);
}

function serverError(): Response {
  return new Response('<h1>Internal Server Error</h1>', { status: 500, headers: { 'Content-Type': 'text/html' } });
}

/** Null: longer than anything that a purchase could be. */
async function readBody(request: Request): Promise<string | null> {
  const reader = request.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    size += value.length;
    if (size > MAX_BODY_BYTES) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}
