/** Telegram by webhook, on the wire: only Telegram gets in, and it hears 200 only when an update is saved. */

import { request as httpRequest } from 'node:http';
import { Api } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, Inbox } from '../contracts/channel-inbox.ts';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import type { Person } from './fake-bot-api-person.ts';
import { pollingBot, webhookBot, WEBHOOK_SECRET, type WebhookBot } from './telegram-bot.ts';

let api: FakeBotApi;
let bot: WebhookBot;
let asha: Person;
let inbox: Inbox;

beforeEach(async () => {
  api = await startFakeBotApi();
  bot = await webhookBot(api);
  asha = api.person({ id: 7, name: 'Asha' });
  inbox = new Inbox();
});
afterEach(async () => {
  await bot.channel.stop();
  await api.close();
  await bot.close();
});

async function started(): Promise<void> {
  await bot.channel.start(inbox.intake);
  await healthIs(/^up$/);
}

function health(): string {
  const now = bot.channel.health();
  return now.state === 'down' ? `down: ${now.why}` : now.state;
}

async function healthIs(wanted: RegExp): Promise<void> {
  await eventually(() => wanted.test(health()), () => `${wanted}, but it is "${health()}"`); // prettier-ignore
}

function post(
  body: string | Uint8Array,
  headers: Record<string, string> = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
): Promise<Response> {
  return fetch(`${bot.url}/webhooks/telegram`, {
    method: 'POST',
    body: body as string,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const update = (text: string): string =>
  JSON.stringify({
    update_id: 5,
    message: { message_id: 1, date: 1_790_000_000, chat: { id: 7, type: 'private' }, from: { id: 7 }, text },
  });

describe('deliveries', () => {
  it('the webhook is set with its secret and what it reads, and keeps what waits', async () => {
    asha.writes('sent before there was a webhook');
    await started();
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'sent before there was a webhook' });
    expect(api.callsOf('setWebhook')[0]?.params).toEqual({
      url: `${bot.url}/webhooks/telegram`,
      secret_token: WEBHOOK_SECRET,
      allowed_updates: ['message', 'edited_message', 'callback_query', 'my_chat_member'],
    });
    expect([api.dropped, api.callsOf('getUpdates').length]).toEqual([0, 0]);
  });

  it('Telegram hears nothing until the update is saved', async () => {
    await started();
    let save = (): void => undefined;
    inbox.gate = new Promise((resolve) => (save = resolve));
    asha.writes('buy 100');
    await inbox.until(() => inbox.offered.length === 1, 'intake');
    expect(api.pending).toHaveLength(1);
    save();
    await api.drained();
    expect(inbox.messages).toHaveLength(1);
  });

  it('an update that cannot be saved comes again, and meanwhile the operator is told', async () => {
    await started();
    inbox.failures = 3;
    asha.writes('buy 100');
    await healthIs(/^down: messages cannot be saved$/);
    const { messageId } = await inbox.next();
    expect(inbox.offered.flat().map((message) => message.messageId)).toEqual(Array.from({ length: 4 }, () => messageId));
    await healthIs(/^up$/);
  });

  it('what arrives while we are stopped is kept by Telegram, also for a new run with another secret', async () => {
    await started();
    await bot.channel.stop();
    asha.writes('buy 100');
    await api.until(() => api.pending.length === 1);
    expect((await post(update('hi'))).status).toBe(503);
    const { channel: second, close } = await webhookBot(api, { webhookSecret: undefined });
    await second.start(inbox.intake);
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'buy 100' });
    expect(String(api.callsOf('setWebhook').at(-1)?.params['secret_token'])).toMatch(/^[\w-]{43}$/);
    await second.stop();
    await close();
  });

  it('a stop waits for the intake that is under way', async () => {
    await started();
    let save = (): void => undefined;
    inbox.gate = new Promise((resolve) => (save = resolve));
    asha.writes('buy 100');
    await inbox.until(() => inbox.offered.length === 1, 'intake');
    const stopped = bot.channel.stop().then(() => inbox.messages.length);
    save();
    expect(await stopped).toBe(1);
  });
});

describe('who gets in', () => {
  it.each([
    ['no secret', {}],
    ['an empty one', { 'x-telegram-bot-api-secret-token': '' }],
    ['one letter off', { 'x-telegram-bot-api-secret-token': `${WEBHOOK_SECRET.slice(0, -1)}x` }],
    ['a longer one', { 'x-telegram-bot-api-secret-token': `${WEBHOOK_SECRET}x` }],
  ])('%s: 401, and nothing happens', async (_name, headers) => {
    await started();
    expect((await post(update('hi'), headers)).status).toBe(401);
    expect(inbox.offered).toEqual([]);
  });

  it.each([
    ['not JSON', 'buy 100'],
    ['nothing', ''],
    ['a list', '[{"update_id":1}]'],
    ['no number', '{"message":{}}'],
    ['a number in words', '{"update_id":"1"}'],
    ['half a number', '{"update_id":1.5}'],
    ['null', 'null'],
    ['a prototype', '{"__proto__":{"update_id":1}}'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00)],
  ])('%s: 400', async (_name, body) => {
    await started();
    expect((await post(body)).status).toBe(400);
    expect(inbox.offered).toEqual([]);
  });

  it('a huge body is not read to its end, whether it says its length or not', async () => {
    await started();
    const huge = update('x'.repeat(300_000));
    expect((await post(huge)).status).toBe(413);
    expect(await statusOfChunked(huge)).toBe(413);
    expect((await post(update('\u{1f33d}'.repeat(2_048)))).status).toBe(200);
    expect(inbox.offered).toHaveLength(1);
  });

  it('only POST, and only its own address', async () => {
    await started();
    expect((await fetch(`${bot.url}/webhooks/telegram`)).status).toBe(405);
    expect(await bot.channel.routes?.(new Request(`${bot.url}/webhooks/telegram/more`, { method: 'POST' }))).toBeNull();
    expect(await pollingBot(api).routes?.(new Request(`${bot.url}/webhooks/telegram`, { method: 'POST' }))).toBeNull();
  });

  it('an update from a group, or of a shape nobody knows, is taken and forgotten', async () => {
    await started();
    expect((await post('{"update_id":9,"message":{"chat":5}}')).status).toBe(200);
    asha.writesInGroup('buy 100');
    await api.drained();
    expect(inbox.offered).toEqual([]);
  });
});

/** Sends without a content-length. Answers the status, also when the server hangs up before it has read everything. */
function statusOfChunked(body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET, 'transfer-encoding': 'chunked' };
    const request = httpRequest(`${bot.url}/webhooks/telegram`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    for (let at = 0; at < body.length; at += 50_000) request.write(body.slice(at, at + 50_000));
    request.end();
  });
}

describe('watching over the webhook', () => {
  it('one that another program has changed is set again', async () => {
    await started();
    await new Api(api.token, { apiRoot: api.url }).setWebhook('https://example.com/other');
    await api.called('setWebhook', 3);
    asha.writes('hi');
    await inbox.next();
  });

  it('says when Telegram cannot reach us, though we reach Telegram', async () => {
    await bot.close();
    await bot.channel.start(inbox.intake);
    asha.writes('hi');
    await healthIs(/^down: Telegram cannot deliver: Connection refused/);
    expect(bot.channel.health()).toMatchObject({ remedy: expect.stringContaining('PUBLIC_URL') as unknown });
    const { channel: mended, close } = await webhookBot(api);
    await mended.start(inbox.intake);
    await inbox.next();
    await mended.stop();
    await close();
  });

  it('does not blame the way to us when we are what fails', async () => {
    await started();
    inbox.failures = Number.POSITIVE_INFINITY;
    asha.writes('hi');
    await healthIs(/^down: messages cannot be saved$/);
    const said = new Set<string>();
    const unwatch = api.watch(() => said.add(health()));
    await api.called('getWebhookInfo', api.callsOf('getWebhookInfo').length + 5);
    unwatch();
    expect([...said]).toEqual(['down: messages cannot be saved']);
    inbox.failures = 0;
    await healthIs(/^up$/);
  });

  it('is set as soon as Telegram can be reached', async () => {
    api.goDark();
    await bot.channel.start(inbox.intake);
    await healthIs(/^down: Telegram unreachable/);
    api.comeBack();
    asha.writes('hi');
    await inbox.next();
    await healthIs(/^up$/);
  });

  it('an address that Telegram refuses is named, with what to do', async () => {
    const refused = pollingBot(api, { mode: 'webhook', publicUrl: 'http://example.com/' });
    await refused.start(inbox.intake);
    await eventually(() => refused.health().state === 'down', () => refused.health().state); // prettier-ignore
    expect(refused.health()).toEqual({
      state: 'down',
      why: 'Telegram refuses: Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
      remedy: expect.stringContaining('PUBLIC_URL') as unknown,
    });
    await refused.stop();
  });

  it('without a public address there is no webhook to set', () => {
    expect(() => pollingBot(api, { mode: 'webhook' })).toThrow('TELEGRAM_MODE=webhook needs PUBLIC_URL');
  });
});
