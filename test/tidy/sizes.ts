/** Checks that files and functions stay small enough to be read at once. Schemas and migrations are as long as the database. */

import {
  at,
  codeOf,
  isCode,
  isTest,
  lineAt,
  nameOf,
  type Placed,
  type SourceFile,
  type SyntaxNode,
  type Violation,
} from './source.ts';

const FILE_LINES = 400;
const FUNCTION_LINES = 70;
const UNLIMITED = /\/schema\.ts$|\/migrations\//;
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function fileSizes(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => (isCode(path) || path.endsWith('.css')) && !UNLIMITED.test(path))
    .flatMap(({ path, text }) => {
      const lines = text.replace(/\n$/, '').split('\n').length;
      return lines <= FILE_LINES ? [] : [{ path, line: 0, message: `has ${lines} lines; ${FILE_LINES} is the limit` }];
    });
}

/**
 * A function's own lines: those of the functions that it holds under a name count for them alone, since a factory of closures is to
 * be read like a class. A callback without a name counts for its holder; but in tests not, where `describe` and `it` are chapters.
 */
export function functionSizes(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => isCode(path))
    .flatMap((file) => {
      const functions = codeOf(file).nodes.filter(({ node }) => FUNCTIONS.has(node.type));
      const parts = functions.filter((placed) => isTest(file.path) || partName(placed) !== null);
      return functions.flatMap((placed) => {
        const { node, parent } = placed;
        if (linesOf(file, node) <= FUNCTION_LINES || (isTest(file.path) && parent?.type === 'CallExpression')) return [];
        const lines = linesOf(file, node) - heldLines(file, node, parts);
        const name = partName(placed) ?? 'a function';
        return lines <= FUNCTION_LINES
          ? []
          : [at(file, node, `${name} has ${lines} lines of its own; ${FUNCTION_LINES} is the limit`)];
      });
    });
}

function linesOf(file: SourceFile, node: SyntaxNode): number {
  return lineAt(file, node.end) - lineAt(file, node.start) + 1;
}

/** Lines of the functions directly held; what those hold in turn is within them. */
function heldLines(file: SourceFile, holder: SyntaxNode, parts: readonly Placed[]): number {
  let lines = 0;
  let after = holder.start;
  for (const { node } of parts) {
    if (node === holder || node.start < after || node.end > holder.end) continue;
    lines += linesOf(file, node);
    after = node.end;
  }
  return lines;
}

/** What a function is called where it is held: its own name, or that of the variable or property that holds it. */
function partName({ node, parent }: Placed): string | null {
  const holder = parent ?? node;
  const named = ['VariableDeclarator', 'Property', 'MethodDefinition', 'PropertyDefinition'].includes(holder.type);
  return nameOf(node['id']) ?? (named ? (nameOf(holder['key']) ?? nameOf(holder['id'])) : null);
}
