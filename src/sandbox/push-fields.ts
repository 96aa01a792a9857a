/** Owns the rules for the fields of a push and of a question about one, as Daraja's own documentation lists them. */

import { z } from 'zod';
import { parseMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { err, ok, type Result } from '../lib/result.ts';

const text = z.union([z.string(), z.number()]).transform(String);
const matching = (shape: RegExp): z.ZodType<string, string | number> => text.pipe(z.string().regex(shape));

/** Country code first, without a plus: no other spelling is taken here. */
const mobile = text.transform((value, context): Msisdn => {
  const parsed = parseMsisdn(value);
  if (parsed.ok && parsed.value === value) return parsed.value;
  context.addIssue('no mobile number');
  return z.NEVER;
});

/** The world is called back by https; this machine may do without. */
const address = z.url({ protocol: /^https?$/ }).refine((url) => url.startsWith('https:') || isLoopback(url));

const signature = { BusinessShortCode: matching(/^\d{5,7}$/), Password: z.string(), Timestamp: matching(/^\d{14}$/) };

const MAX_AMOUNT_KES = 250_000;

const push = z.object({
  ...signature,
  TransactionType: z.enum(['CustomerPayBillOnline', 'CustomerBuyGoodsOnline']),
  Amount: matching(/^[1-9]\d{0,5}$/)
    .transform(Number)
    .pipe(z.number().max(MAX_AMOUNT_KES)),
  PartyA: mobile,
  PartyB: matching(/^\d{5,7}$/),
  PhoneNumber: mobile,
  CallBackURL: address,
  AccountReference: z.string().min(1).max(12),
  TransactionDesc: z.string().min(1).max(13),
});

const query = z.object({ ...signature, CheckoutRequestID: z.string().min(1).max(100) });

export type PushFields = z.infer<typeof push>;
export type QueryFields = z.infer<typeof query>;

/** The error names the first field that is wrong; null: the body is no JSON object. */
export function readPush(body: string): Result<PushFields, string | null> {
  return read(push, body);
}

export function readQuery(body: string): Result<QueryFields, string | null> {
  return read(query, body);
}

export function isLoopback(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

function read<Fields>(schema: z.ZodType<Fields>, body: string): Result<Fields, string | null> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return err(null);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return err(null);
  const parsed = schema.safeParse(json);
  return parsed.success ? ok(parsed.data) : err(String(parsed.error.issues[0]?.path[0] ?? 'Request'));
}
