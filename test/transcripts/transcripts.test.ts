/** Plays every transcript in both languages, with buttons and without; the wording as shown is kept beside it, under review. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPOKEN, type Spoken } from '../../src/conversation/reply.ts';
import { loadLocales } from '../../src/locales.ts';
import { PROJECT_FOLDER } from '../../src/reference.ts';
import { playTranscript } from './transcript.ts';

const HERE = import.meta.dirname;
const locales = loadLocales(join(PROJECT_FOLDER, 'locales'));

function texts(key: string, language: Spoken): string {
  const [namespace = '', name = ''] = key.split(':');
  const found: unknown = (locales[language][namespace] as Record<string, unknown> | undefined)?.[name];
  return typeof found === 'string' ? found : '';
}

const stories = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.txt') && !name.startsWith('wording'),
);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-transcripts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('finds the transcripts', () => expect(stories.length).toBeGreaterThan(0));

describe.each(stories)('%s', (name) => {
  const source = readFileSync(join(HERE, name), 'utf8');
  for (const language of SPOKEN) {
    for (const numbered of [false, true]) {
      const how = `${language}${numbered ? '.numbered' : ''}`;
      it(how, async () => {
        const restarts = source.includes('@ restart');
        const database = restarts ? join(folder, `${name.replaceAll('/', '-')}.${how}.db`) : ':memory:';
        const shown = await playTranscript(source, { language, numbered, database, texts });
        await expect(shown).toMatchFileSnapshot(join(HERE, 'wording', name.replace(/\.txt$/, `.${how}.txt`)));
      });
    }
  }
});
