/**
 * Owns what is known of single words: lengthened spellings ("pleaaase"), slips in long command words ("cancle"), and words
 * written as one ("buyairtime"). Numbers, amounts and names are never guessed here.
 */

import type { Lexicon, PhraseNode } from './lexicon.ts';
import type { Tag } from './tags.ts';
import type { Vocabulary } from './tokens.ts';

/** Words of these meanings may be misspelled by one letter. */
const FORGIVEN: ReadonlySet<Tag> = new Set<Tag>([
  'airtime',
  'buy',
  'buy_me',
  'topup',
  'balance',
  'cancel',
  'history',
  'help',
  'language_word',
  'english',
  'swahili',
  'threshold',
  'change',
  'yes',
  'no',
  'thanks',
]);

/** Shorter words have too many neighbours. */
const SHORTEST_FORGIVEN = 6;
const LONGEST_FORGIVEN = 14;

/** Words that others are glued to. */
const GLUE: ReadonlySet<Tag> = new Set<Tag>([
  'airtime',
  'buy',
  'buy_me',
  'topup',
  'send',
  'credit',
  'shilling',
  'sambaza',
  'to',
  'for',
  'from',
  'self',
]);

export interface Known extends Pick<Lexicon, 'phrases' | 'numbers' | 'sources' | 'names' | 'verbTags'> {
  /** Single words as they stand in the files. */
  readonly listed: ReadonlySet<string>;
}

/** `listed` are the words that may be misspelled: not the verb forms that were made from roots. */
export function buildVocabulary(lexicon: Known): Vocabulary {
  const { phrases, numbers, sources, names } = lexicon;
  const isListed = (word: string): boolean => sources.has(word) || numbers.has(word) || names.has(word);
  const known = (word: string): boolean => isListed(word) || lexicon.verbTags(word) !== null;
  const slips = slipsOf(lexicon.listed, phrases);
  return {
    known,
    spelling: (word) => lengthened(word, known) ?? slipped(word, slips) ?? word,
    unglue: (word) => unglued(word, isListed, phrases),
  };
}

function lengthened(word: string, known: (word: string) => boolean): string | null {
  if (!/(.)\1\1/u.test(word) && !/(.)\1$/u.test(word)) return null;
  const twice = word.replace(/(.)\1{2,}/gu, '$1$1');
  if (known(twice)) return twice;
  const once = word.replace(/(.)\1+/gu, '$1');
  if (known(once)) return once;
  const end = word.replace(/(.)\1+$/u, '$1');
  return known(end) ? end : null;
}

/** Every forgiven word under each form that lacks one of its letters: two words that share a form differ by one slip. */
function slipsOf(listed: ReadonlySet<string>, phrases: ReadonlyMap<string, PhraseNode>): Map<string, string> {
  const slips = new Map<string, string>();
  for (const word of listed) {
    const phrase = phrases.get(word)?.phrase;
    if (word.length < SHORTEST_FORGIVEN || word.length > LONGEST_FORGIVEN || phrase == null) continue;
    if (!phrase.tags.some((tag) => FORGIVEN.has(tag))) continue;
    slips.set(word, word);
    for (const form of shortened(word)) if (!slips.has(form)) slips.set(form, word);
  }
  return slips;
}

function slipped(word: string, slips: ReadonlyMap<string, string>): string | null {
  if (word.length < SHORTEST_FORGIVEN - 1 || word.length > LONGEST_FORGIVEN) return null;
  for (const form of [word, ...shortened(word)]) {
    const meant = slips.get(form);
    if (meant !== undefined && meant[0] === word[0] && Math.abs(meant.length - word.length) <= 1) return meant;
  }
  return null;
}

/** The first letter is never dropped: people get it right, and names differ there. */
function shortened(word: string): string[] {
  const forms: string[] = [];
  for (let at = 1; at < word.length; at += 1) forms.push(word.slice(0, at) + word.slice(at + 1));
  return forms;
}

/** The fewest known words that the text is made of; the first must be a deed or a thing that we sell, or a little word before one. */
function unglued(
  word: string,
  known: (word: string) => boolean,
  phrases: ReadonlyMap<string, PhraseNode>,
): readonly string[] | null {
  if (word.length < 5 || word.length > 40) return null;
  const best: (readonly string[] | null)[] = [[]];
  for (let end = 1; end <= word.length; end += 1) {
    best[end] = null;
    for (let start = Math.max(0, end - 14); start <= end - 2; start += 1) {
      const before = best[start] ?? null;
      if (before === null) continue;
      const part = word.slice(start, end);
      const shorter = best[end];
      if (known(part) && (shorter == null || before.length + 1 < shorter.length)) best[end] = [...before, part];
    }
  }
  const parts = best[word.length] ?? null;
  if (parts === null || parts.length > 6) return null;
  const told = parts.some((part) => part.length >= 3 && phrases.get(part)?.phrase?.tags.some((tag) => GLUE.has(tag)) === true);
  const first = phrases.get(parts[0] ?? '')?.phrase?.tags ?? [];
  return told && first.some((tag) => GLUE.has(tag)) ? parts : null;
}
