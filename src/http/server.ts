/**
 * The HTTP server: listens, hands requests to app.ts, and stops without cutting off what is being answered. Imported only
 * when HTTP is used; importing it does nothing.
 */

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { sleep } from '../lib/clock.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { setClientIp, setOldHttp } from '../ports/http.ts';
import { createApp, type AppSettings } from './app.ts';
import { withSecurityHeaders } from './headers.ts';
import { personsAddress } from './hosts.ts';
import { plainAnswer } from './plain-answers.ts';

export interface HttpServerSettings extends AppSettings {
  /** 0: any free port. */
  readonly port: number;
  /** How long `close` waits for answers under way (default 5000); event streams end at once. */
  readonly closeGraceMs?: number;
  /** How long a client may take to send a whole request (default 30000); for the headers alone a third. */
  readonly requestTimeoutMs?: number;
}

export interface ListenFailure {
  readonly kind: 'port_busy' | 'not_allowed' | 'no_such_address' | 'other';
  /** A sentence for the operator, with what to do. */
  readonly message: string;
}

export interface HttpServer {
  /** `url` ends without a slash. */
  listen(): Promise<Result<{ readonly url: string; readonly port: number }, ListenFailure>>;
  close(): Promise<void>;
  fetch(request: Request): Promise<Response>;
}

export function createHttpServer(settings: HttpServerSettings): HttpServer {
  const app = createApp(settings);
  const requestTimeoutMs = settings.requestTimeoutMs ?? 30_000;
  const open = new Set<ServerResponse>();
  const eventStreams = new WeakSet<ServerResponse>();
  /** Browsers connect ahead of time; Node does not count such a connection as idle. */
  const silent = new Set<Socket>();
  const listener = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings;
      const ip = personsAddress(incoming.socket.remoteAddress, request.headers.get('x-forwarded-for'), settings.publicUrl);
      if (ip !== null) setClientIp(request, ip);
      if (incoming.httpVersionMajor === 1 && incoming.httpVersionMinor === 0) setOldHttp(request);
      const response = await app.fetch(request, env);
      if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) eventStreams.add(outgoing);
      return response;
    },
    {
      // The product's own fetch calls must not meet the adapter's lightweight Request and Response.
      overrideGlobalObjects: false,
      errorHandler: (error) => {
        settings.log.debug({ error }, 'http: a request could not be read');
        return withSecurityHeaders(plainAnswer('malformed', new Request('http://localhost/')));
      },
    },
  );
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.ceil(requestTimeoutMs / 3),
      connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 6),
    },
    (incoming, outgoing) => {
      silent.delete(incoming.socket);
      open.add(outgoing);
      outgoing.once('close', () => open.delete(outgoing));
      void listener(incoming, outgoing);
    },
  );

  // Node drops what stands after the thousandth header without a word, and with it what a proxy says; 16 kB of them are the limit.
  server.maxHeadersCount = 0;
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });

  return {
    listen: () => listen(server, settings),
    close: async () => {
      for (const socket of silent) socket.destroy();
      await close(server, open, (outgoing) => eventStreams.has(outgoing), settings.closeGraceMs ?? 5_000);
    },
    fetch: async (request) => app.fetch(request),
  };
}

function listen(
  server: Server,
  { host, port }: HttpServerSettings,
): Promise<Result<{ readonly url: string; readonly port: number }, ListenFailure>> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(err(explain(error, host, port)));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      const { port: given } = server.address() as AddressInfo;
      resolve(ok({ url: `http://${urlHost(host)}:${given}`, port: given }));
    });
  });
}

/** The name to put into a browser: an address that means "all of them" cannot be visited. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenFailure {
  const where = `${urlHost(host)}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return {
        kind: 'port_busy',
        message: `${where} is already in use. Stop the other program (perhaps another Jaza), or set HTTP_PORT to another number; 0 takes any free port.`,
      };
    case 'EACCES':
      return { kind: 'not_allowed', message: `Not allowed to listen on ${where}. Set HTTP_PORT to a number over 1023.` };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        kind: 'no_such_address',
        message: `This machine has no address ${host}. Set HTTP_HOST to 127.0.0.1, or to 0.0.0.0 for all addresses.`,
      };
    default:
      return { kind: 'other', message: `Could not listen on ${where}: ${error.code ?? error.message}.` };
  }
}

/** Takes no new connections, ends event streams at once, lets the other answers finish within the grace time. */
async function close(
  server: Server,
  open: ReadonlySet<ServerResponse>,
  isEventStream: (outgoing: ServerResponse) => boolean,
  graceMs: number,
): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const outgoing of open) {
    // Without this a connection that a browser keeps for its next request would hold the server for seconds.
    const hangUp = (): void => outgoing.req.socket.destroySoon();
    if (outgoing.writableFinished) hangUp();
    else if (isEventStream(outgoing) && !outgoing.writableEnded) outgoing.destroy();
    else outgoing.once('finish', hangUp);
  }
  server.closeIdleConnections();
  const stopWaiting = new AbortController();
  await Promise.race([closed, sleep(graceMs, stopWaiting.signal)]);
  stopWaiting.abort();
  server.closeAllConnections();
  await closed;
}
