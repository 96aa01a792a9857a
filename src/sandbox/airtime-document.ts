/**
 * Owns the two formats of the simulated airtime API: the fields of a request out of JSON or XML, and an answer or webhook into
 * either, in the layout of airtime-api.txt. It is written apart from the real client, so that each shows up the other's mistakes.
 */

import { err, ok, type Result } from '../lib/result.ts';
import { xmlReader } from '../lib/xml.ts';

export type Format = 'json' | 'xml';

export type Document = string | readonly Document[] | { readonly [name: string]: Document };

export const CONTENT_TYPES: Readonly<Record<Format, string>> = { json: 'application/json', xml: 'text/xml; charset=utf-8' };

/** "Defaults to application/json if not specified", in either direction. */
export function formatOf(header: string | null): Format {
  return /\b(?:text|application)\/xml\b/i.test(header ?? '') ? 'xml' : 'json';
}

/** Fields by name; a value that is neither text nor number is null. The error is for a body that cannot be read at all. */
export type Fields = ReadonlyMap<string, string | null>;

export function readFields(body: string, format: Format): Result<Fields, string> {
  const root = format === 'xml' ? readXmlRoot(body) : readJsonRoot(body);
  if (typeof root !== 'object' || root === null || Array.isArray(root))
    return err(`the body is not ${format === 'xml' ? 'XML' : 'JSON'}`);
  return ok(new Map(Object.entries(root).map(([name, value]) => [name, fieldText(value)])));
}

function fieldText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  return value === null ? '' : null;
}

function readJsonRoot(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

const parsed = xmlReader({ parseTagValue: false, ignoreDeclaration: true, htmlEntities: true, maxNestedTags: 8 });

function readXmlRoot(body: string): unknown {
  if (/<!DOCTYPE/i.test(body)) return null;
  try {
    return (parsed(body) as { xml?: unknown } | null)?.xml;
  } catch {
    return null;
  }
}

export function writeDocument(document: Document, format: Format): string {
  if (format === 'json') return JSON.stringify(document, null, 4);
  return `<?xml version="1.0" encoding="utf-8"?>\n${element('xml', document)}`;
}

function element(name: string, content: Document): string {
  const inside = typeof content === 'string' ? escapeXml(content) : children(name, content);
  return inside === '' ? `<${name}/>` : `<${name}>${inside}</${name}>`;
}

/** The items of a list are named in the singular: `<errors><error>...`. */
function children(name: string, content: Exclude<Document, string>): string {
  if (Array.isArray(content)) return content.map((item: Document) => element(name.replace(/s$/, ''), item)).join('');
  return Object.entries(content)
    .map(([child, value]: [string, Document]) => element(child, value))
    .join('');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
