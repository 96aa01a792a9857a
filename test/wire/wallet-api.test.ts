/** The SMS wallet's API as another program meets it: buying, spending, prices, and everything that is refused with nothing changed. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kes, MILLIKES_PER_KES } from '../../src/domain/money.ts';
import type { Buyer } from '../../src/domain/tariff.ts';
import { stopHttp } from './http-world.ts';
import { openApiWorld, topUp, type ApiWorld } from './wallet-api-world.ts';
import { LARGEST_TOP_UP_KES } from '../../src/domain/wallet.ts';
import { EVERY_MS } from '../../src/http/api/access.ts';
import { DAY_MS } from '../../src/lib/durations.ts';

let api: ApiWorld;
beforeEach(async () => {
  api = await openApiWorld();
});
afterEach(async () => {
  await stopHttp();
  await api.close();
});

const TOPUP = '/api/sms-wallet/topup';
const BALANCE = '/api/sms-wallet/balance?userId=shop-1045';
const DEBIT = '/api/sms-wallet/debit';
const STATEMENT = '/api/sms-wallet/statement?userId=shop-1045';
const COSTS = '/api/sms-costs';

function rows(table: string): unknown {
  return api.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
}

describe('buying SMS', () => {
  it('opens the wallet, adds what the money buys, and shows it', async () => {
    const key = await api.key();
    expect((await api.get(BALANCE, key)).body['code']).toBe('unknown_user');
    expect(await api.post(TOPUP, topUp(), key)).toMatchObject({
      status: 200,
      body: {
        status: 'success',
        smsAdded: 500,
        newSmsBalance: 500,
        userId: 'shop-1045',
        purchaseAmount: 400,
        unitCost: 0.8,
        message: '500 SMS were added.',
      },
    });
    expect((await api.get(BALANCE, key)).body).toEqual({
      userId: 'shop-1045',
      smsBalance: 500,
      unitCost: 0.8,
      lastUpdated: '2026-11-23T09:00:00.000Z',
    });
  });

  it('the same transactionId again gets the same answer and adds nothing; ten at once are one', async () => {
    const key = await api.key();
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(TOPUP, topUp(), key)));
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 200, body: answers[0]?.body });
    expect((await api.get(BALANCE, key)).body['smsBalance']).toBe(500);
    expect(rows('sms_purchase')).toBe(1);
  });

  it.each([
    ['another amount', { purchaseAmount: 500 }],
    ['another user', { userId: 'shop-2' }],
    ['another status', { paymentStatus: 'failure' }],
  ])('the same transactionId for %s is a conflict, and changes nothing', async (_case, other) => {
    const key = await api.key();
    await api.post(TOPUP, topUp(), key);
    expect(await api.post(TOPUP, topUp(other), key)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await api.get(BALANCE, key)).body['smsBalance']).toBe(500);
    expect(rows('wallet')).toBe(1);
  });

  it('a payment that failed adds nothing and opens no wallet', async () => {
    const key = await api.key(['wallet:topup', 'wallet:read']);
    expect(await api.post(TOPUP, topUp({ paymentStatus: 'failure' }), key)).toMatchObject({
      status: 200,
      body: { status: 'failure', smsAdded: 0, newSmsBalance: 0 },
    });
    expect((await api.get(BALANCE, key)).status).toBe(404);
    expect(rows('journal')).toBe(0);
  });

  it('takes at most a million shillings at once: a key at its fastest needs two days to fill an account that all share', async () => {
    const key = await api.key();
    const refused = await api.post(TOPUP, topUp({ purchaseAmount: LARGEST_TOP_UP_KES + 1 }), key);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'purchaseAmount' }] } });
    expect((await api.post(TOPUP, topUp({ purchaseAmount: LARGEST_TOP_UP_KES }), key)).status).toBe(200);
    const topUpsThatFillIt = Number.MAX_SAFE_INTEGER / (LARGEST_TOP_UP_KES * MILLIKES_PER_KES);
    expect((topUpsThatFillIt * EVERY_MS) / DAY_MS).toBeGreaterThan(2);
  });

  it('adds at most ten million at once, and no more than a wallet holds: what one app buys leaves room in the books', async () => {
    const key = await api.key();
    await api.post(COSTS, { level: 'platform', pricePerSms: 0.01 }, key);
    const buy = (amount: number, id: string) => api.post(TOPUP, topUp({ purchaseAmount: amount, transactionId: id }), key);
    const tooMany = await buy(100_001, 'a');
    expect(tooMany).toMatchObject({ status: 422, body: { code: 'too_many_sms' } });
    expect(tooMany.body['detail']).toContain('One top-up adds at most 10000000 SMS');
    expect(rows('wallet')).toBe(0);
    for (let at = 1; at <= 10; at += 1) expect((await buy(100_000, `b${at}`)).body['newSmsBalance']).toBe(at * 10_000_000);
    const full = await buy(1, 'c');
    expect(full).toMatchObject({ status: 422, body: { code: 'too_many_sms' } });
    expect(full.body['detail']).toContain('A wallet holds at most 100000000 SMS, and 100000000 are in it.');
    const corrected = { kind: 'adjustment', units: 1, reason: 'counted again' } as const;
    expect(await api.desk.ask({ appId: null, userId: 'shop-1045' }, 'f', corrected, { kind: 'operator', name: 'Njeri' })).toEqual(
      {
        ok: true,
        value: { kind: 'too_much', limit: 'balance', smsBalance: 100_000_000 },
      },
    );
    await api.post(DEBIT, { userId: 'shop-1045', units: 500, idempotencyKey: 'd', reason: 'campaign' }, key);
    // It was answered, and stays so; a new id is a new question.
    expect(await buy(1, 'c')).toMatchObject({ status: 422, body: full.body });
    expect((await buy(1, 'e')).body['smsAdded']).toBe(100);
    expect(rows('sms_purchase')).toBe(11);
  });

  it('a transactionId of one app is never that of another, however both are written', async () => {
    // As an app could be named before.
    const nested = { appId: 'a/b', userId: 'u' };
    const paid = { kind: 'top_up', paymentMethod: 'mpesa', paid: true, toppedUpAt: 0, amountKes: kes(4) } as const;
    const by = { kind: 'program', name: 'shop' } as const;
    const asked = (owner: Buyer, key: string) => api.desk.ask(owner, key, { ...paid, paymentReference: key }, by);
    expect(await asked(nested, 't1')).toMatchObject({ ok: true, value: { smsAdded: 5 } });
    expect(await asked({ appId: 'a', userId: 'u' }, 'b/t1')).toMatchObject({ ok: true, value: { smsAdded: 5 } });
    expect(await asked({ appId: null, userId: 'u' }, 'a/b/t1')).toMatchObject({ ok: true, value: { smsAdded: 5 } });
  });

  it('what is left below the price of one SMS counts the next time', async () => {
    const key = await api.key();
    const buy = (id: string) => api.post(TOPUP, topUp({ purchaseAmount: 5, transactionId: id }), key);
    expect((await buy('a')).body).toMatchObject({ smsAdded: 6 });
    expect((await buy('b')).body).toMatchObject({ smsAdded: 6 });
    expect((await buy('c')).body).toMatchObject({ smsAdded: 6 });
    expect((await buy('d')).body).toMatchObject({ smsAdded: 7, newSmsBalance: 25 });
  });
});

describe('prices', () => {
  it('the most specific wins, and a purchase keeps the one that it was made at', async () => {
    const key = await api.key();
    const set = (body: object) => api.post(COSTS, body, key);
    await set({ level: 'platform', pricePerSms: 0.7 });
    await set({ level: 'app', appId: 'acme', pricePerSms: '0.4' });
    const costs = await set({ level: 'customer', userId: 'vip', appId: 'acme', pricePerSms: 0.25 });
    expect(costs.body['costs']).toMatchObject([
      { level: 'platform', appId: null, userId: null, pricePerSms: 0.7, setBy: 'program-1' },
      { level: 'app', appId: 'acme', userId: null, pricePerSms: 0.4 },
      { level: 'customer', appId: 'acme', userId: 'vip', pricePerSms: 0.25 },
    ]);
    const bought = async (more: Record<string, unknown>): Promise<unknown> => (await api.post(TOPUP, topUp(more), key)).body;
    expect(await bought({ appId: 'acme', transactionId: '1' })).toMatchObject({ smsAdded: 1_000, unitCost: 0.4 });
    expect(await bought({ appId: 'acme', userId: 'vip', transactionId: '2' })).toMatchObject({ smsAdded: 1_600, unitCost: 0.25 });
    expect(await bought({ transactionId: '3' })).toMatchObject({ smsAdded: 571, unitCost: 0.7 });
    await set({ level: 'platform', pricePerSms: null });
    expect((await api.get(`${COSTS}/current?userId=shop-1045`, key)).body).toMatchObject({ pricePerSms: 0.8, source: 'default' });
    const kept = api.store.db.prepare('SELECT price_millikes, price_source FROM sms_purchase ORDER BY at, rowid').raw().all();
    expect(kept).toEqual([
      [400, 'app'],
      [250, 'customer'],
      [700, 'platform'],
    ]);
  });
});

describe('a key of an app', () => {
  it('reaches only that app’s wallets and prices', async () => {
    const platform = await api.key();
    const acme = await api.key(undefined, 'acme');
    await api.post(TOPUP, topUp(), platform);
    await api.post(TOPUP, topUp({ purchaseAmount: 4, transactionId: 'tx-1' }), acme);
    expect((await api.get(BALANCE, platform)).body['smsBalance']).toBe(500);
    expect((await api.get(BALANCE, acme)).body['smsBalance']).toBe(5);
    expect((await api.get(`${BALANCE}&appId=acme`, platform)).body['smsBalance']).toBe(5);
    expect(await api.get(`${BALANCE}&appId=other`, acme)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await api.post(COSTS, { level: 'platform', pricePerSms: 1 }, acme)).status).toBe(403);
    expect((await api.post(COSTS, { level: 'app', appId: 'other', pricePerSms: 1 }, acme)).status).toBe(403);
    await api.post(COSTS, { level: 'app', appId: 'other', pricePerSms: 1 }, platform);
    expect((await api.get(COSTS, acme)).body['costs']).toEqual([]);
  });
});

describe('spending', () => {
  const spend = (units: number, idempotencyKey: string) => ({ userId: 'shop-1045', units, idempotencyKey, reason: 'campaign' });

  it('takes what was sent, once for each key, and never below nothing', async () => {
    const key = await api.key();
    await api.post(TOPUP, topUp(), key);
    expect((await api.post(DEBIT, spend(400, 'a'), key)).body).toEqual({
      status: 'success',
      userId: 'shop-1045',
      units: 400,
      newSmsBalance: 100,
    });
    expect((await api.post(DEBIT, spend(400, 'a'), key)).body['newSmsBalance']).toBe(100);
    expect(await api.post(DEBIT, spend(101, 'b'), key)).toMatchObject({
      status: 409,
      body: { code: 'insufficient_balance', detail: '100 SMS are left. Nothing was taken.' },
    });
    expect((await api.post(DEBIT, spend(100, 'c'), key)).body['newSmsBalance']).toBe(0);
    expect((await api.post(DEBIT, spend(1, 'a'), key)).body['code']).toBe('conflict');
  });

  it('fifty programs at once never overspend', async () => {
    const key = await api.key();
    await api.post(TOPUP, topUp(), key);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => api.post(DEBIT, spend(30, `k${at}`), key)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(16);
    expect((await api.get(BALANCE, key)).body['smsBalance']).toBe(20);
  });

  it('of somebody without a wallet is refused', async () => {
    expect(await api.post(DEBIT, spend(1, 'a'), await api.key())).toMatchObject({ status: 404, body: { code: 'unknown_user' } });
    expect(rows('wallet_request')).toBe(0);
  });
});

describe('a statement', () => {
  it('is newest first, in pages, each line with the balance after it', async () => {
    const key = await api.key();
    await api.post(TOPUP, topUp(), key);
    for (const at of [1, 2, 3]) {
      await api.post(DEBIT, { userId: 'shop-1045', units: at, idempotencyKey: `d${at}`, reason: `campaign ${at}` }, key);
    }
    const first = await api.get(`${STATEMENT}&limit=2`, key);
    expect(first.body['lines']).toMatchObject([
      { what: 'use', sms: -3, balance: 494, reference: 'd3', reason: 'campaign 3' },
      { what: 'use', sms: -2, balance: 497, reference: 'd2' },
    ]);
    const second = await api.get(`${STATEMENT}&limit=2&before=${String(first.body['next'])}`, key);
    expect(second.body['lines']).toMatchObject([
      { what: 'use', sms: -1, balance: 499 },
      { what: 'top_up', sms: 500, balance: 500, reference: 'tx-1', reason: null, paymentReference: 'SKJ4X8Y2ZQ' },
    ]);
    const third = await api.get(`${STATEMENT}&limit=2&before=${String(second.body['next'])}`, key);
    expect(third.body).toEqual({ userId: 'shop-1045', lines: [], next: null });
  });

  it('as a file, nothing that somebody wrote is a formula or breaks a row', async () => {
    const key = await api.key();
    await api.post(TOPUP, topUp({ transactionId: '=cmd|x' }), key);
    await api.post(DEBIT, { userId: 'shop-1045', units: 1, idempotencyKey: '@a', reason: 'a "b", c' }, key);
    const { text, type } = await api.get(`${STATEMENT}&format=csv`, key);
    expect(type).toContain('text/csv');
    expect(text.split('\r\n').slice(0, 3)).toEqual([
      'at,what,sms,balance,reference,reason,paymentReference',
      '2026-11-23T09:00:00.000Z,use,-1,499,"\'@a","a ""b"", c",',
      '2026-11-23T09:00:00.000Z,top_up,500,500,"\'=cmd|x",,SKJ-=cmd|x',
    ]);
  });
});
