/** Shows what is taken for a PIN that somebody sends, and that nothing of it is kept. */

import { describe, expect, it } from 'vitest';
import { mentionsPin, withoutPin } from './pin.ts';

describe('a PIN', () => {
  it.each(['my pin is 1234', 'PIN: 4321', 'pin yangu ni 1234', 'namba ya siri ni 98765', 'ＰＩＮ 1234'])(
    'is heard in "%s"',
    (text) => {
      expect(mentionsPin(text)).toBe(true);
      expect(withoutPin(text)).not.toMatch(/\d{4}/);
    },
  );
  it.each(['will you ask for my pin?', 'buy 1000 for 0722000000', 'pink 1234', 'nimeweka PIN', '1234'])(
    'is not heard in "%s"',
    (text) => {
      expect(mentionsPin(text)).toBe(false);
      expect(withoutPin(text)).toBe(text);
    },
  );
});
