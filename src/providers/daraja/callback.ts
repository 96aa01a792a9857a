/**
 * Owns the reading of Daraja's callbacks. Nobody signs them, so what is read here says only which payment to ask about. A callback
 * that contradicts itself or holds what cannot be is unreadable.
 */

import { z } from 'zod';
import { parseMsisdn } from '../../domain/msisdn.ts';
import type { CallbackReading } from '../../ports/payment-provider.ts';
import { readObject, upstreamId, word } from './document.ts';

const envelope = z.object({
  Body: z.object({
    stkCallback: z.object({
      CheckoutRequestID: upstreamId,
      ResultCode: word.pipe(z.string().regex(/^\d{1,6}$/)),
      CallbackMetadata: z.object({ Item: z.array(z.object({ Name: z.string(), Value: word.nullish() })) }).nullish(),
    }),
  }),
});

/** Never throws. */
export function readCallback(raw: string): CallbackReading {
  const parsed = envelope.safeParse(readObject(raw));
  if (!parsed.success) return { kind: 'unreadable', why: 'not the shape of a callback' };
  const { CheckoutRequestID: upstreamReference, ResultCode: code, CallbackMetadata: metadata } = parsed.data.Body.stkCallback;
  const items = new Map<string, string>();
  for (const { Name: name, Value: value } of metadata?.Item ?? []) {
    if (value == null || value === '') continue;
    if ((items.get(name) ?? value) !== value)
      return { kind: 'unreadable', why: `it says ${name.slice(0, 30)} twice, and not the same` };
    items.set(name, value);
  }
  const amount = items.get('Amount') ?? null;
  // Cents are kept, so that 100.50 does not pass for 100.
  if (amount !== null && !/^\d{1,9}(?:\.\d{1,4})?$/.test(amount)) return { kind: 'unreadable', why: 'an amount that is none' };
  const receipt = items.get('MpesaReceiptNumber') ?? null;
  if (receipt !== null && !/^[A-Za-z0-9]{1,40}$/.test(receipt)) return { kind: 'unreadable', why: 'a receipt that is none' };
  return {
    kind: 'read',
    upstreamReference,
    code,
    amountKes: amount === null ? null : Number(amount),
    receipt,
    payer: readPayer(items.get('PhoneNumber') ?? null),
  };
}

/** `2547...` where it is a Kenyan mobile; else as it came, for it may be masked. */
function readPayer(words: string | null): string | null {
  const parsed = words === null ? null : parseMsisdn(words);
  return parsed?.ok === true ? parsed.value : (words?.slice(0, 40) ?? null);
}
