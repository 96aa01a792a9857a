/** The address of the airtime provider's webhooks over real sockets: what is handed on, and what a stranger can find out (nothing). */

import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { post, SECRET, startHttp, statusFor, stopHttp } from './http-world.ts';

afterEach(stopHttp);

describe('webhooks of the airtime provider', () => {
  for (const [type, body] of [
    ['application/json', '{"status":"success"}'],
    ['text/xml', '<a>é</a>'],
    ['application/x-www-form-urlencoded', 'status=cancelled'],
    ['application/octet-stream', 'neither this nor that'],
  ] as const) {
    test(`${type} is handed on as it came, and answered once it is durable`, async () => {
      const { url, webhooks } = await startHttp();
      expect((await post(`${url}/webhooks/topups/${SECRET}`, body, { 'content-type': type })).status).toBe(200);
      expect(webhooks).toEqual([{ raw: body, contentType: type }]);
    });
  }

  test('an empty one is handed on too', async () => {
    const { url, webhooks } = await startHttp();
    expect((await post(`${url}/webhooks/topups/${SECRET}`, '')).status).toBe(200);
    expect(webhooks.map(({ raw: body }) => body)).toEqual(['']);
  });

  test('when it cannot be written down the provider is asked to come again', async () => {
    const { url } = await startHttp({
      onWebhook: async () => {
        throw new Error('disk full at /var/lib');
      },
    });
    const response = await post(`${url}/webhooks/topups/${SECRET}`, '{}');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('30');
    expect(await response.text()).not.toContain('disk');
  });

  test('64 KB are taken, more is not: with a length, and without', async () => {
    const { url, webhooks } = await startHttp();
    const address = `${url}/webhooks/topups/${SECRET}`;
    expect((await post(address, 'x'.repeat(64 * 1024))).status).toBe(200);
    expect((await post(address, 'x'.repeat(64 * 1024 + 1))).status).toBe(413);
    let parts = 80;
    const stream = new ReadableStream({
      pull: (controller) => (parts-- > 0 ? controller.enqueue(new TextEncoder().encode('x'.repeat(1024))) : controller.close()),
    });
    expect((await post(address, stream)).status).toBe(413);
    expect(webhooks).toHaveLength(1);
  });

  test('one that breaks off half way is not taken for a whole one', async () => {
    const { port, url, webhooks } = await startHttp();
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST /webhooks/topups/${SECRET} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"status":`, () =>
          socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(webhooks).toEqual([]);
  });

  const wrong = ['', 'wrong', SECRET.slice(1), `${SECRET}x`, SECRET.toLowerCase(), `${SECRET}/more`, `%00${SECRET}`];
  for (const secret of wrong) {
    test(`a wrong secret ("${secret.slice(0, 6)}…", ${secret.length}) looks like any path that does not exist`, async () => {
      const { url, webhooks } = await startHttp();
      for (const method of ['POST', 'GET', 'PUT', 'OPTIONS']) {
        const there = await fetch(`${url}/webhooks/topups/${secret}`, { method });
        const nowhere = await fetch(`${url}/nowhere/at/all`, { method });
        expect(there.status).toBe(404);
        expect(await there.text()).toBe(await nowhere.text());
        const headers = (response: Response): unknown => [...response.headers].filter(([name]) => name !== 'date');
        expect(headers(there)).toEqual(headers(nowhere));
      }
      expect(webhooks).toEqual([]);
    });
  }

  test('without a secret set there is no address, not even for an empty one', async () => {
    const { url } = await startHttp({ topupsWebhookSecret: null });
    for (const path of ['/webhooks/topups/', '/webhooks/topups/null', `/webhooks/topups/${SECRET}`]) {
      expect((await post(url + path, '{}')).status).toBe(404);
    }
  });

  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
    test(`${method} with the right secret: 405`, async () => {
      const { url } = await startHttp();
      const response = await fetch(`${url}/webhooks/topups/${SECRET}`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    });
  }

  test('reach us under a name that we do not know: the secret is proof enough', async () => {
    const { port } = await startHttp();
    expect(await statusFor(port, `/webhooks/topups/${SECRET}`, { host: 'tunnel.example' }, 'POST')).toBe(200);
    expect(await statusFor(port, '/webhooks/topups/wrong', { host: 'tunnel.example' }, 'POST')).toBe(421);
  });
});
