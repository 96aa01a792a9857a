/** Shows what each answer and webhook makes of an order of airtime: its step, what is called, what is said, who is told. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  attention,
  anOpenDraft,
  anOrder,
  knownOf,
  MINUTE_MS,
  NOW,
  only,
  rulesOf,
  said,
  steps,
} from '../../test/support/decisions.ts';
import type { AirtimeOrder, Order, OrderState } from '../domain/order.ts';
import type { PurchaseAnswer, RefusalCode, WebhookReading } from '../ports/airtime-provider.ts';
import type { Turn, TurnEvent } from '../ports/store.ts';
import { decide } from './decide.ts';

const RULES = rulesOf();

function turned(event: TurnEvent, order: Order | null, chat = aChat()): Turn {
  return decide(knownOf({ order, conversation: order === null ? null : chat }), event, RULES);
}

function answered(answer: PurchaseAnswer, more: Partial<AirtimeOrder> = {}, raw: string | null = '{"raw":1}'): Turn {
  const order = anOrder({ state: 'submitting', upstreamReference: null, ...more });
  const event = { kind: 'call_answered', id: 'e-1', at: NOW, orderId: order.id, purpose: 'buy_airtime', answer, raw } as const;
  return turned(event, order);
}

const starting: TurnEvent = { kind: 'call_starting', id: 'e-1', at: NOW, orderId: 'o-1', purpose: 'buy_airtime' };

describe('an answer', () => {
  const refused = (code: RefusalCode): PurchaseAnswer => ({ kind: 'refused', code, message: 'No' });

  it.each<[PurchaseAnswer, string, string]>([
    [{ kind: 'accepted', upstreamReference: 'UP1' }, 'answer_accepted: submitting -> awaiting_payment', 'order:approve-now'],
    [refused('1000'), 'answer_refused: submitting -> rejected', 'order:rejected-1000'],
    [refused('2000'), 'answer_refused: submitting -> rejected', 'order:rejected-2000'],
    [refused('3000'), 'answer_refused: submitting -> rejected', 'order:rejected-3000'],
    [refused('4000'), 'answer_refused: submitting -> rejected', 'order:rejected-4000'],
    [refused('5000'), 'answer_refused: submitting -> rejected', 'order:rejected-5000'],
    [refused('6000'), 'answer_refused: submitting -> rejected', 'order:rejected-6000'],
    [{ kind: 'cancelled', message: 'No' }, 'answer_cancelled: submitting -> cancelled', 'order:cancelled'],
    [{ kind: 'unknown', why: 'HTTP 503' }, 'answer_unknown: submitting -> unknown', 'order:unknown'],
  ])('%o', (answer, step, news) => {
    const turn = answered(answer);
    expect(steps(turn)).toEqual([step]);
    expect(said(turn)).toEqual([news]);
    expect(only(turn, 'call_state').map(({ state }) => state)).toEqual(['answered']);
    expect(only(turn, 'call')).toEqual([]);
    expect(only(turn, 'keep_raw')).toEqual([{ kind: 'keep_raw', rawId: 'raw:e-1', source: 'topups answer', body: '{"raw":1}' }]);
    expect(only(turn, 'advance_order')[0]?.rawId).toBe('raw:e-1');
    expect(turn.read).toMatchObject({ 'order:o-1': 7, 'conversation:v-1': 4 });
  });

  it('keeps the upstream’s reference', () => {
    const [step] = only(answered({ kind: 'accepted', upstreamReference: 'UP9' }), 'advance_order');
    expect(step).toMatchObject({ evidence: '0000', set: { upstreamReference: 'UP9' } });
  });

  it('that ends the order lets the payer be prompted again; any other does not', () => {
    const live = (answer: PurchaseAnswer) => only(answered(answer), 'advance_order')[0]?.set.promptLiveUntil;
    expect(live(refused('3000'))).toBeNull();
    expect(live({ kind: 'cancelled', message: '' })).toBeNull();
    expect(live({ kind: 'unknown', why: '' })).toBeUndefined();
    expect(live({ kind: 'accepted', upstreamReference: 'UP1' })).toBeUndefined();
  });

  it('4000 tells the operators, the other refusals do not', () => {
    expect(attention(answered(refused('4000')))).toEqual(['token_refused: 4000 No']);
    for (const code of ['1000', '2000', '3000', '5000', '6000'] as const) expect(attention(answered(refused(code)))).toEqual([]);
  });

  it('without a body keeps none', () => {
    const turn = answered({ kind: 'unknown', why: 'timeout' }, {}, null);
    expect(only(turn, 'keep_raw')).toEqual([]);
    expect(only(turn, 'advance_order')[0]?.rawId).toBeNull();
  });

  it('after the webhook only adds its reference', () => {
    const turn = answered({ kind: 'accepted', upstreamReference: 'UP9' }, { state: 'delivered' });
    expect(only(turn, 'advance_order')).toMatchObject([{ to: null, set: { upstreamReference: 'UP9' } }]);
    expect(said(turn)).toEqual([]);
  });

  it.each<PurchaseAnswer>([refused('5000'), { kind: 'cancelled', message: 'No' }])(
    'that denies what a webhook has delivered tells the operators and changes nothing (%o)',
    (answer) => {
      const turn = answered(answer, { state: 'delivered' });
      expect(only(turn, 'advance_order').map(({ to }) => to)).toEqual([null]);
      expect(said(turn)).toEqual([]);
      expect(attention(turn)).toEqual([expect.stringContaining('came for an order that was delivered') as string]);
    },
  );

  it('0000 that comes late ends the doubt', () => {
    expect(steps(answered({ kind: 'accepted', upstreamReference: 'UP9' }, { state: 'unknown' }))).toEqual([
      'answer_accepted: unknown -> awaiting_payment',
    ]);
  });

  it('is told although a draft is open, without buttons that could be mistaken for the draft’s', () => {
    const order = anOrder({ state: 'submitting' });
    const event: TurnEvent = {
      kind: 'call_answered',
      id: 'e-1',
      at: NOW,
      orderId: 'o-1',
      purpose: 'buy_airtime',
      answer: { kind: 'cancelled', message: 'No' },
      raw: null,
    };
    const choices = [{ id: 'ok:draft002:2', label: { key: 'buy-airtime:yes' } }];
    const busy = turned(event, order, aChat({ draft: anOpenDraft(NOW - MINUTE_MS), choices }));
    expect(only(busy, 'say')[0]?.reply.choices).toEqual([]);
    expect(only(busy, 'remember')[0]?.session.choices).toEqual(choices);
    const left = turned(event, order, aChat({ draft: anOpenDraft(NOW - 61 * MINUTE_MS), choices }));
    expect(only(left, 'say')[0]?.reply.choices).toHaveLength(2);
    expect(only(left, 'remember')[0]?.session.choices).toHaveLength(2);
  });

  it('of a simulated upstream says so', () => {
    const order = anOrder({ state: 'submitting' });
    const event: TurnEvent = { ...starting, kind: 'call_answered', answer: { kind: 'unknown', why: '' }, raw: null };
    const turn = decide(knownOf({ order, conversation: aChat() }), event, rulesOf({ simulated: true }));
    expect(said(turn)).toEqual(['common:simulated-short', 'order:unknown']);
  });
});

describe('provably nothing sent', () => {
  const notSent: PurchaseAnswer = { kind: 'not_sent', why: 'connect ECONNREFUSED' };

  it.each([
    [0, 3_000],
    [1, 15_000],
  ])('after %i such tries is tried again in %i ms, under the same reference and in silence', (triesNotSent, waitMs) => {
    const turn = answered(notSent, { triesNotSent }, null);
    expect(steps(turn)).toEqual(['answer_not_sent: submitting -> confirmed']);
    expect(only(turn, 'call')).toEqual([{ kind: 'call', orderId: 'o-1', purpose: 'buy_airtime', dueAt: NOW + waitMs }]);
    expect(only(turn, 'advance_order')[0]?.set).toEqual({ triesNotSent: triesNotSent + 1 });
    expect(said(turn)).toEqual([]);
  });

  it('the third time is the end, and the person hears that nothing was sent', () => {
    const turn = answered(notSent, { triesNotSent: 2 }, null);
    expect(steps(turn)).toEqual(['answer_never_sent: submitting -> rejected']);
    expect(only(turn, 'call')).toEqual([]);
    expect(said(turn)).toEqual(['order:rejected-unreachable']);
  });

  it.each<OrderState>(['delivered', 'cancelled', 'review', 'lapsed'])(
    'is not tried again when the order is %s by then',
    (state) => {
      const turn = answered(notSent, { state }, null);
      expect(steps(turn)).toEqual([`answer_not_sent: ${state} -> nothing`]);
      expect(only(turn, 'call')).toEqual([]);
    },
  );
});

describe('a webhook', () => {
  type Read = Extract<WebhookReading, { kind: 'read' }>;
  const reading = (more: Partial<Read> = {}): Read => ({
    kind: 'read',
    note: 'JZ7K2M4QPW',
    upstreamReference: 'UP1',
    amountKes: 100,
    mobile: '254733000002',
    outcome: 'positive',
    status: 'Success',
    ...more,
  });
  const came = (more: Partial<Read> = {}, order: Partial<AirtimeOrder> | null = {}): Turn =>
    turned(
      { kind: 'webhook', id: 'w-1', at: NOW, provider: 'topups', raw: '<raw/>', reading: reading(more) },
      order === null ? null : anOrder(order),
    );
  const raw = [{ kind: 'keep_raw', rawId: 'raw:w-1', source: 'topups webhook', body: '<raw/>' }];

  it.each<[Read['outcome'], string, string]>([
    ['positive', 'webhook_positive: awaiting_payment -> delivered', 'order:delivered'],
    ['cancelled', 'webhook_cancelled: awaiting_payment -> cancelled', 'order:cancelled'],
    ['negative', 'webhook_negative: awaiting_payment -> review', 'order:review'],
  ])('%s', (outcome, step, news) => {
    const turn = came({ outcome });
    expect(steps(turn)).toEqual([step]);
    expect(said(turn)).toEqual([news]);
    expect(only(turn, 'keep_raw')).toEqual(raw);
    expect(only(turn, 'advance_order')[0]).toMatchObject({
      rawId: 'raw:w-1',
      evidence: 'Success',
      set: { promptLiveUntil: null },
    });
  });

  it.each<OrderState>(['submitting', 'unknown', 'review'])('positive delivers an order that is %s', (state) => {
    expect(steps(came({}, { state }))).toEqual([`webhook_positive: ${state} -> delivered`]);
  });

  it('that comes before the answer brings the reference along', () => {
    expect(only(came({}, { state: 'submitting', upstreamReference: null }), 'advance_order')[0]?.set).toEqual({
      upstreamReference: 'UP1',
      promptLiveUntil: null,
    });
  });

  it('that comes again is recorded, and nobody hears of it', () => {
    const turn = came({}, { state: 'delivered' });
    expect(steps(turn)).toEqual(['webhook_positive: delivered -> nothing']);
    expect(said(turn)).toEqual([]);
    expect(attention(turn)).toEqual([]);
    expect(only(turn, 'keep_raw')).toEqual(raw);
  });

  it.each<[OrderState, string]>([
    ['rejected', 'rejected -> delivered'],
    ['cancelled', 'cancelled -> delivered'],
    ['lapsed', 'lapsed -> delivered'],
    ['refund_due', 'refund_due -> delivered'],
  ])('positive after the order was %s delivers it and tells the operators', (state, step) => {
    const turn = came({}, { state });
    expect(steps(turn)).toEqual([`webhook_positive: ${step}`]);
    expect(said(turn)).toEqual(['order:delivered']);
    expect(attention(turn)).toEqual([`order_contradicted: webhook_positive came for an order that was ${state}: Success`]);
    expect(only(turn, 'audit')[0]).toMatchObject({ subject: 'o-1', actor: { kind: 'upstream' } });
  });

  it.each<[OrderState, Read['outcome']]>([
    ['refunded', 'positive'],
    ['delivered', 'cancelled'],
    ['delivered', 'negative'],
  ])('of an order that is %s, saying %s, changes nothing and tells the operators', (state, outcome) => {
    const turn = came({ outcome, status: 'Reversed' }, { state });
    expect(only(turn, 'advance_order').map(({ to }) => to)).toEqual([null]);
    expect(said(turn)).toEqual([]);
    expect(attention(turn)).toEqual([`order_contradicted: webhook_${outcome} came for an order that was ${state}: Reversed`]);
  });

  it.each<[string, Partial<Read>, Partial<AirtimeOrder>]>([
    ['with the note alone', { upstreamReference: null }, {}],
    ['with spaces around the note', { note: ' JZ7K2M4QPW ' }, {}],
    ['with the reference alone', { note: null }, {}],
    ['before we know the reference', {}, { upstreamReference: null }],
    ['with the mobile as people type it', { mobile: '0733 000 002' }, {}],
  ])('%s matches', (_name, more, order) => {
    expect(steps(came(more, order))).toEqual(['webhook_positive: awaiting_payment -> delivered']);
  });

  it.each<[string, Partial<Read>, Partial<AirtimeOrder> | null]>([
    ['another note', { note: 'JZAAAAAAAA' }, {}],
    ['another reference', { upstreamReference: 'UP2' }, {}],
    ['another amount', { amountKes: 1000 }, {}],
    ['another amount', { amountKes: 100.5 }, {}],
    ['another amount', { amountKes: null }, {}],
    ['another mobile', { mobile: '254733000003' }, {}],
    ['another mobile', { mobile: '254722000001' }, {}],
    ['another mobile', { mobile: 'mum' }, {}],
    ['another mobile', { mobile: null }, {}],
    ['no order', {}, null],
  ])('with %s is kept, set apart and shown, and changes nothing (%o)', (why, more, order) => {
    const turn = came(more, order);
    expect(turn.changes.filter(({ kind }) => kind !== 'keep_raw' && kind !== 'audit')).toEqual([]);
    expect(only(turn, 'keep_raw')).toEqual(raw);
    expect(turn.read).toEqual(order === null ? {} : { 'order:o-1': 7 });
    expect(only(turn, 'audit')).toMatchObject([
      { what: 'webhook_quarantined', subject: order === null ? 'raw:w-1' : 'o-1', detail: why },
    ]);
  });

  it('that cannot be read is kept and shown', () => {
    const event: TurnEvent = {
      kind: 'webhook',
      id: 'w-1',
      at: NOW,
      provider: 'topups',
      raw: '<raw/>',
      reading: { kind: 'unreadable', why: 'broken XML' },
    };
    const turn = turned(event, null);
    expect(turn.changes.map(({ kind }) => kind)).toEqual(['keep_raw', 'audit']);
    expect(attention(turn)).toEqual(['webhook_quarantined: broken XML']);
  });
});
