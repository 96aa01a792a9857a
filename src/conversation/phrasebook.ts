/**
 * Owns the words: turns a key with parameters into text of one language. The locale files are handed in; a key that is missing
 * there throws, because a customer must never read one. Text is plain: every channel escapes at its own edge.
 */

import i18next, { type i18n } from 'i18next';
import { formatKes } from '../domain/money.ts';
import { formatMsisdn, maskMsisdn } from '../domain/msisdn.ts';
import { assertNever } from '../lib/assert.ts';
import { SPOKEN, type Param, type Phrase, type Spoken } from './reply.ts';

export interface Phrasebook {
  say(phrase: Phrase, language: Spoken): string;
  has(key: string, language: Spoken): boolean;
}

/** language -> namespace -> keys, as in locales/en/buy-airtime.json. */
export type Locales = Readonly<Record<Spoken, Readonly<Record<string, object>>>>;

const SENTENCES_IN: Readonly<Record<Spoken, string>> = { en: 'en-KE', sw: 'sw-KE' };

export function createPhrasebook(locales: Locales): Phrasebook {
  const template = templates(locales);
  const say = (phrase: Phrase, language: Spoken): string => {
    const params = phrase.params ?? {};
    const text = template(phrase.key, language, params['count']);
    if (text === null) throw new Error(`invariant broken: no text for ${phrase.key} in ${language}`);
    return text.replace(PARAMETER, (_all, name: string) => {
      const param = params[name];
      if (param === undefined) throw new Error(`invariant broken: {{${name}}} has no value in ${phrase.key}`);
      return show(param, language);
    });
  };
  const show = (param: Param, language: Spoken): string => {
    if (typeof param === 'string' || typeof param === 'number') return String(param);
    if ('kes' in param) return `KES ${formatKes(param.kes)}`;
    if ('msisdn' in param) return formatMsisdn(param.msisdn);
    if ('masked' in param) return maskMsisdn(param.masked);
    if ('time' in param) return nairobiTime(param.time, language);
    if ('key' in param) return say(param, language);
    if ('lines' in param) return param.lines.map((line) => say(line, language)).join('\n');
    return assertNever(param);
  };
  return { say, has: (key, language) => template(key, language, 1) !== null };
}

const PARAMETER = /\{\{(\w+)\}\}/g;

/**
 * i18next finds the text and its plural form; each is asked for once and kept. The parameters are put in here, because i18next would
 * read the whole options anew for every button of every message. Null: there is no such text.
 */
function templates(locales: Locales): (key: string, language: Spoken, count: Param | undefined) => string | null {
  const instance: i18n = i18next.createInstance();
  // Loaded at once, so that nothing is awaited while a message is put into words.
  void instance.init({ lng: 'en', fallbackLng: false, resources: locales, ns: Object.keys(locales.en), initAsync: false });
  const found = new Map<string, string | null>();
  const plurals = Object.fromEntries(SPOKEN.map((language) => [language, new Intl.PluralRules(language)]));
  return (key, language, count) => {
    const form = typeof count === 'number' ? (plurals[language]?.select(count) ?? '') : '';
    const id = `${language} ${form} ${key}`;
    let text = found.get(id);
    if (text === undefined) {
      const options = { lng: language, skipInterpolation: true, ...(typeof count === 'number' ? { count } : {}) };
      text = instance.exists(key, { lng: language, ...(typeof count === 'number' ? { count } : {}) })
        ? instance.t(key, options)
        : null;
      found.set(id, text);
    }
    return text;
  };
}

const CLOCKS = new Map<Spoken, Intl.DateTimeFormat>();

/** "22 Nov, 14:05", Africa/Nairobi, 24 hours. */
function nairobiTime(instant: number, language: Spoken): string {
  let format = CLOCKS.get(language);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(SENTENCES_IN[language], {
      timeZone: 'Africa/Nairobi',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    CLOCKS.set(language, format);
  }
  return format.format(instant);
}
