/**
 * An alert goes by e-mail to an address that a program named; its reader follows the link and hears no more, from whichever wallet, until
 * the shop takes the address off the list. The whole program, with a real mail server; looking at the link alone stops nothing.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveHttp, type Serving } from '../../src/cli/serve.ts';
import { stopList } from '../../src/cli/stop-list.ts';
import { parseConfig } from '../../src/config.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { digestOf } from '../../src/lib/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openCore, type Core } from '../../src/main.ts';
import { API_SCOPES } from '../../src/ports/api-keys.ts';
import { openMailbox, type KeptMail, type LocalMailbox } from './local-mailbox.ts';
import { openGateway, type RecordingGateway } from './recording-gateway.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const HOUR_MS = 3_600_000;
const KEY = `jaza_${digestOf('a key')}`;
const PUBLIC_URL = 'https://duka.example';
/** As a program names it; it is written to in small letters. */
const READER = 'Reader@Example.com';
const MAILBOX = 'reader@example.com';

let folder: string;
let mailbox: LocalMailbox;
let gateway: RecordingGateway;
let core: Core;
let serving: Serving;
let clock: ManualClock;

async function open(more: Record<string, string>): Promise<void> {
  const config = parseConfig({
    DATABASE_URL: `sqlite:${join(folder, 'jaza.db')}`,
    HTTP_PORT: '0',
    SANDBOX: 'on',
    BUSINESS_NAME: 'Duka <b>',
    FAST_MESSAGE_BASE_URL: gateway.url,
    FAST_MESSAGE_API_KEY: 'a-key-of-the-shop',
    FAST_MESSAGE_PARTNER_ID: '77',
    FAST_MESSAGE_SENDER: 'DUKA',
    ...more,
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  clock = new ManualClock(NOW);
  const opened = await openCore({
    config: config.value,
    clock: () => clock,
    log: silentLog,
    listens: true,
    everyChannel: true,
  });
  if (!opened.ok) throw new Error(opened.error);
  core = opened.value;
  await core.rescue();
  serving = await serveHttp(core, []);
  await core.store.apiKeys.create({ name: 'shop', appId: null, scopes: API_SCOPES, createdAt: NOW }, digestOf(KEY));
}

const realMail = (): Record<string, string> => ({
  SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
  SMTP_FROM: 'shop@example.com',
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-mail-stop-'));
  [mailbox, gateway] = await Promise.all([openMailbox({ plain: true }), openGateway()]);
});
afterEach(async () => {
  await serving.close();
  await core.close();
  await Promise.all([mailbox.close(), gateway.close()]);
  rmSync(folder, { recursive: true });
});

async function call(path: string, body: object): Promise<number> {
  const response = await fetch(`${serving.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.status;
}

/** A wallet of 500, an hour later than the one before. Its threshold's status: nobody could be told, or it is set. */
async function watched(userId: string, thresholdAmount: number, recipients: object, alertType = 'email'): Promise<number> {
  clock.setTo(clock.now() + HOUR_MS);
  await call('/api/sms-wallet/topup', {
    userId,
    purchaseAmount: 400,
    paymentMethod: 'mpesa',
    paymentReference: `SKJ${userId}`,
    paymentStatus: 'success',
    transactionId: `t-${userId}`,
    topupDate: '2026-11-23T12:00:00+03:00',
  });
  const status = await call('/api/sms-wallet/set-threshold', {
    userId,
    thresholdAmount,
    alertType,
    notificationMethod: alertType,
    alertMessage: 'Low: {balance}',
    createdBy: 'admin',
    recipients,
  });
  await core.driver.drain();
  return status;
}

/** One that is low at once. */
const lowFor = (userId: string, recipients: object, alertType?: string): Promise<number> =>
  watched(userId, 1_000, recipients, alertType);

const told = (): string[] => mailbox.mails.map(({ to }) => to.join());
const headOf = ({ raw }: KeptMail): string => raw.split('\r\n\r\n')[0] ?? '';
const bodyOf = ({ raw }: KeptMail): string => raw.slice(raw.indexOf('\r\n\r\n')).replaceAll('=\r\n', '').replaceAll('=3D', '=');

/** Where the link in the mail leads to here. */
function linkIn(mail: KeptMail | undefined): string {
  const link = /https:\/\/duka\.example(\/alerts\/stop\/[\w-]+)/.exec(mail === undefined ? '' : bodyOf(mail))?.[1];
  if (link === undefined) throw new Error('the mail has no link');
  return `${serving.url}${link}`;
}

async function visit(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  return { status: response.status, text: await response.text() };
}

describe('an alert by e-mail', () => {
  it('has its link in words and in the headers of RFC 8058, and the address stands in none of them', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const [mail] = mailbox.mails;
    if (mail === undefined) throw new Error('no mail came');
    const link = `${PUBLIC_URL}${new URL(linkIn(mail)).pathname}`;
    expect(headOf(mail)).toContain(`\r\nList-Unsubscribe: <${link}>\r\n`);
    expect(headOf(mail)).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(bodyOf(mail)).toContain(`Stop them here: ${link}`);
    expect(Buffer.from(link.split('/').at(-1) ?? '', 'base64url').toString('latin1')).not.toMatch(/reader|example/i);
  });

  it('is stopped by the button alone: whoever only looks at the link changes nothing', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const link = linkIn(mailbox.mails[0]);
    const page = await visit(link);
    expect(page.status).toBe(200);
    expect(page.text).toContain('r…@example.com');
    expect(page.text).toContain('<form method="post">');
    expect(page.text).toContain('lang="sw"');
    expect(page.text).toContain('Duka &lt;b&gt;');
    expect((await visit(link, { method: 'HEAD' })).status).toBe(200);
    expect((await visit(link, { method: 'PUT' })).status).toBe(405);
    await lowFor('shop-2', { email: [READER] });
    expect(told()).toEqual([MAILBOX, MAILBOX]);
    await watched('shop-3', 100, { email: [READER.toLowerCase(), READER] });
    await watched('shop-4', 100, { email: [READER, 'another@example.com'] });

    expect(await visit(link, { method: 'POST' })).toMatchObject({
      status: 200,
      text: expect.stringContaining('Stopped.') as string,
    });
    for (const userId of ['shop-3', 'shop-4']) {
      const spent = { userId, units: 450, idempotencyKey: `all-of-${userId}`, reason: 'campaign' };
      expect(await call('/api/sms-wallet/debit', spent)).toBe(200);
    }
    await core.driver.drain();
    expect(told()).toEqual([MAILBOX, MAILBOX, 'another@example.com']);
  });

  it('is stopped by one click of a mail program, and back again when the shop takes the address off its list', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const click = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
    const link = linkIn(mailbox.mails[0]);
    expect((await visit(link, click)).status).toBe(200);
    expect((await visit(link, click)).status).toBe(200);
    expect(await lowFor('shop-2', { email: [READER] })).toBe(422);
    expect(told()).toEqual([MAILBOX]);

    const database = join(folder, 'jaza.db');
    expect((await stopList(database, 'list', '')).lines).toEqual([expect.stringContaining('reader@example.com')]);
    await stopList(database, 'remove', READER);
    await lowFor('shop-3', { email: [READER] });
    expect(told()).toEqual([MAILBOX, MAILBOX]);
    expect((await visit(linkIn(mailbox.mails[0]), click)).status).toBe(200);
    expect(await lowFor('shop-4', { email: [READER] })).toBe(422);
    expect(told()).toHaveLength(2);
  });

  it('that stands in for an SMS passes over who has stopped it, to the next', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    await visit(linkIn(mailbox.mails[0]), { method: 'POST' });
    gateway.behave({ kind: 'answer', body: '{"responses":[{"response-code":1004,"response-description":"Low bulk credits"}]}' });
    await lowFor('shop-2', { mobile: ['254722000001'], email: [READER, 'second@example.com'] }, 'sms');
    expect(gateway.requests).toHaveLength(1);
    expect(told()).toEqual([MAILBOX, 'second@example.com']);
  });

  it('that was stopped while an SMS was out is not what stands in for it', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const link = linkIn(mailbox.mails[0]);
    const out = new Promise<Socket>((resolve) => gateway.behave({ kind: 'socket', act: resolve }));
    const low = lowFor('shop-2', { mobile: ['254722000001'], email: [READER] }, 'sms');
    const socket = await out;
    await visit(link, { method: 'POST' });
    socket.destroy();
    await low;
    expect(told()).toEqual([MAILBOX]);
  });

  it('without a public address says to answer it', async () => {
    await open({ ...realMail(), SUPPORT_CONTACT: '0711 000 000' });
    await lowFor('shop-1', { email: [READER] });
    const [mail] = mailbox.mails;
    expect(mail === undefined ? '' : bodyOf(mail)).toMatch(/Questions: 0711 000 000[^]*Answer this one and say so/);
    expect(mail?.raw).not.toMatch(/List-Unsubscribe|alerts\/stop/);
  });

  it('in the mailbox of a trial has the same link', async () => {
    await open({ PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const link = /alerts\/stop\/[\w-]+/.exec(core.sandbox?.receivedMails()[0]?.text ?? '')?.[0] ?? '';
    expect((await visit(`${serving.url}/${link}`, { method: 'POST' })).status).toBe(200);
    expect(await lowFor('shop-2', { email: [READER] })).toBe(422);
    expect(core.sandbox?.receivedMails()).toHaveLength(1);
  });
});

describe('a link that we did not make', () => {
  it.each<[string, (token: string) => string]>([
    ['cut off', (token) => token.slice(0, -4)],
    ['with a letter changed', (token) => `${token.slice(0, 50)}${token[50] === 'A' ? 'B' : 'A'}${token.slice(51)}`],
    ['of another shop', () => Buffer.alloc(70, 1).toString('base64url')],
    ['of nothing', () => ''],
    ['of a plain address', () => Buffer.from(READER).toString('base64url')],
    ['far too long', () => 'A'.repeat(5_000)],
    ['with more behind it', (token) => `${token}/x`],
    ['with markup', () => '%3Cscript%3E'],
  ])('%s stops nothing, and says what to do', async (_, changed) => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const token = linkIn(mailbox.mails[0]).split('/').at(-1) ?? '';
    const url = `${serving.url}/alerts/stop/${changed(token)}`;
    for (const method of ['GET', 'POST']) {
      const { status, text } = await visit(url, { method });
      expect(status).toBe(404);
      expect(text).toMatch(/answer the e-mail[^]*lang="sw"/);
      expect(text).not.toContain('script');
    }
    expect(await core.store.stopList()).toEqual([]);
  });

  it('is not needed to be sent away: so is a good one with a body that nobody reads to its end', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const link = linkIn(mailbox.mails[0]);
    expect((await visit(link, { method: 'POST', body: 'x'.repeat(4 * 1024 + 1) })).status).toBe(413);
    expect(await core.store.stopList()).toEqual([]);
    expect((await visit(link, { method: 'POST', body: 'x'.repeat(4 * 1024) })).status).toBe(200);
  });

  it('may be guessed at only so often from one address', async () => {
    await open({ ...realMail(), PUBLIC_URL });
    await lowFor('shop-1', { email: [READER] });
    const link = linkIn(mailbox.mails[0]);
    const guesses = await Promise.all(Array.from({ length: 61 }, () => visit(`${serving.url}/alerts/stop/x`)));
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(1);
    expect((await visit(link, { method: 'POST' })).status).toBe(429);
    expect(await core.store.stopList()).toEqual([]);
    clock.setTo(clock.now() + 2_000);
    expect((await visit(link, { method: 'POST' })).status).toBe(200);
  });
});
