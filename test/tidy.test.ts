/** The rules of style, held against every file of the project; and each rule against files in which it must find something. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPOSITION, PACKAGES, ZONES } from './tidy/boundaries.ts';
import { PLANTED, type Planted } from './tidy/planted.ts';
import { RULES, type RuleName } from './tidy/rules.ts';
import { isCode, readTree, type SourceFile, type Violation } from './tidy/source.ts';

const NAMES = Object.keys(RULES) as RuleName[];
const tree = readTree(join(import.meta.dirname, '..'));

/** What a planted file is told apart by in a report. */
const shown = ({ files }: Planted): string => Object.values(files).join(' ').replace(/\s+/g, ' ').slice(0, 80);
const place = ({ path, line }: Violation): string => `${path}:${line}`;

describe('what the rules look at', () => {
  it.each(['src/main.ts', 'src/lib/clock.ts', 'src/channels/web/assets/chat.js', 'test/tidy.test.ts', 'bin/jaza.js'])(
    'there is %s',
    (path) => {
      expect(tree.map((file) => file.path)).toContain(path);
    },
  );

  it('is the whole program and its tests', () => {
    const count = (folder: string): number => tree.filter(({ path }) => path.startsWith(folder) && isCode(path)).length;
    expect(count('src/')).toBeGreaterThan(100);
    expect(count('test/')).toBeGreaterThan(30);
    expect(tree.filter(({ path }) => path.startsWith('locales/')).length).toBeGreaterThan(10);
  });

  it.each([...ZONES.map(({ folder }) => folder), ...COMPOSITION, ...Object.values(PACKAGES).flat()])(
    'the table of boundaries speaks of %s, which exists',
    (folder) => {
      expect(tree.some(({ path }) => path.startsWith(folder))).toBe(true);
    },
  );
});

describe.each(NAMES)('%s', (name) => {
  it.each(PLANTED[name].map((planted) => [shown(planted), planted] as const))('judges %s', (_, { files, found }) => {
    const planted = Object.entries(files).map(([path, text]): SourceFile => ({ path, text }));
    const violations = RULES[name](planted);
    expect([...new Set(violations.map(place))]).toEqual(Object.keys(found));
    for (const [where, message] of Object.entries(found)) {
      expect(violations.filter((violation) => place(violation) === where).map((violation) => violation.message)).toContainEqual(
        expect.stringContaining(message),
      );
    }
  });

  it('is kept by every file', () => {
    expect(RULES[name](tree).map((violation) => `${place(violation)}: ${violation.message}`)).toEqual([]);
  });
});
