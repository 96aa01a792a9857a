/** Shows that words of others end where their quotation ends. */

import { expect, it } from 'vitest';
import { quoted } from './quoted.ts';

it.each([
  ['where is my airtime', '"where is my airtime"'],
  ['a"\n< "refunded', `"a' < 'refunded"`],
  ['\u202eDIAP\u202c \u200bnow', '"DIAP now"'],
  ['one two three four five', '"one two three fou..."'],
  ['', '""'],
])('%j is told as %s', (words, told) => {
  expect(quoted(words, 20)).toBe(told);
});
