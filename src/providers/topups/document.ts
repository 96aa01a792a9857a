/**
 * Owns reading what the upstream sends: JSON, XML or a form, told apart by what it is and not by what its header says, into
 * one plain tree of texts. Refuses what could harm: reserved names, document types, deep nesting, great length. Knows no field.
 */

import { err, ok, type Result } from '../../lib/result.ts';
import { xmlReader } from '../../lib/xml.ts';

/** Numbers, booleans and null have become texts: the upstream sends the same field as a number or as a string. */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 12;
const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** `forms: true` also takes `application/x-www-form-urlencoded`, also with PHP's brackets (`data[note]=...`). Never throws. */
export function readDocument(raw: string, options: { forms: boolean }): Result<Tree, string> {
  if (raw.length > MAX_CHARACTERS) return err('too long');
  const text = raw.replace(/^\uFEFF/, '').trim();
  if (text === '') return err('empty');
  if (/^[{[]/.test(text)) return readJson(text);
  if (text.startsWith('<')) return readXml(text);
  if (options.forms && /^[^\s<>{}]*=/.test(text)) return readForm(text);
  return err('neither JSON nor XML');
}

function readJson(text: string): Result<Tree, string> {
  try {
    return plain(JSON.parse(text), 0);
  } catch {
    return err('broken JSON');
  }
}

const parsed = xmlReader({
  // "0000" and "0722000000" are not numbers.
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  maxNestedTags: MAX_DEPTH,
  // The numeric references (&#039;) belong to this switch as well.
  htmlEntities: true,
});

/** The root's content; its name is of no importance. */
function readXml(text: string): Result<Tree, string> {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return err('XML with a document type');
  try {
    const document = parsed(text);
    const roots = typeof document === 'object' && document !== null ? Object.values(document) : [];
    return roots.length === 1 ? plain(roots[0], 0) : err('broken XML');
  } catch {
    return err('broken XML');
  }
}

function readForm(text: string): Result<Tree, string> {
  const root: Record<string, Tree> = Object.create(null) as Record<string, Tree>;
  for (const [key, value] of new URLSearchParams(text)) {
    const path = key.split(/[[\].]+/).filter((part) => part !== '');
    const last = path.pop();
    if (last === undefined) continue;
    if (path.length > MAX_DEPTH || [...path, last].some((part) => RESERVED_NAMES.has(part))) return err('a name that is refused');
    let branch = root;
    for (const part of path) {
      const next = branch[part];
      if (next !== undefined && typeof next === 'string') return err('a form that contradicts itself');
      branch = (branch[part] ??= Object.create(null) as Record<string, Tree>) as Record<string, Tree>;
    }
    if (branch[last] !== undefined && branch[last] !== value.trim()) return err('a form that contradicts itself');
    branch[last] = value.trim();
  }
  return ok(root);
}

function plain(value: unknown, depth: number): Result<Tree, string> {
  if (depth > MAX_DEPTH) return err('too deep');
  if (value === null || value === undefined) return ok('');
  if (typeof value === 'string') return ok(value.trim());
  if (typeof value === 'number' || typeof value === 'boolean') return ok(String(value));
  if (Array.isArray(value)) {
    const items: Tree[] = [];
    for (const item of value) {
      const read = plain(item, depth + 1);
      if (!read.ok) return read;
      items.push(read.value);
    }
    return ok(items);
  }
  const branch: Record<string, Tree> = Object.create(null) as Record<string, Tree>;
  for (const [name, item] of Object.entries(value)) {
    if (RESERVED_NAMES.has(name)) return err('a name that is refused');
    const read = plain(item, depth + 1);
    if (!read.ok) return read;
    branch[name] = read.value;
  }
  return ok(branch);
}
