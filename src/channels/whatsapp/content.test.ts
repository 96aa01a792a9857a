/** What the kinds of WhatsApp messages say: rows of a message as the library hands it over, and the content it becomes. */

import { normalizeMessageContent, proto } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../ports/channel.ts';
import { readContent } from './content.ts';

/** Over the wire and back, so that the shape is the one that really arrives. */
function read(message: proto.IMessage): Content | null {
  return readContent(proto.Message.decode(proto.Message.encode(message).finish()), normalizeMessageContent);
}

const wrapped = (message: proto.IMessage): { message: proto.IMessage } => ({ message });
const vcard = (phone: string): string => `BEGIN:VCARD\nFN:Card\nTEL;waid=${phone}:+${phone}\nEND:VCARD`;

describe('what a message says', () => {
  it.each<[string, proto.IMessage, string]>([
    ['plain', { conversation: 'hi' }, 'hi'],
    ['with a quote or a link', { extendedTextMessage: { text: 'hi' } }, 'hi'],
    ['in a disappearing chat', { ephemeralMessage: wrapped({ extendedTextMessage: { text: 'hi' } }) }, 'hi'],
    ['wrapped twice', { ephemeralMessage: wrapped({ viewOnceMessage: wrapped({ conversation: 'hi' }) }) }, 'hi'],
    ['beside the keys of a group', { conversation: 'hi', senderKeyDistributionMessage: { groupId: 'g' } }, 'hi'],
    ['a button', { buttonsResponseMessage: { selectedButtonId: 'b1', selectedDisplayText: 'Yes' } }, 'Yes'],
    ['a button without a label', { buttonsResponseMessage: { selectedButtonId: 'b1' } }, 'b1'],
    ['a template button', { templateButtonReplyMessage: { selectedId: 't1', selectedDisplayText: 'No' } }, 'No'],
    ['a list row', { listResponseMessage: { title: '50 bob', singleSelectReply: { selectedRowId: 'r1' } } }, '50 bob'],
    ['a list row without a title', { listResponseMessage: { singleSelectReply: { selectedRowId: 'r1' } } }, 'r1'],
    ['a flow', { interactiveResponseMessage: { body: { text: 'Done' } } }, 'Done'],
    ['spaces are kept', { conversation: ' hi\n' }, ' hi\n'],
  ])('text: %s', (_, message, text) => {
    expect(read(message)).toEqual({ kind: 'text', text });
  });

  it('text: no longer than WhatsApp itself allows', () => {
    expect(read({ conversation: 'x'.repeat(500_000) })).toEqual({ kind: 'text', text: 'x'.repeat(65_536) });
  });

  it.each<[string, proto.IMessage, Content]>([
    [
      'one',
      { contactMessage: { displayName: 'Mama', vcard: vcard('254722000001') } },
      { kind: 'contact', name: 'Mama', phones: ['+254722000001'] },
    ],
    [
      'one that has its name only in the card',
      { contactMessage: { vcard: vcard('254722000001') } },
      { kind: 'contact', name: 'Card', phones: ['+254722000001'] },
    ],
    [
      'several',
      {
        contactsArrayMessage: {
          contacts: [{ vcard: vcard('254722000001') }, { vcard: vcard('254722000002') }, { vcard: vcard('254722000001') }],
        },
      },
      { kind: 'contact', name: null, phones: ['+254722000001', '+254722000002'] },
    ],
    ['an empty one', { contactMessage: {} }, { kind: 'contact', name: null, phones: [] }],
  ])('contacts: %s', (_, message, content) => {
    expect(read(message)).toEqual(content);
  });

  const { REVOKE, MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;
  it.each<[string, proto.IMessage]>([
    ['sticker', { stickerMessage: {} }],
    ['sticker', { lottieStickerMessage: wrapped({ stickerMessage: {} }) }],
    ['voice', { audioMessage: { ptt: true } }],
    ['picture', { imageMessage: { caption: 'buy 100' } }],
    ['picture', { viewOnceMessageV2: wrapped({ imageMessage: {} }) }],
    ['video', { videoMessage: {} }],
    ['video', { ptvMessage: {} }],
    ['document', { documentWithCaptionMessage: wrapped({ documentMessage: {} }) }],
    ['location', { locationMessage: {} }],
    ['location', { liveLocationMessage: {} }],
    ['poll', { pollCreationMessageV3: { name: 'x' } }],
    ['poll', { pollUpdateMessage: {} }],
    ['reaction', { reactionMessage: { text: 'x' } }],
    ['deletion', { protocolMessage: { type: REVOKE, key: { id: 'X' } } }],
    ['edit', { protocolMessage: { type: MESSAGE_EDIT, key: { id: 'X' }, editedMessage: { conversation: 'buy 9000' } } }],
    [
      'edit',
      { editedMessage: wrapped({ protocolMessage: { type: MESSAGE_EDIT, editedMessage: { conversation: 'buy 9000' } } }) },
    ],
    ['other', { orderMessage: { orderId: 'o' } }],
    ['other', { groupInviteMessage: {} }],
    ['other', { conversation: '' }],
    ['other', { extendedTextMessage: {} }],
  ])('%s: %o', (what, message) => {
    expect(read(message)).toEqual({ kind: 'unsupported', what });
  });

  const { APP_STATE_SYNC_KEY_SHARE, EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;
  it.each<[string, proto.IMessage]>([
    ['nothing', {}],
    ['only keys', { senderKeyDistributionMessage: { groupId: 'g' } }],
    ['only context', { messageContextInfo: {} }],
    ['key share', { protocolMessage: { type: APP_STATE_SYNC_KEY_SHARE } }],
    ['disappearing messages switched on', { protocolMessage: { type: EPHEMERAL_SETTING, ephemeralExpiration: 86_400 } }],
    ['a pin', { pinInChatMessage: {} }],
    ['the frame of an album', { albumMessage: {} }],
    ['a wrapping around nothing', { ephemeralMessage: {} }],
  ])('says nothing: %s', (_, message) => {
    expect(read(message)).toBeNull();
  });

  it('says nothing when there is nothing', () => {
    expect(readContent(null, normalizeMessageContent)).toBeNull();
    expect(readContent(undefined, normalizeMessageContent)).toBeNull();
  });
});
