/** Owns that the texts and the code fit together: every key that is used exists, every text is used, damaged files are refused. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createPhrasebook } from './conversation/phrasebook.ts';
import { SPOKEN } from './conversation/reply.ts';
import { PARTIES } from './domain/limits.ts';
import { ORDER_STATES, type NotBoughtWhy, type RefusalCode } from './domain/order.ts';
import { loadLocales } from './locales.ts';
import type { Unsupported } from './ports/channel.ts';
import type { NotSold, Question, SlotName } from './understanding/understood.ts';

const ROOT = join(import.meta.dirname, '..');
const LOCALES = join(ROOT, 'locales');
/** The page's own words: another owner, read by channels/web/page-text.ts. */
const NOT_THE_BOTS = 'web';

const locales = loadLocales(LOCALES);
const phrasebook = createPhrasebook(locales);

// Keys that the code builds are expanded from their unions; a record makes the compiler ask for every member.

type Members<Name extends string> = Readonly<Record<Name, true>>;

const QUESTIONS: Members<Exclude<Question, 'repeat' | 'keep_me' | 'charged' | 'network_of'>> = {
  fee: true,
  payment_network: true,
  privacy: true,
  limits: true,
  human: true,
  how: true,
  how_long: true,
  who: true,
  trust: true,
  if_fails: true,
  cash: true,
  hours: true,
  use_sms: true,
  mine: true,
  forget_me: true,
};
const NOT_SOLD: Members<NotSold> = { bundles: true, bills: true, loan: true, transfer: true, tokens: true, mpesa_message: true };
const REFUSED: Members<RefusalCode | 'unreachable' | 'other'> = {
  '1000': true,
  '2000': true,
  '3000': true,
  '4000': true,
  '5000': true,
  '6000': true,
  unreachable: true,
  other: true,
};
const NOT_PAID: Members<Exclude<NotBoughtWhy, RefusalCode>> = {
  too_little_money: true,
  busy: true,
  expired: true,
  not_prompted: true,
  cancelled: true,
  phone_unreachable: true,
  wrong_pin: true,
  other: true,
  ours: true,
  refused: true,
  unreachable: true,
};
const UNSUPPORTED: Members<Exclude<Unsupported, 'edit' | 'deletion' | 'reaction'>> = {
  sticker: true,
  voice: true,
  picture: true,
  video: true,
  document: true,
  location: true,
  poll: true,
  other: true,
};
const HINTS: Members<SlotName | 'start' | 'choose'> = {
  recipient: true,
  amount: true,
  payer: true,
  paymentNetwork: true,
  wallet: true,
  confirm: true,
  start: true,
  choose: true,
};

const dashed = (names: object): string[] => Object.keys(names).map((name) => name.replaceAll('_', '-'));

/** What a template begins with -> what may follow. A new template fails the test below until it stands here. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'alert:way-': ['sms', 'email'],
  'answers:': dashed(QUESTIONS),
  'answers:not-sold-': dashed(NOT_SOLD),
  'buying:day-': ['too-much', 'over'].flatMap((how) => PARTIES.map((party) => `${how}-${party}`)),
  'buying:payer-new-': ['hour', 'day'],
  'buying:payer-too-often-': ['hour', 'day'],
  'buy-sms:amount-too-': ['small', 'big'],
  'buy-sms:units-too-': ['small', 'big'],
  'common:command-': ['start', 'help', 'cancel', 'language'],
  'common:hint-': Object.keys(HINTS),
  'order:rejected-': Object.keys(REFUSED),
  'order:state-': ORDER_STATES,
  // Airtime is never paid and not delivered.
  'order:status-': ORDER_STATES.filter((state) => state !== 'paid' && state !== 'delivering'),
  'sms-order:not-paid-': Object.keys(NOT_PAID),
  'sms-order:status-': ORDER_STATES,
  'problem:unsupported-': Object.keys(UNSUPPORTED),
  // `${flow.name}:reminder`, one for every flow.
  ':reminder': ['buy-airtime:reminder', 'buy-sms:reminder'],
  ':parked': ['buy-airtime:parked', 'buy-sms:parked'],
};

const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''));

const NAMESPACES = Object.keys(locales.en).filter((namespace) => namespace !== NOT_THE_BOTS);

function found(pattern: RegExp): string[] {
  return [...new Set(SOURCES.flatMap((source) => [...source.matchAll(pattern)].map(([, name = '']) => name)))].sort();
}

const ANY = NAMESPACES.join('|');
const STATIC_KEYS = found(new RegExp(`['"\`]((?:${ANY}):[A-Za-z0-9_-]+)['"\`]`, 'g'));
const TEMPLATE_STARTS = [
  ...found(new RegExp(`\`((?:${ANY}):[A-Za-z0-9_-]+)\\$\\{`, 'g')),
  // `order:${id}` also names an aggregate, so a bare namespace counts only as a phrase's key.
  ...found(new RegExp(`key: \`((?:${ANY}):)\\$\\{`, 'g')),
  ...found(/key: `\$\{[\w.]+\}(:[a-z][a-z-]*)`/g),
];
const TEMPLATE_KEYS = Object.entries(TEMPLATES).flatMap(([start, ends]) =>
  ends.map((end) => (start.startsWith(':') ? end : start + end)),
);
const USED = new Set([...STATIC_KEYS, ...TEMPLATE_KEYS]);

describe('the keys that the code uses', () => {
  it('are found by the scan', () => {
    expect(STATIC_KEYS.length).toBeGreaterThan(80);
    expect(STATIC_KEYS).toContain('buy-airtime:confirm');
  });

  it('have a text in every language', () => {
    const missing = SPOKEN.flatMap((language) =>
      [...USED].filter((key) => !phrasebook.has(key, language)).map((key) => `${key} in ${language}`),
    );
    expect(missing).toEqual([]);
  });

  it('come from no template that is not expanded here', () => {
    expect(TEMPLATE_STARTS.filter((start) => TEMPLATES[start] === undefined)).toEqual([]);
    expect(Object.keys(TEMPLATES).filter((start) => !TEMPLATE_STARTS.includes(start))).toEqual([]);
  });

  it('leave no text unused', () => {
    const texts = NAMESPACES.flatMap((namespace) => Object.keys(locales.en[namespace] ?? {}).map((key) => `${namespace}:${key}`));
    const unused = texts.map((name) => name.replace(/_(one|other)$/, '')).filter((key) => !USED.has(key));
    expect(unused).toEqual([]);
  });
});

describe('loadLocales', () => {
  const planted: string[] = [];
  afterEach(() => planted.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  /** A folder with these files, and what loading it says. */
  function faultsOf(files: Readonly<Record<string, string>>): string[] {
    const folder = mkdtempSync(join(tmpdir(), 'locales-'));
    planted.push(folder);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    try {
      loadLocales(folder);
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').slice(1);
    }
  }

  it('takes languages that say the same things', () => {
    const texts = { 'en/a.json': '{"x":"{{b}} and {{a}}","n_one":"1","n_other":"{{count}}"}' };
    expect(faultsOf({ ...texts, 'sw/a.json': '{"x":"{{a}} na {{b}}","n_one":"1","n_other":"{{count}}"}' })).toEqual([]);
  });

  it('finds a key that is missing from a real file', () => {
    const copies = SPOKEN.flatMap((language) =>
      readdirSync(join(LOCALES, language)).map((name): [string, string] => [
        `${language}/${name}`,
        readFileSync(join(LOCALES, language, name), 'utf8'),
      ]),
    );
    const files: Record<string, string> = Object.fromEntries(copies);
    expect(faultsOf(files)).toEqual([]);
    const { cancel: _missing, ...others } = JSON.parse(files['sw/common.json'] ?? '') as Record<string, string>;
    expect(faultsOf({ ...files, 'sw/common.json': JSON.stringify(others) })).toEqual(['- sw/common.json: "cancel" is missing']);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a missing file', { 'en/a.json': '{"x":"x"}', 'sw/b.json': '{}' }, ['- sw/a.json: is missing', '- en/b.json: is missing']],
    ['an empty text', { 'en/a.json': '{"x":"x"}', 'sw/a.json': '{"x":" "}' }, ['- sw/a.json: "x" is empty']],
    ['no text', { 'en/a.json': '{"x":{"y":"z"}}', 'sw/a.json': '{"x":"x"}' }, ['- en/a.json: "x" is no text']],
    ['no list', { 'en/a.json': '[]', 'sw/a.json': '{}' }, ['- en/a.json: is no list of texts']],
    [
      'other parameters',
      { 'en/a.json': '{"x":"{{a}}","y":"y"}', 'sw/a.json': '{"x":"{{b}}","y":"y {{c}}"}' },
      [
        '- a.json: "x" has other parameters in en than in sw: a / b',
        '- a.json: "y" has other parameters in en than in sw: none / c',
      ],
    ],
    [
      'a damaged parameter',
      { 'en/a.json': '{"x":"{{a}","y":"$t(x)"}', 'sw/a.json': '{"x":"x","y":"y"}' },
      ['- en/a.json: "x" has a damaged parameter', '- en/a.json: "y" has a damaged parameter'],
    ],
    [
      'half a plural',
      { 'en/a.json': '{"n_one":"x"}', 'sw/a.json': '{"n_one":"x"}' },
      [
        '- en/a.json: "n_other" is missing, the other half of "n_one"',
        '- sw/a.json: "n_other" is missing, the other half of "n_one"',
      ],
    ],
    ['an absent language', { 'en/a.json': '{"x":"x"}' }, ['- sw: holds no texts', '- sw/a.json: is missing']],
  ])('refuses %s, and tells everything at once', (_name, files, faults) => {
    expect(faultsOf(files)).toEqual(faults);
  });

  it('says which file is no JSON', () => {
    expect(faultsOf({ 'en/a.json': '{"x":', 'sw/a.json': '{}' })[0]).toMatch(/^- en\/a\.json: cannot be read \(/);
  });
});
