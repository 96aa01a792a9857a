/** Owns the reading of the files that come with the program: words, number ranges, locales, version. Read once, at start. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPhrasebook, type Phrasebook } from './conversation/phrasebook.ts';
import { parseNumberRanges } from './domain/networks.ts';
import { loadLocales } from './locales.ts';
import { parseLexicon, type Knowledge } from './understanding/understand.ts';

/** The same from src/ and from dist/. */
export const PROJECT_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..');

export interface Reference {
  readonly knowledge: Knowledge;
  readonly phrasebook: Phrasebook;
}

export function loadReference(): Reference {
  return { knowledge: loadKnowledge(), phrasebook: createPhrasebook(loadLocales(join(PROJECT_FOLDER, 'locales'))) };
}

export function loadKnowledge(): Knowledge {
  const folder = join(PROJECT_FOLDER, 'data');
  const ranges = parseNumberRanges(readFileSync(join(folder, 'number-ranges-254.csv'), 'utf8'));
  const words = readdirSync(join(folder, 'lexicon')).filter((name) => name.endsWith('.json'));
  const files = words.map((name): [string, unknown] => [name, JSON.parse(readFileSync(join(folder, 'lexicon', name), 'utf8'))]);
  return { lexicon: parseLexicon(Object.fromEntries(files)), ranges };
}

export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
