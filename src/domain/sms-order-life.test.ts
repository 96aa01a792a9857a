/** Holds the life of an order of SMS against the picture of it, pair by pair; shows when it is asked about, and what each reason ends. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contradictsEnd,
  endsPrompt,
  isInFlight,
  isTerminal,
  nextState,
  ORDER_EVENTS,
  ORDER_STATES,
  type OrderEventKind,
  type OrderState,
  type Standing,
} from './order.ts';
import { asksNextAt, eventOfReason } from './sms-order-life.ts';

const NOT_PAID = ['status_not_paid > cancelled', 'status_expired > lapsed', 'status_not_prompted > rejected'];
const STATUS = ['status_paid > paid', 'status_paid_unproven > review', ...NOT_PAID];
const CLOSED = ['status_paid > paid', 'status_paid_unproven > review'];
/** What each event makes of each state. Whatever is not here changes nothing. */
type Picture = Readonly<Record<OrderState, readonly string[]>>;
const HERE: Picture = {
  confirmed: [
    'call_starting > submitting',
    'customer_cancelled > cancelled',
    'operator_cancelled > cancelled',
    'silence > review',
    ...STATUS,
  ],
  submitting: [
    'answer_accepted > awaiting_payment',
    'answer_of_another > review',
    'answer_refused > rejected',
    'answer_not_sent > confirmed',
    'answer_never_sent > rejected',
    'answer_unknown > unknown',
    'call_interrupted > unknown',
    'silence > review',
    ...STATUS,
  ],
  awaiting_payment: ['silence > review', ...STATUS],
  unknown: ['answer_accepted > awaiting_payment', 'answer_of_another > review', 'silence > review', ...STATUS],
  paid: ['wallet_filled > delivered', 'wallets_moved > review', 'silence > review'],
  delivering: [],
  review: [
    'operator_delivered > paid',
    'operator_cancelled > cancelled',
    'operator_refund_due > refund_due',
    'status_paid > paid',
    ...NOT_PAID,
  ],
  refund_due: ['operator_delivered > paid', 'operator_refunded > refunded'],
  rejected: CLOSED,
  cancelled: CLOSED,
  lapsed: CLOSED,
  delivered: [],
  refunded: [],
};

/** Of a wallet on another server: until it is paid, and from then on. */
const ELSEWHERE_UNPAID: Picture = {
  ...HERE,
  paid: [],
  review: [
    ...HERE.review.filter((pair) => !pair.startsWith('operator_delivered')),
    'operator_paid > paid',
    'operator_delivered > delivered',
  ],
  refund_due: ['operator_paid > paid', 'operator_delivered > delivered', 'operator_refunded > refunded'],
};
/** The same, unpaid in a backup that was restored: whatever is said, nothing is asked for. */
const RESTORED = Object.fromEntries(
  Object.entries(ELSEWHERE_UNPAID).map(([state, pairs]) => [
    state,
    state === 'review' || state === 'refund_due'
      ? pairs.filter((pair) => !pair.endsWith('> paid'))
      : pairs.map((pair) => pair.replace('status_paid > paid', 'status_paid > review')),
  ]),
) as unknown as Picture;
const NONE = Object.fromEntries(ORDER_STATES.map((state) => [state, []])) as unknown as Picture;
const ELSEWHERE_PAID: Picture = {
  ...NONE,
  paid: ['delivery_starting > delivering', 'wallets_moved > review', 'silence > review'],
  delivering: [
    'delivery_added > delivered',
    'delivery_fewer > review',
    'delivery_refused > review',
    'delivery_not_sent > paid',
    'delivery_never_sent > review',
    'delivery_unknown > review',
    'delivery_interrupted > review',
    'silence > review',
  ],
  review: ['delivery_added > delivered', 'operator_delivered > delivered', 'operator_refund_due > refund_due'],
  refund_due: ['delivery_added > delivered', 'operator_delivered > delivered', 'operator_refunded > refunded'],
  delivered: ['operator_refund_due > refund_due'],
};
const TAKEN_BACK: Picture = { ...NONE, refund_due: ['operator_refunded > refunded'] };

const UNTOUCHED = { kind: 'sms', paidAt: null, restoredAt: null, takenBackAt: null } as const;
const sms = (state: OrderState): Standing => ({ ...UNTOUCHED, state, walletAt: 'own' });
const remote = (state: OrderState, paid: boolean): Standing => ({
  ...UNTOUCHED,
  state,
  walletAt: 'tuku',
  paidAt: paid ? 1_000 : null,
});

describe.each<[string, Picture, (state: OrderState) => Standing]>([
  ['a wallet here', HERE, sms],
  ['a wallet elsewhere, not paid', ELSEWHERE_UNPAID, (state) => remote(state, false)],
  ['a wallet elsewhere, paid', ELSEWHERE_PAID, (state) => remote(state, true)],
  ['a wallet elsewhere, not paid when it was restored', RESTORED, (state) => ({ ...remote(state, false), restoredAt: 1_000 })],
  ['a wallet elsewhere, sold and taken back', TAKEN_BACK, (state) => ({ ...remote(state, true), takenBackAt: 1_000 })],
])('the table of states, %s', (_where, picture, standing) => {
  it.each(ORDER_STATES)('of %s is the picture, no pair more and no pair less', (state) => {
    const coded = ORDER_EVENTS.flatMap((event) => {
      const to = nextState(standing(state), event);
      return to === null ? [] : [`${event} > ${to}`];
    });
    expect(coded.sort()).toEqual([...picture[state]].sort());
  });
});

describe('a delivery by another server', () => {
  /** As the store keeps it: the first time that it is paid is kept. */
  const life = (events: readonly OrderEventKind[]): OrderState[] => {
    let [state, paid]: [OrderState, boolean] = ['confirmed', false];
    return [
      'confirmed',
      ...events.map((event) => {
        state = nextState(remote(state, paid), event) ?? state;
        paid ||= state === 'paid' || state === 'delivered';
        return state;
      }),
    ];
  };
  const runs = { numRuns: 2000, seed: 254 };
  const anything = fc.array(fc.constantFrom(...ORDER_EVENTS), { maxLength: 60 });

  it('begins once, and again only after a try that provably never left', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const states = life(events);
        const begun = events.flatMap((event, at) =>
          event === 'delivery_starting' && states[at] === 'paid' && states[at + 1] === 'delivering' ? [at] : [],
        );
        for (const [nth, at] of begun.entries()) {
          const before = begun[nth - 1];
          if (before === undefined) continue;
          const left = states.slice(before + 1, at + 1).findIndex((state) => state !== 'delivering');
          expect(events[before + left]).toBe('delivery_not_sent');
        }
      }),
      runs,
    );
  });

  it('what is paid is never said to be unpaid: it is delivered, before a person, or paid back', () => {
    const after: readonly OrderState[] = ['paid', 'delivering', 'delivered', 'review', 'refund_due', 'refunded'];
    fc.assert(
      fc.property(anything, (events) => {
        const states = life(events);
        const paidAt = states.indexOf('paid');
        if (paidAt >= 0) for (const state of states.slice(paidAt)) expect(after).toContain(state);
      }),
      runs,
    );
  });
});

describe('the table of states', () => {
  it('brings every order in flight before a person by silence alone, never to a failure', () => {
    for (const state of ORDER_STATES.filter((one) => isInFlight(one) && one !== 'delivering'))
      expect(nextState(sms(state), 'silence')).toBe('review');
    for (const state of ['paid', 'delivering'] as const) expect(nextState(remote(state, true), 'silence')).toBe('review');
  });

  it("leaves an order that has ended only for the provider's word that it was paid", () => {
    for (const state of ORDER_STATES.filter(isTerminal))
      for (const event of ORDER_EVENTS) {
        const to = nextState(sms(state), event);
        if (to !== null) expect(CLOSED).toContain(`${event} > ${to}`);
      }
  });
});

describe('evidence only grows', () => {
  const life = (events: readonly OrderEventKind[]): OrderState[] =>
    events.reduce<OrderState[]>(
      (states, event) => {
        const state = states.at(-1) ?? 'confirmed';
        return [...states, nextState(sms(state), event) ?? state];
      },
      ['confirmed'],
    );
  const runs = { numRuns: 2000, seed: 254 };

  it('nothing is paid, and nothing delivered, without the word of the provider or of an operator', () => {
    const wordless = ORDER_EVENTS.filter((event) => event !== 'status_paid' && event !== 'operator_delivered');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...wordless), { maxLength: 40 }), (events) => {
        const states = life(events);
        expect([states.includes('paid'), states.includes('delivered')]).toEqual([false, false]);
      }),
      runs,
    );
  });

  it('what is paid is delivered, or before a person; never given up', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER_EVENTS), { maxLength: 40 }), (events) => {
        const states = life(events);
        for (const [at, state] of states.entries())
          if (state === 'paid') expect(['paid', 'delivered', 'review', undefined]).toContain(states[at + 1]);
      }),
      runs,
    );
  });
});

describe('an end that is contradicted', () => {
  it.each<[OrderState, OrderEventKind, boolean]>([
    ['cancelled', 'status_paid', true],
    ['lapsed', 'status_paid', true],
    ['rejected', 'status_paid', true],
    ['refunded', 'status_paid', false],
    ['refund_due', 'status_paid', false],
    ['delivered', 'status_paid', false],
    ['review', 'status_paid', false],
    ['delivered', 'status_not_paid', true],
    ['delivered', 'status_expired', true],
    ['refunded', 'status_not_paid', true],
    ['refund_due', 'status_not_prompted', true],
    ['cancelled', 'status_not_paid', false],
    ['delivered', 'callback_came', false],
  ])('%s, then %s: %s', (state, event, contradicted) => {
    expect(contradictsEnd(sms(state), event)).toBe(contradicted);
  });
});

describe('a phone that rings', () => {
  it.each<[OrderState, OrderEventKind, boolean]>([
    ['awaiting_payment', 'status_paid', true],
    ['awaiting_payment', 'status_not_paid', true],
    ['awaiting_payment', 'status_expired', true],
    ['review', 'operator_delivered', false],
    ['awaiting_payment', 'callback_came', false],
  ])('%s and %s: it is quiet now: %s', (state, event, quiet) => {
    expect(endsPrompt(state, event)).toBe(quiet);
  });
});

describe('why it was not paid', () => {
  it.each([
    ['busy', 'rejected'],
    ['not_prompted', 'rejected'],
    ['expired', 'lapsed'],
    ['phone_unreachable', 'lapsed'],
    ['cancelled', 'cancelled'],
    ['wrong_pin', 'cancelled'],
    ['too_little_money', 'cancelled'],
    ['other', 'cancelled'],
  ] as const)('%s: the order is %s', (reason, state) => {
    expect(nextState(sms('awaiting_payment'), eventOfReason(reason))).toBe(state);
  });
});

describe('when the provider is asked', () => {
  const seconds = (from: number): number[] => {
    const asked: number[] = [];
    for (let at: number | null = asksNextAt(0, from * 1_000); at !== null; at = asksNextAt(0, at)) asked.push(at / 1_000);
    return asked;
  };

  it('is soon, then at growing distance, before a person is called at ten minutes, and then now and again for a day', () => {
    const asked = seconds(0);
    expect(asked.slice(0, 7)).toEqual([20, 60, 180, 240, 360, 480, 570]);
    expect(asked.slice(7)).toEqual([20, 40, 80, 160, 320, 640, 1280].map((minutes) => minutes * 60));
  });

  it('leaves the provider alone for a while, however late the payment was requested', () => {
    expect(seconds(50)[0]).toBe(180);
    expect(seconds(575)[0]).toBe(1200);
  });

  it.each([
    ['by little is put off for as little', 60_000, 20_000],
    ['is now and then, because nobody knows how old the order is', 3_600_000, 1_200_000],
    ['by days is left to a person, and does not go on for as long', 30 * 24 * 3_600_000, null],
  ])('after the clock was set back %s', (_case, createdAt, next) => {
    expect(asksNextAt(createdAt, 0)).toBe(next);
  });
});
