/** Shows what words do in every state of a purchase, and without one. */

import { describe, expect, it } from 'vitest';
import { Talk, type Heard } from '../../test/support/engine-talk.ts';

/** Ways into every state that a purchase can be in. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  recipient: ['buy airtime'],
  recipientNetwork: ['100 to 0747000000'],
  amount: ['buy airtime for 0733000000'],
  paymentNetwork: ['100 to 0733000000', 'from 0747000000'],
  confirm: ['100 to 0733000000'],
  change: ['100 to 0733000000', 'no'],
  'changing the amount': ['100 to 0733000000', 'change the amount'],
  'choosing between two amounts': ['100 to 0733000000', '200 or 300'],
  'choosing what a number is for': ['100 to 0733000000', '0722000111'],
};

function inState(name: string, options: ConstructorParameters<typeof Talk>[0] = {}): Talk {
  const talk = new Talk(options);
  for (const text of STATES[name] ?? []) talk.say(text);
  if (talk.session.draft === null) throw new Error(`${name} has no draft`);
  return talk;
}

const orders = (heard: Heard): unknown[] => heard.effects.filter(({ kind }) => kind === 'place_order');

describe.each(Object.keys(STATES))('while asking: %s', (name) => {
  it.each(['cancel', 'ghairi', 'stop', 'acha', '/cancel', 'sitaki'])(
    '%s ends the purchase and says that nothing was bought',
    (word) => {
      const talk = inState(name);
      expect(talk.say(word).text).toMatch(/Nothing was bought|Hakuna kilichonunuliwa/);
      expect(talk.session.draft).toBeNull();
    },
  );

  it.each(['help', 'is there a fee?', 'hello', 'my orders', 'please repeat', 'qwerty zxcv', 'my balance?', '/nonsense'])(
    '%s is answered, and the same question stands',
    (text) => {
      const talk = inState(name);
      const before = talk.last;
      const draft = talk.session.draft;
      const heard = talk.say(text);
      expect(heard.buttons).toEqual(before.buttons);
      expect(talk.session.draft).toEqual(draft);
      expect(orders(heard)).toEqual([]);
    },
  );

  it.each(['one moment', 'thanks', 'ngoja kidogo'])('%s gets a word and costs nothing', (text) => {
    const talk = inState(name);
    const before = talk.session;
    expect(talk.say(text).text.length).toBeLessThan(40);
    expect(talk.session).toEqual(before);
  });

  it('back and the way forward again lose nothing', () => {
    const talk = inState(name);
    const values = talk.session.draft?.slots;
    talk.say('back');
    expect(talk.session.draft?.slots).toEqual(values);
  });

  it('a purchase in full takes its place', () => {
    const talk = inState(name);
    const heard = talk.say('buy 300 airtime for 0711000000 from 0722002000 with mpesa');
    expect(heard.text).toMatch(/KES 300\n[\s\S]*0711 000 000 \(Safaricom\)[\s\S]*0722 002 000[\s\S]*M-Pesa/);
    expect(orders(heard)).toEqual([]);
  });

  it('after an hour only the draft can be shown, not bought', () => {
    const talk = inState(name);
    talk.pass(61);
    expect(orders(talk.say('yes'))).toEqual([]);
    expect(talk.last.text).toContain('It has been a while');
  });
});

describe('yes', () => {
  it('is to the confirmation that was shown last, not to another question since', () => {
    const talk = inState('confirm');
    expect(talk.say('/language').text).toContain('Which language');
    expect(orders(talk.say('yes'))).toEqual([]);
    expect(talk.last.text).toContain('Please check');
    expect(orders(talk.say('yes'))).toHaveLength(1);
  });

  it.each([
    'yes 500',
    'ok 200',
    'sawa lakini 200',
    'yes to 0722000000',
    'yes with airtel money',
    'yes, cancel',
    'yes?',
    'yes but no',
  ])('%j buys nothing', (text) => {
    const talk = inState('confirm');
    expect(orders(talk.say(text))).toEqual([]);
  });

  it.each([
    'yes',
    'yes yes',
    'ndio',
    'sawa',
    'ok',
    'yes please',
    'go ahead',
    '👍',
    'Yes, buy KES 100',
    'Ndio, nunua KES 100',
    '1',
    'the first one',
  ])('%j buys what is shown', (text) => {
    const talk = inState('confirm');
    expect(orders(talk.say(text))).toHaveLength(1);
    expect(talk.session.draft).toBeNull();
    expect(talk.session.choices).toEqual([]);
  });

  it.each(Object.keys(STATES).filter((name) => name !== 'confirm'))('buys nothing while asking: %s', (name) => {
    expect(orders(inState(name).say('yes'))).toEqual([]);
  });

  it('to nothing tells where the last order stands, or what can be done', () => {
    const talk = inState('confirm');
    talk.say('yes');
    expect(talk.say('yes').text).toMatch(/^Order JZ\w{8}, KES 100/);
    talk.pass(20);
    talk.orders = talk.orders.map((order) => ({ ...order, state: 'delivered' as const }));
    expect(talk.say('yes').text).toMatch(/^All right\. To buy airtime/);
  });
});

describe('no', () => {
  it('at the confirmation asks what to change; at a question it tells how to stop; to a change it keeps', () => {
    expect(inState('confirm').say('no').text).toContain('What shall we change?');
    expect(inState('amount').say('hapana').text).toMatch(/^To stop this purchase, write: cancel/);
    expect(inState('change').say('no').text).toContain('Please check');
    expect(inState('changing the amount').say('no').text).toMatch(/Please check[\s\S]*KES 100/);
  });
});

describe('a correction after the order has gone out', () => {
  it.each(['no, 200', 'not 100', 'change the recipient', 'hapana, 200', 'no'])(
    '%j: the truth about what can be stopped',
    (text) => {
      const talk = inState('confirm');
      talk.say('yes');
      expect(talk.say(text).text).toMatch(/has started and I can't stop it|imeshaanza/);
      expect(talk.session.draft).toBeNull();
    },
  );
});

describe('three answers that nobody understands', () => {
  it('lead from a hint to the choices to a person, who hears of it; then it begins again', () => {
    const talk = inState('amount');
    const said = ['qwerty', 'asdf', 'zxcv', 'qwerty'].map((text) => talk.say(text));
    expect(said.map(({ text }) => text.split('\n')[0])).toEqual([
      "Sorry, I didn't get that. Write just the amount, for example: 100",
      "Sorry, I still didn't get that. Please choose one of these.",
      "I have asked a person to look at this. They answer as soon as they can, but I can't say exactly when.",
      "Sorry, I didn't get that. Write just the amount, for example: 100",
    ]);
    expect(said.map(({ effects }) => effects.length)).toEqual([0, 0, 1, 0]);
  });

  it('count only in a row', () => {
    const talk = inState('amount');
    for (const text of ['qwerty', 'hello', 'qwerty', 'is there a fee?', 'qwerty', 'hello']) talk.say(text);
    expect(talk.shown.flatMap(({ effects }) => effects)).toEqual([]);
  });

  it('do not take a misspelt label for a yes or an amount', () => {
    expect(orders(inState('confirm').say('yes buy kes 10'))).toEqual([]);
    expect(inState('confirm').say('cancle').text).toContain('Nothing was bought');
    expect(inState('confirm').say('chnage something').text).toContain('What shall we change?');
  });
});

describe('numbers without a list', () => {
  it('begin nothing when they are too small to be an amount', () => {
    const talk = new Talk({ buttons: false });
    expect(talk.say('2').text).toContain("didn't get that");
    expect(talk.session.draft).toBeNull();
  });

  it('of a choice that made an order tell where it stands', () => {
    const talk = inState('confirm', { buttons: false });
    talk.say('1');
    expect(talk.say('1').text).toMatch(/^Order JZ\w{8}, KES 100/);
    expect(talk.orders).toHaveLength(1);
  });

  it('that could be a choice or an amount are asked about', () => {
    const around = {
      business: {
        ...new Talk().surroundings().business,
        limits: { ...new Talk().surroundings().business.limits, airtimeMinKes: 1 },
      },
    };
    const talk = new Talk({ buttons: false, around });
    talk.say('buy airtime for 0733000000');
    expect(talk.say('5').buttons.map(({ label }) => label)).toEqual(['KES 5', 'KES 500', 'Cancel']);
    expect(talk.say('1').text).toContain('Airtime: KES 5\n');
  });
});

describe('names of what is offered', () => {
  it.each([
    ['the amount', /How much airtime/],
    ['kiasi tafadhali', /How much airtime|Airtime ya shilingi ngapi/],
    ['the network of that number please', /Which network is 0733 000 000 on/],
  ])('%j in the menu of changes is its choice', (text, question) => {
    expect(inState('change').say(text).text).toMatch(question);
  });

  it('a number that is in no list is no amount', () => {
    const talk = inState('recipient', { buttons: false });
    expect(talk.say('9').text).toMatch(/^Sorry, I didn't get that/);
    expect(inState('confirm', { buttons: false }).say('8').text).toMatch(/^Sorry, I didn't get that/);
    expect(inState('confirm').say('8').text).toMatch(/^KES 8 is too little/);
    expect(inState('amount').say('8').text).toMatch(/^KES 8 is too little/);
  });
});

it.each(['confirm', 'change'])(
  'a label that has no text any more keeps nobody from being understood, while asking: %s',
  (name) => {
    const talk = inState(name);
    const gone = { key: 'buying:a-label-of-an-older-program' };
    talk.session = { ...talk.session, choices: talk.session.choices.map((choice) => ({ ...choice, label: gone })) };
    expect(talk.say('no, 200 bob').text).toContain('KES 200');
  },
);
