/**
 * Owns the proof on the wire that one request for a payment is one POST, whatever M-Pesa does to it, and that its access token is
 * fetched once, kept as long as it is good, and never shown.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import type { PaymentAnswer, PaymentProvider } from '../../src/ports/payment-provider.ts';
import { createDaraja, type DarajaOptions } from '../../src/providers/daraja/client.ts';
import { callbackAddress, MERCHANT, PAYMENT } from './daraja-shop.ts';
import { openDaraja, TOKEN_LIFE_MS, type DarajaBehaviour, type RecordingDaraja } from './recording-daraja.ts';

let upstream: RecordingDaraja;
let clock: ManualClock;

beforeEach(async () => {
  upstream = await openDaraja();
  clock = new ManualClock(Date.parse('2026-11-22T21:45:35Z'));
});
afterEach(() => upstream.close());

const daraja = (more: Partial<DarajaOptions> = {}): PaymentProvider =>
  createDaraja({
    ...MERCHANT,
    baseUrl: upstream.url,
    till: null,
    callbackAddress,
    timeoutMs: 5000,
    clock,
    ...more,
  });

const INVALID_TOKEN = '{"requestId":"1","errorCode":"404.001.03","errorMessage":"Invalid Access Token - token-1"}';

describe('what is sent', () => {
  it('to a PayBill, signed in the time of Nairobi', async () => {
    await daraja({ baseUrl: `${upstream.url}//` }).request(PAYMENT);
    expect(upstream.tokens).toMatchObject([
      { authorization: `Basic ${Buffer.from('key-of-the-shop:secret-of-the-shop').toString('base64')}` },
    ]);
    expect(upstream.pushes).toMatchObject([{ authorization: 'Bearer token-1', contentType: 'application/json' }]);
    expect(upstream.pushes[0]?.fields).toEqual({
      BusinessShortCode: '174379',
      Password: Buffer.from('174379passkey-of-the-shop20261123004535').toString('base64'),
      Timestamp: '20261123004535',
      TransactionType: 'CustomerPayBillOnline',
      Amount: '100',
      PartyA: '254722002000',
      PartyB: '174379',
      PhoneNumber: '254722002000',
      CallBackURL: callbackAddress('JZ7K2M4QPW'),
      AccountReference: 'JZ7K2M4QPW',
      TransactionDesc: 'SMS bundle',
    });
  });

  it('to a till', async () => {
    await daraja({ till: '654321' }).request({ ...PAYMENT, amountKes: kes(70_000) });
    const till = { TransactionType: 'CustomerBuyGoodsOnline', BusinessShortCode: '174379', PartyB: '654321', Amount: '70000' };
    expect(upstream.pushes[0]?.fields).toMatchObject(till);
  });

  it('by a shop that nobody can reach: an address that is nobody’s', async () => {
    await daraja({ callbackAddress: null }).request(PAYMENT);
    expect(upstream.pushes[0]?.fields['CallBackURL']).toBe('https://no-callback.invalid/');
  });

  it('with a reference that is too long for the payer’s screen', async () => {
    await daraja().request({ ...PAYMENT, reference: 'JZ7K2M4QPWJZ7K2M4QPW' });
    const fields = { AccountReference: 'JZ7K2M4QPWJZ', CallBackURL: callbackAddress('JZ7K2M4QPWJZ7K2M4QPW') };
    expect(upstream.pushes[0]?.fields).toMatchObject(fields);
  });

  it('to ask', async () => {
    const report = await daraja().status('ws_CO_7');
    expect(report.answer).toEqual({ kind: 'paid', code: '0' });
    expect(upstream.questions).toMatchObject([{ authorization: 'Bearer token-1' }]);
    expect(upstream.questions[0]?.fields).toEqual({
      BusinessShortCode: '174379',
      Password: Buffer.from('174379passkey-of-the-shop20261123004535').toString('base64'),
      Timestamp: '20261123004535',
      CheckoutRequestID: 'ws_CO_7',
    });
  });
});

describe('one POST and no more', () => {
  const status = (code: number, body = '', headers: Record<string, string> = {}): DarajaBehaviour => ({
    kind: 'status',
    status: code,
    body,
    headers,
  });
  const acceptance = '{"ResponseCode":"0","CheckoutRequestID":"ws_CO_1"}';

  it.each<[string, DarajaBehaviour, PaymentAnswer['kind']]>([
    ['200', { kind: 'usual' }, 'accepted'],
    ['200, garbage', status(200, '\u0000<<%%'), 'unknown'],
    ['204', status(204), 'unknown'],
    ['301', status(301, '', { location: '/elsewhere' }), 'unknown'],
    ['307', status(307, '', { location: '/mpesa/stkpush/v1/processrequest' }), 'unknown'],
    ['308 with an acceptance', status(308, acceptance, { location: '/mpesa/stkpush/v1/processrequest' }), 'unknown'],
    ['400 with a code', status(400, '{"errorCode":"400.002.02","errorMessage":"Bad Request - Invalid PhoneNumber"}'), 'refused'],
    ['401', status(401, '<h1>Unauthorized</h1>', { 'www-authenticate': 'Basic' }), 'refused'],
    ['404 for the token', status(404, INVALID_TOKEN), 'refused'],
    ['404 with a page', status(404, '<h1>Not Found</h1>'), 'unknown'],
    ['408', status(408), 'unknown'],
    ['421', status(421, 'Misdirected Request'), 'unknown'],
    ['429', status(429, 'Slow down', { 'retry-after': '0' }), 'unknown'],
    ['500 with a code', status(500, '{"errorCode":"500.001.1001","errorMessage":"Unable to lock subscriber"}'), 'unknown'],
    ['503', status(503, '', { 'retry-after': '0' }), 'unknown'],
    ['503 with an acceptance', status(503, acceptance), 'unknown'],
    ['a dropped socket', { kind: 'drop' }, 'unknown'],
  ])('%s', async (_name, behaviour, kind) => {
    upstream.behave('push', behaviour);
    expect((await daraja().request(PAYMENT)).answer.kind).toBe(kind);
    expect([upstream.tokens.length, upstream.pushes.length]).toEqual([1, 1]);
  });

  it('silence', async () => {
    upstream.behave('push', { kind: 'hold' });
    const provider = daraja({ timeoutMs: 100 });
    await provider.status('ws_CO_1');
    expect((await provider.request(PAYMENT)).answer).toEqual({ kind: 'unknown', why: 'no answer within 100 ms' });
    expect(upstream.pushes).toHaveLength(1);
  });

  it('many payments are as many POSTs, with one token', async () => {
    const provider = daraja();
    const reports = await Promise.all(Array.from({ length: 20 }, () => provider.request(PAYMENT)));
    expect(new Set(reports.map(({ answer }) => answer.kind === 'accepted' && answer.upstreamReference)).size).toBe(20);
    expect([upstream.tokens.length, upstream.pushes.length]).toEqual([1, 20]);
  });
});

describe('the access token', () => {
  it('is fetched by one request for all who wait for it', async () => {
    upstream.behave('token', { kind: 'hold' });
    const provider = daraja();
    const waiting = [provider.request(PAYMENT), provider.request(PAYMENT), provider.status('ws_CO_1')];
    await vi.waitFor(() => expect(upstream.tokens).toHaveLength(1));
    upstream.release();
    await Promise.all(waiting);
    expect([upstream.tokens.length, upstream.pushes.length, upstream.questions.length]).toEqual([1, 2, 1]);
  });

  it.each<[string, number, number]>([
    ['is kept until a minute before it expires', TOKEN_LIFE_MS - 60_001, 1],
    ['is fetched anew from then on', TOKEN_LIFE_MS - 60_000, 2],
    ['is fetched anew when the clock was set back', -1, 2],
  ])('%s', async (_name, passed, fetched) => {
    const provider = daraja();
    await provider.request(PAYMENT);
    clock.setTo(clock.now() + passed);
    await provider.request(PAYMENT);
    expect(upstream.tokens).toHaveLength(fetched);
    expect(upstream.pushes[1]?.authorization).toBe(`Bearer token-${fetched}`);
  });

  it.each<[string, DarajaBehaviour]>([
    ['401', { kind: 'status', status: 401 }],
    ['404 and its code', { kind: 'status', status: 404, body: INVALID_TOKEN }],
  ])(
    'refused with %s is taken away, but the push is not repeated: whoever asks next asks with another',
    async (_name, behaviour) => {
      const provider = daraja();
      await provider.request(PAYMENT);
      upstream.behave('push', behaviour);
      expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'refused', ours: false });
      expect([upstream.tokens.length, upstream.pushes.length]).toEqual([1, 2]);
      expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'refused', ours: true });
      upstream.behave('push', { kind: 'usual' });
      expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'accepted' });
      expect(upstream.pushes.map(({ authorization }) => authorization)).toEqual(
        ['token-1', 'token-1', 'token-2', 'token-3'].map((token) => `Bearer ${token}`),
      );
    },
  );

  it('refused by a question is taken away too, and the question stays open', async () => {
    upstream.behave('question', { kind: 'status', status: 404, body: INVALID_TOKEN });
    const provider = daraja();
    expect((await provider.status('ws_CO_1')).answer).toMatchObject({ kind: 'unknown' });
    upstream.behave('question', { kind: 'usual' });
    expect((await provider.status('ws_CO_1')).answer).toEqual({ kind: 'paid', code: '0' });
    expect(upstream.tokens).toHaveLength(2);
  });

  it('that does not say how long it lasts serves once', async () => {
    upstream.behave('token', { kind: 'status', status: 200, body: '{"access_token":"short"}' });
    const provider = daraja();
    await provider.request(PAYMENT);
    await provider.request(PAYMENT);
    expect(upstream.tokens).toHaveLength(2);
  });

  it.each<[string, DarajaBehaviour, string]>([
    ['a dropped socket', { kind: 'drop' }, 'no access token: the connection was closed without an answer'],
    ['a failure of theirs', { kind: 'status', status: 503 }, 'no access token: HTTP 503'],
    ['a redirect', { kind: 'status', status: 302, headers: { location: '/' } }, 'no access token: HTTP 302'],
    ['a page', { kind: 'status', status: 200, body: '<h1>Hello</h1>' }, 'no access token: HTTP 200'],
    ['no token', { kind: 'status', status: 200, body: '{"expires_in":"3599"}' }, 'no access token: HTTP 200'],
    [
      'a token that would break the request',
      { kind: 'status', status: 200, body: '{"access_token":"a\\r\\nb"}' },
      'no access token: HTTP 200',
    ],
  ])('that cannot be had, for %s: nothing of the push leaves', async (_name, behaviour, why) => {
    upstream.behave('token', behaviour);
    const provider = daraja();
    const { answer, raw } = await provider.request(PAYMENT);
    expect(answer).toMatchObject({ kind: 'not_sent' });
    expect(raw).toBeNull();
    if (behaviour.kind !== 'drop') expect(answer).toEqual({ kind: 'not_sent', why });
    expect((await provider.status('ws_CO_1')).answer.kind).toBe('unknown');
    expect([upstream.pushes.length, upstream.questions.length]).toEqual([0, 0]);
    upstream.behave('token', { kind: 'usual' });
    expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'accepted' });
  });

  it('that never comes: nothing of the push leaves either', async () => {
    upstream.behave('token', { kind: 'hold' });
    const { answer } = await daraja({ timeoutMs: 60 }).request(PAYMENT);
    expect(answer).toEqual({ kind: 'not_sent', why: 'no access token: no answer within 60 ms' });
    expect(upstream.pushes).toEqual([]);
  });

  it.each([
    [400, '', '400'],
    [401, '<h1>No</h1>', '401'],
    [400, '{"errorCode":"400.008.01","errorMessage":"Invalid Authentication passed"}', '400.008.01'],
  ])('refused with %i %j: the shop has to mend its keys', async (status, body, code) => {
    upstream.behave('token', { kind: 'status', status, body });
    const { answer } = await daraja().request(PAYMENT);
    expect(answer).toMatchObject({ kind: 'refused', code, ours: true, message: expect.stringMatching(/\w/) as string });
    expect(upstream.pushes).toEqual([]);
  });

  it('is in no report, though a refusal repeats it', async () => {
    upstream.behave('push', { kind: 'status', status: 404, body: INVALID_TOKEN });
    const report = await daraja().request(PAYMENT);
    expect(report.raw).toContain('Invalid Access Token');
    expect(JSON.stringify(report)).not.toMatch(/token-1|passkey-of|secret-of/);
  });
});

describe('a secret of the shop that Daraja repeats', () => {
  const PASSWORD = Buffer.from('174379passkey-of-the-shop20261123004535').toString('base64');
  const CREDENTIALS = Buffer.from('key-of-the-shop:secret-of-the-shop').toString('base64');
  const refusal = (status: number, words: string): DarajaBehaviour => {
    const body = JSON.stringify({ requestId: '1', errorCode: '400.002.02', errorMessage: `Bad Request - ${words}` });
    return { kind: 'status', status, body: body.replaceAll('/', '\\/') };
  };
  const SECRETS: [string, string, string][] = [
    ['the passkey', 'passkey-of-the-shop', '[passkey]'],
    ['the password made of it', PASSWORD, '[password]'],
    ['the consumer secret', 'secret-of-the-shop', '[consumer secret]'],
    ['the token', 'token-1', '[token]'],
  ];

  it.each(SECRETS)('%s, is neither told nor kept: of a push', async (_name, secret, instead) => {
    upstream.behave('push', refusal(400, secret));
    const report = await daraja().request(PAYMENT);
    expect(report.answer).toMatchObject({ kind: 'refused', message: `Bad Request - ${instead}` });
    expect(report.raw).toContain(instead);
    expect(JSON.stringify(report)).not.toContain(secret);
  });

  it.each(SECRETS)('%s, is neither told nor kept: of a question', async (_name, secret, instead) => {
    upstream.behave('question', refusal(500, secret));
    const report = await daraja().status('ws_CO_1');
    expect(report.answer).toMatchObject({ kind: 'unknown', why: expect.stringContaining(instead) as string });
    expect(JSON.stringify(report)).not.toContain(secret);
  });

  it.each([
    ['the consumer secret', 'secret-of-the-shop', '[consumer secret]'],
    ['the credentials made of it', CREDENTIALS, '[credentials]'],
  ])('%s, is not told: of the token', async (_name, secret, instead) => {
    upstream.behave('token', refusal(400, secret));
    const { answer } = await daraja().request(PAYMENT);
    expect(answer).toMatchObject({ kind: 'refused', message: `Bad Request - ${instead}` });
  });

  it('with a slash in it, which JSON may escape, is found as well', async () => {
    upstream.behave('push', refusal(400, 'pass/key+of/the-shop'));
    const report = await daraja({ passkey: 'pass/key+of/the-shop' }).request(PAYMENT);
    expect(report.answer).toMatchObject({ message: 'Bad Request - [passkey]' });
    expect(report.raw).toContain('[passkey]');
  });
});
