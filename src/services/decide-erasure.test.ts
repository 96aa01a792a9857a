/** Shows when SMS that another server keeps for a customer stand in the way of erasing them, by what it said last and when. */

import { describe, expect, it } from 'vitest';
import { knownOf, MINUTE_MS, NOW, only, rulesOf } from '../../test/support/decisions.ts';
import type { WalletAt } from '../domain/wallet-owner.ts';
import type { Erasing } from '../ports/desk.ts';
import type { Turn } from '../ports/store.ts';
import { decide } from './decide.ts';

type Elsewhere = Erasing['elsewhere'][number];

function erase(elsewhere: readonly Elsewhere[], walletsAt: WalletAt, givesUpSms = false): Turn {
  const command = { what: 'erase_customer', customerId: 'c-1', givesUpSms } as const;
  const event = { id: 'console:1', at: NOW, kind: 'command', operator: 'Njeri', command } as const;
  const erasing = { orders: [], wallets: [], elsewhere, wishes: [] };
  return decide(knownOf({ versions: { 'customer:c-1': 3 }, erasing }), event, rulesOf({ walletsAt }));
}

const said = (sms: number | null, minutesAgo: number | null): Elsewhere => ({
  userId: 'c-1',
  sms,
  readAt: minutesAgo === null ? null : NOW - minutesAgo * MINUTE_MS,
});

describe('a customer for whom another server keeps SMS', () => {
  it.each<[string, Elsewhere, WalletAt, RegExp | null]>([
    ['said just now that none are left', said(0, 10), 'tuku', null],
    ['said long ago that none are left', said(0, 11), 'tuku', /kept 0 SMS for c-1 at .*asked now/],
    ['said just now that some are left', said(12, 0), 'tuku', /kept 12 SMS for c-1 at .*asked now/],
    ['has not said', said(null, null), 'tuku', /not known how many SMS the other server keeps for c-1\. It is asked now/],
    ['said long ago that none are left, and is not asked any more', said(0, 10_000), 'own', null],
    ['said that some are left, and is not asked any more', said(12, 10_000), 'own', /kept 12 SMS.*cannot be asked/],
  ])('is erased or not: it %s', (_case, one, walletsAt, refusal) => {
    const turn = erase([one], walletsAt);
    const [answer] = only(turn, 'answer_console');
    expect(answer?.outcome).toBe(refusal === null ? 'done' : 'refused');
    if (refusal !== null) expect(answer?.detail).toMatch(refusal);
    expect(only(turn, 'erase_customer')).toHaveLength(refusal === null ? 1 : 0);
    const asked = refusal !== null && walletsAt !== 'own';
    expect(only(turn, 'want_balance').map(({ owner, dueAt }) => [owner.userId, dueAt])).toEqual(asked ? [['c-1', NOW]] : []);
  });

  it('is erased all the same where an operator gives them up, and the audit says so', () => {
    const turn = erase([said(12, 0)], 'tuku', true);
    expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'done' }]);
    expect(only(turn, 'audit')).toMatchObject([{ what: 'erase_customer', detail: expect.stringContaining('gave up') as string }]);
  });
});
