/** Shows what an operator hears of an event that was set aside, and what becomes of an order when the answer to one of its calls was lost so. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  aMessage,
  anOrder,
  anSmsOrder,
  attention,
  knownOf,
  NOW,
  only,
  rulesOf,
  said,
  steps,
} from '../../test/support/decisions.ts';
import type { Order } from '../domain/order.ts';
import type { Known, TurnEvent } from '../ports/store.ts';
import { tellOperators } from './tell-operators.ts';
import { apologyFor } from './apology.ts';

const order = anSmsOrder();
const answered: Omit<Extract<TurnEvent, { kind: 'call_answered' }>, 'purpose' | 'answer'> = {
  kind: 'call_answered',
  id: 'call:o-1:answered',
  at: NOW,
  orderId: order.id,
  raw: null,
};
const asked: TurnEvent = { ...answered, purpose: 'ask_payment', answer: { kind: 'pending' } };
const operator = { id: 'op', name: 'Njeri', conversationId: 'v-op', channel: 'telegram', addedAt: NOW, reachable: true } as const;

function told(event: TurnEvent, known: Partial<Known>): string[] {
  const all = knownOf({ ...known, operators: [{ ...operator, language: 'en' }] });
  const { business, phrasebook } = rulesOf();
  const turn = tellOperators(apologyFor(event, all, rulesOf()), all, { ...business, simulated: false, smsSimulated: true });
  const attention = only(turn, 'say').filter(({ conversationId }) => conversationId === 'v-op');
  return attention.map(({ reply }) => reply.parts.map((part) => phrasebook.say(part, 'en')).join('\n'));
}

describe('the alert of an event that was set aside', () => {
  it('names the order that it was about, and says where that is simulated', () => {
    const [text, ...more] = told(asked, { order });
    expect(more).toEqual([]);
    expect(text).toContain(`Something about order ${order.reference} went wrong`);
    expect(text).toContain(`npx jaza review show ${order.reference}`);
    expect(text).toContain('SIMULATED');
    expect(told(asked, { order: anOrder() })[0]).not.toContain('SIMULATED');
  });

  it('names none where nobody knows which, or a person wrote', () => {
    for (const text of [...told(asked, {}), ...told(aMessage(), { order })]) {
      expect(text).toContain('Something went wrong three times');
      expect(text).not.toContain(order.reference);
    }
  });
});

describe('a question about a payment whose answer was lost', () => {
  it('is over, and asked again by the clock', () => {
    expect(apologyFor(asked, knownOf({ order }), rulesOf()).changes.slice(1)).toMatchObject([
      { kind: 'call_state', orderId: order.id, purpose: 'ask_payment', state: 'answered' },
      { kind: 'set_timer', key: `ask:${order.id}`, timer: { kind: 'ask_payment', orderId: order.id } },
    ]);
  });
});

describe('the answer to a call that moves money, when it was lost', () => {
  const paying: TurnEvent = { ...answered, purpose: 'request_payment', answer: { kind: 'unknown', why: 'lost' } };
  const buying: TurnEvent = { ...answered, purpose: 'buy_airtime', answer: { kind: 'unknown', why: 'lost' } };
  const out = { state: 'submitting', upstreamReference: null } as const;

  it.each<[string, TurnEvent, Order]>([
    ['a payment', paying, anSmsOrder(out)],
    ['airtime', buying, anOrder(out)],
  ])('brings %s before a person at once, tells its customer, and is never begun again', (_what, event, one) => {
    const turn = apologyFor(event, knownOf({ order: one, conversation: aChat() }), rulesOf());
    expect(steps(turn)).toEqual(['silence: submitting -> review']);
    expect(attention(turn)).toEqual([
      expect.stringContaining('order_review: in review, from submitting: the answer came') as string,
      expect.stringContaining(`about order ${one.reference}`) as string,
    ]);
    expect(only(turn, 'call')).toEqual([]);
    expect(only(turn, 'call_state').map(({ state }) => state)).toEqual(['answered']);
    expect(said(turn)).toHaveLength(1);
    // Its phone may ring on.
    expect(only(turn, 'advance_order')[0]?.set).toEqual({});
    expect(turn.read).toMatchObject({ [`order:${one.id}`]: one.version });
  });

  it('asks at once about a payment that a callback has named, and changes nothing of an order that has ended', () => {
    const named = apologyFor(paying, knownOf({ order: anSmsOrder({ state: 'submitting' }) }), rulesOf());
    expect(only(named, 'call').map(({ purpose }) => purpose)).toEqual(['ask_payment']);
    const ended = apologyFor(buying, knownOf({ order: anOrder({ state: 'delivered' }) }), rulesOf());
    expect(only(ended, 'advance_order').map(({ to }) => to)).toEqual([null]);
  });

  it('brings a delivery that was paid for before a person as well', () => {
    const delivering: TurnEvent = { ...answered, purpose: 'deliver_sms', answer: { kind: 'unknown', why: 'lost' } };
    const one = anSmsOrder({ state: 'delivering', walletAt: 'tuku', paidAt: NOW });
    expect(steps(apologyFor(delivering, knownOf({ order: one }), rulesOf()))).toEqual(['silence: delivering -> review']);
  });

  it('is at least a row for the operator, where no more can be written', () => {
    const turn = apologyFor(buying, knownOf({ order: anOrder(out), conversation: aChat() }), rulesOf(), true);
    expect(turn.changes.map(({ kind }) => kind)).toEqual(['audit']);
  });
});
