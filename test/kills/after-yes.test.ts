/**
 * Tried by hand, and kept: kill -9 after the yes and before the upstream answers. After the restart the person hears the truth, the
 * upstream was called once, ten minutes later somebody must look, and that somebody ends it with one command.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../src/reference.ts';
import { startFakeBotApi, type FakeBotApi } from '../wire/fake-bot-api.ts';
import { openUpstream, type RecordingUpstream } from '../wire/recording-upstream.ts';
import { databaseIn, ensureBuilt, startProgram, type Life } from './program.ts';

const PATIENCE_MS = 40_000;
const QUARTER_OF_AN_HOUR_MS = 15 * 60_000;

let folder: string;
let api: FakeBotApi;
let upstream: RecordingUpstream;
let life: Life | null = null;

beforeEach(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'jaza-after-yes-'));
  [api, upstream] = await Promise.all([startFakeBotApi(), openUpstream()]);
}, PATIENCE_MS);
afterEach(async () => {
  await life?.ended();
  await Promise.all([api.close(), upstream.close()]);
  rmSync(folder, { recursive: true });
});

function start(clockAheadMs = 0): Life {
  const env = {
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
    TOPUPS_API_TOKEN: 'token',
    TOPUPS_BASE_URL: upstream.url,
    TOPUPS_WEBHOOK_SECRET: 'wB3kQ9xT2mN7pL5vR8sYcA',
    HTTP_PORT: '0',
    WEB_CHAT: 'off',
  };
  return (life = startProgram({ folder, env, clockAheadMs }));
}

/** A command of the operator beside the running server: the exit code and what it said. */
async function jaza(...words: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(PROJECT_FOLDER, 'bin/jaza.js'), ...words], {
    cwd: PROJECT_FOLDER,
    env: { PATH, HOME, DATABASE_URL: `sqlite:${databaseIn(folder)}` },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, said };
}

it('killed between the yes and the answer: told the truth, called once, ended by the operator', async () => {
  upstream.behave({ kind: 'hold' });
  const first = start();
  const amina = api.person({ id: 7, name: 'Amina', languageCode: 'en', phone: '254722000001' });
  amina.writes('buy 100 for 0733000002');
  await amina.hears(undefined, PATIENCE_MS);
  amina.sharesOwnContact();
  const asked = await amina.hears('Please check', PATIENCE_MS);
  amina.taps(asked.buttons[0]?.data ?? '');
  await vi.waitFor(() => expect(upstream.posts).toHaveLength(1), { timeout: PATIENCE_MS });
  await first.ended();
  upstream.release();
  upstream.behave({ kind: 'usual' });

  const second = start();
  await amina.hears("We don't know yet whether your order went through", PATIENCE_MS);
  expect(await second.stopped()).toBe(0);

  start(QUARTER_OF_AN_HOUR_MS);
  await amina.hears('A person is looking at your order', PATIENCE_MS);
  const reference = upstream.posts[0]?.fields['note'] ?? '';
  const listed = await jaza('review', 'list');
  expect([listed.code, listed.said]).toEqual([0, expect.stringContaining(reference)]);
  const seen = /delivered (--seen \S+)/.exec((await jaza('review', 'show', reference)).said)?.[1]?.split(' ') ?? [];
  const words = ['--evidence', 'receipt SFC123 at the supplier'];
  const resolved = await jaza('review', 'resolve', reference, 'delivered', ...seen, ...words);
  expect(resolved).toMatchObject({ code: 0 });
  const heard = await amina.hears('Airtime sent', PATIENCE_MS);
  expect(heard.text).toContain(reference);
  expect(upstream.posts).toHaveLength(1);
}, 200_000);
