/** What the web chat refuses (strangers' pages, bodies that are too large or make no sense, floods) and who a visitor is. */

import { afterEach, describe, expect, test } from 'vitest';
import { TestPage } from './web-page.ts';
import { startWebWorld, stopWebWorlds } from './web-world.ts';

afterEach(stopWebWorlds);

describe('requests from other sites', () => {
  const refused: [string, Record<string, string>, number][] = [
    ['an Origin that is not ours', { origin: 'https://evil.example' }, 403],
    ['our name on another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a neighbouring subdomain', { 'sec-fetch-site': 'same-site' }, 403],
    ['a form as text', { 'content-type': 'text/plain' }, 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['JSON by a longer name', { 'content-type': 'application/json-patch+json' }, 415],
  ];
  for (const [what, headers, status] of refused) {
    test(`${what}: ${status}`, async () => {
      const world = await startWebWorld();
      const page = await world.visitor();
      const response = await page.say('message-1', 'buy 1000', headers);
      expect(response.status).toBe(status);
      expect(world.taken).toEqual([]);
      expect((await page.post('/chat/session', {}, headers)).status).toBe(status);
    });
  }

  test('our own page is let in, by its own name and by the public one', async () => {
    const world = await startWebWorld({ publicUrl: 'https://jaza.example' });
    const page = await world.visitor();
    expect((await page.say('message-1', 'a', { origin: world.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await page.say('message-2', 'b', { origin: 'https://jaza.example' })).status).toBe(200);
    expect((await page.say('message-3', 'c', { origin: 'http://jaza.example' })).status).toBe(403);
  });
});

describe('bodies', () => {
  const id = 'message-1';
  const malformed: [string, unknown][] = [
    ['no JSON', '{"id":'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', []],
    ['no id', { text: 'a' }],
    ['an id that is too short', { id: 'a', text: 'a' }],
    ['an id that is too long', { id: 'a'.repeat(65), text: 'a' }],
    ['an id with other signs', { id: 'abcd efgh', text: 'a' }],
    ['an empty text', { id, text: ' \n ' }],
    ['a number as text', { id, text: 5 }],
    ['text and tap', { id, text: 'a', tap: 'b', on: null }],
    ['a tap on nothing said', { id, tap: 'b' }],
    ['an endless tap', { id, tap: 'b'.repeat(257), on: null }],
    ['more than asked for', { id, text: 'a', chat: 'somebody else' }],
    ['a prototype', '{"id":"message-1","text":"a","__proto__":{"admin":true}}'],
    ['a message from the future', { id, text: 'a', ageMs: -1 }],
    ['a message from long ago', { id, text: 'a', ageMs: 1e15 }],
  ];
  for (const [what, body] of malformed) {
    test(`${what}: 400`, async () => {
      const world = await startWebWorld();
      const page = await world.visitor();
      const response = await page.post('/chat/messages', body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'malformed' });
      expect(world.taken).toEqual([]);
      expect(world.transcripts.lines.size).toBe(0);
    });
  }

  test('longer than what is understood: 413, nothing of it is kept, and the page lives on', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    expect((await page.say('message-1', 'x'.repeat(17 * 1024))).status).toBe(413);
    expect((await page.say('message-2', 'x'.repeat(4_001))).status).toBe(413);
    expect(world.transcripts.lines.size).toBe(0);
    expect((await page.say('message-3', 'é'.repeat(4_000))).status).toBe(200);
    expect(world.taken.map(({ messageId }) => messageId)).toEqual(['message-3']);
  });

  test('over 16 KB without a length that tells: 413 as well', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    const parts = Array.from({ length: 64 }, () => new TextEncoder().encode('x'.repeat(1024)));
    const response = await fetch(`${world.url}/chat/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: page.cookie ?? '' },
      body: new ReadableStream({
        pull(controller) {
          const part = parts.pop();
          if (part === undefined) controller.close();
          else controller.enqueue(part);
        },
      }),
      duplex: 'half',
    });
    expect(response.status).toBe(413);
  });

  test('half a surrogate pair is stored as it will be read', async () => {
    const world = await startWebWorld();
    const page = await world.visitor();
    for (let time = 0; time < 2; time += 1) {
      expect((await page.post('/chat/messages', String.raw`{"id":"message-1","text":"a\ud83d"}`)).status).toBe(200);
    }
    expect(world.taken[0]?.content).toEqual({ kind: 'text', text: 'a\ufffd' });
  });
});

describe('floods', () => {
  test('of one visitor are slowed down, others are not, and waiting helps', async () => {
    const world = await startWebWorld();
    const [loud, calm] = [await world.visitor(), await world.visitor()];
    const statuses: number[] = [];
    for (let count = 0; count < 25; count += 1) statuses.push((await loud.say(`message-${count}`, 'x')).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    const refused = await loud.say('message-99', 'x');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await calm.say('message-1', 'x')).status).toBe(200);
    world.clock.advanceTo(world.clock.now() + 1000);
    expect((await loud.say('message-99', 'x')).status).toBe(200);
  });

  test('of new visitors from one network of IPv6 are slowed down, whatever address in it they take', async () => {
    const world = await startWebWorld();
    const visit = async (ip: string): Promise<number> =>
      (await new TestPage(world.url, { 'x-forwarded-for': ip }).post('/chat/session', {})).status;
    const statuses: number[] = [];
    for (let count = 1; count <= 125; count += 1) statuses.push(await visit(`2c0f:fe38:1:2::${count.toString(16)}`));
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(await visit('2c0f:fe38:1:3::1')).toBe(200);
  });

  test('of new visitors from one address are slowed down', async () => {
    const world = await startWebWorld();
    const statuses: number[] = [];
    for (let count = 0; count < 125; count += 1) statuses.push((await new TestPage(world.url).post('/chat/session', {})).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });
});

describe('who a visitor is', () => {
  test('the page makes nobody a visitor; the session does, once', async () => {
    const world = await startWebWorld();
    expect((await fetch(world.url)).headers.get('set-cookie')).toBeNull();
    const first = await new TestPage(world.url).post('/chat/session', {});
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^jaza_visitor=[\w-]{22}\.[\w-]{22}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(await first.json()).toEqual({ ok: true, new: true });
    const [pair = ''] = cookie.split(';');
    const second = await new TestPage(world.url).post('/chat/session', {}, { cookie: `a=b; ${pair}; c=d` });
    expect(second.headers.get('set-cookie')?.split(';')[0]).toBe(pair);
    expect(await second.json()).toEqual({ ok: true, new: false });
  });

  test('behind https the cookie is Secure and bound to the host', async () => {
    const world = await startWebWorld({ publicUrl: 'https://localhost' });
    // What a proxy in front passes on.
    const response = await world.channel.routes?.(
      new Request('http://localhost/chat/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
    );
    expect(response?.headers.get('set-cookie')).toMatch(/^__Host-jaza_visitor=.*; HttpOnly; SameSite=Strict; Secure$/);
  });

  const strangers: [string, (cookie: string) => string | null][] = [
    ['without a cookie', () => null],
    ['with a made-up token', () => `jaza_visitor=${'a'.repeat(22)}.${'b'.repeat(22)}`],
    ['with a changed token', (cookie) => cookie.replace(/=./, (start) => (start === '=A' ? '=B' : '=A'))],
    ['with half a cookie', (cookie) => cookie.split('.')[0] ?? ''],
  ];
  for (const [what, change] of strangers) {
    test(`${what} there is no chat`, async () => {
      const world = await startWebWorld();
      const page = await world.visitor();
      page.cookie = change(page.cookie ?? '');
      expect((await page.say('message-1', 'x')).status).toBe(401);
      await expect(page.events()).rejects.toThrow('401');
    });
  }

  test('cookies signed with another key are nobody', async () => {
    const world = await startWebWorld();
    const other = await startWebWorld({ secretKey: 'another key' });
    const page = await world.visitor();
    expect(
      (await new TestPage(other.url).post('/chat/messages', { id: 'message-1', text: 'x' }, { cookie: page.cookie ?? '' }))
        .status,
    ).toBe(401);
  });
});

describe('page and files', () => {
  test('the page speaks the language of the browser, holds no script of its own, and says that it is simulated', async () => {
    const world = await startWebWorld({ businessName: '<Mama> & "Jaza"' });
    const page = await fetch(world.url, { headers: { 'accept-language': 'sw' } });
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(html).toContain('<html lang="sw">');
    expect(html).toContain('<strong>MAJARIBIO</strong>');
    expect(html).toContain('href="/phone" target="_blank"');
    expect(html).toContain('&lt;Mama&gt; &amp; &quot;Jaza&quot;');
    expect(html).not.toContain('<Mama>');
    expect(html).not.toMatch(/<script(?![^>]*(src=|application\/json))|\son\w+=|\sstyle=|(src|href)="https?:/);
    expect(html).not.toContain('undefined');
  });

  test('SMS are suggested where they are sold, and only there', async () => {
    const suggested = async (sellsSms: boolean): Promise<string> =>
      /<div class="choices"[^]*?<\/div>/.exec(await (await fetch((await startWebWorld({ sellsSms })).url)).text())?.[0] ?? '';
    expect(await suggested(true)).toContain('Buy airtime</button>\n            <button type="button">Buy SMS</button>');
    expect(await suggested(false)).not.toContain('SMS');
  });

  test('without simulation there is no banner and no way to a payer’s phone', async () => {
    const html = await (await fetch((await startWebWorld({ simulated: false })).url)).text();
    expect(html).not.toMatch(/<aside|href="\/phone/);
  });

  test('the toggle is remembered over the browser’s language; nonsense is not', async () => {
    const world = await startWebWorld();
    const toggled = await fetch(`${world.url}/?lang=sw`, { redirect: 'manual' });
    expect([toggled.status, toggled.headers.get('location')]).toEqual([303, '/']);
    const cookie = toggled.headers.get('set-cookie')?.split(';')[0] ?? '';
    const html = await (await fetch(world.url, { headers: { cookie, 'accept-language': 'en' } })).text();
    expect(html).toContain('<html lang="sw">');
    expect(await (await fetch(`${world.url}/?lang=xx`)).text()).toContain('<html lang="en">');
  });

  test('files come packed and are kept for ever under their own hash only', async () => {
    const world = await startWebWorld();
    const html = await (await fetch(world.url)).text();
    const addresses = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThanOrEqual(5);
    for (const address of addresses) {
      const file = await fetch(world.url + address);
      expect(file.status, address).toBe(200);
      expect(file.headers.get('cache-control')).toContain('immutable');
      expect(file.headers.get('content-encoding')).toBe('gzip');
    }
    const stale = await fetch(world.url + (addresses[0] ?? '').replace(/[0-9a-f]{16}/, '0'.repeat(16)));
    expect([stale.status, stale.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  for (const path of [
    '/assets/web/../web-chat.ts',
    '/assets/web/0000000000000000/..%2fpage.ts',
    '/assets/web/0000000000000000/none.js',
    '/chat',
    '/chat/',
  ]) {
    test(`${path} does not exist`, async () => {
      expect((await fetch((await startWebWorld()).url + path)).status).toBe(404);
    });
  }

  for (const [method, path] of [
    ['POST', '/'],
    ['GET', '/chat/messages'],
    ['DELETE', '/chat/messages'],
    ['GET', '/chat/session'],
    ['POST', '/chat/events'],
  ] as const) {
    test(`${method} ${path}: 405`, async () => {
      const response = await fetch((await startWebWorld()).url + path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toMatch(/^(GET|POST)$/);
    });
  }
});
