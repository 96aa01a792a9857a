/** Shows what is told of wallets of SMS: the person's own, what they are worth, when they changed; and what an SMS costs. */

import { describe, expect, it } from 'vitest';
import { aWallet, SMS_TALK, Talk, type Heard } from '../../test/support/engine-talk.ts';

const CHANGED = Date.parse('2026-11-22T07:05:00Z');
const filled = aWallet({
  open: { id: 'w1', changedAt: CHANGED, version: 3 },
  balances: { smsHundredths: 125_050, milliKes: 300 },
});
const labels = (heard: Heard): string[] => heard.buttons.map(({ label }) => label);

describe('the balance', () => {
  it.each(['sms balance', 'my sms balance', 'how many sms do I have left?', 'check my sms'])('%j', (text) => {
    const heard = new Talk({ ...SMS_TALK, wallets: [filled] }).say(text);
    expect(heard.text).toBe('You have 1,250 SMS, worth KES 1,000 at KES 0.8 each.\nLast change: 22 Nov, 10:05');
    expect(labels(heard)).toEqual(['Buy SMS', 'My orders']);
  });

  it.each(['salio la sms', 'nimebaki na sms ngapi'])('%j', (text) => {
    const heard = new Talk({ ...SMS_TALK, wallets: [filled], language: 'sw' }).say(text);
    expect(heard.text).toMatch(/^Una SMS 1,250, za thamani ya KES 1,000/);
    expect(labels(heard)).toEqual(['Nunua SMS', 'Oda zangu']);
  });

  it('of nothing yet is said as such, with the price', () => {
    expect(new Talk(SMS_TALK).say('sms balance').text).toBe('You have no SMS here yet. One SMS is KES 0.8.');
  });

  it('of several wallets is a line each', () => {
    const wallets = [filled, aWallet({ owner: { appId: 'app', userId: 'u1' }, by: 'link' })];
    expect(new Talk({ ...SMS_TALK, wallets }).say('sms balance').text).toBe(
      'Your SMS wallets:\n• Your own: 1,250 SMS, worth KES 1,000, since 22 Nov, 10:05\n• u1 (app): no SMS yet',
    );
  });

  it('that is not said of what is that of SMS, and airtime’s is on the phone', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: [filled] });
    expect(talk.say('my balance').text).toMatch(/^You have 1,250 SMS[\s\S]*dial \*144#/);
    expect(talk.say('airtime balance').text).not.toContain('1,250');
  });

  it('is told where SMS are not sold, without a way to buy them; an unsaid balance is not looked for there', () => {
    const around = { business: { ...SMS_TALK.around.business, sellsSms: false } };
    const talk = new Talk({ ...SMS_TALK, around, wallets: [filled] });
    expect(labels(talk.say('sms balance'))).toEqual(['My orders']);
    expect(talk.last.text).toContain('1,250 SMS');
    expect(talk.say('my balance').text).not.toContain('1,250');
  });

  it('in the middle of a purchase is answered, and the purchase goes on', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: [filled] });
    talk.say('100 to 0733000000');
    expect(talk.say('sms balance').text).toMatch(/^You have 1,250 SMS[\s\S]*Airtime: KES 100/);
  });
});

describe('what an SMS costs', () => {
  it.each(['bei ya sms', 'what is the price of sms', 'how much for sms'])('%j', (text) => {
    expect(new Talk({ ...SMS_TALK, wallets: [filled] }).say(text).text).toMatch(/KES 0\.8: (?:kwa )?KES 100/);
  });

  it.each(['what is the price of 1000 sms', 'how much for 1000 sms', 'sms 1000 ni ngapi'])('%j', (text) => {
    expect(new Talk({ ...SMS_TALK, wallets: [filled] }).say(text).text).toMatch(/1,000 (?:SMS are|ni) KES 800/);
  });

  it('of more than can be bought, as of one', () => {
    expect(new Talk({ ...SMS_TALK, wallets: [filled] }).say('how much for 9000000 sms').text).toMatch(/KES 0\.8: KES 100/);
  });

  it('is asked in the middle of a purchase, which keeps its own number', () => {
    const talk = new Talk(SMS_TALK);
    talk.say('buy sms 500');
    expect(talk.say('what is the price of 1000 sms').text).toMatch(/^1,000 SMS are KES 800[\s\S]*SMS: 500\n/);
  });
});

describe('nobody has looked', () => {
  it('nothing is bought or told, and it is said', () => {
    const talk = new Talk({ ...SMS_TALK, around: { ...SMS_TALK.around, wallets: null } });
    for (const text of ['buy sms 1000', 'sms balance', 'bei ya sms']) {
      const heard = talk.say(text);
      expect(heard.text).toMatch(/could not look at your SMS wallet|Sijaweza kuangalia wallet/);
      expect(heard.effects).toContainEqual({ kind: 'needs_wallets' });
      expect(talk.session.draft).toBeNull();
    }
  });
});
