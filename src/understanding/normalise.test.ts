/** What keyboards, copying and decoration do to a message, undone; and what must not be undone. */

import { expect, test } from 'vitest';
import { clean, LONGEST_TEXT } from './normalise.ts';

test.each([
  ['ｂｕｙ　１００', 'buy 100'],
  ['1️⃣0️⃣', '10'],
  ['🔟', '10'],
  ['٠٧٢٢ ۱۲۳ ९', '0722 123 9'],
  ['07\u200b22\u2060000\ufeff000', '0722000000'],
  ['\u202a0722000000\u202c', '0722000000'],
  ['don’t “buy”', 'don\'t "buy"'],
  ['100–200', '100-200'],
  ['−100', '-100'],
  ['𝐁𝐮𝐲 𝟏𝟎𝟎', 'Buy 100'],
  ['👍🏿', '👍'],
  ['a\r\nb\u2028c', 'a\nb\nc'],
  ['b̷u̷y̷', 'buy'],
  ['\u0000buy\u0007', ' buy '],
  ['\ud83d', ' '],
])('%s', (raw, cleaned) => {
  expect(clean(raw).text).toBe(cleaned);
});

test('a raised digit and a fraction are never made part of a number', () => {
  expect(clean('10²').text).toBe('10^');
  expect(clean('2½').text).toBe('2½');
});

test('the lower-case form has the same length, and no accents', () => {
  for (const raw of ['Café İstanbul ẞ ŉ', 'NÚNUA', '😂 ABC', 'ﬁﬂ']) {
    const { text, lower } = clean(raw);
    expect(lower.length).toBe(text.length);
  }
  expect(clean('NÚNUA Café').lower).toBe('nunua cafe');
});

test('a long text is cut at a space, never inside a number', () => {
  const { text } = clean(`${'0722000000 '.repeat(1_000)}`);
  expect(text.length).toBeLessThanOrEqual(LONGEST_TEXT);
  expect(text.endsWith('0722000000')).toBe(true);
  expect(clean('1'.repeat(LONGEST_TEXT + 1)).text).toBe('');
  expect(clean('\ufdfa'.repeat(LONGEST_TEXT)).text.length).toBeLessThanOrEqual(LONGEST_TEXT);
});
