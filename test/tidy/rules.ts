/** The list of all rules, by the name under which a failure is reported. */

import { sideDoors, timeAndChance } from './calls.ts';
import { boundaries } from './imports.ts';
import { namedFiles, namedWords } from './named.ts';
import { escapes, exported, headComments, names, unrunTests } from './shapes.ts';
import { fileSizes, functionSizes } from './sizes.ts';
import type { Rule } from './source.ts';
import { knownTexts, sameTexts } from './texts.ts';
import { bareWords, machines } from './words.ts';

export const RULES = {
  boundaries,
  fileSizes,
  functionSizes,
  timeAndChance,
  sideDoors,
  names,
  headComments,
  exported,
  escapes,
  unrunTests,
  bareWords,
  machines,
  namedFiles,
  namedWords,
  sameTexts,
  knownTexts,
} satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;
