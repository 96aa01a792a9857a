/**
 * Owns what placing an order changes, of either kind: the order itself, its first call, the timers by which it cannot be forgotten, and
 * what the decision rests on, so that two orders that share a person or a phone are never measured past each other.
 */

import { placed as placedBehind } from '../domain/breaker.ts';
import { partiesOf } from '../domain/limits.ts';
import { PROMPT_LIVE_MS, SILENCE_MS, type Actor, type Order, type OrderKind } from '../domain/order.ts';
import type { CallPurpose, Change, Known } from '../ports/store.ts';

export interface Placed {
  readonly changes: readonly Change[];
  /** The aggregates that it rests on. */
  readonly read: readonly string[];
  readonly touched: readonly string[];
}

/** What makes the payer's phone ring. */
const FIRST_CALL: Readonly<Record<OrderKind, CallPurpose>> = { airtime: 'buy_airtime', sms: 'request_payment' };

export function placed(order: Order, actor: Actor, known: Known): Placed {
  const { id, createdAt } = order;
  const { payer, recipient } = partiesOf(order);
  const shared = [`payer:${payer}`, ...(recipient === null ? [] : [`recipient:${recipient}`]), `customer:${order.customerId}`];
  const upstream = order.kind === 'airtime' ? behindBreaker(order, known) : { changes: [], read: [] };
  return {
    changes: [
      { kind: 'open_order', order, actor },
      { kind: 'call', orderId: id, purpose: FIRST_CALL[order.kind], dueAt: createdAt },
      {
        kind: 'set_timer',
        key: `prompt:${id}`,
        dueAt: createdAt + PROMPT_LIVE_MS,
        timer: { kind: 'prompt_lapsed', orderId: id },
      },
      {
        kind: 'set_timer',
        key: `silence:${id}`,
        dueAt: createdAt + SILENCE_MS,
        timer: { kind: 'order_silence', orderId: id },
      },
      ...upstream.changes,
    ],
    read: [...shared, 'switch:sales', ...upstream.read],
    touched: shared,
  };
}

/** While the upstream is doubted, orders are let through one at a time: this is the one. */
function behindBreaker({ id, createdAt }: Order, { breaker }: Known): Pick<Placed, 'changes' | 'read'> {
  const probing: Change[] =
    breaker.kind === 'closed' ? [] : [{ kind: 'set_breaker', breaker: placedBehind(breaker, id, createdAt) }];
  return { changes: probing, read: ['switch:breaker'] };
}
