/**
 * Owns what may go out as a message's text: made well-formed, and cut into parts that Telegram takes. There is no markup and so
 * nothing to escape: messages are sent without `parse_mode`, and every character arrives as it is.
 */

/** In UTF-16 units, as JavaScript counts them. */
export const LONGEST_TEXT = 4096;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cuts at the last blank line of a part, else at its last line end, sentence or space; a word longer than a part is cut between
 * two visible characters. Space around a cut is dropped, as Telegram drops it anyway. Never gives an empty part; no text, no parts.
 */
export function splitText(text: string, longest: number = LONGEST_TEXT): string[] {
  const parts: string[] = [];
  let rest = wellFormed(text).trim();
  while (rest.length > longest) {
    const cut = cutOf(rest, longest);
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== '') parts.push(rest);
  return parts;
}

/** Half of a surrogate pair cannot be written as UTF-8: Telegram refuses the whole message for it. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Where a part ends: good places first, but never so early that the part stays less than half full. */
function cutOf(text: string, longest: number): number {
  const window = text.slice(0, longest + 1);
  for (const boundary of ['\n\n', '\n', '. ', ' ']) {
    const at = window.lastIndexOf(boundary);
    const cut = boundary === '. ' ? at + 1 : at;
    if (at >= longest / 2 && cut <= longest) return cut;
  }
  const inside = graphemes.segment(text).containing(longest)?.index ?? longest;
  // A pile of combining marks may be one "character" of any length; then only pairs are kept together.
  if (inside > longest / 2) return inside;
  return /[\ud800-\udbff]/.test(text.charAt(longest - 1)) ? longest - 1 : longest;
}
