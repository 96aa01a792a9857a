/** Shows which userIds are somebody's number, and that writing and reading them agree. */

import { describe, expect, it } from 'vitest';
import { msisdn } from './msisdn.ts';
import { numberOf, userIdsOf } from './wallet-owner.ts';

const number = msisdn('254722000001');

describe('a userId', () => {
  it.each(userIdsOf(number))('%j reads as the number', (userId) => {
    expect(numberOf({ appId: null, userId })).toBe(number);
  });

  it.each(['shop-1045', '1045', '254822000001', '2547220000011', '72200000', ' 0722000001', 'c0722000001', '0722 000 001', ''])(
    '%j is nobody’s number',
    (userId) => expect(numberOf({ appId: null, userId })).toBeNull(),
  );

  it('of an app is the app’s, whatever it looks like', () => {
    expect(numberOf({ appId: 'shop', userId: number })).toBeNull();
  });
});
