/** Sending by Telegram, on the wire: what became of a message is said truly, and no part of a text is sent twice for nothing. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Button, Channel, ChatAddress, SendOutcome } from '../../src/ports/channel.ts';
import { Inbox } from '../contracts/channel-inbox.ts';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import type { Failure } from './fake-bot-api-http.ts';
import type { Person } from './fake-bot-api-person.ts';
import { pollingBot, QUICK } from './telegram-bot.ts';

let api: FakeBotApi;
let channel: Channel;
let asha: Person;
let toAsha: ChatAddress;

beforeEach(async () => {
  api = await startFakeBotApi();
  channel = pollingBot(api, { timing: { ...QUICK, callTimeoutSeconds: 0.2 } });
  asha = api.person({ id: 7, phone: '+254722000001' });
  toAsha = { channel: 'telegram', account: api.botId, chat: '7' };
});
afterEach(() => api.close());

const yesNo: readonly Button[] = [
  { id: 'yes', label: 'Yes' },
  { id: 'no', label: 'No' },
];

function send(
  text: string,
  options: { id?: string; buttons?: readonly Button[]; address?: ChatAddress } = {},
): Promise<SendOutcome> {
  const { id = 'm1', buttons = [], address = toAsha } = options;
  return channel.send({ kind: 'text', id, address, text, buttons });
}

describe('what became of a message', () => {
  const unreachable = { kind: 'retry', afterMs: null, why: expect.stringMatching(/^Telegram unreachable: [\w ]+$/) as string };
  const rows: readonly (readonly [failure: Failure, expected: unknown, said: number])[] = [
    [{ code: 429, retryAfter: 3 }, { kind: 'retry', afterMs: 3_000 }, 0],
    [{ code: 429 }, { kind: 'retry', afterMs: 1_000 }, 0],
    [{ code: 403, description: 'Forbidden: user is deactivated' }, { kind: 'blocked', why: 'Forbidden: user is deactivated' }, 0],
    [{ code: 400, description: 'Bad Request: chat not found' }, { kind: 'blocked' }, 0],
    [{ code: 400, description: 'Bad Request: PEER_ID_INVALID' }, { kind: 'blocked' }, 0],
    [{ code: 400, description: 'Bad Request: SOMETHING_NEW' }, { kind: 'refused', why: 'Bad Request: SOMETHING_NEW' }, 0],
    [{ code: 500 }, unreachable, 0],
    [{ garbage: '<html>502</html>' }, unreachable, 0],
    [{ drop: 'request' }, unreachable, 0],
    [{ drop: 'answer' }, unreachable, 1],
    [{ hang: true }, { kind: 'retry', why: 'Telegram unreachable: timed out' }, 0],
    [{ code: 401, description: 'Unauthorized' }, { kind: 'retry', afterMs: 60_000 }, 0],
    [{ code: 409, description: 'Conflict: terminated' }, { kind: 'retry' }, 0],
  ];
  it.each(rows)('%j', async (failure, expected, said) => {
    api.fail('sendMessage', failure);
    expect(await send('Your airtime is on its way')).toMatchObject(expected as object);
    expect(asha.heard).toHaveLength(said);
    expect(await send('Your airtime is on its way')).toEqual({
      kind: 'sent',
      channelMessageId: String(asha.heard.at(-1)?.messageId),
    });
    expect(asha.heard).toHaveLength(said + 1);
  });

  it('a button that carries too much is refused, not cut', async () => {
    expect(await send('Buy?', { buttons: [{ id: 'x'.repeat(65), label: 'Yes' }] })).toEqual({
      kind: 'refused',
      why: 'Bad Request: BUTTON_DATA_INVALID',
    });
  });

  it("another bot's chat, or another channel's, is not ours to write to", async () => {
    expect((await send('hi', { address: { ...toAsha, account: '1' } })).kind).toBe('refused');
    expect((await send('hi', { address: { ...toAsha, channel: 'whatsapp' } })).kind).toBe('refused');
    expect(api.calls).toEqual([]);
  });

  it('is plain text, and opens no link to draw a preview of it', async () => {
    await send('Set your key here, once: https://jaza.example/one-time/abc');
    expect(api.callsOf('sendMessage')[0]?.params).toEqual({
      chat_id: '7',
      text: 'Set your key here, once: https://jaza.example/one-time/abc',
      link_preview_options: { is_disabled: true },
      reply_markup: { remove_keyboard: true },
    });
  });
});

describe('a text in parts', () => {
  const words = Array.from({ length: 2_000 }, (_, at) => `word${at}`);
  const long = words.join(' ');
  const heardWords = (): string[] => asha.heard.flatMap(({ text }) => text.split(' '));

  it.each([
    [{ code: 429, retryAfter: 2 }, 'retry'],
    [{ code: 500 }, 'retry'],
    [{ drop: 'request' }, 'retry'],
  ] as const)('goes on where it was broken off by %j', async (failure, kind) => {
    expect((await brokenOff(2, failure)).kind).toBe(kind);
    expect(asha.heard).toHaveLength(2);
    expect((await send(long, { buttons: yesNo })).kind).toBe('sent');
    expect(heardWords()).toEqual(words);
    expect(asha.heard.map(({ labels }) => labels.length)).toEqual([...asha.heard.slice(1).map(() => 0), 2]);
  });

  it('starts anew after a refusal', async () => {
    expect((await brokenOff(1, { code: 400, description: 'Bad Request: no' })).kind).toBe('refused');
    expect(asha.heard).toHaveLength(1);
    expect((await send(long)).kind).toBe('sent');
    expect(heardWords().slice(asha.heard[0]?.text.split(' ').length)).toEqual(words);
  });

  /** Puts the failure in place while part `parts` is with Telegram, so that the next one meets it. */
  async function brokenOff(parts: number, failure: Failure): Promise<SendOutcome> {
    const inPlace = api.called('sendMessage', parts).then(() => api.fail('sendMessage', failure));
    const sending = send(long, { buttons: yesNo });
    await inPlace;
    return sending;
  }
});

describe('keyboards', () => {
  it('short labels share a row, long ones do not', async () => {
    const labels = ['50', '100', '200', 'Some other amount, please', 'Cancel', 'Help'];
    await send('How much?', { buttons: labels.map((label, at) => ({ id: `${at}`, label })) });
    const markup = api.callsOf('sendMessage')[0]?.params['reply_markup'] as { inline_keyboard: { text: string }[][] };
    expect(markup.inline_keyboard.map((row) => row.map(({ text }) => text))).toEqual([
      ['50', '100'],
      ['200'],
      ['Some other amount, please'],
      ['Cancel', 'Help'],
    ]);
  });

  it('asking for the number takes the place below the input field; other buttons become words there, until the next message', async () => {
    const inbox = new Inbox();
    await channel.start(inbox.intake);
    const buttons: readonly Button[] = [{ id: 'own', label: 'Share my number', asksOwnPhone: true }, ...yesNo];
    await send('Is this for you?', { buttons });
    expect(asha.keyboard()).toEqual({ reply: ['Share my number', 'Yes', 'No'], inline: [] });
    asha.taps('Yes');
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'Yes' });
    await send('And now?', { id: 'm2', buttons });
    asha.taps('Share my number');
    expect(await inbox.next()).toMatchObject({
      ownPhone: '254722000001',
      content: { kind: 'contact', phones: ['+254722000001'] },
    });
    await send('Is this for you?', { id: 'm3', buttons });
    await send('Thank you', { id: 'm4' });
    expect(asha.keyboard()).toEqual({ reply: [], inline: [] });
    await channel.stop();
  });
});

describe('retiring buttons', () => {
  const retire = (channelMessageId: string): Promise<SendOutcome> =>
    channel.send({ kind: 'retire_buttons', id: 'r1', address: toAsha, channelMessageId });

  async function offer(): Promise<string> {
    const outcome = await send('Buy?', { buttons: yesNo });
    return outcome.kind === 'sent' ? outcome.channelMessageId : '';
  }

  it('takes them away, also when they are gone or the message is', async () => {
    const id = await offer();
    expect(await retire(id)).toEqual({ kind: 'sent', channelMessageId: id });
    expect(asha.keyboard().inline).toEqual([]);
    expect((await retire(id)).kind).toBe('sent');
    asha.deletes(Number(id));
    expect((await retire(id)).kind).toBe('sent');
  });

  it('under a message with keys below there is nothing to take away', async () => {
    const outcome = await send('Number?', { buttons: [{ id: 'own', label: 'Share', asksOwnPhone: true }] });
    expect((await retire(outcome.kind === 'sent' ? outcome.channelMessageId : '')).kind).toBe('sent');
  });

  it('obeys Telegram as any other message does', async () => {
    const id = await offer();
    api.fail('editMessageReplyMarkup', { code: 429, retryAfter: 5 });
    expect(await retire(id)).toMatchObject({ kind: 'retry', afterMs: 5_000 });
    asha.blocks();
    expect((await retire(id)).kind).toBe('blocked');
    asha.unblocks();
    expect((await retire('not a number')).kind).toBe('refused');
  });
});
