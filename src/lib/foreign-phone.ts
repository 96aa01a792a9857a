/**
 * Owns the telling of foreign phone numbers, by the metadata of libphonenumber. It is large and seldom needed, so it is loaded with
 * the first number that is not Kenyan.
 */

import { createRequire } from 'node:module';

type Metadata = typeof import('libphonenumber-js/max');

let metadata: Metadata | null = null;

/** `international` has digits only, with the country's code. Null: no country has such a number. */
export function foreignNumber(international: string): { readonly country: string | null; readonly valid: boolean } | null {
  metadata ??= createRequire(import.meta.url)('libphonenumber-js/max') as Metadata;
  const parsed = metadata.parsePhoneNumberFromString(`+${international}`);
  return parsed === undefined ? null : { country: parsed.country ?? null, valid: parsed.isValid() };
}
