/** Texts are cut at good places, lose nothing but the space at the cuts, and are never unacceptable to Telegram. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_TEXT, splitText } from './text.ts';

describe('where a text is cut', () => {
  const rows: readonly (readonly [name: string, text: string, longest: number, parts: readonly string[]])[] = [
    ['not at all when it fits', 'x'.repeat(4096), 4096, ['x'.repeat(4096)]],
    ['at a blank line first', 'one two\nthree\n\nfour. five', 20, ['one two\nthree', 'four. five']],
    ['at a line end next', 'one two. three\nfour five six', 20, ['one two. three', 'four five six']],
    ['after a sentence next', 'One two three. Four five six', 20, ['One two three.', 'Four five six']],
    ['at a space next', 'one two three four five', 16, ['one two three', 'four five']],
    ['within a word at last', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['exactly at the limit', 'abcd efgh', 4, ['abcd', 'efgh']],
    ['not so early that little is left before', 'a bcdefghijklmnop', 10, ['a bcdefghi', 'jklmnop']],
    ['never through a pair', 'ab😀cd', 3, ['ab', '😀c', 'd']],
    ['never through a family', 'abcdefgh👨‍👩‍👧‍👦', 12, ['abcdefgh', '👨‍👩‍👧‍👦']],
    [
      'through one that is longer than a part',
      `x${'\u0301'.repeat(9)}`,
      4,
      [`x${'\u0301'.repeat(3)}`, '\u0301'.repeat(4), '\u0301'.repeat(2)],
    ],
    ['not into empty parts', 'ab\n\n\n\n      \n\ncd', 4, ['ab', 'cd']],
    ['nothing is no part', ' \n\t ', 10, []],
  ];
  it.each(rows)('%s', (_name, text, longest, parts) => {
    expect(splitText(text, longest)).toEqual(parts);
  });

  it('half a pair becomes the sign for what cannot be read', () => {
    expect(splitText('a\ud83d b\ude00')).toEqual(['a\ufffd b\ufffd']);
  });
});

describe('any text', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc
      .array(fc.constantFrom('neno', '. ', '\n', '\n\n', ' ', '👩🏾‍🌾', '🇰🇪', 'x'.repeat(40), '\ud83d', 'é'), { maxLength: 120 })
      .map((parts) => parts.join('')),
  );

  it('keeps everything but space, in parts that Telegram takes', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 8, max: 60 }), (text, longest) => {
        const parts = splitText(text, longest);
        const dense = (value: string): string => value.replace(/\p{Surrogate}/gu, '\ufffd').replace(/\s/g, '');
        expect(dense(parts.join(''))).toBe(dense(text));
        for (const part of parts) {
          expect(part.trim()).toBe(part);
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(longest);
          expect(part).not.toMatch(/\p{Surrogate}/u);
        }
      }),
    );
  });

  it('of a megabyte is cut in no time', () => {
    expect(splitText('neno '.repeat(200_000)).every(({ length }) => length <= LONGEST_TEXT)).toBe(true);
    expect(splitText('x'.repeat(1_000_000))).toHaveLength(Math.ceil(1_000_000 / LONGEST_TEXT));
  });
});
