/** Owns the Bot API's methods that Jaza may call, with Telegram's refusals in Telegram's words. An unknown method is a 404, as there. */

import { isObject, readMarkup, visibleText } from './fake-bot-api-text.ts';
import type { UpdateQueue } from './fake-bot-api-updates.ts';
import { labelsOf, Refusal, type Chat, type Markup, type StoredMessage, type World } from './fake-bot-api-world.ts';

export interface MethodContext {
  readonly world: World;
  readonly updates: UpdateQueue;
  /** Aborts when the caller hangs up. */
  readonly closed: AbortSignal;
}

type Params = Readonly<Record<string, unknown>>;
type Method = (context: MethodContext, params: Params) => unknown;

export const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>(
  Object.entries({
    getme: ({ world }) => ({
      ...world.botUser(),
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
    }),
    getupdates: ({ updates, closed }, params) => updates.poll(params, closed),
    setwebhook: setWebhook,
    deletewebhook: ({ updates }, params) => {
      updates.setWebhook('', null, isTrue(params['drop_pending_updates']));
      return true;
    },
    getwebhookinfo: webhookInfo,
    sendmessage: sendMessage,
    editmessagetext: editMessageText,
    editmessagereplymarkup: editMessageReplyMarkup,
    answercallbackquery: answerCallbackQuery,
    sendchataction: ({ world }, params) => writableChat(world, params) !== null,
    setmycommands: setMyCommands,
    getmycommands: ({ world }, params) => world.commands.get(commandKey(params)) ?? [],
  } satisfies Record<string, Method>),
);

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 'True' || value === '1';
}

function writableChat(world: World, params: Params): Chat {
  const id = params['chat_id'];
  if (id === undefined || id === '') throw new Refusal(400, 'Bad Request: chat_id is empty');
  const chat = /^-?\d+$/.test(String(id)) ? world.chats.get(Number(id)) : undefined;
  if (chat === undefined || !chat.opened) throw new Refusal(400, 'Bad Request: chat not found');
  if (chat.blocked) throw new Refusal(403, 'Forbidden: bot was blocked by the user');
  return chat;
}

function sendMessage({ world }: MethodContext, params: Params): unknown {
  const chat = writableChat(world, params);
  const markup = readMarkup(params['reply_markup']);
  const text = visibleText(params);
  const message: StoredMessage = {
    messageId: world.nextMessageId(),
    fromBot: true,
    date: world.nowSeconds(),
    text,
    markup,
    sentMarkup: markup,
  };
  chat.messages.push(message);
  if (markup.kind === 'keyboard') {
    chat.replyKeyboard = markup;
    chat.replyKeyboardHidden = false;
  }
  if (markup.kind === 'remove') chat.replyKeyboard = null;
  hear(world, chat, message, false);
  return world.messageObject(chat, message);
}

function hear(world: World, chat: Chat, message: StoredMessage, edited: boolean): void {
  const buttons = labelsOf(message.markup);
  chat.heard.push({
    messageId: message.messageId,
    text: message.text,
    labels: buttons.map(({ label }) => label),
    buttons,
    edited,
  });
  world.changed();
}

function editable(chat: Chat, params: Params): StoredMessage {
  const message = chat.messages.find(({ messageId }) => messageId === Number(params['message_id']));
  if (message === undefined) throw new Refusal(400, 'Bad Request: message to edit not found');
  const kind = message.markup.kind;
  if (!message.fromBot || (kind !== 'none' && kind !== 'inline')) throw new Refusal(400, "Bad Request: message can't be edited");
  return message;
}

const UNCHANGED =
  'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';

function newInlineMarkup(params: Params): Markup {
  const markup = readMarkup(params['reply_markup']);
  if (markup.kind !== 'none' && markup.kind !== 'inline') throw new Refusal(400, 'Bad Request: inline keyboard expected');
  return markup;
}

function editMessageText({ world }: MethodContext, params: Params): unknown {
  const chat = writableChat(world, params);
  const message = editable(chat, params);
  const markup = newInlineMarkup(params);
  const text = visibleText(params);
  if (text === message.text && JSON.stringify(markup) === JSON.stringify(message.markup)) throw new Refusal(400, UNCHANGED);
  message.text = text;
  message.markup = markup;
  hear(world, chat, message, true);
  return world.messageObject(chat, message);
}

function editMessageReplyMarkup({ world }: MethodContext, params: Params): unknown {
  const chat = writableChat(world, params);
  const message = editable(chat, params);
  const markup = newInlineMarkup(params);
  if (JSON.stringify(markup) === JSON.stringify(message.markup)) throw new Refusal(400, UNCHANGED);
  message.markup = markup;
  world.changed();
  return world.messageObject(chat, message);
}

function answerCallbackQuery({ world }: MethodContext, params: Params): unknown {
  const query = world.callbacks.get(String(params['callback_query_id']));
  if (query === undefined || query.state !== 'open') {
    throw new Refusal(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
  }
  query.state = 'answered';
  query.answer = params;
  world.changed();
  return true;
}

function setWebhook({ updates }: MethodContext, params: Params): unknown {
  const url = String(params['url'] ?? '');
  const secret = params['secret_token'] === undefined ? null : String(params['secret_token']);
  if (url !== '' && !isTakenUrl(url))
    throw new Refusal(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook');
  if (secret !== null && !/^[\w-]{0,256}$/.test(secret))
    throw new Refusal(400, 'Bad Request: secret token contains unallowed characters');
  updates.setAllowed(params['allowed_updates']);
  updates.setWebhook(url, secret, isTrue(params['drop_pending_updates']));
  return true;
}

/** Plain HTTP is taken on loopback alone, so that tests need no certificate. */
function isTakenUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

function webhookInfo({ world, updates }: MethodContext): unknown {
  return {
    url: updates.webhookUrl,
    has_custom_certificate: false,
    pending_update_count: updates.pending.length,
    ...(updates.lastError === null ? {} : { last_error_date: world.nowSeconds(), last_error_message: updates.lastError }),
    ...(updates.allowed === null ? {} : { allowed_updates: updates.allowed }),
  };
}

function setMyCommands({ world }: MethodContext, params: Params): unknown {
  const list: unknown = typeof params['commands'] === 'string' ? JSON.parse(params['commands']) : params['commands'];
  if (!Array.isArray(list)) throw new Refusal(400, "Bad Request: can't parse commands: must be of type Array");
  for (const entry of list as unknown[]) {
    if (!isObject(entry) || !/^[a-z0-9_]{1,32}$/.test(String(entry['command'])))
      throw new Refusal(400, 'Bad Request: BOT_COMMAND_INVALID');
    const length = String(entry['description'] ?? '').length;
    if (length < 1 || length > 256) throw new Refusal(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
  }
  world.commands.set(commandKey(params), list);
  world.changed();
  return true;
}

/** `all_private_chats/sw`, `default/` and so on. */
export function commandKey(params: Params): string {
  const scope: unknown = typeof params['scope'] === 'string' ? JSON.parse(params['scope']) : params['scope'];
  return `${isObject(scope) ? String(scope['type']) : 'default'}/${String(params['language_code'] ?? '')}`;
}
