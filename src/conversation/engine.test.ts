/** Shows what holds for every message: the notice, the marks, the versions of a flow, and what is answered with silence. */

import { describe, expect, it } from 'vitest';
import { BUSINESS, Talk } from '../../test/support/engine-talk.ts';
import { buyAirtime } from './flows/buy-airtime.ts';

describe('the privacy notice', () => {
  it('comes before the first answer, once, and is recorded', () => {
    const talk = new Talk();
    talk.session = { ...talk.session, noticed: false };
    const first = talk.say('hello');
    expect(first.text).toMatch(/^Jaza keeps your number[\s\S]*Hello, this is Jaza/);
    expect(first.effects).toContainEqual({ kind: 'notice_given', textVersion: '2026-11' });
    expect(talk.say('hello').text).not.toContain('keeps your number');
  });

  it('waits for an answer: what is met with silence is not noticed', () => {
    const talk = new Talk();
    talk.session = { ...talk.session, noticed: false };
    expect(talk.hear({ kind: 'unsupported', what: 'edit' }).silent).toBe(true);
    expect(talk.session.noticed).toBe(false);
  });
});

describe('a shop that only simulates', () => {
  it('says so in every message about an order, and once', () => {
    const talk = new Talk({ around: { business: { ...BUSINESS, simulated: true } } });
    const messages = ['100 to 0733000000', 'yes', 'my orders', 'yes', 'cancel', '50 to 0733000000', 'my orders'].map(
      (text) => talk.say(text).text,
    );
    expect(messages.map((text) => text.match(/SIMULATED/g)?.length ?? 0)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it('says nothing of the kind where real money moves', () => {
    const talk = new Talk();
    expect(['100 to 0733000000', 'yes', 'my orders'].map((text) => talk.say(text).text).join()).not.toContain('SIMULATED');
  });
});

describe('a draft of another version of its flow', () => {
  const next = { ...buyAirtime, version: buyAirtime.version + 1 };

  it('is started over with an apology, keeping what was said', () => {
    const talk = new Talk();
    talk.say('100 to 0733000000 from 0733000111');
    const other = new Talk({ flows: [next], seed: 'later' });
    other.session = talk.session;
    const heard = other.say('is there a fee?');
    expect(heard.text).toMatch(
      /^Sorry, I have changed meanwhile[\s\S]*no fee[\s\S]*KES 100[\s\S]*0733 000 000[\s\S]*0733 000 111/,
    );
    expect(other.session.draft?.id).not.toBe(talk.session.draft?.id);
  });

  it('buys nothing: neither its button nor a yes to what was shown before', () => {
    for (const act of [(talk: Talk) => talk.tap('ok:'), (talk: Talk) => talk.say('yes'), (talk: Talk) => talk.say('1')]) {
      const talk = new Talk();
      talk.say('100 to 0733000000');
      const other = new Talk({ flows: [next], seed: 'later' });
      other.session = talk.session;
      other.shown.push(...talk.shown);
      const heard = act(other);
      expect(heard.effects.filter(({ kind }) => kind === 'place_order')).toEqual([]);
      expect(heard.text).toContain('Sorry, I have changed meanwhile');
    }
  });

  it('is dropped when there is no such flow any more', () => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    const other = new Talk({ seed: 'later' });
    other.session = { ...talk.session, draft: { ...(talk.session.draft ?? fail()), flow: 'gone' } };
    expect(other.say('help').text).toContain('How it works');
    expect(other.session.draft).toBeNull();
  });
});

describe('what is no text', () => {
  it.each(['edit', 'deletion', 'reaction'])('a %s changes nothing and is not answered', (what) => {
    const talk = new Talk();
    talk.say('100 to 0733000000');
    const before = talk.session;
    expect(talk.hear({ kind: 'unsupported', what })).toMatchObject({ silent: true, effects: [] });
    expect(talk.session).toEqual(before);
  });

  it('gets an example where nothing is open, and the question again where one is', () => {
    const talk = new Talk();
    expect(talk.hear({ kind: 'unsupported', what: 'voice' }).text).toMatch(/voice notes[\s\S]*100 to 0722 000 000/);
    talk.say('buy airtime');
    expect(talk.hear({ kind: 'unsupported', what: 'something new' }).text).toMatch(/only read text[\s\S]*Which number/);
  });
});

function fail(): never {
  throw new Error('there is no draft');
}
