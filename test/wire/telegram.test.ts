/** Telegram by polling, on the wire: nothing is confirmed unsaved, nothing is lost, and what is wrong is said. */

import { Api } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Channel } from '../../src/ports/channel.ts';
import { eventually, Inbox } from '../contracts/channel-inbox.ts';
import { startFakeBotApi, type FakeBotApi } from './fake-bot-api.ts';
import type { Person } from './fake-bot-api-person.ts';
import { pollingBot, QUICK } from './telegram-bot.ts';

let api: FakeBotApi;
let asha: Person;
let inbox: Inbox;
let running: Channel[];

beforeEach(async () => {
  api = await startFakeBotApi();
  asha = api.person({ id: 7, name: 'Asha', lastName: 'Wanjiku', languageCode: 'sw', phone: '254722000001' });
  inbox = new Inbox();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((channel) => channel.stop()));
  await api.close();
});

async function start(channel: Channel, into: Inbox = inbox): Promise<Channel> {
  running.push(channel);
  await channel.start(into.intake);
  return channel;
}

function health(channel: Channel): string {
  const now = channel.health();
  return now.state === 'down' ? `down: ${now.why}` : now.state;
}

async function healthIs(channel: Channel, wanted: RegExp): Promise<void> {
  await eventually(() => wanted.test(health(channel)), () => `${wanted}, but it is "${health(channel)}"`); // prettier-ignore
}

/** Runs everything at once and notes how long it should have waited. */
function hurriedClock(): Clock & { readonly delays: number[] } {
  const delays: number[] = [];
  return {
    delays,
    now: () => systemClock.now(),
    after: (delayMs, task) => {
      delays.push(delayMs);
      return systemClock.after(1, task);
    },
  };
}

describe('polling', () => {
  it('takes a webhook away first, keeps what waits, and asks for just what it reads', async () => {
    await new Api(api.token, { apiRoot: api.url }).setWebhook('https://example.com/old');
    asha.writes('sent while there was a webhook');
    const channel = await start(pollingBot(api));
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'sent while there was a webhook' });
    expect([api.webhookUrl, api.dropped]).toEqual(['', 0]);
    await api.until(() => api.polledNow, 'a long poll');
    const allowed_updates = ['message', 'edited_message', 'callback_query', 'my_chat_member'];
    expect(api.callsOf('getUpdates')[0]?.params).toEqual({ limit: 100, timeout: 0, allowed_updates });
    expect(api.callsOf('getUpdates').at(-1)?.params).toEqual({ limit: 100, timeout: 30, allowed_updates, offset: 870_000_002 });
    expect(health(channel)).toBe('up');
  });

  it('hands over all updates of a poll at once, and confirms none of them before they are saved', async () => {
    const baraka = api.person({ id: 8 });
    for (const person of [asha, baraka]) person.writes('hi');
    asha.writes('again');
    let save = (): void => undefined;
    inbox.gate = new Promise((resolve) => (save = resolve));
    await start(pollingBot(api));
    await inbox.until(() => inbox.offered.length === 1, 'intake');
    expect(inbox.offered[0]?.map(({ sender }) => sender)).toEqual(['7', '8', '7']);
    expect([api.pending.length, api.callsOf('getUpdates').length]).toEqual([3, 1]);
    save();
    await api.drained();
    expect(inbox.offered).toHaveLength(1);
  });

  it('after a crash between saving and confirming, the same updates come again with the same ids', async () => {
    asha.writes('buy 100');
    inbox.gate = new Promise(() => undefined);
    await pollingBot(api).start(inbox.intake);
    await inbox.until(() => inbox.offered.length === 1, 'the intake in which the process dies');
    const afterwards = new Inbox();
    await start(pollingBot(api), afterwards);
    expect([await afterwards.next()]).toEqual(inbox.offered[0]);
    await api.drained();
  });

  it('says that messages cannot be saved, and that this is not Telegram', async () => {
    inbox.failures = Number.POSITIVE_INFINITY;
    asha.writes('buy 100');
    const channel = await start(pollingBot(api));
    await healthIs(channel, /^down: messages cannot be saved$/);
    expect(channel.health()).toMatchObject({ remedy: expect.stringContaining('jaza doctor') as unknown });
    inbox.failures = 0;
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'buy 100' });
    await healthIs(channel, /^up$/);
  });

  it('takes a long queue in order, each update once', async () => {
    const texts = Array.from({ length: 250 }, (_, at) => `message ${at}`);
    for (const text of texts) asha.writes(text);
    await start(pollingBot(api));
    await api.drained();
    expect(inbox.messages.map(({ content }) => content.kind === 'text' && content.text)).toEqual(texts);
    expect(inbox.offered.map((batch) => batch.length)).toEqual([100, 100, 50]);
  });

  it('passes over an update of a shape nobody knows, and takes the others', async () => {
    asha.writes('before');
    api.pushes('message', { message_id: 'seven', chat: 7 });
    api.pushes('callback_query', null);
    asha.writes('after');
    await start(pollingBot(api));
    await api.drained();
    expect(inbox.messages.map(({ content }) => content)).toMatchObject([{ text: 'before' }, { text: 'after' }]);
  });

  it('says nothing in groups', async () => {
    asha.writesInGroup('buy 100');
    api.pushes('callback_query', {
      id: '1',
      from: { id: 7 },
      message: { message_id: 3, chat: { id: -5, type: 'group' } },
      data: 'yes',
    });
    api.pushes('my_chat_member', {
      chat: { id: -5, type: 'group' },
      from: { id: 7 },
      date: 1,
      new_chat_member: { status: 'member' },
    });
    await start(pollingBot(api));
    await api.drained();
    expect(inbox.offered).toEqual([]);
  });
});

describe('taps', () => {
  async function offer(channel: Channel, label: string): Promise<void> {
    const address = { channel: 'telegram', account: api.botId, chat: '7' } as const;
    await channel.send({ kind: 'text', id: 'offer', address, text: 'Buy?', buttons: [{ id: 'yes:d1:3', label }] });
  }

  it('stop spinning at once, even while the intake still works', async () => {
    inbox.gate = new Promise(() => undefined);
    const channel = pollingBot(api);
    await channel.start(inbox.intake);
    await offer(channel, 'Yes');
    const tap = asha.taps('Yes');
    await tap?.answered();
    expect(api.callsOf('answerCallbackQuery').map(({ params }) => params)).toEqual([{ callback_query_id: tap?.callbackId }]);
    expect(inbox.messages).toEqual([]);
  });

  it('count even when Telegram does not take the answer any more', async () => {
    const channel = pollingBot(api);
    await offer(channel, 'Yes');
    asha.taps('Yes');
    api.ageTaps();
    await start(channel);
    expect((await inbox.next()).content).toMatchObject({ kind: 'tap', data: 'yes:d1:3' });
    await api.called('answerCallbackQuery');
    await api.drained();
  });

  it('with data that we never gave out, or none, are taps all the same', async () => {
    await start(pollingBot(api));
    await api.called('getUpdates');
    for (const data of ['constructor', '', undefined, 'x'.repeat(64)]) asha.forgesTap(data, 55);
    for (const data of ['constructor', '', '', 'x'.repeat(64)]) {
      expect(await inbox.next()).toMatchObject({ sender: '7', content: { kind: 'tap', data, on: '55' }, sentAt: null });
    }
  });
});

describe('trouble', () => {
  it('Telegram is cut off, and comes back: said apart from a broken bot, healed without anybody', async () => {
    const channel = await start(pollingBot(api));
    await healthIs(channel, /^up$/);
    api.goDark();
    await healthIs(channel, /^down: Telegram unreachable: [A-Z_]+$/);
    expect(channel.health()).toMatchObject({ remedy: null });
    asha.writes('written in the dark');
    api.comeBack();
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'written in the dark' });
    await healthIs(channel, /^up$/);
  });

  it.each([
    [{ code: 502, description: 'Bad Gateway' }, /^down: Telegram unreachable: Bad Gateway$/],
    [{ garbage: '<html>nginx</html>' }, /^down: Telegram unreachable: the answer was not JSON$/],
    [{ drop: 'answer' }, /^down: Telegram unreachable: [A-Z_]+$/],
    [{ code: 429, retryAfter: 0.001 }, /^down: Telegram asked us to slow down$/],
  ] as const)('a poll meets %j: nothing is lost', async (failure, said) => {
    api.fail('getUpdates', { ...failure, times: 40 });
    asha.writes('buy 100');
    const channel = await start(pollingBot(api));
    await healthIs(channel, said);
    expect((await inbox.next()).content).toEqual({ kind: 'text', text: 'buy 100' });
    await healthIs(channel, /^up$/);
    expect(inbox.messages).toHaveLength(1);
  });

  it('waits twice as long after each failure, never quite the same, and as long as Telegram says', async () => {
    const clock = hurriedClock();
    api.fail('getUpdates', { code: 500, times: 8 });
    api.fail('getUpdates', { code: 429, retryAfter: 77 });
    const channel = await start(pollingBot(api, { clock, timing: {} }));
    await healthIs(channel, /^up$/);
    const longest = [1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1_000);
    expect(clock.delays).toHaveLength(9);
    longest.forEach((most, at) => {
      expect(clock.delays[at]).toBeGreaterThanOrEqual(most / 2);
      expect(clock.delays[at]).toBeLessThanOrEqual(most);
    });
    expect(clock.delays[8]).toBe(77_000);
  });

  it.each(['7000000001:wrong-token', 'no token at all'])('a wrong token (%s) names its remedy', async (token) => {
    const channel = await start(pollingBot(api, { token }));
    await healthIs(channel, /^down: Telegram does not know our token$/);
    expect(channel.health()).toMatchObject({ remedy: expect.stringContaining('@BotFather') as unknown });
    const address = { channel: 'telegram', account: token.startsWith('7') ? api.botId : 'bot', chat: '7' } as const;
    expect(await channel.send({ kind: 'text', id: 'x', address, text: 'hi', buttons: [] })).toMatchObject({
      kind: 'retry',
      afterMs: 60_000,
    });
  });

  it('a second instance is noticed by both, and forgotten some time after it is gone', async () => {
    const timing = { ...QUICK, longPollSeconds: 0.02, conflictMemoryMs: 300 };
    const first = await start(pollingBot(api, { timing }));
    await healthIs(first, /^up$/);
    const second = await start(pollingBot(api, { timing }), new Inbox());
    await healthIs(first, /^down: a second instance runs with the same bot token$/);
    await healthIs(second, /^down: a second instance runs with the same bot token$/);
    expect(second.health()).toMatchObject({ remedy: expect.stringContaining('Stop the other program') as unknown });
    const said = new Set<string>();
    const unwatch = api.watch(() => said.add(health(first)).add(health(second)));
    await api.called('getUpdates', api.callsOf('getUpdates').length + 10);
    unwatch();
    expect([...said]).toEqual(['down: a second instance runs with the same bot token']);
    await second.stop();
    await healthIs(first, /^up$/);
  });

  it("another program's webhook is noticed and taken away", async () => {
    const channel = await start(pollingBot(api, { timing: { ...QUICK, firstBackoffMs: 30, conflictMemoryMs: 0 } }));
    await healthIs(channel, /^up$/);
    await new Api(api.token, { apiRoot: api.url }).setWebhook('https://example.com/other');
    await healthIs(channel, /^down: another program has set a webhook for this bot$/);
    asha.writes('hi');
    await inbox.next();
    await healthIs(channel, /^up$/);
    expect(api.webhookUrl).toBe('');
  });

  it('tells no log what must not be there: token, addresses, texts, numbers', async () => {
    const lines: string[] = [];
    const log = createLog('debug', (line) => lines.push(line));
    const channel = await start(pollingBot(api, { log }));
    await healthIs(channel, /^up$/);
    api.fail('*', { drop: 'answer', times: 3 });
    api.fail('sendMessage', { code: 403, description: 'Forbidden: bot was blocked by the user', times: 2 });
    inbox.failures = 1;
    asha.writes('a secret text');
    asha.sharesOwnContact();
    await inbox.next();
    const address = { channel: 'telegram', account: api.botId, chat: '7' } as const;
    for (const id of ['1', '2', '3']) await channel.send({ kind: 'text', id, address, text: 'another secret text', buttons: [] });
    api.goDark();
    await healthIs(channel, /unreachable/);
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) expect(line).not.toMatch(/AAF-fake|secret text|254722000001|http:\/\//);
  });
});

describe('the menu of commands', () => {
  const commands = [
    { language: null, commands: [{ command: 'buy', description: 'Buy airtime' }] },
    { language: 'sw', commands: [{ command: 'buy', description: 'Nunua salio' }] },
  ] as const;

  it('is set for private chats, in each language', async () => {
    await start(pollingBot(api, { commands }));
    await api.called('setMyCommands', 2);
    expect(api.commands('all_private_chats/')).toEqual([{ command: 'buy', description: 'Buy airtime' }]);
    expect(api.commands('all_private_chats/sw')).toEqual([{ command: 'buy', description: 'Nunua salio' }]);
  });

  it('may fail without anybody noticing', async () => {
    api.fail('setMyCommands', { code: 500 });
    const channel = await start(pollingBot(api, { commands }));
    await api.called('setMyCommands', 2);
    asha.writes('hi');
    await inbox.next();
    await healthIs(channel, /^up$/);
  });
});
