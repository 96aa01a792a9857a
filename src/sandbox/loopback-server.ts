/**
 * Owns the server of the sandbox on 127.0.0.1. It answers only to names of this machine, so that a page of the web cannot
 * reach it under a name of its own.
 */

import { createAdaptorServer } from '@hono/node-server';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/** `url` has no slash at its end. Rejects when the port is taken. `close` cuts every connection. */
export async function serveOnLoopback(
  routes: (request: Request) => Promise<Response | null>,
  port: number,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: async (request: Request) => {
      if (!LOOPBACK_HOST.test(request.headers.get('host') ?? ''))
        return new Response('this server is for this machine only\n', { status: 421 });
      return (await routes(request)) ?? new Response('not found\n', { status: 404 });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if (server instanceof Server) server.closeAllConnections();
      }),
  };
}
