/** Owns the order in which a request is looked at: webhook, host name, health, the channels' routes, not found. */

import { Hono } from 'hono';
import { elapsed } from '../lib/clock.ts';
import type { HealthReport, Route } from '../ports/http.ts';
import { withSecurityHeaders } from './headers.ts';
import { isKnownHost } from './hosts.ts';
import { plainAnswer } from './plain-answers.ts';
import { takeWebhook, type WebhookSettings } from './webhooks.ts';

export interface AppSettings extends WebhookSettings {
  readonly host: string;
  readonly publicUrl: string | null;
  readonly routes: readonly Route[];
  readonly health: () => Promise<HealthReport>;
}

export function createApp(settings: AppSettings): Hono {
  const { log, routes, host, publicUrl } = settings;
  const app = new Hono();
  const strangers = new Set<string>();

  app.use(async (context, next) => {
    const start = elapsed();
    await next();
    const secured = withSecurityHeaders(context.res);
    if (secured !== context.res) context.res = secured;
    log.debug({ ...describe(context.req.raw), status: context.res.status, ms: Math.round(elapsed() - start) }, 'http: answered');
  });

  // Before the host's name is looked at: the secret is proof enough, and a lost webhook is an order that nobody can tell the end of.
  app.use(async (context, next) => (await takeWebhook(context.req.raw, context.req.path, settings)) ?? next());

  app.use(async (context, next) => {
    const name = context.req.header('host') ?? new URL(context.req.url).host;
    if (isKnownHost(name, host, publicUrl)) return next();
    if (strangers.size < 20 && !strangers.has(name)) {
      strangers.add(name);
      log.warn({ host: name }, 'http: refused a request for an unknown host name; if it is yours, set PUBLIC_URL');
    }
    return plainAnswer('wrong_host', context.req.raw);
  });

  app.get('/healthz', () => healthAnswer(settings));
  app.all('/healthz', (context) => plainAnswer('wrong_method', context.req.raw, { allow: 'GET' }));

  app.all('*', async (context) => {
    for (const route of routes) {
      const response = await route(context.req.raw);
      if (response !== null) return response;
    }
    return plainAnswer('not_found', context.req.raw);
  });

  app.onError((error, context) => {
    log.error({ error, ...describe(context.req.raw) }, 'http: a request failed');
    return plainAnswer('broken', context.req.raw);
  });
  return app;
}

async function healthAnswer({ health, log }: AppSettings): Promise<Response> {
  let report: HealthReport | null = null;
  try {
    report = await health();
  } catch (error) {
    log.error({ error }, 'http: the health report failed');
  }
  const status = report === null || report.status === 'failing' ? 503 : 200;
  return new Response(JSON.stringify(report ?? { status: 'failing' }), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** What may be logged of a request: paths carry secrets and one-time tokens, so only their first part. */
function describe(request: Request): { method: string; path: string } {
  const [, first = ''] = new URL(request.url).pathname.split('/');
  return { method: request.method, path: `/${first.slice(0, 20)}` };
}
