/** Reads cases.txt, the table of what people write, and checks every line of it against the real lexicon and number ranges. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseMsisdn } from '../domain/msisdn.ts';
import { knowledge } from '../../test/properties/understanding-knowledge.ts';
import { printedUnderstanding, understand } from './understand.ts';
import type { SlotName, Understood } from './understood.ts';

interface Case {
  readonly group: string;
  readonly line: string;
  readonly asking: SlotName | null;
  readonly named: readonly string[];
  readonly text: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly more: Readonly<Record<string, unknown>>;
}

const LANGUAGES = ['en', 'sw', 'sheng', 'mix'];

function numberOrSelf(value: string): string {
  if (value === 'self') return value;
  const parsed = parseMsisdn(value);
  if (!parsed.ok) throw new Error(`cases.txt: ${value} is no number`);
  return parsed.value;
}

const VALUES: Readonly<Record<string, (value: string) => unknown>> = {
  amount: Number,
  threshold: Number,
  recipient: numberOrSelf,
  payer: numberOrSelf,
  client: (value) => value.replaceAll('_', ' ').replace('client 01', 'client_01'),
  paymentNetwork: (value) => value.replaceAll('_', ' '),
  recipients: (value) => value.split(',').map(numberOrSelf),
  orders: (value) =>
    value.split(',').map((pair) => {
      const [recipient = '', amount = ''] = pair.split(':');
      return {
        recipient: recipient === '?' ? null : numberOrSelf(recipient),
        amount: Number(amount),
        payer: null,
        paymentNetwork: null,
      };
    }),
};

function parseCases(file: string): Case[] {
  let group = '';
  return file.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) group = line.slice(3);
    const at = line.lastIndexOf(' => ');
    if ((line.startsWith('#') && !line.startsWith('#2')) || at === -1) return [];
    const asked = /^\[(named )?([\w-]+)\] /.exec(line);
    const [, isName, mark = null] = asked ?? [];
    const text = line.slice(asked?.[0].length ?? 0, at).replaceAll('\\n', '\n');
    const [intent = '', ...words] = line.slice(at + 4).split(' ');
    const expected: Record<string, unknown> = { intent, ...EMPTY };
    const more: Record<string, unknown> = {};
    for (const word of words) {
      const [key = '', value = ''] = word.split('=');
      if (LANGUAGES.includes(key)) expected['language'] = key;
      else if (key in VALUES) expected[key] = VALUES[key]?.(value);
      else more[key] = value;
    }
    const asking = isName === undefined ? (mark as SlotName | null) : null;
    return [{ group, line, asking, named: isName === undefined || mark === null ? [] : [mark], text, expected, more }];
  });
}

const EMPTY = { recipient: null, amount: null, paymentNetwork: null, payer: null, client: null, threshold: null };

function walletOf({ wallet }: Understood): string {
  if (wallet === null) return 'null';
  return wallet.kind === 'named' ? wallet.name : wallet.kind;
}

function removesOf({ alert }: Understood): string {
  const removes = alert?.removes ?? null;
  return removes === null ? 'no' : removes.all ? 'all' : String(removes.below ?? 'one');
}

function moreOf(understood: Understood, keys: readonly string[]): Record<string, unknown> {
  const all: Record<string, unknown> = {
    answer: understood.answer,
    command: String(understood.command),
    wants: understood.wantsLanguage,
    change: String(understood.change),
    question: understood.question,
    menu: String(understood.menuNumber),
    notSold: understood.notSold,
    problem: understood.problems.map(({ kind }) => kind).join(),
    person: understood.person,
    complaint: understood.complaint ? 'yes' : 'no',
    again: understood.again ? 'yes' : 'no',
    trouble: understood.trouble,
    corrects: understood.corrects ? 'yes' : 'no',
    one: understood.thatOne ? 'yes' : 'no',
    tries: understood.triesAgain ? 'yes' : 'no',
    units: String(understood.smsUnits),
    money: understood.inMoney ? 'yes' : 'no',
    thing: String(understood.thing),
    unit: String(understood.unit),
    priced: understood.priced === null ? 'null' : `${understood.priced.count}_${understood.priced.unit}`,
    both: understood.wantsBoth ? 'yes' : 'no',
    wallet: walletOf(understood),
    removes: removesOf(understood),
    way: String(understood.alert?.way ?? null),
  };
  return Object.fromEntries(keys.map((key) => [key, all[key]]));
}

const cases = parseCases(readFileSync(new URL('cases.txt', import.meta.url), 'utf8'));

test('the table is read', () => {
  expect(cases.length).toBeGreaterThan(400);
});

test('a number of SMS is printed where one is meant', () => {
  expect(printedUnderstanding(understand('buy 100 sms', knowledge))).toMatchObject({ intent: 'buy_sms', smsUnits: 100 });
  expect(printedUnderstanding(understand('buy 100', knowledge))).not.toHaveProperty('smsUnits');
});

for (const group of new Set(cases.map((one) => one.group))) {
  describe(group, () => {
    for (const { line, asking, named, text, expected, more } of cases.filter((one) => one.group === group)) {
      test(line, () => {
        const understood = understand(text, knowledge, asking, named);
        const printed = printedUnderstanding(understood) as Record<string, unknown>;
        // A number of SMS is in the table as `units`.
        const { language, smsUnits: _units, ...slots } = printed;
        expect({ ...slots, ...('language' in expected ? { language } : {}), ...moreOf(understood, Object.keys(more)) }).toEqual({
          ...expected,
          ...more,
        });
        if (!('answer' in more)) expect(understood.answer, 'no answer was given').toBeNull();
        if (!('problem' in more)) expect(understood.problems, 'no problem was told').toEqual([]);
      });
    }
  });
}

/** What a keyboard or good manners do to a message must not change what is understood of it. */
const WRITTEN: [string, (text: string) => string][] = [
  ['in capitals', (text) => text.toUpperCase()],
  ['In Title Case', (text) => text.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())],
  ['with marks at its end', (text) => (/[\p{L}]$/u.test(text) ? `${text}!!` : text)],
  ['with wide spaces', (text) => text.replace(/ /g, '  ')],
  ['with spaces that do not break', (text) => text.replace(/ /g, '\u00a0')],
  ['in full-width digits', (text) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))],
  ['with something invisible inside', (text) => text.replace(/([a-z])([a-z])/, '$1\u200b$2')],
  ['with a smile', (text) => `${text} 😊`],
  ['with please', (text) => `${text} please`],
  ['with thanks', (text) => `${text} thanks`],
];

describe('every message of the table', () => {
  const withoutClient = cases.filter(
    ({ expected, asking, named }) => expected['client'] === null && asking === null && named.length === 0,
  );
  test.each(WRITTEN)('means the same %s', (_, written) => {
    for (const { text } of withoutClient) {
      const { language: _spoken, ...plain } = printedUnderstanding(understand(text, knowledge)) as Record<string, unknown>;
      expect(printedUnderstanding(understand(written(text), knowledge)), written(text)).toMatchObject(plain);
    }
  });
});
