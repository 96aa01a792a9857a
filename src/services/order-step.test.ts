/** Shows what becomes of SMS that are paid for once wallets are kept elsewhere than when they were ordered: a person's, and nothing moves. */

import { describe, expect, it } from 'vitest';
import { aChat, anSmsOrder, knownOf, NOW, only, rulesOf, said, steps } from '../../test/support/decisions.ts';
import { asSeen } from '../domain/attention.ts';
import type { OrderEventKind, SmsOrder } from '../domain/order.ts';
import type { Turn, TurnEvent } from '../ports/store.ts';
import { decide, type Rules } from './decide.ts';

const HERE = rulesOf({ sellsSms: true, walletsAt: 'own' });
const ELSEWHERE = rulesOf({ sellsSms: true, walletsAt: 'tuku' });
const NJERI = {
  id: 'op-1',
  name: 'Njeri',
  conversationId: 'v-9',
  channel: 'telegram',
  language: 'en',
  addedAt: NOW,
  reachable: true,
} as const;

function decided(order: SmsOrder, event: TurnEvent, rules: Rules): Turn {
  return decide(knownOf({ order, conversation: aChat(), operators: [NJERI] }), event, rules);
}
function paid(order: SmsOrder, rules: Rules): Turn {
  const asked = { kind: 'call_answered', id: 'e-1', at: NOW, orderId: order.id, purpose: 'ask_payment', raw: null } as const;
  return decided(order, { ...asked, answer: { kind: 'paid', code: '0' } }, rules);
}
function says(action: Extract<OrderEventKind, `operator_${string}`>, order: SmsOrder): Turn {
  const words = { operator: 'njeri', evidence: 'SFC1 in the statement', seen: asSeen(order) };
  return decided(order, { kind: 'operator', id: 'e-2', at: NOW, orderId: order.id, action, ...words }, ELSEWHERE);
}

const there = anSmsOrder({ walletAt: 'tuku' });

describe('SMS that are paid for once wallets are kept elsewhere than when they were ordered', () => {
  it.each<[string, SmsOrder, Rules, Partial<SmsOrder>]>([
    ['moved to another server', anSmsOrder(), ELSEWHERE, { walletAt: 'tuku' }],
    ['moved there, with a person at its payment', anSmsOrder({ state: 'review' }), ELSEWHERE, { walletAt: 'tuku' }],
    ['moved there, after nobody approved it in time', anSmsOrder({ state: 'lapsed' }), ELSEWHERE, { walletAt: 'tuku' }],
    ['moved here', there, HERE, {}],
  ])('%s: nothing is filled or asked for, and buyer and operators are told', (_case, order, rules, set) => {
    const turn = paid(order, rules);
    expect(steps(turn)).toEqual([`status_paid: ${order.state} -> paid`, 'wallets_moved: paid -> review']);
    expect([only(turn, 'post'), only(turn, 'call'), only(turn, 'set_timer')]).toEqual([[], [], []]);
    const [first, second] = only(turn, 'advance_order');
    expect(first?.set).toMatchObject({ paidAt: NOW });
    expect(second?.set).toEqual(set);
    expect(said(turn)).toContain('sms-order:review-not-delivered');
    expect(said(turn)).toContain('operator:order-wallets-moved');
  });

  it('on the word of an operator, who is told where the order is then', () => {
    const turn = says('operator_delivered', anSmsOrder({ state: 'review' }));
    expect(steps(turn)).toEqual(['operator_delivered: review -> paid', 'wallets_moved: paid -> review']);
    expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'done', detail: 'review' }]);
    expect(said(turn)).toEqual(['sms-order:review-not-delivered']);
  });

  it('are recorded or paid back from then on, and never filled here', () => {
    const moved = anSmsOrder({ state: 'review', walletAt: 'tuku', paidAt: NOW });
    const turn = says('operator_delivered', moved);
    expect(steps(turn)).toEqual(['operator_delivered: review -> delivered']);
    expect(only(turn, 'post').map(({ journal }) => journal.key)).toEqual(['sale:o-1']);
    expect(steps(says('operator_refund_due', moved))).toEqual(['operator_refund_due: review -> refund_due']);
    expect(steps(says('operator_cancelled', moved))).toEqual(['operator_cancelled: review -> nothing']);
  });
});
