/** Tables of how often a phone may be made to ring, and of what is said when it may not. */

import { describe, expect, it } from 'vitest';
import { LIMITS as SHOP_LIMITS } from '../../test/support/limits.ts';
import {
  dayBegan,
  mayBuy,
  mayPrompt,
  type DayUse,
  type Limits,
  type Party,
  type PastPrompt,
  type PayerUse,
  type PurchaseUse,
} from './limits.ts';
import { kes } from './money.ts';
import { msisdn } from './msisdn.ts';

const NOW = Date.UTC(2026, 10, 23, 9);

const LIMITS: Limits = {
  ...SHOP_LIMITS,
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
  /** Last hour, last day, last hour of everybody. */
  readonly strangers?: readonly [number, number, number];
  readonly lastPrompts?: PayerUse['lastPrompts'];
  readonly approvedBefore?: boolean;
  readonly knownPayer?: boolean;
}

function asked(
  { own = false, rang: counts = [0, 0, 0], strangers = [0, 0, 0], lastPrompts = [], ...how }: Case,
  live: PayerUse['live'] = null,
) {
  const [promptsLastHour, promptsLastDay, promptsByCustomerLastDay] = counts;
  const [newPayersLastHour, newPayersLastDay, strangersLastHour] = strangers;
  const { approvedBefore = false, knownPayer = false } = how;
  const payer = msisdn('254722000001');
  const rung = { promptsLastHour, promptsLastDay, promptsByCustomerLastDay, lastPrompts };
  const rang = { ...rung, newPayersLastHour, newPayersLastDay, strangersLastHour };
  return mayPrompt({ payer, own, stopped: false, approvedBefore, live, ...rang }, LIMITS, {
    now: NOW,
    customerId: 'achieng',
    knownPayer,
  });
}

const yes = { ok: true, value: undefined };
const hour = { ok: false, error: { kind: 'too_often', per: 'hour' } };
const day = { ok: false, error: { kind: 'too_often', per: 'day' } };
const payers = (per: string): object => ({ ok: false, error: { kind: 'too_many_payers', per } });
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
    ['a stranger, the third of this customer in the hour', { strangers: [2, 2, 2] }, yes],
    ['a stranger, the fourth of this customer in the hour', { strangers: [3, 3, 3] }, payers('hour')],
    ['a stranger, the eleventh of this customer in the day', { strangers: [3, 10, 0] }, payers('day')],
    ['a stranger, one too many of everybody', { strangers: [0, 0, 100] }, { ok: false, error: { kind: 'too_many_strangers' } }],
    ['own, after many strangers', { own: true, strangers: [9, 99, 500] }, yes],
    ['another’s who approved before, after many strangers', { approvedBefore: true, strangers: [9, 99, 500] }, yes],
    ['named in a trusted channel, after many strangers', { knownPayer: true, strangers: [9, 99, 500] }, yes],
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

describe('a phone that did not pay', () => {
  const MINUTE_MS = 60_000;
  /** Rang so many minutes ago, and came to this state so many minutes ago. */
  const rang = (ago: number, state: PastPrompt['state'], changedAgo = ago): PastPrompt => ({
    state,
    rangAt: NOW - ago * MINUTE_MS,
    changedAt: NOW - changedAgo * MINUTE_MS,
  });

  it.each<[string, readonly PastPrompt[], number | null, boolean?]>([
    ['once is asked again', [rang(5, 'cancelled')], null],
    ['twice is left in peace, from when the last one ended', [rang(5, 'cancelled', 4), rang(9, 'cancelled')], 26],
    ['twice, by prompts that nobody answered', [rang(5, 'awaiting_payment'), rang(60, 'review')], 28],
    ['twice, as their customers say later', [rang(20, 'lapsed', 1), rang(40, 'lapsed', 2)], 13],
    ['twice, long ago, is asked again', [rang(40, 'cancelled', 31), rang(60, 'cancelled')], null],
    ['and then did is asked again', [rang(5, 'delivered'), rang(9, 'cancelled'), rang(12, 'cancelled')], null],
    ['between two that it did not is asked again', [rang(5, 'cancelled'), rang(9, 'delivered'), rang(12, 'cancelled')], null],
    [
      'between two that it did not, and is still to be delivered, is asked again',
      [rang(5, 'cancelled'), rang(9, 'paid'), rang(12, 'cancelled')],
      null,
    ],
    ['though money is to go back, has paid', [rang(5, 'cancelled'), rang(9, 'refund_due')], null],
    ['is asked when it is the customer’s own', [rang(5, 'cancelled'), rang(9, 'cancelled')], null, true],
  ])('%s', (_name, lastPrompts, minutes, own = false) => {
    const until = minutes === null ? null : NOW + minutes * MINUTE_MS;
    const expected = until === null ? yes : { ok: false, error: { kind: 'cooling_down', until } };
    expect(asked({ own, lastPrompts, approvedBefore: true })).toEqual(expected);
  });
});

describe('a day of purchases', () => {
  const payer = msisdn('254722000001');
  const free = {
    promptsLastHour: 0,
    promptsLastDay: 0,
    promptsByCustomerLastDay: 0,
    newPayersLastHour: 0,
    newPayersLastDay: 0,
    strangersLastHour: 0,
    approvedBefore: false,
    lastPrompts: [],
    live: null,
  };
  const nothing: DayUse = { orders: 0, kes: kes(0) };

  const buying = (amount: number, today: Partial<Record<Party, DayUse>>, stopped = false, live: PayerUse['live'] = null) =>
    mayBuy(
      {
        payer: { payer, own: true, stopped, ...free, live },
        recipient: payer,
        today: { person: nothing, payer: nothing, recipient: nothing, ...today },
      },
      LIMITS,
      { now: NOW, customerId: 'achieng', knownPayer: false, amountKes: kes(amount) },
    );
  const used = (orders: number, amount: number): DayUse => ({ orders, kes: kes(amount) });
  const usedUp = (party: Party, left: number) => ({ ok: false, error: { kind: 'day_used_up', party, leftKes: left } });

  it.each<[string, number, Partial<Record<Party, DayUse>>, object]>([
    ['takes what fits exactly', 400, { person: used(1, 600) }, yes],
    ['does not take a shilling more', 401, { person: used(1, 600) }, usedUp('person', 400)],
    ['counts purchases too', 10, { person: used(10, 100) }, usedUp('person', 0)],
    ['is the payer’s, whoever orders', 10, { payer: used(3, 1_995) }, usedUp('payer', 5)],
    ['is the payer’s in purchases', 10, { payer: used(20, 200) }, usedUp('payer', 0)],
    ['is the recipient’s, whoever pays', 10, { recipient: used(3, 2_999) }, usedUp('recipient', 1)],
    ['is the recipient’s in purchases', 10, { recipient: used(30, 300) }, usedUp('recipient', 0)],
    ['has nothing left when a limit was lowered', 10, { person: used(3, 5_000) }, usedUp('person', 0)],
  ])('%s', (_name, amount, today, expected) => expect(buying(amount, today)).toEqual(expected));

  it('has no recipient’s part where nobody’s number gets anything', () => {
    const use = (recipient: PurchaseUse['recipient']): PurchaseUse => ({
      payer: { payer, own: true, stopped: false, ...free },
      recipient,
      today: { person: nothing, payer: nothing, recipient: used(3, 2_999) },
    });
    const asked = { now: NOW, customerId: 'achieng', knownPayer: false, amountKes: kes(10) };
    expect(mayBuy(use(null), LIMITS, asked)).toEqual(yes);
    expect(mayBuy(use(payer), LIMITS, asked)).toEqual(usedUp('recipient', 1));
    const poorer = { ...LIMITS, perDay: { ...LIMITS.perDay, recipient: { kes: 5, orders: 1 } } };
    expect(mayBuy(use(null), poorer, asked)).toEqual(yes);
  });

  it('says first what stands longest: the stop list, then the day, then the ringing phone', () => {
    const live = { reference: 'JZX', customerId: 'achieng', until: NOW + 1 };
    expect(buying(10, { person: used(10, 0) }, true, live)).toEqual({ ok: false, error: { kind: 'stopped', own: true } });
    expect(buying(10, { person: used(10, 0) }, false, live)).toMatchObject({ error: { kind: 'day_used_up' } });
    expect(buying(10, {}, false, live)).toMatchObject({ error: { kind: 'ringing' } });
  });

  it.each([
    ['2026-11-23T20:59:59.999Z', '2026-11-22T21:00:00.000Z'],
    ['2026-11-23T21:00:00.000Z', '2026-11-23T21:00:00.000Z'],
    ['2026-03-01T00:30:00.000Z', '2026-02-28T21:00:00.000Z'],
  ])('at %s began at midnight in Nairobi, %s', (now, began) => {
    expect(new Date(dayBegan(Date.parse(now))).toISOString()).toBe(began);
  });
});
