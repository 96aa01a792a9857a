/** Checks every import of src/ against the table in boundaries.ts: static, dynamic, re-exported, and those of types. */

import { posix } from 'node:path';
import { COMPOSITION, PACKAGES, SIBLINGS, ZONES } from './boundaries.ts';
import {
  at,
  codeOf,
  isAsset,
  isCode,
  isNode,
  isTest,
  nameOf,
  stringOf,
  type SourceFile,
  type SyntaxNode,
  type Violation,
} from './source.ts';

export interface Import {
  /** What stands in the quotes; null when it is computed. */
  readonly specifier: string | null;
  readonly typesOnly: boolean;
  readonly node: SyntaxNode;
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** Every import of a file, in any of its forms. */
export function importsOf(file: SourceFile): Import[] {
  return codeOf(file).nodes.flatMap(({ node }) => {
    if (IMPORTING.has(node.type) && isNode(node['source']))
      return [{ specifier: stringOf(node['source']), typesOnly: isOfTypes(node), node }];
    if (!isRequire(node) || !Array.isArray(node['arguments'])) return [];
    return [{ specifier: stringOf(node['arguments'][0]), typesOnly: false, node }];
  });
}

/** `require('x')`, or `createRequire(import.meta.url)('x')`. */
function isRequire(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression') return false;
  const { callee } = node;
  return nameOf(callee) === 'require' || (isNode(callee) && nameOf(callee['callee']) === 'createRequire');
}

function isOfTypes(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const { specifiers } = node;
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((one: SyntaxNode) => one['importKind'] === 'type' || one['exportKind'] === 'type');
}

/** Imports that cross a boundary. Tests may import anything, so they are not looked at. */
export function boundaries(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => path.startsWith('src/') && isCode(path) && !isTest(path))
    .flatMap((file) =>
      importsOf(file).flatMap((one) => {
        const fault =
          one.specifier === null ? 'an import must name its module' : faultOf(file.path, one.specifier, one.typesOnly);
        return fault === null ? [] : [at(file, one.node, fault)];
      }),
    );
}

function faultOf(path: string, specifier: string, typesOnly: boolean): string | null {
  if (specifier.startsWith('.')) return faultOfFile(path, posix.join(posix.dirname(path), specifier), typesOnly);
  if (isAsset(path)) return `a page's script may not import ${specifier}: it runs in a browser`;
  return specifier.startsWith('node:') ? faultOfNode(path, specifier) : faultOfPackage(path, specifier);
}

function faultOfFile(path: string, target: string, typesOnly: boolean): string | null {
  if (!target.startsWith('src/')) return `may not import ${target}: what runs stands in src/`;
  if (isTest(target)) return `may not import ${target}: a test is nothing to build on`;
  if (isAsset(path) !== isAsset(target)) return `may not import ${target}: pages and program share no code`;
  const zone = ZONES.find(({ folder }) => path.startsWith(folder));
  if (zone === undefined) return isIn(path, COMPOSITION) ? null : `${path} belongs to no folder of test/tidy/boundaries.ts`;
  if (target.startsWith(zone.folder)) {
    const sibling = SIBLINGS.find((folder) => path.startsWith(folder));
    if (sibling === undefined || firstFolder(sibling, path) === firstFolder(sibling, target)) return null;
    return `may not import ${target}: siblings never import each other`;
  }
  if (isIn(target, zone.may)) return null;
  if (!isIn(target, zone.mayTypes)) return `${zone.folder} may not import ${target}`;
  return typesOnly ? null : `${zone.folder} may import only types of ${target}`;
}

function faultOfNode(path: string, specifier: string): string | null {
  const zone = ZONES.find(({ folder }) => path.startsWith(folder));
  return zone === undefined || zone.node ? null : `${zone.folder} may not import ${specifier}: it decides, and touches nothing`;
}

function faultOfPackage(path: string, specifier: string): string | null {
  const name = Object.keys(PACKAGES).find((one) =>
    one.endsWith('/') ? specifier.startsWith(one) : specifier === one || specifier.startsWith(`${one}/`),
  );
  if (name === undefined) return `${specifier} has no place in test/tidy/boundaries.ts`;
  const places = PACKAGES[name] ?? [];
  return isIn(path, places) ? null : `${specifier} may be imported only in ${places.join(', ')}`;
}

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
}

function firstFolder(parent: string, path: string): string {
  return path.slice(parent.length).split('/')[0] ?? '';
}
