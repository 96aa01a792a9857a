/**
 * Owns the one way in which a request that may move money leaves this process: one POST, once. Node's `fetch` sends a POST
 * again by itself after a 421 and follows 307 and 308, so it is not used. The connection is made first and the request is
 * written to it afterwards: "nothing was sent" is then a fact of the order of events, not a reading of error codes.
 */

import { request as httpRequest, validateHeaderName, validateHeaderValue } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface SinglePost {
  /** `http:` or `https:`, absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For everything together: name look-up, connection, request, and the whole answer. */
  readonly timeoutMs: number;
  /** A longer answer is `lost`. Default 256 KiB. */
  readonly maxResponseBytes?: number;
  /** PEM of a private certificate authority, instead of the public ones. */
  readonly ca?: string;
}

export type PostOutcome =
  /** A whole answer came; `contentType` as it stood in the header. A redirect is an answer like any other. */
  | { readonly kind: 'answered'; readonly status: number; readonly contentType: string | null; readonly body: string }
  /** The failure came before the socket was connected (for https: before the handshake was over): no byte of the request left. */
  | { readonly kind: 'not_sent'; readonly why: string }
  /** Anything later: the other side may have acted on it. */
  | { readonly kind: 'lost'; readonly why: string };

export type ProbeOutcome = { readonly reachable: true } | { readonly reachable: false; readonly why: string };

const DEFAULT_MAX_RESPONSE_BYTES = 256 * 1024;

/** At most one request, never repeated, never redirected, on a connection of its own. Never throws, never rejects. */
export function singlePost(post: SinglePost): Promise<PostOutcome> {
  return singleRequest('POST', post);
}

/** The same with a GET, for what has to be fetched before a money call can be made. */
export function singleGet(get: Omit<SinglePost, 'body'>): Promise<PostOutcome> {
  return singleRequest('GET', { ...get, body: '' });
}

function singleRequest(method: 'GET' | 'POST', post: SinglePost): Promise<PostOutcome> {
  return new Promise((resolve) => {
    const target = readTarget(post);
    if (typeof target === 'string') return resolve({ kind: 'not_sent', why: target });

    const connection = openSocket(target, post.ca);
    let connected = false;
    const settle = (outcome: PostOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      connection.destroy();
    };
    const fail = (why: string): void => settle(connected ? { kind: 'lost', why } : { kind: 'not_sent', why });
    const timer = setTimeout(() => fail(`no answer within ${post.timeoutMs} ms`), post.timeoutMs);

    // Stays for the whole life of the socket: an error event that nobody hears would end the process.
    connection.on('error', (error) => fail(describe(error)));
    connection.once('close', () => {
      // Later the answer may still be on its way through the parser, which then tells of the end itself.
      if (!connected) fail('the connection was closed');
    });
    connection.once(connectedEvent(target), () => {
      connected = true;
      try {
        writeRequest(target, method, post, connection, settle);
      } catch (error) {
        fail(error instanceof Error ? describe(error) : 'the request could not be written');
      }
    });
  });
}

/** Opens a connection (for https with its handshake) and closes it. Sends no request. Never rejects. */
export function probe(url: string, timeoutMs: number, ca?: string): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const target = parseTarget(url);
    if (target === null) return resolve({ reachable: false, why: 'the address is not an http(s) URL' });
    const settle = (outcome: ProbeOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      socket.destroy();
    };
    const timer = setTimeout(() => settle({ reachable: false, why: `no connection within ${timeoutMs} ms` }), timeoutMs);
    const socket = openSocket(target, ca);
    socket.on('error', (error) => settle({ reachable: false, why: describe(error) }));
    socket.once('close', () => settle({ reachable: false, why: 'the connection was closed' }));
    socket.once(connectedEvent(target), () => settle({ reachable: true }));
  });
}

function parseTarget(url: string): URL | null {
  if (!URL.canParse(url)) return null;
  const target = new URL(url);
  return target.protocol === 'http:' || target.protocol === 'https:' ? target : null;
}

/** The target, or what is wrong with the request: checked here, because nothing may fail between connecting and sending. */
function readTarget(post: SinglePost): URL | string {
  const target = parseTarget(post.url);
  if (target === null) return 'the address is not an http(s) URL';
  try {
    for (const [name, value] of Object.entries(post.headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
  } catch {
    return 'a header holds characters that cannot be sent';
  }
  return target;
}

function connectedEvent(target: URL): 'connect' | 'secureConnect' {
  return target.protocol === 'https:' ? 'secureConnect' : 'connect';
}

function openSocket(target: URL, ca: string | undefined): Socket {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (target.protocol === 'http:') return connectTcp({ host, port: Number(target.port || 80) });
  return connectTls({
    host,
    port: Number(target.port || 443),
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
}

function writeRequest(
  target: URL,
  method: 'GET' | 'POST',
  post: SinglePost,
  socket: Socket,
  settle: (outcome: PostOutcome) => void,
): void {
  const lost = (why: string): void => settle({ kind: 'lost', why });
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(target, {
    method,
    headers: {
      ...post.headers,
      ...(method === 'POST' ? { 'Content-Length': String(Buffer.byteLength(post.body)) } : {}),
      'Accept-Encoding': 'identity',
      Connection: 'close',
    },
    // Our own connection and no agent: there is no pool that could hand out a stale socket or dial again.
    createConnection: () => socket,
  });
  request.on('error', (error) => lost(describe(error)));
  let answering = false;
  request.on('close', () => {
    // An answer that is ended by closing tells of its end after the request has told of the closing.
    if (!answering) lost('the connection was closed without an answer');
  });
  request.on('response', (response) => {
    answering = true;
    const limit = post.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return lost(`the answer is longer than ${limit} bytes`);
      chunks.push(chunk);
    });
    response.on('error', (error) => lost(describe(error)));
    response.on('close', () => lost('the answer was cut off'));
    response.on('end', () => {
      if (!response.complete) return lost('the answer was cut off');
      settle({
        kind: 'answered',
        status: response.statusCode ?? 0,
        contentType: response.headers['content-type'] ?? null,
        body: Buffer.concat(chunks).toString('utf8'),
      });
    });
  });
  request.end(post.body);
}

/** A connection that was tried on several addresses fails with an AggregateError, whose own message is empty. */
function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return error.message || code || error.name;
}
