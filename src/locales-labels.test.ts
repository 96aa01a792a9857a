/** Owns what the labels of buttons must be: short, and no two of one menu alike in either language. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEYS, ROOT, spoken } from '../test/support/texts.ts';
import { SPOKEN } from './conversation/reply.ts';

/** A typed label means its button in either language, so the labels of one menu differ across both. */
const MENUS: Readonly<Record<string, readonly string[]>> = {
  menu: ['common:menu-buy-airtime', 'common:menu-buy-sms', 'common:menu-history', 'common:menu-language', 'common:menu-help'],
  confirmation: ['buy-airtime:yes', 'common:change', 'buy-airtime:pay-with', 'common:cancel'],
  'confirmation of the same': ['buying:yes-again', 'common:change', 'buy-airtime:pay-with', 'common:cancel'],
  change: [
    'buy-airtime:slot-recipient',
    'buy-airtime:slot-recipient-network',
    'buying:slot-amount',
    'buying:slot-payer',
    'buying:slot-payment-network',
    'common:keep',
    'common:cancel',
  ],
  recipient: ['buy-airtime:option-mine', 'buying:option-number', 'common:share-my-number', 'common:cancel'],
  'several orders': ['buy-airtime:option-both', 'buying:option-number', 'common:cancel'],
  amount: ['common:amount', 'common:keep-value', 'common:cancel'],
  payer: ['buying:option-number', 'common:keep-value', 'common:share-my-number', 'common:cancel'],
  network: ['common:plain', 'common:cancel'],
  'what a number is for': ['buy-airtime:role-recipient', 'buy-airtime:role-payer', 'common:keep', 'common:cancel'],
  'confirmation of SMS': ['buy-sms:yes', 'buy-sms:yes-retry', 'buying:yes-again', 'common:change', 'common:cancel'],
  'change of SMS': ['buy-sms:slot-wallet', 'buying:slot-amount', 'buying:slot-payer', 'common:keep', 'common:cancel'],
  'shillings or SMS': ['buy-sms:option-kes', 'buy-sms:option-sms', 'common:keep-value', 'common:cancel'],
  'SMS wallets': ['buy-sms:option-wallet', 'common:keep-value', 'common:cancel'],
  'set aside': ['common:go-on', 'common:cancel'],
  history: [
    'buy-sms:option-again',
    'order:it-arrived',
    'order:money-taken',
    'order:did-not-pay',
    'buy-airtime:option-both',
    'common:menu-buy-airtime',
    'common:menu-buy-sms',
  ],
  'order done': ['order:buy-again', 'common:menu-history'],
  'order refused': ['order:buy-again', 'order:talk-to-us'],
  'alert of low SMS': ['alert:top-up'],
  alerts: ['alert:remove', 'alert:remove-all', 'alert:again', 'alert:mine', 'alert:here'],
  'delete my data': ['answers:forget-yes', 'answers:forget-no'],
  'did it arrive': ['order:it-arrived', 'order:money-taken', 'order:did-not-pay'],
};
const LABELS = [...new Set(Object.values(MENUS).flat())];

describe('the labels of buttons', () => {
  it.each(LABELS)('%s: short, on one line', (key) => {
    // An amount and a number cannot be shorter; everything else fits the smallest phone.
    const longest = key === 'buy-airtime:option-both' ? 27 : 24;
    for (const language of SPOKEN) expect(spoken(key, language)).toMatch(new RegExp(`^.{1,${longest}}$`));
  });

  it.each(Object.entries(MENUS))('%s: no label means two things', (_menu, keys) => {
    const plain = (text: string): string =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
    const meant = keys.map((key) => new Set(SPOKEN.map((language) => plain(spoken(key, language)))));
    const labels = meant.flatMap((one) => [...one]);
    expect(labels.filter((label, at) => labels.indexOf(label) !== at)).toEqual([]);
  });

  it('are all known here', () => {
    const sources = readdirSync(join(ROOT, 'src/conversation'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(join(ROOT, 'src/conversation', path), 'utf8'));
    const offered = sources.flatMap((source) => [...source.matchAll(/label: \{ key: '([\w:-]+)'/g)].map(([, key = '']) => key));
    expect(offered.length).toBeGreaterThan(12);
    expect(offered.filter((key) => !LABELS.includes(key))).toEqual([]);
    expect(LABELS.filter((key) => !KEYS.includes(key))).toEqual([]);
  });
});
