/**
 * `jaza chat --json` as programs use it: the real command in a process of its own, against an upstream that follows the
 * specification. One POST per confirmed order, with what was confirmed, whatever the upstream does.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChat, startJaza, type JazaChat } from '../support/jaza-process.ts';
import { openUpstream, type Behaviour, type RecordingUpstream } from './recording-upstream.ts';

const OWN = '254722002000';
let upstream: RecordingUpstream;
let folder: string;
let chat: JazaChat | null = null;

beforeEach(async () => {
  upstream = await openUpstream();
  folder = mkdtempSync(join(tmpdir(), 'jaza-chat-'));
});
afterEach(async () => {
  await chat?.end();
  chat = null;
  await upstream.close();
  rmSync(folder, { recursive: true });
});

function open(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): JazaChat {
  chat = startChat({ TOPUPS_BASE_URL: upstream.url, TOPUPS_API_TOKEN: 'secret-token', TOPUPS_TIMEOUT_MS: '2000', ...env }, args);
  return chat;
}

function texts(heard: readonly Record<string, unknown>[]): string {
  return heard.map((line) => String(line['text'] ?? '')).join('\n');
}

describe.each(['json', 'xml'] as const)('a purchase in %s', (format) => {
  it('drives the upstream: one POST with what was confirmed', async () => {
    const jaza = open({ TOPUPS_FORMAT: format });
    await jaza.say({ text: 'buy 150 for 0733000000, airtel money from 0734111222', msisdn: OWN });
    const placed = texts(await jaza.say({ text: 'yes' }));
    expect(upstream.posts).toHaveLength(1);
    const [post] = upstream.posts;
    expect(post?.path).toBe('POST /api/buy_airtime');
    expect(post?.authorization).toBe('Bearer secret-token');
    expect(post?.contentType).toContain(format === 'json' ? 'application/json' : 'text/xml');
    expect(post?.fields).toMatchObject({
      mobile: '254733000000',
      amount: '150',
      payment_network: 'Airtel Money',
      payment_mobile: '254734111222',
    });
    expect(placed).toContain(post?.fields['note']);
  });
});

const TROUBLES: readonly (readonly [string, Behaviour])[] = [
  ['421', { kind: 'status', status: 421 }],
  ['307', { kind: 'status', status: 307, headers: { location: '/api/buy_airtime' } }],
  ['401', { kind: 'status', status: 401 }],
  ['408', { kind: 'status', status: 408 }],
  ['503', { kind: 'status', status: 503, headers: { 'retry-after': '0' } }],
  ['a dropped socket', { kind: 'drop' }],
];

describe('one POST, also when the upstream answers', () => {
  it.each(TROUBLES)('%s', async (_name, behaviour) => {
    upstream.behave(behaviour);
    const jaza = open({}, ['--clock', 'manual']);
    await jaza.say({ text: 'buy 100 for 0733000000', msisdn: OWN });
    const answer = texts(await jaza.say({ text: 'yes' }));
    expect(answer).toMatch(/don't know yet|do not know yet/i);
    await jaza.say({ text: 'yes' });
    await jaza.say({ advance: 3600 });
    expect(upstream.posts).toHaveLength(1);
  });
});

it('makes one order of a double tap, of two at the same instant, and of a redelivery', async () => {
  const jaza = open();
  const asked = await jaza.say({ text: 'buy 100 for 0733000000', msisdn: OWN });
  const buttons = asked[0]?.['buttons'] as { id: string }[];
  const tap = buttons[0]?.id;
  await jaza.say([
    { tap, id: 'a' },
    { tap, id: 'b' },
  ]);
  await jaza.say({ tap, id: 'a' });
  await jaza.say({ tap, id: 'c' });
  expect(upstream.posts).toHaveLength(1);
});

it('goes on after a restart between any two messages, and after kill -9', async () => {
  const env = { DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}` };
  for (const line of [{ text: 'buy airtime', msisdn: OWN }, { text: '0733000000' }, { text: '100' }]) {
    const jaza = open(env);
    await jaza.say(line);
    await jaza.kill();
  }
  const last = open(env);
  await last.say({ text: 'yes' });
  expect(upstream.posts).toHaveLength(1);
}, 90_000);

it('reports every configuration error at once, with exit code 2', async () => {
  const child = startJaza(['chat', '--json'], {
    TOPUPS_BASE_URL: upstream.url,
    TOPUPS_FORMAT: 'yaml',
    AIRTIME_MIN_KES: 'ten',
    HTTP_PORT: '99999',
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(2);
  for (const key of ['TOPUPS_API_TOKEN', 'TOPUPS_FORMAT', 'AIRTIME_MIN_KES', 'HTTP_PORT']) expect(said).toContain(key);
});

it('has no payer’s phone and no faults where nothing that is paid is simulated, whatever else is', async () => {
  const mpesa = {
    DARAJA_CONSUMER_KEY: 'key',
    DARAJA_CONSUMER_SECRET: 'secret',
    DARAJA_SHORTCODE: '174379',
    DARAJA_PASSKEY: 'passkey',
  };
  const jaza = open({ SANDBOX: 'on', ...mpesa });
  for (const line of [{ phone: '254722000001', answer: 'approve' }, { fault: '500' }])
    expect(await jaza.say(line)).toEqual([
      {
        type: 'error',
        line: expect.any(Number) as number,
        message: expect.stringContaining('no payment is simulated') as string,
      },
    ]);
  expect(await jaza.end()).toBe(0);
});

it('answers what it cannot read with the line number, and goes on', async () => {
  const jaza = open();
  expect(await jaza.say('{"text":')).toMatchObject([{ type: 'error', line: 1 }]);
  expect(await jaza.say({ text: 7 })).toMatchObject([{ type: 'error', line: 2 }]);
  expect(texts(await jaza.say({ text: 'hello' }))).toContain('Jaza');
});

it('lets the speaker of --from say what names nobody, and says which prompts take a wrong PIN', async () => {
  const jaza = open({ TOPUPS_API_TOKEN: '', TOPUPS_BASE_URL: '', SANDBOX: 'on' }, ['--from', 'baraka']);
  expect(await jaza.say({ text: 'hello' })).toContainEqual(expect.objectContaining({ type: 'message', to: 'baraka' }));
  expect(await jaza.say({ text: 'hello', from: 'amina' })).toContainEqual(
    expect.objectContaining({ type: 'message', to: 'amina' }),
  );
  expect(await jaza.say({ phone: OWN, answer: 'wrong-pin' })).toMatchObject([
    { type: 'error', message: expect.stringContaining('only a payment by M-Pesa takes it') as string },
  ]);
});
