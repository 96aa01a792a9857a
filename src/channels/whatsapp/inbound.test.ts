/** Who speaks in a WhatsApp message, when, and under which name; and what is left alone. */

import { normalizeMessageContent, type WAMessage, type WAMessageKey } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import { readPerson, toInbound, type InboundContext } from './inbound.ts';

const LID = '123456789012345@lid';
const PHONE = '254722000001@s.whatsapp.net';

const context = (phone: string | null = null): InboundContext => ({
  account: '254700000001',
  unwrap: normalizeMessageContent,
  phoneOfLid: () => Promise.resolve(phone),
});
const message = (key: Partial<WAMessageKey>, more: Partial<WAMessage> = {}): WAMessage => ({
  key: { remoteJid: LID, id: 'M1', fromMe: false, ...key },
  message: { conversation: 'hi' },
  messageTimestamp: 1_790_000_000,
  pushName: 'Amina',
  ...more,
});

describe('who speaks', () => {
  it.each<[string, Partial<WAMessageKey>, string | null, { chat: string; sender: string; phone: string | null }]>([
    ['a LID with its number beside it', { remoteJidAlt: PHONE }, null, { chat: LID, sender: LID, phone: '254722000001' }],
    [
      'a LID whose number was told earlier',
      {},
      '254722000001:0@s.whatsapp.net',
      { chat: LID, sender: LID, phone: '254722000001' },
    ],
    ['a LID without a number', {}, null, { chat: LID, sender: LID, phone: null }],
    [
      'a LID that looks like a Kenyan number',
      { remoteJid: '254722000001@lid' },
      null,
      { chat: '254722000001@lid', sender: '254722000001@lid', phone: null },
    ],
    [
      'a LID beside which another LID stands',
      { remoteJidAlt: '254722000009@lid' },
      null,
      { chat: LID, sender: LID, phone: null },
    ],
    ['a foreign number', { remoteJidAlt: '255754000001@s.whatsapp.net' }, null, { chat: LID, sender: LID, phone: null }],
    [
      'the older way, with the LID beside it',
      { remoteJid: PHONE, remoteJidAlt: LID },
      null,
      { chat: PHONE, sender: LID, phone: '254722000001' },
    ],
    ['the oldest way', { remoteJid: PHONE }, null, { chat: PHONE, sender: PHONE, phone: '254722000001' }],
    ['from a second device', { remoteJid: '123456789012345:7@lid' }, null, { chat: LID, sender: LID, phone: null }],
  ])('%s', async (_, key, mapped, { chat, sender, phone }) => {
    expect(await toInbound(message(key), context(mapped))).toEqual({
      address: { channel: 'whatsapp', account: '254700000001', chat },
      sender,
      messageId: 'M1',
      sentAt: 1_790_000_000_000,
      locale: null,
      senderName: 'Amina',
      ownPhone: phone,
      content: { kind: 'text', text: 'hi' },
    });
  });

  it.each<[string, Partial<WAMessageKey>, Partial<WAMessage>]>([
    ['ourselves', { fromMe: true }, {}],
    ['a group', { remoteJid: '120363000000000000@g.us', participant: LID }, {}],
    ['a status', { remoteJid: 'status@broadcast', participant: LID }, {}],
    ['a broadcast list', { remoteJid: '12345678@broadcast', participant: LID }, {}],
    ['a newsletter', { remoteJid: '120363000000000000@newsletter' }, {}],
    ['Meta AI', { remoteJid: '867051314767696@bot' }, {}],
    ['WhatsApp itself', { remoteJid: '0@s.whatsapp.net' }, {}],
    ['a hosted business', { remoteJid: '123456@hosted' }, {}],
    ['no chat', { remoteJid: null }, {}],
    ['no id', { id: null }, {}],
    ['no content yet, as before a retry', {}, { message: null }],
    ['marked as a broadcast', {}, { broadcast: true }],
  ])('is dropped: %s', async (_, key, more) => {
    expect(await toInbound(message(key, more), context())).toBeNull();
  });
});

describe('when and under which name', () => {
  it.each<[unknown, number | null]>([
    [1_790_000_000, 1_790_000_000_000],
    [{ toString: () => '1790000000', valueOf: () => 1_790_000_000 }, 1_790_000_000_000],
    [Number.NaN, null],
    [0, null],
    [-5, null],
    [1e20, null],
    [undefined, null],
    [null, null],
    ['soon', null],
  ])('sent at %o', async (messageTimestamp, sentAt) => {
    const inbound = await toInbound(message({}, { messageTimestamp } as Partial<WAMessage>), context());
    expect(inbound?.sentAt).toBe(sentAt);
  });

  it.each<[string | null, string | null]>([
    ['  Amina ', 'Amina'],
    ['', null],
    [null, null],
    ['\u202eanimA\u0000\n', 'animA'],
    ['x'.repeat(5000), 'x'.repeat(100)],
  ])('named %j', async (pushName, name) => {
    expect((await toInbound(message({}, { pushName }), context()))?.senderName).toBe(name);
  });
});

describe('a jid', () => {
  it.each(['', '@lid', 'abc@lid', '12@lid', '123456@lid@lid', '123456789@s.whatsapp.net.evil', ' 123456@lid', '123456\n@lid'])(
    'is no person: %j',
    (jid) => {
      expect(readPerson(jid)).toBeNull();
    },
  );
});
