/** Linking the operator's phone, on the wire: QR, code, restarts, and what breaks in between. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeWhatsApp } from './fake-whatsapp.ts';
import { Bot, HurriedClock, linkedBot } from './whatsapp-harness.ts';
import { MemoryAuth } from './whatsapp-memory.ts';

let server: FakeWhatsApp;
let auth: MemoryAuth;
let bots: Bot[];

beforeEach(async () => {
  server = await FakeWhatsApp.listen();
  auth = new MemoryAuth();
  bots = [];
});

afterEach(async () => {
  await Promise.all(bots.map(({ channel }) => channel.stop()));
  await server.close();
});

async function started(options: ConstructorParameters<typeof Bot>[2] = {}): Promise<Bot> {
  const bot = new Bot(server, auth, options);
  bots.push(bot);
  return bot.start();
}

async function linked(): Promise<Bot> {
  const bot = await linkedBot(server, auth);
  bots.push(bot);
  return bot;
}

const trail = (bot: Bot): string[] => bot.states.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);

describe('by QR', () => {
  it('goes from nothing to open, through the restart that WhatsApp asks for (515)', async () => {
    const bot = await linked();
    expect(trail(bot)).toEqual(['connecting', 'qr', 'connecting', 'open']);
    expect(bot.channel.pairing()).toMatchObject({ number: '254700000001', qr: null, code: null, why: null });
    expect(bot.channel.health()).toEqual({ state: 'up' });
    expect([server.connections, server.logins]).toEqual([2, 1]);
    expect(bot.notices).toEqual([]);
  });

  it('is not needed again after a restart', async () => {
    await (await linked()).channel.stop();
    const again = await started();
    await again.is('open');
    expect(trail(again)).toEqual(['connecting', 'open']);
    expect(server.logins).toBe(2);
  });

  it('stays linked when the bot stops: it hangs up and does not log out', async () => {
    const bot = await linked();
    await bot.channel.stop();
    expect(server.queries.filter((query) => query.includes('remove-companion-device'))).toEqual([]);
    expect(server.queries.some((query) => query.includes('passive'))).toBe(true);
  });

  it('tells the health before anybody scans', async () => {
    const bot = new Bot(server, auth);
    bots.push(bot);
    expect(bot.channel.health()).toEqual({ state: 'starting' });
    await bot.start();
    await bot.is('qr');
    expect(bot.channel.health()).toMatchObject({ state: 'down', why: 'No phone is linked yet.' });
  });

  it('begins anew when the line breaks before the scan', async () => {
    const bot = await started();
    const first = await bot.is('qr');
    server.hangUp();
    await bot.is('unpaired');
    const second = await bot.is('qr');
    expect(second.qr).not.toBe(first.qr);
    await server.scan(second.qr ?? '');
    await bot.is('open');
  });

  it('is open at once after the scan, however many QRs nobody used before', async () => {
    const bot = await started();
    for (let round = 0; round < 5; round += 1) {
      await bot.is('qr');
      server.hangUp();
      await bot.is('unpaired');
    }
    const { qr } = await bot.is('qr');
    const asked = bot.clock.asked.length;
    await server.scan(qr ?? '');
    await bot.is('open');
    expect(bot.clock.asked[asked]).toBe(0);
  });

  it('gives up when nobody scans for long, and says how to go on', async () => {
    const bot = await started({ clock: new HurriedClock(2_000) });
    for (let round = 0; round < 10; round += 1) {
      await bot.is('qr');
      server.hangUp();
      await bot.is(round < 9 ? 'unpaired' : 'stopped');
    }
    expect(server.connections).toBe(10);
    expect(bot.notices).toEqual([
      { kind: 'action', why: 'Nobody linked a phone.', remedy: expect.stringContaining('Start over') },
    ]);
    await bot.channel.resetPairing();
    await bot.is('qr');
  });
});

describe('by code', () => {
  it('asks for a code at once when the number is configured', async () => {
    const bot = await started({ pairWith: '254700000001' });
    const { code } = await bot.is('code');
    expect(code).toMatch(/^[1-9A-Z]{8}$/);
    await server.enterCode(code ?? '');
    await bot.is('open');
    expect(trail(bot)).toEqual(['connecting', 'qr', 'code', 'connecting', 'open']);
  });

  it('asks for a code when the operator wants one, after the QR came', async () => {
    const bot = await started();
    await bot.is('qr');
    const code = await bot.channel.requestPairingCode('0700 000 001');
    expect(code).toEqual({ ok: true, value: bot.channel.pairing().code });
    await server.enterCode(code.ok ? code.value : '');
    await bot.is('open');
  });

  it('does not get through with a wrong code', async () => {
    const bot = await started({ pairWith: '254700000001' });
    await bot.is('code');
    await expect(server.enterCode('1111-1111')).rejects.toThrow('wrong pairing code');
    expect(server.logins).toBe(0);
  });

  it('says why there is none: no number, not ready, linked already', async () => {
    const bot = new Bot(server, auth);
    bots.push(bot);
    expect(await bot.channel.requestPairingCode('0700000001')).toEqual({ ok: false, error: 'WhatsApp is not running.' });
    await bot.start();
    expect(await bot.channel.requestPairingCode('me')).toMatchObject({
      ok: false,
      error: expect.stringContaining('no phone number'),
    });
    expect(await bot.channel.requestPairingCode('0700000001')).toMatchObject({
      ok: false,
      error: expect.stringContaining('not ready'),
    });
    await server.scan((await bot.is('qr')).qr ?? '');
    await bot.is('open');
    expect(await bot.channel.requestPairingCode('0700000001')).toMatchObject({
      ok: false,
      error: expect.stringContaining('linked already'),
    });
  });
});

describe('half-way', () => {
  it('wipes credentials that were named and never signed, instead of being refused for ever', async () => {
    const first = await started({ pairWith: '254700000001' });
    await first.is('code');
    await first.channel.stop();
    expect(auth.rows.size).toBeGreaterThan(0);
    const second = await started();
    const { qr } = await second.is('qr');
    await server.scan(qr ?? '');
    await second.is('open');
    expect(server.refused).toBe(0);
  });

  it('does so also when the line breaks in the middle of a pairing code', async () => {
    const bot = await started({ pairWith: '254700000001' });
    const { code } = await bot.is('code');
    server.hangUp();
    await bot.is('unpaired');
    const second = await bot.is('code');
    expect(second.code).not.toBe(code);
    await server.enterCode(second.code ?? '');
    await bot.is('open');
    expect(server.refused).toBe(0);
  });
});

describe('starting over', () => {
  it('forgets the phone and links another time', async () => {
    const bot = await linked();
    await bot.channel.resetPairing();
    const { qr } = await bot.is('qr');
    await server.scan(qr ?? '');
    await bot.is('open');
    expect(server.logins).toBe(2);
  });

  it('twice at once makes one connection', async () => {
    const bot = await linked();
    await Promise.all([bot.channel.resetPairing(), bot.channel.resetPairing()]);
    await bot.is('qr');
    expect(server.open).toBe(1);
  });

  it('keeps the link when the store cannot forget it', async () => {
    const bot = await linked();
    auth.failing = true;
    await expect(bot.channel.resetPairing()).rejects.toThrow('disk full');
    auth.failing = false;
    await bot.is('open');
    expect(server.logins).toBe(2);
  });

  it('is the way out when the session was saved with another SECRET_KEY', async () => {
    await (await linked()).channel.stop();
    const rows = auth.rows.size;
    const bot = await started({ secretKey: Buffer.alloc(32, 9) });
    expect(bot.channel.health()).toMatchObject({ state: 'down', remedy: expect.stringContaining('SECRET_KEY') });
    expect(bot.notices).toMatchObject([{ kind: 'action' }]);
    expect(auth.rows.size).toBe(rows);
    await bot.channel.resetPairing();
    const { qr } = await bot.is('qr');
    await server.scan(qr ?? '');
    await bot.is('open');
  });
});

describe('the page', () => {
  it('shows the QR, takes a number and shows the code', async () => {
    const bot = await started();
    await bot.is('qr');
    const get = async (path: string): Promise<string> =>
      (await (await bot.channel.routes(new Request(`http://127.0.0.1${path}`)))?.text()) ?? '';
    expect(await get('/whatsapp/state')).toContain('<svg');
    const asked = await bot.channel.routes(
      new Request('http://127.0.0.1/whatsapp/code', { method: 'POST', body: new URLSearchParams({ phone: '0700000001' }) }),
    );
    expect(asked?.status).toBe(303);
    const code = /class="code">([\w-]+)</.exec(await get('/whatsapp/state'))?.[1];
    await server.enterCode(code ?? '');
    await bot.is('open');
    expect(await get('/whatsapp/state')).toContain('+254700000001');
  });
});
