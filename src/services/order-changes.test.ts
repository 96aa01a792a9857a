/** Shows that whatever delivers an order sells it in the same breath, and that nothing else does. */

import { describe, expect, it } from 'vitest';
import { aChat, anOpenDraft, anOrder, HOUR_MS, NOW } from '../../test/support/decisions.ts';
import { saleOf } from '../domain/ledger.ts';
import { nextState, ORDER_EVENTS, ORDER_STATES } from '../domain/order.ts';
import { advance, isDrafting } from './order-changes.ts';

const ground = { actor: { kind: 'upstream' }, evidence: 'told so', rawId: null } as const;

describe.each(ORDER_STATES)('an order that is %s', (state) => {
  it.each(ORDER_EVENTS)('after %s is sold if that delivers it, and only then', (event) => {
    const order = anOrder({ state });
    const posts = advance(order, event, ground).changes.filter(({ kind }) => kind === 'post');
    const delivers = nextState({ kind: 'airtime', state }, event) === 'delivered';
    expect(posts).toEqual(delivers ? [{ kind: 'post', journal: saleOf(order) }] : []);
  });
});

it('delivers in every way that there is: by webhook, by the customer, by the operator', () => {
  const ways = ORDER_EVENTS.filter((event) =>
    ORDER_STATES.some((state) => nextState({ kind: 'airtime', state }, event) === 'delivered'),
  );
  expect(ways).toEqual(['webhook_positive', 'customer_received', 'operator_delivered']);
});

it('a draft of exactly an hour is as old for news as it is for a yes: it is asked beside no more', () => {
  const chat = aChat({ draft: anOpenDraft(NOW - HOUR_MS) });
  expect([isDrafting(chat, NOW - 1), isDrafting(chat, NOW)]).toEqual([true, false]);
});
