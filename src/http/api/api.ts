/**
 * Owns the HTTP API of the SMS wallet (sms-wallet-api.txt) as a whole: which requests are its own, what every one of them must be, and
 * the description of it all at /openapi.json. The operations stand in wallet-operations.ts, cost-operations.ts and threshold-operations.ts.
 */

import { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '../../lib/clock.ts';
import { readBody } from '../../lib/body.ts';
import type { Log } from '../../lib/log.ts';
import { clientIp, setClientIp, type Route } from '../../ports/http.ts';
import type { ApiKeys } from '../../ports/api-keys.ts';
import type { WalletReads } from '../../ports/wallet.ts';
import type { ThresholdReads } from '../../ports/alert.ts';
import type { ThresholdDesk } from '../../services/threshold-desk.ts';
import type { WalletDesk } from '../../services/wallet-desk.ts';
import { createAccess } from './access.ts';
import { costOperations } from './cost-operations.ts';
import { problem } from './problems.ts';
import { thresholdOperations } from './threshold-operations.ts';
import { walletOperations } from './wallet-operations.ts';

export interface ApiParts {
  readonly desk: WalletDesk;
  readonly thresholds: ThresholdDesk;
  readonly wallets: WalletReads & ThresholdReads;
  readonly keys: Pick<ApiKeys, 'find'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

const MAX_BODY_BYTES = 64 * 1024;

/** Null for whatever is not below /api/ and not the description. */
export function createApi(parts: ApiParts): Route {
  const app = createApp(parts);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/openapi.json' || request.method === 'GET') {
      return pathname === '/openapi.json' || pathname.startsWith('/api/') ? app.fetch(request) : null;
    }
    if (!pathname.startsWith('/api/')) return null;
    // No other method has an operation, or a body that is worth reading.
    if (request.method !== 'POST') return app.fetch(request);
    const type = request.headers.get('content-type') ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return problem('unsupported_media_type', 'Send JSON, with the header Content-Type: application/json.');
    }
    const body = await readBody(request, MAX_BODY_BYTES);
    if (!body.ok) {
      return body.error === 'too_large'
        ? problem('too_large', `At most ${MAX_BODY_BYTES} bytes are read.`)
        : problem('invalid_request', 'The request broke off.');
    }
    const read = new Request(request.url, { method: request.method, headers: request.headers, body: body.value });
    const ip = clientIp(request);
    if (ip !== null) setClientIp(read, ip);
    return app.fetch(read);
  };
}

function createApp({ desk, thresholds, wallets, keys, clock, log, version }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono();
  const access = createAccess(keys, clock);
  walletOperations(app, { desk, wallets, access });
  costOperations(app, { desk, wallets, access });
  thresholdOperations(app, { desk: thresholds, reads: wallets, access });
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'The key that `jaza api-key create` printed.',
  });
  // Made once: it is large, and anybody may ask for it.
  let description: string | null = null;
  app.get('/openapi.json', () => {
    description ??= JSON.stringify(app.getOpenAPI31Document(about(version)));
    return new Response(description, { headers: { 'content-type': 'application/json' } });
  });
  app.all('*', (context) =>
    known(app, context.req.path)
      ? problem('method_not_allowed', 'See /openapi.json for the methods of this address.')
      : problem('not_found', 'See /openapi.json for what there is.'),
  );
  app.onError((error) => {
    log.error({ error }, 'api: a request failed');
    return problem(
      'internal_error',
      'It was written down for the operator. Nothing may have happened: ask before you try again.',
    );
  });
  return app;
}

function about(version: string): Parameters<OpenAPIHono['getOpenAPI31Document']>[0] {
  return {
    openapi: '3.1.0',
    info: {
      title: 'SMS wallet',
      version,
      description: 'Buy SMS, see what is left, be warned in time. Whole SMS; money in KES; times in UTC.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
  };
}

function known(app: OpenAPIHono, path: string): boolean {
  return app.routes.some((route) => route.path === path && route.path !== '*' && route.path !== '/*');
}
