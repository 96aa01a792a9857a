/** Shows what an operator's word makes of an order, and that whatever brings an order before a person tells the operators so. */

import { describe, expect, it } from 'vitest';
import { aChat, attention, anOrder, knownOf, MINUTE_MS, NOW, only, rulesOf, said, steps } from '../../test/support/decisions.ts';
import { asSeen } from '../domain/attention.ts';
import type { Order } from '../domain/order.ts';
import type { Turn, TurnEvent } from '../ports/store.ts';
import { decide } from './decide.ts';

const RULES = rulesOf();

function turned(event: TurnEvent, order: Order | null, chat = aChat()): Turn {
  return decide(knownOf({ order, conversation: order === null ? null : chat }), event, RULES);
}

describe('an operator', () => {
  const acts = (action: 'operator_delivered' | 'operator_refund_due', order: Order | null, looked = order): Turn => {
    const seen = looked === null ? 'ABCDEF' : asSeen(looked);
    const evidence = 'seen at the upstream';
    return turned({ kind: 'operator', id: 'op-1', at: NOW, orderId: 'o-1', action, operator: 'wafula', evidence, seen }, order);
  };

  it('settles an order in review on their word, by name', () => {
    const turn = acts('operator_delivered', anOrder({ state: 'review' }));
    expect(steps(turn)).toEqual(['operator_delivered: review -> delivered']);
    expect(only(turn, 'advance_order')[0]).toMatchObject({
      actor: { kind: 'operator', name: 'wafula' },
      evidence: 'seen at the upstream',
    });
    expect(only(turn, 'audit')).toMatchObject([{ what: 'operator_delivered', actor: { name: 'wafula' } }]);
    expect(said(turn)).toEqual(['order:delivered']);
  });

  it('may say what the order has no way for: recorded, and nothing changes', () => {
    const turn = acts('operator_refund_due', anOrder({ state: 'delivered' }));
    expect(steps(turn)).toEqual(['operator_refund_due: delivered -> nothing']);
    expect(said(turn)).toEqual([]);
  });

  it('is not believed of an order that has changed since they looked, however little was heard of it', () => {
    const looked = anOrder({ state: 'review' });
    for (const since of [{ version: looked.version + 1 }, { changedAt: looked.changedAt + 1 }]) {
      const turn = acts('operator_delivered', anOrder({ state: 'review', ...since }), looked);
      expect(turn.changes).toMatchObject([
        { kind: 'audit', detail: 'not done, the order has changed since they looked: seen at the upstream' },
        { kind: 'answer_console', outcome: 'refused', detail: 'review' },
      ]);
      expect(turn.read).toHaveProperty('order:o-1');
    }
  });

  it('hears that an order is not there any more', () => {
    expect(acts('operator_delivered', null).changes).toEqual([
      { kind: 'answer_console', outcome: 'refused', detail: 'there is no such order' },
    ]);
  });
});

it('whatever brings an order before a person tells the operator so', () => {
  const silent: TurnEvent = {
    kind: 'timer',
    id: 't-1',
    at: NOW + 10 * MINUTE_MS,
    key: 'silence:o-1',
    timer: { kind: 'order_silence', orderId: 'o-1' },
  };
  expect(attention(turned(silent, anOrder()))).toEqual([
    'order_review: in review, from awaiting_payment: ten minutes without a word',
  ]);
});
