/**
 * Owns cutting a cleaned message into words, digit runs and symbols, with their places. Takes apart what was written without
 * spaces ("buy100to0722000000"), and keeps codes ("QGH7XYZ123") whole, so that their digits are never an amount.
 */

import type { Cleaned } from './normalise.ts';

export interface Token {
  readonly kind: 'word' | 'digits' | 'symbol' | 'code';
  /** What is looked up: lower case, without apostrophes, in the lexicon's spelling. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Whitespace, or nothing at all, stands before it. */
  readonly spaced: boolean;
  /** A line begins with it. */
  readonly line: boolean;
}

/** What the lexicon knows of single words. */
export interface Vocabulary {
  known(word: string): boolean;
  /** A known word of which this is a lengthened or slightly misspelled form, else the word itself. */
  spelling(word: string): string;
  /** The words that were written as one, when all are known and the first is a deed or a thing that we sell. */
  unglue(word: string): readonly string[] | null;
}

/** More words than this are noise: the rest is not read. */
const MOST_TOKENS = 600;

const LETTER = /\p{L}/u;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return LETTER.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

/** Words, digits and symbols as they stand, before anything is known about them. */
export function rawTokens(lower: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let spaced = true;
  let line = true;
  while (at < lower.length && tokens.length < MOST_TOKENS) {
    const code = lower.charCodeAt(at);
    if (code <= 32) {
      spaced = true;
      if (code === 10) line = true;
      at += 1;
      continue;
    }
    const start = at;
    let kind: Token['kind'] = 'symbol';
    if (isAddress(lower, at)) {
      kind = 'code';
      while (at < lower.length && lower.charCodeAt(at) > 32) at += 1;
    } else if (isDigit(code)) {
      kind = 'digits';
      while (at < lower.length && isDigit(lower.charCodeAt(at))) at += 1;
    } else if (isLetter(lower, at)) {
      kind = 'word';
      while (at < lower.length && (isLetter(lower, at) || isInnerApostrophe(lower, at))) at += widthAt(lower, at);
    } else at += widthAt(lower, at);
    const key = lower.slice(start, at);
    tokens.push({ kind, key: kind === 'word' ? key.replaceAll("'", '') : key, start, end: at, spaced, line });
    spaced = false;
    line = false;
  }
  return tokens.filter((token, index) => !isJoiner(token, tokens[index - 1], tokens[index + 1]));
}

function isAddress(text: string, at: number): boolean {
  return text.startsWith('http://', at) || text.startsWith('https://', at) || text.startsWith('www.', at);
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function isInnerApostrophe(text: string, at: number): boolean {
  return text.charCodeAt(at) === 39 && at > 0 && isLetter(text, at - 1) && at + 1 < text.length && isLetter(text, at + 1);
}

/** "m-pesa", "t.kash", "top_up": the mark between two words is as good as a space. */
function isJoiner(token: Token, before: Token | undefined, after: Token | undefined): boolean {
  if (token.kind !== 'symbol' || token.spaced || after === undefined || after.spaced) return false;
  return '-._/'.includes(token.key) && before?.kind === 'word' && after.kind === 'word';
}

export function tokenise(cleaned: Cleaned, vocabulary: Vocabulary): Token[] {
  const raw = rawTokens(cleaned.lower);
  const tokens: Token[] = [];
  let at = 0;
  while (at < raw.length) {
    let end = at + 1;
    while (end < raw.length && isGlued(raw[end - 1], raw[end])) end += 1;
    const run = raw.slice(at, end);
    if (run.length > 1 && isCode(run, cleaned, vocabulary)) tokens.push(merged(run, cleaned));
    else for (const token of run) pushSpelled(tokens, token, vocabulary);
    at = end;
  }
  return tokens;
}

/** Letters and digits without anything between; also the parts of an e-mail or web address and of a user name. */
function isGlued(before: Token | undefined, after: Token | undefined): boolean {
  if (before === undefined || after === undefined || after.spaced || after.start !== before.end) return false;
  if ('@_'.includes(before.key) || '@_'.includes(after.key)) return before.kind !== 'symbol' || after.kind !== 'symbol';
  return before.kind !== 'symbol' && after.kind !== 'symbol' && before.kind !== after.kind;
}

const ORDINAL_ENDING = new Set(['st', 'nd', 'rd', 'th']);

function isCode(run: readonly Token[], cleaned: Cleaned, vocabulary: Vocabulary): boolean {
  if (run.some(({ key }) => key === '@' || key === '_')) return true;
  if (run.length === 2 && run[0]?.kind === 'digits' && ORDINAL_ENDING.has(run[1]?.key ?? '')) return false;
  const first = run[0];
  const last = run.at(-1);
  if (first !== undefined && last !== undefined) {
    const typed = cleaned.text.slice(first.start, last.end);
    if (run.length >= 4 && typed.length <= 12 && typed === typed.toUpperCase()) return true;
  }
  return run.some(({ kind, key }) => kind === 'word' && !isGluedWord(key, vocabulary));
}

function isGluedWord(key: string, vocabulary: Vocabulary): boolean {
  return key === 'k' || (key.length >= 2 && (vocabulary.known(key) || vocabulary.unglue(key) !== null));
}

function merged(run: readonly Token[], cleaned: Cleaned): Token {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined) throw new Error('invariant broken: a code of no tokens');
  return { ...first, kind: 'code', key: cleaned.lower.slice(first.start, last.end), end: last.end };
}

function pushSpelled(tokens: Token[], token: Token, vocabulary: Vocabulary): void {
  if (token.kind !== 'word' || vocabulary.known(token.key)) {
    tokens.push(token);
    return;
  }
  const parts = token.key.length === token.end - token.start ? vocabulary.unglue(token.key) : null;
  if (parts === null) {
    tokens.push({ ...token, key: vocabulary.spelling(token.key) });
    return;
  }
  let start = token.start;
  for (const [index, key] of parts.entries()) {
    const end = start + key.length;
    tokens.push({ kind: 'word', key, start, end, spaced: index === 0 && token.spaced, line: index === 0 && token.line });
    start = end;
  }
}
