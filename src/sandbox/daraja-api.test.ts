/**
 * Owns the proof that the simulated M-Pesa takes only what the real one would, that its prompts ring beside those of airtime on the
 * same phone, and that each fault strikes the upstream that it is meant for, once.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { closeShops, MERCHANT, openShop, PAYER, PAYMENT, requested, type DarajaShop } from '../../test/wire/daraja-shop.ts';
import { FIELDS } from '../../test/wire/topups-sandbox.ts';
import { createLog, silentLog } from '../lib/log.ts';
import { isMeantFor, parseFault, type Fault } from './faults.ts';
import { createWebhooks, postCallback } from './webhooks.ts';

afterEach(closeShops);

const TIMESTAMP = '20261122124535';
const PASSWORD = Buffer.from(`${MERCHANT.shortcode}${MERCHANT.passkey}${TIMESTAMP}`).toString('base64');
const SIGNED = { BusinessShortCode: '174379', Password: PASSWORD, Timestamp: TIMESTAMP };
const PUSH = {
  ...SIGNED,
  TransactionType: 'CustomerPayBillOnline',
  Amount: 100,
  PartyA: 254722002000,
  PartyB: 174379,
  PhoneNumber: '254722002000',
  CallBackURL: 'https://duka.example/back',
  AccountReference: 'JZ7K2M4QPW',
  TransactionDesc: 'SMS',
};

async function token({ baseUrl }: DarajaShop): Promise<string> {
  const credentials = Buffer.from(`${MERCHANT.consumerKey}:${MERCHANT.consumerSecret}`).toString('base64');
  const url = `${baseUrl}/oauth/v1/generate?grant_type=client_credentials`;
  const response = await fetch(url, { headers: { Authorization: `Basic ${credentials}` } });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function say(shop: DarajaShop, path: string, body: unknown, bearer?: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(shop.baseUrl + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer ?? (await token(shop))}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const push = (shop: DarajaShop, body: unknown, bearer?: string) => say(shop, '/mpesa/stkpush/v1/processrequest', body, bearer);
const failed = (status: number, errorCode: string, errorMessage: string) => ({
  status,
  body: { requestId: 'SIMULATED', errorCode, errorMessage },
});

describe('a push', () => {
  it('may say numbers as numbers, as the real one lets it', async () => {
    const shop = await openShop();
    expect(await push(shop, PUSH)).toMatchObject({
      status: 200,
      body: { ResponseCode: '0', CustomerMessage: expect.stringContaining('SIMULATED') as string },
    });
  });

  it.each<[string, object]>([
    ['TransactionType', { TransactionType: 'CustomerPayBill' }],
    ['Amount', { Amount: '1.5' }],
    ['Amount', { Amount: 0 }],
    ['Amount', { Amount: 250_001 }],
    ['PartyA', { PartyA: '0722002000' }],
    ['PhoneNumber', { PhoneNumber: '254722002001' }],
    ['PhoneNumber', { PhoneNumber: undefined }],
    ['PartyB', { PartyB: '654321' }],
    ['CallBackURL', { CallBackURL: 'http://duka.example/back' }],
    ['CallBackURL', { CallBackURL: 'nowhere' }],
    ['AccountReference', { AccountReference: 'JZ7K2M4QPWJZ7' }],
    ['TransactionDesc', { TransactionDesc: 'fourteen chars' }],
    ['Timestamp', { Timestamp: '2026' }],
  ])('with a %s that cannot be is refused: %j', async (field, more) => {
    const shop = await openShop();
    expect(await push(shop, { ...PUSH, ...more })).toEqual(failed(400, '400.002.02', `Bad Request - Invalid ${field}`));
    expect(shop.sandbox.openPrompts()).toEqual([]);
  });

  it('that is no JSON, is signed by another, or comes without a token is refused', async () => {
    const shop = await openShop();
    expect(await push(shop, 'Amount=100')).toEqual(failed(400, '400.002.05', 'Invalid Request Payload'));
    expect(await push(shop, '[]')).toEqual(failed(400, '400.002.05', 'Invalid Request Payload'));
    expect(await push(shop, 'x'.repeat(70_000))).toEqual(failed(400, '400.002.05', 'Invalid Request Payload'));
    expect(await push(shop, { ...PUSH, Password: 'x' })).toEqual(failed(500, '500.001.1001', 'Wrong credentials'));
    const other = { ...PUSH, BusinessShortCode: '600000', PartyB: '600000' };
    expect(await push(shop, other)).toEqual(failed(500, '500.001.1001', 'Merchant does not exist'));
    expect(await push(shop, PUSH, 'made-up')).toEqual(failed(404, '404.001.03', 'Invalid Access Token'));
    expect(shop.sandbox.openPrompts()).toEqual([]);
  });

  it('with a token that has expired is refused', async () => {
    const shop = await openShop();
    const old = await token(shop);
    shop.clock.advanceTo(shop.clock.now() + 3_599_000);
    expect(await push(shop, PUSH, old)).toEqual(failed(404, '404.001.03', 'Invalid Access Token'));
    expect(await push(shop, PUSH)).toMatchObject({ status: 200 });
  });

  it('by GET is not taken', async () => {
    const shop = await openShop();
    expect((await fetch(`${shop.baseUrl}/mpesa/stkpush/v1/processrequest`)).status).toBe(405);
  });
});

it('a token is given for one kind of grant only', async () => {
  const { baseUrl } = await openShop();
  expect((await fetch(`${baseUrl}/oauth/v1/generate`)).status).toBe(400);
});

it('without a shop that takes M-Pesa there is none', async () => {
  const { sandbox, baseUrl } = await openShop({}, { mpesa: null });
  expect(sandbox.merchant).toBeNull();
  expect((await fetch(`${baseUrl}/oauth/v1/generate`)).status).toBe(404);
});

describe('the same phone', () => {
  const airtime = ({ baseUrl }: DarajaShop) =>
    fetch(`${baseUrl}/api/buy_airtime`, {
      method: 'POST',
      headers: { Authorization: 'Bearer airtime' },
      body: JSON.stringify(FIELDS),
    });

  it('rings for airtime and for a payment, and answers each with what it offers', async () => {
    const shop = await openShop();
    const paid = await requested(shop);
    await airtime(shop);
    expect(shop.sandbox.openPrompts().map(({ answers }) => answers.length)).toEqual([5, 3]);
    expect(await shop.sandbox.answer(PAYER, 'wrong-pin')).toBe(true);
    expect(await shop.sandbox.answer(PAYER, 'wrong-pin')).toBe(false);
    expect(await shop.sandbox.answer(PAYER, 'approve')).toBe(true);
    expect((await shop.provider.status(paid)).answer).toMatchObject({ reason: 'wrong_pin' });
    expect(shop.received).toHaveLength(1);
  });

  it('that rings for airtime by M-Pesa is busy; by another network it is not', async () => {
    const shop = await openShop();
    await airtime(shop);
    expect((await shop.provider.status(await requested(shop))).answer).toMatchObject({ reason: 'busy' });
    expect(shop.sandbox.openPrompts()).toHaveLength(1);
  });
});

describe('faults', () => {
  it.each(['result:1037', 'result:0', 'refuse:400.002.02', 'refuse:500.001.1001'])('%s is one', (text) => {
    expect(parseFault(text)).toEqual({ ok: true, value: text });
  });

  it.each(['result:', 'result:7', 'result:1037x', 'refuse:400', 'refuse:400.002.99', 'refuse:..'])('%s is none', (text) => {
    expect(parseFault(text)).toMatchObject({ ok: false, error: expect.stringContaining('result:CODE') as string });
  });

  it.each<[Fault, boolean, boolean]>([
    ['timeout', true, true],
    ['webhook-lost', true, true],
    ['refuse:3000', true, false],
    ['refuse:404.001.03', false, true],
    ['result:1', false, true],
  ])('%s is meant for airtime: %s, for a push: %s', (fault, forAirtime, forPush) => {
    expect([isMeantFor(fault, 'airtime'), isMeantFor(fault, 'push')]).toEqual([forAirtime, forPush]);
  });

  it('waits for the upstream that it is meant for, and strikes once', async () => {
    const shop = await openShop();
    shop.sandbox.setFault('refuse:3000');
    await requested(shop);
    shop.sandbox.setFault('refuse:404.001.03');
    expect(await push(shop, PUSH)).toEqual(failed(404, '404.001.03', 'Invalid Access Token'));
    expect(await push(shop, PUSH)).toMatchObject({ status: 200 });
  });
});

describe('callbacks', () => {
  it('go out by HTTP to this machine alone, and tell when they are not taken', async () => {
    const { baseUrl } = await openShop();
    await expect(postCallback(`${baseUrl}/elsewhere`, '{}')).rejects.toThrow('HTTP 404');
    await expect(postCallback('https://duka.example/back', '{}')).rejects.toThrow('this machine alone');
  });

  it('that are not taken are logged, and the payment is there for whoever asks', async () => {
    const lines: string[] = [];
    const log = createLog('warn', (line) => lines.push(line));
    const mpesa = { merchant: MERCHANT, sendCallback: () => Promise.reject(new Error('no')) };
    const shop = await openShop({}, { log, mpesa });
    const reference = await requested(shop);
    expect(await shop.sandbox.answer(PAYER, 'approve')).toBe(true);
    await shop.sandbox.settled();
    expect(lines.join('')).toContain('a webhook was lost');
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'paid', code: '0' });
  });

  it('come one after the other', async () => {
    const seen: string[] = [];
    await createWebhooks(silentLog).send(['a', 'b'], async (raw) => void seen.push(raw));
    expect(seen).toEqual(['a', 'b']);
  });
});

it('closing takes the timers of prompts back, also of those that were ignored', async () => {
  const shop = await openShop();
  await requested(shop);
  await shop.sandbox.answer(PAYER, 'ignore');
  await requested(shop, { ...PAYMENT, reference: 'JZ2222222A' });
  await shop.sandbox.close();
  expect(shop.clock.nextTaskAt()).toBeNull();
});

it('ten thousand payments are kept, and the oldest is forgotten first', async () => {
  const { createPayments } = await import('./payments.ts');
  const { createPromptBoard } = await import('./prompts.ts');
  const { idsFrom } = await import('../lib/ids.ts');
  const { clock } = await openShop();
  const parts = { clock, ids: idsFrom('many'), board: createPromptBoard(clock), webhooks: createWebhooks(silentLog) };
  const payments = createPayments({ ...parts, sendCallback: async () => undefined });
  const request = { payer: PAYER, amountKes: 1, account: 'A', callbackUrl: 'https://x.example' };
  const first = await payments.push(request, 'result:1');
  const second = await payments.push(request, 'result:1');
  for (let count = 2; count <= 10_000; count += 1) await payments.push(request, 'result:1');
  expect(payments.find(first.checkoutRequestId)).toBeNull();
  expect(payments.find(second.checkoutRequestId)).not.toBeNull();
});
