/**
 * Owns what wants a person besides an order in review: which rows of the audit do, and the short id by which a person names such a
 * thing. The id is made of the thing itself, so that an alert can name it before it is stored.
 */

import { shortName } from '../lib/ids.ts';

export const ITEM_KINDS = ['help', 'webhook', 'alert', 'event', 'message'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What an audit row says -> what it is for a person. Rows of an operator's own doing are none. */
export const ATTENTION = {
  operator_alert: 'alert',
  help_wanted: 'help',
  webhook_quarantined: 'webhook',
  event_set_aside: 'event',
  message_given_up: 'message',
  channel_down: 'alert',
  channel_up: 'alert',
} as const satisfies Readonly<Record<string, ItemKind>>;

export function isAttention(what: string): what is keyof typeof ATTENTION {
  return Object.hasOwn(ATTENTION, what);
}

/** `subject`: a chat, an order, a raw body, an event or an outbox row, by its id. */
export function itemId(kind: ItemKind, subject: string): string {
  return `${kind.charAt(0).toUpperCase()}-${shortName(`${kind}/${subject}`)}`;
}
