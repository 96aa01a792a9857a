/** Shows what a number that the network vouches for changes: a claim, its renewal, or two customers who become one. */

import { describe, expect, it } from 'vitest';
import {
  aChat,
  aMessage,
  anOpenDraft,
  DAY_MS,
  freeUse,
  knownOf,
  MINUTE_MS,
  NOW,
  only,
  OWN,
  rulesOf,
  said,
} from '../../test/support/decisions.ts';
import type { Claim, Known, Turn } from '../ports/store.ts';
import { decide } from './decide.ts';

const RULES = rulesOf();
const elsewhere = aChat(
  { language: 'sw' },
  { id: 'v-9', customerId: 'c-9', address: { channel: 'whatsapp', account: 'bot', chat: '9' } },
);
const held: Claim = {
  customerId: 'c-9',
  how: 'whatsapp',
  verifiedAt: NOW - DAY_MS,
  channels: ['whatsapp'],
  conversation: elsewhere,
};

/** Achieng's Telegram vouches for a number that somebody holds. */
function vouched(claim: Claim | null, more: Partial<Known> = {}, data: string | null = null): Turn {
  const versions = { 'conversation:v-1': 4, 'customer:c-1': 5, 'customer:c-9': 6, [`payer:${OWN}`]: 1 };
  const known = knownOf({ conversation: aChat(), claim, channels: ['telegram'], ownPhones: [], versions, ...more });
  const content = data === null ? ({ kind: 'text', text: 'hello' } as const) : ({ kind: 'tap', data, on: null } as const);
  return decide(known, aMessage({ ownPhone: OWN, content }), RULES);
}

const changed = (turn: Turn): string[] =>
  turn.changes.map(({ kind }) => kind).filter((kind) => kind === 'claim_phone' || kind === 'merge_customers');

describe('a number that the network vouches for', () => {
  it('and nobody holds is claimed', () => expect(changed(vouched(null))).toEqual(['claim_phone']));

  it('and is theirs is claimed anew once a day, so that its age tells when it was last vouched for', () => {
    const own = { ...held, customerId: 'c-1', how: 'telegram' } as const;
    expect(changed(vouched({ ...own, verifiedAt: NOW - DAY_MS }, { ownPhones: [OWN] }))).toEqual([]);
    expect(changed(vouched({ ...own, verifiedAt: NOW - DAY_MS - 1 }, { ownPhones: [OWN] }))).toEqual(['claim_phone']);
  });

  it('and is held by the same person on another network makes the two one, on the versions of both', () => {
    const turn = vouched(held);
    expect(changed(turn)).toEqual(['merge_customers', 'claim_phone']);
    expect(only(turn, 'merge_customers')).toEqual([{ kind: 'merge_customers', from: 'c-1', into: 'c-9' }]);
    expect(only(turn, 'claim_phone')).toMatchObject([{ customerId: 'c-9', phone: OWN, how: 'telegram' }]);
    expect(turn.read).toEqual({ 'conversation:v-1': 4, 'customer:c-1': 5, 'customer:c-9': 6 });
  });

  it('is told once in both chats, each in its language, and leaves what they were asked', () => {
    const told = only(vouched(held), 'say').filter(({ reply }) => reply.parts[0]?.key === 'common:merged');
    expect(
      told.map(({ conversationId, language, reply }) => [
        conversationId,
        language,
        reply.parts[0]?.params?.['channel'],
        reply.choices,
      ]),
    ).toEqual([
      ['v-1', 'en', 'WhatsApp', []],
      ['v-9', 'sw', 'Telegram', []],
    ]);
    expect(
      only(vouched({ ...held, conversation: null }), 'say').filter(({ conversationId }) => conversationId === 'v-9'),
    ).toEqual([]);
  });

  it.each<[string, Partial<Claim>, Partial<Known>]>([
    ['long ago', { verifiedAt: NOW - 91 * DAY_MS }, {}],
    ['by another account of this network', { how: 'telegram', channels: ['telegram'] }, {}],
    ['by one who is on this network too', { channels: ['telegram', 'whatsapp'] }, {}],
    ['while the speaker is on their network too', {}, { channels: ['telegram', 'whatsapp'] }],
  ])('and was held %s is claimed, and moves no history', (_name, claim, more) => {
    const turn = vouched({ ...held, ...claim }, more);
    expect(changed(turn)).toEqual(['claim_phone']);
    expect(only(turn, 'claim_phone')).toMatchObject([{ customerId: 'c-1' }]);
    expect(said(turn)).not.toContain('common:merged');
  });

  it('waits with becoming one until an order is not being placed: that was measured as the one who placed it', () => {
    const buying = { conversation: aChat({ draft: anOpenDraft(NOW - MINUTE_MS) }), use: freeUse() };
    const turn = vouched(held, buying, 'ok:draft002:2');
    expect(only(turn, 'open_order')).toHaveLength(1);
    expect(changed(turn)).toEqual([]);
  });
});
