/** Reading a shared contact: whose numbers it holds, however it was written, and nonsense without harm. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readVcard } from './vcard.ts';

const card = (...lines: string[]): string => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD'].join('\n');

describe('a shared contact', () => {
  it.each<[string, string, string | null, string[]]>([
    ['Android', card('N:;Mama;;;', 'FN:Mama', 'TEL;type=CELL;waid=254722000000:+254 722 000000'), 'Mama', ['+254722000000']],
    [
      'iPhone',
      card('FN:Juma', 'item1.TEL;waid=254733000000:+254 733 000 000', 'item1.X-ABLabel:Mobile'),
      'Juma',
      ['+254733000000'],
    ],
    ['not on WhatsApp', card('FN:Juma', 'TEL;CELL:0733 000 000'), 'Juma', ['0733 000 000']],
    ['version 4', card('FN:Juma', 'TEL;VALUE=uri:tel:+254733000000'), 'Juma', ['+254733000000']],
    [
      'several numbers',
      card('FN:A', 'TEL;waid=254722000001:x', 'TEL:+254722000002', 'TEL:0722000003'),
      'A',
      ['+254722000001', '+254722000002', '0722000003'],
    ],
    ['one number twice', card('FN:A', 'TEL;waid=254722000001:+254 722 000001', 'TEL:+254-722-000001'), 'A', ['+254722000001']],
    ['Windows lines', card('FN:A', 'TEL:0722000003').replaceAll('\n', '\r\n'), 'A', ['0722000003']],
    ['folded lines', card('FN:A', 'TEL;type=CELL;\n waid=254722000001:+254 722\n  000001'), 'A', ['+254722000001']],
    ['escaped name', card('FN:Duka\\, Moi Ave\\; Nairobi'), 'Duka, Moi Ave; Nairobi', []],
    ['lower case', card('fn:a', 'tel:0722000003'), 'a', ['0722000003']],
    ['no number', card('FN:A', 'EMAIL:a@example.com'), 'A', []],
    ['no name', card('TEL:0722000003'), null, ['0722000003']],
    ['number without digits', card('TEL:call me'), null, []],
    ['a waid that is no number', card('TEL;waid=<script>:0722000003'), null, ['0722000003']],
    ['nothing', '', null, []],
    ['no colon', 'TEL', null, []],
  ])('%s', (_, vcard, name, phones) => {
    expect(readVcard(vcard)).toEqual({ name, phones });
  });

  it('takes ten numbers at most', () => {
    const many = Array.from({ length: 500 }, (_, at) => `TEL:07220${String(at).padStart(5, '0')}`);
    expect(readVcard(card(...many)).phones).toHaveLength(10);
  });

  it('never throws, whatever is shared', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.constantFrom('TEL', 'FN', ':', ';', '\n', ' ', 'waid=', '0722')),
        (text, bits) => {
          for (const vcard of [text, bits.join(''), bits.join(text)]) {
            expect(readVcard(vcard).phones.every((phone) => /\d/.test(phone))).toBe(true);
          }
        },
      ),
    );
  });

  it('reads a megabyte of nonsense in no time', () => {
    const before = performance.now();
    readVcard('\n '.repeat(500_000));
    readVcard('TEL;'.repeat(250_000));
    expect(performance.now() - before).toBeLessThan(200);
  });
});
