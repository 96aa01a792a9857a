/** Shows which wallets `jaza wallet link` links to whom, and what it says where it does not. */

import { describe, expect, it } from 'vitest';
import type { Buyer } from '../domain/tariff.ts';
import type { WalletLink } from '../ports/wallet.ts';
import { linkable } from './wallet-link.ts';

const shop: Buyer = { appId: null, userId: 'shop-1045' };
const linked: WalletLink = { owner: shop, customerId: 'c-1', customerName: 'Achieng', linkedBy: 'njeri', linkedAt: 0 };
const asked = (owner: Buyer, customerId: string | null, all: readonly WalletLink[] = []): string => {
  const found = linkable(owner, '0722000001', customerId, all);
  return found.ok ? `ok ${found.value}` : found.error;
};

describe('jaza wallet link', () => {
  it('links a wallet that nobody has, or the same customer has', () => {
    expect(asked(shop, 'c-1')).toBe('ok c-1');
    expect(asked(shop, 'c-1', [linked])).toBe('ok c-1');
    expect(asked({ appId: 'app', userId: '0722000001' }, 'c-1')).toBe('ok c-1');
  });

  it.each<[string, string, RegExp]>([
    ['of somebody else', asked(shop, 'c-2', [linked]), /linked to c-1 already\. First: npx jaza wallet unlink shop-1045$/],
    ['for nobody', asked(shop, null), /^Nobody is known as 0722000001\. Say a verified number/],
    ['of a number', asked({ appId: null, userId: '0722000002' }, 'c-1'), /reads as a phone number.*needs no link/],
    ['of a customer', asked({ appId: null, userId: 'c0123456789abcdef' }, 'c-1'), /is the id of a customer/],
    ['of nobody', asked({ appId: null, userId: ' ' }, 'c-1'), /^Say which wallet/],
  ])('refuses a wallet %s, and says what to do', (_what, said, words) => expect(said).toMatch(words));

  it('keeps the wallets of two apps apart', () => {
    expect(asked({ appId: 'app', userId: 'shop-1045' }, 'c-2', [linked])).toBe('ok c-2');
  });
});
