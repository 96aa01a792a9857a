/** When a warning goes out: tables of crossings, quiet hours and estimates, and the story of a balance as a property. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterQuietHours,
  crossingAt,
  daysLeft,
  fillAlertMessage,
  parseAlertMessage,
  parseThreshold,
  setAnew,
  type Threshold,
} from './threshold.ts';

const NOON = Date.UTC(2026, 10, 23, 9);
const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;

function threshold(units: number, armed = true, alertedAt: number | null = null): Threshold {
  return { units, armed, alertedAt };
}

describe('a balance meets a threshold of 500', () => {
  it.each([
    ['well above', true, 900, null],
    ['exactly at it', true, 500, null],
    ['one below', true, 499, 'alert'],
    ['nothing left', true, 0, 'alert'],
    ['below, told already', false, 300, null],
    ['back at it', false, 500, null],
    ['back, a little above', false, 550, null],
    ['back, well above', false, 551, 'rearm'],
  ])('%s', (_case, armed, balance, crossing) => {
    expect(crossingAt(threshold(500, armed), balance)).toBe(crossing);
  });
});

it('however a balance moves, it is told once for each time that it fell after having been well above', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.array(fc.integer({ min: 0, max: 2_000 })), (units, balances) => {
      let now = threshold(units);
      let low = false;
      for (const balance of balances) {
        const crossing = crossingAt(now, balance);
        if (crossing !== null) now = { ...now, armed: crossing === 'rearm' };
        expect(crossing === 'alert').toBe(balance < units && !low);
        if (balance < units) low = true;
        if (balance > units * 1.1) low = false;
        expect(now.armed).toBe(!low);
      }
    }),
  );
});

describe('a threshold that is set again', () => {
  it.each([
    ['for the first time', null, 500, 300, true],
    ['the same, told already', threshold(500, false, NOON), 500, 300, false],
    ['the same, told, and somewhat more again', threshold(500, false, NOON), 500, 520, false],
    ['higher, told already and still true', threshold(500, false, NOON), 800, 300, false],
    ['higher, not told yet', threshold(500), 800, 600, true],
    ['lower than what is there', threshold(500, false, NOON), 200, 300, true],
  ])('%s', (_case, before, units, balance, armed) => {
    expect(setAnew(before, units, balance)).toMatchObject({ units, armed });
  });
});

describe('quiet hours', () => {
  const night = { fromMinute: 21 * 60, toMinute: 7 * 60 };
  // Nairobi is three hours ahead of UTC.
  it.each([
    ['none are set', null, NOON, NOON],
    ['the same minute twice is none', { fromMinute: 60, toMinute: 60 }, NOON, NOON],
    ['noon is loud', night, NOON, NOON],
    ['21:00 waits for 7:00', night, NOON + 9 * HOUR_MS, NOON + 19 * HOUR_MS],
    ['2:30 waits for 7:00', night, NOON + 14.5 * HOUR_MS, NOON + 19 * HOUR_MS],
    ['7:00 is loud', night, NOON + 19 * HOUR_MS, NOON + 19 * HOUR_MS],
    ['siesta, within one day', { fromMinute: 11 * 60, toMinute: 14 * 60 }, NOON, NOON + 2 * HOUR_MS],
  ])('%s', (_case, quiet, now, at) => {
    expect(afterQuietHours(now, quiet)).toBe(at);
  });
});

describe('how long a balance lasts', () => {
  it.each([
    ['nothing was spent', 100, 0, 7, null],
    ['700 in a week, 250 left', 250, 700, 7, 2],
    ['all of it within the first hour', 90, 45, 1 / 24, 2],
    ['next to nothing left', 5, 700, 7, 0],
  ])('%s', (_case, balance, units, days, left) => {
    expect(daysLeft(balance, { units, since: NOON - days * DAY_MS }, NOON)).toBe(left);
  });
});

describe('what a threshold may be', () => {
  it.each([
    [1, { ok: true, value: 1 }],
    [5_000, { ok: true, value: 5_000 }],
    [0, { ok: false, error: 'too_small' }],
    [-5, { ok: false, error: 'too_small' }],
    [0.5, { ok: false, error: 'not_whole' }],
    [Number.NaN, { ok: false, error: 'not_whole' }],
    [Number.POSITIVE_INFINITY, { ok: false, error: 'not_whole' }],
    [1e12, { ok: false, error: 'too_big' }],
  ])('%d', (units, result) => {
    expect(parseThreshold(units)).toEqual(result);
  });
});

describe('an alert text of one’s own', () => {
  it.each([
    ['Only {balance} left', { ok: true, value: 'Only {balance} left' }],
    ['  two\nlines ', { ok: true, value: 'two\nlines' }],
    ['   ', { ok: false, error: 'empty' }],
    ['\u001b[31mred', { ok: false, error: 'control_characters' }],
    ['a\u202egnp.exe', { ok: false, error: 'control_characters' }],
    ['\ud800', { ok: false, error: 'control_characters' }],
    ['Only {balances} left', { ok: false, error: 'unknown_placeholder' }],
    ['{Balance}', { ok: false, error: 'unknown_placeholder' }],
    ['{}, {a b}, {1}, { balance }, {{days}} }{', { ok: true, value: '{}, {a b}, {1}, { balance }, {{days}} }{' }],
    ['x'.repeat(459), { ok: true, value: 'x'.repeat(459) }],
    ['x'.repeat(460), { ok: false, error: 'too_long' }],
  ])('%j', (text, result) => {
    expect(parseAlertMessage(text)).toEqual(result);
  });

  it('is cut after it was filled', () => {
    const values = { balance: '1', threshold: '2', user: 'u'.repeat(128), days: '3' };
    const filled = fillAlertMessage('{user}'.repeat(76), values);
    expect(filled).toHaveLength(459);
    expect(filled).toMatch(/uuu\.\.\.$/);
  });

  it('is filled once, and only with what it may name', () => {
    const values = { balance: '120', threshold: '500', user: '{balance}$&', days: '3' };
    expect(fillAlertMessage('{user}: {balance} of {threshold}, {days} days, {other} {balance}', values)).toBe(
      '{balance}$&: 120 of 500, 3 days, {other} 120',
    );
  });
});
