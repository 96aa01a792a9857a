/** The page's words: both languages say everything, and the browser's wish is understood. */

import { describe, expect, test } from 'vitest';
import { loadPageText, pageLanguage, preferredLanguage } from './page-text.ts';

const asking = (headers: Record<string, string>): Request => new Request('http://localhost/', { headers });

test('English and Swahili have the same keys, all filled, with nothing left to fill in', () => {
  const [en, sw] = [loadPageText('en', 'Mama $& Jaza'), loadPageText('sw', 'Mama $& Jaza')];
  expect(Object.keys(sw)).toEqual(Object.keys(en));
  for (const text of [...Object.values(en), ...Object.values(sw)]) {
    expect(text.trim()).not.toBe('');
    expect(text).not.toContain('{{');
  }
  expect(en['typing']).toBe('Mama $& Jaza is writing');
});

describe('the language that a browser asks for', () => {
  const cases: [header: string | null, tag: string | null, page: 'en' | 'sw'][] = [
    [null, null, 'en'],
    ['', null, 'en'],
    ['sw', 'sw', 'sw'],
    ['sw-KE,en;q=0.8', 'sw-KE', 'sw'],
    ['en-GB,en;q=0.9,sw;q=0.8', 'en-GB', 'en'],
    ['de,sw;q=0.2', 'sw', 'sw'],
    ['de-CH,fr;q=0.5', 'de-CH', 'en'],
    ['en;q=0,sw;q=0.1', 'sw', 'sw'],
    ['SW', 'SW', 'sw'],
    ['*', null, 'en'],
    ['en;q=abc, sw', 'sw', 'sw'],
    ['<script>,../../etc', null, 'en'],
    [`${'x'.repeat(5000)},sw`, null, 'en'],
  ];
  for (const [header, tag, page] of cases) {
    test(`${String(header).slice(0, 30)}: ${tag}, the page in ${page}`, () => {
      const request = asking(header === null ? {} : { 'accept-language': header });
      expect([preferredLanguage(request), pageLanguage(request)]).toEqual([tag, page]);
    });
  }

  test('the toggle wins, unless it is nonsense', () => {
    expect(pageLanguage(asking({ 'accept-language': 'en', cookie: 'jaza_lang=sw' }))).toBe('sw');
    expect(pageLanguage(asking({ 'accept-language': 'sw', cookie: 'jaza_lang=xx' }))).toBe('sw');
  });
});
