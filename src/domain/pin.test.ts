/** Shows what is taken for a PIN that somebody sends, that nothing of it is kept, and what is none. */

import { describe, expect, it } from 'vitest';
import { isBarePin, mentionsPin, withoutBarePin, withoutPin } from './pin.ts';

describe('a PIN', () => {
  it.each([
    'my pin is 9173',
    'PIN: 9173',
    'PINs: 9173',
    'pin9173',
    'pin_9173',
    'p.i.n 9173',
    'P I N 9173',
    'm-pin 9173',
    'pin yangu ni 9173',
    'pini yangu 9173',
    'namba ya siri ni 98917',
    'siri yangu ni 9173, nitumie 50',
    'nywila yangu ni 9173',
    'nenosiri 9173',
    'mpesa password 9173',
    'passcode 9173',
    'secret 9173',
    'ＰＩＮ ９１７３',
    'p\u200bin 91\u200b73',
    'PIN 9 1 7 3',
    'pin 917-3',
    'pin 91 73 kes',
    'pin 917391',
    'pin: 0722 9173',
    'my pin is 9173 for mpesa 0722000111',
    'pin 9173 0722000111',
    '9173 is my pin',
    `${'x '.repeat(1_000)}my pin is 9173`,
    `9173 ${'x '.repeat(1_000)} is my pin`,
  ])('is heard in "%s", and none of its digits is kept', (text) => {
    expect(mentionsPin(text)).toBe(true);
    expect(withoutPin(text).normalize('NFKC')).not.toMatch(/9\D?1\D?7/);
    expect(mentionsPin(withoutPin(text))).toBe(false);
  });

  it.each([
    '',
    'will you ask for my pin?',
    'buy 1000 for 0722000000',
    'pink 1234',
    'pinned 1234',
    'nipinge 1234',
    'spin 1234',
    'secretary 1234',
    'nimeweka PIN',
    '1234',
    'send 500 to 0722000000 without entering pin',
    'buy 50 for +254722000111, no pin',
    'without pin: 0722 000 111',
    'pin 50 0722000111',
  ])('is not heard in "%s", which is kept as it is', (text) => {
    expect(mentionsPin(text)).toBe(false);
    expect(withoutPin(text)).toBe(text);
  });

  it('takes no phone number with it', () => {
    expect(withoutPin('my pin is 9173 for mpesa 0722000111')).toBe('my pin is **** for mpesa 0722000111');
  });
});

describe('four digits and nothing else', () => {
  it.each(['9173', ' 9 1 7 3 ', '9-1-7-3', '9173.', '９１７３', '9\u200b173'])('"%s" may be a PIN', (text) => {
    expect(isBarePin(text)).toBe(true);
    expect(withoutBarePin(text)).toBe('****');
  });

  it.each(['917', '91735', 'KES 1000', '1000 bob', '1,000', '0722000111', ''])('"%s" is none', (text) => {
    expect(isBarePin(text)).toBe(false);
    expect(withoutBarePin(text)).toBe(text);
  });
});
