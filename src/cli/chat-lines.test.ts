/** A table of lines of `jaza chat --json`: what each is read as, and the sentence that says what is wrong with one. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINES_HELP, parseLine } from './chat-lines.ts';

function read(line: unknown): unknown {
  const parsed = parseLine(typeof line === 'string' ? line : JSON.stringify(line), 'local');
  return parsed.ok ? parsed.value : parsed.error;
}

describe('a line', () => {
  it.each<[unknown, unknown]>([
    [{ text: 'hello' }, [{ text: 'hello', from: 'local' }]],
    [{ text: '' }, [{ text: '', from: 'local' }]],
    [{ text: '\u0000\ud800 🙂' }, [{ text: '\u0000\ud800 🙂', from: 'local' }]],
    [{ text: 'x', from: 'amina', id: '7' }, [{ text: 'x', from: 'amina', id: '7' }]],
    [{ text: 'x', msisdn: '0722 000 001' }, [{ text: 'x', from: 'local', msisdn: '254722000001' }]],
    [{ tap: 'ok:abcdefgh:3' }, [{ tap: 'ok:abcdefgh:3', from: 'local' }]],
    [{ tap: '' }, [{ tap: '', from: 'local' }]],
    [{ contact: { name: 'Mum', phone: '0733...' } }, [{ contact: { name: 'Mum', phone: '0733...' }, from: 'local' }]],
    [{ contact: { phone: '' } }, [{ contact: { phone: '' }, from: 'local' }]],
    [{ contact: { name: null, phone: 'x' } }, [{ contact: { name: null, phone: 'x' }, from: 'local' }]],
    [{ phone: '254722000001', answer: 'approve' }, [{ phone: '254722000001', answer: 'approve', from: 'local' }]],
    [{ phone: '+254 722 000001', answer: 'ignore' }, [{ phone: '254722000001', answer: 'ignore', from: 'local' }]],
    [{ phone: '254722000001', answer: 'no-money' }, [{ phone: '254722000001', answer: 'no-money', from: 'local' }]],
    [{ fault: 'timeout' }, [{ fault: 'timeout', from: 'local' }]],
    [{ advance: 900 }, [{ advance: 900, from: 'local' }]],
    [{ advance: 0.5 }, [{ advance: 0.5, from: 'local' }]],
    [
      [{ text: 'a' }, { tap: 'b' }],
      [
        { text: 'a', from: 'local' },
        { tap: 'b', from: 'local' },
      ],
    ],
    [' {"text":"padded"} ', [{ text: 'padded', from: 'local' }]],
  ])('%j is read', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each<[unknown, RegExp]>([
    ['', /no JSON/],
    ['{"text":', /no JSON/],
    ['hello', /no JSON/],
    ["{'text':'x'}", /no JSON/],
    ['null', /expected an object/],
    ['7', /expected an object/],
    ['"hello"', /expected an object/],
    [[], /empty list/],
    [[{ text: 'a' }, 7], /expected an object/],
    [[[{ text: 'a' }]], /expected one of/],
    [{}, /expected one of "text", "tap", "contact"/],
    [{ say: 'x' }, /expected one of/],
    [{ text: 7 }, /^text: .*string/],
    [{ text: null }, /^text: /],
    [{ text: 'x', to: 'y' }, /^text: .*"to"/],
    [{ text: 'x', tap: 'y' }, /expected only one of "text", "tap"/],
    [{ text: 'x', from: '' }, /^from: /],
    [{ text: 'x', from: 7 }, /^from: /],
    [{ text: 'x', id: '' }, /^id: /],
    [{ text: 'x', msisdn: '0722' }, /^msisdn: "0722" is not a Kenyan mobile number/],
    [{ text: 'x', msisdn: '+256772000000' }, /^msisdn: .*not a Kenyan mobile/],
    [{ tap: ['x'] }, /^tap: /],
    [{ contact: '0733' }, /^contact: /],
    [{ contact: {} }, /^contact\.phone: /],
    [{ contact: { phone: 733 } }, /^contact\.phone: /],
    [{ phone: '0722', answer: 'approve' }, /^phone: "0722" is not/],
    [{ phone: '254722000001', answer: 'yes' }, /^answer: .*approve/],
    [{ answer: 'approve' }, /^phone: /],
    [{ fault: 500 }, /^fault: /],
    [{ advance: -1 }, /^advance: /],
    [{ advance: '900' }, /^advance: /],
    [{ advance: 1e12 }, /^advance: /],
  ])('%j is not read, and says why', (line, why) => {
    expect(read(line)).toMatch(why);
  });

  it('is never too long, too deep or too odd to be answered', () => {
    for (const line of [
      '['.repeat(100_000),
      `{"text":"${'x'.repeat(1_000_000)}"}`,
      '{"__proto__":{"text":"x"}}',
      '1'.repeat(10_000),
    ])
      expect(parseLine(line, 'local')).toHaveProperty('ok');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const parsed = parseLine(line, 'local');
        if (!parsed.ok) expect(parsed.error.length).toBeGreaterThan(5);
      }),
      { numRuns: 1000, seed: 254 },
    );
  });

  it('in which one of several cannot be read is not read at all', () => {
    expect(read([{ text: 'buy 100' }, { text: 7 }])).toMatch(/^text: /);
  });

  it('that names nobody is said by whoever the command names; one that names somebody by them', () => {
    expect(parseLine('[{"text":"a"},{"text":"b","from":"amina"}]', 'baraka')).toEqual({
      ok: true,
      value: [
        { text: 'a', from: 'baraka' },
        { text: 'b', from: 'amina' },
      ],
    });
  });

  it('that `--help` shows is read, and every kind is shown', () => {
    const shown = LINES_HELP.split('\n').flatMap((line) => /^ {2}([[{].*?[\]}]) {2,}/.exec(line)?.[1] ?? []);
    expect(shown).toHaveLength(7);
    for (const line of shown) expect(read(line), line).toBeInstanceOf(Array);
    for (const kind of ['text', 'tap', 'contact', 'answer', 'fault', 'advance']) expect(shown.join()).toContain(`"${kind}"`);
  });
});
