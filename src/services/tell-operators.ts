/**
 * Owns how operators hear of what wants a person: for every such audit row of a turn, a message to each operator's chat in the same
 * turn, with the command to run next. Customers' numbers are masked in it; the console shows them whole.
 */

import { goods } from '../conversation/order-talk.ts';
import type { Param, Phrase, Reply } from '../conversation/reply.ts';
import { isSimulated, type Business } from '../conversation/surroundings.ts';
import { ATTENTION, isAttention, itemId, type ReasonCode } from '../domain/attention.ts';
import { UPSTREAMS, type Upstream } from '../domain/breaker.ts';
import { maskMsisdn } from '../domain/msisdn.ts';
import type { Order, OrderKind } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import { scrub } from '../lib/log.ts';
import { oneLine } from '../lib/one-line.ts';
import { shortened } from '../lib/shortened.ts';
import type { Change, Known, Turn } from '../ports/store.ts';

type Audit = Extract<Change, { kind: 'audit' }>;

export function tellOperators(turn: Turn, known: Known, business: Business): Turn {
  const listening = known.operators.filter(({ reachable }) => reachable);
  if (listening.length === 0) return turn;
  const told = turn.changes.flatMap((change) =>
    change.kind === 'audit' && change.actor.kind !== 'operator' && isAttention(change.what)
      ? [marked(wordsFor(change, turn, known), change, known, business)]
      : [],
  );
  // Two rows of one turn that read the same are one message: a refused token is told of the order and of the supplier.
  const once = told.filter((reply, at) => told.findIndex((one) => JSON.stringify(one) === JSON.stringify(reply)) === at);
  const said = once.flatMap((reply) =>
    listening.map(({ conversationId, language }): Change => {
      return { kind: 'say', conversationId, reply, language, orderId: null };
    }),
  );
  return said.length === 0 ? turn : { ...turn, changes: [...turn.changes, ...said] };
}

/** What is about a simulated order, or what takes only such, says so. */
function marked(phrase: Phrase, { what, subject }: Audit, known: Known, business: Business): Reply {
  const upstream = UPSTREAMS.find((name) => name === subject);
  // The subject of what was set aside is the event itself, and of what was credited twice the other credit.
  const order = what === 'event_set_aside' || what === 'credited_twice' ? known.order : orderNamed(subject, known);
  const kind = upstream === undefined ? order?.kind : UPSTREAM_WORDS[upstream].kind;
  const named = (phrase.params?.['reference'] ?? phrase.params?.['upstream']) !== undefined;
  const mark = named && kind !== undefined && isSimulated(business, kind);
  return { parts: mark ? [{ key: 'common:simulated-short' }, phrase] : [phrase], choices: [] };
}

function wordsFor(audit: Audit, turn: Turn, known: Known): Phrase {
  const { what, subject } = audit;
  if (!isAttention(what)) throw new Error(`invariant broken: nobody is called for ${what}`);
  const why = whyOf(audit);
  const item = itemId(ATTENTION[what], subject);
  switch (what) {
    case 'operator_alert':
      return { key: 'operator:alert', params: { why, item } };
    case 'order_review':
    case 'order_contradicted':
      return aboutOrder(audit, what, turn, known) ?? { key: 'operator:alert', params: { why, item } };
    case 'token_refused':
    case 'upstream_down':
    case 'upstream_up':
      return aboutUpstream(audit, what);
    case 'help_wanted':
      return { key: 'operator:help-wanted', params: { who: whoOf(turn, known), why, item } };
    case 'webhook_quarantined':
      return { key: 'operator:webhook-quarantined', params: { why, item } };
    case 'event_set_aside':
      return setAside(item, turn, known);
    case 'message_given_up':
      return { key: 'operator:message-given-up', params: { why, item } };
    case 'channel_down':
      return { key: 'operator:channel-down', params: { channel: subject, why } };
    case 'channel_up':
      return { key: 'operator:channel-up', params: { channel: subject } };
    case 'alerts_held_back':
      return { key: 'operator:alerts-held-back', params: { who: subject, item } };
    case 'credited_twice':
      return {
        key: 'operator:credited-twice',
        params: { reference: known.order?.reference ?? '', request: requestOf(known), item },
      };
    default:
      return assertNever(what);
  }
}

/** Chosen by a program. */
function requestOf({ creditedBefore }: Known): string {
  return shortened(scrub(oneLine(creditedBefore?.requestKey ?? '')), 60);
}

/** What a person wrote is about whatever they meant by it. */
function setAside(item: string, { event }: Turn, { order }: Known): Phrase {
  if (event.kind === 'message' || order === null) return { key: 'operator:event-set-aside', params: { item } };
  return { key: 'operator:event-set-aside-order', params: { reference: order.reference, item } };
}

function orderNamed(id: string, known: Known): Order | undefined {
  return [...(known.order === null ? [] : [known.order]), ...known.recentOrders].find((one) => one.id === id);
}

/** Null: it is about no order that the turn knows. */
function aboutOrder(audit: Audit, what: 'order_review' | 'order_contradicted', turn: Turn, known: Known): Phrase | null {
  const order = orderNamed(audit.subject, known);
  if (order === undefined) return null;
  const step = turn.changes.find((change) => change.kind === 'advance_order' && change.orderId === order.id);
  const evidence = step?.kind === 'advance_order' ? step.evidence : audit.detail;
  const said = what === 'order_review' ? evidence : audit.detail.replace(`${order.reference} `, '');
  const { reference } = order;
  const params = { reference, goods: goods(order, { masked: true }), why: whyOf({ ...audit, detail: said }) };
  if (what === 'order_contradicted') return { key: 'operator:order-alert', params };
  return { key: IN_REVIEW[audit.reason?.code ?? 'silence'] ?? 'operator:order-review', params };
}

/** Why it is in review, where that says how it stands; of all others nobody knows how they ended. */
const IN_REVIEW: Partial<Readonly<Record<ReasonCode, string>>> = {
  not_begun: 'operator:order-not-begun',
  wallets_moved: 'operator:order-wallets-moved',
};

/** What is called how, and what it holds up. */
const UPSTREAM_WORDS: Readonly<Record<Upstream, { readonly name: string; readonly orders: string; readonly kind: OrderKind }>> = {
  topups: { name: 'operator:upstream-topups', orders: 'operator:orders-airtime', kind: 'airtime' },
  daraja: { name: 'operator:upstream-daraja', orders: 'operator:orders-sms', kind: 'sms' },
  tuku: { name: 'operator:upstream-tuku', orders: 'operator:orders-sms', kind: 'sms' },
};

function aboutUpstream(audit: Audit, what: 'token_refused' | 'upstream_down' | 'upstream_up'): Phrase {
  const known = UPSTREAMS.find((name) => name === audit.subject);
  if (known === undefined) throw new Error(`invariant broken: no upstream ${audit.subject}`);
  const { name, orders } = UPSTREAM_WORDS[known];
  const params = { upstream: { key: name }, orders: { key: orders }, why: whyOf(audit) };
  switch (what) {
    case 'token_refused':
      return { key: 'operator:token-refused', params };
    case 'upstream_down':
      return { key: 'operator:upstream-down', params };
    case 'upstream_up':
      return { key: 'operator:upstream-up', params };
    default:
      return assertNever(what);
  }
}

/** Enough to know who calls; how to reach them is shown by the console. */
function whoOf({ event }: Turn, { conversation, customer, ownPhones }: Known): string {
  const message = event.kind === 'message' ? event.message : null;
  const name = shortened(scrub(oneLine(customer?.name ?? message?.senderName ?? '')), 40);
  const phone = message?.ownPhone ?? ownPhones[0];
  const channel = conversation?.address.channel ?? message?.address.channel ?? '';
  return [name, phone === undefined ? '' : maskMsisdn(phone), channel].filter((part) => part !== '').join(', ');
}

/** Reasons are said in the operator's language; whatever else stands in a detail is the upstream's word, or one for the console. */
const REASONS: Readonly<Record<ReasonCode, string>> = {
  person: 'operator:why-person',
  copy: 'operator:why-copy',
  delete: 'operator:why-delete',
  keep: 'operator:why-keep',
  stop: 'operator:why-stop',
  not_understood: 'operator:why-not-understood',
  complaint: 'operator:why-complaint',
  paid_twice: 'operator:why-paid-twice',
  wrong_number: 'operator:why-wrong-number',
  no_prompt: 'operator:why-no-prompt',
  payment_message: 'operator:why-payment-message',
  silence: 'operator:why-silence',
  no_answer: 'operator:why-no-answer',
  not_begun: 'operator:why-not-begun',
  wallets_moved: 'operator:why-wallets-moved',
  no_order: 'operator:why-no-order',
  other_amount: 'operator:why-other-amount',
  other_number: 'operator:why-other-number',
  other_note: 'operator:why-other-reference',
  other_reference: 'operator:why-other-reference',
  wrong_codes: 'operator:why-wrong-codes',
};

function whyOf({ detail, reason }: Audit): Param {
  if (reason === undefined) return shortened(scrub(oneLine(detail)), 160);
  const what: Param = { key: REASONS[reason.code] };
  return reason.reference === undefined ? what : { key: 'operator:why-about', params: { what, reference: reason.reference } };
}
