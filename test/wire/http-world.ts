/** An HTTP server on loopback for tests, and clients that may do what fetch does not allow. */

import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { createHttpServer, type HttpServer, type HttpServerSettings } from '../../src/http/server.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { HealthReport } from '../../src/ports/http.ts';

export const SECRET = 'wB3kQ9xT2mN7pL5vR8sYcA';
export const HEALTHY: HealthReport = {
  status: 'ok',
  store: 'ok',
  breakers: { topups: 'closed', daraja: 'closed', tuku: 'closed' },
  sales: 'open',
  channels: { telegram: 'up', web: 'up' },
  version: '0.1.0',
};

const running: HttpServer[] = [];
/** For afterEach. */
export async function stopHttp(): Promise<void> {
  for (const server of running.splice(0)) await server.close();
}

export type Webhook = { raw: string; contentType: string | null };

export async function startHttp(
  settings: Partial<HttpServerSettings> = {},
): Promise<{ url: string; port: number; server: HttpServer; webhooks: Webhook[] }> {
  const webhooks: Webhook[] = [];
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    log: silentLog,
    routes: [],
    onWebhook: async (raw, contentType) => void webhooks.push({ raw, contentType }),
    topupsWebhookSecret: SECRET,
    onPaymentCallback: null,
    darajaCallbackSecret: null,
    health: async () => HEALTHY,
    ...settings,
  });
  const listening = await server.listen();
  if (!listening.ok) throw new Error(listening.error.message);
  running.push(server);
  return { ...listening.value, server, webhooks };
}

/** fetch does not let anyone choose the Host header. */
export function statusFor(port: number, path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    request.end();
  });
}

/** Sends bytes as they are and gives back everything until the server hangs up. */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

export const post = (
  url: string,
  body: ConstructorParameters<typeof Response>[0],
  headers: Record<string, string> = {},
): Promise<Response> => fetch(url, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
