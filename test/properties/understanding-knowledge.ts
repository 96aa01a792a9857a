/** Owns the real lexicon and number ranges, read once, for the tests of this folder and of the conversation. */

import { readdirSync, readFileSync } from 'node:fs';
import { parseNumberRanges } from '../../src/domain/networks.ts';
import { parseLexicon, type Knowledge } from '../../src/understanding/understand.ts';

const DATA = new URL('../../data/', import.meta.url);

export function lexiconFiles(): Record<string, unknown> {
  const folder = new URL('lexicon/', DATA);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown]));
}

export const knowledge: Knowledge = {
  lexicon: parseLexicon(lexiconFiles()),
  ranges: parseNumberRanges(readFileSync(new URL('number-ranges-254.csv', DATA), 'utf8')),
};
