/** Owns what becomes of a foreign system's words before they are kept or shown: one line, printable, not too long. */

import { withoutUnseen } from './unseen.ts';

/** What nobody would see, halves of characters among it, becomes a space; cut at `maxCharacters`. */
export function oneLine(words: string, maxCharacters = Infinity): string {
  const clean = withoutUnseen(words, ' ').replace(/\s+/g, ' ').trim();
  return [...clean].slice(0, maxCharacters).join('');
}
