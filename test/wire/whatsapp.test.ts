/** What people send over WhatsApp, on the wire: who they are, what they say, what is lost (nothing) and what is hostile. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { proto } from '@whiskeysockets/baileys';
import { systemClock } from '../../src/lib/clock.ts';
import { FakeWhatsApp } from './fake-whatsapp.ts';
import type { Person, PersonFacts, Sendable } from './fake-whatsapp-person.ts';
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
  bot = await new Bot(server, auth).start();
  await bot.is('open');
});
afterEach(() => bot.channel.stop());

function person(facts: Partial<PersonFacts> = {}): Person {
  people += 1;
  return server.person({
    lid: String(200_000_000_000_000 + people),
    phone: String(254_722_000_000 + people),
    name: 'Amina',
    ...facts,
  });
}

describe('who speaks', () => {
  it('is known by the LID, and by the number that the network tells', async () => {
    const amina = person();
    const before = systemClock.now();
    const message = await bot.receives(await amina.writes('nitumie 100'));
    expect(message).toMatchObject({
      address: { channel: 'whatsapp', account: '254700000001', chat: amina.lidJid },
      sender: amina.lidJid,
      senderName: 'Amina',
      ownPhone: amina.facts.phone,
      content: { kind: 'text', text: 'nitumie 100' },
    });
    expect(Math.abs((message.sentAt ?? 0) - before)).toBeLessThan(5000);
  });

  it('has no number when the network tells none, even if the LID looks like one', async () => {
    const message = await bot.receives(await person({ lid: '254722999999', phone: null }).writes('hi'));
    expect(message).toMatchObject({ sender: '254722999999@lid', ownPhone: null });
  });

  it('keeps the number that the network told once, also after a restart', async () => {
    const amina = person();
    await bot.receives(await amina.writes('one'));
    await bot.channel.stop();
    bot = await new Bot(server, auth).start();
    Object.assign(amina.facts, { phone: null });
    expect((await bot.receives(await amina.writes('two'))).ownPhone).toMatch(/^2547220000/);
  });

  it('may be foreign: no number of ours, but heard', async () => {
    expect(await bot.receives(await person({ phone: '255754000001' }).writes('habari'))).toMatchObject({
      ownPhone: null,
      content: { text: 'habari' },
    });
  });

  it('may be written from by phone number: the person is still the LID, the chat is where it came from', async () => {
    const amina = person({ addressing: 'pn' });
    expect(await bot.receives(await amina.writes('hi'))).toMatchObject({
      address: { chat: amina.phoneJid },
      sender: amina.lidJid,
      ownPhone: amina.facts.phone,
    });
  });

  it.each([
    ['a group', { from: '120363000000000001@g.us', participant: '1234567@lid' }],
    ['a status', { from: 'status@broadcast', participant: '1234567@lid' }],
    ['a newsletter', { from: '120363000000000001@newsletter' }],
    ['Meta AI', { from: '867051314767696@bot' }],
    ['our own phone', { from: '90000000000001@lid', recipient: '1234567@lid' }],
  ])('is not %s', async (_, attrs) => {
    const content = proto.Message.encode({ conversation: 'buy 100' }).finish();
    server.deliver({
      tag: 'message',
      attrs: { ...attrs, id: 'DROPPED', t: '1790000000', type: 'text' },
      content: [{ tag: 'plaintext', attrs: {}, content }],
    });
    await bot.receives(await person().writes('after it'));
    expect(bot.inbox.map(({ messageId }) => messageId)).not.toContain('DROPPED');
  });
});

describe('what is said', () => {
  it('can be a contact', async () => {
    expect((await bot.receives(await person().sharesContact('Mama', '+254 733 000 001', '+254 733 000 002'))).content).toEqual({
      kind: 'contact',
      name: 'Mama',
      phones: ['+254733000001', '+254733000002'],
    });
  });

  it.each<Sendable>(['sticker', 'voice', 'picture', 'video', 'document', 'location', 'poll', 'reaction', 'deletion', 'edit'])(
    'can be a %s',
    async (what) => {
      expect((await bot.receives(await person().sends(what))).content).toEqual({ kind: 'unsupported', what });
    },
  );

  it('comes in the order in which it was said, each once', async () => {
    const amina = person();
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three', 'four']) ids.push(await amina.writes(text));
    await bot.receives(ids.at(-1) ?? '');
    expect(bot.inbox.map(({ messageId }) => messageId)).toEqual(ids);
  });
});

describe('nothing is lost', () => {
  it('what was written while we were down arrives at the next start, with its time', async () => {
    const amina = person();
    await bot.receives(await amina.writes('before'));
    await bot.channel.stop();
    const sentAt = 1_790_000_000_000;
    const ids = await Promise.all(['one', 'two', 'three'].map((text) => amina.writes(text, { sentAt })));
    bot = await new Bot(server, auth).start();
    for (const id of ids) expect((await bot.receives(id)).sentAt).toBe(sentAt);
    expect(bot.inbox).toHaveLength(3);
  });

  it('WhatsApp is told that a message came only when it is durable', async () => {
    let save = (): void => undefined;
    const seen = new Promise<void>((resolve) => {
      bot.beforeIntake = () => {
        resolve();
        return new Promise((done) => (save = done));
      };
    });
    const id = await person().writes('nitumie 100');
    await seen;
    // A way to the server and back: a confirmation that was on its way is there now.
    const juma = person({ name: 'Juma' });
    await bot.says({ channel: 'whatsapp', account: '254700000001', chat: juma.lidJid }, 'hello');
    expect(server.receipts).not.toContain(id);
    save();
    await server.receiptOf(id);
    expect(bot.inbox.map(({ messageId }) => messageId)).toEqual([id]);
  });

  it('a line that breaks before the confirmation loses nothing and repeats nothing', async () => {
    const amina = person();
    await bot.receives(await amina.writes('before'));
    server.dropAfterNextDelivery = true;
    const id = await amina.writes('nitumie 100');
    await bot.receives(id);
    const after = await amina.writes('and then');
    await bot.receives(after);
    expect(bot.inbox.filter(({ messageId }) => messageId === id)).toHaveLength(1);
    expect(server.logins).toBeGreaterThan(1);
  });

  it('a store that is away for a while gets the message when it is back', async () => {
    let failures = 3;
    bot.beforeIntake = () => ((failures -= 1) >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve());
    const id = await person().writes('nitumie 100');
    await bot.receives(id);
    await server.receiptOf(id);
    expect(failures).toBe(-1);
    expect(bot.inbox).toHaveLength(1);
  });

  it('a process that dies after the decryption and before the store had the message asks the sender for it again', async () => {
    const amina = person();
    await bot.receives(await amina.writes('before'));
    let die = (): void => undefined;
    const decrypted = new Promise<MemoryAuth>((resolve) => {
      bot.beforeIntake = () => {
        const atDeath = new MemoryAuth();
        for (const [row, value] of auth.rows) atDeath.rows.set(row, value);
        resolve(atDeath);
        return new Promise((_, reject) => (die = () => reject(new Error('killed'))));
      };
    });
    const id = await amina.writes('nitumie 100');
    const atDeath = await decrypted;
    server.hangUp();
    const stopped = bot.channel.stop();
    die();
    await stopped;
    expect(server.receipts).not.toContain(id);
    bot = await new Bot(server, atDeath).start();
    expect((await bot.receives(id)).content).toEqual({ kind: 'text', text: 'nitumie 100' });
    await server.receiptOf(id);
  });

  it('a message that is on its way in when the bot stops is taken in, or comes again', async () => {
    const amina = person();
    const ids = await Promise.all(Array.from({ length: 20 }, (_, at) => amina.writes(`message ${at}`)));
    await bot.channel.stop();
    const before = bot.inbox.map(({ messageId }) => messageId);
    bot = await new Bot(server, auth).start();
    const last = await amina.writes('the last');
    await bot.receives(last);
    const all = [...before, ...bot.inbox.map(({ messageId }) => messageId)];
    expect(new Set(all)).toEqual(new Set([...ids, last]));
  });
});

describe('hostile content', () => {
  const deep = (levels: number): proto.IMessage =>
    levels === 0 ? { conversation: 'deep' } : { ephemeralMessage: { message: deep(levels - 1) } };

  it.each<[string, (from: Person) => unknown]>([
    ['bytes that are no message', (from) => from.sendsRaw('plaintext', {}, Buffer.alloc(64, 0xff))],
    ['no bytes', (from) => from.sendsRaw('plaintext', {}, new Uint8Array())],
    ['an empty message', (from) => from.writes({}, { plaintext: true })],
    ['a seal that nobody made', (from) => from.sendsRaw('enc', { v: '2', type: 'msg' }, Buffer.alloc(64, 3))],
    ['a first seal that nobody made', (from) => from.sendsRaw('enc', { v: '2', type: 'pkmsg' }, Buffer.alloc(64, 3))],
    ['a seal of no kind', (from) => from.sendsRaw('enc', { v: '2', type: 'toString' }, Buffer.alloc(64, 3))],
    ['a hundred wrappings', (from) => from.writes(deep(100))],
    [
      'a contact that is no card',
      (from) => from.writes({ contactMessage: { displayName: '__proto__', vcard: 'TEL:'.repeat(20_000) } }),
    ],
    [
      'a list of a thousand contacts',
      (from) => from.writes({ contactsArrayMessage: { contacts: Array.from({ length: 1000 }, () => ({ vcard: 'x' })) } }),
    ],
    ['an answer to nothing', (from) => from.writes({ buttonsResponseMessage: { selectedButtonId: 'constructor' } })],
    ['control characters', (from) => from.writes('\u0000\u202e\uffff'.repeat(100))],
    ['a huge text', (from) => from.writes('x'.repeat(500_000))],
    ['a time that cannot be', (from) => from.writes('hi', { sentAt: -1e15 })],
  ])('%s: the next person is heard all the same', async (_, send) => {
    await send(person());
    expect((await bot.receives(await person().writes('buy 100'))).content).toEqual({ kind: 'text', text: 'buy 100' });
    await bot.is('open');
  });

  it.each([
    ['of no bytes', Buffer.alloc(0)],
    ['that ends in the middle', Buffer.from([0, 0xf8, 5, 3])],
    ['of noise', Buffer.alloc(300, 0xa5)],
    ['that says it is compressed', Buffer.from([2, 1, 2, 3])],
  ])('a frame %s is left out, and the next one is read', async (_, bytes) => {
    const { logins } = server;
    server.sendGarbage(bytes);
    expect((await bot.receives(await person().writes('buy 100'))).content).toEqual({ kind: 'text', text: 'buy 100' });
    expect(server.logins).toBe(logins);
  });
});
