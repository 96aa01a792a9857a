/**
 * Owns the simulated SMS gateway: `sendsms` and `getbalance` of the `/api/services/` family, with its codes and its misspelt key. What
 * it takes arrives on the simulated phones at once.
 */

import { z } from 'zod';
import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { readBody } from '../lib/body.ts';
import type { Ids } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Inbox } from './inbox.ts';

export const SMS_API_PATH = '/api/services/';
/** The one account there is; its API key is the sandbox's token. */
export const SMS_PARTNER_ID = '7000';

export interface SmsApiParts {
  readonly apiKey: string;
  readonly inbox: Inbox;
  readonly ids: Ids;
  /** How many SMS the account can send. */
  readonly credit: number;
}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_SENDER_CHARACTERS = 20;

/** Those of the documented failures that can happen here. */
const FAILURES = {
  '1001': 'Invalid sender id',
  '1003': 'Invalid mobile number',
  '1004': 'Low bulk credits',
  '1006': 'Invalid credentials',
  '1009': 'Unsupported data type',
  '1010': 'Unsupported request type',
  '1104': 'Too many comma separated contacts',
  '4091': 'No Partner ID is Set',
  '4092': 'No API KEY Provided',
  '4093': 'Details Not Found',
} as const;

type FailureCode = keyof typeof FAILURES;

const value = z.union([z.string(), z.number()]).transform((given) => String(given).trim());
const fields = z.object({
  apikey: value.default(''),
  partnerID: value.default(''),
  shortcode: value.default(''),
  mobile: value.default(''),
  message: value.default(''),
});

type Fields = z.infer<typeof fields>;

/** Every answer is HTTP 200, as the documents name no other; null: no such service. */
export function createSmsApi(parts: SmsApiParts): (request: Request) => Promise<Response | null> {
  const { apiKey, inbox, ids } = parts;
  let { credit } = parts;

  const sendSms = (given: Fields): object => {
    const sms = readSms(given);
    if (!sms.ok) return { responses: [failure(sms.error)] };
    if (credit <= 0) return { responses: [failure('1004')] };
    credit -= 1;
    const { mobile, sender, text } = sms.value;
    inbox.takeSms({ to: mobile, sender, text });
    // As live servers write it.
    const success = { 'respose-code': 200, 'response-description': 'Success', mobile, messageid: ids.short(), networkid: '1' };
    return { responses: [success] };
  };

  return async (request) => {
    const service = new URL(request.url).pathname.slice(SMS_API_PATH.length);
    if (service !== 'sendsms' && service !== 'getbalance') return null;
    const given = await readFields(request);
    if (!given.ok) return Response.json(failure(given.error));
    const { apikey, partnerID } = given.value;
    if (partnerID === '') return Response.json(failure('4091'));
    if (apikey === '') return Response.json(failure('4092'));
    if (apikey !== apiKey || partnerID !== SMS_PARTNER_ID) return Response.json(failure('1006'));
    if (service === 'sendsms') return Response.json(sendSms(given.value));
    return Response.json({ 'response-code': 200, credit: `${credit}.00`, 'partner-id': partnerID });
  };
}

async function readFields(request: Request): Promise<Result<Fields, FailureCode>> {
  // A GET would carry the key in its address, and is not taken here.
  if (request.method !== 'POST') return err('1010');
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body.ok) return err('1009');
  try {
    const parsed = fields.safeParse(JSON.parse(body.value));
    return parsed.success ? ok(parsed.data) : err('1009');
  } catch {
    return err('1009');
  }
}

function readSms(given: Fields): Result<{ mobile: Msisdn; sender: string; text: string }, FailureCode> {
  const { shortcode: sender, message: text } = given;
  if (sender === '' || sender.length > MAX_SENDER_CHARACTERS) return err('1001');
  if (given.mobile.includes(',')) return err('1104');
  const mobile = parseMsisdn(given.mobile);
  if (!mobile.ok) return err('1003');
  return text === '' ? err('4093') : ok({ mobile: mobile.value, sender, text });
}

function failure(code: FailureCode): object {
  return { 'response-code': Number(code), 'response-description': FAILURES[code] };
}
