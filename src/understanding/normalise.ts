/**
 * Owns cleaning: what different keyboards, copy and paste and decoration do to the same message is undone here, once. The
 * cleaned text and its lower-case form have the same length, so that a name can be given back as it was typed.
 */

export interface Cleaned {
  readonly text: string;
  readonly lower: string;
}

/** A longer text is cut at a space before this, never inside a number. */
export const LONGEST_TEXT = 4_000;

const PLAIN = /^[\t\n\x20-\x7e]*$/;
/** Zero-width and direction marks, soft hyphen, variation selectors, the keycap frame, skin tones. */
const INVISIBLE =
  // oxlint-disable-next-line no-misleading-character-class
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u20e3]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0000}-\u{e007f}]/gu;
/** NFKC would make "10²" into "102": a raised or lowered digit must stay unreadable. */
const RAISED = /[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]/g;
const FRACTION = /[\u00bc-\u00be\u2150-\u215f\u2189]/g;
const QUOTES = /[\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f\u2033\u00ab\u00bb]/g;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u2043]/g;
const LINES = /\r\n?|[\u0085\u2028\u2029\v\f]/g;
const OTHER_DIGIT = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u1040-\u1049]/g;
const LOOSE_MARKS = /\p{M}/gu;
const CONTROL = /[\p{Cc}\p{Co}\p{Cn}]/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

export function clean(raw: string): Cleaned {
  const cut = cutAtSpace(raw);
  if (PLAIN.test(cut)) return { text: cut, lower: cut.toLowerCase() };
  const text = cutAtSpace(
    cut
      .replace(LINES, '\n')
      .replace(INVISIBLE, '')
      .replace(LONE_SURROGATE, ' ')
      .replace(RAISED, '^')
      .replace(FRACTION, '½')
      .replaceAll('🔟', '10')
      .replace(QUOTES, "'")
      .replace(DOUBLE_QUOTES, '"')
      .split('½')
      .map((part) => part.normalize('NFKC'))
      .join('½')
      .replace(QUOTES, "'")
      .replace(DASHES, '-')
      .replace(OTHER_DIGIT, (digit) => String(digitValue(digit)))
      .replace(LOOSE_MARKS, '')
      .replace(CONTROL, (character) => (character === '\n' ? '\n' : ' ')),
  );
  return { text, lower: lowered(text) };
}

/** Arabic-Indic, Persian, Devanagari and Burmese digits. */
function digitValue(digit: string): number {
  const code = digit.charCodeAt(0);
  for (const zero of [0x660, 0x6f0, 0x966, 0x1040]) if (code >= zero && code <= zero + 9) return code - zero;
  return 0;
}

function cutAtSpace(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const head = text.slice(0, LONGEST_TEXT);
  const space = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'));
  return space > 0 ? head.slice(0, space) : '';
}

/** Lower case without accents, character by character: a letter whose small form has another length stays as it is. */
function lowered(text: string): string {
  let lower = '';
  for (const character of text) {
    const small = character.normalize('NFD').replace(LOOSE_MARKS, '').toLowerCase();
    lower += small.length === character.length ? small : character;
  }
  return lower;
}
