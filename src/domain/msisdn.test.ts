/** What people type as a phone number, what is made of it, and what is said to be wrong with the rest. */

import { describe, expect, test } from 'vitest';
import { formatMsisdn, maskMsisdn, msisdn, parseMsisdn } from './msisdn.ts';

describe('a Kenyan mobile number in every spelling', () => {
  test.each([
    '0722000000',
    '722000000',
    '254722000000',
    '+254722000000',
    '+254 722 000 000',
    '254 722 000 000',
    '+254(0)722000000',
    '+254 (0) 722 000 000',
    '(+254) 722-000-000',
    '00254722000000',
    '2540722000000',
    '254 0722000000',
    '0722 000 000',
    '0722-000-000',
    '0722.000.000',
    '07 22 00 00 00',
    '0722/000/000',
    ' 0722000000 ',
    '+0722000000',
    '0722\u2013000\u2013000',
    '0722\u00a0000\u00a0000',
  ])('%s', (typed) => {
    expect(parseMsisdn(typed)).toEqual({ ok: true, value: '254722000000' });
  });

  test('the newer range', () => {
    expect(parseMsisdn('0110123456')).toEqual({ ok: true, value: '254110123456' });
    expect(parseMsisdn('+254 110 123 456')).toEqual({ ok: true, value: '254110123456' });
    expect(parseMsisdn('110123456')).toEqual({ ok: true, value: '254110123456' });
  });
});

describe('what cannot be used, and why', () => {
  const cases: [string, object][] = [
    ['', { kind: 'not_a_number' }],
    ['mum', { kind: 'not_a_number' }],
    ['0722', { kind: 'not_a_number' }],
    ['0722OOOOOO', { kind: 'not_a_number' }],
    ['0722000000x', { kind: 'not_a_number' }],
    ['072200000', { kind: 'too_short', digits: '072200000', missing: 1 }],
    ['0722 000 0', { kind: 'too_short', digits: '07220000', missing: 2 }],
    ['25472200000', { kind: 'too_short', digits: '25472200000', missing: 1 }],
    ['254722000', { kind: 'too_short', digits: '254722000', missing: 3 }],
    ['+25472200', { kind: 'too_short', digits: '25472200', missing: 4 }],
    ['07220000001', { kind: 'too_long', digits: '07220000001', extra: 1 }],
    ['2547220000001', { kind: 'too_long', digits: '2547220000001', extra: 1 }],
    ['+255712345678', { kind: 'foreign', country: 'TZ' }],
    ['255712345678', { kind: 'foreign', country: 'TZ' }],
    ['00256772123456', { kind: 'foreign', country: 'UG' }],
    ['+44 7400 123456', { kind: 'foreign', country: 'GB' }],
    ['+999 123 456 789', { kind: 'foreign', country: null }],
    ['0202222222', { kind: 'landline' }],
    ['020 2222222', { kind: 'landline' }],
    ['+254 20 2222222', { kind: 'landline' }],
    ['0800720000', { kind: 'not_mobile' }],
    ['0900123456', { kind: 'not_mobile' }],
    ['0000000000', { kind: 'not_mobile' }],
  ];
  test.each(cases)('%s', (typed, problem) => {
    expect(parseMsisdn(typed)).toEqual({ ok: false, error: problem });
  });

  test('a very long text is refused without harm', () => {
    expect(parseMsisdn('7'.repeat(5_000)).ok).toBe(false);
    expect(parseMsisdn(' '.repeat(5_000)).ok).toBe(false);
  });
});

test('a stored value must be an msisdn already', () => {
  expect(msisdn('254722000000')).toBe('254722000000');
  for (const bad of ['0722000000', '+254722000000', '254222000000', '25472200000', '2547220000000', '254722000000\n']) {
    expect(() => msisdn(bad), bad).toThrow('invariant broken');
  }
});

test('numbers are read back in groups, and masked for others', () => {
  expect(formatMsisdn(msisdn('254722000001'))).toBe('0722 000 001');
  expect(maskMsisdn(msisdn('254722000001'))).toBe('0722 *** 001');
});
