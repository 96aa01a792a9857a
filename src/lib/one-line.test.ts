/** Shows what is left of words that a foreign system sent. */

import { expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

it.each([
  ['Low  credits\r\nX: y', 'Low credits X: y'],
  ['\u0000\u202eabc\u2028def\u0007', 'abc def'],
  ['sh\u3164op\u115f is\u2800\u2800paid\ufe00\u{e0101}', 'sh op is paid'],
  ['\u3164\u2800\ufe0f', ''],
  ['thanks \u2764\ufe0f', 'thanks \u2764\ufe0f'],
  ['half \ud83d of a pair', 'half of a pair'],
  ['🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂', '🙂'.repeat(20)],
  ['', ''],
])('%j becomes %j', (words, left) => {
  expect(oneLine(words, 20)).toBe(left);
});
