/** Environments with a remote SMS wallet: whole, half set, spoken to in the open, or filled for money that nobody paid. */

import { describe, expect, it } from 'vitest';
import { parseConfig, type Config } from './config.ts';

type Environment = Readonly<Record<string, string>>;

const TUKU = { TUKU_BASE_URL: 'https://wallets.example', TUKU_API_KEY: 'key' };
const MPESA = {
  DARAJA_CONSUMER_KEY: 'key',
  DARAJA_CONSUMER_SECRET: 'secret',
  DARAJA_SHORTCODE: '174379',
  DARAJA_PASSKEY: 'passkey',
};

function config(environment: Environment): Config {
  const parsed = parseConfig(environment);
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  return parsed.value;
}

function wrong(environment: Environment): readonly string[] {
  const parsed = parseConfig(environment);
  return parsed.ok ? [] : parsed.error;
}

it('wallets are kept here unless the address and the key of another server are set', () => {
  expect(config({}).tuku).toBeNull();
  expect(config(TUKU).tuku).toEqual({
    baseUrl: 'https://wallets.example',
    apiKey: 'key',
    timeoutMs: 30_000,
    hidesOwnSms: false,
  });
  expect(config({ ...TUKU, ...MPESA, TUKU_TIMEOUT_MS: '500' }).tuku).toMatchObject({ timeoutMs: 500 });
  expect(config({ ...TUKU, TUKU_HIDES_OWN_SMS: 'on' }).tuku).toMatchObject({ hidesOwnSms: true });
});

it('an address that ends in /api, which is added to it, is refused', () => {
  for (const address of ['https://wallets.example/api', 'https://wallets.example/api/'])
    expect(wrong({ ...TUKU, TUKU_BASE_URL: address })).toEqual([expect.stringContaining('leave /api away')]);
});

it('they are real, so nothing else is simulated beside them', () => {
  expect(config(TUKU)).toMatchObject({ topups: { kind: 'off' }, daraja: { kind: 'off' } });
});

it.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
  'they may be tried with simulated money on this machine: %s',
  (url) => {
    expect(config({ ...TUKU, TUKU_BASE_URL: url, SANDBOX: 'on' })).toMatchObject({
      tuku: { baseUrl: url },
      daraja: { kind: 'simulated' },
    });
  },
);

describe('what is wrong', () => {
  it.each<[string, Environment, RegExp]>([
    [
      'an address without its key',
      { TUKU_BASE_URL: 'https://x.example' },
      /^TUKU_API_KEY: is missing, though TUKU_BASE_URL is set/,
    ],
    [
      'a key without its address',
      { TUKU_API_KEY: 'key', SANDBOX: 'on' },
      /^TUKU_BASE_URL: is missing, though TUKU_API_KEY is set/,
    ],
    ['an address without TLS', { ...TUKU, TUKU_BASE_URL: 'http://x.example' }, /^TUKU_BASE_URL: must begin with https:/],
    ['no address', { ...TUKU, TUKU_BASE_URL: 'wallets', SANDBOX: 'on' }, /^TUKU_BASE_URL: must be an address/],
    ['real SMS for simulated money', { ...TUKU, SANDBOX: 'on' }, /^TUKU_BASE_URL: payments by M-Pesa are simulated/],
  ])('%s', (_what, environment, words) => {
    expect(wrong(environment)).toEqual([expect.stringMatching(words)]);
  });

  it('is said without the key', () => {
    const said = wrong({ ...TUKU, TUKU_API_KEY: 'planted key' });
    expect(said).toEqual([expect.stringMatching(/^TUKU_API_KEY: must be as that server gave it/)]);
    expect(said.join()).not.toContain('planted');
  });
});
