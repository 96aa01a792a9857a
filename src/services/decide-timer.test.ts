/** Shows what the passing of time changes: one reminder, one word at three minutes, a question or a person at ten, never a failure. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  attention,
  aMessage,
  anOpenDraft,
  anOrder,
  DAY_MS,
  HOUR_MS,
  knownOf,
  MINUTE_MS,
  NOW,
  only,
  rulesOf,
  said,
  steps,
} from '../../test/support/decisions.ts';
import type { AirtimeOrder, OrderState } from '../domain/order.ts';
import type { Conversation, Known, Timer, Turn, TurnEvent } from '../ports/store.ts';
import { decide, type Rules } from './decide.ts';

const WITH_WEBHOOKS = rulesOf();
const WITHOUT = rulesOf({ webhooksReachUs: false });
const TEN = NOW + 10 * MINUTE_MS;

function fired(timer: Timer, at: number, known: Known, rules: Rules = WITH_WEBHOOKS): Turn {
  return decide(known, { kind: 'timer', id: `timer:key:${at}`, at, key: 'key', timer }, rules);
}

function silent(
  order: Partial<AirtimeOrder>,
  { rules = WITHOUT, chat = aChat(), at = TEN }: { rules?: Rules; chat?: Conversation; at?: number } = {},
): Turn {
  const timer = { kind: 'order_silence', orderId: 'o-1' } as const;
  return fired(timer, at, knownOf({ order: anOrder(order), conversation: chat }), rules);
}

const unchanged = (turn: Turn): void => expect(turn.changes).toEqual([]);

describe('a draft left open', () => {
  const reminded = (idleMs: number, chat: Partial<NonNullable<Conversation['session']['draft']>> = {}, more = {}): Turn => {
    const at = NOW + idleMs;
    const conversation = aChat({ draft: { ...anOpenDraft(NOW), ...chat } }, more);
    return fired({ kind: 'draft_reminder', conversationId: 'v-1' }, at, knownOf({ conversation }));
  };

  it('is asked about once, at fifteen minutes, under the same buttons', () => {
    const turn = reminded(15 * MINUTE_MS);
    expect(said(turn)[0]).toBe('buy-airtime:reminder');
    expect(only(turn, 'say')[0]?.reply.choices[0]?.id).toBe('ok:draft002:2');
    expect(only(turn, 'remember')[0]?.session.draft).toEqual({ ...anOpenDraft(NOW), reminded: true });
    expect(turn.read).toEqual({ 'conversation:v-1': 4 });
  });

  it('does not live longer for it', () => {
    expect(only(reminded(20 * MINUTE_MS), 'remember')[0]?.session.draft?.touchedAt).toBe(NOW);
  });

  it.each<[string, () => Turn]>([
    ['a minute too early', () => reminded(15 * MINUTE_MS - 1)],
    ['an hour later', () => reminded(60 * MINUTE_MS)],
    ['a second time', () => reminded(20 * MINUTE_MS, { reminded: true })],
    ['of a flow that has changed since', () => reminded(15 * MINUTE_MS, { flowVersion: 99 })],
    ['of a flow that is gone', () => reminded(15 * MINUTE_MS, { flow: 'buy-data' })],
    ['in a chat that blocked us', () => reminded(15 * MINUTE_MS, {}, { blockedAt: NOW })],
  ])('is left alone: %s', (_name, turn) => unchanged(turn()));

  it('that is gone, with or without its chat, is left alone', () => {
    const timer = { kind: 'draft_reminder', conversationId: 'v-1' } as const;
    unchanged(fired(timer, TEN, knownOf({ conversation: aChat() })));
    unchanged(fired(timer, TEN, knownOf()));
  });
});

describe('three minutes after the prompt', () => {
  const lapsed = (state: OrderState, chat: Conversation | null = aChat()): Turn =>
    fired({ kind: 'prompt_lapsed', orderId: 'o-1' }, NOW, knownOf({ order: anOrder({ state }), conversation: chat }));

  it('the person hears that the prompt has gone; the order stays as it is', () => {
    const turn = lapsed('awaiting_payment');
    expect(said(turn)).toEqual(['order:prompt-lapsed']);
    expect(steps(turn)).toEqual([]);
    expect(turn.read).toEqual({ 'order:o-1': 7, 'conversation:v-1': 4 });
  });

  it.each<OrderState>(['confirmed', 'submitting', 'unknown', 'delivered', 'cancelled', 'review'])(
    'nothing is said of an order that is %s',
    (state) => unchanged(lapsed(state)),
  );

  it('nothing is said where there is nobody to say it to', () => unchanged(lapsed('awaiting_payment', null)));
});

describe('ten minutes without a word, where webhooks reach us', () => {
  it.each<OrderState>(['confirmed', 'submitting', 'awaiting_payment', 'unknown'])(
    'a person looks at an order that is %s',
    (state) => {
      const turn = silent({ state }, { rules: WITH_WEBHOOKS });
      expect(steps(turn)).toEqual([`silence: ${state} -> review`]);
      const [why, news] =
        state === 'confirmed'
          ? ['its call was not begun in ten minutes', 'order:review-not-sent']
          : ['ten minutes without a word', 'order:review'];
      expect(said(turn)).toEqual([news]);
      expect(attention(turn)).toEqual([`order_review: in review, from ${state}: ${why}`]);
      // What was never sent cannot ring; the clock silences no phone that does.
      const set = state === 'confirmed' ? { promptLiveUntil: null } : {};
      expect(only(turn, 'advance_order')[0]).toMatchObject({ actor: { kind: 'clock' }, set });
    },
  );

  it.each<OrderState>(['delivered', 'cancelled', 'rejected', 'lapsed', 'review', 'refund_due', 'refunded'])(
    'nothing happens to an order that is %s',
    (state) => unchanged(silent({ state }, { rules: WITH_WEBHOOKS })),
  );
});

describe('ten minutes without a word, where no webhook can reach us', () => {
  it.each<OrderState>(['awaiting_payment', 'unknown'])('the customer is asked about an order that is %s', (state) => {
    const turn = silent({ state });
    expect(steps(turn)).toEqual([`silence_without_webhooks: ${state} -> ${state}`]);
    expect(said(turn)).toEqual(['order:did-it-arrive']);
    expect(only(turn, 'say')[0]?.reply.choices.map(({ id }) => id)).toEqual([
      'got=JZ7K2M4QPW:-:0',
      'notgot=JZ7K2M4QPW:-:0',
      'notpaid=JZ7K2M4QPW:-:0',
    ]);
    expect(only(turn, 'remember')[0]?.session.choices).toHaveLength(3);
    expect(only(turn, 'set_timer')).toEqual([
      { kind: 'set_timer', key: 'question:o-1', dueAt: TEN + DAY_MS, timer: { kind: 'question_unanswered', orderId: 'o-1' } },
    ]);
    expect(attention(turn)).toEqual([]);
  });

  it.each<OrderState>(['confirmed', 'submitting'])(
    'the customer can know nothing of a %s order, so a person looks at it',
    (state) => {
      expect(steps(silent({ state }))).toEqual([`silence: ${state} -> review`]);
    },
  );

  it('a person looks at it when the customer cannot be asked', () => {
    expect(steps(silent({}, { chat: aChat({}, { blockedAt: NOW }) }))).toEqual(['silence: awaiting_payment -> review']);
    const timer = { kind: 'order_silence', orderId: 'o-1' } as const;
    expect(steps(fired(timer, TEN, knownOf({ order: anOrder() }), WITHOUT))).toEqual(['silence: awaiting_payment -> review']);
  });

  it('the question waits while another purchase is open: a yes to it would buy that', () => {
    const chat = aChat({ draft: anOpenDraft(TEN - MINUTE_MS) });
    const turn = silent({}, { chat });
    expect(said(turn)).toEqual([]);
    expect(turn.changes).toEqual([
      { kind: 'set_timer', key: 'key', dueAt: TEN + MINUTE_MS, timer: { kind: 'order_silence', orderId: 'o-1' } },
    ]);
    const expired = aChat({ draft: anOpenDraft(TEN - 61 * MINUTE_MS) });
    expect(said(silent({}, { chat: expired }))).toEqual(['order:did-it-arrive']);
  });

  it('but not for ever', () => {
    const at = TEN + HOUR_MS;
    const chat = aChat({ draft: anOpenDraft(at - MINUTE_MS) });
    expect(steps(silent({}, { chat, at: at - 1 }))).toEqual([]);
    expect(steps(silent({}, { chat, at }))).toEqual(['silence: awaiting_payment -> review']);
  });

  it('nor for a month, when the clock is set back by one while a purchase is open', () => {
    const at = TEN - 30 * 24 * HOUR_MS;
    const chat = aChat({ draft: anOpenDraft(TEN - MINUTE_MS) });
    expect(steps(silent({}, { chat, at }))).toEqual(['silence: awaiting_payment -> review']);
  });

  const answered = (action: string, state: OrderState = 'awaiting_payment'): Turn => {
    const order = anOrder({ state });
    const tap = aMessage({ content: { kind: 'tap', data: `${action}=JZ7K2M4QPW:-:0`, on: '99' } }, TEN);
    return decide(knownOf({ conversation: aChat(), recentOrders: [order] }), tap, WITHOUT);
  };

  it.each([
    ['got', 'customer_received: awaiting_payment -> delivered', 'order:delivered', []],
    [
      'notgot',
      'customer_paid_not_received: awaiting_payment -> review',
      'order:review',
      ['order_review: in review, from awaiting_payment: customer'],
    ],
    ['notpaid', 'customer_did_not_pay: awaiting_payment -> lapsed', 'order:lapsed', []],
  ])('the customer says "%s"', (action, step, news, alert) => {
    const turn = answered(action);
    expect(steps(turn)).toEqual([step]);
    expect(said(turn)).toEqual([news]);
    expect(attention(turn)).toEqual(alert);
    expect(only(turn, 'advance_order')[0]).toMatchObject({ evidence: 'customer', actor: { kind: 'customer', id: 'c-1' } });
    expect(turn.read).toMatchObject({ 'order:o-1': 7, 'conversation:v-1': 4 });
    expect(only(turn, 'retire_buttons')).toMatchObject([{ channelMessageId: '99' }]);
  });

  it('an answer that comes too late tells how the order stands, and changes nothing', () => {
    const turn = answered('notgot', 'delivered');
    expect(steps(turn)).toEqual([]);
    expect(said(turn)[0]).toBe('order:status-delivered');
  });

  it('a day without an answer brings it before a person', () => {
    const unanswered = (state: OrderState): Turn =>
      fired(
        { kind: 'question_unanswered', orderId: 'o-1' },
        TEN + DAY_MS,
        knownOf({ order: anOrder({ state }), conversation: aChat() }),
        WITHOUT,
      );
    expect(steps(unanswered('unknown'))).toEqual(['silence: unknown -> review']);
    expect(said(unanswered('awaiting_payment'))).toEqual(['order:review']);
    unchanged(unanswered('delivered'));
    unchanged(unanswered('review'));
  });
});

it('no timer of an order that is not there does anything', () => {
  for (const kind of ['prompt_lapsed', 'order_silence', 'question_unanswered'] as const) {
    unchanged(fired({ kind, orderId: 'o-1' }, TEN, knownOf()));
  }
});

it('no order in flight stands over ten minutes without a person or a question, unless the customer is busy', () => {
  const event: TurnEvent = { kind: 'timer', id: 't', at: TEN, key: 'k', timer: { kind: 'order_silence', orderId: 'o-1' } };
  for (const rules of [WITHOUT, WITH_WEBHOOKS]) {
    for (const state of ['confirmed', 'submitting', 'awaiting_payment', 'unknown'] as const) {
      const turn = decide(knownOf({ order: anOrder({ state }), conversation: aChat() }), event, rules);
      expect(['order:review', 'order:review-not-sent', 'order:did-it-arrive']).toContain(said(turn)[0]);
    }
  }
});

describe('what could not be said about an order in its chat', () => {
  const timer = { kind: 'tell_elsewhere', orderId: 'o-1', conversationId: 'v-dead', channel: 'telegram' } as const;
  const told = (
    order: Partial<AirtimeOrder>,
    chat: Conversation | null = aChat(),
    rules = WITH_WEBHOOKS,
    at = NOW + MINUTE_MS,
  ): Turn => fired(timer, at, knownOf({ order: anOrder(order), conversation: chat }), rules);

  it.each<[OrderState, string]>([
    ['delivered', 'order:delivered'],
    ['cancelled', 'order:cancelled'],
    ['rejected', 'order:rejected-other'],
    ['review', 'order:review'],
    ['awaiting_payment', 'order:status-awaiting_payment'],
    ['unknown', 'order:status-unknown'],
    ['confirmed', 'order:status-confirmed'],
  ])('is said in another chat as it stands by then: %s', (state, key) => {
    const turn = told({ state });
    expect(said(turn)).toEqual(['common:told-elsewhere', key]);
    expect(only(turn, 'say')).toMatchObject([{ orderId: 'o-1', elsewhere: true }]);
    expect(turn.read).toEqual({ 'order:o-1': 7, 'conversation:v-1': 4 });
  });

  it('asks there what only the customer can tell', () => {
    const turn = told({ state: 'awaiting_payment' }, aChat(), WITHOUT, TEN);
    expect(said(turn)).toEqual(['common:told-elsewhere', 'order:did-it-arrive']);
    expect(only(turn, 'remember')[0]?.session.choices).toHaveLength(3);
  });

  it('takes nothing from a purchase that is open there', () => {
    const turn = told({ state: 'delivered' }, aChat({ draft: anOpenDraft(NOW) }));
    expect(only(turn, 'say')[0]?.reply.choices).toEqual([]);
    expect(only(turn, 'remember')[0]?.session.draft).toEqual(anOpenDraft(NOW));
  });

  it('is said nowhere when there is no other chat', () => unchanged(told({ state: 'delivered' }, null)));
});
