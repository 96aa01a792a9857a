/** Shows what an operator hears of an event that was set aside, and what is left of a question whose answer was lost so. */

import { describe, expect, it } from 'vitest';
import { aMessage, anOrder, anSmsOrder, knownOf, NOW, only, rulesOf } from '../../test/support/decisions.ts';
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
  const turn = tellOperators(apologyFor(event, all), all, { ...business, simulated: false, smsSimulated: true });
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
    expect(apologyFor(asked, knownOf({ order })).changes.slice(1)).toMatchObject([
      { kind: 'call_state', orderId: order.id, purpose: 'ask_payment', state: 'answered' },
      { kind: 'set_timer', key: `ask:${order.id}`, timer: { kind: 'ask_payment', orderId: order.id } },
    ]);
  });

  it('is not what a call that moves money is: that is never begun again', () => {
    const paying: TurnEvent = { ...answered, purpose: 'request_payment', answer: { kind: 'unknown', why: 'lost' } };
    expect(apologyFor(paying, knownOf({ order })).changes.map(({ kind }) => kind)).toEqual(['audit']);
  });
});
