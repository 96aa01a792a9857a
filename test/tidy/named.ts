/** Checks that comments and documents speak of what is there: a file that they name exists, a name between backticks stands in the code. */

import { codeOf, isCode, lineAt, type SourceFile, type Violation } from './source.ts';

const NAMED_FILE = /(?<![\w./*-])[\w./*-]*[\w*]\.(?:tsx?|md)\b/g;
const NAMED_WORD = /`([A-Za-z_$][\w$]*)(?:\(\))?`/g;
const WORD = /[A-Za-z_$][\w$]*/g;

interface Prose {
  readonly file: SourceFile;
  readonly start: number;
  readonly text: string;
}

export function namedFiles(files: readonly SourceFile[]): Violation[] {
  const documents = files.filter(({ path }) => path.endsWith('.md')).map((file) => ({ file, start: 0, text: file.text }));
  return [...files.filter(({ path }) => isCode(path)).flatMap(commentsOf), ...documents].flatMap(({ file, start, text }) =>
    [...text.matchAll(NAMED_FILE)].flatMap(({ 0: name, index }) => {
      const known = patternOf(name);
      if (files.some(({ path }) => known.test(path))) return [];
      return [{ path: file.path, line: lineAt(file, start + index), message: `there is no ${name}` }];
    }),
  );
}

export function namedWords(files: readonly SourceFile[]): Violation[] {
  const known = new Set(files.filter(({ path }) => !path.endsWith('.md')).flatMap((file) => wordsOf(file)));
  return files
    .filter(({ path }) => isCode(path))
    .flatMap(commentsOf)
    .flatMap(({ file, start, text }) =>
      [...text.matchAll(NAMED_WORD)].flatMap(({ 1: name = '', index }) =>
        known.has(name) ? [] : [{ path: file.path, line: lineAt(file, start + index), message: `no code has ${name}` }],
      ),
    );
}

/** The end of a path; `*` stands for any part of a name. */
function patternOf(name: string): RegExp {
  const path = name.replace(/^(?:\.{1,2}\/)+/, '');
  return new RegExp(`(?:^|/)${path.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}$`);
}

function commentsOf(file: SourceFile): Prose[] {
  return codeOf(file).comments.map(({ start, end }) => ({ file, start, text: file.text.slice(start, end) }));
}

function wordsOf(file: SourceFile): string[] {
  let rest = file.text;
  if (isCode(file.path)) for (const { text } of commentsOf(file)) rest = rest.replace(text, '');
  return [...new Set(rest.match(WORD) ?? [])];
}
