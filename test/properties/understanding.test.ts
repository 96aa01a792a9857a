/** What must hold of understanding for every message: it never throws, is quick, and reads a number the same however it is spelled. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { msisdn, parseMsisdn, type Msisdn } from '../../src/domain/msisdn.ts';
import { networkOf } from '../../src/domain/networks.ts';
import { clean } from '../../src/understanding/normalise.ts';
import { printedUnderstanding, understand } from '../../src/understanding/understand.ts';
import { INTENTS, type SlotName, type Understood } from '../../src/understanding/understood.ts';
import { elapsed } from '../../src/lib/clock.ts';
import { knowledge, lexiconFiles } from './understanding-knowledge.ts';

/** The same messages in every run; take the seed out to look for new ones. */
fc.configureGlobal({ seed: 20_261_122 });

const SLOTS: (SlotName | null)[] = ['recipient', 'amount', 'payer', 'paymentNetwork', 'wallet', 'confirm', null];
const asking = fc.constantFrom(...SLOTS);

/** Numbers that an operator has: by the table, not by a list of ours. */
const number: fc.Arbitrary<Msisdn> = fc
  .tuple(
    fc.constantFrom('70', '71', '72', '79', '73', '78', '75', '77', '763', '747', '110', '102', '120'),
    fc.stringMatching(/^\d{7}$/),
  )
  .map(([prefix, rest]) => msisdn(`254${(prefix + rest).slice(0, 9)}`))
  .filter((candidate) => networkOf(candidate, knowledge.ranges) !== null);

/** Every way of writing it that the contract names. */
function spellings(msisdn: Msisdn): string[] {
  const national = msisdn.slice(3);
  const [a, b, c] = [national.slice(0, 3), national.slice(3, 6), national.slice(6)];
  return [
    `0${national}`,
    national,
    `254${national}`,
    `+254${national}`,
    `+254 ${a} ${b} ${c}`,
    `254 ${a} ${b} ${c}`,
    `+254(0)${national}`,
    `+254 (0) ${a} ${b} ${c}`,
    `00254${national}`,
    `254 0${national}`,
    `0${a}-${b}-${c}`,
    `0${a} ${b} ${c}`,
    `0${a}.${b}.${c}`,
    `0${national.slice(0, 1)} ${national.slice(1, 3)} ${national.slice(3, 5)} ${national.slice(5, 7)} ${national.slice(7)}`,
    [...`0${national}`].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(''),
    [...`0${national}`].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join(''),
  ];
}

/** Pieces of real messages, put together at random: far more telling than random letters. */
const words = Object.values(lexiconFiles()).flatMap((file) => {
  const { phrases } = file as { phrases: Record<string, string[]> };
  return Object.values(phrases).flat();
});
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.nat(20_000).map(String) },
  { weight: 2, arbitrary: fc.tuple(number, fc.nat(15)).map(([one, at]) => spellings(one)[at] ?? '') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ',',
      '.',
      '?',
      '-',
      '+',
      '\n',
      '/',
      '(',
      ')',
      '"',
      '*',
      '#',
      '1e3',
      '½',
      '👍',
      '100bob',
      '-50',
      '99.50',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
);
const message = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(' '));
const anything = fc.oneof(
  message,
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);

function isSound(understood: Understood): void {
  expect(INTENTS).toContain(understood.intent);
  for (const value of [understood.amount, understood.threshold]) {
    if (value !== null) expect(Number.isSafeInteger(value) && value >= 0, String(value)).toBe(true);
  }
  for (const value of [understood.recipient, understood.payer]) {
    if (value !== null && value !== 'self') expect(value).toMatch(/^254[17]\d{8}$/);
  }
  if (understood.intent !== 'reseller_credit') expect(understood.client).toBeNull();
  if (understood.intent !== 'set_threshold') expect(understood.threshold).toBeNull();
  if (understood.answer === 'yes')
    expect([understood.amount, understood.recipient, understood.payer]).toEqual([null, null, null]);
  if (understood.recipients !== undefined) expect(understood.recipients.length).toBeGreaterThan(1);
  if (understood.orders !== undefined) expect(understood.orders.length).toBeGreaterThan(1);
}

describe('any text', () => {
  test('is understood without an exception, and soundly', () => {
    fc.assert(
      fc.property(anything, asking, (text, slot) => isSound(understand(text, knowledge, slot))),
      { numRuns: 1_500 },
    );
  });

  test('means the same twice, and with spaces around it', () => {
    fc.assert(
      fc.property(anything, asking, (text, slot) => {
        const once = understand(text, knowledge, slot);
        expect(understand(text, knowledge, slot)).toEqual(once);
        expect(understand(`  \n ${text}\t \n`, knowledge, slot)).toEqual(once);
      }),
      { numRuns: 600 },
    );
  });

  test('names only values that stand in it', () => {
    fc.assert(
      fc.property(message, (text) => {
        const { amount, recipient, payer, client } = understand(text, knowledge);
        if (client !== null) expect(clean(text).text.replace(/\s+/g, ' ')).toContain(client);
        const digits = text
          .normalize('NFKC')
          .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
          .replace(/\D/g, '');
        for (const value of [recipient, payer]) if (value !== null && value !== 'self') expect(digits).toContain(value.slice(3));
        if (amount !== null && !/[a-z]/i.test(text)) expect(digits).toContain(String(amount));
      }),
      { numRuns: 600 },
    );
  });

  test('of 5,000 characters takes milliseconds', () => {
    const nasty = [
      '1 ',
      '07 ',
      '1,',
      '0722000000 ',
      'mia na ',
      'one two ',
      'buy ',
      'xyzzy ',
      '+1',
      'a@1',
      'credit acme to ',
      '"',
      'ma',
      'to',
      '(',
      '*1',
    ];
    const slow = nasty.map((part) => {
      const text = part.repeat(5_000 / part.length);
      const times = [1, 2, 3].map(() => {
        const start = elapsed();
        understand(text, knowledge);
        return elapsed() - start;
      });
      return Math.min(...times);
    });
    expect(Math.max(...slow)).toBeLessThan(200);
  });
});

describe('a phone number', () => {
  test('is the same in every spelling', () => {
    fc.assert(
      fc.property(number, (one) => {
        for (const spelled of spellings(one)) {
          expect(understand(`buy airtime 150 bob for ${spelled}`, knowledge), spelled).toMatchObject({
            recipient: one,
            amount: 150,
            problems: [],
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  test('that the parser takes is the one that is understood, and one that it refuses is none', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^0\d{5,13}$/), (typed) => {
        const parsed = parseMsisdn(typed);
        const inService = parsed.ok && networkOf(parsed.value, knowledge.ranges) !== null;
        const understood = understand(`buy 50 airtime for ${typed}`, knowledge);
        expect(understood.recipient).toBe(inService ? parsed.value : null);
        if (!inService) expect(understood.problems.length).toBeGreaterThan(0);
      }),
    );
  });

  test('never swaps with the payer', () => {
    const orders = fc.constantFrom(
      (a: number, r: string, p: string) => `buy ${a} for ${r} from ${p}`,
      (a: number, r: string, p: string) => `from ${p} buy ${a} for ${r}`,
      (a: number, r: string, p: string) => `tuma ${a} kwa ${r} kutoka ${p}`,
      (a: number, r: string, p: string) => `kutoka ${p} tuma ${a} kwa ${r}`,
      (a: number, r: string, p: string) => `${r} ${a} pay ${p}`,
      (a: number, r: string, p: string) => `${a} to ${r}, pay with ${p}`,
      (a: number, r: string, p: string) => `${p} will pay ${a} for ${r}`,
      (a: number, r: string, p: string) => `nunua ${a} kwa ${r} lipa na ${p}`,
      (a: number, r: string, p: string) => `payer ${p}\nrecipient ${r}\namount ${a}`,
    );
    fc.assert(
      fc.property(
        orders,
        fc.integer({ min: 10, max: 9_999 }),
        number,
        number,
        fc.nat(15),
        fc.nat(15),
        (said, amount, recipient, payer, one, two) => {
          fc.pre(recipient !== payer);
          const text = said(amount, spellings(recipient)[one] ?? '', spellings(payer)[two] ?? '');
          expect(understand(text, knowledge), text).toMatchObject({ intent: 'buy_airtime', recipient, payer, amount });
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

/** English, Swahili and figures for a whole number below 10,000. */
const EN_ONES = [
  '',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const EN_TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SW_ONES = ['', 'moja', 'mbili', 'tatu', 'nne', 'tano', 'sita', 'saba', 'nane', 'tisa'];
const SW_TENS = ['', 'kumi', 'ishirini', 'thelathini', 'arobaini', 'hamsini', 'sitini', 'sabini', 'themanini', 'tisini'];

function english(amount: number): string {
  if (amount < 20) return EN_ONES[amount] ?? '';
  if (amount < 100) return [EN_TENS[Math.floor(amount / 10)], EN_ONES[amount % 10]].filter(Boolean).join(' ');
  const [unit, name] = amount < 1_000 ? [100, 'hundred'] : [1_000, 'thousand'];
  const rest = amount % unit;
  return [english(Math.floor(amount / unit)), name, rest > 0 && rest < 100 ? 'and' : '', english(rest)].filter(Boolean).join(' ');
}

function swahili(amount: number): string {
  const parts: string[] = [];
  if (amount >= 1_000) parts.push(`elfu ${SW_ONES[Math.floor(amount / 1_000)]}`);
  const hundreds = Math.floor((amount % 1_000) / 100);
  if (hundreds > 0) parts.push(`mia ${SW_ONES[hundreds]}`);
  const tens = Math.floor((amount % 100) / 10);
  if (tens > 0) parts.push(SW_TENS[tens] ?? '');
  if (amount % 10 > 0) parts.push(SW_ONES[amount % 10] ?? '');
  return parts.join(' na ');
}

function figures(amount: number): string[] {
  const grouped = String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
  const all = [
    `${amount} bob`,
    `ksh ${amount}`,
    `Ksh${grouped}`,
    `KES ${grouped}`,
    `${grouped}/=`,
    `${amount}/-`,
    `kshs. ${grouped}`,
    `${amount}sh`,
    `${grouped}.00`,
  ];
  return amount % 1_000 === 0 ? [...all, `${amount / 1_000}k`] : all;
}

describe('an amount', () => {
  const amount = fc.integer({ min: 10, max: 9_999 });

  test('is the same in figures of every kind', () => {
    fc.assert(
      fc.property(amount, (value) => {
        for (const spelled of figures(value)) {
          expect(understand(`buy airtime ${spelled} for 0722000000`, knowledge), spelled).toMatchObject({
            amount: value,
            recipient: '254722000000',
          });
          expect(understand(`nunua airtime ya ${spelled} kwa 0722000000`, knowledge), spelled).toMatchObject({ amount: value });
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is the same in English and Swahili words', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(understand(`buy airtime of ${english(value)} bob`, knowledge), english(value)).toMatchObject({ amount: value });
        expect(understand(`nunua airtime ya ${swahili(value)}`, knowledge), swahili(value)).toMatchObject({ amount: value });
        expect(understand(swahili(value), knowledge, 'amount'), swahili(value)).toMatchObject({ amount: value });
      }),
      { numRuns: 300 },
    );
  });

  test('is never what the digits of a phone number, a time or a reference say', () => {
    fc.assert(
      fc.property(number, fc.nat(15), fc.integer({ min: 1, max: 12 }), (one, at, hour) => {
        const text = `buy airtime for ${spellings(one)[at]} at ${hour}pm, not order JZ7K2M4QPW`;
        expect(understand(text, knowledge).amount, text).toBeNull();
      }),
    );
  });

  test('with cents, a minus, foreign money or a range is null', () => {
    const broken = fc.constantFrom(
      (value: number) => `${value}.50`,
      (value: number) => `-${value}`,
      (value: number) => `$${value}`,
      (value: number) => `${value} dollars`,
      (value: number) => `${value}-${value + 100}`,
      (value: number) => `${value} or ${value + 100}`,
      (value: number) => `${value}e2`,
      (value: number) => `${value}%`,
    );
    fc.assert(
      fc.property(broken, amount, (spell, value) => {
        expect(printedUnderstanding(understand(`buy airtime ${spell(value)}`, knowledge)), spell(value)).toMatchObject({
          intent: 'buy_airtime',
          amount: null,
        });
      }),
    );
  });
});
