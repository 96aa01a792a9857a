/** What the SMS wallet's API refuses: each with a problem that says what to do, and with nothing changed. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stopHttp } from './http-world.ts';
import { openApiWorld, topUp, type ApiWorld } from './wallet-api-world.ts';

let api: ApiWorld;
let key: string;
beforeAll(async () => {
  api = await openApiWorld();
  key = await api.key();
});
afterEach(() => {
  // What one test used up of the limits, the next one has again.
  api.clock.advanceTo(api.clock.now() + 60_000);
  expect(api.store.db.prepare('SELECT count(*) FROM wallet_request').pluck().get()).toBe(0);
});
afterAll(async () => {
  await stopHttp();
  await api.close();
});

const TOPUP = '/api/sms-wallet/topup';
const DEBIT = '/api/sms-wallet/debit';

describe('a top-up', () => {
  it.each(Object.keys(topUp()))('without %s names it', async (field) => {
    const { [field]: _left, ...rest } = topUp();
    const { status, type, body } = await api.post(TOPUP, rest, key);
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'invalid_request' });
    expect(type).toContain('application/problem+json');
    expect(body['errors']).toMatchObject([{ field }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['userId', { userId: '' }],
    ['userId', { userId: 7 }],
    ['userId', { userId: 'x'.repeat(129) }],
    ['userId', { userId: 'a\nb' }],
    ['userId', { userId: '\u202eevil' }],
    ['userId', { userId: 'shop\u28001045' }],
    ['purchaseAmount', { purchaseAmount: '400' }],
    ['purchaseAmount', { purchaseAmount: 0 }],
    ['purchaseAmount', { purchaseAmount: -5 }],
    ['purchaseAmount', { purchaseAmount: 0.5 }],
    ['purchaseAmount', { purchaseAmount: 1e300 }],
    ['purchaseAmount', { purchaseAmount: null }],
    ['paymentMethod', { paymentMethod: '0722000001' }],
    ['paymentReference', { paymentReference: '\u3164' }],
    ['paymentStatus', { paymentStatus: 'SUCCESS' }],
    ['transactionId', { transactionId: {} }],
    ['topupDate', { topupDate: 'yesterday' }],
    ['topupDate', { topupDate: '2026-02-30T00:00:00Z' }],
    ['appId', { appId: ' ' }],
    ['appId', { appId: 'a/b' }],
    ['appId', { appId: 'x'.repeat(65) }],
  ])('with a wrong %s: %j', async (field, wrong) => {
    const { status, body } = await api.post(TOPUP, topUp(wrong), key);
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ field }]);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a text', '"topup"'],
    ['null', 'null'],
    ['an unknown field', JSON.stringify(topUp({ purchaseAmout: 1 }))],
    ['a prototype', JSON.stringify(topUp()).replace('{', '{"__proto__":{"appId":"x"},')],
    ['very deep', '['.repeat(20_000) + ']'.repeat(20_000)],
  ])('whose body is %s', async (_case, body) => {
    expect(await api.post(TOPUP, body, key)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('of over 64 KB, or that is no JSON by its own word', async () => {
    expect((await api.post(TOPUP, topUp({ userId: 'x'.repeat(70_000) }), key)).body['code']).toBe('too_large');
    expect((await api.post(TOPUP, topUp(), key, { 'content-type': 'text/plain' })).body['code']).toBe('unsupported_media_type');
  });
});

it.each<[Record<string, unknown>, string]>([
  [{ units: 0 }, 'units'],
  [{ units: 1.5 }, 'units'],
  [{ units: -1 }, 'units'],
  [{ units: 1e9 }, 'units'],
  [{ idempotencyKey: '' }, 'idempotencyKey'],
  [{ reason: 'x'.repeat(201) }, 'reason'],
])('a debit with %j', async (wrong, field) => {
  const debit = { userId: 'shop-1045', units: 1, idempotencyKey: 'k', reason: 'r', ...wrong };
  expect((await api.post(DEBIT, debit, key)).body['errors']).toMatchObject([{ field }]);
});

it.each<[Record<string, unknown>, string]>([
  [{ level: 'app', pricePerSms: 1 }, 'appId'],
  [{ level: 'customer', pricePerSms: 1 }, 'userId'],
  [{ level: 'platform', userId: 'a', pricePerSms: 1 }, 'userId'],
  [{ level: 'platform', pricePerSms: 0 }, 'pricePerSms'],
  [{ level: 'platform', pricePerSms: -1 }, 'pricePerSms'],
  [{ level: 'platform', pricePerSms: 0.0001 }, 'pricePerSms'],
  [{ level: 'platform', pricePerSms: 0.009 }, 'pricePerSms'],
  [{ level: 'platform', pricePerSms: 101 }, 'pricePerSms'],
  [{ level: 'platform', pricePerSms: 'free' }, 'pricePerSms'],
])('a price %j', async (wrong, field) => {
  const { status, body } = await api.post('/api/sms-costs', wrong, key);
  expect(status).toBe(400);
  expect(body['errors']).toMatchObject([{ field }]);
});

describe('who asks', () => {
  it.each([
    ['without a key', undefined],
    ['with a wrong key', 'jaza_AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['with something else', '"><script>'],
  ])('%s', async (_case, wrong) => {
    const { status, body, headers } = await api.post(TOPUP, topUp(), wrong);
    expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'unauthorized' });
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it('with a key that was revoked, or that may do something else', async () => {
    const reader = await api.key(['wallet:read']);
    expect((await api.post(TOPUP, topUp(), reader)).body['detail']).toContain('wallet:topup');
    await api.store.apiKeys.revoke('program-2', 0);
    expect((await api.store.apiKeys.list()).find(({ name }) => name === 'program-2')?.revokedAt).toBe(0);
    expect((await api.get('/api/sms-wallet/balance?userId=a', reader)).status).toBe(401);
  });

  it('without a right to ask hears nothing of what was wrong with the request', async () => {
    expect((await api.post(TOPUP, { nonsense: true })).status).toBe(401);
  });

  it('too often waits, whoever guesses sooner', async () => {
    const eager = await api.key();
    const answers = await Promise.all(Array.from({ length: 260 }, () => api.get('/api/sms-wallet/balance?userId=a', eager)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(60);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    const guesses = await Promise.all(
      Array.from({ length: 25 }, () => api.get('/api/sms-wallet/balance?userId=a', 'jaza_wrongwrongwrongwrong')),
    );
    expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5);
  });
});

it.each([
  ['/api/nothing', 'GET', 404, 'not_found'],
  ['/api/sms-wallet/topup', 'GET', 405, 'method_not_allowed'],
  ['/api/sms-wallet/balance', 'POST', 405, 'method_not_allowed'],
])('%s by %s', async (path, method, status, code) => {
  const answer = method === 'GET' ? await api.get(path, key) : await api.post(path, {}, key);
  expect(answer).toMatchObject({ status, body: { code } });
});

it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
  '%s is answered as what is not there, with a JSON type too',
  async (method) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    expect((await fetch(`${api.url}/api/sms-wallet/topup`, { method, headers })).status).toBe(405);
    expect((await fetch(`${api.url}/api/nothing`, { method, headers })).status).toBe(404);
  },
);

it('thousands of unknown fields get a short answer that repeats none of them', async () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_one, at) => [`odd${at}`, 1]));
  const { text, body } = await api.post(TOPUP, many, key);
  expect(text.length).toBeLessThan(2_000);
  expect(text).not.toContain('odd1');
  expect(body['errors']).toContainEqual({ field: 'userId', message: 'is missing' });
});

it('a field that comes twice in a query, or is none of ours', async () => {
  expect((await api.get('/api/sms-wallet/balance?userId=a&userId=b', key)).status).toBe(400);
  expect((await api.get('/api/sms-wallet/balance?userId=a&limit=1', key)).status).toBe(400);
  expect((await api.get('/api/sms-wallet/balance', key)).body['errors']).toMatchObject([{ field: 'userId' }]);
  expect((await api.get('/api/sms-wallet/statement?userId=a&limit=0', key)).status).toBe(400);
});
