/** Holds the life of an order of airtime against the picture of it, pair by pair, and shows that evidence only grows, whatever comes in which order. */

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

/** What each event makes of each state. Whatever is not here changes nothing. */
const PICTURE = `
  confirmed:
    call_starting              -> submitting
    customer_cancelled         -> cancelled
    operator_cancelled         -> cancelled
    webhook_positive           -> delivered
    webhook_cancelled          -> cancelled
    webhook_negative           -> review
    silence                    -> review
  submitting:
    answer_accepted            -> awaiting_payment
    answer_refused             -> rejected
    answer_cancelled           -> cancelled
    answer_not_sent            -> confirmed
    answer_never_sent          -> rejected
    answer_unknown             -> unknown
    call_interrupted           -> unknown
    webhook_positive           -> delivered
    webhook_cancelled          -> cancelled
    webhook_negative           -> review
    silence                    -> review
  awaiting_payment:
    webhook_positive           -> delivered
    webhook_cancelled          -> cancelled
    webhook_negative           -> review
    silence                    -> review
    silence_without_webhooks   -> awaiting_payment
    customer_received          -> delivered
    customer_paid_not_received -> review
    customer_did_not_pay       -> lapsed
  unknown:
    answer_accepted            -> awaiting_payment
    webhook_positive           -> delivered
    webhook_cancelled          -> cancelled
    webhook_negative           -> review
    silence                    -> review
    silence_without_webhooks   -> unknown
    customer_received          -> delivered
    customer_paid_not_received -> review
    customer_did_not_pay       -> lapsed
  review:
    webhook_positive           -> delivered
    webhook_cancelled          -> cancelled
    customer_received          -> delivered
    operator_delivered         -> delivered
    operator_cancelled         -> cancelled
    operator_refund_due        -> refund_due
  refund_due:
    webhook_positive           -> delivered
    operator_delivered         -> delivered
    operator_refunded          -> refunded
  rejected:
    webhook_positive           -> delivered
  cancelled:
    webhook_positive           -> delivered
  lapsed:
    webhook_positive           -> delivered
  delivered:
  refunded:
`;

const airtime = (state: OrderState): Standing => ({ kind: 'airtime', state });
/** That it was paid is no state of its own: whoever takes the payment delivers. */
const STATES = ORDER_STATES.filter((state) => state !== 'paid' && state !== 'delivering');

function drawn(): string[] {
  let state = '';
  return PICTURE.trim()
    .split('\n')
    .flatMap((line) => {
      const heading = /^\s*(\w+):$/.exec(line)?.[1];
      if (heading !== undefined) {
        state = heading;
        return [];
      }
      const [event = '', to = ''] = line.trim().split(/\s*->\s*/);
      return [`${state} + ${event} -> ${to}`];
    });
}

function coded(): string[] {
  return ORDER_STATES.flatMap((state) =>
    ORDER_EVENTS.flatMap((event) => {
      const to = nextState(airtime(state), event);
      return to === null ? [] : [`${state} + ${event} -> ${to}`];
    }),
  );
}

describe('the table of states', () => {
  it('is the picture, no pair more and no pair less', () => {
    expect(coded().sort()).toEqual(drawn().sort());
  });

  it('draws every state', () => {
    const headings = PICTURE.match(/^ {2}\w+(?=:$)/gm)?.map((heading) => heading.trim());
    expect(headings?.sort()).toEqual([...STATES].sort());
  });

  it('leaves an order that has ended only for a positive word of the upstream', () => {
    for (const state of STATES.filter(isTerminal)) {
      for (const event of ORDER_EVENTS) {
        const to = nextState(airtime(state), event);
        if (to !== null) expect([event, to]).toEqual(['webhook_positive', 'delivered']);
      }
    }
    expect(STATES.filter(isTerminal).sort()).toEqual(['cancelled', 'delivered', 'lapsed', 'refunded', 'rejected']);
  });

  it('has a way to an end or to a person from everywhere', () => {
    const ends = new Set<OrderState>(STATES.filter((state) => isTerminal(state) || state === 'review'));
    for (let grown = true; grown;) {
      const before = ends.size;
      for (const state of STATES)
        if (
          ORDER_EVENTS.some(
            (event) => ends.has(nextState(airtime(state), event) ?? state) && nextState(airtime(state), event) !== null,
          )
        )
          ends.add(state);
      grown = ends.size > before;
    }
    expect(STATES.filter((state) => !ends.has(state))).toEqual([]);
  });

  it('brings every order in flight before a person by silence alone, never to a failure', () => {
    for (const state of STATES.filter(isInFlight)) expect(nextState(airtime(state), 'silence')).toBe('review');
    for (const state of STATES) {
      expect(['review', null]).toContain(nextState(airtime(state), 'silence'));
      expect([state, null]).toContain(nextState(airtime(state), 'silence_without_webhooks'));
    }
  });

  it('begins a call only from confirmed, and goes back there only when nothing was sent', () => {
    for (const state of STATES) {
      expect(nextState(airtime(state), 'call_starting')).toBe(state === 'confirmed' ? 'submitting' : null);
      for (const event of ORDER_EVENTS)
        if (nextState(airtime(state), event) === 'confirmed') expect(event).toBe('answer_not_sent');
    }
  });
});

const RUNS = { numRuns: 2000, seed: 254 };

describe('evidence only grows', () => {
  const event = fc.constantFrom(...ORDER_EVENTS);
  const life = (events: readonly OrderEventKind[]): OrderState[] =>
    events.reduce<OrderState[]>(
      (states, next) => {
        const state = states.at(-1) ?? 'confirmed';
        return [...states, nextState(airtime(state), next) ?? state];
      },
      ['confirmed'],
    );

  it('a delivered order stays delivered, a refunded one refunded', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const states = life(events);
        for (const end of ['delivered', 'refunded'] as const) {
          const at = states.indexOf(end);
          if (at !== -1) expect(new Set(states.slice(at))).toEqual(new Set([end]));
        }
      }),
      RUNS,
    );
  });

  it('a positive webhook always wins, but over a refund', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.array(event, { maxLength: 20 }), (before, after) => {
        const end = life([...before, 'webhook_positive', ...after]).at(-1);
        expect(end).toBe(life(before).at(-1) === 'refunded' ? 'refunded' : 'delivered');
      }),
      RUNS,
    );
  });

  it('nothing is called delivered without a word that says so', () => {
    const words = ['webhook_positive', 'customer_received', 'operator_delivered'];
    const wordless = fc.array(fc.constantFrom(...ORDER_EVENTS.filter((one) => !words.includes(one))), { maxLength: 40 });
    fc.assert(
      fc.property(wordless, (events) => {
        expect(life(events)).not.toContain('delivered');
      }),
      RUNS,
    );
  });

  it('a call is begun at most once more than it was provably not sent', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const states = life(events);
        const begun = states.filter((state, at) => state === 'submitting' && states[at - 1] === 'confirmed').length;
        const notSent = states.filter((state, at) => state === 'confirmed' && states[at - 1] === 'submitting').length;
        expect(begun - notSent).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });
});

describe('an end that is contradicted', () => {
  it.each([
    ['rejected', 'webhook_positive', true],
    ['cancelled', 'webhook_positive', true],
    ['lapsed', 'webhook_positive', true],
    ['refund_due', 'webhook_positive', true],
    ['refunded', 'webhook_positive', true],
    ['delivered', 'webhook_positive', false],
    ['review', 'webhook_positive', false],
    ['unknown', 'webhook_positive', false],
    ['awaiting_payment', 'webhook_positive', false],
    ['delivered', 'webhook_negative', true],
    ['delivered', 'webhook_cancelled', true],
    ['delivered', 'answer_refused', true],
    ['delivered', 'answer_cancelled', true],
    ['delivered', 'answer_unknown', false],
    ['delivered', 'answer_accepted', false],
    ['delivered', 'silence', false],
    ['review', 'answer_refused', false],
    ['cancelled', 'webhook_cancelled', false],
    ['rejected', 'webhook_negative', false],
    ['delivered', 'operator_cancelled', false],
  ] as const)('%s, then %s: %s', (state, event, contradicted) => {
    expect(contradictsEnd(airtime(state), event)).toBe(contradicted);
  });
});

describe('a phone that rings', () => {
  it.each<[OrderState, OrderEventKind, boolean]>([
    ['awaiting_payment', 'webhook_cancelled', true],
    ['unknown', 'webhook_positive', true],
    ['submitting', 'answer_refused', true],
    ['confirmed', 'customer_cancelled', true],
    ['confirmed', 'silence', true],
    ['unknown', 'silence', false],
    ['awaiting_payment', 'customer_did_not_pay', false],
    ['awaiting_payment', 'customer_received', false],
    ['review', 'operator_cancelled', false],
  ])('%s and %s: it is quiet now: %s', (state, event, quiet) => {
    expect(endsPrompt(state, event)).toBe(quiet);
  });
});
