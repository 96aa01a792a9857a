/** Owns the HTTP side of a running core: webhooks, health, and the pages that channels and the sandbox bring along. */

import type { HttpServer } from '../http/server.ts';
import type { HealthReport, Route } from '../ports/http.ts';
import type { Core } from '../main.ts';
import { programVersion } from '../reference.ts';

export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

/** Throws with a sentence for the operator when the address cannot be used. */
export async function serveHttp(
  core: Core,
  routes: readonly Route[],
  channels: () => HealthReport['channels'] = () => ({}),
): Promise<Serving> {
  const { createHttpServer } = await import('../http/server.ts');
  const { config, log } = core;
  const { topups } = config;
  const server: HttpServer = createHttpServer({
    host: config.http.host,
    port: config.http.port,
    publicUrl: config.publicUrl,
    log,
    routes,
    onWebhook: core.onWebhook ?? (() => Promise.resolve()),
    topupsWebhookSecret: topups.kind === 'off' ? null : topups.webhookSecret,
    health: healthOf(core, channels),
  });
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  process.stderr.write(`Listening on ${listening.value.url}\n`);
  return { url: listening.value.url, close: () => server.close() };
}

function healthOf(core: Core, channels: () => HealthReport['channels']): () => HealthReport {
  const version = programVersion();
  let storeOk = true;
  const look = (): void =>
    void core.store.check().then(
      (checked) => (storeOk = checked.ok),
      () => (storeOk = false),
    );
  return () => {
    look();
    const states = channels();
    const down = Object.values(states).includes('down');
    return {
      status: storeOk ? (down ? 'degraded' : 'ok') : 'failing',
      store: storeOk ? 'ok' : 'failing',
      channels: states,
      version,
    };
  };
}
