/** Checks the texts of the bot: every language says the same things, with the same parameters, and code asks only for what is there. */

import { at, codeOf, isCode, isTest, stringOf, type SourceFile, type Violation } from './source.ts';

const LANGUAGES = ['en', 'sw'] as const;
const FILE = /^locales\/([a-z]+)\/([a-z-]+)\.json$/;

type Texts = Readonly<Record<string, unknown>>;

/** Keys and {{parameters}} that one language has and the other has not. */
export function sameTexts(files: readonly SourceFile[]): Violation[] {
  const namespaces = new Set(files.flatMap(({ path }) => FILE.exec(path)?.[2] ?? []));
  return [...namespaces].flatMap((namespace) => LANGUAGES.flatMap((language) => missing(files, namespace, language)));
}

function missing(files: readonly SourceFile[], namespace: string, language: (typeof LANGUAGES)[number]): Violation[] {
  const path = `locales/${language}/${namespace}.json`;
  const own = textsOf(files, path);
  if (own === null) return [{ path, line: 0, message: 'is missing' }];
  return LANGUAGES.filter((other) => other !== language).flatMap((other) =>
    Object.entries(textsOf(files, `locales/${other}/${namespace}.json`) ?? {}).flatMap(([key, text]) => {
      const here = own[key];
      if (here === undefined) return [{ path, line: 0, message: `"${key}" is missing` }];
      const lost = parameters(text).filter((name) => !parameters(here).includes(name));
      return lost.map((name) => ({ path, line: 0, message: `"${key}" does not say {{${name}}}` }));
    }),
  );
}

function textsOf(files: readonly SourceFile[], path: string): Texts | null {
  const file = files.find((one) => one.path === path);
  return file === undefined ? null : (JSON.parse(file.text) as Texts);
}

function parameters(text: unknown): string[] {
  return [...String(text).matchAll(/\{\{\s*([\w-]+)/g)].map(([, name = '']) => name);
}

/** Phrases that code names by a literal `namespace:key` and that no file has. */
export function knownTexts(files: readonly SourceFile[]): Violation[] {
  const english = files.filter(({ path }) => FILE.exec(path)?.[1] === 'en');
  const keys = new Map(english.map(({ path, text }) => [FILE.exec(path)?.[2] ?? '', Object.keys(JSON.parse(text) as Texts)]));
  return files
    .filter(({ path }) => path.startsWith('src/') && isCode(path) && !isTest(path))
    .flatMap((file) =>
      codeOf(file).nodes.flatMap(({ node }) => {
        const [, namespace = '', key = ''] = /^([a-z-]+):([A-Za-z0-9_-]*[A-Za-z0-9])$/.exec(stringOf(node) ?? '') ?? [];
        const known = keys.get(namespace);
        if (known === undefined || known.includes(key) || known.includes(`${key}_other`)) return [];
        return [at(file, node, `there is no text "${key}" in locales/en/${namespace}.json`)];
      }),
    );
}
