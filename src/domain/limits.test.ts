/** Tables of how often a phone may be made to ring, and of what is said when it may not. */

import { describe, expect, it } from 'vitest';
import { mayPrompt, type Limits, type PayerUse } from './limits.ts';
import { msisdn } from './msisdn.ts';

const NOW = Date.UTC(2026, 10, 23, 9);

const LIMITS: Limits = {
  airtimeMinKes: 10,
  airtimeMaxKes: 10_000,
  promptsOwnPerHour: 20,
  promptsOwnPerDay: 100,
  promptsOtherPerHour: 3,
  promptsOtherPerDay: 10,
  promptsOtherFirstPerDay: 1,
  coolDownAfterUnfinished: 2,
  coolDownMinutes: 30,
  perDay: {
    person: { kes: 1_000, orders: 10 },
    payer: { kes: 2_000, orders: 20 },
    recipient: { kes: 3_000, orders: 30 },
  },
};

interface Case {
  readonly own?: boolean;
  /** Last hour, last day, last day by this customer. */
  readonly rang?: readonly [number, number, number];
  readonly lastPrompts?: PayerUse['lastPrompts'];
  readonly approvedBefore?: boolean;
  readonly knownPayer?: boolean;
}

function asked(
  { own = false, rang: counts = [0, 0, 0], lastPrompts = [], approvedBefore = false, knownPayer = false }: Case,
  live: PayerUse['live'] = null,
) {
  const [promptsLastHour, promptsLastDay, promptsByCustomerLastDay] = counts;
  const payer = msisdn('254722000001');
  const rang = { promptsLastHour, promptsLastDay, promptsByCustomerLastDay, lastPrompts };
  return mayPrompt({ payer, own, stopped: false, approvedBefore, live, ...rang }, LIMITS, {
    now: NOW,
    customerId: 'achieng',
    knownPayer,
  });
}

const yes = { ok: true, value: undefined };
const hour = { ok: false, error: { kind: 'too_often', per: 'hour' } };
const day = { ok: false, error: { kind: 'too_often', per: 'day' } };
const stranger = { ok: false, error: { kind: 'not_approved_yet' } };

describe('how often a phone may ring', () => {
  it.each<[string, Case, object]>([
    ['own, never before', { own: true }, yes],
    ['own, the 20th in the hour', { own: true, rang: [19, 19, 19] }, yes],
    ['own, the 21st in the hour', { own: true, rang: [20, 20, 20] }, hour],
    ['own, the 100th in the day', { own: true, rang: [0, 99, 99] }, yes],
    ['own, the 101st in the day', { own: true, rang: [0, 100, 100] }, day],
    ['a stranger, never before', {}, yes],
    ['a stranger, rung today for this customer', { rang: [0, 1, 1] }, stranger],
    ['a stranger, rung today for others', { rang: [2, 9, 0] }, yes],
    ['a stranger, over all customers the 4th in the hour', { rang: [3, 3, 0] }, hour],
    ['a stranger, over all customers the 11th in the day', { rang: [0, 10, 0] }, day],
    ['another’s who approved before', { rang: [2, 2, 2], approvedBefore: true }, yes],
    ['another’s who approved before, the 4th in the hour', { rang: [3, 3, 3], approvedBefore: true }, hour],
    ['another’s who approved before, the 11th in the day', { rang: [0, 10, 10], approvedBefore: true }, day],
    ['named in a trusted channel', { rang: [2, 2, 2], knownPayer: true }, yes],
    ['named in a trusted channel, the 4th in the hour', { rang: [3, 3, 3], knownPayer: true }, hour],
  ])('%s', (_name, one, expected) => {
    expect(asked(one)).toEqual(expected);
  });
});

describe('a prompt that is still ringing', () => {
  const live = (customerId: string, until: number): PayerUse['live'] => ({ reference: 'JZRINGING', customerId, until });

  it('names the order to the one whose it is, and to nobody else', () => {
    const until = NOW + 1;
    expect(asked({ own: true }, live('achieng', until))).toEqual({
      ok: false,
      error: { kind: 'ringing', until, reference: 'JZRINGING' },
    });
    expect(asked({ own: true }, live('baraka', until))).toEqual({
      ok: false,
      error: { kind: 'ringing', until, reference: null },
    });
  });

  it('is over at its instant', () => {
    expect(asked({ own: true }, live('achieng', NOW))).toEqual(yes);
  });

  it('comes before every count, because it passes soonest', () => {
    expect(asked({ rang: [3, 10, 1] }, live('achieng', NOW + 1))).toMatchObject({ error: { kind: 'ringing' } });
  });
});
