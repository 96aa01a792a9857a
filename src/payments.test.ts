/** Which M-Pesa there is, in a whole core: simulated from the prompt to the callback, real behind an address, or none. */

import { afterEach, describe, expect, it } from 'vitest';
import { openWorld, type ChatWorld } from '../test/support/chat-world.ts';
import { closeShops, MERCHANT, openShop, PAYER, PAYMENT } from '../test/wire/daraja-shop.ts';
import { parseConfig } from './config.ts';
import { callbackPath } from './http/callback-path.ts';
import { ManualClock } from './lib/clock.ts';
import { callbackAddressOf, callbackTo, paymentsOf } from './payments.ts';

const worlds: ChatWorld[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
  await closeShops();
});

async function world(env: Record<string, string> = {}): Promise<ChatWorld> {
  const opened = await openWorld({ env });
  worlds.push(opened);
  return opened;
}

describe('with nothing configured', () => {
  it('a payment rings on the phone that airtime rings on, and is found by asking', async () => {
    const { core, prompts } = await world();
    const { answer } = (await core.payments?.request(PAYMENT)) ?? {};
    expect(answer).toMatchObject({ kind: 'accepted' });
    expect(prompts).toMatchObject([{ phone: PAYER, amountKes: 100, note: PAYMENT.reference }]);
    await core.sandbox?.answer(PAYER, 'approve');
    const reference = answer?.kind === 'accepted' ? answer.upstreamReference : '';
    expect((await core.payments?.status(reference))?.answer).toEqual({ kind: 'paid', code: '0' });
    expect(await core.payments?.probe()).toEqual({ reachable: true });
  });

  it('a callback can be read before anything was asked', async () => {
    const { core } = await world();
    expect(core.payments?.parseCallback('{}')).toMatchObject({ kind: 'unreadable' });
  });

  it.each([
    ['/oauth/v1/generate', 400],
    ['/mpesa/stkpush/v1/processrequest', 405],
  ])('%s is served beside the phone’s pages', async (path, status) => {
    const { core } = await world();
    expect((await core.sandbox?.routes(new Request(`http://127.0.0.1${path}`)))?.status).toBe(status);
  });

  it('a fault of the terminal strikes it', async () => {
    const { core, prompts } = await world();
    core.sandbox?.setFault('result:1037');
    expect((await core.payments?.request(PAYMENT))?.answer).toMatchObject({ kind: 'accepted' });
    expect(prompts).toEqual([]);
  });
});

it('switched off there is none, and no callback is taken', async () => {
  const { core } = await world({ SANDBOX: 'off' });
  expect([core.payments, core.sandbox, core.onPaymentCallback]).toEqual([null, null, null]);
});

it('real, it goes to its address and simulates nothing', async () => {
  const { sandbox, baseUrl } = await openShop();
  const { consumerKey, consumerSecret, shortcode, passkey } = MERCHANT;
  const keys = { DARAJA_CONSUMER_KEY: consumerKey, DARAJA_CONSUMER_SECRET: consumerSecret, DARAJA_SHORTCODE: shortcode };
  const { core } = await world({ ...keys, DARAJA_PASSKEY: passkey, DARAJA_BASE_URL: baseUrl });
  expect(core.sandbox).toBeNull();
  expect((await core.payments?.request(PAYMENT))?.answer).toMatchObject({ kind: 'accepted' });
  expect(sandbox.openPrompts()).toHaveLength(1);
});

it('what cannot be loaded has sent nothing', async () => {
  const parsed = parseConfig({});
  if (!parsed.ok) throw new Error(parsed.error.join());
  const { core } = await world();
  const broken = { ...core.sandbox, merchant: MERCHANT, address: () => Promise.reject(new Error('no port')) } as never;
  const payments = paymentsOf(parsed.value, new ManualClock(0), false, broken);
  expect((await payments?.request(PAYMENT))?.answer).toEqual({ kind: 'not_sent', why: 'no port' });
  expect((await payments?.status('ws_CO_1'))?.answer).toEqual({ kind: 'unknown', why: 'no port' });
  expect(await payments?.probe()).toEqual({ reachable: false, why: 'no port' });
});

describe('the address of callbacks', () => {
  const real = { kind: 'real', ...MERCHANT, till: null, timeoutMs: 1, baseUrl: 'https://m-pesa.example' } as const;
  const secret = 'cA7kQ9xT2mN7pL5vR8sYcB';
  const PATH = callbackPath('JZ7K2M4QPW', secret);
  it.each<[string, string, string | null, string | null, string | null]>([
    ['is the shop’s', real.baseUrl, secret, 'https://duka.example', `https://duka.example${PATH}`],
    ['is none without a secret', real.baseUrl, null, 'https://duka.example', null],
    ['is none without a public address', real.baseUrl, secret, null, null],
    ['is none without TLS', real.baseUrl, secret, 'http://duka.example', null],
    [
      'needs no TLS where M-Pesa has none',
      'http://127.0.0.1:3900',
      secret,
      'http://127.0.0.1:3000',
      `http://127.0.0.1:3000${PATH}`,
    ],
  ])('%s', (_name, baseUrl, callbackSecret, publicUrl, expected) => {
    expect(callbackAddressOf({ ...real, baseUrl, callbackSecret }, publicUrl)?.('JZ7K2M4QPW') ?? null).toBe(expected);
  });

  it('ends in the order that it is about', async () => {
    const taken: string[][] = [];
    await callbackTo(async (reference, raw) => void taken.push([reference, raw]))(
      'https://x.invalid/webhooks/daraja/s/JZ7K2M4QPW',
      '{}',
    );
    expect(taken).toEqual([['JZ7K2M4QPW', '{}']]);
  });
});
