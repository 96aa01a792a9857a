/** Shows what people hear of an order in each state: no more than is known, and no invitation to pay twice. */

import { describe, expect, it } from 'vitest';
import { kes } from '../domain/money.ts';
import { msisdn } from '../domain/msisdn.ts';
import { ORDER_STATES, SILENCE_MS, type AirtimeOrder, type NewsWhy, type OrderState, type SmsOrder } from '../domain/order.ts';
import { loadReference } from '../reference.ts';
import {
  cannotCancel,
  isUnsettled,
  mayBelieve,
  orderLine,
  orderNews,
  orderStatus,
  promptLapsedNews,
  silenceQuestion,
  silentOrder,
} from './order-talk.ts';
import { SPOKEN, type Reply, type Spoken } from './reply.ts';

const { phrasebook } = loadReference();
const NOW = Date.parse('2026-11-22T08:03:00Z');
/** Airtime is never paid and not delivered. */
const STATES = ORDER_STATES.filter((state) => state !== 'paid' && state !== 'delivering');

function order(state: OrderState, more: Partial<AirtimeOrder> = {}): AirtimeOrder {
  return {
    id: 'o1',
    reference: 'JZ7K2M4QPW',
    kind: 'airtime',
    state,
    customerId: 'c1',
    conversationId: 'v1',
    amountKes: kes(100),
    recipient: msisdn('254733000000'),
    recipientNetwork: null,
    recipientName: null,
    payer: msisdn('254722002000'),
    paymentNetwork: 'M-Pesa',
    draft: 'a1b2c3d4',
    revision: 1,
    triesNotSent: 0,
    upstreamReference: null,
    promptLiveUntil: null,
    createdAt: Date.parse('2026-11-22T08:00:00Z'),
    changedAt: Date.parse('2026-11-22T08:00:00Z'),
    version: 1,
    ...more,
  };
}

const { kind: _, recipient: _to, recipientNetwork: _on, recipientName: _called, ...common } = order('unknown');
const sms = (state: OrderState): SmsOrder => ({
  ...common,
  state,
  kind: 'sms',
  paymentNetwork: 'M-Pesa',
  wallet: { appId: null, userId: 'c1' },
  units: 125,
  price: { milliKes: 800, source: 'default' },
  walletAt: 'own',
  paidAt: null,
  restoredAt: null,
  takenBackAt: null,
  paymentNamedBy: null,
});

function said(reply: Reply | null, language: Spoken = 'en'): string {
  return (reply?.parts ?? []).map((part) => phrasebook.say(part, language)).join('\n');
}

const offered = (reply: Reply | null): string[] => (reply?.choices ?? []).map(({ id }) => id.split('=')[0] ?? '');

describe.each(SPOKEN)('news of an order (%s)', (language) => {
  it.each(STATES.filter((state) => state !== 'confirmed' && state !== 'submitting'))(
    '%s: names the order, the amount and the number',
    (state) => {
      const text = said(orderNews(order('submitting'), state, state === 'rejected' ? '3000' : null), language);
      expect(text).toContain('JZ7K2M4QPW');
      expect(text).toContain('KES 100');
      expect(text).toContain('0733 000 000');
    },
  );
});

describe('news of an order', () => {
  it('is none while it is only being handed over', () => {
    expect(orderNews(order('confirmed'), 'submitting', null)).toBeNull();
    expect(orderNews(order('submitting'), 'confirmed', null)).toBeNull();
  });

  it.each<[OrderState, string[]]>([
    ['awaiting_payment', []],
    ['unknown', []],
    ['review', ['human']],
    ['refund_due', ['human']],
    ['delivered', ['again', 'history:-:0']],
    ['cancelled', ['again', 'history:-:0']],
    ['lapsed', ['again', 'history:-:0']],
    ['rejected', ['again', 'human']],
    ['refunded', ['again']],
  ])('%s offers %j: never to buy again what may still be paid', (state, choices) => {
    expect(offered(orderNews(order('submitting'), state, null))).toEqual(choices);
  });

  it('that it was cancelled in time says that no payment was asked for', () => {
    expect(said(orderNews(order('confirmed'), 'cancelled', null))).toContain('cancelled before any payment was asked for');
    expect(said(orderNews(order('awaiting_payment'), 'cancelled', null))).toContain('was not completed');
    expect(said(orderNews(order('confirmed'), 'cancelled', 'by_shop'))).toContain(
      'The shop cancelled your order before any payment',
    );
    expect(said(orderNews(order('confirmed'), 'cancelled', 'by_upstream'))).toContain('was not completed');
  });

  it('says that nothing was sent where that is known, and only there', () => {
    expect(said(orderNews(order('confirmed'), 'review', 'not_begun'))).toContain('nothing was sent, so no payment was asked for');
    expect(said(orderNews(order('submitting'), 'review', null))).toContain("We don't know yet how it ended");
  });
});

describe('what the news depends on, of SMS', () => {
  const news = (from: OrderState, to: OrderState, why: NewsWhy | null): string => said(orderNews(sms(from), to, why));
  it.each<[OrderState, OrderState, NewsWhy | null, string]>([
    ['confirmed', 'cancelled', null, 'cancelled before any payment was asked for'],
    ['confirmed', 'cancelled', 'by_shop', 'The shop cancelled your order before any payment'],
    ['review', 'cancelled', 'by_shop', 'closed as not paid'],
    ['awaiting_payment', 'cancelled', 'wrong_pin', 'A wrong PIN was entered'],
    ['confirmed', 'review', 'not_begun', 'nothing was sent, so no payment was asked for'],
    ['submitting', 'review', null, "We don't know yet how it ended"],
  ])('%s to %s, %s', (from, to, why, words) => expect(news(from, to, why)).toContain(words));
});

describe('where an order stands', () => {
  it.each(STATES)('%s has words of its own, with the reference', (state) => {
    for (const language of SPOKEN) expect(phrasebook.say(orderStatus(order(state), NOW), language)).toContain('JZ7K2M4QPW');
  });

  it.each<[OrderState, boolean]>([
    ['confirmed', true],
    ['submitting', true],
    ['awaiting_payment', true],
    ['unknown', true],
    ['review', true],
    ['delivered', false],
    ['cancelled', false],
    ['rejected', false],
    ['lapsed', false],
    ['refund_due', false],
    ['refunded', false],
  ])('%s: unsettled %s', (state, unsettled) => expect(isUnsettled(order(state))).toBe(unsettled));

  it('tells who wants to cancel what the phone decides, or how it ended', () => {
    const ringing = order('awaiting_payment', { promptLiveUntil: NOW + 1 });
    expect(phrasebook.say(cannotCancel(ringing, NOW), 'en')).toContain("I can't stop it");
    expect(phrasebook.say(cannotCancel(order('delivered'), NOW), 'en')).toContain('airtime went to 0733 000 000');
  });

  it.each([
    ['airtime', order('awaiting_payment', { promptLiveUntil: NOW })],
    ['SMS', { ...sms('awaiting_payment'), promptLiveUntil: NOW }],
  ])('waits for no approval once the prompt has gone from the phone: %s', (_kind, waiting) => {
    for (const tell of [orderStatus, cannotCancel]) {
      expect(phrasebook.say(tell(waiting, NOW), 'en')).toMatch(/prompt has probably gone.*a person looks/s);
      expect(phrasebook.say(tell(waiting, NOW), 'sw')).toMatch(/ombi limeshapotea.*mhudumu ataiangalia/s);
      expect(phrasebook.say(tell(waiting, NOW - 1), 'en')).not.toContain('gone');
    }
  });
});

describe('silence', () => {
  const made = Date.parse('2026-11-22T08:00:00Z');

  it('is the state of an order ten minutes after the yes, if the phone may have decided', () => {
    expect(silentOrder([order('awaiting_payment')], made + SILENCE_MS - 1)).toBeNull();
    expect(silentOrder([order('delivered'), order('unknown')], made + SILENCE_MS)?.state).toBe('unknown');
    expect(silentOrder([order('confirmed'), order('review'), order('cancelled')], made + SILENCE_MS)).toBeNull();
  });

  it('is asked about with three answers, each bound to its order', () => {
    expect(silenceQuestion(order('unknown')).choices.map(({ id }) => id)).toEqual([
      'got=JZ7K2M4QPW:-:0',
      'notgot=JZ7K2M4QPW:-:0',
      'notpaid=JZ7K2M4QPW:-:0',
    ]);
    expect(said(promptLapsedNews(order('awaiting_payment')))).toMatch(/don't buy again yet[\s\S]*JZ7K2M4QPW/);
  });

  const asked = { now: made + SILENCE_MS, asksWhatBecame: true };
  const setBack = { ...asked, now: made - 24 * 60 * 60_000 };
  const tooEarly = { ...asked, now: made + SILENCE_MS - 1 };
  const neverAsked = { ...asked, asksWhatBecame: false };
  it.each([
    ['awaiting_payment', 'customer_received', asked, true],
    ['unknown', 'customer_received', asked, true],
    ['awaiting_payment', 'customer_did_not_pay', asked, true],
    ['awaiting_payment', 'customer_paid_not_received', asked, true],
    ['review', 'customer_received', asked, true],
    ['awaiting_payment', 'customer_received', setBack, true],
    ['review', 'customer_did_not_pay', asked, false],
    ['confirmed', 'customer_received', asked, false],
    ['submitting', 'customer_received', asked, false],
    ['awaiting_payment', 'customer_received', tooEarly, false],
    ['unknown', 'customer_did_not_pay', tooEarly, false],
    ['review', 'customer_received', tooEarly, false],
    ['awaiting_payment', 'customer_received', neverAsked, false],
    ['review', 'customer_received', neverAsked, false],
  ] as const)('%s and %s, %o: the customer is believed: %s', (state, event, around, believed) => {
    expect(mayBelieve(order(state), event, around)).toBe(believed);
  });
});

describe.each(SPOKEN)('an order of SMS (%s)', (language) => {
  const silent = new Set<OrderState>(['confirmed', 'submitting', 'delivering']);

  it.each(ORDER_STATES)('%s: what is said of it names the order and what it is for', (state) => {
    const news = orderNews(sms('submitting'), state, null);
    expect(news === null).toBe(silent.has(state));
    const phrases = [orderStatus(sms(state), NOW), orderLine(sms(state)), cannotCancel(sms(state), NOW), ...(news?.parts ?? [])];
    for (const phrase of phrases) {
      const text = phrasebook.say(phrase, language);
      expect(text).toContain('JZ7K2M4QPW');
      expect(text).toContain('KES 100');
    }
    expect(said(promptLapsedNews(sms(state)), language)).toContain('JZ7K2M4QPW');
  });

  it('that has filled its wallet says with how many, and how many there are', () => {
    const text = said(orderNews(sms('awaiting_payment'), 'delivered', null, { units: 126, balance: 1130 }), language);
    expect(text).toMatch(/126 SMS|SMS 126/);
    expect(text).toMatch(/1,130 SMS|SMS 1,130/);
  });

  it.each(['awaiting_payment', 'unknown', 'review'] as const)(
    'that is %s: its customer is never asked what became of it',
    (state) => {
      const late = { now: common.createdAt + 2 * SILENCE_MS, asksWhatBecame: true };
      expect(silentOrder([sms(state)], late.now)).toBeNull();
      for (const event of ['customer_received', 'customer_did_not_pay'] as const)
        expect(mayBelieve(sms(state), event, late)).toBe(false);
    },
  );
});
