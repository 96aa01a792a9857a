/** Owns the proof that the simulated SMS gateway takes what the documents allow, refuses the rest by its code, and runs out of credit. */

import { describe, expect, it } from 'vitest';
import { ManualClock } from '../lib/clock.ts';
import { idsFrom } from '../lib/ids.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createSmsApi, SMS_API_PATH, SMS_PARTNER_ID } from './sms-api.ts';

const FIELDS = { apikey: 'key', partnerID: SMS_PARTNER_ID, shortcode: 'DUKA', mobile: '0722000001', message: 'Habari' };

interface Gateway {
  readonly inbox: Inbox;
  ask(service: string, body: unknown, method?: string): Promise<unknown>;
}

function gateway(credit = 10): Gateway {
  const inbox = createInbox(new ManualClock(1_000));
  const api = createSmsApi({ apiKey: 'key', inbox, ids: idsFrom('test'), credit });
  return {
    inbox,
    ask: async (service, body, method = 'POST') => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const init = method === 'GET' ? { method } : { method, body: text };
      const response = await api(new Request(`http://127.0.0.1${SMS_API_PATH}${service}`, init));
      return response === null ? null : response.json();
    },
  };
}

const refusal = (code: number) => ({ 'response-code': code, 'response-description': expect.stringMatching(/\w/) as string });

describe('sendsms', () => {
  it('puts an SMS on the phone and says so in the live servers’ spelling', async () => {
    const { inbox, ask } = gateway();
    const messageid = expect.stringMatching(/^\w{8}$/) as string;
    expect(await ask('sendsms', FIELDS)).toEqual({
      responses: [{ 'respose-code': 200, 'response-description': 'Success', mobile: '254722000001', messageid, networkid: '1' }],
    });
    expect(inbox.sms()).toEqual([{ to: '254722000001', sender: 'DUKA', text: 'Habari', at: 1_000 }]);
  });

  it.each([
    [1001, { shortcode: '' }],
    [1001, { shortcode: 'x'.repeat(21) }],
    [1003, { mobile: '123' }],
    [1003, { mobile: undefined }],
    [1104, { mobile: '0722000001,0722000002' }],
    [4093, { message: ' ' }],
  ])('refuses with %i: %o', async (code, wrong) => {
    const { inbox, ask } = gateway();
    expect(await ask('sendsms', { ...FIELDS, ...wrong })).toEqual({ responses: [refusal(code)] });
    expect(inbox.sms()).toEqual([]);
  });

  it.each([
    [4091, { partnerID: '' }],
    [4092, { apikey: undefined }],
    [1006, { apikey: 'other' }],
    [1006, { partnerID: 7001 }],
    [1009, { mobile: ['0722000001'] }],
  ])('refuses the whole request with %i: %o', async (code, wrong) => {
    const { inbox, ask } = gateway();
    expect(await ask('sendsms', { ...FIELDS, ...wrong })).toEqual(refusal(code));
    expect(inbox.sms()).toEqual([]);
  });

  it.each([
    [1009, 'POST', 'apikey=key'],
    [1009, 'POST', 'x'.repeat(70_000)],
    [1010, 'GET', ''],
  ])('refuses with %i what comes by %s as something else', async (code, method, body) => {
    expect(await gateway().ask('sendsms', body, method)).toEqual(refusal(code));
  });

  it('ends when the credit is used up, which getbalance tells', async () => {
    const { inbox, ask } = gateway(1);
    expect(await ask('getbalance', FIELDS)).toEqual({ 'response-code': 200, credit: '1.00', 'partner-id': SMS_PARTNER_ID });
    await ask('sendsms', FIELDS);
    expect(await ask('sendsms', FIELDS)).toEqual({ responses: [refusal(1004)] });
    expect(await ask('getbalance', FIELDS)).toMatchObject({ credit: '0.00' });
    expect(inbox.sms()).toHaveLength(1);
  });
});

it('another service is not there', async () => {
  expect(await gateway().ask('credit', FIELDS)).toBeNull();
});

it('the inbox keeps the newest two hundred', () => {
  const inbox = createInbox(new ManualClock(0));
  for (let count = 1; count <= 201; count += 1) inbox.takeMail({ to: 'a@b.example', subject: String(count), text: '' });
  expect(inbox.mails()).toHaveLength(200);
  expect(inbox.mails()[0]?.subject).toBe('201');
});
