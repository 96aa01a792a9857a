/** Owns the chats and turns that the store is measured with: a person writes, the bot remembers, keeps the words and answers. */

import { idsFrom } from '../src/lib/ids.ts';
import { reply } from '../src/conversation/reply.ts';
import { newSession, type Session } from '../src/conversation/session.ts';
import { kes } from '../src/domain/money.ts';
import { msisdn } from '../src/domain/msisdn.ts';
import type { ChatAddress } from '../src/ports/channel.ts';
import type { Known, Store, Turn, TurnEvent } from '../src/ports/store.ts';

export const CHATS = 500;
export const START = Date.UTC(2026, 10, 23);
const PAYER = msisdn('254722000001');

export function addressOf(chat: number): ChatAddress {
  return { channel: 'telegram', account: '7000000001', chat: String(500_000_000 + chat) };
}

/** The `number`-th message: chats take turns, so that a batch never holds two of one person. */
export function chatEvent(number: number): TurnEvent {
  const address = addressOf(number % CHATS);
  const messageId = String(number);
  return {
    id: `telegram:${address.account}:${address.chat}:${messageId}`,
    at: START + number,
    kind: 'message',
    message: {
      address,
      sender: address.chat,
      messageId,
      sentAt: START + number,
      locale: 'en',
      senderName: 'Wanjiku',
      ownPhone: null,
      content: { kind: 'text', text: 'Send 100 bob airtime to 0722 000 002 please' },
    },
  };
}

/** A session in the middle of buying airtime, at its confirmation. */
export function busySession(revision: number, at: number): Session {
  const said = (value: string | number) => ({ value, how: 'said' as const });
  const choices = ['buy-airtime:yes', 'buying:yes-again', 'buy-airtime:pay-with'].map((key) => ({
    id: `${key.slice(key.indexOf(':') + 1)}:4f7k2m9q:${revision}`,
    label: { key, params: { amount: { kes: kes(100) }, paymentNetwork: 'Airtel Money' } },
  }));
  const slots = {
    recipient: said('254722000002'),
    amount: said(100),
    payer: said(PAYER),
    paymentNetwork: { value: 'M-Pesa', how: 'guessed' as const },
  };
  const draft = {
    id: '4f7k2m9q',
    flow: 'buy-airtime',
    flowVersion: 1,
    slots,
    asking: 'confirm',
    revision,
    touchedAt: at,
    reminded: false,
  };
  return { ...newSession('en'), languageKnown: true, noticed: true, draft, choices };
}

/** A decision that decides nothing, so that only the store is measured. */
export function storeTurn(known: Known, event: TurnEvent): Turn {
  const { conversation } = known;
  if (conversation === null || event.kind !== 'message') throw new Error('the chat was not welcomed');
  const session = busySession((conversation.session.draft?.revision ?? 0) + 1, event.at);
  const { content, messageId } = event.message;
  return {
    event,
    // What a message that places no order rests on.
    read: { [`conversation:${conversation.id}`]: conversation.version },
    touched: [],
    changes: [
      { kind: 'remember', conversationId: conversation.id, session },
      { kind: 'heard', conversationId: conversation.id, messageId, text: content.kind === 'text' ? content.text : '' },
      {
        kind: 'say',
        conversationId: conversation.id,
        reply: reply('buy-airtime:confirm', { amount: { kes: kes(100) }, payer: { masked: PAYER } }, session.choices),
        language: 'en',
        orderId: null,
      },
    ],
  };
}

/** Makes the chats, 100 to a batch. */
export async function welcomeAll(store: Store): Promise<void> {
  for (let chat = 0; chat < CHATS; chat += 100) {
    await store.commit(Array.from({ length: 100 }, (_, at) => welcome(chat + at)));
  }
}

function welcome(chat: number): Turn {
  const address = addressOf(chat);
  const ids = idsFrom(`welcome/${chat}`);
  const customer = { id: ids.id('c'), name: 'Wanjiku' };
  const conversation = {
    id: ids.id('v'),
    customerId: customer.id,
    address,
    session: busySession(0, START),
    blockedAt: null,
    version: 0,
  };
  return {
    event: { ...chatEvent(chat), id: `welcome:${chat}` },
    read: {},
    touched: [],
    changes: [{ kind: 'welcome', customer, sender: address.chat, conversation }],
  };
}
