/** Checks the shape of files: their names, the comment each opens with, what they may export, and what hides from the compiler. */

import { at, codeOf, isCode, isNode, isTest, nameOf, type Placed, type SourceFile, type Violation } from './source.ts';

const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const NAMELESS = new Set(['utils', 'util', 'helpers', 'helper', 'misc', 'common-utils']);

export function names(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => isCode(path) || path.endsWith('.css'))
    .flatMap(({ path }) => {
      const parts = path.split('/');
      const stem = (parts.at(-1) ?? '').split('.')[0] ?? '';
      const faults = [
        ...parts.filter((part) => !KEBAB.test(part)).map((part) => `${part} is not in kebab-case`),
        ...(stem === 'index' ? ['index is the name of a barrel: name the file after what it owns'] : []),
        ...(NAMELESS.has(stem) ? [`${stem} says nothing: name the file after what it owns`] : []),
      ];
      return faults.map((message) => ({ path, line: 0, message }));
    });
}

/** Every file says first what it owns. */
export function headComments(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => isCode(path) || path.endsWith('.css'))
    .flatMap(({ path, text }) => {
      const body = text.replace(/^#![^\n]*\n/, '').trimStart();
      const [, block, line] = /^\/\*([\s\S]*?)\*\/|^\/\/([^\n]*)/.exec(body) ?? [];
      const said = (block ?? line ?? '').replace(/[\s*]+/g, ' ').trim();
      return said.split(' ').length >= 4
        ? []
        : [{ path, line: 1, message: 'must open with a comment of one to four sentences: what it owns, what it refuses' }];
    });
}

/** Default exports (but of configurations, whose tools ask for one) and whole modules passed on. */
export function exported(files: readonly SourceFile[]): Violation[] {
  return eachNode(files, ({ path }, { node }) => {
    if (node.type === 'ExportDefaultDeclaration')
      return path.endsWith('.config.ts') ? null : 'no default exports: give it its name';
    return node.type === 'ExportAllDeclaration' ? 'no barrels: import from the file that owns it' : null;
  });
}

/** Whatever silences the compiler. */
export function escapes(files: readonly SourceFile[]): Violation[] {
  const silenced = files
    .filter(({ path }) => isCode(path))
    .flatMap((file) =>
      codeOf(file)
        .comments.filter(({ value }) => /^[\s*]*@ts-(?:ignore|expect-error|nocheck)/.test(value))
        .map((comment) => at(file, comment, 'the compiler is right, or the type is wrong: no @ts- comments')),
    );
  const untyped = eachNode(files, (_, { node }) => (node.type === 'TSAnyKeyword' ? 'no any: say what it is, or unknown' : null));
  return [...silenced, ...untyped];
}

/** Tests that are left out, or that leave the others out. */
export function unrunTests(files: readonly SourceFile[]): Violation[] {
  return eachNode(
    files.filter(({ path }) => isTest(path)),
    (_, { node }) => {
      if (node.type !== 'MemberExpression') return null;
      const property = nameOf(node['property']);
      if (property === null || !['skip', 'only', 'todo', 'skipIf', 'runIf'].includes(property)) return null;
      return runner(node['object']) ? `.${property} leaves tests out: mend it or delete it` : null;
    },
  );
}

/** `it`, or `it.concurrent` and the like. */
function runner(value: unknown): boolean {
  const name = nameOf(value);
  if (name !== null) return ['it', 'test', 'describe', 'suite', 'bench'].includes(name);
  return isNode(value) && value.type === 'MemberExpression' && runner(value['object']);
}

function eachNode(files: readonly SourceFile[], judge: (file: SourceFile, placed: Placed) => string | null): Violation[] {
  return files
    .filter(({ path }) => isCode(path))
    .flatMap((file) =>
      codeOf(file).nodes.flatMap((placed) => {
        const fault = judge(file, placed);
        return fault === null ? [] : [at(file, placed.node, fault)];
      }),
    );
}
