/** Shows what the beginning of a call makes of its order, and what is left of one that was out when the process ended. */

import { describe, expect, it } from 'vitest';
import { aChat, anOrder, knownOf, MINUTE_MS, NOW, only, rulesOf, said, steps } from '../../test/support/decisions.ts';
import type { Order, OrderState } from '../domain/order.ts';
import type { Turn, TurnEvent } from '../ports/store.ts';
import { decide } from './decide.ts';

const RULES = rulesOf();

function turned(event: TurnEvent, order: Order | null, chat = aChat()): Turn {
  return decide(knownOf({ order, conversation: order === null ? null : chat }), event, RULES);
}

const starting: TurnEvent = { kind: 'call_starting', id: 'e-1', at: NOW, orderId: 'o-1', purpose: 'buy_airtime' };

describe('a call that begins', () => {
  it('is committed as started before anything leaves', () => {
    const turn = turned(starting, anOrder({ state: 'confirmed' }));
    expect(steps(turn)).toEqual(['call_starting: confirmed -> submitting']);
    expect(only(turn, 'call_state')).toEqual([{ kind: 'call_state', orderId: 'o-1', purpose: 'buy_airtime', state: 'started' }]);
    expect(turn.read).toEqual({ 'order:o-1': 7 });
    expect(said(turn)).toEqual([]);
  });

  it.each([2, 8])('%i minutes after the yes lets the phone count as ringing from then', (minutes) => {
    const at = NOW + minutes * MINUTE_MS;
    const late = turned({ ...starting, at }, anOrder({ state: 'confirmed' }));
    const dueAt = at + 3 * MINUTE_MS;
    expect(only(late, 'advance_order')[0]?.set).toEqual({ promptLiveUntil: dueAt });
    expect(only(late, 'set_timer')).toEqual([
      { kind: 'set_timer', key: 'prompt:o-1', dueAt, timer: { kind: 'prompt_lapsed', orderId: 'o-1' } },
    ]);
  });

  it.each<OrderState>(['delivered', 'cancelled', 'rejected', 'lapsed', 'review', 'submitting', 'unknown'])(
    'is over without a byte when its order is %s by then',
    (state) => {
      const turn = turned(starting, anOrder({ state }));
      expect(steps(turn)).toEqual([`call_starting: ${state} -> nothing`]);
      expect(only(turn, 'call_state').map(({ state: to }) => to)).toEqual(['answered']);
    },
  );

  it('is not begun ten minutes after the yes: a person looks at the order instead', () => {
    const late = (ageMs: number): Turn => turned({ ...starting, at: NOW + ageMs }, anOrder({ state: 'confirmed' }));
    expect(steps(late(10 * MINUTE_MS - 1))).toEqual(['call_starting: confirmed -> submitting']);
    const turn = late(10 * MINUTE_MS);
    expect(steps(turn)).toEqual(['silence: confirmed -> review']);
    expect(only(turn, 'call_state').map(({ state: to }) => to)).toEqual(['answered']);
    expect(said(turn)).toEqual(['order:review-not-sent']);
  });

  it('that was out when the process ended is unknown, and not begun again', () => {
    const event = { ...starting, kind: 'call_interrupted' } as const;
    const turn = turned(event, anOrder({ state: 'submitting' }));
    expect(steps(turn)).toEqual(['call_interrupted: submitting -> unknown']);
    expect(only(turn, 'call')).toEqual([]);
    expect(only(turn, 'call_state').map(({ state: to }) => to)).toEqual(['answered']);
    expect(said(turn)).toEqual(['order:unknown']);
  });

  it('of no order is a broken invariant', () => {
    expect(() => turned(starting, null)).toThrow('invariant broken');
  });
});
