/** Shows how a purchase of SMS goes on that waited for its price, and each of the cases in which it says nothing. */

import { describe, expect, it } from 'vitest';
import { aChat, freeUse, knownOf, NOW, only, OWN, rulesOf, said } from '../../test/support/decisions.ts';
import { DRAFT_EXPIRES_MS } from '../conversation/drafting.ts';
import type { Draft } from '../conversation/session.ts';
import type { OwnWallet } from '../domain/wallet-owner.ts';
import type { Conversation, Known, Turn, TurnEvent } from '../ports/store.ts';
import { decidePriceTold } from './decide-price-told.ts';

const RULES = rulesOf({ sellsSms: true, walletsAt: 'tuku' });
const EVENT: TurnEvent = {
  id: 'timer',
  at: NOW,
  kind: 'timer',
  key: 'price:v-1',
  timer: { kind: 'price_told', conversationId: 'v-1' },
};

const told = (readAt: number): OwnWallet => ({
  key: 'AAAAAA',
  owner: { appId: null, userId: 'c-1' },
  by: 'customer',
  open: null,
  balances: { smsHundredths: 0, milliKes: 0 },
  alerts: [],
  price: { milliKes: 800, source: 'platform' },
  readAt,
});

const value = (text: string | number): Draft['slots'][string] => ({ value: text, how: 'said' });

function waiting(more: Partial<Draft> = {}): Draft {
  return {
    id: 'draft002',
    flow: 'buy-sms',
    flowVersion: 1,
    slots: { wallet: value('AAAAAA'), amount: value('100 KES'), payer: value(OWN), paymentNetwork: value('M-Pesa') },
    asking: 'price',
    revision: 2,
    touchedAt: NOW,
    reminded: false,
    ...more,
  };
}

function decided(draft: Draft | null, known: Partial<Known> = {}, chat: Partial<Conversation> = {}): Turn {
  const conversation = aChat({ draft }, chat);
  return decidePriceTold(knownOf({ conversation, smsWallets: [told(NOW)], ...known }), EVENT, RULES);
}

describe('a purchase that waited for its price', () => {
  it('is shown to be confirmed, measured by its payer, and remembered with its reminder', () => {
    const measured = decided(waiting(), { use: freeUse({}, { recipient: null }) });
    expect([said(measured)[0], measured.lacks]).toEqual(['buy-sms:confirm', undefined]);
    const turn = decided(waiting());
    expect(only(turn, 'remember')[0]?.session.draft).toMatchObject({ asking: 'confirm' });
    expect(only(turn, 'set_timer')).toMatchObject([{ key: 'draft:v-1', timer: { kind: 'draft_reminder' } }]);
    expect(turn.lacks).toEqual({ parties: { payer: OWN, recipient: null } });
    expect(turn.read).toEqual({ 'conversation:v-1': 4 });
  });

  it('that nobody told keeps what was said, and offers to ask again', () => {
    const turn = decided(waiting(), { smsWallets: [told(NOW - 11 * 60_000)] });
    expect(said(turn)).toEqual(['buy-sms:price-not-told']);
    expect(only(turn, 'remember')[0]?.session.draft).toMatchObject({ asking: 'price', slots: waiting().slots });
    const [say] = only(turn, 'say');
    expect(say?.reply.choices.map(({ label }) => label.key)).toEqual(['buy-sms:ask-price-again', 'common:cancel']);
  });
});

describe('nothing is said', () => {
  it.each<[string, () => Turn]>([
    ['to nobody', () => decided(waiting(), { conversation: null })],
    ['where nothing is being bought', () => decided(null)],
    ['of a purchase that an older program began', () => decided(waiting({ flowVersion: 0 }))],
    ['to who blocked us', () => decided(waiting(), {}, { blockedAt: NOW })],
    ['of a purchase that has expired', () => decided(waiting({ touchedAt: NOW - DRAFT_EXPIRES_MS }))],
    ['where wallets were not looked up', () => decided(waiting(), { smsWallets: null })],
    ['of a purchase that went on meanwhile', () => decided(waiting({ asking: 'amount' }))],
  ])('%s', (_whom, turn) => {
    expect(turn()).toEqual({ event: EVENT, read: {}, touched: [], changes: [] });
  });
});
