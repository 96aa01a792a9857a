/** Shows what a shared contact does: somebody's, with any count of numbers, and the speaker's own. */

import { describe, expect, it } from 'vitest';
import { Talk, type Heard } from '../../test/support/engine-talk.ts';
import { msisdn } from '../domain/msisdn.ts';

const share = (talk: Talk, name: string | null, ...phones: string[]): Heard => talk.hear({ kind: 'contact', name, phones });
const labels = (heard: Heard): string[] => heard.buttons.map(({ label }) => label);

describe("somebody's contact", () => {
  it('begins a purchase, answers the question for a number, or corrects the recipient', () => {
    const talk = new Talk({ own: [] });
    expect(share(talk, 'Mum', '0733 000 000').text).toContain('How much airtime for 0733 000 000');
    expect(talk.say('100').text).toContain('Which number will pay?');
    expect(share(talk, 'Baba', '+254 722 000 000').text).toContain('Paid by: 0722 000 000');
    expect(share(talk, 'Njeri', '0711000000').text).toMatch(/^For: now 0711 000 000\./);
  });

  it('with several numbers is asked about; the same number twice is one', () => {
    const talk = new Talk();
    expect(labels(share(talk, 'Mum', '0733000000', '0711000000'))).toEqual(['0733 000 000', '0711 000 000', 'Cancel']);
    expect(talk.last.text).toBe('Mum has several numbers. Which one?');
    expect(share(talk, null, '0733000000', '+254733000000').text).toContain('How much airtime for 0733 000 000');
  });

  it('keeps what is usable of it, and says what is wrong when nothing is', () => {
    const talk = new Talk();
    expect(share(talk, 'Shop', '020 2222222', '0733000000').text).toContain('How much airtime for 0733 000 000');
    talk.say('cancel');
    expect(share(talk, 'Shop', '020 2222222').text).toMatch(/landline[\s\S]*Which number should get/);
    talk.say('cancel');
    expect(share(talk, 'Nobody').text).toContain('has no phone number');
  });

  it('cannot break a message with an endless name', () => {
    expect(share(new Talk(), 'x'.repeat(5_000), '0733000000', '0711000000').text.length).toBeLessThan(100);
  });
});

describe('the own number', () => {
  const own = msisdn('254733000111');

  it('answers the question for a number, and pays from now on', () => {
    const talk = new Talk({ own: [] });
    talk.say('buy 100 airtime');
    talk.own = [own];
    const heard = talk.hear({ kind: 'own_contact', phone: own });
    expect(heard.text).toMatch(
      /^Thank you, 0733 000 111 is saved[\s\S]*For: 0733 000 111[\s\S]*Paid by: 0733 000 111[\s\S]*Airtel Money/,
    );
  });

  it('in the middle of something else only pays', () => {
    const talk = new Talk({ own: [] });
    talk.say('buy airtime for 0722000000');
    talk.own = [own];
    expect(talk.hear({ kind: 'own_contact', phone: own }).text).toMatch(
      /saved as your own[\s\S]*How much airtime for 0722 000 000/,
    );
    expect(talk.say('50').text).toMatch(/For: 0722 000 000[\s\S]*Paid by: 0733 000 111/);
  });

  it('without a purchase is saved, with the menu', () => {
    const talk = new Talk({ own: [] });
    talk.own = [own];
    expect(talk.hear({ kind: 'own_contact', phone: own }).text).toMatch(/saved as your own number[\s\S]*Hello, this is Jaza/);
  });

  it('does not take a payer back that was said', () => {
    const talk = new Talk();
    talk.say('100 to 0722000000 from 0711000000');
    talk.own = [own, ...talk.own];
    expect(talk.hear({ kind: 'own_contact', phone: own }).text).toContain('Paid by: 0711 000 000');
  });
});
