/** Shows what a purchase of SMS asks, quotes, confirms, refuses and orders. */

import { describe, expect, it } from 'vitest';
import { aWallet, SMS_TALK, Talk, type Heard } from '../../../test/support/engine-talk.ts';
import { ALL_CLOSED } from '../../domain/breaker.ts';
import { msisdn } from '../../domain/msisdn.ts';
import type { SmsOrder } from '../../domain/order.ts';

const placed = (heard: Heard): SmsOrder | undefined =>
  heard.effects.flatMap((effect) => (effect.kind === 'place_order' && effect.order.kind === 'sms' ? [effect.order] : []))[0];

const labels = (heard: Heard): string[] => heard.buttons.map(({ label }) => label);

function shown(...texts: string[]): Heard {
  const talk = new Talk(SMS_TALK);
  for (const text of texts) talk.say(text);
  return talk.last;
}

describe('what is asked for', () => {
  it.each<[string[], string, string]>([
    [['buy sms 1000'], 'SMS: 1,000', 'To pay: KES 800'],
    [['buy 1000 sms'], 'SMS: 1,000', 'To pay: KES 800'],
    [['sms 500'], 'SMS: 500', 'To pay: KES 400'],
    [['nunua sms za 100 bob'], 'SMS: 125', 'Ya kulipa: KES 100'],
    [['buy 100 bob of sms'], 'SMS: 125', 'To pay: KES 100'],
    [['buy sms worth 100'], 'SMS: 125', 'To pay: KES 100'],
    [['buy sms', '250 sms'], 'SMS: 250', 'To pay: KES 200'],
    [['buy sms', '250 messages'], 'SMS: 250', 'To pay: KES 200'],
    [['buy sms', '200 bob'], 'SMS: 250', 'To pay: KES 200'],
    [['buy sms', 'ksh 200'], 'SMS: 250', 'To pay: KES 200'],
    [['buy sms 13'], 'SMS: 13', 'To pay: KES 11'],
  ])('%j', (texts, units, amount) => {
    const { text } = shown(...texts);
    expect(text).toContain(units);
    expect(text).toContain(amount);
  });

  it('a bare number may be either, and both readings are offered with what they come to', () => {
    const talk = new Talk(SMS_TALK);
    talk.say('buy sms');
    const heard = talk.say('500');
    expect(heard.text).toBe('Which one do you mean: shillings, or a number of SMS?');
    expect(labels(heard)).toEqual(['KES 500: 625 SMS', '500 SMS: KES 400', 'Cancel']);
    expect(talk.say('500 SMS: KES 400').text).toContain('SMS: 500\n');
  });

  it('only one reading that can be bought is asked about all the same', () => {
    expect(labels(shown('buy sms', '11'))).toEqual(['KES 11: 13 SMS', 'Cancel']);
  });

  it('where an SMS costs a shilling both readings are one', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: [aWallet({ price: { milliKes: 1_000, source: 'platform' } })] });
    talk.say('buy sms');
    expect(talk.say('500').text).toContain('SMS: 500\nPrice: KES 1 each\nTo pay: KES 500');
  });

  it.each<[string, string, string]>([
    ['buy sms 1000', 'no, 700', 'SMS: 700\n'],
    ['buy sms for 100 bob', 'make it 200', 'To pay: KES 200\n'],
    ['buy sms for 100 bob', 'no, 400 sms', 'SMS: 400\n'],
    ['buy sms 1000', '80 bob', 'To pay: KES 80\n'],
  ])('%j, then %j: a correction means what it corrects, unless it says otherwise', (first, then, wanted) => {
    expect(shown(first, then).text).toContain(wanted);
  });

  it.each([
    ['buy sms 5', '5 SMS for KES 4, in whole shillings, is too little: the least at a time is KES 10.'],
    ['buy sms for 5 bob', 'KES 5 is too little'],
    ['buy sms 1000000', '1,000,000 SMS for KES 800,000, in whole shillings, is too much'],
    ['buy sms for 100001 bob', 'KES 100,001 is too much'],
    ['buy 20,000,000 sms', "I can't use that amount"],
    ['buy sms for 10.50 bob', '10.50'],
    ['buy sms for -50 bob', '50 bob is below zero'],
    ['buy sms for 20 dollars', 'dollars'],
  ])('%j cannot be bought: why, and how many is asked', (text, why) => {
    const heard = shown(text);
    expect(heard.text).toContain(why);
    expect(heard.text).toContain('How many SMS');
  });

  it('what buys no single SMS at the price in force is not sold, nor offered', () => {
    const dear = { ...SMS_TALK, wallets: [aWallet({ price: { milliKes: 100_000, source: 'platform' } })] };
    const talk = new Talk(dear);
    const heard = talk.say('buy sms for 20 bob');
    expect(heard.text).toContain('KES 20 buys no SMS: one SMS is KES 100.');
    expect(heard.buttons.map(({ label }) => label)).not.toContain('KES 50: 0 SMS');
    expect(talk.say('100 bob').text).toContain('SMS: 1\n');
  });
});

describe('who pays', () => {
  it('is the own number that has M-Pesa, and a number in the message can only pay', () => {
    const talk = new Talk({ ...SMS_TALK, own: ['254733000111', '254722002000'] });
    expect(talk.say('buy sms 1000').text).toContain('Paid by: 0722 002 000\nPaid with: M-Pesa');
    expect(talk.say('0711000000').text).toContain('Paid by: 0711 000 000');
    expect(talk.say('from 0733000111').text).toMatch(/usually pays with Airtel Money, not M-Pesa/);
  });

  it('is asked where no number is known, with the button to share it', () => {
    const talk = new Talk({
      ...SMS_TALK,
      own: [],
      around: { ...SMS_TALK.around, channel: { buttons: true, asksOwnPhone: true, trusted: false } },
    });
    expect(labels(talk.say('buy sms 1000'))).toEqual(['Share my number', 'Cancel']);
    talk.own = [msisdn('254722002000')];
    expect(talk.hear({ kind: 'own_contact', phone: msisdn('254722002000') }).text).toContain('Paid by: 0722 002 000');
  });

  it('pays with M-Pesa only', () => {
    const heard = shown('buy sms 1000', 'with airtel money');
    expect(heard.text).toMatch(/^SMS are paid with M-Pesa only\.\n\nPaid with: still M-Pesa\./);
    expect(shown('buy sms 1000 with airtel money').text).toContain('SMS are paid with M-Pesa only.');
  });

  it('does not buy for somebody else’s wallet', () => {
    expect(shown('buy sms 1000', 'send to 0733000000').text).toContain("can't fill anybody else's");
    expect(shown('buy 500 sms for 0733000000').text).toContain("can't fill anybody else's");
  });
});

describe('the confirmation', () => {
  it('says whose price it is, where it is no ordinary one', () => {
    const at = (source: 'default' | 'platform' | 'app' | 'customer'): string => {
      const talk = new Talk({ ...SMS_TALK, wallets: [aWallet({ price: { milliKes: 425, source } })] });
      return /Price: (.*)/.exec(talk.say('buy sms 1000').text)?.[1] ?? '';
    };
    expect([at('default'), at('platform')]).toEqual(['KES 0.425 each', 'KES 0.425 each']);
    expect([at('customer'), at('app')]).toEqual(['KES 0.425 each, your own price', 'KES 0.425 each, a price for your app']);
  });

  it('counts in what was left over, and says so where it makes one more', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: [aWallet({ balances: { smsHundredths: 0, milliKes: 700 } })] });
    const whole = talk.say('buy sms for 100 bob').text;
    expect(whole).not.toContain('from before');
    expect(whole).toContain('KES 0.7 is left over: it stays in your wallet');
    expect(talk.say('no, 99 bob').text).toMatch(/SMS: 124\n[\s\S]*KES 0\.7 left over from before is counted in\./);
  });

  it('says once that it is simulated', () => {
    const business = { ...SMS_TALK.around.business, smsSimulated: true };
    const talk = new Talk({ ...SMS_TALK, around: { business } });
    expect(talk.say('buy sms 1000').text).toContain('SIMULATED: no real money moves.');
    expect(talk.tap('ok:').text).toMatch(/^SIMULATED, no real money:\n\nThank you! Order/);
  });

  it('names the wallet where there are several, and lets another be chosen', () => {
    const wallets = [
      aWallet({ owner: { appId: null, userId: 'shop-1' }, by: 'link' }),
      aWallet({ owner: { appId: 'app', userId: 'u1' }, by: 'link', price: { milliKes: 500, source: 'app' } }),
    ];
    const talk = new Talk({ ...SMS_TALK, wallets });
    expect(talk.say('buy sms for 100 bob').text).toContain('SMS: 125\nWallet: shop-1\nPrice: KES 0.8 each');
    talk.tap('change:');
    expect(labels(talk.tap('SMS wallet'))).toEqual(['u1 (app): 0 SMS', 'Keep shop-1: 0 SMS', 'Cancel']);
    expect(talk.tap('u1 (app): 0 SMS').text).toContain('SMS: 200\nWallet: u1 (app)\nPrice: KES 0.5 each, a price for your app');
    expect(placed(talk.tap('ok:'))?.wallet).toEqual({ appId: 'app', userId: 'u1' });
  });
});

describe('an order', () => {
  it('holds what was shown', () => {
    const talk = new Talk(SMS_TALK);
    talk.say('buy sms for 100 bob');
    const { draft } = talk.session;
    expect(placed(talk.say('yes'))).toMatchObject({
      kind: 'sms',
      state: 'confirmed',
      amountKes: 100,
      units: 125,
      price: { milliKes: 800, source: 'default' },
      payer: '254722002000',
      paymentNetwork: 'M-Pesa',
      wallet: { appId: null, userId: 'c1' },
      draft: draft?.id,
      revision: draft?.revision,
    });
    expect(talk.last.text).toMatch(/^Thank you! Order JZ\w{8}: asking 0722 002 000 for the M-Pesa payment now\.$/);
  });

  it.each([
    ['the price', { price: { milliKes: 900, source: 'platform' as const } }],
    ['what is left over', { balances: { smsHundredths: 0, milliKes: 799 } }],
    ['the wallet', { owner: { appId: null, userId: 'another' } }],
  ])('is not made when %s has changed since it was shown: it is shown anew', (_what, more) => {
    const talk = new Talk(SMS_TALK);
    talk.say('buy sms for 99 bob');
    talk.wallets = [aWallet(more)];
    const heard = talk.tap('ok:');
    expect(placed(heard)).toBeUndefined();
    expect(heard.text).toMatch(/^The price or your wallet has changed meanwhile, so nothing was bought\./);
    expect(placed(talk.tap('ok:'))).toBeDefined();
  });

  it('is refused while the payer’s phone is busy, sales are stopped, or SMS are not sold any more', () => {
    const talk = new Talk(SMS_TALK);
    talk.payerUse = { promptsLastHour: 10 };
    expect(talk.say('buy sms 1000').text).toMatch(/many payment prompts in the last hour/);
    expect(placed(talk.say('yes'))).toBeUndefined();
    talk.payerUse = {};
    talk.around = { ...SMS_TALK.around, salesStopped: 'closed' };
    expect(placed(talk.say('yes'))).toBeUndefined();
    expect(talk.last.text).toMatch(/your details are still here/);
    talk.around = { business: { ...SMS_TALK.around.business, sellsSms: false } };
    expect(placed(talk.tap('ok:'))).toBeUndefined();
  });

  it('is refused while M-Pesa does not answer; who sells airtime does not matter', () => {
    const talk = new Talk(SMS_TALK);
    const open = { kind: 'open', why: 'silence', since: talk.now, until: talk.now + 120_000, waitMs: 60_000 } as const;
    talk.around = { ...SMS_TALK.around, breakers: { ...ALL_CLOSED, topups: open } };
    expect(talk.say('buy sms 1000').text).not.toMatch(/not answering/);
    talk.around = { ...SMS_TALK.around, breakers: { ...ALL_CLOSED, daraja: open } };
    expect(placed(talk.say('yes'))).toBeUndefined();
    expect(talk.last.text).toMatch(/^M-Pesa is not answering us just now[\s\S]*in 2 minutes/);
  });

  it('of the same within ten minutes is said to be one', () => {
    const talk = new Talk(SMS_TALK);
    talk.say('buy sms for 100 bob');
    talk.tap('ok:');
    expect(talk.say('buy sms for 100 bob').text).toMatch(/Order JZ\w{8} for the same is not settled yet/);
    talk.orders = talk.orders.map((order) => ({ ...order, state: 'delivered' as const }));
    talk.pass(2);
    talk.say('cancel');
    expect(labels(talk.say('buy sms for 100 bob'))[0]).toBe('Yes, buy again');
  });

  it('is not said yes to by "buy again", which may mean the one before: it is asked again', () => {
    const talk = new Talk(SMS_TALK);
    talk.say('buy sms for 100 bob');
    talk.tap('ok:');
    talk.orders = talk.orders.map((order) => ({ ...order, state: 'delivered' as const }));
    talk.say('buy sms for 10 bob');
    const heard = talk.say('Buy again');
    expect([placed(heard), labels(heard)[0]]).toEqual([undefined, 'Yes, buy 12 SMS']);
  });
});

describe('where SMS are not sold', () => {
  it('it is said so, and airtime is sold as ever', () => {
    const talk = new Talk({ ...SMS_TALK, around: { business: { ...SMS_TALK.around.business, sellsSms: false } } });
    expect(talk.say('buy sms 1000').text).toMatch(/not offered here/);
    expect(labels(talk.say('hello'))).not.toContain('Buy SMS');
    expect(talk.hear({ kind: 'tap', data: 'start=buy-sms:-:0', on: null }).text).toMatch(/can't buy SMS here/);
    talk.around = { business: SMS_TALK.around.business };
    expect(labels(talk.say('hello'))).toContain('Buy SMS');
  });
});
