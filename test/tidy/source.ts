/**
 * Owns what a rule of style looks at: the project's own files as texts, and their syntax trees. A rule is a pure function of a list
 * of files, so that a test can plant a violation in memory.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSync, type Comment } from 'oxc-parser';

export interface SourceFile {
  /** From the project's folder, with `/`: `src/lib/clock.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  /** 0: the file as a whole. */
  readonly line: number;
  readonly message: string;
}

export type Rule = (files: readonly SourceFile[]) => Violation[];

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface Placed {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | null;
}

export interface Code {
  /** Every node with its parent, a parent before its children. */
  readonly nodes: readonly Placed[];
  readonly comments: readonly Comment[];
}

const FOLDERS = ['src', 'test', 'bench', 'scripts', 'bin', 'locales', 'docs'];
const TEXT = /\.(?:tsx?|[cm]?js|css|sql|json|md|example)$/;

/** All texts of the project, in its own folders and beside them; what was made or installed is not among them. */
export function readTree(project: string): SourceFile[] {
  const top = readdirSync(project).filter((name) => TEXT.test(name) && name !== 'package-lock.json');
  const below = FOLDERS.filter((folder) => existsSync(join(project, folder))).flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => TEXT.test(name))
      .map((name) => join(folder, name)),
  );
  return [...top, ...below]
    .sort()
    .map((name) => ({ path: name.split(sep).join('/'), text: readFileSync(join(project, name), 'utf8') }));
}

export function isCode(path: string): boolean {
  return /\.(?:tsx?|[cm]?js)$/.test(path);
}

/** What only tests use: the test folder, and the tests that stand beside their sources. */
export function isTest(path: string): boolean {
  return path.startsWith('test/') || /\.test\.tsx?$/.test(path);
}

/** What runs in a browser, where there is no `Clock` to be handed. */
export function isAsset(path: string): boolean {
  return path.startsWith('src/') && path.includes('/assets/');
}

const parsed = new WeakMap<SourceFile, Code>();

/** The syntax of a file, read once. Throws when it is no TypeScript: then nothing could be said about it. */
export function codeOf(file: SourceFile): Code {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const { program, comments, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors.map(({ message }) => message).join('; ')}`);
  const nodes: Placed[] = [];
  collect(program, null, nodes);
  const code = { nodes, comments };
  parsed.set(file, code);
  return code;
}

function collect(value: unknown, parent: SyntaxNode | null, into: Placed[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, parent, into);
  } else if (isNode(value)) {
    into.push({ node: value, parent });
    for (const child of Object.values(value)) collect(child, value, into);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name of an identifier; null for any other node. */
export function nameOf(value: unknown): string | null {
  return isNode(value) && value.type === 'Identifier' && typeof value['name'] === 'string' ? value['name'] : null;
}

/** The text of a string literal; null for anything else. */
export function stringOf(value: unknown): string | null {
  return isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : null;
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

/** The line, from 1, of an offset. */
export function lineAt(file: SourceFile, offset: number): number {
  const starts = lineStarts.get(file) ?? [0, ...[...file.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  lineStarts.set(file, starts);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return high;
}

export function at(file: SourceFile, node: { readonly start: number }, message: string): Violation {
  return { path: file.path, line: lineAt(file, node.start), message };
}
