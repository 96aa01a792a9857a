/**
 * Owns the proof that a POST leaves once or not at all, and that the answer tells which: against sockets on loopback that
 * answer, cut off, stay silent, or fail in the handshake.
 */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { probe, singleGet, singlePost, type SinglePost } from './single-post.ts';

interface Peer {
  readonly port: number;
  readonly connections: () => number;
  /** Everything that was received, over all connections. */
  readonly received: () => string;
}

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
});

/** `act` runs when a whole request has come in, or at once on connection when `onConnect`. */
async function peer(act: (socket: Socket) => void, options: { onConnect?: true; tls?: true } = {}): Promise<Peer> {
  let connections = 0;
  let received = '';
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    if (options.onConnect === true) return act(socket);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      received += chunk.toString();
      if (text.endsWith('{"amount":"100"}')) act(socket);
    });
  };
  const server = options.tls === true ? createTlsServer({ key: KEY, cert: CERTIFICATE }, take) : createServer(take);
  server.on('tlsClientError', () => {});
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({ server, sockets });
  return { port: (server.address() as AddressInfo).port, connections: () => connections, received: () => received };
}

function post(port: number, more: Partial<SinglePost> = {}): SinglePost {
  const headers = { 'Content-Type': 'application/json' };
  return { url: `http://127.0.0.1:${port}/pay?a=1`, headers, body: '{"amount":"100"}', timeoutMs: 5000, ...more };
}

const posts = (text: string): number => text.split('POST ').length - 1;

describe('an answer', () => {
  it('comes back with its status, type and body, after one request with the right length', async () => {
    const shop = await peer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 7\r\n\r\nnjïam!'),
    );
    expect(await singlePost(post(shop.port))).toEqual({ kind: 'answered', status: 200, contentType: 'text/xml', body: 'njïam!' });
    expect(shop.received()).toMatch(/^POST \/pay\?a=1 HTTP\/1\.1\r\n/);
    expect(shop.received().toLowerCase()).toContain('content-length: 16\r\n');
    expect(shop.received().toLowerCase()).toContain('connection: close\r\n');
    expect(posts(shop.received())).toBe(1);
  });

  it.each([
    ['ended by closing the connection', 'HTTP/1.0 200 OK\r\n\r\nfine', 200, 'fine'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nfi\r\n2\r\nne\r\n0\r\n\r\n', 200, 'fine'],
    ['after an early hint', 'HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine', 200, 'fine'],
    ['that asks to go elsewhere', 'HTTP/1.1 307 Go\r\nLocation: /pay\r\nContent-Length: 0\r\n\r\n', 307, ''],
    ['that says the wrong server was asked', 'HTTP/1.1 421 Misdirected\r\nContent-Length: 0\r\n\r\n', 421, ''],
  ])('%s is an answer, and nothing is sent again', async (_name, wire, status, body) => {
    const shop = await peer((socket) => socket.end(wire));
    expect(await singlePost(post(shop.port))).toMatchObject({ kind: 'answered', status, body });
    expect(shop.connections()).toBe(1);
    expect(posts(shop.received())).toBe(1);
  });
});

describe('lost: the request left and no whole answer came', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closed without an answer', (socket) => socket.end()],
    ['reset without an answer', (socket) => socket.resetAndDestroy()],
    ['closed within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
    ['closed within the body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"sta')],
    [
      'reset within a chunked body',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sta', () => socket.resetAndDestroy()),
    ],
    ['no HTTP at all', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['another protocol', (socket) => socket.write('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')],
  ])('%s', async (_name, act) => {
    const shop = await peer(act);
    expect(await singlePost(post(shop.port))).toMatchObject({ kind: 'lost', why: expect.stringMatching(/./) as string });
    expect(posts(shop.received())).toBe(1);
  });

  it('silence ends with the time-out', async () => {
    const shop = await peer(() => {});
    expect(await singlePost(post(shop.port, { timeoutMs: 60 }))).toEqual({ kind: 'lost', why: 'no answer within 60 ms' });
    expect(posts(shop.received())).toBe(1);
  });

  it('an answer that is dripped does not outlive the time-out', async () => {
    const shop = await peer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      const drip = (): void => {
        if (!socket.destroyed) socket.write('x', () => setImmediate(drip));
      };
      drip();
    });
    expect(await singlePost(post(shop.port, { timeoutMs: 60 }))).toMatchObject({ kind: 'lost' });
  });

  it('an answer over the limit is not read to its end', async () => {
    const shop = await peer((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${'x'.repeat(4000)}`));
    expect(await singlePost(post(shop.port, { maxResponseBytes: 1000 }))).toEqual({
      kind: 'lost',
      why: 'the answer is longer than 1000 bytes',
    });
  });
});

describe('not sent: no byte of the request left', () => {
  it('nobody listens', async () => {
    const shop = await peer(() => {});
    const last = open.pop();
    last?.server.close();
    if (last !== undefined) await once(last.server, 'close');
    expect(await singlePost(post(shop.port))).toMatchObject({
      kind: 'not_sent',
      why: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it.each([
    ['an address that is none', { url: 'nowhere' }],
    ['another scheme', { url: 'ftp://127.0.0.1/' }],
    ['a header that would start a second line', { headers: { Authorization: 'Bearer a\r\nX-Evil: 1' } }],
  ])('%s', async (_name, more) => {
    const shop = await peer(() => {});
    expect(await singlePost(post(shop.port, more))).toMatchObject({ kind: 'not_sent' });
    expect(shop.connections()).toBe(0);
  });

  it('https: the connection ends within the handshake', async () => {
    const shop = await peer((socket) => socket.destroy(), { onConnect: true });
    expect(await singlePost(post(shop.port, { url: `https://127.0.0.1:${shop.port}/` }))).toMatchObject({ kind: 'not_sent' });
    expect(shop.connections()).toBe(1);
  });

  it('https: the handshake never ends', async () => {
    const shop = await peer(() => {}, { onConnect: true });
    const url = `https://127.0.0.1:${shop.port}/`;
    expect(await singlePost(post(shop.port, { url, timeoutMs: 60 }))).toEqual({
      kind: 'not_sent',
      why: 'no answer within 60 ms',
    });
  });

  it('https: the certificate is nobody’s that we trust', async () => {
    const shop = await peer(() => {}, { tls: true });
    expect(await singlePost(post(shop.port, { url: `https://127.0.0.1:${shop.port}/` }))).toMatchObject({ kind: 'not_sent' });
    expect(shop.received()).toBe('');
  });
});

describe('https', () => {
  it('answers over a connection whose certificate is trusted', async () => {
    const shop = await peer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine'), { tls: true });
    const url = `https://localhost:${shop.port}/`;
    expect(await singlePost(post(shop.port, { url, ca: CERTIFICATE }))).toMatchObject({ kind: 'answered', body: 'fine' });
    expect(posts(shop.received())).toBe(1);
  });

  it('is lost when it breaks after the request', async () => {
    const shop = await peer((socket) => socket.destroy(), { tls: true });
    const url = `https://localhost:${shop.port}/`;
    expect(await singlePost(post(shop.port, { url, ca: CERTIFICATE }))).toMatchObject({ kind: 'lost' });
  });
});

describe('a GET', () => {
  it('is one request without a body, and a redirect is an answer', async () => {
    let text = '';
    const { port, connections } = await peer(
      (socket) =>
        socket.on('data', (chunk) => {
          text += chunk.toString();
          if (text.endsWith('\r\n\r\n')) socket.end('HTTP/1.1 307 No\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nno');
        }),
      { onConnect: true },
    );
    const outcome = await singleGet({ url: `http://127.0.0.1:${port}/token?a=1`, headers: { Accept: 'a/b' }, timeoutMs: 5000 });
    expect(outcome).toEqual({ kind: 'answered', status: 307, contentType: null, body: 'no' });
    expect(text).toMatch(/^GET \/token\?a=1 HTTP\/1\.1\r\n/);
    expect(text).not.toMatch(/content-length|transfer-encoding/i);
    expect(connections()).toBe(1);
  });
});

describe('probe', () => {
  it('connects and says nothing', async () => {
    const shop = await peer(() => {});
    expect(await probe(`http://127.0.0.1:${shop.port}/`, 5000)).toEqual({ reachable: true });
    expect(shop.received()).toBe('');
  });

  it('does the handshake, and no more', async () => {
    const shop = await peer(() => {}, { tls: true });
    expect(await probe(`https://localhost:${shop.port}/`, 5000, CERTIFICATE)).toEqual({ reachable: true });
    expect(await probe(`https://localhost:${shop.port}/`, 5000)).toMatchObject({ reachable: false });
    expect(shop.received()).toBe('');
  });

  it.each([
    ['nowhere', 'the address is not an http(s) URL'],
    ['http://127.0.0.1:1/', 'ECONNREFUSED'],
  ])('%s: %s', async (url, why) => {
    expect(await probe(url, 5000)).toMatchObject({ reachable: false, why: expect.stringContaining(why) as string });
  });

  it('gives up', async () => {
    const shop = await peer(() => {}, { onConnect: true });
    expect(await probe(`https://127.0.0.1:${shop.port}/`, 50)).toEqual({ reachable: false, why: 'no connection within 50 ms' });
  });
});

/** For `localhost` on this test only; it guards nothing. Valid from 2020 to 2120. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbJQDRenCfg52aD6E
B9BeX14xvoHV2OMYtcOPS+F3eeShRANCAAQGbwY/Vkzc2N8alpeef03mJvVYrJ4h
8QgQUzV5kCyJu55AnY3G5rwkmYZeoNvzGQ5hBVuZ4X0+K1mMuFYFASQt
-----END PRIVATE KEY-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBaDCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAZvBj9WTNzY3xqW
l55/TeYm9VisniHxCBBTNXmQLIm7nkCdjcbmvCSZhl6g2/MZDmEFW5nhfT4rWYy4
VgUBJC2jTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBRHiQ2+YhJ59VqrUlPrQ2hBzSZg2TAKBggqhkjOPQQD
AgNJADBGAiEA3fyKY4TJQty27EvRlvvxYz1MXdjEcvwa5mzhArb/eWMCIQCd13d4
yinr5UIuGUyaAbZRtm3ZaybrvJZv3HAMbx+ZBQ==
-----END CERTIFICATE-----`;
