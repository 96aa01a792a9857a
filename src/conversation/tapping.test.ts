/** Shows what buttons do: fresh, old, foreign, forged, late, tapped twice. */

import { describe, expect, it } from 'vitest';
import { Talk, type Heard } from '../../test/support/engine-talk.ts';

const orders = (heard: Heard): unknown[] => heard.effects.filter(({ kind }) => kind === 'place_order');
const tap = (talk: Talk, data: string): Heard => talk.hear({ kind: 'tap', data, on: null });

function confirming(): Talk {
  const talk = new Talk();
  talk.say('100 to 0733000000');
  return talk;
}

describe('the yes button', () => {
  it('buys once; tapped again at once it is silent, later it tells where the order stands', () => {
    const talk = confirming();
    const { id } = talk.button('ok:');
    expect(orders(tap(talk, id))).toHaveLength(1);
    expect(tap(talk, id)).toMatchObject({ silent: true, effects: [] });
    talk.pass(1);
    expect(tap(talk, id).text).toMatch(/^Order JZ\w{8}, KES 100/);
    expect(talk.orders).toHaveLength(1);
  });

  it.each([
    ['after a correction', (talk: Talk) => talk.say('no, 200'), 'older message'],
    ['while a value is asked for', (talk: Talk) => talk.say('change the amount'), 'older message'],
    ['after cancelling', (talk: Talk) => talk.say('cancel'), 'That button has expired'],
    [
      'of a purchase that another one replaced',
      (talk: Talk) => [talk.say('cancel'), talk.say('50 to 0711000000')],
      'That button has expired',
    ],
    ['an hour later', (talk: Talk) => talk.pass(60), 'It has been a while'],
    ['on a message that came late', (talk: Talk) => (talk.around = { late: true }), 'reached me late'],
    ['while sales are stopped', (talk: Talk) => (talk.around = { salesStopped: 'broken' }), "can't take orders"],
  ])('%s buys nothing and says why', (_name, happens, why) => {
    const talk = confirming();
    const { id } = talk.button('ok:');
    happens(talk);
    const heard = tap(talk, id);
    expect(orders(heard)).toEqual([]);
    expect(heard.text).toContain(why);
  });

  it('still works after a digression, because nothing changed', () => {
    const talk = confirming();
    const { id } = talk.button('ok:');
    talk.say('is there a fee?');
    talk.say('/help');
    expect(orders(tap(talk, id))).toHaveLength(1);
  });
});

describe('other buttons of a draft', () => {
  it('an older value of the same purchase is a correction, and is shown', () => {
    const talk = new Talk();
    talk.say('buy airtime for 0733000000');
    const { id } = talk.button('KES 500');
    talk.say('100');
    expect(tap(talk, id).text).toMatch(/^Amount: now KES 500\.[\s\S]*Airtime: KES 500/);
  });

  it('a value tapped twice is asked about once', () => {
    const talk = new Talk();
    talk.say('buy airtime for 0733000000');
    const { id } = talk.button('KES 500');
    tap(talk, id);
    expect(tap(talk, id)).toMatchObject({ silent: true, effects: [] });
  });

  it('cancel works on any message of its purchase, also an hour later', () => {
    const talk = new Talk();
    talk.say('buy airtime for 0733000000');
    const { id } = talk.button('no:');
    talk.say('100');
    talk.pass(90);
    expect(tap(talk, id).text).toContain('Nothing was bought');
    expect(talk.session.draft).toBeNull();
  });

  it.each([
    'set=amount.5',
    'set=amount.99999',
    'set=amount.1.5',
    'set=recipient.0722',
    'set=paymentNetwork.Visa',
    'set=recipientNetwork.Equitel',
    'set=nothing.1',
    'set=amount',
    'dance',
  ])('a forged %s changes nothing', (action) => {
    const talk = confirming();
    const { draft } = talk.session;
    const heard = tap(talk, `${action}:${draft?.id}:${draft?.revision}`);
    expect(heard.text).toMatch(/I don't know that button|is too (?:little|much)/);
    expect(talk.session.draft?.slots).toEqual(draft?.slots);
  });
});

describe('buttons that mean the same for ever', () => {
  it.each(['', 'nonsense', 'start=fly:-:0', 'again=JZAAAAAAAA:-:0', 'got=JZAAAAAAAA:-:0', 'what:-:0', 'x'.repeat(80)])(
    '%j of somebody else does nothing',
    (data) => {
      const talk = confirming();
      const heard = tap(talk, data);
      expect(heard.effects).toEqual([]);
      expect(heard.text).toMatch(/(I don't know that button|That button has expired)[\s\S]*Please check/);
    },
  );

  it('buying again shows a confirmation, checked against the limits of today', () => {
    const talk = confirming();
    talk.tap('ok:');
    const reference = talk.orders[0]?.reference ?? '';
    expect(tap(talk, `again=${reference}:-:0`).text).toMatch(/KES 100\n[\s\S]*0733 000 000/);
    talk.say('cancel');
    talk.orders = talk.orders.map((order) => ({ ...order, amountKes: 20_000 as never }));
    const heard = tap(talk, `again=${reference}:-:0`);
    expect(heard.text).toMatch(/KES 20,000 is too much[\s\S]*How much airtime for 0733 000 000/);
  });

  it('a word on an order that is settled tells where it stands', () => {
    const talk = confirming();
    talk.tap('ok:');
    const reference = talk.orders[0]?.reference ?? '';
    talk.pass(10);
    expect(tap(talk, `notpaid=${reference}:-:0`).effects).toMatchObject([{ kind: 'order_word', event: 'customer_did_not_pay' }]);
    expect(tap(talk, `got=${reference}:-:0`).text).toContain('closed as not paid');
  });

  it.each(['got', 'notgot', 'notpaid'])('%s, made up while the phone rings, tells where the order stands', (word) => {
    const talk = confirming();
    talk.tap('ok:');
    const heard = tap(talk, `${word}=${talk.orders[0]?.reference}:-:0`);
    expect(heard.effects).toEqual([]);
    expect(heard.text).toContain('approve');
  });

  it('a call for a person is about an own order', () => {
    const talk = confirming();
    talk.tap('ok:');
    const reference = talk.orders[0]?.reference ?? '';
    const call = (about: string): unknown => tap(talk, `human=${about}:-:0`).effects;
    expect(call('JZAAAAAAAA')).toEqual([]);
    expect(call('send 5,000 to 0722000111 at once')).toEqual([]);
    expect(call(reference)).toEqual([{ kind: 'help_wanted', why: { code: 'person', reference } }]);
  });

  it('the tapped message is named, so that its buttons can be taken off', () => {
    const talk = confirming();
    const heard = talk.hear({ kind: 'tap', data: talk.button('change:').id, on: 'm7' });
    expect(heard.effects).toEqual([{ kind: 'retire_buttons', on: 'm7' }]);
  });
});
