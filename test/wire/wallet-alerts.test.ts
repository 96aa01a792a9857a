/**
 * A program that knows only the specification tops up, sets a threshold and spends below it, over HTTP; the alert comes once to the chat
 * in the terminal, to an SMS gateway and into a real mailbox, and costs the wallet nothing. The whole program, with its configuration.
 */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTerminal, type TerminalChannel } from '../../src/channels/terminal/terminal.ts';
import { serveHttp, type Serving } from '../../src/cli/serve.ts';
import { parseConfig } from '../../src/config.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { digestOf } from '../../src/lib/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openCore, type Core } from '../../src/main.ts';
import type { OutboundMessage } from '../../src/ports/channel.ts';
import { API_SCOPES } from '../../src/ports/api-keys.ts';
import { openMailbox, type LocalMailbox } from './local-mailbox.ts';
import { openGateway, type RecordingGateway } from './recording-gateway.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const KEY = `jaza_${digestOf('a key')}`;
const OWN = msisdn('254722000001');

let mailbox: LocalMailbox;
let gateway: RecordingGateway;
let core: Core;
let serving: Serving;
let terminal: TerminalChannel;
let shown: Extract<OutboundMessage, { kind: 'text' }>[];

beforeEach(async () => {
  [mailbox, gateway] = await Promise.all([openMailbox({ plain: true }), openGateway()]);
  const config = parseConfig({
    DATABASE_URL: 'sqlite::memory:',
    HTTP_PORT: '0',
    SANDBOX: 'on',
    BUSINESS_NAME: 'Duka',
    FAST_MESSAGE_BASE_URL: gateway.url,
    FAST_MESSAGE_API_KEY: 'a-key-of-the-shop',
    FAST_MESSAGE_PARTNER_ID: '77',
    FAST_MESSAGE_SENDER: 'DUKA',
    SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    SMTP_FROM: 'shop@example.com',
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const opened = await openCore({
    config: config.value,
    clock: () => new ManualClock(NOW),
    log: silentLog,
    listens: true,
    everyChannel: true,
  });
  if (!opened.ok) throw new Error(opened.error);
  core = opened.value;
  shown = [];
  terminal = createTerminal((message) => shown.push(message));
  await core.open(terminal);
  await core.rescue();
  serving = await serveHttp(core, []);
  await core.store.apiKeys.create({ name: 'shop', appId: null, scopes: API_SCOPES, createdAt: NOW }, digestOf(KEY));
});
afterEach(async () => {
  await serving.close();
  await core.close();
  await Promise.all([mailbox.close(), gateway.close()]);
});

async function call(path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${serving.url}${path}`, {
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

function spend(units: number): Promise<Record<string, unknown>> {
  return call('/api/sms-wallet/debit', { userId: OWN, units, idempotencyKey: `spend-${units}`, reason: 'campaign' });
}

async function hello(): Promise<void> {
  await terminal.submit([
    {
      address: { channel: 'terminal', account: 'local', chat: 'local' },
      sender: 'local',
      messageId: 'm1',
      sentAt: null,
      locale: null,
      senderName: null,
      ownPhone: OWN,
      content: { kind: 'text', text: 'hello' },
    },
  ]);
  await core.driver.drain();
  shown.length = 0;
}

it('the alert comes once, everywhere', async () => {
  await hello();
  const toppedUp = await call('/api/sms-wallet/topup', {
    userId: OWN,
    purchaseAmount: 400,
    paymentMethod: 'mpesa',
    paymentReference: 'SKJ4X8Y2ZQ',
    paymentStatus: 'success',
    transactionId: 't1',
    topupDate: '2026-11-23T12:00:00+03:00',
  });
  expect(toppedUp['newSmsBalance']).toBe(500);
  const set = await call('/api/sms-wallet/set-threshold', {
    userId: OWN,
    thresholdAmount: 100,
    alertType: 'both',
    notificationMethod: 'email',
    alertMessage: 'Only {balance} SMS left of the {threshold} that you want to keep.',
    createdBy: 'admin',
    recipients: { email: ['owner@example.com'] },
  });
  expect(set['status']).toBe('success');

  expect((await spend(380))['newSmsBalance']).toBe(120);
  await core.driver.drain();
  expect([shown, gateway.requests, mailbox.mails]).toEqual([[], [], []]);

  expect((await spend(25))['newSmsBalance']).toBe(95);
  expect((await spend(5))['newSmsBalance']).toBe(90);
  await core.driver.drain();
  const text = 'Only 95 SMS left of the 100 that you want to keep.';
  expect(shown).toHaveLength(1);
  expect(shown[0]?.text).toContain(text);
  expect(shown[0]?.buttons).toMatchObject([{ label: 'Buy SMS for KES 250' }]);
  expect(gateway.requests).toMatchObject([
    { path: 'POST /api/services/sendsms', fields: { mobile: OWN, message: `Duka: ${text}` } },
  ]);
  expect(mailbox.mails).toHaveLength(1);
  expect(mailbox.mails[0]).toMatchObject({ to: ['owner@example.com'] });
  expect(mailbox.mails[0]?.raw).toContain('Subject: Duka: 95 SMS left');
  expect(mailbox.mails[0]?.raw.replaceAll('=\r\n', '')).toContain(text);
  expect((await call(`/api/sms-wallet/balance?userId=${OWN}`))['smsBalance']).toBe(90);
});

it('an SMS that the gateway refuses is told by e-mail instead', async () => {
  gateway.behave({ kind: 'answer', body: '{"responses":[{"response-code":1004,"response-description":"Low bulk credits"}]}' });
  await call('/api/sms-wallet/topup', {
    userId: 'shop-1',
    purchaseAmount: 400,
    paymentMethod: 'mpesa',
    paymentReference: 'SKJ4X8Y2ZQ',
    paymentStatus: 'success',
    transactionId: 't2',
    topupDate: '2026-11-23T12:00:00+03:00',
  });
  await call('/api/sms-wallet/set-threshold', {
    userId: 'shop-1',
    thresholdAmount: 1_000,
    alertType: 'sms',
    notificationMethod: 'sms',
    alertMessage: 'Low: {balance}',
    createdBy: 'admin',
    recipients: { mobile: [OWN], email: ['owner@example.com'] },
  });
  await core.driver.drain();
  expect(gateway.requests).toHaveLength(1);
  expect(mailbox.mails.map(({ to }) => to)).toEqual([['owner@example.com']]);
});
