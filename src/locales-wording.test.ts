/** Owns what every text of the bot must be, in each language: plain, short, complete, and no more than is known. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPhrasebook } from './conversation/phrasebook.ts';
import { SPOKEN, type Spoken } from './conversation/reply.ts';
import { loadLocales, parametersOf } from './locales.ts';
import { loadKnowledge } from './reference.ts';
import { understand } from './understanding/understand.ts';

const ROOT = join(import.meta.dirname, '..');
const LOCALES = join(ROOT, 'locales');
const locales = loadLocales(LOCALES);
const phrasebook = createPhrasebook(locales);

interface Text {
  readonly language: Spoken;
  /** `namespace:key`, as the code names it: without the ending of a plural. */
  readonly key: string;
  readonly text: string;
}

/** All but the web page's own words. */
const TEXTS: readonly Text[] = SPOKEN.flatMap((language) =>
  Object.entries(locales[language])
    .filter(([namespace]) => namespace !== 'web')
    .flatMap(([namespace, texts]) =>
      Object.entries(texts as Record<string, string>).map(([key, text]) => ({
        language,
        key: `${namespace}:${key.replace(/_(one|other)$/, '')}`,
        text,
      })),
    ),
);
const KEYS = [...new Set(TEXTS.map(({ key }) => key))];

function offenders(offends: (text: Text) => boolean): string[] {
  return TEXTS.filter(offends).map(({ language, key, text }) => `${language} ${key}: ${text}`);
}

/** What the code hands in, by the first rule that matches. A text that asks for more would reach a customer with a gap. */
const ORDER = 'reference amount recipient payer paymentNetwork when';
const SMS_ORDER = 'reference amount units payer paymentNetwork when';
const GIVEN: readonly (readonly [RegExp, string])[] = [
  [/^common:(menu|menu-both|privacy-notice)$/, 'business'],
  [/^common:(help|help-both|help-here|human-told)$/, 'support'],
  [/^common:(noted|slot-changed|slot-kept)$/, 'label value'],
  [/^common:keep-value$/, 'value'],
  [/^common:support$/, 'contact'],
  [/^common:plain$/, 'text'],
  [/^common:from-person$/, 'business text'],
  [/^common:amount$/, 'amount'],
  [/^common:own-number-saved$/, 'number'],
  [/^common:merged$/, 'number channel support'],
  [/^common:told-elsewhere$/, 'channel'],
  [/^(buy-airtime:option-mine|buying:option-number)$/, 'number'],
  [/^buy-airtime:option-both$/, 'amount recipient'],
  [/^buy-airtime:ask-recipient-network$/, 'recipient'],
  [/^buy-airtime:ask-recipient-moved$/, 'recipient usual'],
  [/^buy-airtime:network-not-served$/, 'network'],
  [/^buy-airtime:which-role$/, 'number'],
  [/^buying:which-of-named$/, 'name'],
  [/^buy-airtime:ask-amount$/, 'recipient min max'],
  [/^buy-airtime:(ask-amount-bare|amount-unreadable)$/, 'min max'],
  [/^buy-(airtime|sms):amount-too-(small|big)$/, 'amount min max'],
  [/^buy-airtime:ask-payment-network$/, 'payer'],
  [/^buying:unknown-person$/, 'name'],
  [/^buy-airtime:confirm$/, 'amount recipient network payer paymentNetwork'],
  [/^buying:network-mismatch$/, 'payer usual paymentNetwork'],
  [/^buying:same-again$/, 'count'],
  [/^buying:same-open$/, 'reference'],
  [/^buy-airtime:yes(-again|-retry)?$/, 'amount'],
  [/^buy-airtime:supplier-away$/, 'count'],
  [/^buying:payer-cooling-down$/, 'payer count'],
  [/^buying:day-(too-much|over)-\w+$/, 'payer recipient left'],
  [/^buy-airtime:pay-with$/, 'paymentNetwork'],
  [/^buying:placed$/, 'reference payer paymentNetwork'],
  [/^buying:payer-ringing-yours$/, 'reference payer count'],
  [/^buying:payer-ringing$/, 'payer count'],
  [/^buying:(go-ahead|go-ahead-simulated|payer-.*)$/, 'payer'],
  [/^buy-sms:option-wallet$/, 'wallet units'],
  [/^buy-sms:ask-amount$/, 'price min max'],
  [/^buy-sms:option-(kes|sms)$/, 'amount units'],
  [/^buy-sms:(units|yes|yes-retry)$/, 'units'],
  [/^buy-sms:units-too-(small|big)$/, 'amount units min max'],
  [/^buy-sms:not-even-one$/, 'amount price'],
  [/^buy-sms:amount-unreadable$/, 'min max'],
  [/^buy-sms:confirm(-wallet)?$/, 'units price amount payer paymentNetwork wallet'],
  [/^buy-sms:price(-yours|-app)?$/, 'price'],
  [/^buy-sms:left-over$/, 'left'],
  [/^buy-sms:(mpesa|wallets)-away$/, 'count'],
  [/^sms-wallet:under-way-/, 'reference units amount'],
  [/^sms-wallet:balances$/, 'wallets'],
  [/^sms-wallet:(balance-line(-none)?|asking-again|away-since)$/, 'wallet units worth when'],
  [/^sms-wallet:(balance|balance-none|price|how)$/, 'price amount units worth when'],
  [/^buy-sms:option-again$/, 'amount'],
  [/^order:(state-.*|buy-again|talk-to-us|it-arrived|money-taken|did-not-pay|history-empty)$/, ''],
  [/^order:history$/, 'orders'],
  [/^order:line$/, `${ORDER} state`],
  [/^order:goods-(airtime|sms)$/, 'amount recipient units'],
  [/^order:/, ORDER],
  [/^sms-order:line$/, `${SMS_ORDER} state`],
  [/^sms-order:delivered(-fewer)?$/, `${SMS_ORDER} balance promised`],
  [/^sms-order:/, SMS_ORDER],
  [/^operator:order-(review|alert|not-begun)$/, 'reference goods why'],
  [/^operator:(token-refused|upstream-(down|up))$/, 'upstream orders why'],
  [/^operator:why-about$/, 'what reference'],
  [/^operator:(help-wanted|alerts-held-back)$/, 'who why item'],
  [/^operator:(webhook-quarantined|message-given-up|alert)$/, 'why item'],
  [/^operator:event-set-aside$/, 'item'],
  [/^operator:event-set-aside-order$/, 'reference item'],
  [/^operator:channel-(down|up)$/, 'channel why'],
  [/^alert:(low|out)/, 'balance threshold user'],
  [/^alert:(set|instead)/, 'balance threshold before'],
  [/^alert:(line|line-other|remove)(-of)?$|^alert:removed$/, 'threshold wallet'],
  [/^alert:(which|of-wallet|list)$/, 'wallet alerts'],
  [/^alert:(days|top-up)$/, 'count amount'],
  [/^alert:(sms|sms-of|mail-of|chat-of)$/, 'business by user words'],
  [/^alert:(subject|mail-foot(-contact)?|mail-stop)$/, 'business balance contact link'],
  [/^alert:/, ''],
  [/^answers:not-sold-/, 'support'],
  [/^answers:(prompts-(stopped|allowed)|stop-number)$/, 'number'],
  [/^answers:(stop|stop-told|pin-ringing|how-to-stop|prompts-undo|stopped-purchase|sambaza|no-balance|not-offered)$/, ''],
  [/^answers:/, 'min max smsMin smsMax business support until'],
  [/^problem:(two-amounts|contact-without-number|write-instead|unsupported-.*)$/, ''],
  [/^problem:no-such-range$/, 'number'],
  [/^problem:too-(short|long)$/, 'typed digits count'],
  [/^problem:/, 'typed'],
];

function given(key: string): readonly string[] {
  const names = GIVEN.find(([pattern]) => pattern.test(key))?.[1] ?? '';
  return names.split(' ').filter((name) => name !== '');
}

/** Values about as long as they get. */
const VALUES: Readonly<Record<string, string | number>> = {
  reference: 'JZ2TFFPX44',
  price: 'KES 0.8',
  worth: 'KES 10,000',
  wallet: '0722 000 000',
  wallets: '0722 000 000: 12,500 SMS',
  amount: 'KES 10,000',
  recipient: '0722 000 000',
  units: 12_500,
  goods: '12500 SMS for KES 10,000',
  payer: '0733 000 000',
  number: '0722 000 000',
  paymentNetwork: 'Airtel Money',
  usual: 'M-Pesa',
  network: 'Safaricom',
  when: '22 Nov, 14:05',
  state: 'Waiting for payment',
  orders: '22 Nov, 14:05',
  min: 'KES 10',
  max: 'KES 10,000',
  smsMin: 'KES 10',
  smsMax: 'KES 100,000',
  left: 'KES 9,990',
  business: 'Mama Njeri Airtime',
  support: 'You can reach us at 0711 000 000',
  contact: '0711 000 000',
  who: 'Wanjiku wa Kamau, 0722 *** 000, whatsapp',
  why: 'in review, from awaiting_payment: ten minutes without a word',
  item: 'H-7K2M4Q',
  channel: 'whatsapp',
  upstream: 'The airtime supplier',
  what: 'says that money went and nothing came',
  text: 'Airtel Money',
  label: 'Amount',
  value: 'Airtel Money',
  typed: '0722 000 00',
  name: 'Wanjiku',
  balance: '12,500',
  threshold: '100,000',
  alerts: '• below 100,000',
  user: '0722 *** 000',
  by: 'Admin of the shop, Nakuru town branch 2',
  words: 'Your SMS are running low: 12,500 left (alert below 100,000).',
  until: '29 Nov',
  link: 'https://duka.example/alerts/stop/AbC-1',
  digits: 9,
  count: 3,
};

const HELP: readonly string[] = ['common:help', 'common:help-both'];

function spoken(key: string, language: Spoken, count = 3): string {
  const params = Object.fromEntries(given(key).map((name) => [name, name === 'count' ? count : (VALUES[name] ?? '')]));
  return phrasebook.say({ key, params }, language);
}

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

/** A typed label means its button in either language, so the labels of one menu differ across both. */
const MENUS: Readonly<Record<string, readonly string[]>> = {
  menu: ['common:menu-buy-airtime', 'common:menu-buy-sms', 'common:menu-history', 'common:menu-language', 'common:menu-help'],
  confirmation: ['buy-airtime:yes', 'common:change', 'buy-airtime:pay-with', 'common:cancel'],
  'confirmation of the same': ['buying:yes-again', 'common:change', 'buy-airtime:pay-with', 'common:cancel'],
  change: [
    'buy-airtime:slot-recipient',
    'buy-airtime:slot-recipient-network',
    'buying:slot-amount',
    'buying:slot-payer',
    'buying:slot-payment-network',
    'common:keep',
    'common:cancel',
  ],
  recipient: ['buy-airtime:option-mine', 'buying:option-number', 'common:share-my-number', 'common:cancel'],
  'several orders': ['buy-airtime:option-both', 'buying:option-number', 'common:cancel'],
  amount: ['common:amount', 'common:keep-value', 'common:cancel'],
  payer: ['buying:option-number', 'common:keep-value', 'common:share-my-number', 'common:cancel'],
  network: ['common:plain', 'common:cancel'],
  'what a number is for': ['buy-airtime:role-recipient', 'buy-airtime:role-payer', 'common:keep', 'common:cancel'],
  'confirmation of SMS': ['buy-sms:yes', 'buy-sms:yes-retry', 'buying:yes-again', 'common:change', 'common:cancel'],
  'change of SMS': ['buy-sms:slot-wallet', 'buying:slot-amount', 'buying:slot-payer', 'common:keep', 'common:cancel'],
  'shillings or SMS': ['buy-sms:option-kes', 'buy-sms:option-sms', 'common:keep-value', 'common:cancel'],
  'SMS wallets': ['buy-sms:option-wallet', 'common:keep-value', 'common:cancel'],
  'set aside': ['common:go-on', 'common:cancel'],
  history: [
    'buy-sms:option-again',
    'order:it-arrived',
    'order:money-taken',
    'order:did-not-pay',
    'buy-airtime:option-both',
    'common:menu-buy-airtime',
    'common:menu-buy-sms',
  ],
  'order done': ['order:buy-again', 'common:menu-history'],
  'order refused': ['order:buy-again', 'order:talk-to-us'],
  'alert of low SMS': ['alert:top-up'],
  alerts: ['alert:remove', 'alert:again', 'alert:mine'],
  'did it arrive': ['order:it-arrived', 'order:money-taken', 'order:did-not-pay'],
};
const LABELS = [...new Set(Object.values(MENUS).flat())];

describe('the labels of buttons', () => {
  it.each(LABELS)('%s: short, on one line', (key) => {
    // An amount and a number cannot be shorter; everything else fits the smallest phone.
    const longest = key === 'buy-airtime:option-both' ? 27 : 24;
    for (const language of SPOKEN) expect(spoken(key, language)).toMatch(new RegExp(`^.{1,${longest}}$`));
  });

  it.each(Object.entries(MENUS))('%s: no label means two things', (_menu, keys) => {
    const plain = (text: string): string =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
    const meant = keys.map((key) => new Set(SPOKEN.map((language) => plain(spoken(key, language)))));
    const labels = meant.flatMap((one) => [...one]);
    expect(labels.filter((label, at) => labels.indexOf(label) !== at)).toEqual([]);
  });

  it('are all known here', () => {
    const sources = readdirSync(join(ROOT, 'src/conversation'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(join(ROOT, 'src/conversation', path), 'utf8'));
    const offered = sources.flatMap((source) => [...source.matchAll(/label: \{ key: '([\w:-]+)'/g)].map(([, key = '']) => key));
    expect(offered.length).toBeGreaterThan(12);
    expect(offered.filter((key) => !LABELS.includes(key))).toEqual([]);
    expect(LABELS.filter((key) => !KEYS.includes(key))).toEqual([]);
  });
});
