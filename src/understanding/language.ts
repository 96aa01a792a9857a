/**
 * Owns which language a message is in, by its words: Sheng when a word of Sheng stands in it, a mixture when English and Swahili
 * both carry it, English when nothing tells. Loan words and brands ("airtime", "sms", "M-Pesa") decide nothing.
 */

import type { Client } from './client.ts';
import { has } from './items.ts';
import type { Lexicon, Source } from './lexicon.ts';
import type { Scene } from './scene.ts';
import type { Language } from './understood.ts';

/** Verb forms that no list holds: subject, tense, stem. */
const LOOKS_SWAHILI =
  /^(?:(?:ni|u|a|tu|m|wa|i|zi|li|ki|ku|hai|ha|si|hu)(?:na|me|li|ta|ka|ki|ja|nge)[a-z]{2,}[aeiu]|(?:ni|u|tu|m|wa)(?:ki|po)[a-z]{3,}[aeiu]|na[a-z]{3,}a)$/;

export interface LanguageHints {
  /** A name, which may be made of words of any language. */
  readonly client: Client | null;
  /** The amount was said in a word of Sheng that is an ordinary word elsewhere. */
  readonly saidSlang: boolean;
}

export function languageOf(scene: Scene, lexicon: Lexicon, { client, saidSlang }: LanguageHints): Language {
  let english = 0;
  let swahili = 0;
  let sheng = 0;
  let named: Source | null = null;
  let called = false;
  for (const { key, start } of scene.words) {
    if (client !== null && start >= client.start && start < client.end) continue;
    const source = sourceOf(key, lexicon);
    if (isLanguageName(scene, start)) named = source;
    else if (isBotName(scene, start)) called = true;
    else if (source === 'en') english += 1;
    else if (source === 'sw') swahili += 1;
    else if (source === 'sheng') sheng += 1;
  }
  if (sheng > 0 || saidSlang) return 'sheng';
  // "hello jaza" greets the bot; "jaza 100" is Swahili.
  if (called && english === 0 && !scene.tags.has('greeting')) swahili += 1;
  if (english > 0 && swahili > 0) return 'mix';
  return swahili > 0 || (english === 0 && named === 'sw') ? 'sw' : 'en';
}

/** "speak kiswahili" is an English message about Swahili; the name alone speaks for itself. */
function isLanguageName({ items }: Scene, start: number): boolean {
  return items.some((item) => item.start <= start && start < item.end && has(item, 'english', 'swahili'));
}

function isBotName({ items }: Scene, start: number): boolean {
  return items.some((item) => item.start === start && has(item, 'bot_name'));
}

function sourceOf(word: string, lexicon: Lexicon): Source | null {
  const { sources, weight } = lexicon.sources.get(word) ?? {};
  if (sources === undefined) return lexicon.verbTags(word) !== null || LOOKS_SWAHILI.test(word) ? 'sw' : null;
  // A word that Sheng knows only as part of a phrase ("form") is an ordinary word elsewhere.
  if (sources.includes('neutral') || (weight === 0 && sources.includes('sheng'))) return null;
  return sources.length === 1 ? (sources[0] ?? null) : null;
}

/** "English please", "badilisha lugha iwe kiswahili", "I don't understand English" (which wants the other). */
export function wantedLanguage(scene: Scene): 'en' | 'sw' | null {
  const { tags, items } = scene;
  const named = items.flatMap((item) =>
    item.kind !== 'word'
      ? []
      : item.tags.includes('english')
        ? (['en'] as const)
        : item.tags.includes('swahili')
          ? (['sw'] as const)
          : [],
  );
  const last = named.at(-1);
  if (last === undefined || items.some(({ kind }) => kind === 'phone' || kind === 'amount')) return null;
  const lost = tags.has('help') || tags.has('not');
  if (lost && named.length === 1) return last === 'en' ? 'sw' : 'en';
  const wished =
    tags.has('language_word') ||
    tags.has('speak') ||
    tags.has('change') ||
    tags.has('want') ||
    tags.has('use') ||
    tags.has('question');
  const words = items.filter(({ kind }) => kind === 'word').length;
  return wished || words <= 4 ? last : null;
}
