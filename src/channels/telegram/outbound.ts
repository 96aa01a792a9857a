/**
 * Owns sending: one message to one chat, once, and what became of it. Repeats nothing by itself, since the outbox decides when
 * to try again; but a long text that was cut in parts goes on after the last part that arrived.
 */

import type { Log } from '../../lib/log.ts';
import type { OutboundMessage, SendOutcome } from '../../ports/channel.ts';
import type { Api } from './api.ts';
import { keyboardOf } from './keyboard.ts';
import { splitText } from './text.ts';
import { sendOutcomeOf, troubleOf } from './trouble.ts';

export interface OutboundDeps {
  readonly api: () => Promise<Api>;
  readonly account: string;
  readonly log: Log;
}

type TextMessage = Extract<OutboundMessage, { kind: 'text' }>;
type RetireMessage = Extract<OutboundMessage, { kind: 'retire_buttons' }>;

/** More texts than this are never under way at once; the oldest is forgotten, and would start again at its first part. */
const MOST_UNFINISHED = 500;

export function createSender(deps: OutboundDeps): (message: OutboundMessage) => Promise<SendOutcome> {
  /** By message id: the parts that have not arrived yet. */
  const unfinished = new Map<string, string[]>();

  return async (message) => {
    if (message.address.channel !== 'telegram' || message.address.account !== deps.account) {
      return { kind: 'refused', why: 'the chat belongs to another bot' };
    }
    try {
      return message.kind === 'text' ? await sendText(deps, message, unfinished) : await retireButtons(deps, message);
    } catch (error) {
      const outcome = sendOutcomeOf(troubleOf(error));
      if (outcome.kind !== 'retry') unfinished.delete(message.id);
      deps.log.warn(
        { message: message.id, outcome: outcome.kind, why: 'why' in outcome ? outcome.why : null },
        'telegram: a message did not go out',
      );
      return outcome;
    }
  };
}

async function sendText(deps: OutboundDeps, message: TextMessage, unfinished: Map<string, string[]>): Promise<SendOutcome> {
  const api = await deps.api();
  const parts = unfinished.get(message.id) ?? splitText(message.text);
  if (parts.length === 0) return { kind: 'refused', why: 'the text is empty' };
  for (;;) {
    const [part = '', ...rest] = parts;
    const sent = await api.sendMessage(message.address.chat, part, {
      // Telegram opens the first link of a message to draw a preview: a link that works once would be used up by that.
      link_preview_options: { is_disabled: true },
      ...(rest.length === 0 ? { reply_markup: keyboardOf(message.buttons) } : {}),
    });
    if (rest.length === 0) {
      unfinished.delete(message.id);
      return { kind: 'sent', channelMessageId: String(sent.message_id) };
    }
    parts.shift();
    if (unfinished.size >= MOST_UNFINISHED && !unfinished.has(message.id)) {
      for (const oldest of unfinished.keys()) {
        unfinished.delete(oldest);
        break;
      }
    }
    unfinished.set(message.id, parts);
  }
}

/** What was to be reached is reached, or can no longer matter: the person has deleted the message or its buttons are gone. */
const NOTHING_TO_RETIRE = /message is not modified|message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i;

async function retireButtons(deps: OutboundDeps, message: RetireMessage): Promise<SendOutcome> {
  const messageId = Number(message.channelMessageId);
  if (!Number.isSafeInteger(messageId) || messageId <= 0) return { kind: 'refused', why: 'not the id of a Telegram message' };
  const api = await deps.api();
  try {
    await api.editMessageReplyMarkup(message.address.chat, messageId, { reply_markup: { inline_keyboard: [] } });
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.kind !== 'bad_request' || !NOTHING_TO_RETIRE.test(trouble.why)) throw error;
  }
  return { kind: 'sent', channelMessageId: message.channelMessageId };
}
