/**
 * Owns what an update means: a person's text, tap, contact or block as an `InboundMessage`. Only private chats are read; in a
 * group the bot says nothing, because anybody there could read an order or tap its buttons.
 */

import { parseMsisdn, type Msisdn } from '../../domain/msisdn.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Content, InboundMessage, Unsupported } from '../../ports/channel.ts';
import type { TelegramContact, TelegramMessage, TelegramUpdate, TelegramUser } from './updates.ts';

/** First match wins: an animation also carries a `document`, a venue also a `location`. */
const KINDS: readonly (readonly [field: string, what: Unsupported])[] = [
  ['sticker', 'sticker'],
  ['voice', 'voice'],
  ['audio', 'voice'],
  ['photo', 'picture'],
  ['animation', 'video'],
  ['video', 'video'],
  ['video_note', 'video'],
  ['document', 'document'],
  ['venue', 'location'],
  ['location', 'location'],
  ['poll', 'poll'],
];

/** Telegram reports these in the person's name, but the person said nothing that wants an answer. */
const SERVICE_FIELDS = [
  'pinned_message',
  'message_auto_delete_timer_changed',
  'write_access_allowed',
  'chat_background_set',
  'connected_website',
  'proximity_alert_triggered',
  'boost_added',
];

/**
 * `account` is the bot's id. Null: nothing for us (a group, a channel, a service message, an update without an author).
 * The message's id is the update's: the same for every delivery of an update, another for each tap on the same button.
 */
export function inboundOf(update: TelegramUpdate, account: string): InboundMessage | null {
  const messageId = String(update.update_id);
  const build = (
    chatId: number,
    from: TelegramUser,
    sentAt: Instant | null,
    content: Content,
    ownPhone: Msisdn | null = null,
  ): InboundMessage => ({
    address: { channel: 'telegram', account, chat: String(chatId) },
    sender: String(from.id),
    messageId,
    sentAt,
    locale: from.language_code ?? null,
    senderName: fullName(from),
    ownPhone,
    content,
  });

  const { message, edited_message: edited, callback_query: tap, my_chat_member: membership } = update;
  if (message !== undefined) {
    if (message.chat.type !== 'private' || message.from === undefined) return null;
    const content = contentOf(message);
    if (content === null) return null;
    return build(message.chat.id, message.from, toInstant(message.date), content, ownPhoneOf(message, message.from));
  }
  if (edited !== undefined) {
    if (edited.chat.type !== 'private' || edited.from === undefined) return null;
    return build(edited.chat.id, edited.from, toInstant(edited.edit_date ?? edited.date), { kind: 'unsupported', what: 'edit' });
  }
  if (tap !== undefined) {
    if (tap.message !== undefined && tap.message.chat.type !== 'private') return null;
    const on = tap.message === undefined ? null : String(tap.message.message_id);
    // Telegram does not say when a button was tapped; the message's date is when we sent it. A private chat has its person's id.
    return build(tap.message?.chat.id ?? tap.from.id, tap.from, null, { kind: 'tap', data: tap.data ?? '', on });
  }
  if (membership !== undefined && membership.chat.type === 'private') {
    const { status } = membership.new_chat_member;
    if (status !== 'kicked' && status !== 'member') return null;
    return build(membership.chat.id, membership.from, toInstant(membership.date), {
      kind: status === 'kicked' ? 'blocked' : 'unblocked',
    });
  }
  return null;
}

function contentOf(message: TelegramMessage): Content | null {
  if (message.text !== undefined) return { kind: 'text', text: message.text };
  if (message.contact !== undefined) {
    return { kind: 'contact', name: fullName(message.contact), phones: phonesOf(message.contact) };
  }
  if (SERVICE_FIELDS.some((field) => message[field] !== undefined)) return null;
  return { kind: 'unsupported', what: KINDS.find(([field]) => message[field] !== undefined)?.[1] ?? 'other' };
}

/**
 * The speaker's own number: their own contact (Telegram looks `user_id` up by the number itself), sent by themselves in their
 * private chat and not forwarded. Telegram's numbers are international but often come without the plus.
 */
function ownPhoneOf(message: TelegramMessage, from: TelegramUser): Msisdn | null {
  const { contact } = message;
  if (contact === undefined || contact.user_id !== from.id || message.chat.id !== from.id) return null;
  if (['forward_origin', 'forward_from', 'forward_date', 'via_bot'].some((field) => message[field] !== undefined)) return null;
  const parsed = parseMsisdn(`+${contact.phone_number.trim().replace(/^\+/, '')}`);
  return parsed.ok ? parsed.value : null;
}

const MOST_PHONES = 10;

/** The contact's number and those of its vCard, as they stand there, each once: 0722... and +254722... are one. */
function phonesOf(contact: TelegramContact): string[] {
  const lines = contact.vcard?.matchAll(/^(?:[\w-]+\.)?TEL(?:;[^:\r\n]*)?:(?:tel:)?([^\r\n]+)$/gim) ?? [];
  const byNumber = new Map<string, string>();
  for (const phone of [contact.phone_number, ...Array.from(lines, (line) => line[1] ?? '')]) {
    const parsed = parseMsisdn(phone);
    const number = parsed.ok ? parsed.value : phone.replace(/\D/g, '');
    if (number !== '' && !byNumber.has(number)) byNumber.set(number, phone.trim());
  }
  return [...byNumber.values()].slice(0, MOST_PHONES);
}

function fullName(person: { readonly first_name?: string | undefined; readonly last_name?: string | undefined }): string | null {
  const name = [person.first_name, person.last_name]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .trim();
  return name === '' ? null : name;
}

/** Telegram counts in seconds. */
function toInstant(seconds: number): Instant | null {
  return seconds > 0 ? seconds * 1_000 : null;
}
