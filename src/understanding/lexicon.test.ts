/** What the lexicon takes, and what it says of a file that a person got wrong. */

import { describe, expect, test } from 'vitest';
import { knowledge, lexiconFiles } from '../../test/properties/understanding-knowledge.ts';
import { parseLexicon } from './lexicon.ts';
import { TAGS } from './tags.ts';
import { understand } from './understand.ts';

describe('a bad file is refused with its name and the entry', () => {
  const bad: [string, unknown, string][] = [
    ['no object', [], 'lexicon x.json: must be an object'],
    ['null', null, 'lexicon x.json: must be an object'],
    ['no language', { phrases: {} }, 'lexicon x.json: language must be a text'],
    ['unknown language', { language: 'fr' }, 'language must be one of en, sw, sheng, neutral'],
    ['unknown meaning', { language: 'en', phrases: { bye: ['x'] } }, 'phrases.bye is not a meaning'],
    ['no list', { language: 'en', phrases: { buy: 'x' } }, 'lexicon x.json, phrases: buy must be a list'],
    ['no text', { language: 'en', phrases: { buy: ['x', 5] } }, 'buy holds 5, which is no text'],
    ['an empty text', { language: 'en', phrases: { buy: [' '] } }, 'buy holds " ", which is no text'],
    ['unknown network', { language: 'en', networks: { Visa: ['visa'] } }, 'networks.Visa must be one of M-Pesa'],
    ['unknown money', { language: 'en', money: { gold: ['gold'] } }, 'money.gold must be one of shilling'],
    ['a number that is none', { language: 'en', numbers: { units: { one: '1' } } }, 'units.one must be a whole number'],
    ['a verb without a root', { language: 'sw', verbs: [{ means: 'buy' }] }, 'lexicon x.json, verbs[0]: root must be a text'],
    ['a verb of unknown meaning', { language: 'sw', verbs: [{ means: 'fly', root: 'ruk' }] }, 'not fly'],
    ['nothing at all', { language: 'en' }, 'the lexicon is empty'],
  ];
  test.each(bad)('%s', (_, content, message) => {
    expect(() => parseLexicon({ 'x.json': content })).toThrow(message);
  });

  test('no files', () => {
    expect(() => parseLexicon({})).toThrow('the lexicon is empty');
  });
});

test('every meaning that the rules know is in the files, but for those that the code makes', () => {
  const made = ['network', 'brand', 'shilling', 'foreign_money', 'cents', 'other_person', 'name', 'wallet_name'];
  const listed = Object.values(lexiconFiles()).flatMap((file) => Object.keys((file as { phrases: object }).phrases));
  expect(TAGS.filter((tag) => !listed.includes(tag) && !made.includes(tag))).toEqual([]);
});

test('no list holds an entry twice', () => {
  for (const [name, file] of Object.entries(lexiconFiles())) {
    for (const [tag, entries] of Object.entries((file as { phrases: Record<string, string[]> }).phrases)) {
      const twice = entries.filter((entry, at) => entries.indexOf(entry) !== at);
      expect(twice, `${name} ${tag}`).toEqual([]);
    }
  }
});

test('a word that a speaker adds is understood', () => {
  const files = lexiconFiles();
  const sheng = files['sheng.json'] as { phrases: { buy_me: string[] } };
  const taught = { ...sheng, phrases: { ...sheng.phrases, buy_me: [...sheng.phrases.buy_me, 'nibambie'] } };
  const lexicon = parseLexicon({ ...files, 'sheng.json': taught });
  const message = 'nibambie 100';
  expect(understand(message, knowledge)).toMatchObject({ intent: 'other', recipient: null });
  expect(understand(message, { ...knowledge, lexicon })).toMatchObject({
    intent: 'buy_airtime',
    recipient: 'self',
    amount: 100,
    language: 'sheng',
  });
});

describe('Swahili verbs are read by their parts', () => {
  const forms: [string, string[] | null][] = [
    ['nunua', ['buy']],
    ['kununua', ['buy']],
    ['uninunulie', ['buy', 'self']],
    ['utanitumia', ['send', 'self']],
    ['nitatuma', ['send']],
    ['umtumie', ['send', 'other_person']],
    ['umenitumia', ['past_you']],
    ['mlinitumia', ['past_you']],
    ['nimenunua', ['past_me']],
    ['amenitumia', ['arrived']],
    ['hujanitumia', ['not_arrived']],
    ['usitume', ['dont']],
    ['usinitumie', ['dont']],
    ['usighairi', ['dont_cancel']],
    ['nitalipa', ['pay', 'payer_self']],
    ['atalipa', ['pays']],
    ['tumbo', null],
    ['nani', null],
  ];
  test.each(forms)('%s', (form, tags) => {
    expect(knowledge.lexicon.verbTags(form)).toEqual(tags);
  });
});
