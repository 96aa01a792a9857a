/** A Telegram channel before the fake Bot API, for tests: quick to retry, and in webhook mode behind a real HTTP server. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createTelegram, type TelegramOptions } from '../../src/channels/telegram/telegram.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { FakeBotApi } from './fake-bot-api.ts';

/** As the product waits, but in milliseconds where it takes seconds. */
export const QUICK = { callTimeoutSeconds: 2, firstBackoffMs: 4, longestBackoffMs: 16, webhookCheckMs: 20, conflictMemoryMs: 40 };

export const WEBHOOK_SECRET = 'correct-horse-battery-staple';

export function pollingBot(api: FakeBotApi, options: Partial<TelegramOptions> = {}): Channel {
  return createTelegram({
    token: api.token,
    apiRoot: api.url,
    mode: 'polling',
    commands: [],
    log: silentLog,
    clock: systemClock,
    timing: QUICK,
    ...options,
  });
}

export interface WebhookBot {
  readonly channel: Channel;
  /** Of the server that stands before the bot. */
  readonly url: string;
  close(): Promise<void>;
}

export async function webhookBot(api: FakeBotApi, options: Partial<TelegramOptions> = {}): Promise<WebhookBot> {
  let channel: Channel | null = null;
  const listener = getRequestListener(
    async (request) => (await channel?.routes?.(request)) ?? new Response('not here', { status: 404 }),
  );
  const server: Server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  channel = pollingBot(api, { mode: 'webhook', publicUrl: url, webhookSecret: WEBHOOK_SECRET, ...options });
  return {
    channel,
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
