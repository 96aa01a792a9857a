/** Owns the HTTP side of a running core: webhooks, health, and the pages that channels and the sandbox bring along. */

import { ofEachUpstream, UPSTREAMS, type Breaker } from '../domain/breaker.ts';
import type { HttpServer } from '../http/server.ts';
import type { Log } from '../lib/log.ts';
import type { HealthReport, Route } from '../ports/http.ts';
import { STOP_PATH } from '../ports/notifier.ts';
import type { Core } from '../main.ts';
import { programVersion } from '../reference.ts';
import { SALES_STOPPED } from '../store/sqlite/settings.ts';

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
  const { topups, daraja } = config;
  const server: HttpServer = createHttpServer({
    host: config.http.host,
    port: config.http.port,
    publicUrl: config.publicUrl,
    log,
    routes: [...routes, apiRoute(core), stopRoute(core)],
    onWebhook: core.onWebhook ?? (() => Promise.resolve()),
    topupsWebhookSecret: topups.kind === 'off' ? null : topups.webhookSecret,
    onPaymentCallback: core.onPaymentCallback,
    darajaCallbackSecret: daraja.kind === 'off' ? null : daraja.callbackSecret,
    health: healthOf(core, channels),
  });
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  process.stderr.write(`Listening on ${listening.value.url}\n`);
  return { url: listening.value.url, close: () => server.close() };
}

/** The API of the SMS wallet, for other programs; loaded with the first request to it. */
function apiRoute({ config, store, runner, clock, log, walletServer }: Core): Route {
  let api: Promise<Route> | null = null;
  const open = async (): Promise<Route> => {
    const [{ createApi }, { walletDesk }, { thresholdDesk }, { lookingElsewhere }] = await Promise.all([
      import('../http/api/api.ts'),
      import('../services/wallet-desk.ts'),
      import('../services/threshold-desk.ts'),
      import('../services/look-elsewhere.ts'),
    ]);
    const wallets = walletServer === null ? store.wallets : lookingElsewhere(store.wallets, walletServer, runner, clock);
    const desk = walletDesk(wallets, runner, clock, walletServer?.name ?? 'own');
    const thresholds = thresholdDesk(wallets, runner, clock, config.supportContact);
    return createApi({ desk, thresholds, wallets, keys: store.apiKeys, clock, log, version: programVersion() });
  };
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== '/openapi.json' && !pathname.startsWith('/api/')) return null;
    api ??= open();
    return (await api)(request);
  };
}

/** Where readers of alerts by e-mail end them; loaded with the first who does. Open without PUBLIC_URL too: older e-mails have links. */
function stopRoute({ config, runner, clock, stopLinks: links }: Core): Route {
  let page: Promise<Route> | null = null;
  const open = async (): Promise<Route> => {
    const [{ createStopPage }, { stopMailsBy }] = await Promise.all([
      import('../http/stop-page.ts'),
      import('../services/mail-stop.ts'),
    ]);
    return createStopPage({ links, stop: stopMailsBy(runner, clock), businessName: config.businessName, clock });
  };
  return async (request) => {
    if (!new URL(request.url).pathname.startsWith(STOP_PATH)) return null;
    page ??= open();
    return (await page)(request);
  };
}

interface Watched {
  readonly store: Pick<Core['store'], 'breaker' | 'nextDueAt' | 'putSetting' | 'setting'>;
  readonly runner: Pick<Core['runner'], 'canWrite'>;
  readonly log: Log;
}

/**
 * Cheap enough to be asked by anybody: a few looks into the database, and a word written to it only while it refused to be written.
 * Whoever asks during a look is told what it finds. What reads the whole file is not for here.
 */
export function healthOf({ store, runner, log }: Watched, channels: () => HealthReport['channels']): () => Promise<HealthReport> {
  const version = programVersion();
  let readable = true;
  const breakers = ofEachUpstream((): Breaker['kind'] => 'closed');
  let stopped = false;
  let wroteSince = false;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    try {
      await store.nextDueAt();
      for (const upstream of UPSTREAMS) breakers[upstream] = (await store.breaker(upstream)).kind;
      stopped = ((await store.setting(SALES_STOPPED)) ?? '') !== '';
      readable = true;
      wroteSince = false;
      if (runner.canWrite()) return;
      await store.putSetting('health_probe', '');
      wroteSince = true;
    } catch (error) {
      readable = false;
      log.warn({ error }, 'health: the database does not answer');
    }
  };
  return async () => {
    looking ??= look().finally(() => (looking = null));
    await looking;
    const states = channels();
    const storeOk = readable && (runner.canWrite() || wroteSince);
    const down = Object.values(states).includes('down') || Object.values(breakers).some((kind) => kind !== 'closed');
    return {
      status: storeOk ? (down ? 'degraded' : 'ok') : 'failing',
      store: storeOk ? 'ok' : 'failing',
      breakers: { ...breakers },
      sales: stopped ? 'stopped' : 'open',
      channels: states,
      version,
    };
  };
}
