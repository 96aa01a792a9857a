/** Long texts are cut without loss, and each part keeps its id over all attempts. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partId, readPartId, splitText } from './outgoing-text.ts';

describe('the id of a part', () => {
  it('is the same at every attempt, another for each message and part', () => {
    expect(partId('out_1', 0)).toBe(partId('out_1', 0));
    expect(new Set([partId('out_1', 0), partId('out_1', 1), partId('out_2', 0), partId('out_2', 1)]).size).toBe(4);
  });

  it('looks like one of WhatsApp Web and tells which part it is', () => {
    for (let part = 0; part < 16; part += 1) {
      const id = partId('out_1', part);
      expect(id).toMatch(/^3EB0[0-9A-F]{18}$/);
      expect(readPartId(id)).toEqual({ first: partId('out_1', 0), part });
    }
  });

  it.each(['', '3EB0', '3A000000000000000001', `${partId('a', 0)}F`, partId('a', 0).toLowerCase()])(
    'is not read out of %j',
    (id) => {
      expect(readPartId(id)).toBeNull();
    },
  );
});

describe('a long text', () => {
  it.each<[string, string, number[]]>([
    ['short', 'Sawa', [4]],
    ['empty', '', []],
    ['only spaces', ' \n ', []],
    ['just fits', 'x'.repeat(4000), [4000]],
    ['one too many', 'x'.repeat(4001), [4000, 1]],
    ['at a line end', `${'x'.repeat(3000)}\n${'y'.repeat(3000)}`, [3000, 3000]],
    ['at a space', `${'x'.repeat(3000)} ${'y'.repeat(3000)}`, [3000, 3000]],
    ['a line end that comes too early', `a\n${'x'.repeat(4100)}`, [4000, 102]],
    ['not inside an emoji', `${'x'.repeat(3999)}😀${'y'.repeat(10)}`, [3999, 12]],
  ])('%s', (_, text, lengths) => {
    expect(splitText(text)?.map(({ length }) => length)).toEqual(lengths);
  });

  it('is refused when it fits no sixteen parts', () => {
    expect(splitText('x'.repeat(64_000))).toHaveLength(16);
    expect(splitText('x'.repeat(64_001))).toBeNull();
  });

  it('loses nothing but white space, keeps every character whole, and is cut alike every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '😀', 'ñ'), maxLength: 12_000, size: 'max' }), (text) => {
        const parts = splitText(text);
        expect(parts?.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        expect(parts?.every((part) => part.length <= 4000 && part.trim() === part && Buffer.from(part).toString() === part)).toBe(
          true,
        );
        expect(splitText(text)).toEqual(parts);
      }),
      { numRuns: 30 },
    );
  });
});
