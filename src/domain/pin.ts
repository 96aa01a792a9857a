/**
 * Owns the PIN that somebody writes to us although nobody ever asks for it: it is no amount, it is answered with a warning, and it is
 * kept nowhere. It is known by a word beside it; alone, by a phone that rings for it.
 */

/** "pin", "PINs", "p.i.n", "pini yangu", "m-pin", "pin9174", "namba ya siri", "nywila", "password": none of it inside another word. */
const WORD = /(?<!\p{L})(?:m-?)?(?:p[ .-]?i[ .-]?n[is]?|siri|neno ?siri|nywila|pass ?(?:word|code)s?|secrets?)(?!\p{L})/iu;
/** Digits with at most one mark between them: "9175", "9 1 7 5", "917-5", "0722 000 111". */
const DIGITS = /\+?\d(?:[ ._-]?\d)*/g;
const PHONE = /^(?:\+?254|0)?[17]\d{8}$/;
const PHONE_LENGTH = 9;
const SHORTEST = 4;

export function mentionsPin(text: string): boolean {
  return text !== '' && withoutPin(text) !== text;
}

/** Four digits and nothing else, "9175" or "9 1 7 5": the PIN of every payment network here, as long as one of them asks for it. */
const BARE = /^\s*\d(?:[ ._-]?\d){3}\s*[.!]?\s*$/;

export function isBarePin(text: string): boolean {
  return BARE.test(text.normalize('NFKC').replace(/\p{Cf}/gu, ''));
}

/** The same where a payment prompt may be ringing. */
export function withoutBarePin(text: string): string {
  return isBarePin(text) ? '****' : withoutPin(text);
}

/** The text as it may be kept. A phone number stays; an amount beside the word is not worth the guess which of the two it is. */
export function withoutPin(text: string): string {
  const plain = text.normalize('NFKC').replace(/\p{Cf}/gu, '');
  if (!WORD.test(plain)) return text;
  const hidden = plain.replace(DIGITS, hide);
  return hidden === plain ? text : hidden;
}

function hide(run: string): string {
  if (PHONE.test(run.replace(/[ ._-]/g, ''))) return run;
  const short = (group: string): boolean => group.length < PHONE_LENGTH;
  const digits = (run.match(/\d+/g) ?? []).filter(short).join('');
  return digits.length < SHORTEST ? run : run.replace(/\d+/g, (group) => (short(group) ? '****' : group));
}
