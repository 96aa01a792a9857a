/** Whose word is taken for where a person comes from. Names are shown over real sockets in test/wire/http.test.ts. */

import { describe, expect, test } from 'vitest';
import { isLoopback, personsAddress } from './hosts.ts';

const PUBLIC = 'https://jaza.example';

describe('the address of the person', () => {
  const cases: [socket: string | undefined, forwarded: string | null, publicUrl: string | null, address: string | null][] = [
    ['41.90.1.2', null, null, '41.90.1.2'],
    ['::ffff:41.90.1.2', null, null, '41.90.1.2'],
    ['41.90.1.2', '1.1.1.1', PUBLIC, '41.90.1.2'],
    ['127.0.0.1', '1.1.1.1, 41.90.1.2', null, '41.90.1.2'],
    ['::1', '2c0f:fe38::1', null, '2c0f:fe38::1'],
    ['::ffff:127.0.0.1', '41.90.1.2', null, '41.90.1.2'],
    ['172.18.0.5', '41.90.1.2', PUBLIC, '41.90.1.2'],
    ['172.18.0.5', '41.90.1.2', null, '172.18.0.5'],
    ['172.32.0.5', '41.90.1.2', PUBLIC, '172.32.0.5'],
    ['fd00::5', '41.90.1.2', PUBLIC, '41.90.1.2'],
    ['127.0.0.1', 'unknown', null, '127.0.0.1'],
    ['127.0.0.1', '41.90.1.2, ', null, '127.0.0.1'],
    ['127.0.0.1', 'a'.repeat(100), null, '127.0.0.1'],
    [undefined, '41.90.1.2', null, null],
  ];
  for (const [socket, forwarded, publicUrl, address] of cases) {
    test(`${socket} forwarding ${String(forwarded).slice(0, 30)}, public: ${publicUrl !== null}`, () => {
      expect(personsAddress(socket, forwarded, publicUrl)).toBe(address);
    });
  }
});

test('loopback is what stays on this machine, and nothing that only looks like it', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'].map(isLoopback)).not.toContain(false);
  expect(['0.0.0.0', '::', '127.0.0.1.example', '10.0.0.1', '128.0.0.1', ''].map(isLoopback)).not.toContain(true);
});
