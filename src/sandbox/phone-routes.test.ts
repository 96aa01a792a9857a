/**
 * Owns the proof that the simulated phones show what rings, take an answer once, refuse buttons pressed from elsewhere, and
 * tell open pages of changes.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { closeShops, openShop, PAYER, requested } from '../../test/wire/daraja-shop.ts';
import { ask, closeAll, FIELDS, JANE, JOE, start, TOKEN } from '../../test/wire/topups-sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { SMS_PARTNER_ID } from './sms-api.ts';

afterEach(closeAll);
afterEach(closeShops);

const HOST = 'http://127.0.0.1:3000';

async function get(sandbox: Sandbox, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await sandbox.routes(new Request(HOST + path, { headers }));
  if (response === null) throw new Error('not served');
  return response;
}

const page = async (sandbox: Sandbox, path: string, headers: Record<string, string> = {}): Promise<string> =>
  (await get(sandbox, path, headers)).text();

async function press(sandbox: Sandbox, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams(form);
  const response = await sandbox.routes(new Request(`${HOST}/phone/${JOE}`, { method: 'POST', body, headers }));
  if (response === null) throw new Error('not served');
  return response;
}

const oldest = (sandbox: Sandbox): string => sandbox.openPrompts()[0]?.reference ?? 'none';

it('a form without an end is not read to its end', async () => {
  const { sandbox } = start();
  let given = 0;
  const body = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array((given += 1) > 0 ? 1_000 : 0)) });
  const request = new Request(`${HOST}/phone/${JOE}`, { method: 'POST', body, duplex: 'half' });
  expect((await sandbox.routes(request))?.status).toBe(400);
  expect(given).toBeLessThan(20);
});

describe('the list of phones', () => {
  it('is empty, then holds who rings, then who rang', async () => {
    const { sandbox } = start();
    expect(await page(sandbox, '/phone')).toContain('No phone has rung yet');
    await ask(sandbox, FIELDS);
    await ask(sandbox, FIELDS);
    expect(await page(sandbox, '/phone')).toMatch(/href="\/phone\/254722002000\?lang=en"[^]*0722 002 000[^]*2 requests wait/);
    await sandbox.answer(JOE, 'ignore');
    await sandbox.answer(JOE, 'ignore');
    expect(await page(sandbox, '/phone/')).toContain('0722 002 000');
    expect(await page(sandbox, '/phone')).not.toContain('wait</strong>');
  });

  it('leads to a number that was typed in any spelling, and says when it is none', async () => {
    const { sandbox } = start();
    const found = await get(sandbox, '/phone?number=%2B254+722+002+000&lang=sw');
    expect([found.status, found.headers.get('location')]).toEqual([303, '/phone/254722002000?lang=sw']);
    const wrong = await get(sandbox, '/phone?number="><script>');
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toMatch(/value="&quot;&gt;&lt;script&gt;"[^]*not a Kenyan mobile number/);
    expect((await get(sandbox, '/phone/123')).status).toBe(404);
  });
});

describe('a phone', () => {
  it('shows the oldest request, how many wait behind it, and who would get the airtime without the whole number', async () => {
    const { sandbox } = start();
    expect(await page(sandbox, `/phone/${JOE}`)).toContain('Nothing to pay.');
    await ask(sandbox, { ...FIELDS, amount: '1500', note: '<b>PAY</b>' });
    await ask(sandbox, FIELDS);
    const html = await page(sandbox, '/phone/0722002000');
    expect(html).toContain('Do you want to pay KES\u00a01,500 to Demo Limited for airtime to 0722\u00a0***\u00a0000?');
    expect(html).toContain('+ 1 request waits');
    expect(html).toContain('&lt;b&gt;PAY&lt;/b&gt;');
    expect(html.match(/<form/g)).toHaveLength(1);
    expect(html).toMatch(/^<!doctype html><html lang="en">/i);
  });

  it('speaks Swahili when asked, or when the browser prefers it', async () => {
    const { sandbox } = start();
    await ask(sandbox, FIELDS);
    const swahili = 'Je, unataka kulipa KES\u00a0100 kwa Demo Limited kwa airtime ya 0722\u00a0***\u00a0000?';
    expect(await page(sandbox, `/phone/${JOE}?lang=sw`)).toContain(swahili);
    expect(await page(sandbox, `/phone/${JOE}`, { 'Accept-Language': 'sw-KE,en;q=0.5' })).toContain(swahili);
    expect(await page(sandbox, `/phone/${JOE}?lang=en`, { 'Accept-Language': 'sw' })).not.toContain(swahili);
    expect(await page(sandbox, `/phone/${JOE}?lang=fr`)).not.toContain(swahili);
  });

  it.each(['/phone', `/phone/${JOE}`, `/phone/${JOE}?lang=sw`])(
    '%s is marked as simulated and runs no script of its own',
    async (path) => {
      const { sandbox } = start();
      await ask(sandbox, FIELDS);
      const response = await get(sandbox, path);
      const html = await response.text();
      expect(html).toMatch(/SIMULATED|MAJARIBIO/);
      expect(html).not.toMatch(/<script>|\son\w+=|style=|<style/);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each([
    ['phone.css', 'text/css'],
    ['phone.js', 'text/javascript'],
    ['phone.svg', 'image/svg+xml'],
  ])('has %s beside it', async (name, type) => {
    const response = await get(start().sandbox, `/phone/assets/${name}`);
    expect(response.headers.get('content-type')).toContain(type);
    expect((await response.text()).length).toBeGreaterThan(100);
  });

  it.each(['/phone/assets/sandbox.ts', '/phone/assets/..%2fsandbox.ts', '/phone/assets/__proto__', '/phone/a/b/c'])(
    'has no %s',
    async (path) => {
      expect((await get(start().sandbox, path)).status).toBe(404);
    },
  );
});

describe('a button', () => {
  it.each([
    ['approve', ['Success'], 'approved'],
    ['decline', ['Cancelled'], 'declined'],
    ['ignore', [], 'ignored'],
  ])('%s answers the request that is shown, and the page tells', async (answer, statuses, told) => {
    const { sandbox, sent } = start();
    await ask(sandbox, FIELDS);
    const response = await press(sandbox, { answer, reference: oldest(sandbox), lang: 'en' });
    expect([response.status, response.headers.get('location')]).toEqual([303, `/phone/${JOE}?lang=en`]);
    expect(sandbox.openPrompts()).toEqual([]);
    expect(sent.map(({ raw }) => /"status": "(\w+)"/.exec(raw)?.[1])).toEqual(statuses);
    expect(await page(sandbox, `/phone/${JOE}?lang=en`)).toContain(`<strong>${told}</strong>`);
  });

  it('pressed twice, or for a request that is gone, answers nothing else', async () => {
    const { sandbox, sent } = start();
    await ask(sandbox, FIELDS);
    await ask(sandbox, FIELDS);
    const reference = oldest(sandbox);
    await press(sandbox, { answer: 'approve', reference });
    const second = await press(sandbox, { answer: 'approve', reference });
    expect(second.headers.get('location')).toBe(`/phone/${JOE}?lang=en&gone`);
    expect(await page(sandbox, `/phone/${JOE}?lang=en&gone`)).toContain('no longer open');
    expect(sandbox.openPrompts()).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });

  it('does not answer the request of another phone', async () => {
    const { sandbox, sent } = start();
    await ask(sandbox, { ...FIELDS, payment_mobile: '254733000000' });
    await press(sandbox, { answer: 'approve', reference: oldest(sandbox) });
    expect(sandbox.openPrompts()).toHaveLength(1);
    expect(sent).toEqual([]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['our own page', { 'Sec-Fetch-Site': 'same-origin', Origin: HOST, Host: '127.0.0.1:3000' }, 303],
    ['our own page in an old browser', { Origin: HOST }, 303],
    ['a program', {}, 303],
    ['a page elsewhere', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }, 403],
    ['a page on another port', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:8080' }, 403],
    ['a page elsewhere in an old browser', { Origin: 'https://evil.example' }, 403],
    ['a page that hides where it is', { Origin: 'null' }, 403],
  ])('pressed by %s', async (_name, headers, status) => {
    const { sandbox } = start();
    await ask(sandbox, FIELDS);
    const response = await press(sandbox, { answer: 'approve', reference: oldest(sandbox) }, headers);
    expect(response.status).toBe(status);
    expect(sandbox.openPrompts()).toHaveLength(status === 303 ? 0 : 1);
  });

  it.each<Record<string, string>>([{}, { answer: 'steal' }, { answer: 'approve', reference: 'x'.repeat(9000) }])(
    '%# is none',
    async (form) => {
      const { sandbox } = start();
      await ask(sandbox, FIELDS);
      expect((await press(sandbox, { ...form })).status).toBe(400);
      expect(sandbox.openPrompts()).toHaveLength(1);
    },
  );
});

describe('a payment', () => {
  const labels = (html: string): string[] =>
    [...html.matchAll(/<button type="submit" name="answer"[^>]*>([^<]+)</g)].map(([, label = '']) => label);

  it('shows who asks and for which order, and what the payer can do', async () => {
    const shop = await openShop();
    await requested(shop);
    const english = await page(shop.sandbox, `/phone/${PAYER}`);
    expect(english).toContain('Do you want to pay KES\u00a0100 to Demo Limited?');
    expect(english).toContain('Order JZ7K2M4QPW');
    expect(english).toContain('expires after three minutes');
    expect(labels(english)).toEqual(['Approve', 'Decline', 'Wrong PIN', 'Not enough money', 'Ignore']);
    const swahili = await page(shop.sandbox, `/phone/${PAYER}?lang=sw`);
    expect(swahili).toContain('Je, unataka kulipa KES\u00a0100 kwa Demo Limited?');
    expect(labels(swahili)).toEqual(['Kubali', 'Kataa', 'PIN si sahihi', 'Pesa hazitoshi', 'Puuza']);
  });

  it.each([
    ['no-money', 'not enough money', '1'],
    ['wrong-pin', 'wrong PIN', '2001'],
  ])('ended by the button %s is told to the page and to who asked for it', async (answer, told, code) => {
    const shop = await openShop();
    const reference = await requested(shop);
    expect((await press(shop.sandbox, { answer, reference })).status).toBe(303);
    expect((await shop.provider.status(reference)).answer).toMatchObject({ kind: 'not_paid', code });
    expect(await page(shop.sandbox, `/phone/${PAYER}`)).toMatch(new RegExp(`KES 100 · JZ7K2M4QPW[^]*<strong>${told}</strong>`));
  });

  it('of airtime has no button for what its upstream does not tell, and takes no such answer', async () => {
    const { sandbox, sent } = start();
    await ask(sandbox, FIELDS);
    expect(labels(await page(sandbox, `/phone/${JOE}`))).toEqual(['Approve', 'Decline', 'Ignore']);
    await press(sandbox, { answer: 'wrong-pin', reference: oldest(sandbox) });
    expect(sandbox.openPrompts()).toHaveLength(1);
    expect(sent).toEqual([]);
  });
});

describe('the stream of changes', () => {
  it('tells at once, then of every ringing and answer, and ends with the sandbox', async () => {
    const { sandbox } = start();
    const response = await get(sandbox, '/phone/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<string | null> => {
      const { done, value } = await reader.read();
      return done ? null : new TextDecoder().decode(value);
    };
    expect(await next()).toContain('data: change\n\n');
    const ringing = next();
    await ask(sandbox, FIELDS);
    expect(await ringing).toContain('data: change');
    const answering = next();
    await sandbox.answer(JOE, 'decline');
    expect(await answering).toContain('data: change');
    await sandbox.close();
    expect(await next()).toBeNull();
    expect((await get(sandbox, '/phone/events')).status).toBe(503);
  });

  it('keeps one untold change for a page that does not read, and forgets a page that left', async () => {
    const { sandbox } = start();
    const unread = await get(sandbox, '/phone/events');
    for (let count = 0; count < 50; count += 1) await ask(sandbox, FIELDS);
    await sandbox.close();
    expect((await unread.text()).match(/change/g)).toHaveLength(1);

    const { sandbox: other } = start();
    for (let count = 0; count < 300; count += 1) {
      const left = await get(other, '/phone/events');
      expect(left.status).toBe(200);
      await left.body?.cancel();
    }
  });

  it('is given to a hundred pages and no more', async () => {
    const { sandbox } = start();
    for (let count = 0; count < 100; count += 1) expect((await get(sandbox, '/phone/events')).status).toBe(200);
    expect((await get(sandbox, '/phone/events')).status).toBe(503);
  });
});

describe('what arrives outside of chats', () => {
  const sms = async (sandbox: Sandbox, message: string): Promise<void> => {
    const fields = { apikey: TOKEN, partnerID: SMS_PARTNER_ID, shortcode: 'DUKA', mobile: JOE, message };
    await sandbox.routes(new Request(`${HOST}/api/services/sendsms`, { method: 'POST', body: JSON.stringify(fields) }));
  };

  it('an SMS is on the phone that it was for and on no other, marked as simulated, newest first', async () => {
    const { sandbox } = start();
    await sms(sandbox, 'Only 40 SMS left');
    await sms(sandbox, '<b>20</b> left');
    const html = await page(sandbox, `/phone/${JOE}`);
    expect(html).toMatch(
      /Messages <span class="badge">SIMULATED<[^]*DUKA[^]*2022-09-24 09:45[^]*&lt;b&gt;20[^]*Only 40 SMS left/,
    );
    expect(await page(sandbox, `/phone/${JANE}`)).not.toContain('SMS left');
    expect(await page(sandbox, '/phone')).toMatch(/0722 002 000[^]*2 SMS/);
  });

  it('a mail is in the mailbox, marked as simulated, in both languages', async () => {
    const { sandbox } = start();
    expect(await page(sandbox, '/phone')).toContain('href="/phone/mailbox?lang=en"');
    expect(await page(sandbox, '/phone/mailbox')).toContain('No e-mail has come yet');
    await sandbox.takeMail({ to: 'joe@example.co.ke', subject: 'Running <low>', text: 'Only 40\nleft' });
    const html = await page(sandbox, '/phone/mailbox');
    expect(html).toMatch(/Running &lt;low&gt;[^]*To joe@example.co.ke[^]*SIMULATED[^]*Only 40\nleft/);
    expect(await page(sandbox, '/phone/mailbox?lang=sw')).toMatch(/Kwa joe@example.co.ke[^]*MAJARIBIO/);
  });

  it('open pages are told of it', async () => {
    const { sandbox } = start();
    const stream = (await get(sandbox, '/phone/events')).body?.getReader();
    await stream?.read();
    await sms(sandbox, 'Only 40 left');
    expect(new TextDecoder().decode((await stream?.read())?.value)).toContain('data: change');
    await sandbox.takeMail({ to: 'joe@example.co.ke', subject: 'x', text: 'y' });
    expect(new TextDecoder().decode((await stream?.read())?.value)).toContain('data: change');
    await stream?.cancel();
  });
});
