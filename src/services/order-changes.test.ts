/** Shows that whatever delivers an order sells it in the same breath, and that nothing else does. */

import { describe, expect, it } from 'vitest';
import { aChat, anOpenDraft, anOrder, HOUR_MS, NOW } from '../../test/support/decisions.ts';
import { saleOf } from '../domain/ledger.ts';
import { nextState, ORDER_STATES, type OrderEventKind } from '../domain/order.ts';
import { advance, isDrafting } from './order-changes.ts';

/** Complete by its type. */
const EVENTS = Object.keys({
  call_starting: 1,
  answer_accepted: 1,
  answer_of_another: 1,
  answer_refused: 1,
  answer_cancelled: 1,
  answer_not_sent: 1,
  answer_never_sent: 1,
  answer_unknown: 1,
  call_interrupted: 1,
  webhook_positive: 1,
  webhook_cancelled: 1,
  webhook_negative: 1,
  status_paid: 1,
  status_paid_unproven: 1,
  status_not_paid: 1,
  status_expired: 1,
  status_not_prompted: 1,
  status_unclear: 1,
  callback_came: 1,
  wallet_filled: 1,
  delivery_starting: 1,
  delivery_added: 1,
  delivery_refused: 1,
  delivery_not_sent: 1,
  delivery_never_sent: 1,
  delivery_unknown: 1,
  delivery_interrupted: 1,
  silence: 1,
  silence_without_webhooks: 1,
  customer_received: 1,
  customer_paid_not_received: 1,
  customer_did_not_pay: 1,
  customer_cancelled: 1,
  operator_delivered: 1,
  operator_cancelled: 1,
  operator_refund_due: 1,
  operator_refunded: 1,
} satisfies Record<OrderEventKind, 1>) as OrderEventKind[];

const ground = { actor: { kind: 'upstream' }, evidence: 'told so', rawId: null } as const;

describe.each(ORDER_STATES)('an order that is %s', (state) => {
  it.each(EVENTS)('after %s is sold if that delivers it, and only then', (event) => {
    const order = anOrder({ state });
    const posts = advance(order, event, ground).changes.filter(({ kind }) => kind === 'post');
    const delivers = nextState({ kind: 'airtime', state }, event) === 'delivered';
    expect(posts).toEqual(delivers ? [{ kind: 'post', journal: saleOf(order) }] : []);
  });
});

it('delivers in every way that there is: by webhook, by the customer, by the operator', () => {
  const ways = EVENTS.filter((event) =>
    ORDER_STATES.some((state) => nextState({ kind: 'airtime', state }, event) === 'delivered'),
  );
  expect(ways).toEqual(['webhook_positive', 'customer_received', 'operator_delivered']);
});

it('a draft of exactly an hour is as old for news as it is for a yes: it is asked beside no more', () => {
  const chat = aChat({ draft: anOpenDraft(NOW - HOUR_MS) });
  expect([isDrafting(chat, NOW - 1), isDrafting(chat, NOW)]).toEqual([true, false]);
});
