/**
 * Owns the proof on the wire that one SMS is one POST with nothing in its address, whatever the gateway does to it, and that a message
 * which may have gone out is never said to be free for another try.
 */

import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFastMessage, type FastMessage, type FastMessageOptions } from '../../src/providers/fast-message/client.ts';
import type { NotifyResult, OutsideMessage } from '../../src/ports/notifier.ts';
import { freePort } from '../support/free-port.ts';
import { openGateway, SMS_SENT, type RecordingGateway } from './recording-gateway.ts';

const KEY = 'planted-api-key-9c1';
const MESSAGE: OutsideMessage = { id: 'alert-1', to: '254722000001', subject: '', text: 'Your SMS are running low: 40 left.' };

let gateway: RecordingGateway;

beforeEach(async () => {
  gateway = await openGateway();
});
afterEach(() => gateway.close());

const sms = (more: Partial<FastMessageOptions> = {}): FastMessage =>
  createFastMessage({ baseUrl: gateway.url, apiKey: KEY, partnerId: '77', sender: 'DUKA', timeoutMs: 5000, ...more });

const one = (fields: Record<string, unknown>): string => JSON.stringify({ responses: [fields] });

describe('the request', () => {
  it('is the documented one, as JSON, with the key in the body alone', async () => {
    expect(await sms({ baseUrl: `${gateway.url}//` }).send(MESSAGE)).toEqual({ kind: 'sent', upstreamId: '8290842' });
    expect(gateway.requests).toEqual([
      {
        path: 'POST /api/services/sendsms',
        contentType: 'application/json',
        fields: { apikey: KEY, partnerID: '77', message: MESSAGE.text, shortcode: 'DUKA', mobile: '254722000001' },
      },
    ]);
  });

  it('keeps the words whole, whatever is in them', async () => {
    const text = 'Salio: KES 5.00\n"Habari" \\ €🙂 {}&=%0A';
    await sms().send({ ...MESSAGE, text });
    expect(gateway.requests[0]?.fields['message']).toBe(text);
  });

  it.each([
    ['no number', { to: 'joe@duka.example' }],
    ['two numbers', { to: '254722000001,254722000002' }],
    ['a foreign number', { to: '+44 7911 123456' }],
    ['no words', { text: ' \n' }],
  ])('is not made for %s', async (_what, wrong) => {
    expect(await sms().send({ ...MESSAGE, ...wrong })).toMatchObject({ kind: 'refused', ours: false });
    expect(gateway.requests).toEqual([]);
  });
});

describe('one POST and no more', () => {
  it.each<[string, number, string, NotifyResult['kind']]>([
    ['200, garbage', 200, '\u0000<<{{', 'unknown'],
    ['200, nothing', 200, '', 'unknown'],
    ['204', 204, '', 'unknown'],
    ['301', 301, SMS_SENT, 'unknown'],
    ['307', 307, SMS_SENT, 'unknown'],
    ['308', 308, SMS_SENT, 'unknown'],
    ['401 with a page', 401, '<h1>Unauthorized</h1>', 'unknown'],
    ['401 with its code', 401, '{"response-code":1006,"response-description":"Invalid credentials"}', 'refused'],
    ['404', 404, '<h1>Not Found</h1>', 'unknown'],
    ['408', 408, '', 'unknown'],
    ['421', 421, 'Misdirected Request', 'unknown'],
    ['422 with success', 422, SMS_SENT, 'unknown'],
    ['429', 429, 'Slow down', 'unknown'],
    ['500 with a refusal', 500, one({ 'response-code': 1003 }), 'unknown'],
    ['503 with success', 503, SMS_SENT, 'unknown'],
    ['200, try after 5 minutes', 200, one({ 'response-code': 4090 }), 'retry'],
  ])('%s', async (_name, status, body, kind) => {
    gateway.behave({ kind: 'answer', status, body, headers: { Location: '/api/services/sendsms', 'Retry-After': '0' } });
    expect(await sms().send(MESSAGE)).toMatchObject({ kind });
    expect(gateway.requests).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closed without an answer', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    ['cut off in the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty')],
    ['cut off in the body', (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n${SMS_SENT}`)],
  ])('%s', async (_name, act) => {
    gateway.behave({ kind: 'socket', act });
    expect(await sms().send(MESSAGE)).toMatchObject({ kind: 'unknown' });
    expect(gateway.requests).toHaveLength(1);
  });

  it('never answered', async () => {
    gateway.behave({ kind: 'socket', act: () => undefined });
    expect(await sms({ timeoutMs: 80 }).send(MESSAGE)).toEqual({ kind: 'unknown', why: 'no answer within 80 ms' });
    expect(gateway.requests).toHaveLength(1);
  });
});

describe('nobody there', () => {
  it('a message may go later, and a probe says so', async () => {
    const nobody = sms({ baseUrl: `http://127.0.0.1:${await freePort()}` });
    expect(await nobody.send(MESSAGE)).toMatchObject({ kind: 'retry', afterMs: null });
    expect(await nobody.probe()).toMatchObject({ reachable: false });
    expect(await nobody.credit()).toMatchObject({ ok: false });
  });

  it('a probe of one who is there sends nothing', async () => {
    expect(await sms().probe()).toEqual({ reachable: true });
    expect(gateway.requests).toEqual([]);
  });
});

describe('the credit', () => {
  it('is asked for by POST and read by its digits', async () => {
    gateway.behave({ kind: 'answer', body: '{"response-code":200,"credit":"545.00","partner-id":"77"}' });
    expect(await sms().credit()).toEqual({ ok: true, value: 545_000 });
    expect(gateway.requests).toMatchObject([{ path: 'POST /api/services/getbalance', fields: { apikey: KEY, partnerID: '77' } }]);
  });

  it('is not known when the account is refused', async () => {
    gateway.behave({ kind: 'answer', body: '{"response-code":"1006","response-description":"Invalid credentials"}' });
    expect(await sms().credit()).toEqual({ ok: false, error: 'code 1006, invalid credentials: Invalid credentials' });
  });
});

it('a gateway that repeats the key is not repeated', async () => {
  const body = one({ 'response-code': 1006, 'response-description': `no such key: ${KEY}` });
  gateway.behave({ kind: 'answer', body });
  const result = await sms().send(MESSAGE);
  expect(result).toMatchObject({ kind: 'refused', why: expect.stringContaining('no such key') as string });
  expect(JSON.stringify(result)).not.toContain(KEY);
});
