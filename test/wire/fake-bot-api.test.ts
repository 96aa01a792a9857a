/** The fake Bot API refuses what Telegram refuses: a fake that is kinder than Telegram would let the bot pass and fail there. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Api } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import type { Person } from './fake-bot-api-person.ts';

let fake: FakeBotApi;
let api: Api;
let asha: Person;

beforeEach(async () => {
  fake = await startFakeBotApi();
  api = new Api(fake.token, { apiRoot: fake.url });
  asha = fake.person({ id: 7, name: 'Asha', languageCode: 'sw', phone: '254722000001' });
});
afterEach(() => fake.close());

async function raw(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${fake.url}${path}`, init);
  return { status: response.status, body: await response.json() };
}

const inline = (data: string, text = 'ok'): { inline_keyboard: { text: string; callback_data: string }[][] } => ({
  inline_keyboard: [[{ text, callback_data: data }]],
});

describe('refusals, in the words of Telegram', () => {
  const rows: readonly (readonly [name: string, call: () => Promise<unknown>, expected: string])[] = [
    ['an unknown chat', () => api.sendMessage(999, 'hi'), '400: Bad Request: chat not found'],
    ['no text', () => api.sendMessage(7, ' \n '), '400: Bad Request: message text is empty'],
    ['4,097 characters', () => api.sendMessage(7, 'x'.repeat(4097)), '400: Bad Request: message is too long'],
    [
      '65 bytes of data',
      () => api.sendMessage(7, 'x', { reply_markup: inline('x'.repeat(65)) }),
      '400: Bad Request: BUTTON_DATA_INVALID',
    ],
    ['33 letters of 2 bytes', () => api.sendMessage(7, 'x', { reply_markup: inline('é'.repeat(33)) }), 'BUTTON_DATA_INVALID'],
    [
      'a button without words',
      () => api.sendMessage(7, 'x', { reply_markup: inline('a', '') }),
      "can't parse inline keyboard button",
    ],
    ['a tag nobody knows', () => api.sendMessage(7, '<x>', { parse_mode: 'HTML' }), 'Unsupported start tag "x" at byte offset 0'],
    [
      'a tag left open',
      () => api.sendMessage(7, '<b>x', { parse_mode: 'HTML' }),
      'Can\'t find end tag corresponding to start tag "b"',
    ],
    ['tags that cross', () => api.sendMessage(7, '<b><i>x</b></i>', { parse_mode: 'HTML' }), 'Unmatched end tag'],
    ['an end without a start', () => api.sendMessage(7, 'x</b>', { parse_mode: 'HTML' }), 'Unexpected end tag'],
    ['markdown not escaped', () => api.sendMessage(7, 'KES 1.50', { parse_mode: 'MarkdownV2' }), "Character '.' is reserved"],
    ['a mode of its own', () => api.sendMessage(7, 'x', { parse_mode: 'BBCode' as 'HTML' }), 'unsupported parse_mode'],
    ['an edit of nothing', () => api.editMessageReplyMarkup(7, 555), '400: Bad Request: message to edit not found'],
    ['an answer to no tap', () => api.answerCallbackQuery('1'), 'query is too old'],
    ['a webhook without TLS', () => api.setWebhook('http://example.com/x'), 'An HTTPS URL must be provided'],
    ['a secret with a space', () => api.setWebhook('https://example.com/x', { secret_token: 'a b' }), 'unallowed characters'],
    ['a command in capitals', () => api.setMyCommands([{ command: 'Buy', description: 'x' }]), 'BOT_COMMAND_INVALID'],
    ['a method nobody knows', () => api.getStickerSet('x'), '404: Not Found: method not found'],
  ];
  it.each(rows)('%s', async (_name, call, expected) => {
    await expect(call()).rejects.toThrow(expected);
    expect(asha.heard).toEqual([]);
  });

  it('a wrong token, and one that is none', async () => {
    await expect(new Api('7000000001:other', { apiRoot: fake.url }).getMe()).rejects.toThrow('401: Unauthorized');
    await expect(new Api('hello', { apiRoot: fake.url }).getMe()).rejects.toThrow('404: Not Found');
    expect(fake.calls).toEqual([]);
  });

  it('a person who never wrote, and one who blocked the bot', async () => {
    fake.person({ id: 8, started: false });
    await expect(api.sendMessage(8, 'hi')).rejects.toThrow('chat not found');
    asha.blocks();
    await expect(api.sendMessage(7, 'hi')).rejects.toThrow('403: Forbidden: bot was blocked by the user');
    expect(() => asha.writes('hi')).toThrow(/unblock/);
    asha.unblocks();
    await api.sendMessage(7, 'hi');
    await asha.hears('hi');
  });

  it('an edit that changes nothing, and one of a message with keys below', async () => {
    const sent = await api.sendMessage(7, 'choose', { reply_markup: inline('a') });
    await api.editMessageReplyMarkup(7, sent.message_id);
    await expect(api.editMessageReplyMarkup(7, sent.message_id)).rejects.toThrow('message is not modified');
    await expect(api.editMessageText(7, sent.message_id, 'choose')).rejects.toThrow('message is not modified');
    const withKeys = await api.sendMessage(7, 'keys', { reply_markup: { keyboard: [[{ text: 'a' }]] } });
    await expect(api.editMessageText(7, withKeys.message_id, 'other')).rejects.toThrow("message can't be edited");
  });
});

describe('bodies', () => {
  it('takes queries, forms, multipart and JSON', async () => {
    const path = `/bot${fake.token}/sendMessage`;
    const fields = { chat_id: '7', text: 'hi', reply_markup: JSON.stringify(inline('a', 'Yes')) };
    const multipart = new FormData();
    for (const [key, value] of Object.entries(fields)) multipart.set(key, value);
    const answers = [
      await raw(`${path}?${new URLSearchParams(fields).toString()}`),
      await raw(path, { method: 'POST', body: new URLSearchParams(fields) }),
      await raw(path, { method: 'POST', body: multipart }),
      await raw(path, { method: 'POST', body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(asha.heard.map(({ text, labels }) => [text, labels])).toEqual(Array.from({ length: 4 }, () => ['hi', ['Yes']]));
  });

  it('HTML arrives as what it shows', async () => {
    await api.sendMessage(7, '<b>1 &lt; 2</b> &amp; <a href="https://example.com">so</a> &#8364;', { parse_mode: 'HTML' });
    expect((await asha.hears()).text).toBe('1 < 2 & so €');
  });
});

describe('updates', () => {
  it('come again until a higher offset is named', async () => {
    asha.writes('one');
    asha.writes('two');
    const first = await api.getUpdates();
    expect(first.map(({ message }) => message?.text)).toEqual(['one', 'two']);
    expect(await api.getUpdates()).toEqual(first);
    expect(await api.getUpdates({ offset: (first[0]?.update_id ?? 0) + 1 })).toEqual(first.slice(1));
    expect(fake.pending).toHaveLength(1);
  });

  it('a long poll waits, and takes what comes in one instant together', async () => {
    const poll = api.getUpdates({ timeout: 30 });
    await fake.until(() => fake.polledNow);
    asha.writes('one');
    asha.sends('sticker');
    expect(await poll).toHaveLength(2);
  });

  it('a second poll ends the first', async () => {
    const first = expect(api.getUpdates({ timeout: 30 })).rejects.toThrow(
      '409: Conflict: terminated by other getUpdates request',
    );
    await fake.until(() => fake.polledNow);
    const second = api.getUpdates({ timeout: 30 });
    await first;
    asha.writes('hi');
    expect(await second).toHaveLength(1);
  });

  it('no polling beside a webhook', async () => {
    await api.setWebhook('https://example.com/x');
    await expect(api.getUpdates()).rejects.toThrow("409: Conflict: can't use getUpdates method while webhook is active");
    expect((await api.getWebhookInfo()).url).toBe('https://example.com/x');
    await api.deleteWebhook();
    expect(await api.getUpdates()).toEqual([]);
  });

  it('only the kinds that were asked for', async () => {
    await api.getUpdates({ allowed_updates: ['message'] });
    expect(asha.blocks()).toBeNull();
    asha.unblocks();
    expect(asha.writes('hi')).not.toBeNull();
    expect(fake.pending).toHaveLength(1);
  });

  it('drop_pending_updates is seen', async () => {
    asha.writes('hi');
    await api.deleteWebhook({ drop_pending_updates: true });
    expect([fake.pending.length, fake.dropped]).toEqual([0, 1]);
  });
});

describe('a person', () => {
  it('taps inline buttons and keys, and only what is there', async () => {
    await api.sendMessage(7, 'Buy?', { reply_markup: inline('yes:1', 'Yes') });
    const tap = asha.taps('Yes');
    expect(() => asha.taps('No')).toThrow('nothing to tap is called "No"');
    await api.answerCallbackQuery(tap?.callbackId ?? '');
    await tap?.answered();
    await expect(api.answerCallbackQuery(tap?.callbackId ?? '')).rejects.toThrow('query is too old');

    const keys = { keyboard: [[{ text: 'Share', request_contact: true }, { text: 'Later' }]], one_time_keyboard: true };
    await api.sendMessage(7, 'Number?', { reply_markup: keys });
    expect(asha.keyboard().reply).toEqual(['Share', 'Later']);
    asha.taps('Share');
    expect(asha.keyboard().reply).toEqual([]);
    const [, shared] = await api.getUpdates();
    expect(shared?.message?.contact).toMatchObject({ phone_number: '254722000001', user_id: 7 });
  });

  it('taps that are too old cannot be answered', async () => {
    await api.sendMessage(7, 'Buy?', { reply_markup: inline('yes:1', 'Yes') });
    const tap = asha.taps('yes:1');
    fake.ageTaps();
    await expect(api.answerCallbackQuery(tap?.callbackId ?? '')).rejects.toThrow('query is too old');
  });

  it('hears in order, and says what came instead', async () => {
    await api.sendMessage(7, 'first');
    await api.sendMessage(7, 'second');
    expect((await asha.hears('second')).text).toBe('second');
    await expect(asha.hears('first', 5)).rejects.toThrow('still waiting for first; heard since: []');
  });
});

describe('injected failures', () => {
  it('meet the calls they were meant for, as often as asked', async () => {
    fake.fail('sendMessage', { code: 429, retryAfter: 3, times: 2 });
    await expect(api.sendMessage(7, 'a')).rejects.toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
    await api.getMe();
    await expect(api.sendMessage(7, 'b')).rejects.toMatchObject({ error_code: 429 });
    await api.sendMessage(7, 'c');
    expect(asha.heard.map(({ text }) => text)).toEqual(['c']);
  });

  it('a line that breaks before, and one that breaks after', async () => {
    fake.fail('sendMessage', { drop: 'request' });
    await expect(api.sendMessage(7, 'before')).rejects.toThrow('Network request');
    fake.fail('sendMessage', { drop: 'answer' });
    await expect(api.sendMessage(7, 'after')).rejects.toThrow('Network request');
    expect(asha.heard.map(({ text }) => text)).toEqual(['after']);
  });

  it('goes dark and comes back', async () => {
    fake.goDark();
    await expect(api.getMe()).rejects.toThrow('Network request');
    fake.comeBack();
    expect((await api.getMe()).id).toBe(Number(fake.botId));
  });
});

describe('as a program of its own', () => {
  it('takes commands, tells what the bot says, and ends with its input', async () => {
    const program = spawn(process.execPath, ['--import', 'tsx', 'test/wire/fake-bot-api-main.ts'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Record<string, unknown>> =>
      JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
    const { url, token } = (await next()) as { url: string; token: string };
    const bot = new Api(token, { apiRoot: url });

    program.stdin.write('{"from":7,"writes":"hi"}\nnonsense\n{"pending":true}\n');
    expect(await next()).toMatchObject({ type: 'error', line: 2 });
    expect(await next()).toEqual({ type: 'pending', count: 1 });
    await bot.sendMessage(7, 'Buy?', { reply_markup: inline('yes', 'Yes') });
    expect(await next()).toMatchObject({
      type: 'message',
      to: 7,
      text: 'Buy?',
      buttons: [{ label: 'Yes', data: 'yes' }],
      edited: false,
    });
    program.stdin.write('{"from":7,"taps":"Yes"}\n{"pending":true}\n');
    expect(await next()).toEqual({ type: 'pending', count: 2 });
    expect((await bot.getUpdates()).map((update) => update.message?.text ?? update.callback_query?.data)).toEqual(['hi', 'yes']);

    program.stdin.end();
    expect(await new Promise((resolve) => program.on('exit', resolve))).toBe(0);
  });
});
