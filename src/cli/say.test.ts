/** Shows that an operator's words reach the chat that is meant, once, marked as a person's, and are in no row that cannot be erased. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openWorld, type ChatWorld } from '../../test/support/chat-world.ts';
import { runJaza } from '../../test/support/run-jaza.ts';
import { msisdn } from '../domain/msisdn.ts';
import { systemClock } from '../lib/clock.ts';
import { HOUR_MS } from '../lib/durations.ts';

let folder: string;
let path: string;
let world: ChatWorld;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-say-'));
  path = join(folder, 'jaza.db');
  vi.stubEnv('DATABASE_URL', `sqlite:${path}`);
  world = await openWorld({ database: path, startAt: systemClock.now() });
  await hears('nataka kuongea na mtu');
  await world.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const hears = (text: string): Promise<void> =>
  world.hear({
    address: { channel: 'telegram', account: 'bot', chat: '4242' },
    sender: '4242',
    senderName: 'Achieng',
    ownPhone: msisdn('254722000001'),
    locale: 'sw',
    content: { kind: 'text', text },
  });

function rows(sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  const found = db.prepare(sql).pluck().all();
  db.close();
  return found;
}

const itemOf = async (): Promise<string> => /H-\w{6}/.exec((await runJaza('review')).out)?.[0] ?? '';

it.each([
  ['the thing in the list', itemOf],
  ['their number', () => '0722000001'],
  ['their account', () => 'telegram:4242'],
  ['the chat', () => String(rows('SELECT id FROM conversation')[0])],
  ['the customer', () => String(rows('SELECT id FROM customer')[0])],
])('is said in the chat of %s, in its language, when a server sends it', async (_, word) => {
  const ran = await runJaza('say', await word(), 'Pesa yako imerudi. Pole!', '--operator', 'Njeri');
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toBe(
    'To Achieng, 0722 000 001, telegram 4242: written down. No server is running: it is sent when one starts.\n',
  );
  world = await openWorld({ database: path, startAt: systemClock.now() });
  expect(world.said.map(({ to, text }) => [to, text])).toEqual([
    [
      '4242',
      'Mhudumu wa Jaza anaandika:\nPesa yako imerudi. Pole!\n\nSasa ni mimi bot tena. Kumwita mhudumu, andika: ongea na mtu',
    ],
  ]);
  await world.close();
  expect(rows("SELECT actor_id || ' ' || what || ' ' || detail FROM audit WHERE actor = 'operator'")).toEqual(['Njeri say ']);
});

it('is named by what wants a person, with what they wished', async () => {
  world = await openWorld({ database: path, startAt: systemClock.now() });
  await hears('futa data yangu');
  await hears('ndio');
  await world.close();
  const item = await itemOf();
  const { out } = await runJaza('review', 'show', item);
  // By who they are, not by a number that may be another's by then.
  const [id] = rows('SELECT id FROM customer');
  expect(out).toContain(`  npx jaza say ${item} "..."\n  npx jaza privacy erase ${String(id)}\n`);
  // The words to ask with, where SMS would be lost by it.
  expect(out).toContain(`  npx jaza say ${item} "Bado una SMS zimebaki.`);
  expect(out).toContain(`\n  npx jaza review done ${item}`);
  expect(out).not.toMatch(/privacy erase \d/);
});

it('names no way to delete what somebody wants to keep after all, until they ask again', async () => {
  const says = async (startAt: number, texts: readonly string[]): Promise<string> => {
    world = await openWorld({ database: path, startAt });
    for (const text of texts) await hears(text);
    await world.close();
    return (await runJaza('review', 'show', await itemOf())).out;
  };
  const now = systemClock.now();
  expect(await says(now, ['futa data yangu', 'ndio', 'usifute'])).not.toContain('privacy erase');
  expect(await says(now + 2 * HOUR_MS, ['futa data yangu', 'ndio'])).toContain('privacy erase');
});

it.each([
  ['nobody is known', ['0733000009', 'hello'], 'There is no chat of "0733000009"'],
  ['there is nothing to say', ['telegram:4242', '  '], 'Say what'],
  ['it is too long', ['telegram:4242', 'x'.repeat(1_001)], '1001 characters, 1000 at most'],
])('is refused when %s', async (_, args, words) => {
  const ran = await runJaza('say', ...args);
  expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(words) as string });
  expect(rows('SELECT count(*) FROM outbox')).toEqual([0]);
});

it('is refused where the bot was blocked', async () => {
  world = await openWorld({ database: path, startAt: systemClock.now() });
  await world.hear({
    address: { channel: 'telegram', account: 'bot', chat: '4242' },
    sender: '4242',
    content: { kind: 'blocked' },
  });
  await world.close();
  const ran = await runJaza('say', 'telegram:4242', 'hello');
  expect(ran).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nothing was said: nobody can be written to there') as string,
  });
});

it('is said to have been, on one line, whatever the customer is called', async () => {
  const db = new Database(path);
  db.prepare('UPDATE customer SET name = ?').run('Achieng\nJZ7K2M4QPW is paid now.');
  db.close();
  const { out } = await runJaza('say', 'telegram:4242', 'Pesa yako imerudi.');
  expect(out).toMatch(/^To Achieng\?JZ7K2M4QPW is paid now\., 0722 000 001, [^\n]*\n$/);
});
