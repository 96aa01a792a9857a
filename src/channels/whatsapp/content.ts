/**
 * Owns what a WhatsApp message says: from the protocol's hundred kinds to our `Content`. Pure. Bookkeeping between devices is
 * null: nobody said anything.
 */

import type { proto } from '@whiskeysockets/baileys';
import type { Content, Unsupported } from '../../ports/channel.ts';
import { readVcard } from './vcard.ts';

type Message = proto.IMessage;

/** Baileys' `normalizeMessageContent`: takes off the wrappings (disappearing, view once, edited, with caption). */
export type Unwrap = (message: Message | null | undefined) => Message | undefined;

/** WAProto `Message.ProtocolMessage.Type`. */
const REVOKE = 0;
const MESSAGE_EDIT = 14;

/** What WhatsApp's own apps allow; other programs send more. */
const LONGEST_TEXT = 65_536;
const MOST_CONTACTS = 10;

const UNSUPPORTED: readonly (readonly [keyof Message, Unsupported])[] = [
  ['stickerMessage', 'sticker'],
  ['lottieStickerMessage', 'sticker'],
  ['stickerPackMessage', 'sticker'],
  ['audioMessage', 'voice'],
  ['imageMessage', 'picture'],
  ['videoMessage', 'video'],
  ['ptvMessage', 'video'],
  ['documentMessage', 'document'],
  ['locationMessage', 'location'],
  ['liveLocationMessage', 'location'],
  ['pollCreationMessage', 'poll'],
  ['pollCreationMessageV2', 'poll'],
  ['pollCreationMessageV3', 'poll'],
  ['pollUpdateMessage', 'poll'],
  ['reactionMessage', 'reaction'],
  ['encReactionMessage', 'reaction'],
  ['secretEncryptedMessage', 'edit'],
];

/** Keys, pins, placeholders, the frame around an album (its pictures follow one by one): not said by anybody. */
const BOOKKEEPING = new Set([
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'deviceSentMessage',
  'messageContextInfo',
  'placeholderMessage',
  'pinInChatMessage',
  'keepInChatMessage',
  'albumMessage',
  'call',
  'chat',
]);

export function readContent(raw: Message | null | undefined, unwrap: Unwrap): Content | null {
  const message = unwrap(raw);
  if (message === undefined || message === null) return null;
  const text = message.conversation || message.extendedTextMessage?.text || chosen(message);
  if (typeof text === 'string' && text !== '') return { kind: 'text', text: text.slice(0, LONGEST_TEXT) };
  const contact = readContacts(message);
  if (contact !== null) return contact;
  if (message.protocolMessage) return readProtocol(message.protocolMessage);
  for (const [key, what] of UNSUPPORTED) if (message[key]) return { kind: 'unsupported', what };
  const saidSomething = Object.entries(message).some(
    ([key, value]) => value !== null && value !== undefined && !BOOKKEEPING.has(key),
  );
  return saidSomething ? { kind: 'unsupported', what: 'other' } : null;
}

/** Answers to buttons and lists, which other programs still show: the label counts as typed, because we gave out no such button. */
function chosen(message: Message): string | null | undefined {
  return (
    message.buttonsResponseMessage?.selectedDisplayText ||
    message.buttonsResponseMessage?.selectedButtonId ||
    message.templateButtonReplyMessage?.selectedDisplayText ||
    message.templateButtonReplyMessage?.selectedId ||
    message.listResponseMessage?.title ||
    message.listResponseMessage?.singleSelectReply?.selectedRowId ||
    message.interactiveResponseMessage?.body?.text
  );
}

function readContacts(message: Message): Content | null {
  const one = message.contactMessage;
  const shared = one ? [one] : message.contactsArrayMessage?.contacts?.slice(0, MOST_CONTACTS);
  if (shared === null || shared === undefined) return null;
  const read = shared.map((contact) => ({ contact, card: readVcard(contact.vcard ?? '') }));
  const [first] = read;
  const name = read.length === 1 && first !== undefined ? first.contact.displayName || first.card.name : null;
  return { kind: 'contact', name, phones: [...new Set(read.flatMap(({ card }) => card.phones))] };
}

function readProtocol({ type }: proto.Message.IProtocolMessage): Content | null {
  if (type === REVOKE) return { kind: 'unsupported', what: 'deletion' };
  return type === MESSAGE_EDIT ? { kind: 'unsupported', what: 'edit' } : null;
}
