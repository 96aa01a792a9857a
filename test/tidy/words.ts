/** Checks words: one name per thing, and nothing that belongs to one machine or one network. */

import { at, codeOf, isCode, isTest, nameOf, type Placed, type SourceFile, type Violation } from './source.ts';

/** Where the upstreams' own names of fields may stand. */
const WIRE = ['src/providers/', 'src/sandbox/', 'src/http/api/', 'test/'];

/** A bare "transaction" could be the database's or the upstream's, and the two must never be taken for one another. */
export function bareWords(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => isCode(path))
    .flatMap((file) => {
      const wire = WIRE.some((folder) => file.path.startsWith(folder)) || isTest(file.path);
      const { nodes } = codeOf(file);
      const imported = new Set(nodes.map(({ node }) => (node.type === 'ImportSpecifier' ? nameOf(node['imported']) : null)));
      const inCode = nodes.flatMap((placed) => {
        const name = nameOf(placed.node);
        if (name === null || !isBare(name) || imported.has(name) || isForeign(placed, wire)) return [];
        return [at(file, placed.node, `${name}: say dbTransaction or upstreamTransaction`)];
      });
      const stem = file.path.split('/').at(-1) ?? '';
      const inName = /(?<!db-|upstream-)transaction/.test(stem)
        ? [{ path: file.path, line: 0, message: 'say db-transaction or upstream-transaction' }]
        : [];
      return [...inName, ...inCode];
    });
}

function isBare(name: string): boolean {
  return /transaction/i.test(name.replace(/(?:db|upstream)[_]?transactions?/gi, ''));
}

/** A member of somebody else's object, or the key of a field on the wire. */
function isForeign({ node, parent }: Placed, wire: boolean): boolean {
  if (parent === null) return false;
  if (parent.type === 'MemberExpression') return parent['property'] === node;
  return wire && parent['key'] === node;
}

/** Homes and work folders of one machine. */
const MACHINE_PATH = /(?<![\w.~})-])\/(?:home|root|work|Users|mnt|Volumes)\/[\w.-]+|[A-Z]:\\Users\\/;

const URL_HOST = /\b(?:https?|wss?):\/\/(\[[^\]\s]*\]|[A-Za-z0-9.-]+)/g;

/** Loopback, names reserved for examples, and the public places that the program or its texts really mean. */
const HOSTS = [
  /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/,
  /^(?:.+\.)?(?:example|invalid|test)$/,
  /^(?:.+\.)?example\.(?:com|org|net|co\.ke)$/,
  /^(?:api|core)\.telegram\.org$/,
  /^(?:t|wa)\.me$/,
  /^web\.whatsapp\.com$/,
  /^app\.topups\.co\.ke$/,
  /^api\.safaricom\.co\.ke$/,
  /^www\.w3\.org$/,
];

/** Paths of one machine anywhere; in code, addresses of hosts that are not in the list above. */
export function machines(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((content, index) => {
      const line = index + 1;
      const found = MACHINE_PATH.exec(content);
      const faults = found === null ? [] : [{ path, line, message: `${found[0]} is a path of one machine` }];
      if (!isCode(path)) return faults;
      for (const [, host = ''] of content.matchAll(URL_HOST)) {
        const plain = host.replace(/\.$/, '');
        if (HOSTS.some((known) => known.test(plain))) continue;
        faults.push({ path, line, message: `${plain} is no host this program speaks of: see test/tidy/words.ts` });
      }
      return faults;
    }),
  );
}
