/**
 * Owns ids. A decision may not be random, so every id it makes is derived from the seed of its turn: the same turn decided
 * twice makes the same ids.
 */

import { createHash } from 'node:crypto';

/** Digits and capitals without the ones that people confuse (0 O, 1 I L, 5 S, 8 B, U V). */
export const REFERENCE_ALPHABET = '234679ACDEFGHJKMNPQRTWXYZ';
const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Six characters that name a thing to people: the same key, the same name. */
export function shortName(key: string): string {
  return spelled(createHash('sha256').update(key).digest(), 6, REFERENCE_ALPHABET);
}

function spelled(hash: Uint8Array, count: number, alphabet: string): string {
  return Array.from({ length: count }, (_none, at) => alphabet[(hash[at] ?? 0) % alphabet.length]).join('');
}

export interface Ids {
  /** An opaque id, 16 characters of base 32 after the prefix: 80 bits. */
  id(prefix: string): string;
  /** A short id that fits a button: 8 characters. */
  short(): string;
  /** What people read out and upstreams get as `note`: `JZ` and 8 characters, as in `JZ7K2M4QPW`. */
  reference(): string;
}

export function idsFrom(seed: string): Ids {
  let counter = 0;
  const letters = (count: number, alphabet: string): string => {
    counter += 1;
    return spelled(createHash('sha256').update(`${seed}/${counter}`).digest(), count, alphabet);
  };
  return {
    id: (prefix) => prefix + letters(16, ID_ALPHABET),
    short: () => letters(8, ID_ALPHABET),
    reference: () => `JZ${letters(8, REFERENCE_ALPHABET)}`,
  };
}

/** The sha256 of a text, in hexadecimal: what is compared or looked up instead of the text itself. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
