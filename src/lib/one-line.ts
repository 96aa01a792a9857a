/** Owns what becomes of a foreign system's words before they are kept or shown: one line, printable, not too long. */

/** What is no character of a text, halves of surrogate pairs among them, becomes a space; cut at `maxCharacters`. */
export function oneLine(words: string, maxCharacters = Infinity): string {
  const clean = words
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\uFFFE\uFFFF]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...clean].slice(0, maxCharacters).join('');
}
