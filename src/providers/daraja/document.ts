/** Owns reading JSON that Daraja sends: the same value comes as a number or as a text, and whatever is no JSON object is null. */

import { z } from 'zod';

/** Far more than any answer or callback; what is longer is not looked at. */
const MAX_CHARACTERS = 64 * 1024;

export function readObject(body: string): object | null {
  if (body.length > MAX_CHARACTERS) return null;
  try {
    const parsed: unknown = JSON.parse(body.replace(/^\uFEFF/, ''));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** A number or a text, as text. */
export const word = z.union([z.string(), z.number()]).transform((value) => String(value).trim());

/** Printable characters without a space: what may be sent back or kept. */
export const upstreamId = z.string().regex(/^[\x21-\x7e]{1,100}$/);
