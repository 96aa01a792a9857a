/**
 * Owns what wants a person besides an order in review: which rows of the audit do, the closed list of reasons, and the short ids by which
 * a person names such a thing, or an order as they saw it. An id is made of the thing itself, so that the operators can be told of it
 * before it is stored.
 */

import { shortName } from '../lib/ids.ts';
import type { Order } from './order.ts';

/** `alert` is an operator's word here, kept as it is because ids are made of it; everywhere else an alert is one of low SMS. */
export const ITEM_KINDS = ['help', 'webhook', 'alert', 'event', 'message'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What an audit row says -> what it is for a person. Rows of an operator's own doing are none. */
export const ATTENTION = {
  operator_alert: 'alert',
  order_review: 'alert',
  order_contradicted: 'alert',
  token_refused: 'alert',
  upstream_down: 'alert',
  upstream_up: 'alert',
  help_wanted: 'help',
  webhook_quarantined: 'webhook',
  event_set_aside: 'event',
  message_given_up: 'message',
  channel_down: 'alert',
  channel_up: 'alert',
  alerts_held_back: 'alert',
  credited_twice: 'alert',
} as const satisfies Readonly<Record<string, ItemKind>>;

/** What a row of the audit ends: it is about the same subject, and the other wants nobody any more. */
export const ENDS: readonly string[] = ['channel_up', 'upstream_up'] satisfies readonly (keyof typeof ATTENTION)[];

export const CREDITED_TWICE = 'credited_twice' satisfies keyof typeof ATTENTION;

/** The subject of such a row: the top-up, so that it is told of once. */
export function creditedTwice({ appId, requestKey }: { readonly appId: string | null; readonly requestKey: string }): string {
  return `credited-twice:${appId ?? ''}:${requestKey}`;
}

/** What stands in the audit for each reason, for the console; the operators' chats say it in their own language. */
const WORDS = {
  person: 'asked for a person',
  copy: 'wants a copy of their data',
  delete: 'wants their data deleted',
  keep: 'wants their data kept after all',
  stop: 'wants no payment prompts',
  not_understood: 'not understood three times',
  complaint: 'complaint',
  paid_twice: 'complaint of paying twice',
  wrong_number: 'complaint of a wrong number',
  no_prompt: 'complaint of no prompt',
  payment_message: 'sent a payment message',
  silence: 'ten minutes without a word',
  no_answer: 'the customer was asked and said nothing for a day',
  not_begun: 'its call was not begun in ten minutes',
  wallets_moved: 'where the wallets of SMS are kept was changed after it was placed',
  no_order: 'no order',
  other_amount: 'another amount',
  other_number: 'another mobile',
  other_note: 'another note',
  other_reference: 'another reference',
  wrong_codes: 'five wrong operator codes came from one chat; it is not listened to for an hour',
} as const;
export type ReasonCode = keyof typeof WORDS;

/** Why a person is called. `reference`: of the order that it is about. */
export interface Reason {
  readonly code: ReasonCode;
  readonly reference?: string;
}

export function inWords({ code, reference }: Reason): string {
  return reference === undefined ? WORDS[code] : `${WORDS[code]} about ${reference}`;
}

export function isAttention(what: string): what is keyof typeof ATTENTION {
  return Object.hasOwn(ATTENTION, what);
}

/** `subject`: a chat, an order, a raw body, an event or an outbox row, by its id. */
export function itemId(kind: ItemKind, subject: string): string {
  return `${kind.charAt(0).toUpperCase()}-${shortName(`${kind}/${subject}`)}`;
}

/** An order as it is now, for who judges it: another one as soon as anything was heard of it since. */
export function asSeen({ id, state, version, changedAt }: Pick<Order, 'id' | 'state' | 'version' | 'changedAt'>): string {
  return shortName(`${id}/${state}/${version}/${changedAt}`);
}
