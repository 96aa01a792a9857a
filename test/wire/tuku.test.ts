/**
 * A remote SMS wallet that says no, says nothing, says nonsense or redirects: what is believed of it, and that every call is one request.
 * What it sends is written down here as the specification has it.
 */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { PaidTopUp, RemoteThreshold, TopUpAnswer } from '../../src/ports/wallet-server.ts';
import { createTuku } from '../../src/providers/tuku/client.ts';
import { stopHttp } from './http-world.ts';
import { openApiWorld } from './wallet-api-world.ts';

const OWNER = { appId: null, userId: 'shop-1045' };
const PAID: PaidTopUp = {
  reference: 'JZ7K2M4QPW',
  owner: OWNER,
  amountKes: kes(400),
  paymentMethod: 'mpesa',
  paymentReference: 'SKJ4X8Y2ZQ',
  orderedAt: Date.UTC(2026, 10, 23, 9),
};
const THRESHOLD: RemoteThreshold = {
  owner: { appId: 'acme', userId: 'u1' },
  units: 500,
  alertType: 'both',
  notificationMethod: 'sms',
  alertMessage: 'Only {balance} left',
  createdBy: 'Njeri',
};
const KEY = 'jaza_0123456789abcdefghijklmnop';
const ADDED = {
  status: 'success',
  smsAdded: 500,
  newSmsBalance: 520,
  userId: 'shop-1045',
  purchaseAmount: 400,
  unitCost: 0.8,
  message: 'ok',
};

const running: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    if (server.listening) await once(server, 'close');
  }
  await stopHttp();
});

interface Remote {
  readonly url: string;
  /** What came on each connection. */
  readonly received: string[];
  readonly server: Server;
}

/** Answers each connection once a whole request has come. */
async function remote(answer: (socket: Socket) => void): Promise<Remote> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const at = received.push('') - 1;
    let answered = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received[at] += chunk.toString();
      if (answered || !isWhole(received[at] ?? '')) return;
      answered = true;
      answer(socket);
    });
  });
  running.push({ server, sockets });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server };
}

function isWhole(text: string): boolean {
  const [head = '', body] = text.split('\r\n\r\n');
  return body !== undefined && Buffer.byteLength(body) >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

function http(status: number, body: unknown, headers: readonly string[] = []): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return [`HTTP/1.1 ${status} X`, `Content-Length: ${Buffer.byteLength(text)}`, ...headers, '', text].join('\r\n');
}

const says = (status: number, body: unknown, headers: readonly string[] = []) =>
  remote((socket) => socket.end(http(status, body, headers)));
const tuku = ({ url }: Pick<Remote, 'url'>, timeoutMs = 5_000): ReturnType<typeof createTuku> =>
  createTuku({ baseUrl: url, apiKey: 'key-of-the-shop', timeoutMs });
const topUp = async (of: Remote, timeoutMs?: number): Promise<TopUpAnswer> => (await tuku(of, timeoutMs).topUp(PAID)).answer;
const problem = (code: string): object => ({
  type: `/problems/${code}`,
  title: 'No',
  status: 400,
  code,
  detail: `It is ${code}.`,
});

describe('what is sent', () => {
  it('is a top-up with every field of the specification, and the order as its id', async () => {
    const server = await says(200, ADDED);
    expect(await tuku(server).topUp(PAID)).toEqual({
      answer: { kind: 'added', smsAdded: 500, smsBalance: 520, milliKes: 800 },
      raw: JSON.stringify(ADDED),
    });
    const [head = '', body = ''] = (server.received[0] ?? '').split('\r\n\r\n');
    expect(head).toMatch(/^POST \/api\/sms-wallet\/topup HTTP\/1\.1\r\n/);
    expect(head).toContain('Authorization: Bearer key-of-the-shop');
    expect(JSON.parse(body)).toEqual({
      userId: 'shop-1045',
      purchaseAmount: 400,
      paymentMethod: 'mpesa',
      paymentReference: 'SKJ4X8Y2ZQ',
      paymentStatus: 'success',
      transactionId: 'JZ7K2M4QPW',
      topupDate: '2026-11-23T09:00:00.000Z',
    });
  });

  it('is a threshold as the specification lists it', async () => {
    const server = await says(200, { status: 'success' });
    expect(await tuku(server).setThreshold(THRESHOLD)).toEqual({ kind: 'set' });
    const [head = '', body = ''] = (server.received[0] ?? '').split('\r\n\r\n');
    expect(head).toMatch(/^POST \/api\/sms-wallet\/set-threshold HTTP\/1\.1\r\n/);
    expect(JSON.parse(body)).toEqual({
      userId: 'u1',
      appId: 'acme',
      thresholdAmount: 500,
      alertType: 'both',
      notificationMethod: 'sms',
      alertMessage: 'Only {balance} left',
      createdBy: 'Njeri',
    });
  });

  it('is a question for a balance, whatever the user is called', async () => {
    const server = await says(200, { userId: 'a&b=c d', smsBalance: '7', unitCost: '0.80', lastUpdated: 'yesterday' });
    const owner = { appId: null, userId: 'a&b=c d' };
    expect(await tuku(server).balance(owner)).toEqual({ kind: 'read', smsBalance: 7, milliKes: 800, changedAt: null });
    expect(server.received[0]).toMatch(/^GET \/api\/sms-wallet\/balance\?userId=a%26b%3Dc\+d HTTP\/1\.1\r\n/);
  });
});

describe('a top-up', () => {
  it.each<[string, object]>([
    ['numbers as text', { smsAdded: '500', newSmsBalance: '520.00', purchaseAmount: '400.00', unitCost: '0.80' }],
    ['another spelling of success', { status: 'Successful' }],
    ['more than is listed', { currency: 'KES' }],
  ])('is believed with %s', async (_, more) => {
    expect(await topUp(await says(200, { ...ADDED, ...more }))).toMatchObject({ kind: 'added', smsAdded: 500, milliKes: 800 });
  });

  it.each<[string, unknown]>([
    ['no JSON', 'OK'],
    ['nothing', ''],
    ['a list', []],
    ['no status', { ...ADDED, status: undefined }],
    ['a status that is neither', { ...ADDED, status: 'pending' }],
    ['a success without numbers', { status: 'success' }],
    ['another user', { ...ADDED, userId: 'other' }],
    ['another amount', { ...ADDED, purchaseAmount: 40 }],
    ['a fraction of a message', { ...ADDED, smsAdded: 499.5 }],
    ['less than nothing', { ...ADDED, smsAdded: -500 }],
    ['a number that no wallet holds', { ...ADDED, newSmsBalance: 1e21 }],
    ['words for numbers', { ...ADDED, smsAdded: 'many' }],
    ['hexadecimal', { ...ADDED, smsAdded: '0x1F4' }],
    ['a balance below what was added', { ...ADDED, newSmsBalance: 499 }],
    ['a price finer than any', { ...ADDED, unitCost: 0.80001 }],
    ['a success that added nothing', { ...ADDED, smsAdded: 0 }],
    ['more than its price gives', { ...ADDED, smsAdded: 5_000, newSmsBalance: 5_000 }],
    ['fewer than its price gives', { ...ADDED, smsAdded: 50, newSmsBalance: 50 }],
    ['a price of nothing', { ...ADDED, unitCost: 0 }],
    ['a failure that added', { ...ADDED, status: 'failure' }],
  ])('is unknown after an answer with %s', async (_, body) => {
    const server = await says(200, body);
    expect(await topUp(server)).toMatchObject({ kind: 'unknown' });
    expect(server.received).toHaveLength(1);
  });

  it('that repeats our key is read and kept without it', async () => {
    const server = await says(401, { title: 'No', type: '/p/x', code: 'x', detail: `key ${KEY} is unknown` });
    const report = await createTuku({ baseUrl: server.url, apiKey: KEY, timeoutMs: 1_000 }).topUp(PAID);
    expect(report.answer).toMatchObject({ kind: 'refused', message: 'key [key] is unknown' });
    expect(report.raw).not.toContain(KEY);
  });

  it('nor is it in what becomes of a balance that was asked for', async () => {
    const server = await says(401, { title: 'No', type: '/p/x', code: 'x', detail: `key ${KEY} is unknown` });
    const reading = await createTuku({ baseUrl: server.url, apiKey: KEY, timeoutMs: 1_000 }).balance(OWNER);
    expect(JSON.stringify(reading)).toContain('key [key] is unknown');
    expect(JSON.stringify(reading)).not.toContain(KEY);
  });

  it('is refused by a failure that added nothing, with its words', async () => {
    const body = { ...ADDED, status: 'failure', smsAdded: 0, message: 'Account\u0007 suspended' };
    expect(await topUp(await says(200, body))).toEqual({
      kind: 'refused',
      code: 'failure',
      message: 'Account suspended',
      ours: false,
    });
  });

  it.each([
    [400, 'invalid_request', false],
    [401, 'unauthorized', true],
    [403, 'forbidden', true],
    [404, 'not_found', false],
    [413, 'too_large', false],
  ])('is refused by %i with problem details', async (status, code, ours) => {
    const server = await says(status, problem(code));
    expect(await topUp(server)).toEqual({ kind: 'refused', code, message: `It is ${code}.`, ours });
    expect(server.received).toHaveLength(1);
  });

  it('was not done, and may be sent again, after 429 with problem details', async () => {
    const server = await says(429, problem('too_many_requests'));
    expect(await topUp(server)).toEqual({ kind: 'not_sent', why: 'HTTP 429, It is too_many_requests.' });
    expect(server.received).toHaveLength(1);
  });

  it.each<[number, unknown]>([
    [403, '<html>Forbidden</html>'],
    [429, '<html>Too Many Requests</html>'],
    [404, { message: 'Not Found' }],
    [400, { title: 'Bad' }],
    [408, problem('timeout')],
    [409, problem('conflict')],
    [425, problem('too_early')],
    [500, problem('internal_error')],
    [503, problem('unavailable')],
    [502, '<html>Bad Gateway</html>'],
  ])('is unknown after %i with %j', async (status, body) => {
    const server = await says(status, body);
    expect(await topUp(server)).toMatchObject({ kind: 'unknown' });
    expect(server.received).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])('follows no redirect %i', async (status) => {
    const server = await says(status, '', ['Location: /api/sms-wallet/topup']);
    expect(await topUp(server)).toEqual({ kind: 'unknown', why: `HTTP ${status}` });
    expect(server.received).toHaveLength(1);
  });

  it('is unknown after silence, a dropped connection and half an answer, and is sent once', async () => {
    const silent = await remote(() => undefined);
    expect(await topUp(silent, 80)).toEqual({ kind: 'unknown', why: 'no answer within 80 ms' });
    const dropping = await remote((socket) => socket.destroy());
    expect(await topUp(dropping)).toMatchObject({ kind: 'unknown' });
    const halving = await remote((socket) => socket.end(http(200, ADDED).slice(0, -5)));
    expect(await topUp(halving)).toMatchObject({ kind: 'unknown' });
    for (const { received } of [silent, dropping, halving]) expect(received).toHaveLength(1);
  });

  it('was not sent when nobody is there', async () => {
    const server = await remote(() => undefined);
    server.server.close();
    await once(server.server, 'close');
    expect(await topUp(server)).toMatchObject({ kind: 'not_sent' });
    expect(await tuku(server).balance(OWNER)).toMatchObject({ kind: 'unknown' });
    expect(await tuku(server).setThreshold(THRESHOLD)).toMatchObject({ kind: 'not_sent' });
    expect(await tuku(server).probe()).toMatchObject({ reachable: false });
  });
});

describe('a balance', () => {
  const BALANCE = { userId: 'shop-1045', smsBalance: 500, unitCost: 0.8, lastUpdated: '2026-11-23T12:00:00+03:00' };
  it.each<[string, number, unknown]>([
    ['another user', 200, { ...BALANCE, userId: 'other' }],
    ['a fraction', 200, { ...BALANCE, smsBalance: 1.5 }],
    ['no balance', 200, { userId: 'shop-1045' }],
    ['no JSON', 200, 'five hundred'],
    ['a bare 404', 404, 'not here'],
    ['a key that may not', 403, problem('forbidden')],
    ['trouble', 500, problem('internal_error')],
    ['a redirect', 307, ''],
  ])('is unknown with %s', async (_, status, body) => {
    expect(await tuku(await says(status, body)).balance(OWNER)).toMatchObject({ kind: 'unknown' });
  });

  it('is read with its instant, and of nobody there is no wallet', async () => {
    expect(await tuku(await says(200, BALANCE)).balance(OWNER)).toEqual({
      kind: 'read',
      smsBalance: 500,
      milliKes: 800,
      changedAt: Date.UTC(2026, 10, 23, 9),
    });
    expect(await tuku(await says(404, problem('unknown_user'))).balance(OWNER)).toEqual({ kind: 'no_wallet', milliKes: null });
  });

  /** Of somebody who has no wallet: what is answered to the question for the price. */
  const priced = (status: number, body: unknown): Promise<Remote> => {
    let asked = 0;
    return remote((socket) => {
      asked += 1;
      socket.end(asked === 1 ? http(404, problem('unknown_user')) : http(status, body));
    });
  };
  it.each<[string, number, unknown, number | null]>([
    ['said', 200, { userId: 'shop-1045', pricePerSms: 0.425, source: 'app' }, 425],
    ['said as text', 200, { userId: 'shop-1045', pricePerSms: '1.50' }, 1_500],
    ['of another user', 200, { userId: 'other', pricePerSms: 0.4 }, null],
    ['nothing', 200, { userId: 'shop-1045', pricePerSms: 0 }, null],
    ['none of its own', 404, problem('not_found'), null],
    ['not ours to read', 403, problem('forbidden'), null],
    ['in trouble', 500, 'x', null],
  ])('of nobody is asked for with the price, which is %s', async (_, status, body, milliKes) => {
    const server = await priced(status, body);
    expect(await tuku(server).balance(OWNER)).toEqual({ kind: 'no_wallet', milliKes });
    expect(server.received[1]).toMatch(/^GET \/api\/sms-costs\/current\?userId=shop-1045 /);
  });

  it('of nobody is unknown when the question for the price gets no answer', async () => {
    let asked = 0;
    const server = await remote((socket) => {
      asked += 1;
      if (asked === 1) socket.end(http(404, problem('unknown_user')));
      else socket.destroy();
    });
    expect(await tuku(server).balance(OWNER)).toMatchObject({ kind: 'unknown' });
  });
});

describe('a threshold', () => {
  it.each<[number, unknown, string]>([
    [200, { status: 'failure', message: 'No' }, 'refused'],
    [200, 'done', 'unknown'],
    [404, problem('unknown_user'), 'refused'],
    [500, problem('internal_error'), 'unknown'],
  ])('answered %i %j is %s', async (status, body, kind) => {
    expect(await tuku(await says(status, body)).setThreshold(THRESHOLD)).toMatchObject({ kind });
  });
});

describe('the API of this program, as a remote wallet', () => {
  it('refuses a wrong key, and one whose word on payments is not taken', async () => {
    const api = await openApiWorld();
    try {
      const buy = async (apiKey: string): Promise<TopUpAnswer> =>
        (await createTuku({ baseUrl: api.url, apiKey, timeoutMs: 5_000 }).topUp(PAID)).answer;
      expect(await buy('jaza_of-nobody-at-all')).toMatchObject({ kind: 'refused', code: 'unauthorized', ours: true });
      expect(await buy(await api.key(['wallet:topup']))).toMatchObject({ kind: 'refused', code: 'forbidden', ours: true });
      expect(api.store.db.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(0);
    } finally {
      await api.close();
    }
  });
});
