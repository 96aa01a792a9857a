/** Who is told of low SMS: a table of what was asked for and what is known, and the sum that is offered with one tap. */

import { describe, expect, it } from 'vitest';
import { OWN_ADDRESSES, planSends, toldEnough, topUpFor, type AlertType, type AlertWay, type Recipients } from './alert.ts';
import { msisdn } from './msisdn.ts';

const OWN = msisdn('254722000001');
const OTHER = msisdn('254733000002');
const OWNER = { ownChats: ['telegram:1', 'web:2'], ownNumbers: [OWN], isVouchedFor: true };

function planned(
  asked: { alertType: AlertType; method: AlertWay; recipients?: Partial<Recipients> },
  known = OWNER,
  unusable: readonly string[] = [],
): { first: string[]; spare: string[] } {
  const recipients = { ...OWN_ADDRESSES, ...asked.recipients };
  const sends = planSends(
    { ...asked, recipients },
    { ...known, usable: ({ address }) => !unusable.includes(address), enough: () => false, ended: () => false },
  );
  const names = (first: boolean): string[] =>
    sends.filter(({ state }) => (state === 'waiting') === first).map(({ way, address }) => `${way} ${address}`);
  return { first: names(true), spare: names(false) };
}

describe('own addresses', () => {
  it('the chat used last and the SMS that was asked for; the other chat stands in', () => {
    expect(planned({ alertType: 'sms', method: 'sms' })).toEqual({
      first: ['chat telegram:1', `sms ${OWN}`],
      spare: ['chat web:2'],
    });
  });

  it('of one who asked for the chat: the SMS stands in', () => {
    expect(planned({ alertType: 'chat', method: 'chat' })).toEqual({
      first: ['chat telegram:1'],
      spare: ['chat web:2', `sms ${OWN}`],
    });
  });

  it('where only another way is known than what was asked for, it is used', () => {
    expect(planned({ alertType: 'email', method: 'email' }, { ownChats: [], ownNumbers: [OWN], isVouchedFor: true })).toEqual({
      first: [`sms ${OWN}`],
      spare: [],
    });
  });

  it('that cannot be used are left out', () => {
    expect(planned({ alertType: 'sms', method: 'sms' }, OWNER, ['telegram:1', OWN])).toEqual({
      first: ['chat web:2'],
      spare: [],
    });
    expect(planned({ alertType: 'sms', method: 'sms' }, { ownChats: [], ownNumbers: [], isVouchedFor: true })).toEqual({
      first: [],
      spare: [],
    });
  });
});

describe('named addresses', () => {
  const recipients = { chat: ['terminal:a', 'terminal:b'], mobile: [OTHER], email: ['a@example.com', 'b@example.com'] };

  it('are all told, by every way that was asked for', () => {
    expect(planned({ alertType: 'both', method: 'sms', recipients })).toEqual({
      first: ['chat terminal:a', 'chat terminal:b', `sms ${OTHER}`, 'email a@example.com', 'email b@example.com'],
      spare: [],
    });
  });

  it('of a way that was not asked for stand in', () => {
    expect(planned({ alertType: 'sms', method: 'sms', recipients: { ...recipients, chat: [] } })).toEqual({
      first: [`sms ${OTHER}`],
      spare: ['email a@example.com', 'email b@example.com'],
    });
  });

  it('of one way leave the owner’s own of the others', () => {
    expect(planned({ alertType: 'both', method: 'email', recipients: { email: ['a@example.com'] } })).toEqual({
      first: ['chat telegram:1', `sms ${OWN}`, 'email a@example.com'],
      spare: ['chat web:2'],
    });
  });
});

describe('told often enough', () => {
  const HOUR = 60 * 60_000;
  const NOW = 100 * HOUR;
  it.each([
    ['a stranger an hour ago', false, [1], false],
    ['a stranger less than an hour ago', false, [0.9], true],
    ['a stranger five times in a day', false, [2, 5, 9, 15, 23.9], true],
    ['a stranger five times, the first a day ago', false, [2, 5, 9, 15, 24], false],
    ['the owner three times in an hour', true, [0, 0, 0], false],
    ['the owner four times in an hour', true, [0, 0, 0, 0.9], true],
    ['the owner twelve times in a day', true, [2, 2, 2, 4, 4, 4, 6, 6, 6, 8, 8, 8], true],
  ])('%s', (_case, own, hours, enough) => {
    const told = hours.map((ago) => NOW - ago * HOUR);
    expect(toldEnough({ way: 'sms', address: OTHER, own }, told, NOW)).toBe(enough);
  });

  it('is skipped, and nobody stands in', () => {
    const recipients = { chat: [], mobile: [OTHER], email: ['a@example.com'] };
    const all = { ...OWNER, usable: () => true, enough: ({ way }: { way: string }) => way === 'sms', ended: () => false };
    const sends = planSends({ alertType: 'sms', method: 'sms', recipients }, all);
    expect(sends.map(({ state }) => state)).toEqual(['skipped', 'spare']);
  });
});

it.each([
  ['to twice the threshold', { balance: 400, threshold: 500, perDay: 0 }, 800, 500],
  ['for a month, where that is more', { balance: 400, threshold: 500, perDay: 50 }, 800, 900],
  ['one busy day is no pace', { balance: 400, threshold: 500, perDay: 900 }, 800, 1_300],
  ['no more than the shop sells at once', { balance: 0, threshold: 1_000_000, perDay: 0 }, 800, 5_000],
  ['no less than it sells', { balance: 9, threshold: 10, perDay: 0 }, 1_000, 75],
  ['never nothing', { balance: 0, threshold: 1, perDay: 0 }, 1, 75],
])('the sum that is offered: %s', (_case, low, price, kes) => {
  expect(topUpFor(low, price, { smsMinKes: 75, smsMaxKes: 5_000 })).toBe(kes);
});
