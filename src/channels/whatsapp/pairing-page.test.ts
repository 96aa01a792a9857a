/** The page on which the operator links the number, and the same in the terminal. */

import { describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../../lib/result.ts';
import { pairingPage } from './pairing-page.ts';
import type { PairingState } from './pairing.ts';

const BASE = 'http://127.0.0.1:3000';
const state = (facts: Partial<PairingState>): PairingState => ({
  state: 'unpaired',
  qr: null,
  code: null,
  number: null,
  why: null,
  remedy: null,
  ...facts,
});

function setup(now: Partial<PairingState> = {}, code: Result<string, string> = ok('ABCD2345'), reset = Promise.resolve()) {
  const asked: string[] = [];
  let resets = 0;
  const page = pairingPage({
    pairing: () => state(now),
    requestPairingCode: async (digits) => {
      asked.push(digits);
      return code;
    },
    resetPairing: async () => {
      resets += 1;
      await reset;
    },
  });
  const call = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: string | null = null,
  ): Promise<Response | null> =>
    page(new Request(BASE + path, { method, headers: { host: '127.0.0.1:3000', ...headers }, body }));
  return { call, asked, resets: () => resets };
}

const post = { 'content-type': 'application/x-www-form-urlencoded', origin: BASE, 'sec-fetch-site': 'same-origin' };

describe('the page', () => {
  it.each<[Partial<PairingState>, string[], string[]]>([
    [{ state: 'qr', qr: 'https://wa.me/x#a,b,c' }, ['<svg', 'changanua'], ['a,b,c']],
    [{ state: 'code', code: 'ABCD2345', qr: 'q' }, ['ABCD-2345', 'msimbo'], ['<svg']],
    [{ state: 'open', number: '254700000001' }, ['+254700000001', 'Imeunganishwa'], ['<svg']],
    [{ state: 'connecting' }, ['Connecting', 'Inaunganisha'], ['role="alert"']],
    [{ state: 'connecting', why: 'Blocked.', remedy: 'Call.' }, ['Blocked. Call.'], []],
    [
      { state: 'stopped', why: 'Logged <out>.', remedy: 'Pair & go.' },
      ['Logged &#60;out&#62;. Pair &#38; go.', 'imesimama'],
      ['<out>'],
    ],
    [{ state: 'unpaired' }, ['Connecting'], []],
  ])('shows the state: %o', async (now, there, notThere) => {
    const response = await setup(now).call('GET', '/whatsapp/state');
    const text = (await response?.text()) ?? '';
    for (const piece of there) expect(text).toContain(piece);
    for (const piece of notThere) expect(text).not.toContain(piece);
    expect(text).toContain('http-equiv="refresh"');
  });

  it('holds the two forms, refreshes only its frame, and runs no script', async () => {
    const response = await setup().call('GET', '/whatsapp');
    const text = (await response?.text()) ?? '';
    expect(response?.status).toBe(200);
    expect(text).toMatch(/<form method="post" action="\/whatsapp\/code">[^]*<label>/);
    expect(text).toContain('action="/whatsapp/start-over"');
    expect(text).not.toMatch(/<script|http-equiv|\son\w+=|style="/);
    expect(response?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response?.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(response?.headers.get('cache-control')).toBe('no-store');
  });

  it('asks for a code and shows the page again', async () => {
    const { call, asked } = setup();
    const response = await call('POST', '/whatsapp/code', post, 'phone=%2B254+722+000+000');
    expect(response?.status).toBe(303);
    expect(response?.headers.get('location')).toBe('/whatsapp');
    expect(asked).toEqual(['+254 722 000 000']);
  });

  it('says why there is no code, without repeating what was typed as markup', async () => {
    const response = await setup({}, err('Not <b>that</b>.')).call('POST', '/whatsapp/code', post, 'phone=x');
    expect(response?.status).toBe(422);
    expect(await response?.text()).toContain('Not &#60;b&#62;that');
  });

  it('survives bodies that are none', async () => {
    const { call, asked } = setup();
    await call('POST', '/whatsapp/code', post, null);
    await call('POST', '/whatsapp/code', post, 'x'.repeat(100_000));
    await call('POST', '/whatsapp/code', post, '%%%=&&&');
    expect(asked).toEqual(['', '', '']);
  });

  it('starts over', async () => {
    const { call, resets } = setup();
    expect((await call('POST', '/whatsapp/start-over', post))?.status).toBe(303);
    expect(resets()).toBe(1);
  });

  it('says so when it cannot start over', async () => {
    const failing = Promise.reject(new Error('disk full'));
    const response = await setup({}, ok(''), failing).call('POST', '/whatsapp/start-over', post);
    expect(response?.status).toBe(500);
    expect(await response?.text()).toContain('could not be forgotten');
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port of the same machine', { origin: 'http://127.0.0.1:8080' }],
    ['the origin of a file', { origin: 'null' }],
    ['another site, by the browser', { origin: BASE, 'sec-fetch-site': 'cross-site' }],
    ['a sister site, by the browser', { 'sec-fetch-site': 'same-site' }],
  ])('refuses a form from %s', async (_, headers) => {
    const { call, asked, resets } = setup();
    for (const path of ['/whatsapp/code', '/whatsapp/start-over']) {
      expect((await call('POST', path, headers, 'phone=254722000000'))?.status).toBe(403);
    }
    expect([asked, resets()]).toEqual([[], 0]);
  });

  it('does nothing on a mere visit, and leaves what is not its own', async () => {
    const { call, resets } = setup();
    expect((await call('GET', '/whatsapp/start-over'))?.status).toBe(405);
    expect((await call('POST', '/whatsapp/nothing', post))?.status).toBe(404);
    expect(resets()).toBe(0);
    expect(await call('GET', '/whatsapps')).toBeNull();
    expect(await call('GET', '/')).toBeNull();
  });
});
