/** Owns what becomes of a foreign system's words before they are kept or shown: one line, printable, not too long. */

/** Control characters, formatting marks and halves of surrogate pairs become spaces; cut at `maxCharacters`. */
export function oneLine(words: string, maxCharacters: number): string {
  const clean = words
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...clean].slice(0, maxCharacters).join('');
}
