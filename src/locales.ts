/**
 * Owns the reading of locales/<language>/<namespace>.json. Refuses a set of languages that do not say the same things: a text that
 * is missing, empty, or asks for other parameters in one language stops the program at its start, not a customer's message.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locales } from './conversation/phrasebook.ts';
import { SPOKEN, type Spoken } from './conversation/reply.ts';

/** Key -> text; a plural is two keys, `_one` and `_other`. */
type Texts = Readonly<Record<string, string>>;

const PLURALS = ['_one', '_other'] as const;
const PARAMETER = /\{\{([A-Za-z]+)\}\}/g;

/**
 * Reads every namespace of every language. Throws one error that lists all faults, a line each: files that cannot be read, and keys
 * that are missing, empty, no text, half a plural, or whose {{parameters}} are damaged or differ between the languages.
 */
export function loadLocales(folder: string): Locales {
  const faults: string[] = [];
  const read = (language: Spoken): Readonly<Record<string, Texts>> => readLanguage(folder, language, faults);
  const locales = { en: read('en'), sw: read('sw') } satisfies Locales;
  const namespaces = new Set(SPOKEN.flatMap((language) => Object.keys(locales[language])));
  for (const namespace of [...namespaces].sort()) faults.push(...compare(locales, namespace));
  if (faults.length > 0)
    throw new Error(`the texts in ${folder} cannot be used:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  return locales;
}

/** The names of the parameters that a text asks for, each once, sorted. */
export function parametersOf(text: string): string[] {
  return [...new Set([...text.matchAll(PARAMETER)].map(([, name = '']) => name))].sort();
}

function readLanguage(folder: string, language: Spoken, faults: string[]): Record<string, Texts> {
  const files = namesIn(join(folder, language)).filter((name) => name.endsWith('.json'));
  if (files.length === 0) faults.push(`${language}: holds no texts`);
  return Object.fromEntries(
    files.map((name): [string, Texts] => {
      const { texts, faults: found } = readTexts(join(folder, language, name));
      faults.push(...found.map((fault) => `${language}/${name}: ${fault}`));
      return [name.slice(0, -'.json'.length), texts];
    }),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readTexts(path: string): { readonly texts: Texts; readonly faults: readonly string[] } {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { texts: {}, faults: [`cannot be read (${error instanceof Error ? error.message : String(error)})`] };
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return { texts: {}, faults: ['is no list of texts'] };
  const faults: string[] = [];
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(content)) {
    // Kept even when it is faulty, so that one fault is not told a second time as a missing key.
    texts[key] = typeof text === 'string' ? text : '';
    const fault = faultOf(text);
    if (fault !== null) faults.push(`"${key}" ${fault}`);
  }
  return { texts, faults };
}

/** What makes a text unusable in itself, or null. */
function faultOf(text: unknown): string | null {
  if (typeof text !== 'string') return 'is no text';
  if (text.trim() === '') return 'is empty';
  if (text.replace(PARAMETER, '').match(/\{\{|\}\}|\$t\(/) !== null) return 'has a damaged parameter';
  return null;
}

function compare(locales: Readonly<Record<Spoken, Readonly<Record<string, Texts>>>>, namespace: string): string[] {
  const faults: string[] = [];
  const keys = new Set(SPOKEN.flatMap((language) => Object.keys(locales[language][namespace] ?? {})));
  for (const language of SPOKEN) {
    const texts = locales[language][namespace];
    const name = `${language}/${namespace}.json`;
    if (texts === undefined) {
      faults.push(`${name}: is missing`);
      continue;
    }
    for (const key of keys) {
      if (texts[key] === undefined) faults.push(`${name}: "${key}" is missing`);
      const half = missingPlural(key, keys);
      if (half !== null && texts[key] !== undefined) faults.push(`${name}: "${half}" is missing, the other half of "${key}"`);
    }
  }
  for (const key of keys) {
    const asked = SPOKEN.map((language) => locales[language][namespace]?.[key]);
    const parameters = asked
      .filter((text) => text !== undefined && text !== '')
      .map((text) => parametersOf(text ?? '').join(', '));
    if (new Set(parameters).size > 1) {
      const each = parameters.map((names) => (names === '' ? 'none' : names)).join(' / ');
      faults.push(`${namespace}.json: "${key}" has other parameters in ${SPOKEN.join(' than in ')}: ${each}`);
    }
  }
  return faults;
}

/** The other half of a plural, if no language has it; null: none is missing, or the key is no plural. */
function missingPlural(key: string, keys: ReadonlySet<string>): string | null {
  const ending = PLURALS.find((one) => key.endsWith(one));
  if (ending === undefined) return null;
  const stem = key.slice(0, -ending.length);
  return PLURALS.map((one) => `${stem}${one}`).find((one) => !keys.has(one)) ?? null;
}
