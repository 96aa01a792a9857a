/** Owns what every text of the bot must be, in each language: plain, short, complete, and no more than is known. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SPOKEN } from './conversation/reply.ts';
import { parametersOf } from './locales.ts';
import { given, LOCALES, locales, ROOT, spoken, TEXTS, type Text } from '../test/support/texts.ts';
import { loadKnowledge } from './reference.ts';
import { understand } from './understanding/understand.ts';

function offenders(offends: (text: Text) => boolean): string[] {
  return TEXTS.filter(offends).map(({ language, key, text }) => `${language} ${key}: ${text}`);
}

const HELP: readonly string[] = ['common:help', 'common:help-both'];

describe('every text', () => {
  it('asks only for what the code gives', () => {
    expect(offenders(({ key, text }) => parametersOf(text).some((name) => !given(key).includes(name)))).toEqual([]);
  });

  it('is plain: no markup, no loose spaces, no curly quotes', () => {
    // A code to dial, as in *144#, is no markup.
    const bare = ({ text }: Text): string => text.replace(/\*\d+#/g, 'code');
    expect(offenders((text) => /[<>`*~]|&\w+;|\]\(|(^|\s)_\w|\w_(\s|$)/.test(bare(text)))).toEqual([]);
    expect(offenders((text) => /^\s|\s$| {2}| \n|\n |\n{3}|\t|\r|[‘’“”]/.test(bare(text)))).toEqual([]);
  });

  it('fits a small screen; help fits on one', () => {
    expect(offenders(({ key, language }) => !HELP.includes(key) && spoken(key, language).length > 340)).toEqual([]);
    for (const language of SPOKEN) {
      for (const key of HELP) {
        expect(spoken(key, language).length).toBeLessThanOrEqual(480);
        expect(spoken(key, language).split('\n').length).toBeLessThanOrEqual(12);
      }
    }
  });

  it('is translated, unless it is nothing but parameters', () => {
    const english = new Map(TEXTS.filter(({ language }) => language === 'en').map(({ key, text }) => [key, text]));
    expect(
      offenders(
        ({ language, key, text }) => language === 'sw' && english.get(key) === text && !/^(\{\{\w+\}\}(: )?)+$/.test(text),
      ),
    ).toEqual([]);
  });

  it.each(SPOKEN)('stands once in its file (%s)', (language) => {
    for (const [namespace, texts] of Object.entries(locales[language])) {
      const lines = readFileSync(join(LOCALES, language, `${namespace}.json`), 'utf8').match(/^ {2}"[^"]+":/gm) ?? [];
      expect(lines.length, `${language}/${namespace}.json`).toBe(Object.keys(texts).length);
    }
  });

  it('counts one thing and several', () => {
    const inBoth = (key: string, count: number): string[] => SPOKEN.map((language) => spoken(key, language, count));
    expect(inBoth('buying:same-again', 1)).toEqual([
      'You bought the same a minute ago.',
      'Ulinunua hivi hivi dakika moja iliyopita.',
    ]);
    expect(inBoth('buying:same-again', 2)).toEqual([
      'You bought the same 2 minutes ago.',
      'Ulinunua hivi hivi dakika 2 zilizopita.',
    ]);
    expect(inBoth('problem:too-short', 1)).toEqual([
      '0722 000 00 has 9 digits, one is missing. Write it like this: 0722 000 000',
      '0722 000 00 ina tarakimu 9, imekosa moja. Iandike hivi: 0722 000 000',
    ]);
  });
});

/** Every phrase of the lexicon, however its files are built. */
function phrasesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(phrasesOf) : [];
}

describe('what people are told to write', () => {
  const folder = join(ROOT, 'data/lexicon');
  const known = new Set(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => phrasesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')))),
  );

  it('is in the lexicon', () => {
    const told = TEXTS.flatMap(({ text }) =>
      [...text.matchAll(/(?:write|andika): ([^.\n{]+)/gi)].flatMap(([, words = '']) => words.split(', ')),
    );
    expect(told).toContain('my orders');
    expect(told).toContain('futa data yangu');
    expect(told.filter((words) => !known.has(words))).toEqual([]);
  });

  it('is understood, where it is a whole order', () => {
    const knowledge = loadKnowledge();
    const examples = new Set(TEXTS.flatMap(({ text }) => text.match(/\b100 \w+ 0722 000 000/g) ?? []));
    expect([...examples].sort()).toEqual(['100 kwa 0722 000 000', '100 to 0722 000 000']);
    for (const example of examples) {
      expect(understand(example, knowledge)).toMatchObject({ amount: 100, recipient: '254722000000', payer: null });
    }
  });
});

describe('what must never be left out', () => {
  it('is the reference, wherever an order is spoken of', () => {
    const silent = ({ key, text }: Text): boolean => given(key).includes('reference') && !text.includes('{{reference}}');
    expect(offenders(silent)).toEqual([]);
  });

  it.each(SPOKEN)('is any value in the confirmation, each on its own line (%s)', (language) => {
    const lines = spoken('buy-airtime:confirm', language).split('\n').slice(1);
    const values = ['KES 10,000', '0722 000 000 (Safaricom)', '0733 000 000', 'Airtel Money'];
    expect(lines.map((line) => line.slice(line.indexOf(': ') + 2))).toEqual(values);
    const sms = spoken('buy-sms:confirm-wallet', language).split('\n').slice(1);
    const smsValues = ['12500', '0722 000 000', 'KES 0.8', 'KES 10,000', '0733 000 000', 'Airtel Money'];
    expect(sms.map((line) => line.slice(line.indexOf(': ') + 2))).toEqual(smsValues);
  });

  it.each([
    ['order:unknown', /not be charged twice.*don't buy again yet/s, /Hutalipishwa mara mbili.*usinunue tena kwanza/s],
    ['order:status-unknown', /not be charged twice.*don't buy again yet/s, /Hutalipishwa mara mbili.*usinunue tena kwanza/s],
    ['order:review', /person is looking.*don't buy again yet/s, /Mhudumu anaiangalia.*usinunue tena kwanza/s],
    ['order:status-review', /person is looking.*don't buy again yet/s, /mhudumu anaiangalia.*usinunue tena kwanza/s],
    ['order:lapsed', /closed as not paid.*If Airtel Money took money/s, /haikulipwa.*Kama Airtel Money ilikata pesa/s],
    ['order:approve-now', /requested.*own PIN/s, /Tumeomba malipo.*PIN yake/s],
    ['buying:go-ahead', /own PIN.*Nobody will ask for a PIN/s, /PIN yake.*Hakuna atakayekuuliza PIN/s],
    ['buying:go-ahead-simulated', /SIMULATED: no real money/, /^MAJARIBIO: hakuna pesa halisi/],
    ['common:simulated', /^SIMULATED/, /^MAJARIBIO/],
    ['common:privacy-notice', /90 days.*my data/s, /siku 90.*data yangu/s],
  ])('stands in %s', (key, en, sw) => {
    expect(spoken(key, 'en')).toMatch(en);
    expect(spoken(key, 'sw')).toMatch(sw);
  });

  it('but a question has no place in the privacy notice, because the next yes would answer it', () => {
    expect(SPOKEN.map((language) => spoken('common:privacy-notice', language).includes('?'))).toEqual([false, false]);
  });

  it('and nothing is said to have arrived before it is known', () => {
    for (const key of ['buying:placed', ...['order', 'sms-order'].flatMap(beforeTheEnd)]) {
      expect(spoken(key, 'en')).not.toMatch(/\b(delivered|arrived|airtime sent|paid|done)\b|✅/i);
      expect(spoken(key, 'sw')).not.toMatch(/imefika|imetumwa|imelipwa|✅/i);
    }
  });
});

const beforeTheEnd = (order: string): string[] => [
  `${order}:approve-now`,
  `${order}:status-awaiting_payment`,
  `${order}:unknown`,
];
