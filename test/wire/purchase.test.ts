/**
 * The same purchase over every wire: the whole core with its real adapters against a fake Bot API (polling and webhook) and a fake
 * WhatsApp server, the real airtime client over HTTP against the sandbox, in English and in Swahili.
 */

import { afterEach, expect, it } from 'vitest';
import { telegramChannel, whatsappChannel } from '../../src/cli/channels.ts';
import { serveHttp, type Serving } from '../../src/cli/serve.ts';
import { parseConfig, type Config } from '../../src/config.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openCore, type Core } from '../../src/main.ts';
import type { Prompt } from '../../src/sandbox/prompts.ts';
import { freePort } from '../support/free-port.ts';
import { startFakeBotApi } from './fake-bot-api.ts';
import { FakeWhatsApp } from './fake-whatsapp.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function open(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly core: Core; readonly config: Config; readonly prompts: Prompt[] }> {
  const config = parseConfig({ DATABASE_URL: 'sqlite::memory:', SANDBOX: 'on', HTTP_PORT: '0', ...env });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const opened = await openCore({
    config: config.value,
    log: silentLog,
    listens: true,
    everyChannel: true,
    clock: () => systemClock,
  });
  if (!opened.ok) throw new Error(opened.error);
  cleanUp.push(() => opened.value.close());
  const prompts: Prompt[] = [];
  opened.value.sandbox?.onPrompt((prompt) => prompts.push(prompt));
  return { core: opened.value, config: config.value, prompts };
}

const WORDS = {
  en: {
    order: 'buy 100 for 0733000000',
    check: 'Please check',
    own: '0722 000 001',
    yes: /^Yes/,
    approve: 'Order JZ',
    done: 'Airtime sent',
  },
  sw: { order: 'nunulia 0733000000 ya 100', check: 'Tafadhali', own: '0722 000 001', yes: /^Ndi/, approve: 'JZ', done: '✅' },
} as const;

it.each([
  ['polling', 'en'],
  ['polling', 'sw'],
  ['webhook', 'en'],
] as const)('over Telegram by %s in %s: own number shared, confirmed by button, approved, delivered', async (mode, language) => {
  const api = await startFakeBotApi();
  cleanUp.push(() => api.close());
  const port = await freePort();
  const { core, config, prompts } = await open({
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.url,
    TELEGRAM_MODE: mode,
    HTTP_PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  });
  if (config.telegram === null) throw new Error('Telegram is off');
  const channel = await telegramChannel(core, config.telegram);
  const serving: Serving = await serveHttp(core, [(request) => channel.routes?.(request) ?? Promise.resolve(null)]);
  cleanUp.push(() => serving.close());
  await core.open(channel);
  core.driver.wake();

  const words = WORDS[language];
  const amina = api.person({ id: 7, name: 'Amina', languageCode: language, phone: '254722000001' });
  amina.writes(words.order);
  await amina.hears();
  amina.sharesOwnContact();
  const asked = await amina.hears(words.check);
  expect(asked.text).toContain('0733 000 000');
  expect(asked.text).toContain(words.own);
  const yes = asked.buttons.find(({ label }) => words.yes.test(label));
  amina.taps(yes?.data ?? '');
  amina.forgesTap(yes?.data ?? '');
  await amina.hears(words.approve);
  await api.until(() => prompts.length === 1);
  expect(prompts[0]).toMatchObject({
    phone: '254722000001',
    amountKes: 100,
    recipient: '254733000000',
    paymentNetwork: 'M-Pesa',
  });
  await core.sandbox?.answer(msisdn('254722000001'), 'approve');
  await amina.hears(words.done);
  await core.driver.drain();
  expect(prompts).toHaveLength(1);
});

it.each(['en', 'sw'] as const)(
  'over WhatsApp in %s: number from the network, numbered menus, approved, delivered',
  async (language) => {
    const server = await FakeWhatsApp.listen();
    cleanUp.push(() => server.close());
    const { core, config, prompts } = await open({ WHATSAPP: 'on', WHATSAPP_WEB_SOCKET_URL: server.url });
    if (config.whatsapp === null) throw new Error('WhatsApp is off');
    let scanned = false;
    const channel = await whatsappChannel(core, config.whatsapp, (state) => {
      if (state.qr === null || scanned) return;
      scanned = true;
      void server.scan(state.qr);
    });
    await core.open(channel);
    core.driver.wake();
    await server.login();

    const words = WORDS[language];
    const amina = server.person({ lid: '200000000000001', phone: '254722000001', name: 'Amina' });
    await amina.writes(words.order);
    const asked = await amina.hears((text) => text.includes(words.check));
    expect(asked).toContain('0733 000 000');
    expect(asked).toContain(words.own);
    expect(asked).toMatch(/^1\. /m);
    // The network tells whole seconds, and nobody reads and answers within one.
    await amina.writes('1', { sentAt: systemClock.now() + 2_000 });
    await amina.hears((text) => text.includes(words.approve));
    await amina.hears((text) => text.includes('M-Pesa'));
    expect(prompts).toMatchObject([{ phone: '254722000001', amountKes: 100, recipient: '254733000000' }]);
    await core.sandbox?.answer(msisdn('254722000001'), 'approve');
    await amina.hears((text) => text.includes(words.done));
    await core.driver.drain();
    expect(prompts).toHaveLength(1);
  },
);
