/** Shows which of several wallets a person's words mean, and that the digits of a wallet's name are never an amount. */

import { describe, expect, it } from 'vitest';
import { aWallet, SMS_TALK, Talk } from '../../test/support/engine-talk.ts';

const SHOP = aWallet({ owner: { appId: null, userId: 'shop-1045' }, by: 'link' });
const OWN = aWallet({ open: { id: 'w1', changedAt: 0, version: 1 }, balances: { smsHundredths: 5_000, milliKes: 0 } });
const NUMBER = aWallet({
  owner: { appId: null, userId: '0733000111' },
  by: 'number',
  open: { id: 'w2', changedAt: 0, version: 1 },
});

function walletAfter(wallets: Parameters<typeof aWallet>[0][], ...texts: string[]): string {
  const talk = new Talk({ ...SMS_TALK, own: ['254722002000', '254733000111'], wallets: wallets.map((one) => aWallet(one)) });
  for (const text of texts) talk.say(text);
  return /(?:Wallet|Akaunti): (.*)/.exec(talk.last.text)?.[1] ?? talk.last.text;
}

const twoWallets = [SHOP, OWN];

describe('of a shop’s wallet and their own', () => {
  it.each([
    'no, shop-1045',
    'No, Shop 1045',
    'shop1045',
    'fill shop-1045',
    'the shop',
    "the shop's wallet",
    'no, the shop one',
    'fill the shop wallet',
    'use shop-1045 instead',
    'not my own, shop-1045',
    'not my own',
  ])('%j is the shop’s', (text) => {
    expect(walletAfter(twoWallets, 'buy 100 bob of sms', 'fill my own wallet', text)).toBe('shop-1045');
  });

  it.each([
    'my own',
    'no, my own',
    'fill my own wallet',
    'my own wallet please',
    'not shop-1045, my own',
    'not shop-1045',
    'the personal one',
    'hapana, yangu mwenyewe',
    'jaza yangu mwenyewe',
    'sio ya duka, yangu mwenyewe',
    'ya kwangu',
  ])('%j is their own', (text) => {
    expect(walletAfter(twoWallets, 'buy 100 bob of sms', text)).toMatch(/^(?:Your own|Yako mwenyewe)$/);
  });

  it.each(['ya duka', 'hapana, ya duka', 'jaza ya duka', 'akaunti ya duka', 'wallet ya duka', 'si yangu mwenyewe, ya duka'])(
    '%j ni ya duka',
    (text) => expect(walletAfter(twoWallets, 'nunua sms za 100 bob', 'yangu mwenyewe', text)).toBe('shop-1045'),
  );

  it.each([
    ['buy 200 bob of sms for shop-1045', 'shop-1045'],
    ['buy 200 bob of sms for my own wallet', 'Your own'],
    ['nunua sms za duka za 200 bob', 'shop-1045'],
    ['nunua sms za 200 bob za wallet yangu mwenyewe', 'Yako mwenyewe'],
    ['top up shop-1045 with 200 bob', 'shop-1045'],
  ])('%j says both at once', (text, wallet) => {
    const talk = new Talk({ ...SMS_TALK, wallets: twoWallets });
    expect(talk.say(text).text).toMatch(new RegExp(`: ${wallet}\\n[\\s\\S]*KES 200`));
  });

  it('an amount beside a name stays the amount', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: twoWallets });
    talk.say('buy 100 bob of sms');
    expect(talk.say('300 bob into shop-1045').text).toMatch(/Wallet: shop-1045\n[\s\S]*To pay: KES 300/);
  });

  it.each(['mine', 'my own', 'yangu', 'the other one', 'nyingine', 'my wallet'])('to “which wallet?” %j is an answer', (text) => {
    expect(walletAfter(twoWallets, 'buy 100 bob of sms', 'change the wallet', text)).toMatch(/^(?:Your own|Yako mwenyewe)$/);
  });

  it.each(['badilisha wallet', 'change the wallet', 'another wallet', 'wallet nyingine'])('%j asks which', (text) => {
    expect(walletAfter(twoWallets, 'buy 100 bob of sms', text)).toMatch(/^(?:Which SMS wallet|Tujaze wallet gani)/);
  });
});

describe('what is not clear is asked', () => {
  const another = aWallet({ owner: { appId: null, userId: 'shop-2' }, by: 'link' });

  it('two shops and "the shop"', () => {
    const talk = new Talk({ ...SMS_TALK, wallets: [OWN, SHOP, another] });
    talk.say('buy 100 bob of sms');
    const heard = talk.say('the shop');
    expect(heard.text).toMatch(/^Which SMS wallet shall we fill\?/);
    expect(heard.buttons.map(({ label }) => label).slice(0, 2)).toEqual(['shop-1045: 0 SMS', 'shop-2: 0 SMS']);
  });

  it('"the shop" of somebody who has none, and whose wallets are two', () => {
    expect(walletAfter([OWN, NUMBER], 'buy 100 bob of sms', 'the shop')).toMatch(/^You have no such SMS wallet here\./);
  });

  it('where there is one wallet alone nothing is asked', () => {
    expect(new Talk({ ...SMS_TALK }).say('buy 100 bob of sms for my shop').text).toContain('To pay: KES 100');
  });
});

describe('a wallet that is called by a number', () => {
  it('is filled by that number as an answer to which, and where it receives; it does not pay then', () => {
    expect(walletAfter([OWN, NUMBER], 'buy 100 bob of sms', 'change the wallet', '0733000111')).toBe('0733 000 111');
    expect(walletAfter([OWN, NUMBER], 'buy 100 bob of sms for 0733000111')).toBe('0733 000 111');
  });

  it('still pays where it is said to pay', () => {
    const talk = new Talk({ ...SMS_TALK, own: ['254722002000', '254733000111'], wallets: [OWN, NUMBER] });
    talk.say('buy 100 bob of sms');
    expect(talk.say('from 0733000111').text).toContain('Paid by: 0733 000 111');
  });
});

it('a name of digits alone is an amount, but where a wallet is asked for', () => {
  const digits = aWallet({ owner: { appId: null, userId: '1045' }, by: 'link' });
  const talk = new Talk({ ...SMS_TALK, wallets: [OWN, digits] });
  talk.say('buy 100 bob of sms');
  expect(talk.say('no, 1045 bob').text).toMatch(/Wallet: Your own\n[\s\S]*To pay: KES 1,045/);
  talk.say('change the wallet');
  expect(talk.say('1045').text).toMatch(/Wallet: 1045\n[\s\S]*To pay: KES 1,045/);
});

it('an alert is set on the wallet that is named', () => {
  const open = { id: 'w3', changedAt: 0, version: 1 };
  const talk = new Talk({ ...SMS_TALK, wallets: [OWN, { ...SHOP, open }] });
  const wallet = (text: string): unknown => talk.say(text).effects.find(({ kind }) => kind === 'set_alert');
  expect(wallet('alert me when shop-1045 is below 500 sms')).toMatchObject({ wallet: SHOP.key, units: 500 });
  expect(wallet('niarifu sms za duka zikifika 400')).toMatchObject({ wallet: SHOP.key, units: 400 });
  expect(wallet('alert me below 300 sms')).toMatchObject({ wallet: OWN.key, units: 300 });
});
