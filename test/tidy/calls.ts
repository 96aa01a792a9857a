/**
 * Checks that nobody reads the clock, starts a timer or makes chance but src/lib, and that nothing prints or fetches on the side.
 * A mention counts like a call: to hand `Date.now` on is to read the clock.
 */

import { at, codeOf, isAsset, isCode, isNode, isTest, nameOf, type Placed, type SourceFile, type Violation } from './source.ts';

/** Dotted: a member of that object; plain: a name of its own, however it was imported. */
const TIME_AND_CHANCE: Readonly<Record<string, string>> = {
  'Date.now': 'take a Clock',
  'performance.now': 'use elapsed of lib/clock',
  'process.hrtime': 'use elapsed of lib/clock',
  'AbortSignal.timeout': 'take a Clock',
  'Math.random': 'use lib/random',
  setTimeout: 'take a Clock, or use sleep of lib/clock',
  setInterval: 'take a Clock',
  setImmediate: 'use soon of lib/clock',
  randomBytes: 'use randomToken of lib/random',
  randomUUID: 'use randomToken of lib/random',
  randomInt: 'use lib/random',
  getRandomValues: 'use lib/random',
};

/** A test may make up bytes, but it never waits by the clock and never depends on chance. */
const BANNED_IN_TESTS = new Set(['Date.now', 'Math.random', 'AbortSignal.timeout', 'setTimeout', 'setInterval']);

/** Takes the console away from a library that prints secrets. */
const CONSOLE_KEEPER = 'src/channels/whatsapp/quiet-libsignal.ts';

/** Where a bare fetch would send money without the care of lib/single-post.ts: it retries, follows and waits as it likes. */
const NO_FETCH = ['src/providers/', 'src/workers/', 'src/services/', 'src/store/', 'src/conversation/', 'src/domain/'];

/** Clock, timers and chance outside src/lib. Scripts of pages are apart: a browser has no Clock of ours. */
export function timeAndChance(files: readonly SourceFile[]): Violation[] {
  return eachMention(
    files.filter(({ path }) => (path.startsWith('src/') || isTest(path)) && !path.startsWith('src/lib/') && !isAsset(path)),
    (file, placed, mentioned) => {
      if (isDateOfNow(placed)) return 'a Date without its instant reads the clock: take a Clock';
      const name = mentioned.find((one) => Object.hasOwn(TIME_AND_CHANCE, one));
      if (name === undefined || (isTest(file.path) && !BANNED_IN_TESTS.has(name))) return null;
      return `${name} is for src/lib only: ${TIME_AND_CHANCE[name]}`;
    },
  );
}

/** `console` and a bare `fetch` in src/. */
export function sideDoors(files: readonly SourceFile[]): Violation[] {
  return eachMention(
    files.filter(({ path }) => path.startsWith('src/') && !isTest(path) && !isAsset(path)),
    (file, { parent }, mentioned) => {
      if (mentioned.includes('console') && file.path !== CONSOLE_KEEPER)
        return 'console prints past the log and its scrubber: take a Log';
      const fetches = mentioned.includes('fetch') && parent?.type === 'CallExpression';
      return fetches && NO_FETCH.some((folder) => file.path.startsWith(folder))
        ? 'fetch is too careless here: use lib/single-post'
        : null;
    },
  );
}

type Judge = (file: SourceFile, placed: Placed, mentioned: readonly string[]) => string | null;

function eachMention(files: readonly SourceFile[], judge: Judge): Violation[] {
  return files
    .filter(({ path }) => isCode(path))
    .flatMap((file) =>
      codeOf(file).nodes.flatMap((placed) => {
        const fault = judge(file, placed, mentions(placed));
        return fault === null ? [] : [at(file, placed.node, fault)];
      }),
    );
}

/** The names by which a node mentions something that is not its own: `x`, `x.y` and `y` for `globalThis.y` or an import of y. */
function mentions({ node, parent }: Placed): string[] {
  if (node.type === 'MemberExpression') {
    const object = nameOf(node['object']);
    const property = node['computed'] === true ? null : nameOf(node['property']);
    if (property === null || object === null) return [];
    return ['globalThis', 'crypto', 'timers'].includes(object) ? [property] : [`${object}.${property}`];
  }
  const name = nameOf(node);
  if (name === null || parent === null) return [];
  return isOwnName(node, parent) ? [] : [name];
}

/** A key or a member of something else that happens to have the name. */
function isOwnName(node: Placed['node'], parent: Placed['node']): boolean {
  if (parent.type === 'MemberExpression') return parent['property'] === node && parent['computed'] !== true;
  return isNode(parent['key']) && parent['key'] === node && parent['computed'] !== true && parent['shorthand'] !== true;
}

function isDateOfNow({ node }: Placed): boolean {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false;
  return nameOf(node['callee']) === 'Date' && Array.isArray(node['arguments']) && node['arguments'].length === 0;
}
