/**
 * Owns which signs of a text cannot be seen: what takes hold of a terminal, turns a line around, begins another one, or is drawn as
 * nothing or as a blank that is no space. A heart keeps the sign that says to draw it as a picture: there it changes what is seen.
 */

/** U+2800 is a letter of Braille without a dot; the sign of a picture is U+FE0F. */
const HIDES =
  /(?<!\p{Extended_Pictographic})\uFE0F|(?!\uFE0F)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\uFFFE\uFFFF]/u;
const EVERY = new RegExp(HIDES, 'gu');

export function hidesSomething(text: string): boolean {
  return HIDES.test(text);
}

/** Each of them becomes `by`. */
export function withoutUnseen(text: string, by: string): string {
  return text.replace(EVERY, by);
}
