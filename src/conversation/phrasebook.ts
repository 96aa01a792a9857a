/**
 * Owns the words: turns a key with parameters into text of one language. The locale files are handed in; a key that is missing
 * there throws, because a customer must never read one. Text is plain: every channel escapes at its own edge.
 */

import i18next, { type i18n } from 'i18next';
import { formatGrouped, formatKes } from '../domain/money.ts';
import { formatMsisdn, maskMsisdn } from '../domain/msisdn.ts';
import { formatMilliKes } from '../domain/tariff.ts';
import { assertNever } from '../lib/assert.ts';
import type { Param, Phrase, Spoken } from './reply.ts';

export interface Phrasebook {
  say(phrase: Phrase, language: Spoken): string;
  has(key: string, language: Spoken): boolean;
}

/** language -> namespace -> keys, as in locales/en/buy-airtime.json. */
export type Locales = Readonly<Record<Spoken, Readonly<Record<string, object>>>>;

const SENTENCES_IN: Readonly<Record<Spoken, string>> = { en: 'en-KE', sw: 'sw-KE' };

export function createPhrasebook(locales: Locales): Phrasebook {
  const templateOf = templates(locales);
  const say = ({ key, params }: Phrase, language: Spoken): string => {
    const template = templateOf(key, language, params?.['count']);
    if (template === null) throw new Error(`invariant broken: no text for ${key} in ${language}`);
    let text = template.start;
    for (const { name, after } of template.rest) {
      const param = params?.[name];
      if (param === undefined) throw new Error(`invariant broken: {{${name}}} has no value in ${key}`);
      text += show(param, language) + after;
    }
    return text;
  };
  const show = (param: Param, language: Spoken): string => {
    if (typeof param === 'string' || typeof param === 'number') return String(param);
    if ('kes' in param) return `KES ${formatKes(param.kes)}`;
    if ('milliKes' in param)
      return `KES ${formatMilliKes(param.milliKes).replace(/^\d+/, (whole) => formatGrouped(Number(whole)))}`;
    if ('grouped' in param) return formatGrouped(param.grouped);
    if ('msisdn' in param) return formatMsisdn(param.msisdn);
    if ('masked' in param) return maskMsisdn(param.masked);
    if ('time' in param) return nairobiTime(param.time, language);
    if ('day' in param) return nairobiDay(param.day, language);
    if ('key' in param) return say(param, language);
    if ('lines' in param) return param.lines.map((line) => say(line, language)).join('\n');
    return assertNever(param);
  };
  return { say, has: (key, language) => templateOf(key, language, 1) !== null };
}

/** A text cut at its parameters. */
interface Template {
  readonly start: string;
  readonly rest: readonly { readonly name: string; readonly after: string }[];
}

/**
 * i18next finds the text and its plural form; each is asked for once, cut at its {{parameters}} and kept. They are put in here, because
 * i18next would read the whole options anew for every button of every message. Null: there is no such text.
 */
function templates(locales: Locales): (key: string, language: Spoken, count: Param | undefined) => Template | null {
  const instance: i18n = i18next.createInstance();
  // Loaded at once, so that nothing is awaited while a message is put into words.
  void instance.init({ lng: 'en', fallbackLng: false, resources: locales, ns: Object.keys(locales.en), initAsync: false });
  const inLanguage = (language: Spoken) => {
    const found = new Map<string, Template | null>();
    const plurals = new Intl.PluralRules(language);
    return (key: string, count: Param | undefined): Template | null => {
      const counted = typeof count === 'number';
      const id = counted ? `${key} ${plurals.select(count)}` : key;
      let template = found.get(id);
      if (template === undefined) {
        const options = { lng: language, ...(counted ? { count } : {}) };
        template = instance.exists(key, options) ? cut(instance.t(key, { ...options, skipInterpolation: true })) : null;
        found.set(id, template);
      }
      return template;
    };
  };
  const books = { en: inLanguage('en'), sw: inLanguage('sw') } satisfies Record<Spoken, unknown>;
  return (key, language, count) => books[language](key, count);
}

const PARAMETER = /\{\{(\w+)\}\}/;

function cut(text: string): Template {
  const [start = '', ...pairs] = text.split(PARAMETER);
  const rest = pairs.flatMap((name, at) => (at % 2 === 0 ? [{ name, after: pairs[at + 1] ?? '' }] : []));
  return { start, rest };
}

const DAY: Intl.DateTimeFormatOptions = { timeZone: 'Africa/Nairobi', day: 'numeric', month: 'short' };
const TIME: Intl.DateTimeFormatOptions = { ...DAY, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** "22 Nov, 14:05", Africa/Nairobi, 24 hours. */
const nairobiTime = writerOf(TIME);
/** "22 Nov". */
const nairobiDay = writerOf(DAY);

/** A format is made at its first use and kept: making one costs more than using it a thousand times. */
function writerOf(options: Intl.DateTimeFormatOptions): (instant: number, language: Spoken) => string {
  const formats = new Map<Spoken, Intl.DateTimeFormat>();
  return (instant, language) => {
    let format = formats.get(language);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(SENTENCES_IN[language], options);
      formats.set(language, format);
    }
    return format.format(instant);
  };
}
