/**
 * Owns the person at the other end: writes, taps what the screen shows, shares contacts, blocks the bot, and hears what it says.
 * Everything is put to the bot as the update that a real phone would have caused.
 */

import type { Update, UpdateQueue } from './fake-bot-api-updates.ts';
import {
  DEFAULT_TIMEOUT_MS,
  labelsOf,
  type Chat,
  type HeardMessage,
  type StoredMessage,
  type World,
} from './fake-bot-api-world.ts';

export interface PersonOptions {
  readonly id: number;
  readonly name?: string;
  readonly lastName?: string;
  readonly languageCode?: string;
  /** The number of the person's own account, as Telegram gives it: international, usually without a plus. */
  readonly phone?: string;
  /** False: has never written to the bot, which therefore may not write either. True by default. */
  readonly started?: boolean;
}

export interface SharedContact {
  readonly name?: string;
  readonly phone: string;
  /** Set when the contact is a Telegram user. */
  readonly userId?: number;
  readonly vcard?: string;
  readonly forwarded?: boolean;
}

export interface Tap {
  readonly callbackId: string;
  /** Null when the bot does not ask for taps. */
  readonly update: Update | null;
  /** Resolves when the bot has answered the tap: the button stops spinning. */
  answered(timeoutMs?: number): Promise<void>;
}

/** What `hears` looks for: a part of the text, a pattern, or any test of one's own. */
export type Wanted = string | RegExp | ((message: HeardMessage) => boolean);

export type Kind = keyof typeof MEDIA;

const file = { file_id: 'AgACAgQAAx0', file_unique_id: 'AQADx0' };
const MEDIA = {
  sticker: { sticker: { ...file, type: 'regular', width: 512, height: 512, is_animated: false, is_video: false } },
  voice: { voice: { ...file, duration: 3 } },
  audio: { audio: { ...file, duration: 180 } },
  photo: { photo: [{ ...file, width: 90, height: 90 }], caption: 'look' },
  video: { video: { ...file, width: 320, height: 240, duration: 5 } },
  video_note: { video_note: { ...file, length: 240, duration: 5 } },
  animation: { animation: { ...file, width: 320, height: 240, duration: 5 }, document: file },
  document: { document: { ...file, file_name: 'list.csv' } },
  location: { location: { latitude: -1.286389, longitude: 36.817223 } },
  venue: { venue: { title: 'Shop', address: 'Moi Avenue' }, location: { latitude: -1.286389, longitude: 36.817223 } },
  poll: {
    poll: {
      id: '1',
      question: 'Which?',
      options: [],
      total_voter_count: 0,
      is_closed: false,
      is_anonymous: true,
      type: 'regular',
    },
  },
  dice: { dice: { emoji: '🎲', value: 4 } },
  pinned_message: { pinned_message: { message_id: 1, date: 0 } },
} as const;

export class Person {
  readonly id: number;
  phone: string | null;
  readonly #world: World;
  readonly #updates: UpdateQueue;
  readonly #chat: Chat;
  #heardUpTo = 0;
  #nextCallback = 1;

  constructor(world: World, updates: UpdateQueue, options: PersonOptions) {
    this.#world = world;
    this.#updates = updates;
    this.id = options.id;
    this.phone = options.phone ?? null;
    const names = {
      first_name: options.name ?? `Person ${options.id}`,
      ...(options.lastName === undefined ? {} : { last_name: options.lastName }),
    };
    const language = options.languageCode === undefined ? {} : { language_code: options.languageCode };
    this.#chat = {
      id: options.id,
      user: { id: options.id, is_bot: false, ...names, ...language },
      chat: { id: options.id, type: 'private', ...names },
      opened: options.started ?? true,
      blocked: false,
      messages: [],
      heard: [],
      replyKeyboard: null,
      replyKeyboardHidden: false,
    };
    world.chats.set(this.id, this.#chat);
  }

  // --- what the person does -------------------------------------------------------------------------------------------

  /** `sentAt` in UTC milliseconds, to let a message be old. */
  writes(text: string, options: { readonly sentAt?: number } = {}): Update | null {
    const command = /^\/\w+/.exec(text);
    const entities = command === null ? {} : { entities: [{ type: 'bot_command', offset: 0, length: command[0].length }] };
    return this.#says({ text, ...entities }, text, options.sentAt);
  }

  /** Taps what is on the screen: a key below the input field, or the newest inline button with this label or data. */
  taps(labelOrData: string, options: { /** Only on this message. */ readonly on?: number } = {}): Tap | null {
    const key = options.on === undefined ? this.#visibleKeys().find(({ text }) => text === labelOrData) : undefined;
    if (key !== undefined) {
      if (this.#chat.replyKeyboard?.oneTime === true) this.#chat.replyKeyboardHidden = true;
      if (key.asksContact) this.sharesOwnContact();
      else this.writes(key.text);
      return null;
    }
    return this.#tapIn((message) => labelsOf(message.markup), labelOrData, options.on);
  }

  /** Taps a button that is no longer there: a finger on a screen that has not been refreshed, or a second tap on its way. */
  tapsGone(labelOrData: string, options: { readonly on?: number } = {}): Tap {
    return this.#tapIn((message) => labelsOf(message.sentMarkup), labelOrData, options.on);
  }

  /** Data that no button had, as a tampered client can send. `undefined`: a callback without data, as games send it. */
  forgesTap(data: string | undefined, on?: number): Tap {
    const message = this.#chat.messages.find(({ messageId }) => messageId === on);
    const where =
      message === undefined
        ? { chat: this.#chat.chat, message_id: on ?? 1, date: 0 }
        : this.#world.messageObject(this.#chat, message);
    return this.#sendTap({ message: where, ...(data === undefined ? {} : { data }) });
  }

  /** By the bot's own request or from the profile: Telegram fills in who it is. */
  sharesOwnContact(phone: string | null = this.phone): Update | null {
    if (phone === null) throw new Error('this person has no phone: give one to api.person({ phone }) or to sharesOwnContact');
    return this.sharesContact({ name: String(this.#chat.user['first_name']), phone, userId: this.id });
  }

  sharesContact({ name, phone, userId, vcard, forwarded }: SharedContact): Update | null {
    const contact = {
      phone_number: phone,
      first_name: name ?? '',
      ...(userId === undefined ? {} : { user_id: userId }),
      ...(vcard === undefined ? {} : { vcard }),
    };
    const origin = {
      type: 'user',
      sender_user: { id: userId ?? 1, is_bot: false, first_name: name ?? '' },
      date: this.#world.nowSeconds(),
    };
    return this.#says({ contact, ...(forwarded === true ? { forward_origin: origin } : {}) }, `contact ${phone}`);
  }

  sends(kind: Kind): Update | null {
    return this.#says(MEDIA[kind], `[${kind}]`);
  }

  /** Changes a text of their own. Without `messageId`, the last one. */
  edits(text: string, messageId?: number): Update | null {
    const message = this.#chat.messages.findLast(
      (own) => !own.fromBot && (messageId === undefined || own.messageId === messageId),
    );
    if (message === undefined) throw new Error('nothing written that could be edited');
    message.text = text;
    return this.#updates.push('edited_message', {
      ...this.#world.messageObject(this.#chat, message),
      edit_date: this.#world.nowSeconds(),
    });
  }

  /** In a group that has the bot as a member. */
  writesInGroup(text: string, groupId = -100_200_300): Update | null {
    return this.#updates.push('message', {
      message_id: this.#world.nextMessageId(),
      date: this.#world.nowSeconds(),
      chat: { id: groupId, type: 'supergroup', title: 'Group' },
      from: this.#chat.user,
      text,
    });
  }

  blocks(): Update | null {
    this.#chat.blocked = true;
    return this.#membership('member', 'kicked');
  }

  unblocks(): Update | null {
    this.#chat.blocked = false;
    return this.#membership('kicked', 'member');
  }

  /** Deletes a message of the bot from the chat. */
  deletes(messageId: number): void {
    const at = this.#chat.messages.findIndex((message) => message.messageId === messageId);
    if (at >= 0) this.#chat.messages.splice(at, 1);
  }

  // --- what the person sees -------------------------------------------------------------------------------------------

  /** The next message that fits, after the ones heard before; those in between are skipped. Waits for it; rejects with what came instead. */
  async hears(wanted: Wanted = '', timeoutMs = DEFAULT_TIMEOUT_MS): Promise<HeardMessage> {
    const from = this.#heardUpTo;
    const fits = (message: HeardMessage): boolean => {
      if (typeof wanted === 'function') return wanted(message);
      return typeof wanted === 'string' ? message.text.includes(wanted) : wanted.test(message.text);
    };
    const at = await this.#world.until(
      () => {
        const found = this.#chat.heard.findIndex((message, index) => index >= from && fits(message));
        return found < 0 ? undefined : found;
      },
      () => `${String(wanted)}; heard since: ${JSON.stringify(this.#chat.heard.slice(from).map(({ text }) => text))}`,
      timeoutMs,
    );
    this.#heardUpTo = Math.max(this.#heardUpTo, at + 1);
    return this.#chat.heard[at] as HeardMessage;
  }

  /** What came and was not asked for by `hears` yet. Does not wait. */
  unheard(): readonly HeardMessage[] {
    return this.#chat.heard.slice(this.#heardUpTo);
  }

  /** Everything ever heard, in order. */
  get heard(): readonly HeardMessage[] {
    return this.#chat.heard;
  }

  /** What can be tapped now: `reply` below the input field, `inline` under messages, newest first. */
  keyboard(): {
    readonly reply: readonly string[];
    readonly inline: readonly { label: string; data: string | null; messageId: number }[];
  } {
    const inline = this.#chat.messages
      .toReversed()
      .filter(({ markup }) => markup.kind === 'inline')
      .flatMap((message) => labelsOf(message.markup).map((button) => ({ ...button, messageId: message.messageId })));
    return { reply: this.#visibleKeys().map(({ text }) => text), inline };
  }

  /** The chat as it stands on the screen, own and bot's messages, with their ids. */
  get screen(): readonly StoredMessage[] {
    return this.#chat.messages;
  }

  // --------------------------------------------------------------------------------------------------------------------

  #says(body: Readonly<Record<string, unknown>>, text: string, sentAt?: number): Update | null {
    if (this.#chat.blocked) throw new Error('this person has blocked the bot: unblock it first, as on a phone');
    this.#chat.opened = true;
    const date = sentAt === undefined ? this.#world.nowSeconds() : Math.floor(sentAt / 1_000);
    const none = { kind: 'none' } as const;
    const message: StoredMessage = {
      messageId: this.#world.nextMessageId(),
      fromBot: false,
      date,
      text,
      markup: none,
      sentMarkup: none,
    };
    this.#chat.messages.push(message);
    return this.#updates.push('message', {
      message_id: message.messageId,
      date,
      chat: this.#chat.chat,
      from: this.#chat.user,
      ...body,
    });
  }

  #visibleKeys(): readonly { readonly text: string; readonly asksContact: boolean }[] {
    return this.#chat.replyKeyboardHidden ? [] : (this.#chat.replyKeyboard?.rows.flat() ?? []);
  }

  #tapIn(
    buttonsOf: (message: StoredMessage) => { label: string; data: string | null }[],
    wanted: string,
    on: number | undefined,
  ): Tap {
    for (const message of this.#chat.messages.toReversed()) {
      if (!message.fromBot || (on !== undefined && message.messageId !== on)) continue;
      const button = buttonsOf(message).find(({ label, data }) => data !== null && (label === wanted || data === wanted));
      if (button !== undefined)
        return this.#sendTap({ message: this.#world.messageObject(this.#chat, message), data: button.data });
    }
    throw new Error(`nothing to tap is called "${wanted}"; there is ${JSON.stringify(this.keyboard())}`);
  }

  #sendTap(body: Readonly<Record<string, unknown>>): Tap {
    const callbackId = `${this.id}${String(this.#nextCallback).padStart(6, '0')}`;
    this.#nextCallback += 1;
    const query = { id: callbackId, state: 'open' as const, answer: null };
    this.#world.callbacks.set(callbackId, query);
    const update = this.#updates.push('callback_query', {
      id: callbackId,
      from: this.#chat.user,
      chat_instance: `${this.id}`,
      ...body,
    });
    const answered = async (timeoutMs?: number): Promise<void> => {
      const world = this.#world;
      await world.until(
        () => (world.callbacks.get(callbackId)?.state === 'answered' ? true : undefined),
        () => `the answer to tap ${callbackId}`,
        timeoutMs,
      );
    };
    return { callbackId, update, answered };
  }

  #membership(before: string, after: string): Update | null {
    const user = this.#world.botUser();
    return this.#updates.push('my_chat_member', {
      chat: this.#chat.chat,
      from: this.#chat.user,
      date: this.#world.nowSeconds(),
      old_chat_member: { user, status: before },
      new_chat_member: { user, status: after, until_date: 0 },
    });
  }
}
