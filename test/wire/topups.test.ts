/**
 * Owns the proof on the wire that one purchase is one POST, whatever the upstream does to it, and that every such thing gets
 * the right kind of answer: raw sockets on loopback that redirect, misdirect, cut off, drip or stay silent.
 */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../../src/lib/clock.ts';
import { createTopups } from '../../src/providers/topups/client.ts';
import type { AirtimeProvider, PurchaseReport } from '../../src/ports/airtime-provider.ts';
import { FAIL_JSON, SAMPLE_PURCHASE, SUCCESS_JSON, SUCCESS_XML } from './topups-samples.ts';

interface Upstream {
  readonly url: string;
  readonly received: string[];
}

const running: { server: Server; sockets: Socket[] }[] = [];

afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
});

/** `act` gets the socket when a request's headers and body are in; `received` holds one text per connection. */
async function upstream(act: (socket: Socket) => void): Promise<Upstream> {
  const received: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const index = received.push('') - 1;
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received[index] += chunk.toString();
      const [head, body] = (received[index] ?? '').split('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(head ?? '')?.[1];
      if (body !== undefined && Buffer.byteLength(body) >= Number(length)) act(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push({ server, sockets });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const topups = (baseUrl: string, format: 'json' | 'xml' = 'json', timeoutMs = 5000): AirtimeProvider =>
  createTopups({ baseUrl, token: 'a12f4f9a99be83f1e631e379834864e7', format, timeoutMs });

const posts = (received: readonly string[]): number => received.join('').split('POST ').length - 1;

const http = (status: number, body: string, headers = 'Content-Type: text/plain\r\n'): string =>
  `HTTP/1.1 ${status} Whatever\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('the request', () => {
  it('is the specification’s, in JSON', async () => {
    const { url, received } = await upstream((socket) => socket.end(http(200, SUCCESS_JSON)));
    const report = await topups(url).buy(SAMPLE_PURCHASE);
    expect(report).toEqual({ answer: { kind: 'accepted', upstreamReference: 'G3DEFJKRWU' }, raw: SUCCESS_JSON });
    expect(received[0]).toMatch(/^POST \/api\/buy_airtime HTTP\/1\.1\r\n/);
    expect(received[0]).toContain('Authorization: Bearer a12f4f9a99be83f1e631e379834864e7\r\n');
    expect(received[0]).toContain('Accept: application/json\r\n');
    expect(received[0]).toContain('Content-Type: application/json\r\n');
    expect(received[0]).toContain('"payment_mobile":"254722002000"');
  });

  it('is XML where XML is wanted, and a base address may end in slashes', async () => {
    const { url, received } = await upstream((socket) => socket.end(http(200, SUCCESS_XML.replace('>10<', '>100<'))));
    const report = await topups(`${url}//`, 'xml').buy({ ...SAMPLE_PURCHASE, recipientName: 'Jané & Söhne' });
    expect(report.answer).toMatchObject({ kind: 'accepted' });
    expect(received[0]).toMatch(/^POST \/api\/buy_airtime HTTP/);
    expect(received[0]).toContain('Accept: text/xml\r\n');
    expect(received[0]).toContain('Content-Type: text/xml\r\n');
    expect(received[0]).toContain('<name>Jané &amp; Söhne</name>');
  });

  it.each(['text/html', 'text/xml', ''])('takes an answer for what it is, though it calls itself "%s"', async (type) => {
    const { url } = await upstream((socket) =>
      socket.end(http(200, SUCCESS_JSON, type === '' ? '' : `Content-Type: ${type}\r\n`)),
    );
    expect((await topups(url, 'xml').buy(SAMPLE_PURCHASE)).answer).toMatchObject({ kind: 'accepted' });
  });
});

describe.each(['json', 'xml'] as const)('one POST and no more, in %s', (format) => {
  it.each<[string, string, PurchaseReport['answer']['kind']]>([
    ['200, garbage', http(200, '\u0000\u0001<<<%%%'), 'unknown'],
    ['200, nothing', http(200, ''), 'unknown'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'unknown'],
    ['301', http(301, '', 'Location: /elsewhere\r\n'), 'unknown'],
    ['307', http(307, '', 'Location: /api/buy_airtime\r\n'), 'unknown'],
    ['308 with an acceptance', http(308, SUCCESS_JSON, 'Location: /api/buy_airtime\r\n'), 'unknown'],
    ['401 with a page', http(401, '<h1>Unauthorized</h1>', 'WWW-Authenticate: Basic\r\n'), 'unknown'],
    ['401 with code 4000', http(401, FAIL_JSON.replace('3000', '4000')), 'refused'],
    ['408', http(408, ''), 'unknown'],
    ['421', http(421, 'Misdirected Request'), 'unknown'],
    ['429', http(429, 'Slow down', 'Retry-After: 0\r\n'), 'unknown'],
    ['422 with code 3000', http(422, FAIL_JSON), 'refused'],
    ['500 with a refusal', http(500, FAIL_JSON), 'unknown'],
    ['503 with Retry-After', http(503, '', 'Retry-After: 0\r\n'), 'unknown'],
    ['503 with an acceptance', http(503, SUCCESS_JSON), 'unknown'],
    ['a body cut off', http(200, SUCCESS_JSON).slice(0, -200), 'unknown'],
    ['headers cut off', 'HTTP/1.1 200 OK\r\nContent-Type: appl', 'unknown'],
    ['a body cut off where its length is not told', `HTTP/1.0 200 OK\r\n\r\n${SUCCESS_JSON.slice(0, -3)}`, 'unknown'],
    ['closed without an answer', '', 'unknown'],
  ])('%s', async (_name, wire, kind) => {
    const { url, received } = await upstream((socket) => socket.end(wire));
    const { answer } = await topups(url, format).buy(SAMPLE_PURCHASE);
    expect(answer).toMatchObject({ kind });
    expect(posts(received)).toBe(1);
    expect(received).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reset before the headers', (socket) => socket.resetAndDestroy()],
    [
      'reset after the headers',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n', () => socket.resetAndDestroy()),
    ],
    ['far too long', (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n${' '.repeat(600_000)}`)],
  ])('%s', async (_name, act) => {
    const { url, received } = await upstream(act);
    expect(await topups(url, format).buy(SAMPLE_PURCHASE)).toMatchObject({ answer: { kind: 'unknown' }, raw: null });
    expect(posts(received)).toBe(1);
  });

  it('never answered', async () => {
    const { url, received } = await upstream(() => {});
    expect((await topups(url, format, 80).buy(SAMPLE_PURCHASE)).answer).toEqual({
      kind: 'unknown',
      why: 'no answer within 80 ms',
    });
    expect(posts(received)).toBe(1);
  });

  it('dripped byte by byte', async () => {
    const drip = async (socket: Socket): Promise<void> => {
      for (const byte of http(200, SUCCESS_JSON)) {
        if (socket.destroyed) return;
        socket.write(byte);
        await sleep(2);
      }
    };
    const { url, received } = await upstream((socket) => void drip(socket));
    expect((await topups(url, format, 80).buy(SAMPLE_PURCHASE)).answer).toEqual({
      kind: 'unknown',
      why: 'no answer within 80 ms',
    });
    expect(posts(received)).toBe(1);
  });
});

describe('nothing sent', () => {
  it('a closed port', async () => {
    const { url, received } = await upstream(() => {});
    const last = running.pop();
    last?.server.close();
    if (last !== undefined) await once(last.server, 'close');
    expect((await topups(url).buy(SAMPLE_PURCHASE)).answer).toMatchObject({ kind: 'not_sent' });
    expect(posts(received)).toBe(0);
    expect(await topups(url).probe()).toMatchObject({ reachable: false });
  });

  it('a handshake that fails', async () => {
    const { url, received } = await upstream((socket) => socket.destroy());
    const answer = (await topups(url.replace('http:', 'https:'), 'json', 80).buy(SAMPLE_PURCHASE)).answer;
    expect(answer).toMatchObject({ kind: 'not_sent' });
    expect(posts(received)).toBe(0);
  });

  it('a probe', async () => {
    const { url, received } = await upstream(() => {});
    expect(await topups(url).probe()).toEqual({ reachable: true });
    expect(posts(received)).toBe(0);
  });
});

describe('at the same time', () => {
  it('many purchases are as many POSTs, each on a connection of its own', async () => {
    const { url, received } = await upstream((socket) => socket.end(http(200, FAIL_JSON)));
    const provider = topups(url);
    const reports = await Promise.all(Array.from({ length: 20 }, () => provider.buy(SAMPLE_PURCHASE)));
    expect(reports.every(({ answer }) => answer.kind === 'refused')).toBe(true);
    expect(posts(received)).toBe(20);
    expect(received).toHaveLength(20);
  });
});
