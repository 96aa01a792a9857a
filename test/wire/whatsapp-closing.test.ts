/** What the bot does when WhatsApp hangs up, on the wire: when it comes back, when it stops, and what the operator is told. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeWhatsApp } from './fake-whatsapp.ts';
import { Bot, HurriedClock, linkedBot } from './whatsapp-harness.ts';
import { MemoryAuth } from './whatsapp-memory.ts';

let server: FakeWhatsApp;
let bot: Bot;
let auth: MemoryAuth;
let saved: ReadonlyMap<string, Uint8Array>;
let people = 0;

beforeAll(async () => {
  server = await FakeWhatsApp.listen();
  const first = new MemoryAuth();
  await (await linkedBot(server, first)).channel.stop();
  saved = new Map(first.rows);
});
afterAll(() => server.close());

beforeEach(async () => {
  server.refuse = null;
  auth = new MemoryAuth();
  for (const [row, value] of saved) auth.rows.set(row, value);
  bot = await new Bot(server, auth).start();
  await bot.is('open');
});
afterEach(() => bot.channel.stop());

async function isHeard(): Promise<void> {
  people += 1;
  const amina = server.person({ lid: String(400_000_000_000_000 + people), phone: null, name: 'Amina' });
  expect((await bot.receives(await amina.writes('uko?'))).content).toEqual({ kind: 'text', text: 'uko?' });
}

async function comesBack(logins: number): Promise<void> {
  await server.login(logins + 1);
  await bot.is('open');
  await isHeard();
}

const backoffs = (clock: HurriedClock, from: number): number[] =>
  clock.asked.slice(from).filter((ms) => ms < 60_000 && ms !== 5000);

describe('comes back', () => {
  it.each<[string, () => void, number, number]>([
    ['at once when asked to (515)', () => server.closeWith(515), 0, 0],
    ['soon when the line breaks', () => server.hangUp(), 500, 1000],
    ['soon when WhatsApp is busy (503)', () => server.closeWith(503), 500, 1000],
    ['soon after a broken session (500)', () => server.closeWith(500), 500, 1000],
    ['later when another program took the session, the first time (440)', () => server.closeWith(440), 5500, 6000],
  ])('%s', async (_, close, least, most) => {
    const { logins } = server;
    const asked = bot.clock.asked.length;
    close();
    await comesBack(logins);
    expect(backoffs(bot.clock, asked)[0]).toBeGreaterThanOrEqual(least);
    expect(backoffs(bot.clock, asked)[0]).toBeLessThanOrEqual(most);
  });

  it('after longer and longer pauses, with one connection at a time, and tells the operator once', async () => {
    await bot.channel.stop();
    const clock = new HurriedClock(500);
    bot = await new Bot(server, auth, { clock }).start();
    await bot.is('open');
    const { logins } = server;
    server.refuse = { code: 503, times: 6 };
    server.hangUp();
    await comesBack(logins);
    const pauses = backoffs(clock, 0).slice(0, 7);
    pauses.forEach((pause, at) => {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** at);
      expect(pause).toBeLessThanOrEqual(1000 * 2 ** at);
    });
    expect(server.open).toBe(1);
    expect(bot.notices).toEqual([
      { kind: 'trouble', why: 'WhatsApp cannot be reached (503).', remedy: expect.stringContaining('internet') },
      { kind: 'recovered', why: 'WhatsApp is connected again.', remedy: null },
    ]);
  });

  it('after a long wait when its version is refused (405), and says what to do meanwhile', async () => {
    server.refuse = { code: 405, times: 1 };
    server.hangUp();
    await bot.noticed(1);
    expect(bot.notices).toEqual([
      { kind: 'trouble', why: expect.stringContaining('version'), remedy: expect.stringContaining('Update') },
    ]);
    expect(bot.channel.health()).toMatchObject({ state: 'down', why: expect.stringContaining('version') });
    expect(bot.clock.asked.at(-1)).toBe(30 * 60_000);
  });

  it('is down meanwhile, and says that it heals by itself', async () => {
    const { logins } = server;
    server.hangUp();
    await bot.is('connecting');
    expect(bot.channel.health()).toMatchObject({ state: 'down', remedy: null });
    await comesBack(logins);
    expect(bot.channel.health()).toEqual({ state: 'up' });
  });
});

describe('stops', () => {
  it.each([
    [401, 'logged this device out'],
    [403, 'blocked'],
    [419, 'no longer accepts'],
  ])('for good at %i, tells why and what to do, and tries no more', async (code, why) => {
    const { connections } = server;
    server.closeWith(code);
    expect(await bot.is('stopped')).toMatchObject({
      why: expect.stringContaining(why),
      remedy: expect.stringContaining('Start over'),
    });
    expect(bot.notices).toMatchObject([{ kind: 'action', why: expect.stringContaining(why) }]);
    expect(bot.channel.health()).toMatchObject({ state: 'down', remedy: expect.stringContaining('Start over') });
    expect(server.connections).toBe(connections);
  });

  it('when a login is refused as that of an unlinked device (401)', async () => {
    server.refuse = { code: 401, times: 1 };
    server.hangUp();
    await bot.is('stopped');
  });

  it('when another program takes the session again and again (440), instead of fighting for it', async () => {
    const other = new Bot(server, auth);
    await other.start();
    await other.is('open');
    await Promise.race([bot.is('stopped'), other.is('stopped')]);
    const stopped = bot.channel.pairing().state === 'stopped' ? bot : other;
    const { logins } = server;
    expect(stopped.channel.pairing()).toMatchObject({
      why: expect.stringContaining('Another program'),
      remedy: expect.any(String),
    });
    await (stopped === bot ? other : bot).is('open');
    expect(server.logins - logins).toBeLessThanOrEqual(1);
    await other.channel.stop();
  });

  it('and links again when the operator starts over', async () => {
    server.closeWith(401);
    await bot.is('stopped');
    await bot.channel.resetPairing();
    const { qr } = await bot.is('qr');
    await server.scan(qr ?? '');
    await bot.is('open');
    await isHeard();
    saved = new Map(auth.rows);
  });

  it('within two seconds when it is told to, even with a server that does not answer', async () => {
    server.freeze();
    const asked = performance.now();
    await bot.channel.stop();
    expect(performance.now() - asked).toBeLessThan(2500);
    expect(bot.channel.health().state).toBe('down');
    await bot.channel.stop();
  });
});

describe('reminds the operator', () => {
  it('to open the phone, long before WhatsApp logs out', async () => {
    await bot.channel.stop();
    const clock = new HurriedClock(10_000_000);
    bot = await new Bot(server, auth, { clock }).start();
    await bot.noticed(1);
    expect(bot.notices[0]).toEqual({
      kind: 'reminder',
      why: expect.stringContaining('14 days'),
      remedy: expect.stringContaining('phone'),
    });
    expect(clock.asked).toContain(10 * 24 * 60 * 60_000);
  });
});
