/** Shows what each answer to a delivery makes of its order, in every state that it may find it in, and what becomes of what is called for. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  anSmsOrder,
  attention,
  knownOf,
  MINUTE_MS,
  NOW,
  only,
  rulesOf,
  said,
  steps,
} from '../../test/support/decisions.ts';
import { asSeen } from '../domain/attention.ts';
import { ALL_CLOSED, refusedUntil, type Breaker } from '../domain/breaker.ts';
import { reversalOf, saleOf } from '../domain/ledger.ts';
import type { OrderState, SmsOrder } from '../domain/order.ts';
import type { TopUpAnswer } from '../ports/wallet-server.ts';
import type { PaymentAnswer, PaymentStatus } from '../ports/payment-provider.ts';
import type { Known, Turn } from '../ports/store.ts';
import { decide } from './decide.ts';

const RULES = rulesOf({ sellsSms: true, walletsAt: 'tuku' });
const SECOND_MS = 1_000;
const PAID_AT = NOW + 25 * MINUTE_MS;
const AT = PAID_AT + SECOND_MS;

const remote = (more: Partial<SmsOrder> = {}): SmsOrder => anSmsOrder({ walletAt: 'tuku', ...more });
const paid = (more: Partial<SmsOrder> = {}): SmsOrder => remote({ state: 'delivering', paidAt: PAID_AT, ...more });
const known = (order: SmsOrder, more: Partial<Known> = {}): Known => knownOf({ order, conversation: aChat(), ...more });

function answered(answer: TopUpAnswer, order: SmsOrder = paid()): Turn {
  const event = { kind: 'call_answered', id: 'e-1', at: AT, orderId: order.id, purpose: 'deliver_sms', raw: '{}' } as const;
  return decide(known(order), { ...event, answer }, RULES);
}
function requested(answer: PaymentAnswer, order: SmsOrder): Turn {
  const event = { kind: 'call_answered', id: 'e-1', at: AT, orderId: order.id, purpose: 'request_payment', raw: null } as const;
  return decide(known(order), { ...event, answer }, RULES);
}
function asked(answer: PaymentStatus, order: SmsOrder, more: Partial<Known> = {}): Turn {
  const event = { kind: 'call_answered', id: 'e-1', at: PAID_AT, orderId: order.id, purpose: 'ask_payment', raw: null } as const;
  return decide(known(order, more), { ...event, answer }, RULES);
}

const calls = (turn: Turn): [string, number][] => only(turn, 'call').map(({ purpose, dueAt }) => [purpose, dueAt]);
const added = (smsAdded = 125): TopUpAnswer => ({ kind: 'added', smsAdded, smsBalance: 140, milliKes: 800 });
const REFUSED: TopUpAnswer = { kind: 'refused', code: 'not_found', message: 'No such user.', ours: false };
const UNKNOWN: TopUpAnswer = { kind: 'unknown', why: 'HTTP 503' };
const NOT_SENT: TopUpAnswer = { kind: 'not_sent', why: 'connect ECONNREFUSED' };
const CANCELLED: PaymentStatus = { kind: 'not_paid', code: '1032', reason: 'cancelled', message: 'no' };

describe('an answer to a delivery', () => {
  it.each<[string, TopUpAnswer, OrderState, string, string[]]>([
    ['added', added(), 'delivering', 'delivery_added: delivering -> delivered', ['sms-order:delivered']],
    ['added', added(), 'review', 'delivery_added: review -> delivered', ['sms-order:delivered']],
    ['added', added(), 'refund_due', 'delivery_added: refund_due -> delivered', ['sms-order:delivered']],
    ['added', added(), 'refunded', 'delivery_added: refunded -> nothing', []],
    ['added', added(), 'delivered', 'delivery_added: delivered -> nothing', []],
    ['fewer', added(124), 'delivering', 'delivery_fewer: delivering -> review', ['sms-order:review-fewer']],
    ['fewer', added(124), 'review', 'delivery_fewer: review -> nothing', []],
    ['fewer', added(124), 'delivered', 'delivery_fewer: delivered -> nothing', []],
    ['refused', REFUSED, 'delivering', 'delivery_refused: delivering -> review', ['sms-order:review-not-delivered']],
    ['refused', REFUSED, 'review', 'delivery_refused: review -> nothing', []],
    ['refused', REFUSED, 'delivered', 'delivery_refused: delivered -> nothing', []],
    ['unknown', UNKNOWN, 'delivering', 'delivery_unknown: delivering -> review', ['sms-order:review-delivery']],
    ['unknown', UNKNOWN, 'review', 'delivery_unknown: review -> nothing', []],
    ['not sent', NOT_SENT, 'delivering', 'delivery_not_sent: delivering -> paid', []],
    ['not sent', NOT_SENT, 'review', 'delivery_not_sent: review -> nothing', []],
    ['not sent', NOT_SENT, 'delivered', 'delivery_not_sent: delivered -> nothing', []],
  ])('%s: %j while %s', (_what, answer, state, step, words) => {
    const turn = answered(answer, paid({ state }));
    expect([steps(turn), said(turn)]).toEqual([[step], words]);
    expect(only(turn, 'call_state').map(({ state: to }) => to)).toEqual(['answered']);
    expect(only(turn, 'post').map(({ journal }) => journal.kind)).toEqual(step.endsWith('delivered') ? ['sale'] : []);
  });

  it.each<[string, TopUpAnswer, OrderState, string[]]>([
    [
      'fewer than were promised',
      added(100),
      'delivering',
      ['order_review: in review, from delivering: 100 SMS at KES 0.8 each, 125 were promised; 140 in the wallet'],
    ],
    [
      'fewer, while a person looks for them already',
      added(100),
      'review',
      ['order_review: in review, and then: 100 SMS at KES 0.8 each, 125 were promised; 140 in the wallet'],
    ],
    ['refused, while a person looks for them already', REFUSED, 'review', []],
    ['fewer after they were said to be there', added(100), 'delivered', ['order_contradicted: delivery_fewer came for an order']],
    [
      'added after the money went back',
      added(),
      'refunded',
      ['order_contradicted: delivery_added came for an order that was refunded'],
    ],
    [
      'added after the money was to go back',
      added(),
      'refund_due',
      ['order_contradicted: delivery_added came for an order that was refund_due'],
    ],
    [
      'refused after it was delivered',
      REFUSED,
      'delivered',
      ['order_contradicted: delivery_refused came for an order that was delivered'],
    ],
    ['refused', REFUSED, 'delivering', ['order_review: in review, from delivering: not_found No such user.']],
    ['all as promised', added(), 'delivering', []],
  ])('%s: what a person hears', (_what, answer, state, told) => {
    const heard = attention(answered(answer, paid({ state })));
    expect(heard).toHaveLength(told.length);
    for (const [at, words] of told.entries()) expect(heard[at]).toContain(words);
  });

  it('that nothing left is tried five times more, and then a person looks', () => {
    const tried = [0, 1, 2, 3, 4, 5].map((triesNotSent) => answered(NOT_SENT, paid({ triesNotSent })));
    const waits = tried.map((turn) =>
      calls(turn)
        .map(([purpose, dueAt]) => `${purpose} ${(dueAt - AT) / SECOND_MS}`)
        .join(),
    );
    expect(waits).toEqual(['deliver_sms 3', 'deliver_sms 15', 'deliver_sms 60', 'deliver_sms 120', 'deliver_sms 240', '']);
    expect(tried.map((turn) => only(turn, 'advance_order')[0]?.set.triesNotSent)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps(tried[5] ?? answered(added()))).toEqual(['delivery_never_sent: delivering -> review']);
  });

  it('that refuses what was paid for counts like silence: five in a row, and no more are sold', () => {
    const failing: Breaker = { kind: 'closed', failures: [AT, AT, AT, AT] };
    const event = { kind: 'call_answered', id: 'e-1', at: AT, orderId: 'o-1', purpose: 'deliver_sms' } as const;
    const turn = decide(
      known(paid(), { breakers: { ...ALL_CLOSED, tuku: failing } }),
      { ...event, answer: REFUSED, raw: null },
      RULES,
    );
    expect(only(turn, 'set_breaker')).toMatchObject([{ upstream: 'tuku', breaker: { kind: 'open' } }]);
  });

  it.each<OrderState>(['review', 'refund_due', 'delivered'])('that nothing left is not tried again for what is %s', (state) => {
    const turn = answered(NOT_SENT, paid({ state }));
    expect([calls(turn), only(turn, 'advance_order')[0]?.set]).toEqual([[], {}]);
  });
});

describe('what an operator says of SMS for a wallet elsewhere', () => {
  type Says = 'operator_delivered' | 'operator_paid' | 'operator_refund_due' | 'operator_refunded';
  const says = (action: Says, order: SmsOrder): Turn => {
    const words = { operator: 'njeri', evidence: 'top-up 77 over there', seen: asSeen(order) };
    return decide(known(order), { kind: 'operator', id: 'op-1', at: AT, orderId: order.id, action, ...words }, RULES);
  };

  it.each<OrderState>(['review', 'refund_due'])(
    'delivered, of one that is %s and not known to be paid: nothing is sent',
    (state) => {
      const turn = says('operator_delivered', remote({ state }));
      expect([steps(turn), calls(turn)]).toEqual([[`operator_delivered: ${state} -> delivered`], []]);
      expect(only(turn, 'post').map(({ journal }) => journal.key)).toEqual(['sale:o-1']);
      expect(only(turn, 'advance_order')[0]?.set).toMatchObject({ paidAt: AT });
      expect(said(turn)).toEqual(['sms-order:status-delivered']);
    },
  );

  it('paid: they are asked for there', () => {
    const turn = says('operator_paid', remote({ state: 'review' }));
    expect([steps(turn), calls(turn), only(turn, 'post')]).toEqual([
      ['operator_paid: review -> paid'],
      [['deliver_sms', AT]],
      [],
    ]);
  });

  it('paid, of one that was unpaid in a restored backup: they may be there, and are not asked for', () => {
    const order = remote({ state: 'review', restoredAt: NOW });
    expect([steps(says('operator_paid', order)), calls(says('operator_paid', order))]).toEqual([
      ['operator_paid: review -> nothing'],
      [],
    ]);
    expect(steps(says('operator_delivered', order))).toEqual(['operator_delivered: review -> delivered']);
    const paidSince = asked({ kind: 'paid', code: '0' }, { ...order, state: 'awaiting_payment', paymentNamedBy: 'answer' });
    expect([steps(paidSince), calls(paidSince)]).toEqual([['status_paid_unproven: awaiting_payment -> review'], []]);
  });

  it('to be refunded, of one that was told as delivered: its sale is undone, and it is not sold again', () => {
    const turn = says('operator_refund_due', paid({ state: 'delivered' }));
    expect(steps(turn)).toEqual(['operator_refund_due: delivered -> refund_due']);
    expect(only(turn, 'post').map(({ journal }) => journal)).toEqual([reversalOf(saleOf(paid()))]);
    expect(only(turn, 'advance_order')[0]?.set).toMatchObject({ takenBackAt: AT });
    expect(said(turn)).toEqual(['sms-order:refund-due']);
    const back = paid({ state: 'refund_due', takenBackAt: AT });
    expect(steps(says('operator_delivered', back))).toEqual(['operator_delivered: refund_due -> nothing']);
    expect(steps(says('operator_refunded', back))).toEqual(['operator_refunded: refund_due -> refunded']);
    expect(attention(answered(added(), back))).toEqual([expect.stringContaining('delivery_added came for an order')]);
  });
});

describe('an order of SMS for a wallet elsewhere', () => {
  it('once it is paid is called for, and has ten minutes from then on, however old it is', () => {
    const turn = asked({ kind: 'paid', code: '0' }, remote({ state: 'review' }));
    expect(calls(turn)).toEqual([['deliver_sms', PAID_AT]]);
    expect(only(turn, 'advance_order')[0]?.set).toMatchObject({ paidAt: PAID_AT, triesNotSent: 0 });
    expect(only(turn, 'set_timer')).toEqual([
      {
        kind: 'set_timer',
        key: 'silence:o-1',
        dueAt: PAID_AT + 10 * MINUTE_MS,
        timer: { kind: 'order_silence', orderId: 'o-1' },
      },
    ]);
  });

  it('has all its tries, when the request for its payment is found not to have left only then', () => {
    const turn = requested({ kind: 'not_sent', why: 'away' }, paid({ state: 'paid', triesNotSent: 2 }));
    expect(steps(turn)).toEqual(['answer_not_sent: paid -> nothing']);
    expect([calls(turn), only(turn, 'advance_order')[0]?.set]).toEqual([[], {}]);
  });

  it('that ends unpaid was no trial of the server that nobody asked: the next order is let through at once', () => {
    const trial: Breaker = {
      kind: 'half_open',
      why: 'away',
      since: NOW,
      until: PAID_AT + MINUTE_MS,
      waitMs: MINUTE_MS,
      probe: 'o-1',
    };
    const after = (order: SmsOrder, breaker: Breaker, answer: PaymentStatus = CANCELLED): Turn =>
      asked(answer, order, { breakers: { ...ALL_CLOSED, tuku: breaker } });
    const turn = after(remote(), trial);
    const [moved] = only(turn, 'set_breaker');
    expect([moved?.upstream, refusedUntil(moved?.breaker ?? trial, PAID_AT)]).toEqual(['tuku', null]);
    expect(moved?.breaker).toMatchObject({ why: 'away', waitMs: MINUTE_MS });
    expect(turn.read).toHaveProperty('switch:breaker:tuku');
    expect(only(after(remote(), { ...trial, probe: 'o-2' }), 'set_breaker')).toEqual([]);
    expect(only(after(anSmsOrder(), trial), 'set_breaker')).toEqual([]);
    expect(only(after(remote(), trial, { kind: 'paid', code: '0' }), 'set_breaker')).toEqual([]);
  });
});
