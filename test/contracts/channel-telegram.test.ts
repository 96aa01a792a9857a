/** Telegram keeps the contract of channels, by polling and by webhook. */

import { msisdn } from '../../src/domain/msisdn.ts';
import type { Channel } from '../../src/ports/channel.ts';
import { startFakeBotApi, type FakeBotApi } from '../wire/fake-bot-api.ts';
import type { Update } from '../wire/fake-bot-api-updates.ts';
import { pollingBot, webhookBot } from '../wire/telegram-bot.ts';
import { channelContract, type ChannelHarness, type ContractPerson } from './channel.ts';

function personAt(api: FakeBotApi): ContractPerson & { lastUpdate: () => Update | null } {
  const phone = '254722000001';
  const asha = api.person({ id: 4_242, name: 'Asha', languageCode: 'sw', phone, started: false });
  let last: Update | null = null;
  const remember = (update: Update | null): void => {
    last = update;
  };
  return {
    ownPhone: msisdn(phone),
    lastUpdate: () => last,
    writes: (text) => remember(asha.writes(text)),
    hears: () => asha.hears(),
    // The second of two quick taps may come when the button is gone already.
    taps: (label) => remember(asha.tapsGone(label).update),
    visibleLabels: () => asha.keyboard().inline.map(({ label }) => label),
    sharesContact: ({ name, phone: number }) => remember(asha.sharesContact({ name, phone: number })),
    sharesOwnPhone: () => void asha.taps('Share my number'),
    sendsSticker: () => remember(asha.sends('sticker')),
    blocks: () => remember(asha.blocks()),
    unblocks: () => remember(asha.unblocks()),
  };
}

function harnessOf(api: FakeBotApi, channel: Channel, person: ContractPerson, close: () => Promise<void>): ChannelHarness {
  return { channel, person, close, nobody: { channel: 'telegram', account: api.botId, chat: '999999' } };
}

channelContract('telegram by polling', async () => {
  const api = await startFakeBotApi();
  return harnessOf(api, pollingBot(api), personAt(api), () => api.close());
});

channelContract('telegram by webhook', async () => {
  const api = await startFakeBotApi();
  const bot = await webhookBot(api);
  const person = personAt(api);
  const repeatsLast = async (): Promise<void> => {
    await api.drained();
    const update = person.lastUpdate();
    if (update !== null) api.redeliver(update);
  };
  return harnessOf(api, bot.channel, { ...person, repeatsLast }, async () => {
    await api.close();
    await bot.close();
  });
});
