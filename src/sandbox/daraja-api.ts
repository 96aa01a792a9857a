/**
 * Owns the simulated Daraja's side of its three endpoints: who may ask, what is checked and in which order, and the misbehaviour that
 * was asked for. It decides nothing about phones: that is the business of payments.ts.
 */

import { readBody } from '../lib/body.ts';
import type { Clock, Instant } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { PUSH_ERRORS, type Fault } from './faults.ts';
import type { Payments } from './payments.ts';
import { readPush, readQuery, type PushFields, type QueryFields } from './push-fields.ts';

/** The shop that the simulated Daraja knows. */
export interface SimulatedMerchant {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly shortcode: string;
  readonly passkey: string;
}

export interface DarajaApiParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly merchant: SimulatedMerchant;
  readonly payments: Payments;
  /** The fault for this push, which is then used up. */
  readonly takeFault: () => Fault | null;
  /** Resolves when the connection is given up, by the caller or by closing the sandbox. */
  readonly hold: (signal: AbortSignal) => Promise<void>;
}

const TOKEN_PATH = '/oauth/v1/generate';
const PUSH_PATH = '/mpesa/stkpush/v1/processrequest';
const QUERY_PATH = '/mpesa/stkpushquery/v1/query';

const TOKEN_LIFE_SECONDS = 3599;
const MAX_TOKENS = 100;
const MAX_BODY_BYTES = 64 * 1024;

export interface DarajaApi {
  /** Null: not mine. */
  fetch(request: Request): Promise<Response | null>;
}

export function createDarajaApi(parts: DarajaApiParts): DarajaApi {
  const tokens = new Map<string, Instant>();
  return {
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === TOKEN_PATH) return grantToken(request, searchParams.get('grant_type'), parts, tokens);
      if (pathname !== PUSH_PATH && pathname !== QUERY_PATH) return null;
      if (request.method !== 'POST') return failure(405, '405.001', 'Method Not Allowed');
      if (!knows(tokens, request.headers.get('authorization'), parts.clock.now()))
        return failure(404, '404.001.03', 'Invalid Access Token');
      const body = await readBody(request, MAX_BODY_BYTES);
      if (!body.ok) return failure(400, '400.002.05', 'Invalid Request Payload');
      return pathname === PUSH_PATH ? push(request, body.value, parts) : query(body.value, parts);
    },
  };
}

function grantToken(
  request: Request,
  grantType: string | null,
  { merchant, clock, ids }: DarajaApiParts,
  tokens: Map<string, Instant>,
): Response {
  if (grantType !== 'client_credentials') return failure(400, '400.008.02', 'Invalid grant type passed');
  const credentials = Buffer.from(`${merchant.consumerKey}:${merchant.consumerSecret}`).toString('base64');
  if (request.headers.get('authorization') !== `Basic ${credentials}`)
    return failure(400, '400.008.01', 'Invalid Authentication passed');
  const token = ids.id('sim');
  tokens.set(token, clock.now() + TOKEN_LIFE_SECONDS * 1000);
  const [oldest] = tokens.keys();
  if (tokens.size > MAX_TOKENS && oldest !== undefined) tokens.delete(oldest);
  return Response.json({ access_token: token, expires_in: String(TOKEN_LIFE_SECONDS) });
}

function knows(tokens: ReadonlyMap<string, Instant>, authorization: string | null, now: Instant): boolean {
  const until = tokens.get(authorization?.replace(/^Bearer /, '') ?? '');
  return until !== undefined && now < until;
}

async function push(request: Request, body: string, parts: DarajaApiParts): Promise<Response> {
  const read = signed(readPush(body), parts.merchant);
  if (!read.ok) return read.error;
  const fields = read.value;
  const wrong = misfit(fields);
  if (wrong !== null) return failure(400, '400.002.02', `Bad Request - Invalid ${wrong}`);

  const fault = parts.takeFault();
  if (fault === 'timeout') {
    await parts.hold(request.signal);
    return new Response(null, { status: 503 });
  }
  if (fault === '500') return serverError();
  if (fault === 'garbage')
    return new Response('\u0000<<{{ upstream went away', { headers: { 'Content-Type': 'application/json' } });
  const refusal = PUSH_ERRORS.get(fault?.slice('refuse:'.length) ?? '');
  if (refusal !== undefined && fault !== null) return failure(refusal.status, fault.slice('refuse:'.length), refusal.message);

  const { checkoutRequestId, merchantRequestId } = await parts.payments.push(
    { payer: fields.PhoneNumber, amountKes: fields.Amount, account: fields.AccountReference, callbackUrl: fields.CallBackURL },
    fault,
  );
  if (fault === 'charged-500') return serverError();
  return Response.json({
    MerchantRequestID: merchantRequestId,
    CheckoutRequestID: checkoutRequestId,
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'SIMULATED. Success. Request accepted for processing',
  });
}

/** A PayBill is paid itself, a till is another number; whoever is asked is who pays. */
function misfit({ TransactionType: type, PartyA, PartyB, PhoneNumber, BusinessShortCode }: PushFields): string | null {
  if (PartyA !== PhoneNumber) return 'PhoneNumber';
  return type === 'CustomerPayBillOnline' && PartyB !== BusinessShortCode ? 'PartyB' : null;
}

function query(body: string, { merchant, payments }: DarajaApiParts): Response {
  const read = signed(readQuery(body), merchant);
  if (!read.ok) return read.error;
  const payment = payments.find(read.value.CheckoutRequestID);
  if (payment === null) return failure(400, '400.002.02', 'Bad Request - Invalid CheckoutRequestID');
  if (payment.result === null) return failure(500, '500.001.1001', 'The transaction is being processed');
  return Response.json({
    ResponseCode: '0',
    ResponseDescription: 'The service request has been accepted successfully',
    MerchantRequestID: payment.merchantRequestId,
    CheckoutRequestID: payment.checkoutRequestId,
    ResultCode: payment.result.code,
    ResultDesc: payment.result.words,
  });
}

/** Fields in order, asked by the shop that they name. */
function signed<Fields extends QueryFields | PushFields>(
  read: Result<Fields, string | null>,
  { shortcode, passkey }: SimulatedMerchant,
): Result<Fields, Response> {
  if (!read.ok) {
    return err(
      read.error === null
        ? failure(400, '400.002.05', 'Invalid Request Payload')
        : failure(400, '400.002.02', `Bad Request - Invalid ${read.error}`),
    );
  }
  const { BusinessShortCode, Password, Timestamp } = read.value;
  if (BusinessShortCode !== shortcode) return err(failure(500, '500.001.1001', 'Merchant does not exist'));
  const expected = Buffer.from(`${shortcode}${passkey}${Timestamp}`).toString('base64');
  return Password === expected ? ok(read.value) : err(failure(500, '500.001.1001', 'Wrong credentials'));
}

function failure(status: number, errorCode: string, errorMessage: string): Response {
  return Response.json({ requestId: 'SIMULATED', errorCode, errorMessage }, { status });
}

function serverError(): Response {
  return new Response('<h1>Internal Server Error</h1>', { status: 500, headers: { 'Content-Type': 'text/html' } });
}
