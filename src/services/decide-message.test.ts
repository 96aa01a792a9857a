/** Shows what a person's message changes beside the talk itself: who they are, which number is theirs, what is ordered, what is kept. */

import { describe, expect, it } from 'vitest';
import { ALL_CLOSED } from '../domain/breaker.ts';
import {
  aChat,
  attention,
  aMessage,
  anOpenDraft,
  anOrder,
  freeUse,
  knownOf,
  MINUTE_MS,
  MUM,
  NOW,
  only,
  OWN,
  rulesOf,
  said,
} from '../../test/support/decisions.ts';
import type { Content, InboundMessage, Unsupported } from '../ports/channel.ts';
import type { Known, Turn } from '../ports/store.ts';
import { decide, type Rules } from './decide.ts';

const RULES = rulesOf();

function heard(message: Partial<InboundMessage>, known: Partial<Known> = {}, rules: Rules = RULES): Turn {
  return decide(knownOf(known), aMessage(message), rules);
}

const text = (words: string): { content: Content } => ({ content: { kind: 'text', text: words } });

describe('first contact', () => {
  it('makes the customer, their identity and their chat', () => {
    const turn = heard({ ...text('hello'), senderName: 'Achieng', locale: 'sw-KE' });
    const [welcome] = only(turn, 'welcome');
    expect(welcome).toMatchObject({
      sender: '42',
      customer: { name: 'Achieng' },
      conversation: { address: { channel: 'telegram', account: 'bot', chat: '42' }, blockedAt: null },
    });
    expect(welcome?.customer.id).toMatch(/^c\w{16}$/);
    expect(welcome?.conversation.customerId).toBe(welcome?.customer.id);
    expect(turn.changes[0]?.kind).toBe('welcome');
    expect(turn.read).toEqual({ [`conversation:${welcome?.conversation.id}`]: 0 });
  });

  it.each([
    ['sw', 'sw'],
    ['SW-ke', 'sw'],
    ['en-GB', 'en'],
    ['fr', 'en'],
    [null, 'en'],
  ])('in the language of the network, %s: %s', (locale, language) => {
    const [welcome] = only(heard({ locale, content: { kind: 'unsupported', what: 'sticker' } }), 'welcome');
    expect(welcome?.conversation.session.language).toBe(language);
  });

  it('of someone known by another chat opens the chat alone', () => {
    const [welcome] = only(heard(text('hello'), { customer: { id: 'c-9', name: null } }), 'welcome');
    expect(welcome).toMatchObject({ customer: { id: 'c-9' }, conversation: { customerId: 'c-9' } });
  });

  it('gives the privacy notice once, and keeps that it was given', () => {
    const first = heard(text('hello'));
    expect(said(first)).toContain('common:privacy-notice');
    expect(only(first, 'consent')).toMatchObject([{ what: 'privacy_notice', textVersion: '2026-11' }]);
    const later = heard(text('hello'), { conversation: aChat() });
    expect(said(later)).not.toContain('common:privacy-notice');
    expect(only(later, 'consent')).toEqual([]);
  });

  it('decided twice makes the same ids', () => {
    expect(heard(text('hello'))).toEqual(heard(text('hello')));
    const elsewhere = heard(text('hello'), {}, rulesOf({ salt: 'another process' }));
    expect(only(elsewhere, 'welcome')[0]?.customer.id).not.toBe(only(heard(text('hello')), 'welcome')[0]?.customer.id);
  });
});

describe('the speaker’s own number', () => {
  const claims = (ownPhones: Known['ownPhones'], ownPhone: InboundMessage['ownPhone'] = OWN) =>
    only(heard({ ...text('hello'), ownPhone }, { conversation: aChat(), ownPhones }), 'claim_phone');

  it('is claimed on the network’s word, once', () => {
    expect(claims([])).toEqual([{ kind: 'claim_phone', customerId: 'c-1', phone: OWN, how: 'telegram' }]);
    expect(claims([OWN])).toEqual([]);
    expect(claims([MUM])).toHaveLength(1);
  });

  it('becomes the first again when it was an older one', () => {
    expect(claims([MUM, OWN])).toHaveLength(1);
  });

  it('is never taken from what was typed', () => {
    expect(claims([], null)).toEqual([]);
    const typed = heard(text('my number is 0722000001'), { conversation: aChat(), ownPhones: [] });
    expect(only(typed, 'claim_phone')).toEqual([]);
  });

  it('pays at once, in the very message that told it', () => {
    const turn = heard({ ...text('buy 100 for 0733000002'), ownPhone: OWN }, { conversation: aChat(), ownPhones: [] });
    expect(only(turn, 'remember')[0]?.session.draft?.slots['payer']?.value).toBe(OWN);
  });
});

describe('a shared contact', () => {
  const shared = (phones: readonly string[], ownPhone: InboundMessage['ownPhone']) => {
    const content = { kind: 'contact', name: 'Mum', phones } as const;
    const turn = heard({ content, ownPhone }, { conversation: aChat(), ownPhones: [OWN] });
    return only(turn, 'remember')[0]?.session.draft?.slots['recipient']?.value ?? null;
  };

  it('is a recipient, also where the network always names the speaker’s own number', () => {
    expect(shared(['0733000002'], null)).toBe(MUM);
    expect(shared(['+254 733 000 002'], OWN)).toBe(MUM);
  });

  it('with the speaker’s own number is their own', () => {
    const content = { kind: 'contact', name: 'Me', phones: ['+254722000001'] } as const;
    const turn = heard({ content, ownPhone: OWN }, { conversation: aChat(), ownPhones: [] });
    expect(said(turn)[0]).toBe('common:own-number-saved');
    expect(only(turn, 'claim_phone')).toHaveLength(1);
  });

  it.each([[[]], [['']], [['not a number']], [['+256 772 000 000']]])('with %j gets an answer', (phones) => {
    const content = { kind: 'contact', name: null, phones } as const;
    expect(said(heard({ content, ownPhone: OWN }, { conversation: aChat() }))).not.toEqual([]);
  });
});

describe('a chat that blocks us', () => {
  const NEWS = ['blocked', 'unblocked'] as const;
  const told = (kind: (typeof NEWS)[number], blockedAt: number | null): Turn =>
    heard({ content: { kind } }, { conversation: aChat({}, { blockedAt }) });

  it('is kept as blocked, and as reachable again; nothing is said', () => {
    expect(told('blocked', null).changes).toEqual([{ kind: 'reachable', conversationId: 'v-1', blockedAt: NOW }]);
    expect(told('unblocked', NOW - 1).changes).toEqual([{ kind: 'reachable', conversationId: 'v-1', blockedAt: null }]);
    expect(told('blocked', NOW - 1).changes).toEqual([]);
    expect(told('unblocked', null).changes).toEqual([]);
  });

  it('is reachable again when the person writes', () => {
    const turn = heard(text('hello'), { conversation: aChat({}, { blockedAt: NOW - 1 }) });
    expect(only(turn, 'reachable')).toEqual([{ kind: 'reachable', conversationId: 'v-1', blockedAt: null }]);
    expect(said(turn)).not.toEqual([]);
  });

  it('may do so before it ever said anything', () => {
    const turn = heard({ content: { kind: 'blocked' } });
    expect(turn.changes.map(({ kind }) => kind)).toEqual(['welcome', 'reachable']);
  });
});

describe('the yes', () => {
  const chat = aChat({ draft: anOpenDraft(NOW - MINUTE_MS) });
  const known: Partial<Known> = { conversation: chat, use: freeUse() };
  const tap = { content: { kind: 'tap', data: 'ok:draft002:2', on: '99' } } as const;
  const withVersions = { ...knownOf(known).versions, [`payer:${OWN}`]: 2, [`recipient:${MUM}`]: 3, 'customer:c-1': 5 };
  const confirmed = (message: Partial<InboundMessage> = tap, more: Partial<Known> = {}, rules: Rules = RULES): Turn =>
    heard(message, { ...known, versions: withVersions, ...more }, rules);

  it('opens the order, its call and its deadlines in one turn', () => {
    const turn = confirmed();
    const [opened] = only(turn, 'open_order');
    expect(opened).toMatchObject({
      actor: { kind: 'customer', id: 'c-1' },
      order: {
        state: 'confirmed',
        conversationId: 'v-1',
        amountKes: 50,
        recipient: MUM,
        payer: OWN,
        paymentNetwork: 'M-Pesa',
        draft: 'draft002',
        revision: 2,
        promptLiveUntil: NOW + 3 * MINUTE_MS,
      },
    });
    const { id, reference } = opened?.order ?? anOrder();
    expect(reference).toMatch(/^JZ[2-9A-Z]{8}$/);
    expect(only(turn, 'call')).toEqual([{ kind: 'call', orderId: id, purpose: 'buy_airtime', dueAt: NOW }]);
    expect(only(turn, 'set_timer').map(({ dueAt, timer }) => [timer.kind, (dueAt - NOW) / MINUTE_MS])).toEqual([
      ['prompt_lapsed', 3],
      ['order_silence', 10],
    ]);
    expect(only(turn, 'clear_timer')).toEqual([{ kind: 'clear_timer', key: 'draft:v-1' }]);
    expect(only(turn, 'remember')[0]?.session.draft).toBeNull();
    expect(said(turn)).toEqual(['buying:placed']);
    expect(only(turn, 'retire_buttons')).toMatchObject([{ channelMessageId: '99' }]);
  });

  it('rests on the chat, on all whose limits it counts towards and on the switches, and counts those up', () => {
    const turn = confirmed();
    const parties = { [`payer:${OWN}`]: 2, 'customer:c-1': 5, [`recipient:${MUM}`]: 3 };
    expect(turn.read).toEqual({ 'conversation:v-1': 4, ...parties, 'switch:sales': 0, 'switch:breaker:topups': 0 });
    expect(turn.touched).toEqual(Object.keys(parties));
  });

  it.each<[string, Partial<InboundMessage>, Partial<Known>, Rules, string]>([
    ['of a message ten minutes old', { ...tap, sentAt: NOW - 10 * MINUTE_MS - 1 }, {}, RULES, 'common:late-yes'],
    ['while sales are stopped', tap, { salesStopped: 'the token was refused' }, RULES, 'buying:sales-stopped'],
    ['where nothing is sold', tap, {}, rulesOf({ airtimeOff: 'airtime is off' }), 'buying:sales-stopped'],
    ['to an older question', { content: { kind: 'tap', data: 'ok:draft002:1', on: null } }, {}, RULES, 'common:older-button'],
    [
      'while that phone rings',
      tap,
      { use: freeUse({ live: { reference: 'JZX', customerId: 'c-1', until: NOW + 1 } }) },
      RULES,
      'buying:payer-ringing-yours',
    ],
    ['too often', tap, { use: freeUse({ promptsLastHour: 20 }) }, RULES, 'buying:payer-too-often-hour'],
  ])('%s buys nothing, and is answered', (_name, message, more, rules, answer) => {
    const turn = confirmed(message, more, rules);
    expect(only(turn, 'open_order')).toEqual([]);
    expect(only(turn, 'call')).toEqual([]);
    expect(said(turn)[0]).toBe(answer);
    expect(only(turn, 'remember')[0]?.session.draft?.id).toBe('draft002');
  });

  it('buys nothing while nothing is known of who pays or who gets, and says what it lacks', () => {
    for (const use of [null, freeUse({ payer: MUM }), { ...freeUse(), recipient: OWN }]) {
      const turn = confirmed(tap, { use });
      expect(only(turn, 'open_order')).toEqual([]);
      expect(said(turn)[0]).toBe('buying:not-checked');
      expect(turn.lacks).toEqual({ parties: { payer: OWN, recipient: MUM } });
    }
    expect(confirmed().lacks).toBeUndefined();
  });

  it('while the breaker is open buys nothing; afterwards it is the one that tries', () => {
    const open = { kind: 'open', why: '4000', since: NOW - 9, until: NOW + 1, waitMs: 1 } as const;
    expect(said(confirmed(tap, { breakers: { ...ALL_CLOSED, topups: open } }))[0]).toBe('buy-airtime:supplier-away');
    const turn = confirmed(tap, { breakers: { ...ALL_CLOSED, topups: { ...open, until: NOW } } });
    const [opened] = only(turn, 'open_order');
    expect(only(turn, 'set_breaker')).toMatchObject([{ breaker: { kind: 'half_open', probe: opened?.order.id } }]);
  });

  it('of a message just under ten minutes old buys', () => {
    expect(only(confirmed({ ...tap, sentAt: NOW - 10 * MINUTE_MS }), 'open_order')).toHaveLength(1);
  });

  it('sent in the future, by a clock that runs ahead, buys', () => {
    expect(only(confirmed({ ...tap, sentAt: NOW + 60 * MINUTE_MS }), 'open_order')).toHaveLength(1);
  });
});

describe('a draft', () => {
  it('sets its reminder anew with every message', () => {
    const turn = heard(text('buy airtime'), { conversation: aChat() });
    expect(only(turn, 'set_timer')).toEqual([
      {
        kind: 'set_timer',
        key: 'draft:v-1',
        dueAt: NOW + 15 * MINUTE_MS,
        timer: { kind: 'draft_reminder', conversationId: 'v-1' },
      },
    ]);
  });

  it('that is cancelled takes its reminder along', () => {
    const turn = heard(text('cancel'), { conversation: aChat({ draft: anOpenDraft(NOW - MINUTE_MS) }) });
    expect(only(turn, 'clear_timer')).toEqual([{ kind: 'clear_timer', key: 'draft:v-1' }]);
    expect(only(turn, 'open_order')).toEqual([]);
  });
});

describe('what is no words', () => {
  it.each<Unsupported>(['sticker', 'voice', 'picture', 'video', 'document', 'location', 'poll', 'other'])(
    'a %s gets a friendly answer',
    (what) => {
      const turn = heard({ content: { kind: 'unsupported', what } }, { conversation: aChat() });
      expect(said(turn)).not.toEqual([]);
      expect(only(turn, 'heard')).toMatchObject([{ text: `(${what})` }]);
    },
  );

  it.each<Unsupported>(['edit', 'deletion', 'reaction'])('a %s is kept and not answered', (what) => {
    const conversation = aChat({ draft: anOpenDraft(NOW - MINUTE_MS) });
    const turn = heard({ content: { kind: 'unsupported', what } }, { conversation });
    expect(said(turn)).toEqual([]);
    expect(only(turn, 'remember')[0]?.session).toEqual(conversation.session);
  });

  it.each(['', ' ', '\u0000', '\ud800', 'x'.repeat(5_000), '0'.repeat(5_000), '🙂'.repeat(2_000), '__proto__', '%s %d'])(
    'the text %# gets an answer and buys nothing',
    (words) => {
      const conversation = aChat({ draft: anOpenDraft(NOW - MINUTE_MS) });
      const turn = heard(text(words), { conversation, use: freeUse() });
      expect(only(turn, 'open_order')).toEqual([]);
      expect(said(turn)).not.toEqual([]);
      expect(only(turn, 'heard')[0]?.text.length).toBeLessThanOrEqual(2_000);
    },
  );

  it.each(['', 'ok', 'ok::', 'ok:draft002:999999999', '../../etc/passwd', 'x'.repeat(300)])(
    'a tap on %s, which we never gave out, is answered and buys nothing',
    (data) => {
      const conversation = aChat({ draft: anOpenDraft(NOW - MINUTE_MS) });
      const turn = heard({ content: { kind: 'tap', data, on: null } }, { conversation, use: freeUse() });
      expect(only(turn, 'open_order')).toEqual([]);
      expect(said(turn)).not.toEqual([]);
      expect(only(turn, 'heard')[0]?.text.length).toBeLessThanOrEqual(66);
    },
  );
});

it('a call for a person reaches the operator without the words that were said', () => {
  const turn = heard(text('nataka kuongea na mtu, my PIN is 4321'), { conversation: aChat() });
  const tapped = heard(
    { content: { kind: 'tap', data: 'human=JZ7K2M4QPW:-:0', on: null } },
    { conversation: aChat(), recentOrders: [anOrder()] },
  );
  expect(JSON.stringify(attention(turn))).not.toContain('4321');
  expect(attention(tapped)).toEqual(['help_wanted: asked for a person about JZ7K2M4QPW']);
});

it('buttons are taken off only where the channel can', () => {
  const tap: Partial<InboundMessage> = { content: { kind: 'tap', data: 'help:-:0', on: '99' } };
  const rules = rulesOf({ capabilities: () => ({ buttons: true, asksOwnPhone: false, retireButtons: false }) });
  expect(only(heard(tap, { conversation: aChat() }), 'retire_buttons')).toHaveLength(1);
  expect(only(heard(tap, { conversation: aChat() }, rules), 'retire_buttons')).toEqual([]);
});
