/**
 * Owns how operators hear of what wants a person: for every such audit row of a turn, a message to each operator's chat in the same
 * turn, with the command to run next. Customers' numbers are masked in it; the console shows them whole.
 */

import type { Param, Params, Phrase, Reply } from '../conversation/reply.ts';
import { ATTENTION, isAttention, itemId } from '../domain/attention.ts';
import { maskMsisdn } from '../domain/msisdn.ts';
import type { Order } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import { scrub } from '../lib/log.ts';
import type { Change, Known, Turn } from '../ports/store.ts';

type Audit = Extract<Change, { kind: 'audit' }>;

export function withAlerts(turn: Turn, known: Known): Turn {
  const listening = known.operators.filter(({ reachable }) => reachable);
  if (listening.length === 0) return turn;
  const told = turn.changes.flatMap((change) =>
    change.kind === 'audit' && change.actor.kind !== 'operator' && isAttention(change.what) ? [alertOf(change, turn, known)] : [],
  );
  const said = told.flatMap((phrase) =>
    listening.map(({ conversationId, language }): Change => {
      const reply: Reply = { parts: [phrase], choices: [] };
      return { kind: 'say', conversationId, reply, language, orderId: null };
    }),
  );
  return said.length === 0 ? turn : { ...turn, changes: [...turn.changes, ...said] };
}

function alertOf(audit: Audit, turn: Turn, known: Known): Phrase {
  const { what, subject } = audit;
  if (!isAttention(what)) throw new Error(`invariant broken: nobody is called for ${what}`);
  const why = oneLine(scrub(audit.detail), 160);
  const item = itemId(ATTENTION[what], subject);
  switch (what) {
    case 'operator_alert':
      return orderAlert(audit, turn, known) ?? { key: 'operator:alert', params: { why, item } };
    case 'help_wanted':
      return { key: 'operator:help-wanted', params: { who: whoOf(turn, known), why: reasonFor(audit.detail), item } };
    case 'webhook_quarantined':
      return { key: 'operator:webhook-quarantined', params: { why, item } };
    case 'event_set_aside':
      return { key: 'operator:event-set-aside', params: { item } };
    case 'message_given_up':
      return { key: 'operator:message-given-up', params: { why, item } };
    case 'channel_down':
      return { key: 'operator:channel-down', params: { channel: subject, why } };
    case 'channel_up':
      return { key: 'operator:channel-up', params: { channel: subject } };
    default:
      return assertNever(what);
  }
}

/** Null: the alert is about no order that the turn knows. */
function orderAlert({ subject, detail }: Audit, { changes, event }: Turn, known: Known): Phrase | null {
  const order = [known.order, ...known.recentOrders].find((one) => one?.id === subject);
  if (order == null) return null;
  const reviewed = changes.some(
    (change) => change.kind === 'advance_order' && change.orderId === subject && change.to === 'review',
  );
  if (reviewed) return { key: 'operator:order-review', params: orderParams(order, detail) };
  const refused = event.kind === 'call_answered' && event.answer.kind === 'refused' && event.answer.code === '4000';
  if (refused) return { key: 'operator:token-refused', params: { reference: order.reference } };
  return { key: 'operator:order-alert', params: orderParams(order, detail) };
}

function orderParams(order: Order, detail: string): Params {
  const why = oneLine(scrub(detail).replace(`${order.reference} `, ''), 160);
  return { reference: order.reference, amount: { kes: order.amountKes }, recipient: { masked: order.recipient }, why };
}

/** Enough to know who calls; how to reach them is shown by the console. */
function whoOf({ event }: Turn, { conversation, customer, ownPhones }: Known): string {
  const message = event.kind === 'message' ? event.message : null;
  const name = oneLine(scrub(customer?.name ?? message?.senderName ?? ''), 40);
  const phone = message?.ownPhone ?? ownPhones[0];
  const channel = conversation?.address.channel ?? message?.address.channel ?? '';
  return [name, phone === undefined ? '' : maskMsisdn(phone), channel].filter((part) => part !== '').join(', ');
}

/** A person's own words never stand here: the engine says why it could not help. */
function reasonFor(detail: string): Param {
  return oneLine(scrub(detail), 80);
}

function oneLine(text: string, most: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= most ? flat : `${flat.slice(0, most - 1)}…`;
}
