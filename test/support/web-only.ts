/** The settings of an HTTP server that serves one channel's pages on loopback, with neither webhooks nor an API. */

import type { HttpServerSettings } from '../../src/http/server.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Channel } from '../../src/ports/channel.ts';

/** `port` 0: any that is free. */
export function webOnly(channel: Channel, { port = 0, publicUrl = null }: Partial<HttpServerSettings>): HttpServerSettings {
  return {
    host: '127.0.0.1',
    port,
    log: silentLog,
    publicUrl,
    routes: [async (request) => (await channel.routes?.(request)) ?? null],
    onWebhook: async () => {},
    topupsWebhookSecret: null,
    onPaymentCallback: null,
    darajaCallbackSecret: null,
    health: async () => ({
      status: 'ok',
      store: 'ok',
      sales: 'open',
      breakers: { topups: 'closed', daraja: 'closed', tuku: 'closed' },
      channels: { web: channel.health().state },
      version: '0',
    }),
  };
}
