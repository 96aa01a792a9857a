/** Shows how a reply becomes text: with buttons or a numbered list, in both languages, with money, numbers and times as people write them. */

import { describe, expect, it } from 'vitest';
import { kes } from '../domain/money.ts';
import { msisdn } from '../domain/msisdn.ts';
import { loadReference } from '../reference.ts';
import { createPhrasebook } from './phrasebook.ts';
import { render } from './render.ts';
import type { Reply } from './reply.ts';

const { phrasebook } = loadReference();

const REPLY: Reply = {
  parts: [
    { key: 'common:take-your-time' },
    { key: 'common:own-number-saved', params: { number: { msisdn: msisdn('254722000000') } } },
  ],
  choices: [
    { id: 'ok:-:0', label: { key: 'buy-airtime:yes', params: { amount: { kes: kes(1_000) } } } },
    { id: 'share:-:0', label: { key: 'common:share-my-number' }, asksOwnPhone: true },
  ],
};

describe('render', () => {
  it('gives buttons where there are some', () => {
    expect(render(REPLY, 'en', phrasebook, { buttons: true })).toEqual({
      text: "Take your time, I'm here.\n\nThank you, 0722 000 000 is saved as your own number.",
      buttons: [
        { id: 'ok:-:0', label: 'Yes, buy KES 1,000' },
        { id: 'share:-:0', label: 'Share my number', asksOwnPhone: true },
      ],
    });
  });

  it('gives a numbered list where there are none', () => {
    const { text, buttons } = render(REPLY, 'sw', phrasebook, { buttons: false });
    expect(text).toMatch(/\n\n1\. Ndio, nunua KES 1,000\n2\. Tuma namba yangu\n\nJibu kwa namba\.$/);
    expect(buttons).toEqual([]);
  });

  it('gives no list where there is nothing to choose', () => {
    expect(render({ ...REPLY, choices: [] }, 'en', phrasebook, { buttons: false }).text).not.toContain('Reply with a number');
  });
});

describe('a phrasebook', () => {
  const locales = {
    en: { t: { n_one: 'one', n_other: '{{count}} many', x: '{{a}}' } },
    sw: { t: { n_one: 'moja', n_other: '{{count}}', x: '{{a}}' } },
  };
  const book = createPhrasebook(locales);

  it.each([
    [{ key: 't:n', params: { count: 1 } }, 'one'],
    [{ key: 't:n', params: { count: 2 } }, '2 many'],
    [{ key: 't:x', params: { a: { kes: kes(1_234_567) } } }, 'KES 1,234,567'],
    [{ key: 't:x', params: { a: { msisdn: msisdn('254110000000') } } }, '0110 000 000'],
    [{ key: 't:x', params: { a: { masked: msisdn('254110000001') } } }, '0110 *** 001'],
    [{ key: 't:x', params: { a: { time: Date.parse('2026-11-22T21:05:00Z') } } }, '23 Nov, 00:05'],
    [{ key: 't:x', params: { a: { key: 't:x', params: { a: 'within' } } } }, 'within'],
    [
      {
        key: 't:x',
        params: {
          a: {
            lines: [
              { key: 't:n', params: { count: 1 } },
              { key: 't:n', params: { count: 3 } },
            ],
          },
        },
      },
      'one\n3 many',
    ],
    // Text of people stays text.
    [{ key: 't:x', params: { a: '<b>{{count}} $t(t:n)</b>' } }, '<b>{{count}} $t(t:n)</b>'],
  ])('says %j', (phrase, text) => expect(book.say(phrase, 'en')).toBe(text));

  it('throws for a key or a parameter that is missing: no customer must read one', () => {
    expect(() => book.say({ key: 't:gone' }, 'en')).toThrow('no text for t:gone');
    expect(() => book.say({ key: 't:x' }, 'sw')).toThrow('has no value');
    expect([book.has('t:n', 'en'), book.has('t:gone', 'sw')]).toEqual([true, false]);
  });
});
