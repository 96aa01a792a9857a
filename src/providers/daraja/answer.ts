/**
 * Owns what an answer to a push and to a question means. Only a statement that is whole, documented and free of contradiction is
 * believed; a push whose answer is anything else is `unknown`, because the payer's phone may ring.
 */

import { z } from 'zod';
import { oneLine } from '../../lib/one-line.ts';
import type { PaymentAnswer, PaymentStatus } from '../../ports/payment-provider.ts';
import { readObject, upstreamId, word } from './document.ts';
import { meaningOf, saysItIsBeingProcessed } from './results.ts';

const MAX_WORDS = 200;

export interface Answered {
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

const digits = word.pipe(z.string().regex(/^\d{1,6}$/));

const acceptance = z.object({
  ResponseCode: digits,
  ResponseDescription: z.string().default(''),
  CheckoutRequestID: upstreamId.optional(),
  errorCode: z.never().optional(),
});

const resultOfPush = z.object({
  ResponseCode: z.literal('0').or(z.literal(0)),
  CheckoutRequestID: upstreamId,
  ResultCode: digits,
  ResultDesc: z.string().default(''),
  errorCode: z.never().optional(),
});

/** As in "400.002.02"; its first part repeats the status of HTTP, mostly. */
const failure = z.object({
  errorCode: z.string().regex(/^\d{3}(?:\.\d{1,4}){1,2}$/),
  errorMessage: z.string().default(''),
});

/** Under these a documented error code is a clear no. 408 and 409 may come of a push that was made. */
const REFUSING = new Set([400, 401, 403, 404, 405, 429]);

const INVALID_TOKEN = '404.001.03';
const INVALID_AUTHORIZATION = '404.001.04';
const BAD_REQUEST = '400.002.02';

/** `tokenWasFresh`: it was fetched for this very call, so the next one would be refused as well. */
export function readPush(answered: Answered, tokenWasFresh: boolean): PaymentAnswer {
  const { status } = answered;
  const document = readObject(answered.body);
  const accepted = acceptance.safeParse(document);
  if (isSuccess(status)) {
    if (!accepted.success) return { kind: 'unknown', why: `HTTP ${status}, an answer of another shape` };
    const { ResponseCode: code, CheckoutRequestID: upstreamReference, ResponseDescription: words } = accepted.data;
    if (code !== '0') return { kind: 'refused', code, message: oneLine(words, MAX_WORDS), ours: false };
    if (upstreamReference === undefined) return { kind: 'unknown', why: 'an acceptance without its CheckoutRequestID' };
    return { kind: 'accepted', upstreamReference };
  }
  if (accepted.success) return { kind: 'unknown', why: `HTTP ${status}, though it says that it was accepted` };
  const failed = failureOf(document);
  if (failed !== null && REFUSING.has(status) && failed.code.startsWith('4'))
    return { kind: 'refused', ...failed, ours: isOurs(status, failed, tokenWasFresh) };
  // 401 says by itself that the request was not applied (RFC 9110, 15.5.2).
  if (status === 401) return { kind: 'refused', code: '401', message: 'The access token was not accepted', ours: tokenWasFresh };
  return { kind: 'unknown', why: httpFailure(status, failed) };
}

/** The set-up of the shop, unless the refusal speaks of this payment, of the pace, or of a token that was kept too long. */
function isOurs(status: number, { code, message }: Failure, tokenWasFresh: boolean): boolean {
  if (status === 401 || isTokenCode(code)) return tokenWasFresh;
  if (status === 429 || code.startsWith('429')) return false;
  return code !== BAD_REQUEST || !/\b(?:PhoneNumber|PartyA|Amount)\b/i.test(message);
}

/** True: the token that this was asked with is worth nothing any more. */
export function tokenRefused({ status, body }: Answered): boolean {
  const failed = failureOf(readObject(body));
  return status === 401 || (failed !== null && isTokenCode(failed.code));
}

function isTokenCode(code: string): boolean {
  return code === INVALID_TOKEN || code === INVALID_AUTHORIZATION || code.startsWith('401.');
}

/** `asked` is the CheckoutRequestID of the question. */
export function readStatus(asked: string, { status, body }: Answered): PaymentStatus {
  const document = readObject(body);
  if (!isSuccess(status)) {
    const failed = failureOf(document);
    // "Still processing" comes as a failure of theirs, with a code that other failures share.
    if (failed !== null && saysItIsBeingProcessed(failed.message)) return { kind: 'pending' };
    return { kind: 'unknown', why: httpFailure(status, failed) };
  }
  const parsed = resultOfPush.safeParse(document);
  if (!parsed.success) return { kind: 'unknown', why: `HTTP ${status}, an answer of another shape` };
  const { CheckoutRequestID: about, ResultCode: code, ResultDesc: words } = parsed.data;
  if (about !== asked) return { kind: 'unknown', why: 'an answer about another payment' };
  const meaning = meaningOf(code, words);
  if (meaning.kind === 'pending') return meaning;
  if (meaning.kind === 'paid') return { kind: 'paid', code };
  return { ...meaning, code, message: oneLine(words.replace(/^\[[^\]]*\]/, ''), MAX_WORDS) };
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

export function failureOf(document: object | null): Failure | null {
  const parsed = failure.safeParse(document);
  return parsed.success ? { code: parsed.data.errorCode, message: oneLine(parsed.data.errorMessage, MAX_WORDS) } : null;
}

function httpFailure(status: number, failed: Failure | null): string {
  return failed === null ? `HTTP ${status}` : `HTTP ${status}, ${failed.code}: ${failed.message}`;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
