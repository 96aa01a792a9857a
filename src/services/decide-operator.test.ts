/** Shows what operators hear, in which words and how much of a number; and how a code makes a chat an operator's. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  aMessage,
  anOrder,
  anSmsOrder,
  knownOf,
  MINUTE_MS,
  NOW,
  only,
  OWN,
  rulesOf,
  said,
} from '../../test/support/decisions.ts';
import { itemId } from '../domain/attention.ts';
import type { Order } from '../domain/order.ts';
import { codeIn, hashCode, withoutCodes } from '../lib/one-time-code.ts';
import type { Joining, OperatorChat } from '../ports/desk.ts';
import type { Known, Turn, TurnEvent } from '../ports/store.ts';
import { decide } from './decide.ts';

const operator = (name: string, more: Partial<OperatorChat> = {}): OperatorChat => ({
  id: `op-${name}`,
  name,
  conversationId: `v-${name}`,
  channel: 'telegram',
  language: 'en',
  addedAt: NOW,
  reachable: true,
  ...more,
});
const operators = [operator('njeri'), operator('otieno', { language: 'sw' }), operator('gone', { reachable: false })];

const rules = rulesOf();
/** What is said to the operators, as they read it. */
function told(turn: Turn): string[] {
  return only(turn, 'say')
    .filter(({ conversationId }) => conversationId !== 'v-1')
    .map(({ conversationId, reply, language }) => {
      const text = reply.parts.map((part) => rules.phrasebook.say(part, language)).join('\n');
      return `${conversationId}: ${text}`;
    });
}

const silence: TurnEvent = {
  kind: 'timer',
  id: 't-1',
  at: NOW + 10 * MINUTE_MS,
  key: 'silence:o-1',
  timer: { kind: 'order_silence', orderId: 'o-1' },
};
const refused: TurnEvent = {
  kind: 'call_answered',
  id: 'a-1',
  at: NOW,
  orderId: 'o-1',
  purpose: 'buy_airtime',
  answer: { kind: 'refused', code: '4000', message: 'Invalid token' },
  raw: null,
};
const webhook = (outcome: 'positive' | 'negative', amountKes = 100): TurnEvent => ({
  kind: 'webhook',
  id: 'w-1',
  at: NOW,
  provider: 'topups',
  raw: '{}',
  reading: {
    kind: 'read',
    note: 'JZ7K2M4QPW',
    upstreamReference: 'UP1',
    amountKes,
    mobile: '254733000002',
    outcome,
    status: 'Odd',
  },
});
const noticed = (conversationId: string): TurnEvent => ({
  kind: 'incident',
  id: 'n-1',
  at: NOW,
  what: 'message_given_up',
  subject: 'm-1',
  detail: 'refused for 0733 000 002',
  conversationId,
});

describe('an alert', () => {
  const turned = (event: TurnEvent, order: Order = anOrder(), more: Partial<Known> = {}): Turn =>
    decide(knownOf({ conversation: aChat(), order, operators, ...more }), event, rules);

  it.each<[string, Turn, RegExp]>([
    [
      'an order in review',
      turned(silence),
      /Order JZ7K2M4QPW needs you: KES 100 to 0733 \*\*\* 002.*ten minutes.*review show JZ7K2M4QPW/s,
    ],
    [
      'an order for which nothing was sent',
      turned(silence, anOrder({ state: 'confirmed' })),
      /Nothing was sent in ten minutes, so no payment was asked for\. It can be cancelled/,
    ],
    ['an order of SMS in review', turned(silence, anSmsOrder()), /needs you: (125 SMS for KES 100|SMS 125 kwa KES 100)/],
    [
      'a token that was refused',
      turned(refused, anOrder({ state: 'submitting' })),
      /refused our credentials.*stop-sales.*doctor/s,
    ],
    ['an end that is contradicted', turned(webhook('positive'), anOrder({ state: 'cancelled' })), /Look at order JZ7K2M4QPW/],
    [
      'a webhook that does not fit',
      turned(webhook('positive', 999)),
      new RegExp(`another amount.*${itemId('webhook', 'o-1')}`, 's'),
    ],
    ['a message that was given up', turned(noticed('v-1')), new RegExp(`phone …002.*${itemId('message', 'm-1')}`, 's')],
  ])('of %s goes to every operator who can be reached, in their language', (_what, turn, words) => {
    const [njeri = '', otieno = '', ...more] = told(turn);
    expect(more).toEqual([]);
    expect(njeri).toMatch(/^v-njeri: /);
    expect(njeri).toMatch(words);
    expect(otieno).toMatch(/^v-otieno: /);
    expect(otieno).toMatch(/Oda|Msambazaji|oda|Ujumbe/);
    for (const text of [njeri, otieno]) expect(text).not.toMatch(/0733 ?000 ?002|254733000002|0722 ?000 ?001/);
  });

  it('of somebody who needs a person tells who, masked, and how to reach them', () => {
    const known = knownOf({ conversation: aChat(), operators });
    const turn = decide(known, aMessage({ ownPhone: OWN, content: { kind: 'text', text: 'talk to a person' } }), rules);
    expect(told(turn)[0]).toContain('Achieng, 0722 *** 001, telegram');
    expect(told(turn)[0]).toContain(`npx jaza review show ${itemId('help', 'v-1')}`);
  });

  it('says when it is about no real money', () => {
    const turn = decide(knownOf({ conversation: aChat(), order: anOrder(), operators }), silence, rulesOf({ simulated: true }));
    expect(told(turn)[0]).toContain('SIMULATED');
  });

  it('is in the audit as well, and with nobody to hear it only there', () => {
    const turn = decide(knownOf({ conversation: aChat(), order: anOrder() }), silence, rules);
    expect(only(turn, 'audit')).toHaveLength(1);
    expect(told(turn)).toEqual([]);
  });

  it('that did not reach an operator is told to nobody, or it would never end', () => {
    expect(turned(noticed('v-njeri')).changes).toEqual([]);
    expect(turned(noticed('v-gone')).changes).toEqual([]);
  });
});

describe('a code', () => {
  const CODE = '7K2M-4QPW';
  const invite = { id: 'inv-1', name: 'Njeri', hash: hashCode('inv-1', CODE), expiresAt: NOW + 15 * MINUTE_MS };
  const sends = (text: string, joining: Partial<Joining> = {}, at = NOW): Turn =>
    decide(
      knownOf({ conversation: aChat(), joining: { invites: [invite], wrong: 0, lastWrongAt: null, ...joining } }),
      aMessage({ content: { kind: 'text', text } }, at),
      rules,
    );

  it.each(['operator 7K2M-4QPW', '/operator 7k2m4qpw', 'Operator: 7K2M 4QPW.', ' OPERATOR  7k2m-4qpw '])(
    '"%s" lets in',
    (text) => {
      const turn = sends(text);
      expect(said(turn)).toEqual(['operator:joined']);
      expect(only(turn, 'join_operator')).toMatchObject([{ invite: { id: 'inv-1' }, conversationId: 'v-1' }]);
      expect(only(turn, 'audit')).toMatchObject([{ what: 'operator_joined', actor: { name: 'Njeri' } }]);
      expect(JSON.stringify({ ...turn, event: null })).not.toMatch(/7k2m/i);
    },
  );

  it.each<[string, Turn]>([
    ['another one', sends('operator 7K2M-4QPX')],
    ['one that is over', sends(`operator ${CODE}`, {}, NOW + 15 * MINUTE_MS)],
    ['one that was used', sends(`operator ${CODE}`, { invites: [] })],
    ['after an hour, when five were wrong before', sends('operator 2222-3333', { wrong: 5, lastWrongAt: NOW - 60 * MINUTE_MS })],
  ])('%s is counted', (_what, turn) => {
    expect(said(turn)).toEqual(['operator:code-wrong']);
    expect(only(turn, 'wrong_code')).toMatchObject([{ count: 1 }]);
  });

  it('after the fifth wrong one is not looked at for an hour, and the answer does not tell', () => {
    const fifth = sends('operator 2222-3333', { wrong: 4, lastWrongAt: NOW - MINUTE_MS });
    expect(only(fifth, 'wrong_code')).toMatchObject([{ count: 5 }]);
    expect(only(fifth, 'audit')).toMatchObject([{ what: 'operator_alert', subject: 'v-1' }]);
    const sixth = sends(`operator ${CODE}`, { wrong: 5, lastWrongAt: NOW - 59 * MINUTE_MS });
    expect(said(sixth)).toEqual(['operator:code-wrong']);
    expect(only(sixth, 'join_operator')).toEqual([]);
    expect(only(sixth, 'wrong_code')).toEqual([]);
    const later = sends(`operator ${CODE}`, { wrong: 5, lastWrongAt: NOW - 60 * MINUTE_MS });
    expect(said(later)).toEqual(['operator:joined']);
  });

  it.each([
    ['operator', null],
    ['operator please', null],
    ['operator need help', null],
    ['I want an operator 7K2M-4QPW', null],
    ['operator 7K2M-4QP', null],
    ['operator ABCD-EFGH', 'ABCD-EFGH'],
  ])('in "%s" is %s', (text, code) => expect(codeIn(text)).toBe(code));

  it.each([
    ['operator 7K2M-4QP', 'operator ****-****'],
    ['my code 7k2m-4qpw', 'my code ****-****'],
    ['buy 100 for 0722-000000', 'buy 100 for 0722-000000'],
    ['operator please call me', 'operator please call me'],
  ])('is written over where it is kept: %s', (text, kept) => expect(withoutCodes(text)).toBe(kept));
});

describe('a customer is to be erased', () => {
  const WALLET = { id: 'w-1', userId: 'c-1', version: 7 };
  const erase = (erasing?: Known['erasing']): Turn => {
    const command = { what: 'erase_customer', customerId: 'c-1' } as const;
    const event = { id: 'console:1', at: NOW, kind: 'command', operator: 'Njeri', command } as const;
    return decide(
      knownOf({ versions: { 'customer:c-1': 3, 'wallet:/c-1': 7 }, ...(erasing === undefined ? {} : { erasing }) }),
      event,
      rulesOf(),
    );
  };

  it('resting on nothing of theirs having begun meanwhile, and what they wished of a person is seen to', () => {
    const ended = { reference: 'JZ1', state: 'delivered', promptLiveUntil: null } as const;
    const turn = erase({ orders: [ended], wallets: [{ ...WALLET, smsHundredths: 99 }], elsewhere: [], wishes: ['v-1'] });
    expect(turn.read).toEqual({ 'customer:c-1': 3, 'wallet:/c-1': 7 });
    expect(turn.changes.map(({ kind }) => kind)).toEqual(['audit', 'put_away', 'erase_customer', 'answer_console']);
    expect(only(turn, 'put_away')).toMatchObject([{ item: itemId('help', 'v-1'), until: NOW, operator: 'Njeri' }]);
  });

  it.each([
    ['JZ1 is refund due', { reference: 'JZ1', state: 'refund_due', promptLiveUntil: null }],
    ['JZ2 may still ring a phone for a payment', { reference: 'JZ2', state: 'cancelled', promptLiveUntil: NOW + 1 }],
  ] as const)('is refused: %s', (detail, order) => {
    const turn = erase({
      orders: [{ reference: 'JZ0', state: 'lapsed', promptLiveUntil: NOW }, order],
      wallets: [],
      elsewhere: [],
      wishes: ['v-1'],
    });
    expect(turn.changes.map(({ kind }) => kind)).toEqual(['audit', 'answer_console']);
    expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'refused', detail }]);
  });

  it('is refused while SMS are left in their wallet, and it is said how they get out', () => {
    const turn = erase({ orders: [], wallets: [{ ...WALLET, smsHundredths: 1_250 }], elsewhere: [], wishes: [] });
    expect(turn.changes.map(({ kind }) => kind)).toEqual(['audit', 'answer_console']);
    const detail =
      '12 SMS are left in their wallet: npx jaza wallet adjust c-1 -12 --reason "given up by the customer before the deletion"';
    expect(only(turn, 'answer_console')).toMatchObject([{ outcome: 'refused', detail }]);
  });

  it('is refused when there is none any more', () => {
    expect(only(erase(), 'answer_console')).toMatchObject([{ outcome: 'refused', detail: 'there is no such customer any more' }]);
  });
});
