/** Shows what a purchase asks, guesses, confirms, refuses and orders. */

import { describe, expect, it } from 'vitest';
import { BUSINESS, Talk, type Heard } from '../../../test/support/engine-talk.ts';
import type { PayerUse } from '../../domain/limits.ts';
import { msisdn } from '../../domain/msisdn.ts';
import type { AirtimeOrder, OrderState } from '../../domain/order.ts';

const placed = (heard: Heard): AirtimeOrder | undefined =>
  heard.effects.flatMap((effect) => (effect.kind === 'place_order' && effect.order.kind === 'airtime' ? [effect.order] : []))[0];

function bought(...texts: string[]): AirtimeOrder {
  const talk = new Talk();
  for (const text of texts) talk.say(text);
  const order = placed(talk.say('yes'));
  if (order === undefined) throw new Error(`nothing was bought:\n${talk.last.text}`);
  return order;
}

describe('an order', () => {
  it.each<[string[], Partial<AirtimeOrder>]>([
    [
      ['100 to 0733000000'],
      { amountKes: 100 as never, recipient: msisdn('254733000000'), payer: msisdn('254722002000'), paymentNetwork: 'M-Pesa' },
    ],
    [['100 to 0733000000 from 0733000111'], { payer: msisdn('254733000111'), paymentNetwork: 'Airtel Money' }],
    [['buy 100 for me'], { recipient: msisdn('254722002000'), payer: msisdn('254722002000') }],
    [['50 to 0770000000 from 0770000001'], { payer: msisdn('254770000001'), paymentNetwork: 'T-Kash' }],
    [['50 to 0733000000 from 0764000000'], { payer: msisdn('254764000000'), paymentNetwork: 'Equitel' }],
    [['50 to 0733000000 from 0747000000', 'M-Pesa'], { payer: msisdn('254747000000'), paymentNetwork: 'M-Pesa' }],
  ])('of %j holds what was said', (texts, wanted) => expect(bought(...texts)).toMatchObject(wanted));

  it('tells the upstream a network only if the person named it', () => {
    expect(bought('100 to 0733000000').recipientNetwork).toBeNull();
    expect(bought('100 to 0747000000', 'it is on Airtel').recipientNetwork).toBe('Airtel');
    expect(bought('100 to 0747000000', 'Airtel', 'send to 0722000000').recipientNetwork).toBeNull();
  });

  it('is bound to its draft and the revision that was shown', () => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    const { draft } = talk.session;
    expect(placed(talk.say('yes'))).toMatchObject({ draft: draft?.id, revision: draft?.revision, state: 'confirmed' });
  });
});

describe('what follows from what', () => {
  it('the way of paying follows the payer until one was named', () => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    expect(talk.say('from 0733000111').text).toContain('Paid with: Airtel Money');
    talk.say('T-Kash');
    expect(talk.say('from 0722002000').text).toMatch(/Paid with: T-Kash\n\n0722 002 000 usually pays with M-Pesa, not T-Kash/);
  });

  it('an order bought again lets its guessed way of paying follow too', () => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    talk.tap('ok:');
    talk.orders = talk.orders.map((order) => ({ ...order, state: 'delivered' as const }));
    talk.say('same as last time');
    expect(talk.say('from 0733000111').text).toContain('Paid with: Airtel Money');
  });
});

describe('the same purchase before', () => {
  it.each<[OrderState, number, RegExp | null]>([
    ['delivered', 2, /You bought the same 2 minutes ago\./],
    ['delivered', 1, /You bought the same a minute ago\./],
    ['delivered', 11, null],
    ['awaiting_payment', 2, /Order JZ\w{8} for the same is not settled yet/],
    ['unknown', 9, /Order JZ\w{8} for the same is not settled yet/],
    ['review', 300, /Order JZ\w{8} for the same is not settled yet/],
    ['cancelled', 1, null],
    ['rejected', 1, null],
    ['lapsed', 1, null],
  ])('%s, %s minutes ago: %s', (state, minutes, line) => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    talk.tap('ok:');
    talk.orders = talk.orders.map((order) => ({ ...order, state }));
    talk.pass(minutes);
    const heard = talk.say('100 to 0733000000');
    const told = /You bought the same|not settled yet/.exec(heard.text);
    if (line === null) expect(told).toBeNull();
    else expect(heard.text).toMatch(line);
    expect(heard.buttons[0]?.label).toBe(line === null ? 'Yes, buy KES 100' : 'Yes, buy again');
  });
});

describe('what is not bought', () => {
  const now = Date.parse('2026-11-22T08:00:00Z');

  it.each<[string, Partial<PayerUse>, RegExp]>([
    [
      'the phone is ringing for this customer',
      { live: { reference: 'JZ7K2M4QPW', customerId: 'c1', until: now + 90_000 } },
      /Order JZ7K2M4QPW is still waiting for payment on 0722 002 000[\s\S]*in 2 minutes/,
    ],
    [
      'the phone is ringing for somebody else',
      { live: { reference: 'JZ7K2M4QPW', customerId: 'c2', until: now + 60_000 } },
      /0722 002 000 already has a payment prompt waiting[\s\S]*in a minute/,
    ],
    ['too many prompts in an hour', { promptsLastHour: 10 }, /many payment prompts in the last hour/],
    ['too many prompts in a day', { promptsLastDay: 30 }, /many payment prompts today/],
    [
      "a stranger's phone that never approved",
      { own: false, promptsByCustomerLastDay: 1 },
      /has not approved any payment for you/,
    ],
  ])('%s: why, and the draft stays', (_name, more, why) => {
    const talk = new Talk();
    talk.payerUse = more;
    const shown = talk.say('100 to 0733000000');
    const heard = talk.say('yes');
    expect(shown.text).toMatch(why);
    expect(placed(heard)).toBeUndefined();
    expect(heard.text).toMatch(why);
    expect(heard.text).toMatch(/nothing (?:new )?was bought/i);
    expect(heard.buttons[0]?.label).toBe('Try again: buy KES 100');
  });

  it('while sales are stopped none is begun, and one that was open stays', () => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    talk.around = { salesStopped: 'closed' };
    expect(talk.say('yes').text).toMatch(/your details are still here[\s\S]*Please check/);
    talk.say('cancel');
    for (const text of ['50 to 0733000000', 'buy airtime', 'same as last time', '100']) {
      expect(talk.say(text).text).toMatch(/^We can't take orders just now/);
      expect(talk.session.draft).toBeNull();
    }
  });

  it.each(['5', '20000', '10.50', '-50', '20 dollars', '1e3', '100-200'])('%j is no amount that can be bought', (text) => {
    const talk = new Talk();
    talk.say('buy airtime for 0733000000');
    talk.say(text);
    expect(talk.session.draft?.slots['amount']).toBeUndefined();
    expect(talk.last.text).toContain('How much airtime for 0733 000 000');
  });

  it('two amounts of which only one is within the limits are still asked about', () => {
    const talk = new Talk();
    talk.say('buy airtime for 0733000000');
    expect(talk.say('5 or 50').buttons.map(({ label }) => label)).toEqual(['KES 50', 'Cancel']);
    expect(talk.say('5 or 7').text).toMatch(/^KES 5 is too little/);
  });
});

describe('the menu of amounts', () => {
  it('offers only what may be bought', () => {
    const limits = { ...BUSINESS.limits, airtimeMinKes: 50, airtimeMaxKes: 200 };
    const talk = new Talk({ around: { business: { ...BUSINESS, limits } } });
    expect(talk.say('buy airtime for 0733000000').buttons.map(({ label }) => label)).toEqual([
      'KES 50',
      'KES 100',
      'KES 200',
      'Cancel',
    ]);
  });
});
