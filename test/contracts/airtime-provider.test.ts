/**
 * Owns the contract of the airtime provider's port, run with the real client over HTTP against the simulated upstream, in both
 * formats: every kind of answer, and webhooks that the same client reads.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import { PAYMENT_NETWORKS, RECIPIENT_NETWORKS } from '../../src/domain/networks.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { AirtimeProvider, AirtimePurchase, WebhookReading } from '../../src/ports/airtime-provider.ts';
import { createTopups, type TopupsOptions } from '../../src/providers/topups/client.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

const PAYER = msisdn('254722002000');
const purchase: AirtimePurchase = {
  reference: 'JZ7K2M4QPW',
  recipient: msisdn('254722000001'),
  recipientNetwork: null,
  recipientName: null,
  amountKes: kes(100),
  payer: PAYER,
  paymentNetwork: 'M-Pesa',
};

interface Shop {
  readonly provider: AirtimeProvider;
  readonly sandbox: Sandbox;
  readonly clock: ManualClock;
  readonly readings: WebhookReading[];
  /** Bodies, as soon as they come. */
  readonly received: string[];
}

const open: Sandbox[] = [];

afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

async function openShop(format: 'json' | 'xml', more: Partial<TopupsOptions> = {}): Promise<Shop> {
  const readings: WebhookReading[] = [];
  const received: string[] = [];
  const clock = new ManualClock(Date.parse('2026-11-22T09:45:35Z'));
  const sandbox: Sandbox = createSandbox({
    clock,
    log: silentLog,
    token: 'token-of-the-shop',
    seed: 'contract',
    sendWebhook: async (raw, contentType) => {
      received.push(raw);
      readings.push(await provider.parseWebhook(raw, contentType));
    },
  });
  open.push(sandbox);
  const baseUrl = await sandbox.listen(0);
  const provider = createTopups({ baseUrl, token: sandbox.token, format, timeoutMs: 5000, ...more });
  return { provider, sandbox, clock, readings, received };
}

describe.each(['json', 'xml'] as const)('the airtime provider in %s', (format) => {
  it('is reachable, and says so without buying', async () => {
    const { provider, sandbox } = await openShop(format);
    expect(await provider.probe()).toEqual({ reachable: true });
    expect(sandbox.openPrompts()).toEqual([]);
  });

  describe('accepts', () => {
    it('a purchase, and the payer’s phone rings', async () => {
      const { provider, sandbox, clock } = await openShop(format);
      const { answer, raw } = await provider.buy(purchase);
      const [prompt] = sandbox.openPrompts();
      expect(answer).toEqual({ kind: 'accepted', upstreamReference: prompt?.reference });
      expect(prompt).toMatchObject({
        phone: PAYER,
        amountKes: 100,
        paymentNetwork: 'M-Pesa',
        note: 'JZ7K2M4QPW',
        at: clock.now(),
      });
      expect(raw).toContain('Airtime Requested');
    });

    it.each(PAYMENT_NETWORKS)('payment by %s', async (paymentNetwork) => {
      const { provider } = await openShop(format);
      expect((await provider.buy({ ...purchase, paymentNetwork })).answer).toMatchObject({ kind: 'accepted' });
    });

    it.each(RECIPIENT_NETWORKS)('a recipient of %s with a name full of markup', async (recipientNetwork) => {
      const { provider } = await openShop(format);
      const recipientName = `Jané "J" O'Brien & <b>Sons</b> 🙂`;
      const { answer, raw } = await provider.buy({ ...purchase, recipientNetwork, recipientName });
      expect(answer).toMatchObject({ kind: 'accepted' });
      expect(raw).toContain(recipientNetwork);
    });

    it('one purchase after another, each with a reference of its own', async () => {
      const { provider, sandbox } = await openShop(format);
      await Promise.all(Array.from({ length: 10 }, () => provider.buy(purchase)));
      expect(new Set(sandbox.openPrompts().map(({ reference }) => reference)).size).toBe(10);
    });
  });

  describe('refuses', () => {
    it.each(['1000', '2000', '3000', '4000', '5000', '6000'] as const)('with code %s', async (code) => {
      const { provider, sandbox } = await openShop(format);
      sandbox.setFault(`refuse:${code}`);
      expect((await provider.buy(purchase)).answer).toMatchObject({
        kind: 'refused',
        code,
        message: expect.stringMatching(/\w/) as string,
      });
      expect(sandbox.openPrompts()).toEqual([]);
    });

    it('another token', async () => {
      const { provider } = await openShop(format, { token: 'another' });
      expect((await provider.buy(purchase)).answer).toEqual({ kind: 'refused', code: '4000', message: 'Invalid API Token' });
    });

    it('what it cannot sell, with its reasons', async () => {
      const { provider, sandbox } = await openShop(format);
      const { answer } = await provider.buy({ ...purchase, amountKes: kes(0), reference: 'x'.repeat(300) });
      const message = 'Missing or Invalid Parameters: amount is invalid; note is invalid';
      expect(answer).toEqual({ kind: 'refused', code: '3000', message });
      expect(sandbox.openPrompts()).toEqual([]);
    });
  });

  it('cancels with code 8000', async () => {
    const { provider, sandbox } = await openShop(format);
    sandbox.setFault('refuse:8000');
    expect((await provider.buy(purchase)).answer).toEqual({ kind: 'cancelled', message: 'Purchase Cancelled' });
  });

  describe('does not know', () => {
    it.each<[Fault, number]>([
      ['500', 0],
      ['garbage', 0],
      ['charged-500', 1],
      ['refuse:7000', 0],
      ['refuse:9000', 0],
    ])('after %s, with %i phones ringing', async (fault, ringing) => {
      const { provider, sandbox } = await openShop(format);
      sandbox.setFault(fault);
      expect((await provider.buy(purchase)).answer).toMatchObject({ kind: 'unknown' });
      expect(sandbox.openPrompts()).toHaveLength(ringing);
    });

    it('after silence', async () => {
      const { provider, sandbox } = await openShop(format, { timeoutMs: 60 });
      sandbox.setFault('timeout');
      expect((await provider.buy(purchase)).answer).toEqual({ kind: 'unknown', why: 'no answer within 60 ms' });
      expect(sandbox.openPrompts()).toEqual([]);
    });
  });

  it('knows that nothing was sent when nobody is there', async () => {
    const { provider, sandbox } = await openShop(format);
    await sandbox.close();
    expect((await provider.buy(purchase)).answer).toMatchObject({ kind: 'not_sent' });
    expect(await provider.probe()).toMatchObject({ reachable: false });
  });

  describe('reads the webhook', () => {
    const read = { kind: 'read', note: 'JZ7K2M4QPW', amountKes: 100, mobile: '254722000001' };

    it('of a payer who approves, with the reference of the answer', async () => {
      const { provider, sandbox, readings } = await openShop(format);
      const { answer } = await provider.buy(purchase);
      expect(await sandbox.answer(PAYER, 'approve')).toBe(true);
      const upstreamReference = answer.kind === 'accepted' ? answer.upstreamReference : '';
      expect(readings).toEqual([{ ...read, upstreamReference, outcome: 'positive', status: 'Success' }]);
    });

    it('of a payer who declines', async () => {
      const { provider, sandbox, readings } = await openShop(format);
      await provider.buy(purchase);
      expect(await sandbox.answer(PAYER, 'decline')).toBe(true);
      expect(readings).toMatchObject([{ ...read, outcome: 'cancelled', status: 'Cancelled' }]);
    });

    it('that comes before the answer', async () => {
      const { provider, sandbox, readings, received } = await openShop(format);
      const early: number[] = [];
      sandbox.onPrompt(() => {
        void sandbox.answer(PAYER, 'approve');
        early.push(received.length);
      });
      const { answer } = await provider.buy(purchase);
      expect(early).toEqual([1]);
      expect(readings).toMatchObject([{ ...read, outcome: 'positive' }]);
      expect(readings[0]).toMatchObject({ upstreamReference: answer.kind === 'accepted' ? answer.upstreamReference : 'none' });
    });

    it('of a purchase whose answer was lost', async () => {
      const { provider, sandbox, readings } = await openShop(format);
      sandbox.setFault('charged-500');
      await provider.buy(purchase);
      await sandbox.answer(PAYER, 'approve');
      expect(readings).toMatchObject([{ ...read, outcome: 'positive' }]);
    });

    it.each<[Fault, number]>([
      ['webhook-twice', 2],
      ['webhook-lost', 0],
    ])('with %s %i times', async (fault, times) => {
      const { provider, sandbox, readings } = await openShop(format);
      sandbox.setFault(fault);
      await provider.buy(purchase);
      expect(await sandbox.answer(PAYER, 'approve')).toBe(true);
      expect(readings).toHaveLength(times);
      for (const reading of readings) expect(reading).toMatchObject({ ...read, outcome: 'positive' });
    });

    it('never, of a payer who does not look', async () => {
      const { provider, sandbox, readings, clock } = await openShop(format);
      await provider.buy(purchase);
      await provider.buy({ ...purchase, reference: 'JZ2222222A' });
      expect(await sandbox.answer(PAYER, 'ignore')).toBe(true);
      clock.advanceTo(clock.now() + 180_000);
      expect(sandbox.openPrompts()).toEqual([]);
      expect(await sandbox.answer(PAYER, 'approve')).toBe(false);
      expect(readings).toEqual([]);
    });
  });
});
