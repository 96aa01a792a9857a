/**
 * Owns codes that are typed once by a person: eight characters that nobody confuses, kept only as a salted hash and compared in
 * constant time.
 */

import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { REFERENCE_ALPHABET } from './ids.ts';

const LENGTH = 8;
/** As it is printed; somebody may send it without any word around it. */
const PRINTED = new RegExp(`\\b[${REFERENCE_ALPHABET}]{4}-[${REFERENCE_ALPHABET}]{4}\\b`, 'gi');

/** `7K2M-4QPW`: 37 bits, for a code that lives for minutes and is guessed at five times an hour. */
export function makeCode(): string {
  const letters = Array.from({ length: LENGTH }, () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** `salt` is the id of whatever the code is for. Written with or without its dash, in any case. */
export function hashCode(salt: string, code: string): string {
  return createHash('sha256')
    .update(`${salt}:${plain(code)}`)
    .digest('hex');
}

export function isCode(salt: string, code: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashCode(salt, code), 'hex'), Buffer.from(hash, 'hex'));
}

/**
 * What a person sent as a code after the word `operator`, or null: with its dash whatever it is, without one only what could be a
 * code, so that "operator need help" is none.
 */
export function codeIn(text: string): string | null {
  const [, said] = /^\s*\/?operator[\s:]+([a-z\d]{4}[- ]?[a-z\d]{4})\W*$/i.exec(text.slice(0, 100)) ?? [];
  if (said === undefined) return null;
  const could = [...plain(said)].every((letter) => REFERENCE_ALPHABET.includes(letter));
  return said.includes('-') || (could && (!said.includes(' ') || /\d/.test(said))) ? said : null;
}

/** Everything in a text that looks like a code, whole or mistyped, written over. */
export function withoutCodes(text: string): string {
  return text.replace(PRINTED, '****-****').replace(/^(\s*\/?operator[\s:]+)\S*[-\d]\S*/i, '$1****-****');
}

function plain(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
