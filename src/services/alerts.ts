/**
 * Owns how operators hear of what wants a person: for every such audit row of a turn, a message to each operator's chat in the same
 * turn, with the command to run next. Customers' numbers are masked in it; the console shows them whole.
 */

import { goods } from '../conversation/order-talk.ts';
import type { Param, Params, Phrase, Reply } from '../conversation/reply.ts';
import { ATTENTION, isAttention, itemId } from '../domain/attention.ts';
import { maskMsisdn } from '../domain/msisdn.ts';
import type { Order } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import { scrub } from '../lib/log.ts';
import type { Change, Known, Turn } from '../ports/store.ts';

type Audit = Extract<Change, { kind: 'audit' }>;

export function withAlerts(turn: Turn, known: Known, simulated: boolean): Turn {
  const listening = known.operators.filter(({ reachable }) => reachable);
  if (listening.length === 0) return turn;
  const told = turn.changes.flatMap((change) =>
    change.kind === 'audit' && change.actor.kind !== 'operator' && isAttention(change.what) ? [alertOf(change, turn, known)] : [],
  );
  // Two rows of one turn that read the same are one message: a refused token is told of the order and of the supplier.
  const once = told.filter((phrase, at) => told.findIndex((one) => JSON.stringify(one) === JSON.stringify(phrase)) === at);
  const said = once.flatMap((phrase) =>
    listening.map(({ conversationId, language }): Change => {
      return { kind: 'say', conversationId, reply: marked(phrase, simulated), language, orderId: null };
    }),
  );
  return said.length === 0 ? turn : { ...turn, changes: [...turn.changes, ...said] };
}

/** What is about a simulated order says so. */
function marked(phrase: Phrase, simulated: boolean): Reply {
  const mark = simulated && phrase.params?.['reference'] !== undefined;
  return { parts: mark ? [{ key: 'common:simulated-short' }, phrase] : [phrase], choices: [] };
}

function alertOf(audit: Audit, turn: Turn, known: Known): Phrase {
  const { what, subject } = audit;
  if (!isAttention(what)) throw new Error(`invariant broken: nobody is called for ${what}`);
  const why = reasonFor(audit.detail);
  const item = itemId(ATTENTION[what], subject);
  switch (what) {
    case 'operator_alert':
      return orderAlert(audit, turn, known) ?? { key: 'operator:alert', params: { why, item } };
    case 'help_wanted':
      return { key: 'operator:help-wanted', params: { who: whoOf(turn, known), why, item } };
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
  const refused =
    event.kind === 'call_answered' &&
    event.purpose === 'buy_airtime' &&
    event.answer.kind === 'refused' &&
    event.answer.code === '4000';
  if (refused) return { key: 'operator:token-refused', params: { reference: order.reference } };
  // What the upstream as a whole does is said of the order that found it out, and is no fault of that order.
  return detail.includes(' came for an order that was ')
    ? { key: 'operator:order-alert', params: orderParams(order, detail) }
    : null;
}

function orderParams(order: Order, detail: string): Params {
  const why = reasonFor(detail.replace(`${order.reference} `, '').replace(/^in review, from \w+: /, ''));
  return { reference: order.reference, goods: goods(order, { masked: true }), why };
}

/** Enough to know who calls; how to reach them is shown by the console. */
function whoOf({ event }: Turn, { conversation, customer, ownPhones }: Known): string {
  const message = event.kind === 'message' ? event.message : null;
  const name = oneLine(scrub(customer?.name ?? message?.senderName ?? ''), 40);
  const phone = message?.ownPhone ?? ownPhones[0];
  const channel = conversation?.address.channel ?? message?.address.channel ?? '';
  return [name, phone === undefined ? '' : maskMsisdn(phone), channel].filter((part) => part !== '').join(', ');
}

/** Reasons that are said in the operator's language; whatever else stands there is the upstream's word, or one for the console. */
const REASONS: Readonly<Record<string, string>> = {
  'asked for a person': 'operator:why-person',
  'wants a copy of their data': 'operator:why-copy',
  'wants their data deleted': 'operator:why-delete',
  'not understood three times': 'operator:why-not-understood',
  'ten minutes without a word': 'operator:why-silence',
  'the customer was asked and said nothing for a day': 'operator:why-no-answer',
  'its call was not begun in ten minutes': 'operator:why-not-begun',
  'no order': 'operator:why-no-order',
  'another amount': 'operator:why-other-amount',
  'another mobile': 'operator:why-other-number',
  'another note': 'operator:why-other-reference',
  'another reference': 'operator:why-other-reference',
};

function reasonFor(detail: string): Param {
  const said = oneLine(scrub(detail), 160);
  const key = REASONS[said];
  if (key !== undefined) return { key };
  const [, reference] = /^about (JZ\w+)$/.exec(said) ?? [];
  return reference === undefined ? said : { key: 'operator:why-order', params: { reference } };
}

function oneLine(text: string, most: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= most ? flat : `${flat.slice(0, most - 1)}…`;
}
