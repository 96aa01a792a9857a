/** Shows two purchases in one chat: one is set aside for the other and gone on with, and neither is ever taken for the other. */

import { describe, expect, it } from 'vitest';
import { aWallet, SMS_TALK, Talk, type Heard } from '../../test/support/engine-talk.ts';
import { smsTopUpChoice } from './choice.ts';
import type { Order } from '../domain/order.ts';

const labels = (heard: Heard): string[] => heard.buttons.map(({ label }) => label);
const placed = (heard: Heard): Order['kind'][] =>
  heard.effects.flatMap((effect) => (effect.kind === 'place_order' ? [effect.order.kind] : []));

function begun(...texts: string[]): Talk {
  const talk = new Talk(SMS_TALK);
  for (const text of texts) talk.say(text);
  return talk;
}

describe('a second purchase in the middle of the first', () => {
  it.each([
    ['100 to 0733000000', 'buy sms 1000', 'sms', 'Your purchase of airtime is still open.', 'Airtime: KES 100'],
    ['buy sms 1000', '100 airtime to 0733000000', 'airtime', 'Your purchase of SMS is still open.', 'SMS: 1,000'],
    ['buy sms 1000', '100 to 0733000000', 'airtime', 'Your purchase of SMS is still open.', 'SMS: 1,000'],
  ])('%j, then %j: the second runs, and then the first goes on', (first, second, kind, open, values) => {
    const talk = begun(first, second);
    const bought = talk.say('yes');
    expect(placed(bought)).toEqual([kind]);
    expect(bought.text).toMatch(/^Thank you! Order/);
    expect(bought.text).toContain(open);
    expect(labels(bought)).toEqual(['Go on with it', 'Cancel']);
    expect(talk.tap('Go on with it').text).toContain(values);
    expect(placed(talk.say('yes'))).toEqual([kind === 'sms' ? 'airtime' : 'sms']);
  });

  it('a second yes does not buy the first as well: it shows it', () => {
    const talk = begun('100 to 0733000000', 'buy sms 1000', 'yes');
    expect(placed(talk.say('yes'))).toEqual([]);
    expect(talk.last.text).toContain('Airtime: KES 100');
  });

  it('cancel ends the second only; cancel again ends the first', () => {
    const talk = begun('100 to 0733000000', 'buy sms 1000');
    expect(talk.say('cancel').text).toBe('All right, cancelled. Nothing was bought.\n\nYour purchase of airtime is still open.');
    expect(talk.session.draft?.flow).toBe('buy-airtime');
    talk.say('cancel');
    expect(talk.session.draft).toBeNull();
    expect(talk.session.parked).toBeUndefined();
  });

  it('the first is taken up in its own words, and the second then waits', () => {
    const talk = begun('100 to 0733000000', 'buy sms');
    expect(talk.say('airtime').text).toContain('Airtime: KES 100');
    expect(talk.session.parked?.flow).toBe('buy-sms');
    expect(talk.say('sms').text).toContain('How many SMS');
  });

  it('a button of the first takes it up again and buys nothing by itself', () => {
    const talk = begun('100 to 0733000000');
    const yes = talk.button('ok:').id;
    talk.say('buy sms 1000');
    const heard = talk.tap(yes);
    expect(placed(heard)).toEqual([]);
    expect(heard.text).toMatch(/older message[\s\S]*Airtime: KES 100/);
    expect(talk.session.parked?.flow).toBe('buy-sms');
  });

  it('a yes tapped on the first, and held up until the second is bought, shows the first and buys nothing', () => {
    const talk = begun('100 to 0733000000');
    const yes = talk.button('ok:').id;
    talk.say('buy sms 1000');
    expect(placed(talk.say('yes'))).toEqual(['sms']);
    const heard = talk.tap(yes);
    expect(placed(heard)).toEqual([]);
    expect(heard.text).toMatch(/older message[\s\S]*Airtime: KES 100/);
    expect(placed(talk.tap(talk.button('ok:').id))).toEqual(['airtime']);
  });

  it('the first is dropped by its own cancel, and the second stands', () => {
    const talk = begun('100 to 0733000000');
    const cancel = talk.button('no:').id;
    talk.say('buy sms 1000');
    expect(talk.tap(cancel).text).toContain('SMS: 1,000');
    expect(talk.session.parked).toBeUndefined();
  });

  it('the menu drops both', () => {
    const talk = begun('100 to 0733000000', 'buy sms 1000', 'menu');
    expect([talk.session.draft, talk.session.parked]).toEqual([null, undefined]);
  });

  it('START keeps both', () => {
    const talk = begun('100 to 0733000000', 'buy sms 1000', 'START');
    expect([talk.session.draft?.flow, talk.session.parked?.flow]).toEqual(['buy-sms', 'buy-airtime']);
  });

  it('after an hour the first is not offered any more', () => {
    const talk = begun('100 to 0733000000');
    talk.pass(50);
    talk.say('buy sms 1000');
    talk.pass(20);
    expect(talk.say('cancel').text).toBe('All right, cancelled. Nothing was bought.');
  });

  it('where the second cannot be begun the first stands', () => {
    const talk = begun('buy sms 1000');
    talk.around = { ...SMS_TALK.around, airtimeOff: 'airtime is off' };
    expect(talk.say('100 airtime to 0733000000').text).toMatch(/can't take orders just now[\s\S]*SMS: 1,000/);
    expect(talk.session.draft?.flow).toBe('buy-sms');
  });
});

describe('the same again', () => {
  function bought(...texts: string[]): Talk {
    const talk = new Talk(SMS_TALK);
    for (const text of texts) {
      talk.say(text);
      talk.tap('ok:');
      talk.orders = talk.orders.map((order) => ({ ...order, state: 'delivered' as const }));
      talk.pass(15);
    }
    return talk;
  }

  it.each([
    ['same as last time', 'SMS: 125'],
    ['sms same as last time', 'SMS: 125'],
    ['airtime same as last time', 'Airtime: KES 50'],
  ])('%j', (text, values) => {
    expect(bought('50 to 0733000000', 'buy sms for 100 bob').say(text).text).toContain(values);
  });

  it('is offered in the history, once for each purchase', () => {
    const heard = bought('50 to 0733000000', 'buy sms for 100 bob', 'buy sms for 100 bob').say('my orders');
    expect(labels(heard)).toEqual(['SMS for KES 100', 'KES 50 to 0733 000 000', 'Buy airtime', 'Buy SMS']);
    expect(heard.text).toMatch(/125 SMS for KES 100\nDelivered, order JZ\w+\n• .*KES 50 to 0733 000 000/);
  });

  it('at another price makes another number of SMS, and is confirmed as ever', () => {
    const talk = bought('buy sms for 100 bob');
    talk.wallets = [aWallet({ price: { milliKes: 400, source: 'customer' } })];
    talk.say('my orders');
    expect(talk.tap('SMS for KES 100').text).toContain('SMS: 250\n');
  });
});

describe('one tap', () => {
  const two = [
    aWallet(),
    aWallet({ owner: { appId: null, userId: 'shop-1' }, by: 'link', price: { milliKes: 500, source: 'customer' } }),
  ];

  it('shows so many shillings of SMS to be confirmed, for the wallet that it names', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: two });
    const tap = (wallet: string | null): string => talk.hear({ kind: 'tap', data: smsTopUpChoice(400, wallet), on: null }).text;
    expect(tap(null)).toContain('SMS: 500\nWallet: Your own');
    expect(tap(two[1]?.key ?? '')).toContain('SMS: 800\nWallet: shop-1');
    expect(tap('AAAAAA')).toContain('Wallet: Your own');
  });

  it.each(['5', '200000', '0'])('of KES %s asks how many', (amount) => {
    const talk = new Talk(SMS_TALK);
    expect(talk.hear({ kind: 'tap', data: smsTopUpChoice(Number(amount), null), on: null }).text).toContain('How many SMS');
  });

  it.each(['buy_sms:-:0', 'buy_sms=x:-:0', 'buy_sms=-5:-:0', 'buy_sms=1e3:-:0'])('%s is none of ours', (data) => {
    expect(new Talk(SMS_TALK).hear({ kind: 'tap', data, on: null }).text).toMatch(/don't know that button/);
  });

  it('sets an open purchase of airtime aside', () => {
    const talk = begun('100 to 0733000000');
    talk.hear({ kind: 'tap', data: smsTopUpChoice(400, null), on: null });
    expect(talk.session.parked?.flow).toBe('buy-airtime');
  });
});
