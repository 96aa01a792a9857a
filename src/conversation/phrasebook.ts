/**
 * Owns the words: turns a key with parameters into text of one language. The locale files are handed in; a key that is missing
 * there throws, because a customer must never read one. Text is plain: every channel escapes at its own edge.
 */

import i18next, { type i18n } from 'i18next';
import { formatKes } from '../domain/money.ts';
import { formatMsisdn, maskMsisdn } from '../domain/msisdn.ts';
import { assertNever } from '../lib/assert.ts';
import { SPOKEN, type Param, type Params, type Phrase, type Spoken } from './reply.ts';

export interface Phrasebook {
  say(phrase: Phrase, language: Spoken): string;
  has(key: string, language: Spoken): boolean;
}

/** language -> namespace -> keys, as in locales/en/buy-airtime.json. */
export type Locales = Readonly<Record<Spoken, Readonly<Record<string, object>>>>;

const SENTENCES_IN: Readonly<Record<Spoken, string>> = { en: 'en-KE', sw: 'sw-KE' };

export function createPhrasebook(locales: Locales): Phrasebook {
  const instance: i18n = i18next.createInstance();
  // Loaded at once, so that nothing is awaited while a message is put into words.
  void instance.init({
    lng: 'en',
    fallbackLng: false,
    resources: locales,
    ns: Object.keys(locales.en),
    interpolation: { escapeValue: false },
    initAsync: false,
    missingInterpolationHandler: (text: string, match: RegExpExecArray) => {
      throw new Error(`invariant broken: ${match[0]} has no value in "${text.slice(0, 60)}"`);
    },
  });
  const fixed = Object.fromEntries(SPOKEN.map((language) => [language, instance.getFixedT(language)]));
  const say = (phrase: Phrase, language: Spoken): string => {
    const translate = fixed[language];
    if (translate === undefined || !instance.exists(phrase.key, { lng: language, count: 1 })) {
      throw new Error(`invariant broken: no text for ${phrase.key} in ${language}`);
    }
    return String(translate(phrase.key, shown(phrase.params ?? {}, language)));
  };
  const shown = (params: Params, language: Spoken): Record<string, string | number> =>
    Object.fromEntries(Object.entries(params).map(([name, param]) => [name, show(param, language)]));
  const show = (param: Param, language: Spoken): string | number => {
    if (typeof param === 'string' || typeof param === 'number') return param;
    if ('kes' in param) return `KES ${formatKes(param.kes)}`;
    if ('msisdn' in param) return formatMsisdn(param.msisdn);
    if ('masked' in param) return maskMsisdn(param.masked);
    if ('time' in param) return nairobiTime(param.time, language);
    if ('key' in param) return say(param, language);
    if ('lines' in param) return param.lines.map((line) => say(line, language)).join('\n');
    return assertNever(param);
  };
  return { say, has: (key, language) => instance.exists(key, { lng: language, count: 1 }) };
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
