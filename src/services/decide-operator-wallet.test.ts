/** Shows what an operator's word on whose a wallet is changes, and which wallets it cannot move. */

import { describe, expect, it } from 'vitest';
import { knownOf, NOW, only, rulesOf } from '../../test/support/decisions.ts';
import type { Buyer } from '../domain/tariff.ts';
import type { Turn, TurnEvent } from '../ports/store.ts';
import { decide } from './decide.ts';

function told(what: 'link_wallet' | 'unlink_wallet', owner: Buyer): Turn {
  const command = { what, owner, customerId: 'c-1' };
  const event: TurnEvent = { kind: 'command', id: 'console:1', at: NOW, operator: 'njeri', command };
  return decide(knownOf(), event, rulesOf());
}

describe('a wallet', () => {
  const shop: Buyer = { appId: null, userId: 'shop-1045' };

  it('is linked, with who said so and a trace that names nobody’s number', () => {
    const turn = told('link_wallet', shop);
    expect(only(turn, 'link_wallet')).toEqual([{ kind: 'link_wallet', owner: shop, customerId: 'c-1', linkedBy: 'njeri' }]);
    expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'done', detail: 'c-1' }]);
    expect(only(turn, 'audit')).toMatchObject([{ what: 'link_wallet', subject: 'c-1', actor: { name: 'njeri' } }]);
    expect(only(turn, 'audit')[0]?.detail).not.toContain('shop-1045');
  });

  it('is taken away again', () => {
    expect(only(told('unlink_wallet', shop), 'unlink_wallet')).toEqual([{ kind: 'unlink_wallet', owner: shop }]);
  });

  it('of an app may be linked, whatever its userId reads as', () => {
    expect(only(told('link_wallet', { appId: 'app', userId: '0722000001' }), 'link_wallet')).toHaveLength(1);
  });

  it.each(['0722000001', '+254722000001', 'c0123456789abcdef'])('%s is not moved: its userId says whose it is', (userId) => {
    for (const what of ['link_wallet', 'unlink_wallet'] as const) {
      const turn = told(what, { appId: null, userId });
      expect([...only(turn, 'link_wallet'), ...only(turn, 'unlink_wallet')]).toEqual([]);
      expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'refused' }]);
    }
  });
});
