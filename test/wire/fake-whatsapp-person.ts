/**
 * A person with WhatsApp on their phone: writes to the bot, reads what it answers (really decrypted with this phone's keys),
 * shares contacts, sends stickers. Tests talk to the bot only through one of these.
 */

import { proto, type BinaryNode } from '@whiskeysockets/baileys';
import { systemClock } from '../../src/lib/clock.ts';
import { SignalDevice, type KeyBundle } from './fake-whatsapp-signal.ts';

export interface PersonFacts {
  /** Digits of the person's LID, which is what the bot sees; never a phone number. */
  readonly lid: string;
  /** International digits, or null for one whose number the network keeps to itself. */
  readonly phone: string | null;
  readonly name: string;
  /** The older way: the stanza comes from the phone number, with the LID beside it. */
  readonly addressing?: 'lid' | 'pn';
}

/** What a person uses of the network. */
export interface Network {
  bot(): { readonly lidJid: string; readonly bundle: KeyBundle } | null;
  deliver(stanza: BinaryNode): void;
  nextId(): string;
}

export type Sendable =
  'sticker' | 'voice' | 'picture' | 'video' | 'document' | 'location' | 'poll' | 'reaction' | 'deletion' | 'edit';

export interface WriteOptions {
  readonly id?: string;
  /** UTC milliseconds; now by default. */
  readonly sentAt?: number;
  /** Without Signal, as WhatsApp sends to itself: for bytes that no client would make. */
  readonly plaintext?: boolean;
}

interface Waiting {
  readonly predicate: (text: string) => boolean;
  readonly resolve: (text: string) => void;
}

const DEFAULT_PATIENCE_MS = 5000;

export class Person {
  readonly facts: PersonFacts;
  readonly device = new SignalDevice();
  /** Everything read so far, in order; a repetition under the same id is shown once, as on a real phone. */
  readonly read: { readonly id: string; readonly text: string }[] = [];
  /** Ids of messages that this phone could not open. */
  readonly unreadable: string[] = [];
  /** How often the bot was seen typing to this person. */
  typing = 0;
  onRead: (message: { readonly id: string; readonly text: string }) => void = () => undefined;
  readonly #network: Network;
  readonly #written = new Map<string, { readonly message: proto.IMessage; readonly options: WriteOptions }>();
  #unheard: string[] = [];
  #waiting: Waiting[] = [];

  constructor(facts: PersonFacts, network: Network) {
    this.facts = facts;
    this.#network = network;
  }

  get lidJid(): string {
    return `${this.facts.lid}@lid`;
  }

  get phoneJid(): string | null {
    return this.facts.phone === null ? null : `${this.facts.phone}@s.whatsapp.net`;
  }

  /** Resolves when the message is with the server, with its id. */
  async writes(content: string | proto.IMessage, options: WriteOptions = {}): Promise<string> {
    const message = typeof content === 'string' ? { conversation: content } : content;
    if (options.plaintext === true) {
      return this.sendsRaw('plaintext', {}, proto.Message.encode(message).finish(), options);
    }
    const id = options.id ?? this.#network.nextId();
    this.#written.set(id, { message, options });
    return this.#sendsSealed(id, message, options);
  }

  /** The bot could not open this message and asks for it once more: sealed anew, under the same id. */
  async repeats(id: string): Promise<void> {
    const written = this.#written.get(id);
    if (written !== undefined) await this.#sendsSealed(id, written.message, written.options);
  }

  async #sendsSealed(id: string, message: proto.IMessage, options: WriteOptions): Promise<string> {
    const bot = this.#network.bot();
    if (bot === null) throw new Error('no bot is linked: there is nobody to write to');
    const { type, ciphertext } = await this.device.seal(bot.lidJid, bot.bundle, message);
    return this.sendsRaw('enc', { v: '2', type }, ciphertext, { ...options, id });
  }

  /** Sends these bytes as they are. */
  sendsRaw(tag: 'enc' | 'plaintext', attrs: Record<string, string>, bytes: Uint8Array, options: WriteOptions = {}): string {
    const id = options.id ?? this.#network.nextId();
    const t = String(Math.floor((options.sentAt ?? systemClock.now()) / 1000));
    this.#network.deliver({
      tag: 'message',
      attrs: { ...this.#addressing(), id, t, type: 'text', notify: this.facts.name },
      content: [{ tag, attrs, content: bytes }],
    });
    return id;
  }

  sharesContact(name: string, ...phones: string[]): Promise<string> {
    const lines = phones.map((phone) => `TEL;type=CELL;waid=${phone.replace(/\D/g, '')}:${phone}`);
    const vcard = ['BEGIN:VCARD', 'VERSION:3.0', `FN:${name}`, ...lines, 'END:VCARD'].join('\n');
    return this.writes({ contactMessage: { displayName: name, vcard } });
  }

  sends(what: Sendable): Promise<string> {
    return this.writes(CONTENT_OF[what](this.lidJid));
  }

  /** The first text not asked for yet that fits; rejects after `patienceMs` with all that was read. */
  hears(predicate: (text: string) => boolean = () => true, patienceMs = DEFAULT_PATIENCE_MS): Promise<string> {
    const at = this.#unheard.findIndex(predicate);
    if (at >= 0) return Promise.resolve(this.#unheard.splice(at, 1)[0] ?? '');
    return new Promise((resolve, reject) => {
      const giveUp = systemClock.after(patienceMs, () => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        reject(new Error(`${this.facts.name} waited in vain; read so far: ${JSON.stringify(this.read)}`));
      });
      const waiting: Waiting = {
        predicate,
        resolve: (text) => {
          giveUp();
          resolve(text);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  /** The server hands over a sealed message from the bot. */
  async receives(id: string, from: string, type: 'pkmsg' | 'msg', ciphertext: Uint8Array): Promise<void> {
    let message: proto.Message;
    try {
      message = await this.device.open(from, type, ciphertext);
    } catch {
      this.unreadable.push(id);
      return;
    }
    const text = message.conversation ?? message.extendedTextMessage?.text;
    if (typeof text !== 'string' || this.read.some((one) => one.id === id)) return;
    this.read.push({ id, text });
    this.onRead({ id, text });
    const heard = this.#waiting.find(({ predicate }) => predicate(text));
    if (heard === undefined) this.#unheard.push(text);
    else {
      this.#waiting = this.#waiting.filter((one) => one !== heard);
      heard.resolve(text);
    }
  }

  #addressing(): Record<string, string> {
    const phone = this.phoneJid;
    if (this.facts.addressing === 'pn' && phone !== null) return { from: phone, sender_lid: this.lidJid, addressing_mode: 'pn' };
    return { from: this.lidJid, addressing_mode: 'lid', ...(phone === null ? {} : { sender_pn: phone }) };
  }
}

const CONTENT_OF: Record<Sendable, (chat: string) => proto.IMessage> = {
  sticker: () => ({ stickerMessage: { mimetype: 'image/webp' } }),
  voice: () => ({ audioMessage: { ptt: true, seconds: 3 } }),
  picture: () => ({ viewOnceMessageV2: { message: { imageMessage: { mimetype: 'image/jpeg' } } } }),
  video: () => ({ videoMessage: { mimetype: 'video/mp4' } }),
  document: () => ({ documentWithCaptionMessage: { message: { documentMessage: { fileName: 'a.pdf' } } } }),
  location: () => ({ locationMessage: { degreesLatitude: -1.28, degreesLongitude: 36.82 } }),
  poll: () => ({ pollCreationMessageV3: { name: 'Which?', options: [{ optionName: 'a' }], selectableOptionsCount: 1 } }),
  reaction: (chat) => ({ reactionMessage: { key: { remoteJid: chat, fromMe: true, id: 'X' }, text: '👍' } }),
  deletion: (chat) => ({
    protocolMessage: { type: proto.Message.ProtocolMessage.Type.REVOKE, key: { remoteJid: chat, fromMe: false, id: 'X' } },
  }),
  edit: (chat) => ({
    editedMessage: {
      message: {
        protocolMessage: {
          type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
          key: { remoteJid: chat, fromMe: false, id: 'X' },
          editedMessage: { conversation: 'I meant 100' },
        },
      },
    },
  }),
};
