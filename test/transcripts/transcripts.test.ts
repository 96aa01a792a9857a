/** Plays every transcript in both languages, with buttons and without; the wording as shown is kept beside it, under review. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPOKEN, type Spoken } from '../../src/conversation/reply.ts';
import { loadLocales } from '../../src/locales.ts';
import { PROJECT_FOLDER } from '../../src/reference.ts';
import { playTranscript } from './player.ts';

const HERE = import.meta.dirname;
/** Of a screen that is 360 pixels wide, at the web chat's size of text. */
const SCREEN = { columns: 38, lines: 26 };
const locales = loadLocales(join(PROJECT_FOLDER, 'locales'));

function texts(key: string, language: Spoken): string {
  const [namespace = '', name = ''] = key.split(':');
  const found: unknown = (locales[language][namespace] as Record<string, unknown> | undefined)?.[name];
  return typeof found === 'string' ? found : '';
}

/** Lines of a narrow screen. */
function height(text: string): number {
  return text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / SCREEN.columns)), 0);
}

const stories = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.txt') && !name.startsWith('wording'),
);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-transcripts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('finds the transcripts', () => expect(stories.length).toBeGreaterThanOrEqual(40));

it('keeps no wording of a transcript that is gone', () => {
  const kept = readdirSync(join(HERE, 'wording'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt'));
  const owners = kept.map((name) => name.replace(/\.(?:en|sw)(?:\.numbered)?\.txt$/, '.txt'));
  expect(owners.filter((name) => !stories.includes(name))).toEqual([]);
});

describe.each(stories)('%s', (name) => {
  const source = readFileSync(join(HERE, name), 'utf8');
  it('says what it shows', () => expect(source).toMatch(/^# .{20,}/));
  for (const language of SPOKEN) {
    for (const numbered of [false, true]) {
      const how = `${language}${numbered ? '.numbered' : ''}`;
      it(how, async () => {
        const restarts = source.includes('@ restart');
        const database = restarts ? join(folder, `${name.replaceAll('/', '-')}.${how}.db`) : ':memory:';
        const { story, said } = await playTranscript(source, { language, numbered, database, texts });
        const tall = said.filter(({ text }) => height(text) > SCREEN.lines).map(({ text }) => text);
        await expect(story).toMatchFileSnapshot(join(HERE, 'wording', name.replace(/\.txt$/, `.${how}.txt`)));
        expect(tall, 'these do not fit a narrow screen').toEqual([]);
      });
    }
  }
});
