/** What updates mean: rows of an update as Telegram sends it, and the message that it becomes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundMessage } from '../../ports/channel.ts';
import { inboundOf } from './inbound.ts';
import { readUpdate } from './updates.ts';

const from = { id: 7, is_bot: false, first_name: 'Asha', last_name: 'Wanjiku', language_code: 'sw' };
const chat = { id: 7, type: 'private', first_name: 'Asha' };

function message(body: Record<string, unknown>): Record<string, unknown> {
  return { update_id: 5, message: { message_id: 1, date: 1_790_000_000, chat, from, ...body } };
}

function read(update: unknown): InboundMessage | null {
  const known = readUpdate(update);
  return known === null ? null : inboundOf(known, '900');
}

describe('who, where, when', () => {
  it('is said for a text in full', () => {
    expect(read(message({ text: 'buy 100' }))).toEqual({
      address: { channel: 'telegram', account: '900', chat: '7' },
      sender: '7',
      messageId: '5',
      sentAt: 1_790_000_000_000,
      locale: 'sw',
      senderName: 'Asha Wanjiku',
      ownPhone: null,
      content: { kind: 'text', text: 'buy 100' },
    });
  });

  it('is null where Telegram does not say', () => {
    expect(read(message({ text: 'x', date: 0, from: { id: 7 } }))).toMatchObject({
      sentAt: null,
      locale: null,
      senderName: null,
    });
  });

  it('of a tap: not when, because the date is that of our own message', () => {
    const tapped = { message_id: 33, date: 1_700_000_000, chat };
    expect(read({ update_id: 6, callback_query: { id: '1', from, message: tapped, data: 'yes:d1:3' } })).toMatchObject({
      messageId: '6',
      sentAt: null,
      content: { kind: 'tap', data: 'yes:d1:3', on: '33' },
    });
    expect(read({ update_id: 6, callback_query: { id: '1', from } })).toMatchObject({
      address: { chat: '7' },
      content: { kind: 'tap', data: '', on: null },
    });
  });
});

describe('what', () => {
  const rows: readonly (readonly [name: string, body: Record<string, unknown>, content: unknown])[] = [
    ['a deep link', { text: '/start ref_1a2b' }, { kind: 'text', text: '/start ref_1a2b' }],
    ['a sticker', { sticker: {} }, { kind: 'unsupported', what: 'sticker' }],
    ['a voice', { voice: {} }, { kind: 'unsupported', what: 'voice' }],
    ['a song', { audio: {} }, { kind: 'unsupported', what: 'voice' }],
    ['a picture, with words', { photo: [], caption: 'buy 100' }, { kind: 'unsupported', what: 'picture' }],
    ['a video', { video: {} }, { kind: 'unsupported', what: 'video' }],
    ['a round video', { video_note: {} }, { kind: 'unsupported', what: 'video' }],
    ['an animation, which is also a document', { document: {}, animation: {} }, { kind: 'unsupported', what: 'video' }],
    ['a document', { document: {} }, { kind: 'unsupported', what: 'document' }],
    ['a location', { location: {} }, { kind: 'unsupported', what: 'location' }],
    ['a place', { venue: {}, location: {} }, { kind: 'unsupported', what: 'location' }],
    ['a poll', { poll: {} }, { kind: 'unsupported', what: 'poll' }],
    ['a die', { dice: {} }, { kind: 'unsupported', what: 'other' }],
    ['what Telegram has not invented yet', { hologram: {} }, { kind: 'unsupported', what: 'other' }],
  ];
  it.each(rows)('%s', (_name, body, content) => {
    expect(read(message(body))?.content).toEqual(content);
  });

  it('an edit is one, at the time of the edit', () => {
    const edited = { message_id: 1, date: 1_790_000_000, edit_date: 1_790_000_060, chat, from, text: 'buy 1000' };
    expect(read({ update_id: 8, edited_message: edited })).toMatchObject({
      content: { kind: 'unsupported', what: 'edit' },
      sentAt: 1_790_000_060_000,
    });
  });

  it.each([
    ['kicked', { kind: 'blocked' }],
    ['member', { kind: 'unblocked' }],
  ])('the bot is %s', (status, content) => {
    expect(
      read({ update_id: 9, my_chat_member: { chat, from, date: 1_790_000_000, new_chat_member: { status } } })?.content,
    ).toEqual(content);
  });

  it.each([
    ['pinning', message({ pinned_message: {} })],
    ['a timer for deleting', message({ message_auto_delete_timer_changed: {} })],
    ['a group', message({ chat: { id: -1, type: 'supergroup' }, text: 'buy' })],
    ['a channel, where nobody speaks', message({ chat: { id: -2, type: 'channel' }, from: undefined, text: 'buy' })],
    [
      'a membership that is neither',
      { update_id: 1, my_chat_member: { chat, from, date: 1, new_chat_member: { status: 'restricted' } } },
    ],
    ['an update without anything', { update_id: 1 }],
    ['a field of a wrong type', message({ text: 5 })],
    ['no number', { message: { text: 'x' } }],
  ])('nothing for us: %s', (_name, update) => {
    expect(read(update)).toBeNull();
  });
});

describe('contacts', () => {
  const own = { phone_number: '254722000001', first_name: 'Asha', user_id: 7 };
  const rows: readonly (readonly [name: string, body: Record<string, unknown>, ownPhone: string | null])[] = [
    ['their own', { contact: own }, '254722000001'],
    ['their own, with a plus', { contact: { ...own, phone_number: '+254 722 000001' } }, '254722000001'],
    ["somebody else's", { contact: { ...own, user_id: 8 } }, null],
    ['of nobody on Telegram', { contact: { ...own, user_id: undefined } }, null],
    ['their own, forwarded', { contact: own, forward_origin: { type: 'user' } }, null],
    ['their own, forwarded by an old server', { contact: own, forward_date: 1 }, null],
    ['their own, through another bot', { contact: own, via_bot: { id: 1 } }, null],
    ['their own, elsewhere', { contact: own, chat: { id: 70, type: 'private' } }, null],
    ['their own, from abroad', { contact: { ...own, phone_number: '14155550100' } }, null],
    ['their own, from abroad, looking like ours without its country', { contact: { ...own, phone_number: '722000001' } }, null],
    ['their own, not a number', { contact: { ...own, phone_number: 'call me' } }, null],
  ];
  it.each(rows)('%s', (_name, body, ownPhone) => {
    const inbound = read(message(body));
    expect(inbound?.ownPhone).toBe(ownPhone);
    expect(inbound?.content.kind).toBe('contact');
  });

  it('a number from abroad stays as it is', () => {
    expect(read(message({ contact: { phone_number: '14155550100', first_name: 'Bob', user_id: 7 } }))?.content).toEqual({
      kind: 'contact',
      name: 'Bob',
      phones: ['14155550100'],
    });
  });

  it('with several numbers in the card has them all, each once', () => {
    const vcard = [
      'BEGIN:VCARD',
      'VERSION:3.0',
      'FN:Mama Njeri',
      'TEL;TYPE=CELL:+254722000002',
      'item1.TEL;waid=254733000003:+254 733 000 003',
      'TEL;VALUE=uri:tel:+254-744-000-004',
      'EMAIL:TEL@example.com',
      'END:VCARD',
    ].join('\r\n');
    expect(
      read(message({ contact: { phone_number: '0722000002', first_name: 'Mama', last_name: 'Njeri', vcard } }))?.content,
    ).toEqual({
      kind: 'contact',
      name: 'Mama Njeri',
      phones: ['0722000002', '+254 733 000 003', '+254-744-000-004'],
    });
  });

  it('without any number or name is one all the same', () => {
    expect(read(message({ contact: { phone_number: '' } }))?.content).toEqual({ kind: 'contact', name: null, phones: [] });
  });
});

describe('anything at all', () => {
  it('is read or left out, and never throws', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true }), (value) => void read(value)));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('text', 'contact', 'chat', 'from', 'date', 'sticker', 'forward_origin'), fc.anything()),
        (body) => {
          const inbound = read(message(body));
          if (inbound?.content.kind === 'text') expect(inbound.content.text).toBeTypeOf('string');
        },
      ),
    );
  });
});
