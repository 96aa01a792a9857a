/**
 * Owns the contract of the payment provider's port, run with the real client over HTTP against the simulated Daraja: every kind of
 * answer to a request and to a question, and callbacks that the same client reads.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { NotPaidReason } from '../../src/domain/order.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import type { Answer } from '../../src/sandbox/prompts.ts';
import { callbackAddress, closeShops, openShop, PAYER, PAYMENT, requested } from '../wire/daraja-shop.ts';

afterEach(closeShops);

const address = callbackAddress('JZ7K2M4QPW');

it('is reachable, and says so without asking for anything', async () => {
  const { provider, sandbox } = await openShop();
  expect(await provider.probe()).toEqual({ reachable: true });
  expect(sandbox.openPrompts()).toEqual([]);
});

describe('a request is accepted', () => {
  it('and the payer’s phone rings, with what the payer has to know', async () => {
    const { provider, sandbox, clock } = await openShop();
    const { answer, raw } = await provider.request(PAYMENT);
    const [prompt] = sandbox.openPrompts();
    expect(answer).toEqual({ kind: 'accepted', upstreamReference: prompt?.reference });
    expect(prompt).toMatchObject({ phone: PAYER, amountKes: 100, paymentNetwork: 'M-Pesa', note: 'JZ7K2M4QPW', at: clock.now() });
    expect(prompt?.recipient).toBeNull();
    expect(raw).toContain('SIMULATED');
    expect(raw).not.toMatch(/key-of|secret-of|passkey-of/);
  });

  it('for a till, which is another number than the one that asks', async () => {
    const { provider } = await openShop({ till: '654321' });
    expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'accepted' });
  });

  it('from a shop that nobody can reach', async () => {
    const { provider } = await openShop({ callbackAddress: null });
    expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'accepted' });
  });

  it('one after another, each with a reference of its own', async () => {
    const shop = await openShop();
    const payers = ['254722000001', '254722000002', '254722000003'] as const;
    const references = await Promise.all(payers.map((payer) => requested(shop, { ...PAYMENT, payer: payer as typeof PAYER })));
    expect(new Set(references).size).toBe(3);
    expect(shop.sandbox.openPrompts()).toHaveLength(3);
  });
});

describe('a request is refused, and no phone rings', () => {
  it.each<[string, Parameters<typeof openShop>[0], string]>([
    ['another key', { consumerKey: 'another' }, '400.008.01'],
    ['another secret', { consumerSecret: 'another' }, '400.008.01'],
    ['a PayBill that is paid under another number', { till: 'none' }, '400.002.02'],
  ])('because of the shop: %s', async (_name, more, code) => {
    const { provider, sandbox } = await openShop(more);
    expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'refused', code, ours: true });
    expect(sandbox.openPrompts()).toEqual([]);
  });

  it.each<[string, Partial<typeof PAYMENT>]>([
    ['an amount of nothing', { amountKes: kes(0) }],
    ['an amount over all bounds', { amountKes: kes(250_001) }],
    ['a number that is no mobile', { payer: '254201234567' as typeof PAYER }],
  ])('because of this payment: %s', async (_name, more) => {
    const { provider, sandbox } = await openShop();
    expect((await provider.request({ ...PAYMENT, ...more })).answer).toMatchObject({ kind: 'refused', ours: false });
    expect(sandbox.openPrompts()).toEqual([]);
  });

  it.each<[Fault, boolean]>([
    ['refuse:400.002.02', false],
    ['refuse:400.002.05', true],
  ])('with %s, by our fault: %s', async (fault, ours) => {
    const { provider, sandbox } = await openShop();
    sandbox.setFault(fault);
    expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'refused', code: fault.slice(7), ours });
    expect(sandbox.openPrompts()).toEqual([]);
  });
});

describe('of a request nothing is known', () => {
  it.each<[Fault, number]>([
    ['500', 0],
    ['garbage', 0],
    ['charged-500', 1],
    ['refuse:500.001.1001', 0],
    ['refuse:500.003.1001', 0],
  ])('after %s, with %i phones ringing', async (fault, ringing) => {
    const { provider, sandbox } = await openShop();
    sandbox.setFault(fault);
    expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'unknown' });
    expect(sandbox.openPrompts()).toHaveLength(ringing);
  });

  it('when another passkey signs it: that failure shares its code with others', async () => {
    const { provider } = await openShop({ passkey: 'another' });
    expect((await provider.request(PAYMENT)).answer).toEqual({
      kind: 'unknown',
      why: 'HTTP 500, 500.001.1001: Wrong credentials',
    });
  });

  it('after silence', async () => {
    const { provider, sandbox } = await openShop({ timeoutMs: 60 });
    await provider.status('ws_CO_nothing');
    sandbox.setFault('timeout');
    expect((await provider.request(PAYMENT)).answer).toEqual({ kind: 'unknown', why: 'no answer within 60 ms' });
  });
});

it('when nobody is there nothing was sent, and a question stays open', async () => {
  const { provider, sandbox } = await openShop();
  await sandbox.close();
  expect((await provider.request(PAYMENT)).answer).toMatchObject({ kind: 'not_sent' });
  expect((await provider.status('ws_CO_1')).answer).toMatchObject({ kind: 'unknown' });
  expect(await provider.probe()).toMatchObject({ reachable: false });
});

describe('a question', () => {
  it('is answered pending until the payer decides, then paid, as often as it is asked', async () => {
    const shop = await openShop();
    const reference = await requested(shop);
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'pending' });
    await shop.sandbox.answer(PAYER, 'approve');
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'paid', code: '0' });
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'paid', code: '0' });
  });

  it.each<[Answer, string, NotPaidReason]>([
    ['decline', '1032', 'cancelled'],
    ['wrong-pin', '2001', 'wrong_pin'],
    ['no-money', '1', 'too_little_money'],
  ])('about a payer who answers %s', async (how, code, reason) => {
    const shop = await openShop();
    const reference = await requested(shop);
    expect(await shop.sandbox.answer(PAYER, how)).toBe(true);
    const { answer } = await shop.provider.status(reference);
    expect(answer).toEqual({ kind: 'not_paid', code, reason, message: expect.stringMatching(/\w/) as string });
  });

  it.each<[string, Answer | null]>([
    ['does not look', null],
    ['ignores it', 'ignore'],
  ])('about a payer who %s is pending for three minutes, then expired', async (_name, how) => {
    const shop = await openShop();
    const reference = await requested(shop);
    if (how !== null) expect(await shop.sandbox.answer(PAYER, how)).toBe(true);
    shop.clock.advanceTo(shop.clock.now() + 179_999);
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'pending' });
    expect(shop.received).toEqual([]);
    shop.clock.advanceTo(shop.clock.now() + 1);
    await shop.sandbox.settled();
    expect((await shop.provider.status(reference)).answer).toMatchObject({ kind: 'not_paid', code: '1019', reason: 'expired' });
    expect(shop.received).toMatchObject([{ url: address, reading: { kind: 'read', code: '1019', amountKes: null } }]);
    expect(await shop.sandbox.answer(PAYER, 'approve')).toBe(false);
  });

  it.each<[string, NotPaidReason]>([
    ['1', 'too_little_money'],
    ['17', 'busy'],
    ['26', 'busy'],
    ['1001', 'busy'],
    ['1019', 'expired'],
    ['1025', 'not_prompted'],
    ['9999', 'not_prompted'],
    ['1032', 'cancelled'],
    ['1037', 'phone_unreachable'],
    ['2001', 'wrong_pin'],
  ])('about a payment that ended with %s: %s', async (code, reason) => {
    const shop = await openShop();
    shop.sandbox.setFault(`result:${code}`);
    const reference = await requested(shop);
    expect((await shop.provider.status(reference)).answer).toMatchObject({ kind: 'not_paid', code, reason });
    expect(shop.sandbox.openPrompts()).toEqual([]);
  });

  it('about a phone that another request rings already: busy, and the first goes on ringing', async () => {
    const shop = await openShop();
    const first = await requested(shop);
    const second = await requested(shop, { ...PAYMENT, reference: 'JZ2222222A' });
    expect((await shop.provider.status(second)).answer).toMatchObject({ kind: 'not_paid', reason: 'busy' });
    expect((await shop.provider.status(first)).answer).toEqual({ kind: 'pending' });
  });

  it('about a payment that nobody knows is open', async () => {
    const { provider } = await openShop();
    expect((await provider.status('ws_CO_nothing')).answer).toMatchObject({ kind: 'unknown' });
  });
});

describe('the callback', () => {
  const read = { kind: 'read', code: '0', amountKes: 100, payer: PAYER };

  it('of a payer who approves names the payment, at the address of its order', async () => {
    const shop = await openShop();
    const upstreamReference = await requested(shop);
    await shop.sandbox.answer(PAYER, 'approve');
    const receipt = expect.stringMatching(/^SIM[A-Z0-9]{7}$/) as string;
    expect(shop.received).toEqual([{ url: address, reading: { ...read, upstreamReference, receipt } }]);
  });

  it('of a payer who declines holds no money', async () => {
    const shop = await openShop();
    const upstreamReference = await requested(shop);
    await shop.sandbox.answer(PAYER, 'decline');
    const nothing = { amountKes: null, receipt: null, payer: null };
    expect(shop.received).toEqual([{ url: address, reading: { kind: 'read', upstreamReference, code: '1032', ...nothing } }]);
  });

  it('may come before the answer', async () => {
    const shop = await openShop();
    shop.sandbox.setFault('result:0');
    const upstreamReference = await requested(shop);
    expect(shop.received).toMatchObject([{ url: address, reading: { ...read, upstreamReference } }]);

    const early: number[] = [];
    shop.sandbox.onPrompt(() => {
      void shop.sandbox.answer(PAYER, 'approve');
      early.push(shop.received.length);
    });
    const another = await requested(shop, { ...PAYMENT, reference: 'JZ2222222A' });
    expect(early).toHaveLength(1);
    expect(shop.received[1]).toMatchObject({ url: callbackAddress('JZ2222222A'), reading: { upstreamReference: another } });
  });

  it('of a request whose answer was lost still says which order it is for', async () => {
    const shop = await openShop();
    shop.sandbox.setFault('charged-500');
    expect((await shop.provider.request(PAYMENT)).answer).toMatchObject({ kind: 'unknown' });
    await shop.sandbox.answer(PAYER, 'approve');
    const [callback] = shop.received;
    expect(callback).toMatchObject({ url: address, reading: read });
    const reference = callback?.reading.kind === 'read' ? callback.reading.upstreamReference : '';
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'paid', code: '0' });
  });

  it.each<[Fault, number]>([
    ['webhook-twice', 2],
    ['webhook-lost', 0],
  ])('with %s comes %i times, and asking finds the payment all the same', async (fault, times) => {
    const shop = await openShop();
    shop.sandbox.setFault(fault);
    const reference = await requested(shop);
    await shop.sandbox.answer(PAYER, 'approve');
    expect(shop.received).toHaveLength(times);
    expect((await shop.provider.status(reference)).answer).toEqual({ kind: 'paid', code: '0' });
  });
});
