/**
 * Owns what the fake Bot API knows: its bot, the chats with their messages and keyboards, and the waiting for changes. Shapes
 * follow https://core.telegram.org/bots/api; only private chats are kept, because nobody else is served by Jaza.
 */

import { systemClock } from '../../src/lib/clock.ts';

/** What Telegram answers instead of a result. */
export class Refusal extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;

  constructor(code: number, description: string, retryAfter?: number) {
    super(description);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export interface InlineButton {
  readonly text: string;
  /** Null: a button that opens an address. */
  readonly data: string | null;
}

export interface ReplyKey {
  readonly text: string;
  readonly asksContact: boolean;
}

export type Markup =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly rows: readonly (readonly InlineButton[])[] }
  | { readonly kind: 'keyboard'; readonly rows: readonly (readonly ReplyKey[])[]; readonly oneTime: boolean }
  | { readonly kind: 'remove' }
  | { readonly kind: 'force_reply' };

/** A message as the chat shows it. `sentMarkup` stays what it was when sent: old screens still show it. */
export interface StoredMessage {
  readonly messageId: number;
  readonly fromBot: boolean;
  readonly date: number;
  text: string;
  markup: Markup;
  readonly sentMarkup: Markup;
}

/** What the person notices: a new message of the bot, or the new text of an older one. */
export interface HeardMessage {
  readonly messageId: number;
  readonly text: string;
  readonly labels: readonly string[];
  readonly buttons: readonly { readonly label: string; readonly data: string | null }[];
  /** True when an earlier message was changed to this text. */
  readonly edited: boolean;
}

export interface Chat {
  readonly id: number;
  /** As in the API's User and Chat objects. */
  readonly user: Readonly<Record<string, unknown>>;
  readonly chat: Readonly<Record<string, unknown>>;
  /** A bot may not write before the person has. */
  opened: boolean;
  blocked: boolean;
  readonly messages: StoredMessage[];
  readonly heard: HeardMessage[];
  replyKeyboard: Extract<Markup, { kind: 'keyboard' }> | null;
  /** A one-time keyboard that was used is put away. */
  replyKeyboardHidden: boolean;
}

export interface CallbackQuery {
  readonly id: string;
  state: 'open' | 'answered' | 'too_old';
  answer: Readonly<Record<string, unknown>> | null;
}

export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const DEFAULT_TIMEOUT_MS = 5_000;

export class World {
  readonly botId: number;
  readonly token: string;
  readonly chats = new Map<number, Chat>();
  readonly callbacks = new Map<string, CallbackQuery>();
  readonly calls: Call[] = [];
  readonly commands = new Map<string, unknown>();
  #nextMessageId = 1;
  readonly #watchers = new Set<() => void>();

  constructor(token: string) {
    this.token = token;
    this.botId = Number(token.split(':')[0]);
  }

  nextMessageId(): number {
    this.#nextMessageId += 1;
    return this.#nextMessageId;
  }

  /** Telegram's time: whole seconds. */
  nowSeconds(): number {
    return Math.floor(systemClock.now() / 1_000);
  }

  /** Tells everybody who waits in `until` to look again. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Called after every change; the returned function ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Resolves with the first value of `look` that is not undefined, now or after a change; rejects in words after the timeout. */
  until<T>(look: () => T | undefined, describe: () => string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const first = look();
      if (first !== undefined) return resolve(first);
      const unwatch = this.watch(() => {
        try {
          const found = look();
          if (found === undefined) return;
          stop();
          resolve(found);
        } catch (error) {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      const takeBack = systemClock.after(timeoutMs, () => {
        stop();
        reject(new Error(`after ${timeoutMs} ms still waiting for ${describe()}`));
      });
      const stop = (): void => {
        unwatch();
        takeBack();
      };
    });
  }

  /** The API's Message object, as it stands in answers and callback queries. */
  messageObject(chat: Chat, message: StoredMessage): Record<string, unknown> {
    const inline = message.markup.kind === 'inline' ? message.markup.rows : [];
    return {
      message_id: message.messageId,
      from: message.fromBot ? this.botUser() : chat.user,
      chat: chat.chat,
      date: message.date,
      text: message.text,
      ...(inline.length === 0
        ? {}
        : {
            reply_markup: { inline_keyboard: inline.map((row) => row.map(({ text, data }) => ({ text, callback_data: data }))) },
          }),
    };
  }

  botUser(): Record<string, unknown> {
    return { id: this.botId, is_bot: true, first_name: 'Jaza', username: 'jaza_test_bot' };
  }
}

export function labelsOf(markup: Markup): { label: string; data: string | null }[] {
  switch (markup.kind) {
    case 'inline':
      return markup.rows.flat().map(({ text, data }) => ({ label: text, data }));
    case 'keyboard':
      return markup.rows.flat().map(({ text }) => ({ label: text, data: null }));
    default:
      return [];
  }
}
