/**
 * The whole program when the machine's clock jumps by thirty days, while it runs or between two lives, and when the upstream is down
 * for an hour: nobody is called twice, no deadline makes an order fail, nothing that waits waits for a month.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { msisdn } from '../../src/domain/msisdn.ts';
import type { InboundMessage } from '../../src/ports/channel.ts';
import { openWorld, START, type ChatWorld } from '../support/chat-world.ts';
import { startChat } from '../support/jaza-process.ts';
import { openUpstream, type RecordingUpstream } from './recording-upstream.ts';

const MINUTE_MS = 60_000;
const MONTH_MS = 30 * 24 * 60 * MINUTE_MS;
const SECRET = 'wB3kQ9xT2mN7pL5vR8sYcA';

const ORDER: Partial<InboundMessage> = {
  ownPhone: msisdn('254722000001'),
  content: { kind: 'text', text: 'buy 100 for 0733000002' },
};
const YES: Partial<InboundMessage> = { content: { kind: 'text', text: 'yes' } };

let folder: string;
let upstream: RecordingUpstream;
let world: ChatWorld | null = null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-clock-'));
  upstream = await openUpstream();
});
afterEach(async () => {
  await world?.close();
  world = null;
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const REAL = (): Record<string, string> => ({ TOPUPS_API_TOKEN: 'token', TOPUPS_BASE_URL: upstream.url });

/** A life whose clock begins at `startAt`, whatever was committed before. */
async function live(startAt: number): Promise<ChatWorld> {
  await world?.close();
  world = await openWorld({ database: join(folder, 'jaza.db'), env: REAL(), startAt, clockSetBack: true });
  return world;
}

const state = ({ core }: ChatWorld): unknown => core.store.db.prepare('SELECT state FROM orders').pluck().get();
const lastWord = ({ said }: ChatWorld): string => said.at(-1)?.text ?? '';

it.each([
  ['set back', -MONTH_MS],
  ['put forward', MONTH_MS],
])(
  'a clock that was %s by thirty days between two lives: the customer is asked within ten minutes, and answers',
  async (_how, byMs) => {
    const before = await live(START);
    await before.hear(ORDER);
    await before.hear(YES);
    expect(state(before)).toBe('awaiting_payment');

    const after = await live(START + MINUTE_MS + byMs);
    await after.pass(10 * MINUTE_MS);
    expect(lastWord(after)).toContain('Did the airtime arrive?');
    await after.hear({ content: { kind: 'text', text: 'yes, it arrived' } });
    expect(state(after)).toBe('delivered');
    expect(upstream.posts).toHaveLength(1);
  },
);

it('a clock that was set back while a payer was prompted keeps nobody from buying again', async () => {
  const before = await live(START);
  await before.hear(ORDER);
  await before.hear(YES);
  const after = await live(START + MINUTE_MS - MONTH_MS);
  await after.hear({ content: { kind: 'text', text: 'buy 50 for 0733000002' } });
  await after.hear(YES);
  // How long nothing ran cannot be known now, so the prompt counts as new: three minutes, and not a month.
  expect(lastWord(after)).toContain('try again in 3 minutes');
  await after.pass(3 * MINUTE_MS);
  await after.hear({ content: { kind: 'text', text: 'buy 50 for 0733000002' } });
  await after.hear(YES);
  expect(upstream.posts.map(({ fields }) => fields['amount'])).toEqual(['100', '50']);
});

it('a clock that is put forward and corrected keeps no message back', async () => {
  await live(START + MONTH_MS);
  await world?.close();
  world = await openWorld({
    database: join(folder, 'jaza.db'),
    env: REAL(),
    startAt: START + MONTH_MS,
    sendOutcomes: [{ kind: 'retry', why: '429', afterMs: 5 * MINUTE_MS }],
  });
  await world.hear(ORDER);
  expect(world.said).toEqual([]);
  const corrected = await live(START);
  await corrected.pass(5 * MINUTE_MS);
  expect(lastWord(corrected)).toContain('Please check');
});

it('an upstream that is down for an hour: everybody hears that it is not known, is told the end, and nobody is called twice', async () => {
  const env = { ...REAL(), DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}`, HTTP_PORT: '0', TOPUPS_WEBHOOK_SECRET: SECRET };
  const jaza = startChat(env, ['--clock', 'manual=2026-11-22T08:00:00Z']);
  const texts = (heard: readonly Record<string, unknown>[]): string => heard.map((line) => String(line['text'] ?? '')).join('\n');
  upstream.behave({ kind: 'status', status: 503 });
  const waiting = [];
  for (let at = 0; at < 6; at += 1) {
    const person = { from: `p${at}`, msisdn: `25472200000${at}` };
    await jaza.say({ text: 'buy 100 for 0733000009', ...person });
    expect(texts(await jaza.say({ text: 'yes', from: person.from }))).toContain("don't know yet whether your order went through");
    waiting.push(texts(await jaza.say({ advance: 600 })));
  }
  // Ten minutes after each order a person looks at it: nobody is told that it failed.
  expect(waiting.map((heard) => heard.match(/A person is looking at your order/g)?.length)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(waiting.join('\n')).not.toMatch(/refused|cancelled|No airtime was bought/);
  expect(upstream.posts).toHaveLength(6);

  upstream.behave({ kind: 'usual' });
  await jaza.say({ text: 'buy 100 for 0733000009', from: 'p7', msisdn: '254722000007' });
  expect(texts(await jaza.say({ text: 'yes', from: 'p7' }))).toContain('is requested from');
  expect(new Set(upstream.posts.map(({ fields }) => fields['note'])).size).toBe(7);
  expect(upstream.posts).toHaveLength(7);
  expect(await jaza.end()).toBe(0);
}, 90_000);
