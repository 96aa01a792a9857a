/** Tables of environments: when payments by M-Pesa are real, simulated or off, and everything that is missing of half a set-up, at once. */

import { describe, expect, it } from 'vitest';
import { parseConfig, type Config } from './config.ts';

type Environment = Readonly<Record<string, string>>;

const KEYS = {
  DARAJA_CONSUMER_KEY: 'planted-key',
  DARAJA_CONSUMER_SECRET: 'planted-secret',
  DARAJA_SHORTCODE: '174379',
  DARAJA_PASSKEY: 'planted-passkey',
};
const AIRTIME = { TOPUPS_API_TOKEN: 'token' };
const SECRET = 'abcdefghijklmnopqrstuv';

function daraja(environment: Environment): Config['daraja'] {
  const parsed = parseConfig(environment);
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  return parsed.value.daraja;
}

const wrong = (environment: Environment): string[] => {
  const parsed = parseConfig(environment);
  return parsed.ok ? [] : [...parsed.error];
};

describe('payments by M-Pesa', () => {
  it.each<[string, Environment, Config['daraja']['kind']]>([
    ['nothing set', {}, 'simulated'],
    ['the sandbox off', { SANDBOX: 'off' }, 'off'],
    ['airtime real', AIRTIME, 'off'],
    ['airtime real and the sandbox on', { ...AIRTIME, SANDBOX: 'on' }, 'simulated'],
    ['its keys', { ...KEYS, ...AIRTIME }, 'real'],
    ['its keys alone', KEYS, 'real'],
    ['its keys and the sandbox', { ...KEYS, SANDBOX: 'on' }, 'real'],
    ['nothing but the secret of callbacks', { DARAJA_CALLBACK_SECRET: SECRET }, 'simulated'],
  ])('%s', (_name, environment, kind) => {
    expect(daraja(environment).kind).toBe(kind);
  });

  it('alone and real leave nothing simulated', () => {
    expect(parseConfig(KEYS)).toMatchObject({ value: { topups: { kind: 'off' } } });
  });

  it('real: to a PayBill, or to a till', () => {
    const paybill = { kind: 'real', consumerKey: 'planted-key', consumerSecret: 'planted-secret', shortcode: '174379' };
    const rest = { passkey: 'planted-passkey', baseUrl: 'https://api.safaricom.co.ke', timeoutMs: 30_000 };
    expect(daraja(KEYS)).toEqual({ ...paybill, ...rest, till: null, callbackSecret: null });
    const more = { DARAJA_TILL: '654321', DARAJA_CALLBACK_SECRET: SECRET, DARAJA_TIMEOUT_MS: '5000' };
    const till = { till: '654321', callbackSecret: SECRET, timeoutMs: 5000, baseUrl: 'http://127.0.0.1:3900' };
    expect(daraja({ ...KEYS, ...more, DARAJA_BASE_URL: 'http://127.0.0.1:3900/' })).toEqual({ ...paybill, ...rest, ...till });
  });
});

describe('half a set-up is told whole, with the way out', () => {
  it.each<[string, Environment, string[]]>([
    ['the key', { DARAJA_CONSUMER_KEY: 'planted' }, ['DARAJA_CONSUMER_SECRET', 'DARAJA_SHORTCODE', 'DARAJA_PASSKEY']],
    ['all but the passkey', { ...KEYS, DARAJA_PASSKEY: '' }, ['DARAJA_PASSKEY']],
    ['a till', { DARAJA_TILL: '654321' }, Object.keys(KEYS)],
    ['an address, with the sandbox on', { DARAJA_BASE_URL: 'https://x.example', SANDBOX: 'on' }, Object.keys(KEYS)],
  ])('%s', (_name, environment, keys) => {
    const lines = wrong(environment);
    expect(lines.map((line) => line.split(':')[0])).toEqual(keys);
    for (const line of lines) {
      expect(line).toMatch(/is missing, though DARAJA_[A-Z_]+ is set\. .*remove/);
      expect(line).not.toContain('planted');
    }
  });

  it.each<[string, Environment]>([
    ['DARAJA_SHORTCODE', { ...KEYS, DARAJA_SHORTCODE: '0722000000' }],
    ['DARAJA_TILL', { ...KEYS, DARAJA_TILL: 'my till' }],
    ['DARAJA_CONSUMER_SECRET', { ...KEYS, DARAJA_CONSUMER_SECRET: 'planted with spaces' }],
    ['DARAJA_CALLBACK_SECRET', { ...KEYS, DARAJA_CALLBACK_SECRET: 'planted' }],
    ['DARAJA_BASE_URL', { ...KEYS, DARAJA_BASE_URL: 'planted' }],
  ])('%s that cannot be', (key, environment) => {
    const [line = '', ...more] = wrong(environment);
    expect(line).toMatch(new RegExp(`^${key}: must`));
    expect(line).not.toContain('planted');
    expect(more).toEqual([]);
  });

  it('the web chat is not opened to the world with simulated payments', () => {
    expect(wrong({ ...AIRTIME, WEB_CHAT: 'on', SANDBOX: 'on' })).toEqual([
      expect.stringMatching(/^WEB_CHAT: .*payments by M-Pesa.*DARAJA_CONSUMER_KEY.*SANDBOX=off/),
    ]);
    expect(wrong({ ...AIRTIME, WEB_CHAT: 'on' })).toEqual([]);
    expect(wrong({ ...AIRTIME, ...KEYS, WEB_CHAT: 'on', SANDBOX: 'on' }).join()).not.toContain('M-Pesa');
    expect(wrong({ ...KEYS, WEB_CHAT: 'on' })).toEqual([]);
  });
});
