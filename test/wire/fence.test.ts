/** The fence around pages for this machine alone: whatever shows that somebody else stands behind a request, the page is not there. */

import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { localOnly } from '../../src/http/local-only.ts';
import { startHttp, stopHttp } from './http-world.ts';

afterEach(stopHttp);

async function status(headers: string, version = '1.1'): Promise<string> {
  const { port } = await startHttp({ routes: [localOnly(async () => new Response('operator'))] });
  return new Promise((resolve, reject) => {
    const request = `GET /whatsapp HTTP/${version}\r\nHost: localhost\r\n${headers}Connection: close\r\n\r\n`;
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let heard = '';
    socket.on('data', (part) => (heard += part.toString()));
    socket.on('close', () => resolve(heard.split(' ')[1] ?? ''));
    socket.on('error', reject);
  });
}

it('this machine sees the page', async () => {
  expect(await status('Accept: text/html\r\nUser-Agent: browser\r\n')).toBe('200');
});

// Node drops headers after the thousandth without a word, unless it is told not to.
it.each([0, 900, 998, 999, 2000])('behind a proxy with %i headers in front: 404', async (count) => {
  expect(await status(`${'A:\r\n'.repeat(count)}X-Forwarded-For: 41.90.1.1\r\n`)).toBe('404');
});

it.each([
  'X-Forwarded-For: 127.0.0.1',
  'X-Forwarded-For:',
  'X-Forwarded-Host: airtime.example.co.ke',
  'X-Forwarded-Port: 443',
  'X-Forwarded-Server: proxy',
  'X-Forwarded: 1.2.3.4',
  'X-Original-Forwarded-For: 1.2.3.4',
  'X-Scheme: https',
  'Forwarded: for=1.2.3.4',
  'Via: 1.1 proxy',
  'X-Real-IP: 1.2.3.4',
  'X-Client-IP: 1.2.3.4',
  'X-Cluster-Client-Ip: 1.2.3.4',
  'Fly-Client-IP: 1.2.3.4',
  'True-Client-IP: 1.2.3.4',
  'CF-Connecting-IP: 1.2.3.4',
  'CF-Ray: 1',
])('"%s" is a proxy’s: 404', async (header) => {
  expect(await status(`${header}\r\n`)).toBe('404');
});

it('HTTP/1.0, as a proxy speaks it that adds no header: 404', async () => {
  expect(await status('', '1.0')).toBe('404');
});
