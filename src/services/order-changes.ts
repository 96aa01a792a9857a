/**
 * Owns how a step of an order becomes changes of the store: the step itself, recorded also when it changes nothing, and the news
 * to the customer in the chat that the order came from.
 */

import { orderNews } from '../conversation/order-talk.ts';
import type { Filled } from '../conversation/sms-order-talk.ts';
import type { Reply } from '../conversation/reply.ts';
import type { Session } from '../conversation/session.ts';
import { isFresh } from '../conversation/drafting.ts';
import { inWords, type ReasonCode } from '../domain/attention.ts';
import { reversalOf, saleOf } from '../domain/ledger.ts';
import {
  contradictsEnd,
  endsPrompt,
  isFilledHere,
  isTakenBack,
  isTerminal,
  nextState,
  SILENCE_MS,
  type Actor,
  type NewsWhy,
  type Order,
  type OrderEventKind,
  type OrderState,
} from '../domain/order.ts';
import type { Instant } from '../lib/clock.ts';
import type { Change, Conversation } from '../ports/store.ts';

const MAX_EVIDENCE = 300;

export interface Ground {
  readonly actor: Actor;
  readonly evidence: string;
  readonly rawId: string | null;
  /** The evidence as one of the closed list, if it is. */
  readonly reason?: ReasonCode;
  readonly set?: Extract<Change, { kind: 'advance_order' }>['set'];
}

/** Evidence from the closed list, without a body. */
export function groundOf(actor: Actor, code: ReasonCode): Ground {
  return { actor, evidence: inWords({ code }), rawId: null, reason: code };
}

/**
 * The step, the sale if it is a delivery of somebody else, and the audit rows by which a person is called to it. `to` null: the pair is not in
 * the table.
 */
export function advance(
  order: Order,
  event: OrderEventKind,
  ground: Ground,
): { readonly changes: readonly Change[]; readonly to: OrderState | null } {
  const to = nextState(order, event);
  const settled = to !== null && (isTerminal(to) || to === 'review' || to === 'paid');
  const evidence = ground.evidence.slice(0, MAX_EVIDENCE);
  const step: Change = {
    kind: 'advance_order',
    orderId: order.id,
    event,
    from: order.state,
    to,
    actor: ground.actor,
    evidence,
    rawId: ground.rawId,
    // The phone has stopped ringing, so the payer may be prompted again.
    set: { ...ground.set, ...(settled && endsPrompt(order.state, event) ? { promptLiveUntil: null } : {}) },
  };
  const attention: Change[] = [];
  if (contradictsEnd(order, event))
    attention.push(
      forOperators(order, ground, 'order_contradicted', `${event} came for an order that was ${order.state}: ${evidence}`),
    );
  if (to === 'review' && order.state !== 'review')
    attention.push(forOperators(order, ground, 'order_review', `in review, from ${order.state}: ${evidence}`));
  // Whoever looks for it there must know that some of it came.
  if (order.state === 'review' && event === 'delivery_fewer')
    attention.push(forOperators(order, ground, 'order_review', `in review, and then: ${evidence}`));
  return { to, changes: [step, ...booked(order, to), ...attention] };
}

function booked(order: Order, to: OrderState | null): Change[] {
  if (to === 'delivered' && !isFilledHere(order)) return [{ kind: 'post', journal: saleOf(order) }];
  return isTakenBack(order, to) ? [{ kind: 'post', journal: reversalOf(saleOf(order)) }] : [];
}

/** An audit row that a person must look at. */
function forOperators(order: Order, { actor, reason }: Ground, what: 'order_review' | 'order_contradicted', why: string): Change {
  const detail = `${order.reference} ${why}`.slice(0, MAX_EVIDENCE);
  return { kind: 'audit', actor, what, subject: order.id, detail, ...(reason === undefined ? {} : { reason: { code: reason } }) };
}

/** What the customer hears of the new state, put into the chat; nothing when nothing is new. */
export function newsChanges(
  conversation: Conversation,
  order: Order,
  news: {
    readonly to: OrderState | null;
    readonly why: NewsWhy | null;
    readonly filled: Filled | null;
    readonly at: Instant;
  },
  simulated: boolean,
): { readonly changes: readonly Change[]; readonly session: Session } {
  const said = news.to === null || news.to === order.state ? null : orderNews(order, news.to, news.why, news.filled);
  if (said === null) return { changes: [], session: conversation.session };
  return interject(conversation, said, { orderId: order.id, at: news.at, simulated });
}

/** After so long without a word from here on, somebody looks. There is one such timer for an order: a later one takes its place. */
export function silenceTimer(orderId: string, from: Instant): Change {
  return {
    kind: 'set_timer',
    key: `silence:${orderId}`,
    dueAt: from + SILENCE_MS,
    timer: { kind: 'order_silence', orderId },
  };
}

/** A draft is open and still good: what is asked beside it could be answered by a yes that buys. */
export function isDrafting({ session }: Conversation, now: Instant): boolean {
  return session.draft !== null && isFresh(session.draft, now);
}

/**
 * Says something, mostly about an order, in a chat that did not ask, and that it is simulated where it is. What was shown last with choices
 * is what a typed number means: the open draft's choices stay, and so do any others when the news brings none of its own.
 */
export function interject(
  conversation: Conversation,
  news: Reply,
  { orderId, at, simulated }: { readonly orderId: string | null; readonly at: Instant; readonly simulated: boolean },
): { readonly changes: readonly Change[]; readonly session: Session } {
  const busy = isDrafting(conversation, at);
  const parts = simulated ? [{ key: 'common:simulated-short' }, ...news.parts] : news.parts;
  const reply: Reply = { parts, choices: busy ? [] : news.choices };
  const kept = conversation.session;
  const session: Session = reply.choices.length === 0 ? kept : { ...kept, choices: reply.choices };
  return {
    session,
    changes: [{ kind: 'say', conversationId: conversation.id, reply, language: session.language, orderId }],
  };
}
