/** Owns the proof that prompts ring and end, that webhooks go out and are waited for, and that each fault does its work, once. */

import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, closeAll, FIELDS, JANE, JOE, said, start, TOKEN, type Said } from '../../test/wire/topups-sandbox.ts';
import { createLog } from '../lib/log.ts';
import { parseFault, type Fault } from './faults.ts';
import type { Prompt } from './prompts.ts';
import { postWebhook } from './webhooks.ts';

afterEach(closeAll);

describe('a prompt', () => {
  it('rings within the request, and is answered oldest first', async () => {
    const { sandbox, clock, sent } = start();
    const rung: Prompt[] = [];
    sandbox.onPrompt((prompt) => rung.push(prompt));
    await ask(sandbox, FIELDS);
    await ask(sandbox, { ...FIELDS, amount: '200', note: 'PAY0000002' });
    expect(rung).toMatchObject([
      { phone: JOE, recipient: JANE, amountKes: 100, note: 'PAY0000001', at: clock.now() },
      { phone: JOE, amountKes: 200, note: 'PAY0000002' },
    ]);
    expect(await sandbox.answer(JANE, 'approve')).toBe(false);
    expect(await sandbox.answer(JOE, 'approve')).toBe(true);
    expect(sandbox.openPrompts()).toMatchObject([{ note: 'PAY0000002' }]);
    expect(await sandbox.answer(JOE, 'decline')).toBe(true);
    expect(await sandbox.answer(JOE, 'approve')).toBe(false);
    expect(sent.map(({ raw }) => (JSON.parse(raw) as Said).data.transaction)).toMatchObject([
      { note: 'PAY0000001', status: 'Success', amount: '100', code: 'R220924.0945.350001', reference: rung[0]?.reference },
      { note: 'PAY0000002', status: 'Cancelled', amount: '200', code: 'R220924.0945.350002', reference: rung[1]?.reference },
    ]);
    expect((JSON.parse(sent[1]?.raw ?? '') as Said).status).toEqual({
      type: 'FAIL',
      code: '8000',
      message: 'Purchase Cancelled',
    });
  });

  it('ends by itself after three minutes, without a webhook', async () => {
    const { sandbox, clock, sent } = start();
    await ask(sandbox, FIELDS);
    clock.advanceTo(clock.now() + 179_999);
    expect(sandbox.openPrompts()).toHaveLength(1);
    clock.advanceTo(clock.now() + 1);
    expect(sandbox.openPrompts()).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('takes its timer back when the sandbox is closed', async () => {
    const { sandbox, clock } = start();
    await ask(sandbox, FIELDS);
    await sandbox.close();
    expect(clock.nextTaskAt()).toBeNull();
  });

  it('tells in the format of the request', async () => {
    const { sandbox, sent } = start();
    await ask(sandbox, FIELDS, { Accept: 'text/xml' });
    await sandbox.answer(JOE, 'approve');
    expect(sent).toMatchObject([
      { type: 'text/xml; charset=utf-8', raw: expect.stringContaining('<status>Success</status>') as string },
    ]);
  });
});

describe('webhooks', () => {
  it('are waited for by the answer and by settled, and one that is refused is only logged', async () => {
    const lines: string[] = [];
    const gates: (() => void)[] = [];
    const sendWebhook = (): Promise<void> => new Promise((_resolve, reject) => gates.push(() => reject(new Error('no'))));
    const { sandbox } = start({ sendWebhook, log: createLog('warn', (line) => lines.push(line)) });
    await ask(sandbox, FIELDS);
    let done = 0;
    const answered = sandbox.answer(JOE, 'approve').then((taken) => ((done += 1), taken));
    const settled = sandbox.settled().then(() => (done += 1));
    await Promise.resolve();
    expect(done).toBe(0);
    gates[0]?.();
    expect(await answered).toBe(true);
    await settled;
    expect(lines.join()).toContain('a webhook was lost');
  });

  it('are not sent by a shop that has no address for them', async () => {
    const { sandbox } = start({ sendWebhook: null });
    await ask(sandbox, FIELDS);
    expect(await sandbox.answer(JOE, 'approve')).toBe(true);
  });

  it('go out by HTTP, and tell when they are not taken', async () => {
    const { sandbox } = start();
    const url = await sandbox.listen(0);
    await expect(postWebhook(`${url}/webhooks/elsewhere`)('{}', 'application/json')).rejects.toThrow('HTTP 404');
    await sandbox.close();
    await expect(postWebhook(`${url}/`)('{}', 'application/json')).rejects.toThrow('not taken');
    await expect(postWebhook('nowhere')('{}', 'application/json')).rejects.toThrow('not taken');
  });
});

describe('faults', () => {
  it.each([
    'timeout',
    '500',
    'garbage',
    'charged-500',
    'webhook-twice',
    'webhook-lost',
    'refuse:1000',
    'refuse:8000',
    'refuse:7000',
  ])('%s is one', (text) => {
    expect(parseFault(text)).toEqual({ ok: true, value: text });
  });
  it.each(['', 'Timeout', 'refuse', 'refuse:', 'refuse:0000', 'refuse:1234', 'refuse:30000', 'refuse:3000 '])(
    '%j is none',
    (text) => {
      expect(parseFault(text)).toMatchObject({ ok: false, error: expect.stringContaining('refuse:CODE') as string });
      expect(start().sandbox.setFault(text as Fault)).toMatchObject({ ok: false });
    },
  );

  it.each<[Fault, number, number]>([
    ['500', 500, 0],
    ['charged-500', 500, 1],
    ['garbage', 200, 0],
    ['refuse:5000', 200, 0],
    ['webhook-lost', 200, 1],
  ])('%s happens at the next good purchase and not again', async (fault, status, ringing) => {
    const { sandbox } = start();
    sandbox.setFault('garbage');
    expect(sandbox.setFault(fault)).toEqual({ ok: true, value: undefined });
    expect((await said(sandbox, {})).status.code).toBe('3000');
    expect((await ask(sandbox, FIELDS)).status).toBe(status);
    expect(sandbox.openPrompts()).toHaveLength(ringing);
    expect((await said(sandbox, FIELDS)).status.code).toBe('0000');
    expect(sandbox.openPrompts()).toHaveLength(ringing + 1);
  });

  it('timeout holds the connection until somebody closes it', async () => {
    const { sandbox } = start();
    sandbox.setFault('timeout');
    const caller = new AbortController();
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const request = new Request('http://127.0.0.1/api/buy_airtime', {
      method: 'POST',
      headers,
      body: JSON.stringify(FIELDS),
      signal: caller.signal,
    });
    const given = sandbox.routes(request);
    expect((await said(sandbox, FIELDS)).status.code).toBe('0000');
    caller.abort();
    expect((await given)?.status).toBe(503);

    sandbox.setFault('timeout');
    const kept = ask(sandbox, FIELDS);
    expect((await said(sandbox, FIELDS)).status.code).toBe('0000');
    await sandbox.close();
    expect((await kept).status).toBe(503);
  });
});

describe('its server', () => {
  it('answers only to names of this machine', async () => {
    const { sandbox } = start();
    const url = await sandbox.listen(0);
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${url}/phone`, { agent: false, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject).end();
      });
    expect(await statusFor(new URL(url).host)).toBe(200);
    expect(await statusFor('localhost')).toBe(200);
    expect(await statusFor('evil.example')).toBe(421);
    expect(await statusFor('127.0.0.1.evil.example')).toBe(421);
  });

  it('says when its port is taken', async () => {
    const { sandbox } = start();
    const url = await sandbox.listen(0);
    await expect(start().sandbox.listen(Number(new URL(url).port))).rejects.toThrow('EADDRINUSE');
  });

  it.each(['/', '/api', '/api/buy_airtime/', '/phones', '/webhooks/topups/x'])('leaves %s to others', async (path) => {
    expect(await start().sandbox.routes(new Request(`http://127.0.0.1${path}`))).toBeNull();
  });
});
