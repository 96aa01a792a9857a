/** Shows what each answer about a payment makes of its order, what people hear of it, and what a callback may and may not do. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  attention,
  anOrder,
  anSmsOrder,
  knownOf,
  MINUTE_MS,
  NOW,
  only,
  OWN,
  rulesOf,
  said,
  steps,
} from '../../test/support/decisions.ts';
import { asSeen } from '../domain/attention.ts';
import { ALL_CLOSED, CLOSED, type Breaker } from '../domain/breaker.ts';
import type { NotPaidReason, Order, OrderState, SmsOrder } from '../domain/order.ts';
import type { CallbackReading, PaymentAnswer, PaymentStatus } from '../ports/payment-provider.ts';
import type { Change, Known, Turn } from '../ports/store.ts';
import type { KnownWallet } from '../ports/wallet.ts';
import { decide } from './decide.ts';

const RULES = rulesOf();
const SECOND_MS = 1_000;
const WALLET = {
  owner: { appId: null, userId: 'c-1' },
  wallet: { id: 'w-1', owner: { appId: null, userId: 'c-1' }, openedAt: NOW, changedAt: NOW, version: 9 },
  balances: { smsHundredths: 1_000, milliKes: 600 },
  prices: [],
  answered: null,
  paymentUsed: false,
  thresholds: [],
  alerting: null,
} as unknown as KnownWallet;
const NO_WALLET: KnownWallet = { ...WALLET, wallet: null, balances: { smsHundredths: 0, milliKes: 0 } };

const scene = (order: Order, more: Partial<Known> = {}): Known => {
  return knownOf({ order, conversation: aChat(), wallet: NO_WALLET, ...more });
};

function asked(answer: PaymentStatus, order: Order = anSmsOrder(), more: Partial<Known> = {}, at = NOW + MINUTE_MS): Turn {
  const event = { kind: 'call_answered', id: 'e-1', at, orderId: order.id, purpose: 'ask_payment', answer, raw: '{}' } as const;
  return decide(scene(order, more), event, RULES);
}

function requested(
  answer: PaymentAnswer,
  order: Order = anSmsOrder({ state: 'submitting', upstreamReference: null }),
  breaker = CLOSED,
): Turn {
  const call = { kind: 'call_answered', id: 'e-1', at: NOW, orderId: order.id } as const;
  return decide(
    scene(order, { breakers: { ...ALL_CLOSED, daraja: breaker } }),
    { ...call, purpose: 'request_payment', answer, raw: '{}' },
    RULES,
  );
}

const opened = (turn: Turn): Breaker => only(turn, 'set_breaker')[0]?.breaker ?? CLOSED;
const timers = (turn: Turn): [string, number][] => only(turn, 'set_timer').map(({ key, dueAt }) => [key, dueAt - NOW]);
const calls = (turn: Turn): [string, number][] => only(turn, 'call').map(({ purpose, dueAt }) => [purpose, dueAt - NOW]);
const kinds = (turn: Turn): Change['kind'][] => turn.changes.map(({ kind }) => kind);

const DECLINED = { kind: 'not_paid', code: '1032', reason: 'cancelled', message: 'no' } as const;

describe('paid', () => {
  it('is delivered in the same turn: delivered first, then the wallet, which nobody may have opened meanwhile, its journal and its purchase', () => {
    const turn = asked({ kind: 'paid', code: '0' });
    expect(steps(turn)).toEqual(['status_paid: awaiting_payment -> paid', 'wallet_filled: paid -> delivered']);
    expect(kinds(turn)).toEqual([
      'advance_order',
      'advance_order',
      'open_wallet',
      'post',
      'sms_purchase',
      'keep_raw',
      'call_state',
      'remember',
      'say',
    ]);
    expect(only(turn, 'post')).toMatchObject([{ journal: { key: 'delivery:o-1', kind: 'top_up', orderId: 'o-1' } }]);
    expect(only(turn, 'sms_purchase')).toMatchObject([{ amountKes: 100, units: 125, paymentMethod: 'M-Pesa' }]);
    expect(only(turn, 'advance_order').map(({ set }) => set)).toEqual([
      { paidAt: NOW + MINUTE_MS, triesNotSent: 0, promptLiveUntil: null },
      {},
    ]);
    expect(turn.read).toMatchObject({ 'wallet:/c-1': 0 });
    expect(said(turn)).toEqual(['sms-order:delivered']);
  });

  it('fills the wallet that is there, and rests on it: what was left over counts', () => {
    const turn = asked({ kind: 'paid', code: '0' }, anSmsOrder(), { wallet: WALLET });
    expect(only(turn, 'open_wallet')).toEqual([]);
    expect(only(turn, 'sms_purchase')).toMatchObject([{ walletId: 'w-1', units: 125 }]);
    expect(only(turn, 'say')[0]?.reply.parts[0]?.params).toMatchObject({ units: { grouped: 125 }, balance: { grouped: 135 } });
    expect(turn.read).toMatchObject({ 'wallet:/c-1': 9, 'order:o-1': 7 });
  });

  it.each<[OrderState, readonly string[]]>([
    ['cancelled', ['order_contradicted: status_paid came for an order that was cancelled: 0']],
    ['rejected', ['order_contradicted: status_paid came for an order that was rejected: 0']],
    ['lapsed', ['order_contradicted: status_paid came for an order that was lapsed: 0']],
    ['review', []],
    ['unknown', []],
    ['submitting', []],
  ])('wins over %s', (state, told) => {
    const turn = asked({ kind: 'paid', code: '0' }, anSmsOrder({ state }));
    expect(only(turn, 'advance_order').at(-1)?.to).toBe('delivered');
    expect([attention(turn), only(turn, 'post').length]).toEqual([told, 1]);
  });

  it.each<OrderState>(['delivered', 'refunded', 'refund_due'])('adds nothing to what is %s', (state) => {
    const turn = asked({ kind: 'paid', code: '0' }, anSmsOrder({ state }));
    expect([steps(turn), only(turn, 'post'), said(turn), attention(turn)]).toEqual([
      [`status_paid: ${state} -> nothing`],
      [],
      [],
      [],
    ]);
  });
});

describe('not paid', () => {
  it.each<[NotPaidReason, OrderState]>([
    ['too_little_money', 'cancelled'],
    ['wrong_pin', 'cancelled'],
    ['cancelled', 'cancelled'],
    ['other', 'cancelled'],
    ['expired', 'lapsed'],
    ['phone_unreachable', 'lapsed'],
    ['busy', 'rejected'],
    ['not_prompted', 'rejected'],
  ])('because of %s: %s, in plain words, and nothing is asked any more', (reason, state) => {
    const turn = asked({ kind: 'not_paid', code: '9', reason, message: 'so it is' });
    expect(only(turn, 'advance_order')).toMatchObject([{ to: state, evidence: '9 so it is', set: { promptLiveUntil: null } }]);
    expect([said(turn), timers(turn), calls(turn)]).toEqual([[`sms-order:not-paid-${reason}`], [], []]);
  });

  it('of what was delivered calls a person', () => {
    const turn = asked(DECLINED, anSmsOrder({ state: 'delivered' }));
    expect(attention(turn)).toEqual(['order_contradicted: status_not_paid came for an order that was delivered: 1032 no']);
    expect(said(turn)).toEqual([]);
  });
});

describe('no clear answer', () => {
  it('is asked for again, later and later; that the payer has not decided is no step of the order', () => {
    const pending = asked({ kind: 'pending' }, anSmsOrder(), {}, NOW + 21 * SECOND_MS);
    expect([kinds(pending), timers(pending)]).toEqual([['call_state', 'set_timer'], [['ask:o-1', 60 * SECOND_MS]]]);
    const unread = asked({ kind: 'unknown', why: 'HTTP 503' }, anSmsOrder(), {}, NOW + 61 * SECOND_MS);
    expect([steps(unread), timers(unread)]).toEqual([
      ['status_unclear: awaiting_payment -> nothing'],
      [['ask:o-1', 3 * MINUTE_MS]],
    ]);
  });

  it('is asked for no more once the order has ended', () => {
    expect(timers(asked({ kind: 'pending' }, anSmsOrder({ state: 'cancelled' })))).toEqual([]);
  });
});

describe('the answer to the request', () => {
  it('accepted: the phone rings, and the provider is asked in twenty seconds', () => {
    const turn = requested({ kind: 'accepted', upstreamReference: 'ws_CO_1' });
    expect(only(turn, 'advance_order')).toMatchObject([{ to: 'awaiting_payment', set: { upstreamReference: 'ws_CO_1' } }]);
    expect([said(turn), timers(turn), calls(turn)]).toEqual([['sms-order:approve-now'], [['ask:o-1', 20 * SECOND_MS]], []]);
  });

  it.each<[PaymentAnswer, OrderState, string]>([
    [{ kind: 'refused', code: '400.002.02', message: 'Bad Request', ours: false }, 'rejected', 'sms-order:not-paid-refused'],
    [{ kind: 'refused', code: '401', message: 'No', ours: true }, 'rejected', 'sms-order:not-paid-ours'],
    [{ kind: 'unknown', why: 'timeout' }, 'unknown', 'sms-order:unknown'],
  ])('%j: %s', (answer, to, words) => {
    const turn = requested(answer);
    expect([only(turn, 'advance_order')[0]?.to, said(turn)]).toEqual([to, [words]]);
  });

  it('that names the payment of another order is brought before a person, and that payment is not asked about', () => {
    const order = anSmsOrder({ state: 'submitting', upstreamReference: null, paymentNamedBy: null });
    const answer = { kind: 'accepted', upstreamReference: 'ws_CO_1' } as const;
    const event = {
      kind: 'call_answered',
      id: 'e-1',
      at: NOW,
      orderId: order.id,
      purpose: 'request_payment',
      answer,
      raw: '{}',
    } as const;
    const turn = decide(scene(order, { paymentHolder: 'JZANOTHER' }), event, RULES);
    expect([steps(turn), timers(turn), calls(turn)]).toEqual([['answer_of_another: submitting -> review'], [], []]);
    expect(only(turn, 'advance_order')).toMatchObject([
      { evidence: 'requested, as ws_CO_1, which is the payment of JZANOTHER', set: {} },
    ]);
    expect(turn.read).toMatchObject({ 'payment:ws_CO_1': 0 });
  });

  it('that nothing left: tried again twice, then given up', () => {
    const tried = (triesNotSent: number): Turn =>
      requested({ kind: 'not_sent', why: 'away' }, anSmsOrder({ state: 'submitting', triesNotSent, upstreamReference: null }));
    expect([calls(tried(0)), calls(tried(1)), calls(tried(2))]).toEqual([
      [['request_payment', 3 * SECOND_MS]],
      [['request_payment', 15 * SECOND_MS]],
      [],
    ]);
    expect(said(tried(2))).toEqual(['sms-order:not-paid-unreachable']);
  });

  it.each<PaymentAnswer>([
    { kind: 'accepted', upstreamReference: 'ws_CO_2' },
    { kind: 'unknown', why: 'timeout' },
  ])('%j after a callback asks at once', (answer) => {
    const turn = requested(answer, anSmsOrder({ state: 'submitting', upstreamReference: 'ws_CO_1' }));
    expect([calls(turn), timers(turn)]).toEqual([[['ask_payment', 0]], []]);
  });

  it('counts for the breaker of payments alone, and the news is of M-Pesa', () => {
    const failing: Breaker = { kind: 'closed', failures: [NOW, NOW, NOW, NOW] };
    const opening = requested({ kind: 'unknown', why: 'HTTP 503' }, undefined, failing);
    expect(only(opening, 'set_breaker')).toMatchObject([{ upstream: 'daraja', breaker: { kind: 'open' } }]);
    expect(opening.read).toMatchObject({ 'switch:breaker:daraja': 0 });
    expect(attention(opening)).toEqual(['upstream_down: 5 calls in a row failed: HTTP 503']);
    const closing = requested({ kind: 'accepted', upstreamReference: 'UP1' }, undefined, opened(opening));
    expect(attention(closing)).toEqual(['upstream_up: it answers: orders are taken again']);
    const ours = requested({ kind: 'refused', code: '401', message: 'no', ours: true });
    expect(attention(ours)).toEqual(['token_refused: 401 no']);
    for (const turn of [opening, closing, ours]) expect(only(turn, 'audit').map(({ subject }) => subject)).toEqual(['daraja']);
    const unasked = requested({ kind: 'not_sent', why: 'settled', unasked: true }, undefined, failing);
    expect(only(unasked, 'set_breaker')).toEqual([]);
  });
});

describe('a callback', () => {
  const PAID: CallbackReading = {
    kind: 'read',
    upstreamReference: 'UP1',
    code: '0',
    amountKes: 100,
    receipt: 'SFC1',
    payer: OWN,
  };
  const came = (order: Order | null, reading: CallbackReading = PAID): Turn => {
    const event = { kind: 'payment_callback', id: 'cb-1', at: NOW, provider: 'daraja', reference: 'JZ7K2M4QPW' } as const;
    const known = order === null ? knownOf() : scene(order);
    return decide(known, { ...event, raw: '{"Body":{}}', reading }, RULES);
  };

  it.each<OrderState>(['confirmed', 'awaiting_payment', 'unknown', 'review', 'cancelled', 'lapsed', 'rejected'])(
    'of an order that is %s moves nothing, and asks',
    (state) => {
      const turn = came(anSmsOrder({ state }));
      expect([steps(turn), calls(turn), said(turn)]).toEqual([[`callback_came: ${state} -> nothing`], [['ask_payment', 0]], []]);
      expect(only(turn, 'keep_raw')).toMatchObject([{ source: 'daraja callback', body: '{"Body":{}}' }]);
    },
  );

  it.each<OrderState>(['submitting', 'delivered'])('of an order that is %s is kept, and asks nothing', (state) => {
    expect([steps(came(anSmsOrder({ state }))), calls(came(anSmsOrder({ state })))]).toEqual([
      [`callback_came: ${state} -> nothing`],
      [],
    ]);
  });

  it('names what is asked about where no answer did', () => {
    const turn = came(anSmsOrder({ state: 'unknown', upstreamReference: null }));
    expect(only(turn, 'advance_order')).toMatchObject([{ to: null, set: { upstreamReference: 'UP1' } }]);
    expect([calls(turn), turn.read['payment:UP1']]).toEqual([[['ask_payment', 0]], 0]);
  });

  const NOTHING_PAID: CallbackReading = { ...PAID, code: '1032', amountKes: null, receipt: null, payer: null };
  it.each<[string, Partial<SmsOrder>, CallbackReading, object]>([
    ['a payment', { upstreamReference: null }, PAID, { upstreamReference: 'UP1', paymentNamedBy: 'paid_callback' }],
    ['no payment', { upstreamReference: null }, NOTHING_PAID, { upstreamReference: 'UP1', paymentNamedBy: 'callback' }],
    ['the same payment, after one that told of none', {}, PAID, { upstreamReference: 'UP1', paymentNamedBy: 'paid_callback' }],
    [
      'another payment, after one that told of none',
      { upstreamReference: 'UP2' },
      PAID,
      { upstreamReference: 'UP1', paymentNamedBy: 'paid_callback' },
    ],
    ['no payment, after one that told of one', { paymentNamedBy: 'paid_callback' }, NOTHING_PAID, {}],
    ['a payment that our own answer named', { paymentNamedBy: 'answer' }, PAID, {}],
  ])('is taken at its word as far as that goes: it told of %s', (_what, more, reading, set) => {
    const turn = came(anSmsOrder({ state: 'unknown', paymentNamedBy: 'callback', ...more }), reading);
    expect(only(turn, 'advance_order')[0]?.set).toEqual(set);
  });

  it('that tells of no payment gives its order none that the provider then says is paid: a person looks', () => {
    for (const state of ['unknown', 'awaiting_payment', 'confirmed', 'cancelled', 'lapsed'] as const) {
      const turn = asked({ kind: 'paid', code: '0' }, anSmsOrder({ state, paymentNamedBy: 'callback' }));
      expect([steps(turn), only(turn, 'post')]).toEqual([[`status_paid_unproven: ${state} -> review`], []]);
      expect(attention(turn)).toEqual([
        `order_review: in review, from ${state}: 0, of a payment that only a callback without amount and payer names`,
      ]);
    }
    const founded = asked({ kind: 'paid', code: '0' }, anSmsOrder({ state: 'review', paymentNamedBy: 'paid_callback' }));
    expect(only(founded, 'advance_order').at(-1)?.to).toBe('delivered');
  });

  it('that told of the payment, where the provider says that there was none: nobody is told so, and it is asked again', () => {
    const turn = asked(DECLINED, anSmsOrder({ state: 'unknown', paymentNamedBy: 'paid_callback' }));
    expect([steps(turn)[0]?.split(':')[0], said(turn), only(turn, 'set_timer').length]).toEqual(['status_unclear', [], 1]);
  });

  it('that names the payment of another order is set aside', () => {
    const event = { kind: 'payment_callback', id: 'cb-1', at: NOW, provider: 'daraja', reference: 'JZ7K2M4QPW' } as const;
    const known = scene(anSmsOrder({ upstreamReference: null, paymentNamedBy: null }), { paymentHolder: 'JZANOTHER' });
    const turn = decide(known, { ...event, raw: '{}', reading: PAID }, RULES);
    expect([kinds(turn), attention(turn)]).toEqual([['keep_raw', 'audit'], ['webhook_quarantined: another reference']]);
  });

  it.each<[string, Order | null, CallbackReading]>([
    ['no order', null, PAID],
    ['no order', anOrder(), PAID],
    ['another reference', anSmsOrder({ upstreamReference: 'UP2' }), PAID],
    ['another amount', anSmsOrder(), { ...PAID, amountKes: 1 }],
    ['another amount', anSmsOrder(), { ...PAID, amountKes: null }],
    ['another mobile', anSmsOrder(), { ...PAID, payer: '254733999999' }],
    ['another mobile', anSmsOrder(), { ...PAID, payer: null }],
    ['another mobile', anSmsOrder(), { ...PAID, payer: '2547****999' }],
    ['another mobile', anSmsOrder(), { ...PAID, payer: '****' }],
    ['another amount', anSmsOrder(), { ...PAID, code: '1032', amountKes: 1 }],
    ['it is no JSON', anSmsOrder(), { kind: 'unreadable', why: 'it is no JSON' }],
  ])('that fits no order is set aside: %s', (why, order, reading) => {
    const turn = came(order, reading);
    expect([kinds(turn), attention(turn)]).toEqual([['keep_raw', 'audit'], [`webhook_quarantined: ${why}`]]);
    // What it is held against may be replaced by an answer that came with it.
    const payment = reading.kind === 'read' ? { [`payment:${reading.upstreamReference}`]: 0 } : {};
    expect(turn.read).toEqual({ ...(order === null ? {} : { 'order:o-1': 7 }), ...payment });
  });

  it('may hide digits of the mobile, and names neither it nor the amount where nothing was paid', () => {
    expect(calls(came(anSmsOrder(), { ...PAID, payer: `${OWN.slice(0, 4)}****${OWN.slice(-3)}` }))).toHaveLength(1);
    expect(calls(came(anSmsOrder(), { ...PAID, code: '1032', amountKes: null, receipt: null, payer: null }))).toHaveLength(1);
  });
});

describe('the clock', () => {
  const timer = (kind: 'ask_payment' | 'order_silence', order: Order, rules = RULES): Turn =>
    decide(
      scene(order),
      { kind: 'timer', id: 't-1', at: NOW + 10 * MINUTE_MS, key: 'k', timer: { kind, orderId: order.id } },
      rules,
    );

  it('asks about an order that is open and has a reference to ask about', () => {
    for (const state of ['awaiting_payment', 'unknown', 'review'] as const)
      expect(calls(timer('ask_payment', anSmsOrder({ state })))).toEqual([['ask_payment', 10 * MINUTE_MS]]);
    expect(timer('ask_payment', anSmsOrder({ state: 'cancelled' })).changes).toEqual([]);
    expect(timer('ask_payment', anSmsOrder({ state: 'unknown', upstreamReference: null })).changes).toEqual([]);
  });

  it('brings ten minutes of silence before a person, though no webhook can reach us: the customer is never asked', () => {
    for (const state of ['awaiting_payment', 'unknown'] as const) {
      const turn = timer('order_silence', anSmsOrder({ state }), rulesOf({ webhooksReachUs: false }));
      expect([steps(turn), said(turn)]).toEqual([[`silence: ${state} -> review`], ['sms-order:review']]);
    }
  });
});

describe('an operator', () => {
  const says = (action: 'operator_delivered' | 'operator_cancelled' | 'operator_refund_due', state: OrderState): Turn => {
    const order = anSmsOrder({ state });
    const event = {
      kind: 'operator',
      id: 'op-1',
      at: NOW,
      orderId: 'o-1',
      action,
      operator: 'Njeri',
      evidence: 'SFC1 seen',
      seen: asSeen(order),
    } as const;
    return decide(scene(order), event, RULES);
  };

  it('who knows that it was paid has the wallet filled', () => {
    for (const state of ['review', 'refund_due'] as const) {
      const turn = says('operator_delivered', state);
      expect(steps(turn)).toEqual([`operator_delivered: ${state} -> paid`, 'wallet_filled: paid -> delivered']);
      expect(only(turn, 'post')).toHaveLength(1);
      expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'done', detail: 'delivered' }]);
      expect(said(turn)).toEqual(['sms-order:delivered']);
    }
  });

  it('who knows better closes it, or sends the money back, and nothing is filled', () => {
    expect([steps(says('operator_cancelled', 'review')), said(says('operator_cancelled', 'review'))]).toEqual([
      ['operator_cancelled: review -> cancelled'],
      ['sms-order:cancelled'],
    ]);
    const refund = says('operator_refund_due', 'review');
    expect([only(refund, 'post'), said(refund)]).toEqual([[], ['sms-order:refund-due']]);
    expect(only(says('operator_delivered', 'cancelled'), 'answer_console')).toMatchObject([{ outcome: 'refused' }]);
  });
});
