/** The HTTP server over real sockets: health, host names, routes, broken clients, and an orderly end. */

import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer } from '../../src/http/server.ts';
import { createLog, silentLog } from '../../src/lib/log.ts';
import { clientIp, type HealthReport } from '../../src/ports/http.ts';
import { HEALTHY, post, raw, SECRET, startHttp, statusFor, stopHttp } from './http-world.ts';

afterEach(stopHttp);

describe('health', () => {
  const reports: [HealthReport['status'], number][] = [
    ['ok', 200],
    ['degraded', 200],
    ['failing', 503],
  ];
  for (const [status, code] of reports) {
    test(`${status}: ${code}`, async () => {
      const { url } = await startHttp({ health: async () => ({ ...HEALTHY, status }) });
      const response = await fetch(`${url}/healthz`);
      expect(response.status).toBe(code);
      expect(await response.json()).toEqual({ ...HEALTHY, status });
    });
  }

  test('a report that cannot be made is a failing one', async () => {
    const { url } = await startHttp({
      health: () => {
        throw new Error('secret inside');
      },
    });
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('{"status":"failing"}');
  });
});

describe('names', () => {
  const cases: [string, string | null, number][] = [
    ['localhost:3000', null, 200],
    ['127.0.0.1', null, 200],
    ['[::1]:3000', null, 200],
    ['LOCALHOST', null, 200],
    ['evil.example', null, 421],
    ['localhost.evil.example', null, 421],
    ['127.0.0.1.evil.example', null, 421],
    ['not a host', null, 400],
    ['jaza.example', 'https://jaza.example/', 200],
    ['jaza.example:8443', 'https://jaza.example', 200],
    ['other.example', 'https://jaza.example', 421],
  ];
  for (const [host, publicUrl, status] of cases) {
    test(`${host} with PUBLIC_URL ${publicUrl}: ${status}`, async () => {
      const { port } = await startHttp({ publicUrl });
      expect(await statusFor(port, '/healthz', { host })).toBe(status);
    });
  }

  test('bound to every address, every name is answered', async () => {
    const { port, url } = await startHttp({ host: '0.0.0.0' });
    expect(url).toBe(`http://localhost:${port}`);
    expect(await statusFor(port, '/healthz', { host: 'anything.example' })).toBe(200);
  });
});

describe('routes', () => {
  test('are asked in order; what none of them knows is not found, as JSON or as a page', async () => {
    const { url } = await startHttp({
      routes: [
        async (request) => (request.url.endsWith('/one') ? new Response('first') : null),
        async (request) => (/\/(one|two)$/.test(request.url) ? new Response('second') : null),
      ],
    });
    expect(await (await fetch(`${url}/one`)).text()).toBe('first');
    expect(await (await fetch(`${url}/two`)).text()).toBe('second');
    expect(await (await fetch(`${url}/three`)).json()).toEqual({ error: 'not_found', message: 'This page does not exist.' });
    const page = await fetch(`${url}/three`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });

  test('every answer carries the security headers; a route may set its own', async () => {
    const { url } = await startHttp({ routes: [async () => new Response('x', { headers: { 'referrer-policy': 'origin' } })] });
    for (const path of ['/healthz', '/any', `/webhooks/topups/${SECRET}`]) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe(path === '/any' ? 'origin' : 'same-origin');
      expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull();
    }
  });

  test('one that throws is a plain 500 without internals, and the log has the cause', async () => {
    const lines: string[] = [];
    const { url } = await startHttp({
      log: createLog('debug', (line) => void lines.push(line)),
      routes: [
        async () => {
          throw new Error('connection string with password');
        },
      ],
    });
    const response = await fetch(`${url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('password');
    expect(response.headers.get('content-security-policy')).not.toBeNull();
    expect(lines.join('')).toContain('connection string');
  });

  test('know the address of the person, also behind a proxy on this machine', async () => {
    const { url } = await startHttp({ routes: [async (request) => new Response(clientIp(request))] });
    expect(await (await fetch(`${url}/ip`)).text()).toBe('127.0.0.1');
    const forwarded = await fetch(`${url}/ip`, { headers: { 'x-forwarded-for': '6.6.6.6, 41.90.1.2' } });
    expect(await forwarded.text()).toBe('41.90.1.2');
    expect(await (await fetch(`${url}/ip`, { headers: { 'x-forwarded-for': '<script>' } })).text()).toBe('127.0.0.1');
  });

  test('can be asked without a socket', async () => {
    const { server } = await startHttp();
    expect((await server.fetch(new Request('http://localhost/healthz'))).status).toBe(200);
  });
});

test('secrets and one-time paths never reach the log', async () => {
  const lines: string[] = [];
  const { url, port } = await startHttp({
    log: createLog('debug', (line) => void lines.push(line)),
    onWebhook: async () => {
      throw new Error('store');
    },
    routes: [
      async (request) => {
        if (request.url.includes('pair')) throw new Error('route');
        return null;
      },
    ],
  });
  await post(`${url}/webhooks/topups/${SECRET}`, 'x'.repeat(70_000));
  await post(`${url}/webhooks/topups/${SECRET}`, '{}');
  await fetch(`${url}/pair/onetimetoken?key=querytoken`);
  await fetch(`${url}/0722000123`);
  await statusFor(port, '/pair/onetimetoken', { host: 'evil.example' });
  expect(lines.length).toBeGreaterThan(5);
  for (const canary of [SECRET, 'onetimetoken', 'querytoken', '0722000123']) expect(lines.join('')).not.toContain(canary);
});

describe('broken clients', () => {
  const nonsense: [string, string][] = [
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n'],
    ['a Host with a path', 'GET / HTTP/1.1\r\nHost: localhost/evil\r\nConnection: close\r\n\r\n'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    ],
    ['endless headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ];
  for (const [what, bytes] of nonsense) {
    test(`${what}: refused, and the server lives on`, async () => {
      const { port, url } = await startHttp();
      expect(await raw(port, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    });
  }

  const dawdlers: [string, string][] = [
    ['headers that never end', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'],
    ['a body that never ends', `POST /webhooks/topups/${SECRET} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nsta`],
  ];
  for (const [what, bytes] of dawdlers) {
    test(`${what}: cut off in time`, async () => {
      const { port, webhooks } = await startHttp({ requestTimeoutMs: 60 });
      expect(await raw(port, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(webhooks).toEqual([]);
    });
  }

  test('a path that cannot be decoded is not found', async () => {
    const { port } = await startHttp();
    expect(await statusFor(port, '/%E0%A4%A', { host: 'localhost' })).toBe(404);
  });
});

describe('listening and ending', () => {
  test('a busy port is told in words that help', async () => {
    const { port } = await startHttp();
    const second = createHttpServer({
      host: '127.0.0.1',
      port,
      publicUrl: null,
      log: silentLog,
      routes: [],
      onWebhook: async () => {},
      topupsWebhookSecret: null,
      onPaymentCallback: null,
      darajaCallbackSecret: null,
      health: async () => HEALTHY,
    });
    const listening = await second.listen();
    expect(listening).toMatchObject({
      ok: false,
      error: { kind: 'port_busy', message: expect.stringContaining('HTTP_PORT') as string },
    });
    await second.close();
  });

  test('an address that this machine does not have is told, too', async () => {
    await expect(startHttp({ host: '192.0.2.1' })).rejects.toThrow('HTTP_HOST');
  });

  test('the end waits for an answer under way, and cuts event streams at once', async () => {
    let release = (): void => {};
    let reached = (): void => {};
    const atWork = new Promise<void>((resolve) => (reached = resolve));
    const { url, server } = await startHttp({
      closeGraceMs: 10_000,
      onWebhook: () => {
        reached();
        return new Promise<void>((resolve) => (release = resolve));
      },
      routes: [async () => new Response(new ReadableStream({}), { headers: { 'content-type': 'text/event-stream' } })],
    });
    const stream = await fetch(`${url}/events`);
    const webhook = post(`${url}/webhooks/topups/${SECRET}`, '{}');
    await atWork;
    const closed = server.close();
    await expect(stream.text()).rejects.toThrow();
    release();
    expect((await webhook).status).toBe(200);
    await closed;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test('an answer that never comes does not hold the end for longer than the grace', async () => {
    let reached = (): void => {};
    const atWork = new Promise<void>((resolve) => (reached = resolve));
    const { url, server } = await startHttp({
      closeGraceMs: 20,
      routes: [
        () => {
          reached();
          return new Promise<Response>(() => {});
        },
      ],
    });
    const answer = fetch(`${url}/never`);
    const refused = expect(answer).rejects.toThrow();
    await atWork;
    await server.close();
    await refused;
  });

  test('a connection opened ahead of time does not hold the end', async () => {
    const { port, server } = await startHttp({ closeGraceMs: 60_000 });
    const hungUp = raw(port, '');
    await fetch(`http://127.0.0.1:${port}/healthz`);
    await server.close();
    expect(await hungUp).toBe('');
  });

  test('ending what never listened, and twice, is no error', async () => {
    const { server } = await startHttp();
    await server.close();
    await server.close();
  });
});
