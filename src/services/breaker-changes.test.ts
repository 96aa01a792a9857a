/** Shows what an answer of the upstream does to the breaker, and what the operator hears of it. */

import { describe, expect, it } from 'vitest';
import { aChat, attention, anOrder, knownOf, MINUTE_MS, NOW, only, rulesOf } from '../../test/support/decisions.ts';
import { ALL_CLOSED, CLOSED, type Breaker } from '../domain/breaker.ts';
import type { PurchaseAnswer, RefusalCode } from '../ports/airtime-provider.ts';
import type { Turn } from '../ports/store.ts';
import { decide } from './decide.ts';

const RULES = rulesOf();
const OPEN: Breaker = { kind: 'open', why: '4000', since: NOW - 1, until: NOW + MINUTE_MS, waitMs: MINUTE_MS };

function answered(answer: PurchaseAnswer, breaker: Breaker): Turn {
  const order = anOrder({ state: 'submitting', upstreamReference: null });
  const event = {
    kind: 'call_answered',
    id: 'e-1',
    at: NOW,
    orderId: order.id,
    purpose: 'buy_airtime',
    answer,
    raw: null,
  } as const;
  return decide(knownOf({ order, conversation: aChat(), breakers: { ...ALL_CLOSED, topups: breaker } }), event, RULES);
}

const refused = (code: RefusalCode): PurchaseAnswer => ({ kind: 'refused', code, message: 'No' });

describe('an answer', () => {
  it('without a clear word counts for the breaker; the last of them opens it, and the operator hears so once', () => {
    const failed = (breaker: Breaker) => answered({ kind: 'unknown', why: 'HTTP 503' }, breaker);
    const counted = only(failed(CLOSED), 'set_breaker')[0]?.breaker;
    expect(counted).toEqual({ kind: 'closed', failures: [NOW] });
    const opening = failed({ kind: 'closed', failures: [NOW, NOW, NOW, NOW] });
    expect(only(opening, 'set_breaker')[0]?.breaker).toMatchObject({ kind: 'open', until: NOW + MINUTE_MS });
    expect(attention(opening)).toEqual(['upstream_down: 5 calls in a row failed: HTTP 503']);
    expect(only(opening, 'audit')[0]?.subject).toBe('topups');
    expect(opening.read).toMatchObject({ 'switch:breaker:topups': 0 });
    expect(attention(failed(OPEN))).toEqual([]);
  });

  it('that is clear closes it, with a word to the operator, and changes nothing while it is closed', () => {
    const closing = answered({ kind: 'accepted', upstreamReference: 'UP1' }, OPEN);
    expect(only(closing, 'set_breaker')).toEqual([{ kind: 'set_breaker', upstream: 'topups', breaker: CLOSED }]);
    expect(attention(closing)).toEqual(['upstream_up: it answers: orders are taken again']);
    expect(only(answered(refused('3000'), OPEN), 'set_breaker')).toHaveLength(1);
    const usual = answered({ kind: 'accepted', upstreamReference: 'UP1' }, CLOSED);
    expect([only(usual, 'set_breaker'), usual.read['switch:breaker:topups']]).toEqual([[], undefined]);
  });
});
