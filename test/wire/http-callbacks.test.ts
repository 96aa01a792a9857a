/** The address at which M-Pesa calls back, over real sockets: what is handed on, and what a stranger can find out (nothing). */

import { afterEach, describe, expect, test } from 'vitest';
import type { HttpServerSettings } from '../../src/http/server.ts';
import { callbackPath } from '../../src/http/callback-path.ts';
import { createLog } from '../../src/lib/log.ts';
import { post, SECRET, startHttp, statusFor, stopHttp } from './http-world.ts';

afterEach(stopHttp);

const CALLBACK_SECRET = 'cA7kQ9xT2mN7pL5vR8sYcB';
const PATH = callbackPath('JZ7K2M4QPW', CALLBACK_SECRET);
const [, , , LOCK = ''] = PATH.split('/');

async function start(more: Partial<HttpServerSettings> = {}): Promise<{
  readonly url: string;
  readonly port: number;
  readonly callbacks: { readonly reference: string; readonly raw: string }[];
}> {
  const callbacks: { readonly reference: string; readonly raw: string }[] = [];
  const onPaymentCallback = async (reference: string, raw: string): Promise<void> => void callbacks.push({ reference, raw });
  const { url, port } = await startHttp({ onPaymentCallback, darajaCallbackSecret: CALLBACK_SECRET, ...more });
  return { url, port, callbacks };
}

describe('callbacks of M-Pesa', () => {
  for (const body of ['{"Body":{"stkCallback":{}}}', 'neither this nor that', '']) {
    test(`${JSON.stringify(body)} is handed on as it came, with its order, and answered once it is durable`, async () => {
      const { url, callbacks } = await start();
      const response = await post(`${url}${PATH}`, body, { 'content-type': 'application/json' });
      expect([response.status, await response.json()]).toEqual([200, { ResultCode: 0, ResultDesc: 'Accepted' }]);
      expect(callbacks).toEqual([{ reference: 'JZ7K2M4QPW', raw: body }]);
    });
  }

  test('one that cannot be written down is answered so, and without the secret in the log', async () => {
    const lines: string[] = [];
    const { url } = await start({
      log: createLog('debug', (line) => lines.push(line)),
      onPaymentCallback: async () => {
        throw new Error('disk full at /var/lib');
      },
    });
    const response = await post(`${url}${PATH}`, '{}');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await response.text()).not.toContain('disk');
    expect(lines.join('')).toContain('a callback of M-Pesa could not be written down');
    expect(lines.join('')).not.toContain(CALLBACK_SECRET);
    expect(lines.join('')).not.toContain(LOCK);
  });

  test('64 KB are taken, more is not', async () => {
    const { url, callbacks } = await start();
    expect((await post(`${url}${PATH}`, 'x'.repeat(64 * 1024))).status).toBe(200);
    expect((await post(`${url}${PATH}`, 'x'.repeat(64 * 1024 + 1))).status).toBe(413);
    expect(callbacks).toHaveLength(1);
  });

  test('GET with the right secret: 405', async () => {
    const { url } = await start();
    const response = await fetch(`${url}${PATH}`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('reach us under a name that we do not know: the secret is proof enough', async () => {
    const { port } = await start();
    expect(await statusFor(port, PATH, { host: 'tunnel.example' }, 'POST')).toBe(200);
    expect(await statusFor(port, PATH.replace(LOCK, 'wrong'), { host: 'tunnel.example' }, 'POST')).toBe(421);
  });

  const another = callbackPath('JZ7K2M4QPX', CALLBACK_SECRET).split('/')[3];
  const wrong = [
    '',
    LOCK,
    `${LOCK}/`,
    `/JZ7K2M4QPW`,
    'wrong/JZ7K2M4QPW',
    `${CALLBACK_SECRET}/JZ7K2M4QPW`,
    `${another}/JZ7K2M4QPW`,
    `${LOCK}/JZ7K2M4QPX`,
    callbackPath('JZ7K2M4QPW', SECRET).slice('/webhooks/daraja/'.length),
    `${LOCK.toLowerCase()}/JZ7K2M4QPW`,
    `${LOCK}x/JZ7K2M4QPW`,
    `${LOCK.slice(0, -1)}/JZ7K2M4QPW`,
    `${LOCK}/JZ7K2M4QPW/more`,
    `${LOCK}/jz7k2m4qpw`,
    `${LOCK}/J`,
    `${LOCK}/${'J'.repeat(21)}`,
    `${LOCK}/JZ7K%2F4QPW`,
  ];
  for (const path of wrong) {
    test(`"${path.replaceAll(LOCK, 'lock').replaceAll(CALLBACK_SECRET, 'secret')}" looks like any path that does not exist`, async () => {
      const { url, callbacks } = await start();
      const there = await post(`${url}/webhooks/daraja/${path}`, '{}');
      const nowhere = await post(`${url}/nowhere/at/all`, '{}');
      expect([there.status, await there.text()]).toEqual([404, await nowhere.text()]);
      expect(callbacks).toEqual([]);
    });
  }

  test.each<[string, Partial<HttpServerSettings>]>([
    ['nobody wants to hear of payments', { onPaymentCallback: null }],
    ['no secret is set', { darajaCallbackSecret: null }],
  ])('there is no address when %s', async (_name, more) => {
    const { url } = await start(more);
    expect((await post(`${url}${PATH}`, '{}')).status).toBe(404);
    expect((await post(`${url}${callbackPath('JZ7K2M4QPW', 'null')}`, '{}')).status).toBe(404);
  });

  test('each upstream has its own secret: neither opens the other’s address', async () => {
    const { url, callbacks } = await start();
    expect((await post(`${url}/webhooks/topups/${CALLBACK_SECRET}`, '{}')).status).toBe(404);
    expect((await post(`${url}/webhooks/topups/${SECRET}`, '{}')).status).toBe(200);
    expect(callbacks).toEqual([]);
  });
});
