/**
 * Owns what placing an order changes, of either kind: the order itself, its first call, the timers by which it cannot be forgotten, and
 * what the decision rests on, so that two orders that share a person or a phone are never measured past each other.
 */

import { placed as placedBehind, type Breaker } from '../domain/breaker.ts';
import { partiesOf } from '../domain/limits.ts';
import { PROMPT_LIVE_MS, SILENCE_MS, type Actor, type Order, type OrderKind } from '../domain/order.ts';
import type { CallPurpose, Change, Known, Upstream } from '../ports/store.ts';

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
  const upstream = behindBreaker(order, known);
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
function behindBreaker({ id, kind, createdAt }: Order, known: Known): Pick<Placed, 'changes' | 'read'> {
  const { upstream, breaker, name } = breakerBefore(kind, known);
  const probing: Change[] =
    breaker.kind === 'closed' ? [] : [{ kind: 'set_breaker', upstream, breaker: placedBehind(breaker, id, createdAt) }];
  return { changes: probing, read: [name] };
}

/** Whose answers tell whether orders of this kind can be placed; `name`: what its version is counted under. */
export function breakerBefore(
  kind: OrderKind,
  { breaker, paymentBreaker }: Known,
): { readonly upstream: Upstream; readonly breaker: Breaker; readonly name: string } {
  return kind === 'airtime'
    ? { upstream: 'topups', breaker, name: 'switch:breaker' }
    : { upstream: 'daraja', breaker: paymentBreaker, name: 'switch:breaker:daraja' };
}
