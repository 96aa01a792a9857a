/**
 * WhatsApp keeps the contract of channels. The phone is linked once, and each test is a restart of the bot. Not played: a
 * repeated delivery (the adapter drops it itself), a block (WhatsApp does not tell), a chat with nobody (answered like a
 * device list that could not be had: to be tried again).
 */

import { afterAll, beforeAll } from 'vitest';
import { FakeWhatsApp } from '../wire/fake-whatsapp.ts';
import { Bot, linkedBot } from '../wire/whatsapp-harness.ts';
import { MemoryAuth } from '../wire/whatsapp-memory.ts';
import { channelContract } from './channel.ts';

let server: FakeWhatsApp;
let people = 0;
const auth = new MemoryAuth();

beforeAll(async () => {
  server = await FakeWhatsApp.listen();
  await (await linkedBot(server, auth)).channel.stop();
});
afterAll(() => server.close());

channelContract('whatsapp', () => {
  people += 1;
  // Without a number that the network tells: it would come with every message, and the contract is about numbers in contacts.
  const asha = server.person({ lid: String(100_000_000_000_000 + people), phone: null, name: 'Asha' });
  return Promise.resolve({
    channel: new Bot(server, auth).channel,
    person: {
      writes: async (text) => void (await asha.writes(text)),
      hears: async () => ({ text: await asha.hears(), labels: [] }),
      sharesContact: async ({ name, phone }) => void (await asha.sharesContact(name, phone)),
      sendsSticker: async () => void (await asha.sends('sticker')),
    },
    close: () => Promise.resolve(),
  });
});
