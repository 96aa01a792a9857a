/** What an alert says: every one of ours fits one SMS, in both languages, whatever the numbers. */

import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '../domain/alert.ts';
import { loadReference } from '../reference.ts';
import { alertInChat, alertNotice } from './alert-words.ts';
import { parseChoice } from './choice.ts';
import { SPOKEN, type Phrase } from './reply.ts';

const { phrasebook } = loadReference();
const FACTS: AlertFacts = {
  kind: 'crossing',
  balance: 99_500,
  threshold: 100_000,
  daysLeft: 12,
  topUpKes: 1_600,
  walletKey: 'w1',
  user: '0722 *** 001',
  setBy: 'admin',
  wallet: null,
  message: null,
  othersMayRead: true,
};
const DUKA = { name: 'Duka', supportContact: null };
/** The GSM alphabet's own letters, those that we use: another one halves the length of an SMS. */
const GSM = /^[A-Za-z0-9 .,:;?!'"()*&%+\-/\n]*$/;

describe.each(SPOKEN)('in %s', (language) => {
  const each = [true, false].flatMap((own) =>
    (['crossing', 'reminder'] as const).flatMap((kind) =>
      [0, 1, 99_500].flatMap((balance) => [null, 0, 1, 12].map((daysLeft) => ({ own, kind, balance, daysLeft }))),
    ),
  );
  it.each(each)('fits one SMS: %j', ({ own, ...facts }) => {
    const { parts } = alertNotice({ ...FACTS, ...facts }, 'sms', own, { name: 'Mama Njeri Airtime', supportContact: null });
    const text = parts.map((part) => phrasebook.say(part, language)).join(' ');
    expect(text).toMatch(GSM);
    expect(text.length, text).toBeLessThanOrEqual(160);
  });
});

it('in a chat offers one tap, where the owner can buy', () => {
  const [choice] = alertInChat(FACTS, { own: true, buys: true }).choices;
  expect(parseChoice(choice?.id ?? '')).toEqual({ action: 'buy_sms', value: '1600.w1', draft: null, revision: 0 });
  expect(alertInChat(FACTS, { own: false, buys: true }).choices).toEqual([]);
  expect(alertInChat(FACTS, { own: true, buys: false }).choices).toEqual([]);
});

it('own words never hide who speaks, and strangers read whose alert it is', () => {
  const facts = { ...FACTS, message: 'You won' };
  const text = (parts: readonly Phrase[]): string[] => parts.map((part) => phrasebook.say(part, 'en'));
  expect(text(alertNotice(facts, 'sms', false, DUKA).parts)).toEqual(['Duka, SMS alert of 0722 *** 001: You won']);
  expect(text(alertNotice(facts, 'email', false, DUKA).parts)[0]).toBe('Alert about the SMS of 0722 *** 001:');
  const chat = alertInChat(facts, { own: false, buys: true });
  expect(text(chat.parts)[0]).toBe('Alert set up by admin for 0722 *** 001: You won');
  expect(text(alertInChat(facts, { own: true, buys: true }).parts)[0]).toBe('You won');
});

it('own words that lead elsewhere are the owner’s alone to read: others read ours', () => {
  const facts = { ...FACTS, message: 'Call 0711 000 000', othersMayRead: false };
  const text = (parts: readonly Phrase[]): string => parts.map((part) => phrasebook.say(part, 'en')).join(' ');
  for (const way of ['sms', 'email'] as const) {
    expect(text(alertNotice(facts, way, true, DUKA).parts)).toContain('Call 0711 000 000');
    expect(text(alertNotice(facts, way, false, DUKA).parts)).toBe(
      text(alertNotice({ ...facts, message: null }, way, false, DUKA).parts),
    );
  }
  expect(text(alertInChat(facts, { own: true, buys: false }).parts)).toContain('Call 0711 000 000');
  expect(text(alertInChat(facts, { own: false, buys: false }).parts)).not.toContain('0711');
});

it('own words are said as they are, in an e-mail with where they come from', () => {
  const own = { ...FACTS, message: 'Only 3 left' };
  expect(alertNotice(own, 'sms', true, DUKA).parts.map((part) => phrasebook.say(part, 'en'))).toEqual(['Duka: Only 3 left']);
  const [first, second] = alertNotice(own, 'email', true, DUKA).parts.map((part) => phrasebook.say(part, 'en'));
  expect(first).toBe('Only 3 left');
  expect(second).toContain('set up with Duka');
});
