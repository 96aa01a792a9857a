/** Shows which texts of a program others may read, and what they read of the names that it chose. */

import { describe, expect, it } from 'vitest';
import { leadsElsewhere, nameForOthers } from './alert-text.ts';

const CONTACT = '0700 000 000';

describe('others read', () => {
  it.each([
    'Only {balance} SMS left, please top up.',
    '{user}: {balance} of {threshold} left, {days} days',
    'SMS za {user} zimebaki {balance}. Ongeza leo!',
    'Below 5,000 SMS. We buy KES 0.80 each, e.g. at 10 a.m. on 3/12.',
    'Buy before 07:00 - 21:00, or ask 2 of us',
    `Call us on ${CONTACT} now.`,
    'Line one\nLine two {',
    "{user}'s SMS: {balance}. Alert of ({user}) below {threshold}!",
  ])('%j', (text) => {
    expect(leadsElsewhere(text, CONTACT)).toBe(false);
  });

  it.each([
    ['a link', 'You won: https://evil.example/x'],
    ['a link without its beginning', 'Top up at evil.co.ke today'],
    ['a link in wide letters', 'Top up at ｅｖｉｌ．ｃｏ today'],
    ['an address of numbers', 'See 10.0.0.1 now'],
    ['an e-mail address', 'Write to help@evil'],
    ['a handle', 'Write to @evilbot'],
    ['a phone number', 'Call 0722000001'],
    ['a phone number in parts', 'Call 07 22-00.00 (01)'],
    ['a phone number over lines', 'Call 072\n20\n0'],
    ['digits of another alphabet', 'Call ٠٧٢٢٠'],
    ['a till', 'Pay to till 52252'],
    ['a code to dial', 'Dial *33#'],
    ['a number that a placeholder completes', 'Call 07{threshold}'],
    ['a number that begins with one', 'Call {threshold}07'],
    ['a number of two', 'Call {threshold}{balance}'],
    ['a number of two, set apart', 'Call {balance} {threshold}'],
    ['a number that a placeholder completes behind a blank', 'Call 07 {threshold}'],
    ['a link that a name completes', 'Win at evil{user}'],
    ['a link that a name begins', 'Win at {user}.com'],
    ['a link with a figure in it', 'Win at evil{days}.com'],
    ['a code that a placeholder completes', 'Dial *{threshold}#'],
    ['a code that begins with a hash', 'Dial ##21#'],
    ['digits in boxes', 'Call 0\uFE0F\u20E37\uFE0F\u20E32\uFE0F\u20E32\uFE0F\u20E30\uFE0F\u20E3'],
    ['a phone number with other signs between', 'Call 0722_000·001'],
    ['a link with a sign in it that cannot be seen', 'Top up at evil.\u200Dco today'],
    ['a number that the shop’s own contact is part of', `Call ${CONTACT}1 or 1 ${CONTACT} 072 22`],
  ])('no %s: %j', (_what, text) => {
    expect(leadsElsewhere(text, CONTACT)).toBe(true);
  });
});

it.each([
  ['shop-1045', 'shop-1045'],
  ['Mama Njeri', 'Mama Njeri'],
  ['254722000001', '0722 *** 001'],
  ['10004512345', '100...345'],
  ['shop\u3164\u28001045\ufe00', 'shop 1045'],
  ['2547\u28002200\u31640001', '0722 *** 001'],
  ['shop\u2800.co.ke', 'sho...oke'],
  ['\u3164\u2800', '...'],
  ['jane@shop.co.ke', 'jan...oke'],
  ['You won! See https://evil.example', 'You...ple'],
  ['Your M-Pesa is locked, send your PIN to unlock it at once', 'Your M-Pesa is locked, send your PIN...'],
])('of the name %j others read %j', (name, read) => {
  expect(nameForOthers(name)).toBe(read);
});
