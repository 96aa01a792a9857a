/**
 * Owns what each rule is shown to find: files that exist in memory only, each with a violation, and beside them innocent ones that
 * look alike. A rule that finds nothing here is no rule.
 */

import type { RuleName } from './rules.ts';

export interface Planted {
  /** Path -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** `path:line` of each violation -> a part of its message; empty: the files are innocent. */
  readonly found: Readonly<Record<string, string>>;
}

const one = (path: string, text: string, message: string, line = 1): Planted => ({
  files: { [path]: text },
  found: { [`${path}:${line}`]: message },
});
const fine = (path: string, text: string): Planted => ({ files: { [path]: text }, found: {} });
const lines = (count: number): string => '// a line\n'.repeat(count);
const long = (count: number): string => `{\n${'  ok();\n'.repeat(count - 2)}}`;

/** Put together here, so that this file itself names no machine. */
const somebodysHome = ['', 'home', 'wanjiku', 'jaza'].join('/');
const somebodysHost = ['https:', '', 'db7.mycompany.io', 'x'].join('/');

export const PLANTED: Readonly<Record<RuleName, readonly Planted[]>> = {
  boundaries: [
    one('src/domain/order.ts', "import { systemClock } from '../lib/clock.ts';", 'only types'),
    one('src/domain/order.ts', "import type { Store } from '../ports/store.ts';", 'may not import src/ports/store.ts'),
    one('src/conversation/engine.ts', "const x = await import('../store/sqlite/open.ts');", 'may not import src/store/'),
    one('src/conversation/flows/a.ts', "let x: import('../../ports/store.ts').Store;", 'may not import src/ports/'),
    one('src/conversation/reply.ts', "export type { Store } from '../ports/store.ts';", 'may not import src/ports/'),
    one('src/understanding/read.ts', "import { readFileSync } from 'node:fs';", 'it decides'),
    one('src/ports/store.ts', "import { newSession } from '../conversation/session.ts';", 'only types of'),
    one('src/store/sqlite/load.ts', "import type { Session } from '../../conversation/session.ts';", 'may not import'),
    one('src/sandbox/sandbox.ts', "import type { Channel } from '../ports/channel.ts';", 'may not import src/ports/'),
    one('src/workers/sender.ts', "import { converse } from '../conversation/engine.ts';", 'only types of'),
    one('src/http/app.ts', "import { openCore } from '../main.ts';", 'may not import src/main.ts'),
    one('src/channels/web/page.ts', "import { x } from '../telegram/text.ts';", 'siblings'),
    one('src/store/postgres/open.ts', "import { x } from '../sqlite/open.ts';", 'siblings'),
    one('src/lib/log.ts', "import { x } from '../../test/support/x.ts';", 'stands in src/'),
    one('src/lib/log.ts', "import { x } from './log.test.ts';", 'a test is nothing'),
    one('src/new-folder/x.ts', "import { x } from '../lib/log.ts';", 'belongs to no folder'),
    one('src/new-file.ts', "import { x } from './lib/log.ts';", 'belongs to no folder'),
    one('src/services/decide.ts', "import Database from 'better-sqlite3';", 'only in src/store/'),
    one('src/workers/sender.ts', "import { sql } from 'drizzle-orm/sqlite-core';", 'only in src/store/'),
    one('src/channels/web/page.ts', "import type { Api } from 'grammy';", 'only in src/channels/telegram/'),
    one('src/channels/web/page.ts', "import('@whiskeysockets/baileys');", 'only in src/channels/whatsapp/'),
    one('src/providers/topups/client.ts', "import { Hono } from 'hono';", 'only in src/http/'),
    one('src/domain/order.ts', "import { z } from 'zod';", 'only in src/config.ts'),
    one('src/conversation/engine.ts', "import i18next from 'i18next';", 'only in src/conversation/phrasebook.ts'),
    one('src/lib/log.ts', "import left from 'left-pad';", 'has no place'),
    one('src/lib/log.ts', "const left = require('left-pad');", 'has no place'),
    one('src/lib/log.ts', "createRequire(import.meta.url)('left-pad');", 'has no place'),
    one('src/lib/log.ts', 'await import(name);', 'must name its module'),
    one('src/channels/web/assets/chat.js', "import { z } from 'zod';", 'runs in a browser'),
    one('src/channels/web/page.ts', "import { x } from './assets/chat.js';", 'share no code'),
    fine('src/domain/order.ts', "import type { Instant } from '../lib/clock.ts';\nimport { type Clock } from '../lib/clock.ts';"),
    fine('src/ports/store.ts', "import type { Session } from '../conversation/session.ts';"),
    fine('src/workers/sender.ts', "import { render } from '../conversation/render.ts';"),
    fine('src/channels/telegram/api.ts', "import { Api } from 'grammy/web';\nimport { x } from './text.ts';"),
    fine('src/cli/start.ts', "import { x } from '../main.ts';\nimport { Command } from 'commander';"),
    fine('src/domain/order.test.ts', "import { x } from '../store/sqlite/open.ts';"),
    fine('src/lib/log.ts', "const text = \"import x from 'left-pad'\"; // import('left-pad')"),
  ],
  fileSizes: [
    one('src/lib/log.ts', lines(401), 'has 401 lines', 0),
    one('test/wire/x.test.ts', lines(500), 'has 500 lines', 0),
    one('src/channels/web/assets/chat.css', lines(401), 'has 401 lines', 0),
    fine('src/lib/log.ts', lines(400)),
    fine('src/store/sqlite/schema.ts', lines(900)),
    fine('src/store/sqlite/migrations/0001_first.sql', lines(900)),
  ],
  functionSizes: [
    one('src/lib/log.ts', `function far() ${long(71)}`, 'far has 71 lines'),
    one('src/lib/log.ts', `\nconst far = () => ${long(71)};`, 'far has 71 lines', 2),
    one('src/lib/log.ts', `export class A { far() ${long(71)} }`, 'far has 71 lines'),
    one('src/lib/log.ts', `function make() {\n  each(() => ${long(70)});\n}`, 'make has 72 lines'),
    one('test/support/world.ts', `function far() ${long(71)}`, 'far has 71 lines'),
    fine('src/lib/log.ts', `function near() ${long(70)}`),
    fine('src/lib/log.ts', `function factory() {\n  const a = () => ${long(60)};\n  return { b() ${long(60)} };\n}`),
    fine('src/lib/log.test.ts', `describe('a chapter', () => ${long(200)});`),
  ],
  timeAndChance: [
    one('src/services/decide.ts', 'const at = Date.now();', 'take a Clock'),
    one('src/services/decide.ts', 'const clock = { now: Date.now };', 'take a Clock'),
    one('src/services/decide.ts', 'const at = new Date();', 'take a Clock'),
    one('src/services/decide.ts', 'const x = Math.random();', 'lib/random'),
    one('src/workers/worker.ts', 'setTimeout(run, 5);', 'take a Clock'),
    one('src/workers/worker.ts', 'globalThis.setInterval(run, 5);', 'take a Clock'),
    one('src/workers/worker.ts', 'setImmediate(run);', 'use soon'),
    one('src/workers/worker.ts', 'const signal = AbortSignal.timeout(5);', 'take a Clock'),
    one('src/channels/web/visitor.ts', 'const id = crypto.randomUUID();', 'randomToken'),
    one('src/channels/web/visitor.ts', 'randomBytes(16);', 'randomToken'),
    one('src/lib-like/x.ts', 'performance.now();', 'elapsed'),
    one('test/wire/x.test.ts', 'await new Promise((done) => setTimeout(done, 100));', 'take a Clock'),
    one('src/domain/order.test.ts', 'expect(Math.random()).toBe(1);', 'lib/random'),
    fine('src/lib/clock.ts', 'export const now = () => Date.now(); setTimeout(now, 1);'),
    fine(
      'src/services/decide.ts',
      "new Date(at); clock.now(); row.setTimeout; const a = { setTimeout: 1 }; 'Date.now()'; // Date.now()",
    ),
    fine('src/channels/web/assets/chat.js', 'setTimeout(open, 500);'),
    fine('test/wire/x.test.ts', 'randomBytes(16);'),
  ],
  sideDoors: [
    one('src/workers/worker.ts', "console.log('here');", 'take a Log'),
    one('src/providers/topups/client.ts', 'await fetch(url);', 'lib/single-post'),
    one('src/workers/caller.ts', 'await globalThis.fetch(url);', 'lib/single-post'),
    fine('src/http/server.ts', 'await app.fetch(request);'),
    fine('bench/store.bench.ts', "console.log('faster');"),
  ],
  names: [
    one('src/lib/bigClock.ts', '', 'kebab-case', 0),
    one('src/Lib/clock.ts', '', 'kebab-case', 0),
    one('test/wire/fake_bot.ts', '', 'kebab-case', 0),
    one('src/domain/index.ts', '', 'barrel', 0),
    one('src/lib/utils.ts', '', 'says nothing', 0),
    fine('test/wire/fake-whatsapp-ws.d.ts', ''),
    fine('src/domain/order.test.ts', ''),
  ],
  headComments: [
    one('src/lib/log.ts', "import x from './x.ts';\n/** Owns the log of the program. */", 'must open with a comment'),
    one('src/lib/log.ts', '/** */\nexport const x = 1;', 'must open with a comment'),
    one('src/lib/log.ts', '// eslint-disable-next-line\n', 'must open with a comment'),
    fine('src/lib/log.ts', '/** Owns the log of the program. */\n'),
    fine('bin/jaza.js', '#!/usr/bin/env node\n// The command of the program.\n'),
  ],
  exported: [
    one('src/lib/log.ts', 'export default function log() {}', 'no default exports'),
    one('src/lib/log.ts', "export * from './clock.ts';", 'no barrels'),
    one('src/lib/log.ts', "export type * from './clock.ts';", 'no barrels'),
    fine('vitest.config.ts', 'export default {};'),
    fine('src/lib/log.ts', 'export const log = 1;'),
  ],
  escapes: [
    one('src/lib/log.ts', 'const x = y as any;', 'no any'),
    one('src/lib/log.ts', 'const x: Record<string, any> = {};', 'no any'),
    one('src/lib/log.ts', '// @ts-ignore\nx();', 'no @ts- comments'),
    one('src/lib/log.ts', '/* @ts-expect-error it is fine */\nx();', 'no @ts- comments'),
    one('test/x.test.ts', '// @ts-nocheck\nx();', 'no @ts- comments'),
    fine('src/lib/log.ts', "const any = 'as any'; // no @ts-ignore here"),
  ],
  unrunTests: [
    one('test/x.test.ts', "it.only('x', () => {});", '.only leaves tests out'),
    one('test/x.test.ts', "describe.skip('x', () => {});", '.skip leaves tests out'),
    one('test/x.test.ts', "test.todo('x');", '.todo leaves tests out'),
    one('src/lib/log.test.ts', "it.concurrent.skipIf(ci)('x', () => {});", '.skipIf leaves tests out'),
    fine('test/x.test.ts', "it.each([1])('x', () => {}); lines.skip(1); page.locator('.skip');"),
  ],
  bareWords: [
    one('src/domain/order.ts', 'const transaction = 1;', 'say dbTransaction'),
    one('src/store/sqlite/x.ts', 'function beginTransaction() {}', 'say dbTransaction'),
    one('src/domain/order.ts', 'type Order = { transactionId: string };', 'say dbTransaction'),
    one('src/providers/topups/x.ts', 'const transaction = 1;', 'say dbTransaction'),
    one('src/domain/transaction.ts', '', 'say db-transaction', 0),
    fine('src/store/sqlite/db-transaction.ts', 'const dbTransactions = db.transaction(run); db.inTransaction;'),
    fine('src/providers/topups/x.ts', 'const upstreamTransaction = { transaction: 1 }; // a transaction'),
    fine('src/channels/whatsapp/x.ts', "import { addTransactionCapability } from 'x'; addTransactionCapability();"),
  ],
  machines: [
    one('docs/running.md', `\nRun ${somebodysHome} first.`, 'path of one machine', 2),
    one('src/lib/log.ts', `const folder = '${somebodysHome}';`, 'path of one machine'),
    one('src/lib/log.ts', `const url = '${somebodysHost}';`, 'db7.mycompany.io'),
    fine('src/lib/log.ts', "'http://127.0.0.1:80/'; 'https://jaza.example/home/x'; `http://${host}/work/x`;"),
    fine('docs/running.md', `See ${'https:'}//nodejs.org/en and ./home/wanjiku`),
  ],
  namedFiles: [
    one('src/lib/log.ts', '/** Written by\n * lib/gone.ts. */', 'there is no lib/gone.ts', 2),
    one('src/lib/log.ts', '// see gone.md', 'there is no gone.md'),
    one('docs/running.md', '\nStart `src/gone.ts`.', 'there is no src/gone.ts', 2),
    one('docs/running.md', 'See `gone-*.ts`.', 'there is no gone-*.ts'),
    fine('docs/running.md', 'See `run*.md`.'),
    fine('src/lib/log.ts', "// see lib/log.ts, ./log.ts and log.ts.\nimport './gone.ts';"),
  ],
  namedWords: [
    one('src/lib/log.ts', 'export const here = 1;\n/** See `gone`. */', 'no code has gone', 2),
    one('src/lib/log.ts', '// `gone()`', 'no code has gone'),
    fine('src/lib/log.ts', "/** `here()`, `said`, `two words`. */\nexport const here = 'said';"),
  ],
  sameTexts: [
    {
      files: { 'locales/en/order.json': '{"sent":"sent {{amount}}","only":"x"}', 'locales/sw/order.json': '{"sent":"imetumwa"}' },
      found: { 'locales/sw/order.json:0': 'does not say {{amount}}' },
    },
    {
      files: { 'locales/en/order.json': '{"sent":"x"}', 'locales/sw/order.json': '{"sent":"x","kept":"y"}' },
      found: { 'locales/en/order.json:0': '"kept" is missing' },
    },
    {
      files: { 'locales/en/order.json': '{"sent":"x"}' },
      found: { 'locales/sw/order.json:0': 'is missing' },
    },
    {
      files: { 'locales/en/order.json': '{"sent":"{{a}} to {{b}}"}', 'locales/sw/order.json': '{"sent":"{{b}} kwa {{a}}"}' },
      found: {},
    },
  ],
  knownTexts: [
    {
      files: { 'locales/en/order.json': '{"sent":"x"}', 'src/domain/order.ts': "\nreply('order:lost');" },
      found: { 'src/domain/order.ts:2': 'no text "lost"' },
    },
    {
      files: {
        'locales/en/order.json': '{"sent":"x","days_one":"a","days_other":"b"}',
        'src/domain/order.ts':
          "reply('order:sent'); reply('order:days'); header('node:fs'); text('order: x'); key.startsWith('order:lost-');",
      },
      found: {},
    },
  ],
};
