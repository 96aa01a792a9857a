/** What the bot says over WhatsApp, on the wire: read by a person, confirmed by the server, refused, repeated, asked for again. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import type { WhatsAppOptions } from '../../src/channels/whatsapp/whatsapp.ts';
import type { ChatAddress } from '../../src/ports/channel.ts';
import { FakeWhatsApp } from './fake-whatsapp.ts';
import type { Person, PersonFacts } from './fake-whatsapp-person.ts';
import { Bot, linkedBot } from './whatsapp-harness.ts';
import { MemoryAuth } from './whatsapp-memory.ts';

let server: FakeWhatsApp;
let bot: Bot;
let people = 0;
const auth = new MemoryAuth();

beforeAll(async () => {
  server = await FakeWhatsApp.listen();
  await (await linkedBot(server, auth)).channel.stop();
});
afterAll(() => server.close());

beforeEach(async () => {
  Object.assign(server, { withholdAcks: 0, nack: null });
  server.forgetSent();
  bot = await new Bot(server, auth).start();
  await bot.is('open');
});
afterEach(() => bot.channel.stop());

async function restart(options: Partial<WhatsAppOptions> = {}): Promise<void> {
  await bot.channel.stop();
  bot = await new Bot(server, auth, options).start();
  await bot.is('open');
}

function person(facts: Partial<PersonFacts> = {}): Person {
  people += 1;
  return server.person({
    lid: String(300_000_000_000_000 + people),
    phone: String(254_733_000_000 + people),
    name: 'Juma',
    ...facts,
  });
}

const chatOf = (someone: Person): ChatAddress => ({ channel: 'whatsapp', account: '254700000001', chat: someone.lidJid });

describe('a message', () => {
  it('is read by the person as it was said, and is sent when the server says so', async () => {
    const juma = person();
    const outcome = await bot.says(chatOf(juma), 'Sawa, *KES 100* kwa 0722 000 000.\n1. Ndio\n2. Hapana 👍');
    expect(outcome).toEqual({ kind: 'sent', channelMessageId: expect.stringMatching(/^3EB0[0-9A-F]{17}0$/) });
    expect(await juma.hears()).toBe('Sawa, *KES 100* kwa 0722 000 000.\n1. Ndio\n2. Hapana 👍');
    expect(server.sent).toEqual([{ id: outcome.kind === 'sent' && outcome.channelMessageId, to: juma.lidJid }]);
  });

  it('answers in the chat where the person wrote, also when that is a phone number', async () => {
    const juma = person({ addressing: 'pn' });
    const { address } = await bot.receives(await juma.writes('hi'));
    expect((await bot.says(address, 'Karibu')).kind).toBe('sent');
    expect(await juma.hears()).toBe('Karibu');
    expect(server.sent.map(({ to }) => to)).toEqual([juma.phoneJid]);
  });

  it('goes to and fro in one conversation, over a restart', async () => {
    const juma = person();
    for (const turn of ['one', 'two', 'three']) {
      const { address } = await bot.receives(await juma.writes(turn));
      expect((await bot.says(address, `heard ${turn}`, turn)).kind).toBe('sent');
      expect(await juma.hears()).toBe(`heard ${turn}`);
      await bot.channel.stop();
      bot = await new Bot(server, auth).start();
    }
    expect(juma.unreadable).toEqual([]);
  });

  it('that is long comes in parts, in order, and loses nothing', async () => {
    const juma = person();
    const lines = Array.from({ length: 300 }, (_, at) => `Line ${at}: KES ${at * 100} to 0722 000 ${at}`);
    expect((await bot.says(chatOf(juma), lines.join('\n'))).kind).toBe('sent');
    while (juma.read.length < server.sent.length) await juma.hears();
    expect(
      juma.read
        .map(({ text }) => text)
        .join('\n')
        .split('\n'),
    ).toEqual(lines);
    expect(juma.read.length).toBeGreaterThan(2);
  });

  it('to many people at once reaches each of them', async () => {
    await restart({ clock: systemClock });
    const crowd = Array.from({ length: 25 }, () => person());
    const outcomes = await Promise.all(crowd.map((one) => bot.says(chatOf(one), `for ${one.facts.lid}`, one.facts.lid)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(crowd.map(() => 'sent'));
    for (const one of crowd) expect(await one.hears()).toBe(`for ${one.facts.lid}`);
  });

  it('shows that the bot is typing, when it is told to', async () => {
    await restart({ typingMs: { from: 400, to: 1200 } });
    const juma = person();
    await bot.says(chatOf(juma), 'Sawa');
    await juma.hears();
    expect(juma.typing).toBe(1);
    expect(bot.clock.asked.some((ms) => ms >= 400 && ms <= 1200)).toBe(true);
  });
});

describe('without a confirmation', () => {
  beforeEach(() => restart({ ackTimeoutMs: 10_000 }));

  it('is tried again under the same id, and read once', async () => {
    const juma = person();
    server.withholdAcks = 1;
    expect(await bot.says(chatOf(juma), 'Sawa')).toEqual({
      kind: 'retry',
      why: expect.stringContaining('in time'),
      afterMs: null,
    });
    expect((await bot.says(chatOf(juma), 'Sawa')).kind).toBe('sent');
    await bot.says(chatOf(juma), 'the next', 'out_2');
    await juma.hears((text) => text === 'the next');
    expect(juma.read.map(({ text }) => text)).toEqual(['Sawa', 'the next']);
    expect(server.sent[0]?.id).toBe(server.sent[1]?.id);
  });

  it('is told at once when the line breaks meanwhile', async () => {
    const juma = person();
    server.withholdAcks = 1;
    const outcome = bot.says(chatOf(juma), 'Sawa');
    await juma.hears();
    server.hangUp();
    expect(await outcome).toMatchObject({ kind: 'retry', why: expect.stringContaining('closed') });
    await bot.is('open');
    expect((await bot.says(chatOf(juma), 'Sawa')).kind).toBe('sent');
    expect(juma.read).toHaveLength(1);
  });

  it('twice in a row the connection counts as dead and is made anew', async () => {
    const juma = person();
    const { logins } = server;
    server.withholdAcks = 2;
    await bot.says(chatOf(juma), 'one', 'out_1');
    await bot.says(chatOf(juma), 'two', 'out_2');
    await server.login(logins + 1);
    await bot.is('open');
    expect((await bot.says(chatOf(juma), 'three', 'out_3')).kind).toBe('sent');
  });
});

describe('a refusal', () => {
  it.each([
    [463, { kind: 'refused', why: expect.stringContaining('463') }],
    [400, { kind: 'refused', why: expect.stringContaining('400') }],
    [479, { kind: 'retry', why: expect.stringContaining('479'), afterMs: 30_000 }],
    [503, { kind: 'retry', why: expect.stringContaining('503'), afterMs: 30_000 }],
  ])('%i by the server', async (code, expected) => {
    const juma = person();
    server.nack = { code, times: 1 };
    expect(await bot.says(chatOf(juma), 'Sawa')).toEqual(expected);
    expect(server.sent).toHaveLength(1);
    expect((await bot.says(chatOf(juma), 'Sawa', 'out_2')).kind).toBe('sent');
  });

  it('463 is told to the operator, once a day', async () => {
    server.nack = { code: 463, times: 3 };
    for (const id of ['one', 'two', 'three']) await bot.says(chatOf(person()), 'Sawa', id);
    expect(bot.notices).toEqual([{ kind: 'trouble', why: expect.stringContaining('463'), remedy: expect.any(String) }]);
  });

  it.each<[string, Partial<ChatAddress>]>([
    ['a group', { chat: '120363000000000001@g.us' }],
    ['a status', { chat: 'status@broadcast' }],
    ['nonsense', { chat: 'constructor' }],
    ['a chat of another number of ours', { account: '254700000002' }],
  ])('of ours, before anything is sent: %s', async (_, address) => {
    expect(await bot.says({ ...chatOf(person()), ...address }, 'Sawa')).toMatchObject({ kind: 'refused' });
    expect(server.sent).toEqual([]);
  });

  it('has no buttons to take off', async () => {
    const address = chatOf(person());
    expect(await bot.channel.send({ kind: 'retire_buttons', id: 'x', address, channelMessageId: 'y' })).toMatchObject({
      kind: 'refused',
    });
  });

  it('is none when a person has no device: perhaps the list could not be had', async () => {
    const nobody = { ...chatOf(person()), chat: '999999999999999@lid' };
    expect(await bot.says(nobody, 'Sawa')).toMatchObject({ kind: 'retry', why: expect.stringContaining('no device') });
    expect(server.sent).toEqual([]);
  });
});

describe('while not connected', () => {
  it('is to be tried again, and says so at once', async () => {
    const unlinked = await new Bot(server, new MemoryAuth()).start();
    expect(await unlinked.says(chatOf(person()), 'Sawa')).toMatchObject({ kind: 'retry', why: 'WhatsApp is not connected' });
    await unlinked.channel.stop();
    expect(await unlinked.says(chatOf(person()), 'Sawa')).toMatchObject({ kind: 'retry' });
  });
});

describe('a phone that could not open a message', () => {
  it('gets it again', async () => {
    const juma = person();
    const outcome = await bot.says(chatOf(juma), 'Sawa');
    await juma.hears();
    server.asksAgain(juma, outcome.kind === 'sent' ? outcome.channelMessageId : '');
    await server.sentTimes(2);
    expect(new Set(server.sent.map(({ id }) => id)).size).toBe(1);
  });

  it('gets it again after a restart too, from the texts that were kept, the right part', async () => {
    const juma = person();
    const long = `${'a'.repeat(3900)}\n${'b'.repeat(3900)}`;
    const outcome = await bot.says(chatOf(juma), long);
    const id = outcome.kind === 'sent' ? outcome.channelMessageId : '';
    await restart({ alreadySent: (asked) => Promise.resolve(asked === id ? long : null) });
    juma.read.length = 0;
    const second = server.sent[1]?.id ?? '';
    server.asksAgain(juma, second);
    await server.sentTimes(3);
    await juma.hears((text) => text.startsWith('b') && juma.read.length === 1);
    expect(juma.read).toEqual([{ id: second, text: 'b'.repeat(3900) }]);
  });

  it('gets nothing when the text is not known any more, and the bot goes on', async () => {
    const juma = person();
    server.asksAgain(juma, '3EB0000000000000000000');
    server.asksAgain(juma, 'constructor');
    expect((await bot.says(chatOf(juma), 'Sawa')).kind).toBe('sent');
    expect(server.sent).toHaveLength(1);
  });
});
