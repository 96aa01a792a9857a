/** A table of addresses, and of what they have in common for a flood limit. */

import { expect, it } from 'vitest';
import { networkOf } from './network.ts';

it.each([
  ['41.90.1.1', '41.90.1.1'],
  ['::ffff:41.90.1.1', '41.90.1.1'],
  ['2c0f:fe38:1:2::1', '2c0f:fe38:1:2::/64'],
  ['2c0f:fe38:1:2:aaaa:bbbb:cccc:dddd', '2c0f:fe38:1:2::/64'],
  ['2C0F:FE38:0001:0002::ff', '2c0f:fe38:1:2::/64'],
  ['2c0f:fe38:1::5', '2c0f:fe38:1:0::/64'],
  ['2c0f::', '2c0f:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is of %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
