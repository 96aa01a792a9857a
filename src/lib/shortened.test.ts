/** What is cut for people stays readable, and within its length. */

import { expect, it } from 'vitest';
import { shortened } from './shortened.ts';

it.each([
  ['fits', 'abcdef', 6, 'abcdef'],
  ['is cut', 'abcdefg', 6, 'abc...'],
  ['loses the space at its end', 'ab cdefg', 6, 'ab...'],
  ['counts what stands outside of the first plane once', '😀😀😀😀', 4, '😀😀😀😀'],
  ['is not cut within a visible character', 'abcdefg👩‍👩‍👧h', 12, 'abcdefg...'],
  ['that is one pile of marks is cut all the same', `a${'\u0301'.repeat(20)}`, 8, `a${'\u0301'.repeat(4)}...`],
])('a text that %s', (_case, text, most, cut) => {
  expect(shortened(text, most)).toBe(cut);
});
