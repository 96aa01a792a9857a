/**
 * Owns how a step of an order becomes changes of the store: the step itself, recorded also when it changes nothing, and the news
 * to the customer in the chat that the order came from.
 */

import { orderNews } from '../conversation/order-talk.ts';
import type { Reply } from '../conversation/reply.ts';
import type { Session } from '../conversation/session.ts';
import {
  isTerminal,
  nextState,
  type Actor,
  type Order,
  type OrderEventKind,
  type OrderState,
  type RefusalCode,
} from '../domain/order.ts';
import type { Change, Conversation } from '../ports/store.ts';

export interface Ground {
  readonly actor: Actor;
  readonly evidence: string;
  readonly rawId: string | null;
  readonly set?: Extract<Change, { kind: 'advance_order' }>['set'];
}

export function advance(
  order: Order,
  event: OrderEventKind,
  ground: Ground,
): { readonly change: Change; readonly to: OrderState | null } {
  const to = nextState(order.state, event);
  const settled = to !== null && (isTerminal(to) || to === 'review');
  return {
    to,
    change: {
      kind: 'advance_order',
      orderId: order.id,
      event,
      from: order.state,
      to,
      actor: ground.actor,
      evidence: ground.evidence.slice(0, 300),
      rawId: ground.rawId,
      // The phone has stopped ringing, so the payer may be prompted again.
      set: { ...ground.set, ...(settled ? { promptLiveUntil: null } : {}) },
    },
  };
}

/** What the customer hears of the new state, put into the chat; nothing when nothing is new. */
export function newsChanges(
  conversation: Conversation,
  order: Order,
  to: OrderState | null,
  code: RefusalCode | 'unreachable' | null,
  simulated: boolean,
): { readonly changes: readonly Change[]; readonly session: Session } {
  const news = to === null || to === order.state ? null : orderNews(order, to, code);
  if (news === null) return { changes: [], session: conversation.session };
  return interject(
    conversation,
    simulated ? { ...news, parts: [{ key: 'common:simulated-short' }, ...news.parts] } : news,
    order.id,
  );
}

/**
 * Says something in a chat that did not ask. With a draft open its choices stay the ones that count, so that "1" cannot mean
 * something else than the person is looking at.
 */
export function interject(
  conversation: Conversation,
  reply: Reply,
  orderId: string | null,
): { readonly changes: readonly Change[]; readonly session: Session } {
  const busy = conversation.session.draft !== null;
  const said: Reply = busy ? { ...reply, choices: [] } : reply;
  const session: Session = busy ? conversation.session : { ...conversation.session, choices: reply.choices };
  return {
    session,
    changes: [{ kind: 'say', conversationId: conversation.id, reply: said, language: session.language, orderId }],
  };
}
