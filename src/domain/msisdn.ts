/**
 * Owns `Msisdn`: a Kenyan mobile number. Says what is wrong with one that cannot be used, so that the bot can say it back.
 * Whether the range is in service, and whose it is, is known by networks.ts.
 */

import { foreignNumber } from '../lib/foreign-phone.ts';
import { err, ok, type Result } from '../lib/result.ts';

/** E.164 without the plus: `2547XXXXXXXX` or `2541XXXXXXXX`, 12 digits. */
export type Msisdn = string & { readonly __brand: 'Msisdn' };

export type MsisdnProblem =
  | { readonly kind: 'not_a_number' }
  | { readonly kind: 'too_short'; readonly digits: string; readonly missing: number }
  | { readonly kind: 'too_long'; readonly digits: string; readonly extra: number }
  | { readonly kind: 'foreign'; readonly country: string | null }
  | { readonly kind: 'landline' }
  | { readonly kind: 'not_mobile' };

/** Takes what people type: 0722..., 722..., 254..., +254 (0)..., with spaces, dots, dashes, brackets between. */
export function parseMsisdn(text: string): Result<Msisdn, MsisdnProblem> {
  const trimmed = text.trim();
  if (!/^\(?\+?[\d\s().\-/\u00a0\u2010-\u2015]+$/.test(trimmed)) return err({ kind: 'not_a_number' });
  const digits = trimmed.replace(/\D/g, '');
  if (digits.length < 7) return err({ kind: 'not_a_number' });
  // "+0722..." is a national number behind a plus that a phone's keyboard put there.
  const international = (/^\(?\+/.test(trimmed) && !digits.startsWith('0')) || /^00[1-9]/.test(digits);
  const e164 = international ? digits.replace(/^00/, '') : digits;
  if (international && !e164.startsWith('254')) {
    return err({ kind: 'foreign', country: foreignNumber(e164)?.country ?? null });
  }
  const withCountry = international || /^254[17]/.test(e164) || (e164.startsWith('254') && e164.length > 9);
  return parseNational(withCountry ? e164.slice(3).replace(/^0/, '') : e164.replace(/^0/, ''), digits);
}

/** `national` has neither 254 nor the leading 0; `typed` is what was typed, for saying it back. */
function parseNational(national: string, typed: string): Result<Msisdn, MsisdnProblem> {
  if (/^[2-6]/.test(national) && national.length >= 7 && national.length <= 9) return err({ kind: 'landline' });
  if (!/^[17]/.test(national)) {
    const foreign = typed.length >= 10 ? foreignNumber(typed) : null;
    return foreign?.valid === true ? err({ kind: 'foreign', country: foreign.country }) : err({ kind: 'not_mobile' });
  }
  if (national.length < 9) return err({ kind: 'too_short', digits: typed, missing: 9 - national.length });
  if (national.length > 9) return err({ kind: 'too_long', digits: typed, extra: national.length - 9 });
  return ok(`254${national}` as Msisdn);
}

/** For values that were parsed before (a database column, a constant); throws on anything else. */
export function msisdn(text: string): Msisdn {
  if (!/^254[17]\d{8}$/.test(text)) throw new Error('invariant broken: not an msisdn');
  return text as Msisdn;
}

/** "0722 000 000": how people read a number. */
export function formatMsisdn(number: Msisdn): string {
  return `0${number.slice(3, 6)} ${number.slice(6, 9)} ${number.slice(9)}`;
}

/** "0722 *** 001": for logs and for anything that another person sees. */
export function maskMsisdn(number: Msisdn): string {
  return `0${number.slice(3, 6)} *** ${number.slice(9)}`;
}
