/** Owns the page's own words (not the bot's) and which language a browser asks for. */

import { readFileSync } from 'node:fs';
import { cookie } from './visitor.ts';

export const PAGE_LANGUAGES = ['en', 'sw'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];
export type PageText = Readonly<Record<string, string>>;

export const LANGUAGE_COOKIE = 'jaza_lang';

/** The words of locales/<language>/web.json with the business's name in them. */
export function loadPageText(language: PageLanguage, business: string): PageText {
  const file = new URL(`../../../locales/${language}/web.json`, import.meta.url);
  const words = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [key, text.replaceAll('{{business}}', () => business)]));
}

/** What the person chose on the page, else what the browser prefers, else English. */
export function pageLanguage(request: Request): PageLanguage {
  const chosen = asPageLanguage(cookie(request, LANGUAGE_COOKIE));
  return chosen ?? asPageLanguage(preferredLanguage(request)) ?? 'en';
}

export function asPageLanguage(tag: string | null): PageLanguage | null {
  const language = tag?.split('-')[0]?.toLowerCase();
  return PAGE_LANGUAGES.find((known) => known === language) ?? null;
}

/** The best tag of Accept-Language that we speak, else the best one at all (BCP 47), else null. */
export function preferredLanguage(request: Request): string | null {
  const tags = (request.headers.get('accept-language') ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/);
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ tag, quality }) => quality > 0 && /^[a-z]{2,8}(-[a-z0-9]{1,8}){0,4}$/i.test(tag))
    .sort((a, b) => b.quality - a.quality);
  return (tags.find(({ tag }) => asPageLanguage(tag) !== null) ?? tags[0])?.tag ?? null;
}
