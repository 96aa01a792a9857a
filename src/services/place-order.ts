/**
 * Owns what placing an order changes, of either kind: the order itself, its first call, the timers by which it cannot be forgotten, and
 * what the decision rests on, so that two orders that share a person or a phone are never measured past each other.
 */

import { breakerSwitch, placed as placedBehind, type Upstream } from '../domain/breaker.ts';
import { partiesOf } from '../domain/limits.ts';
import { filledElsewhereBy, PROMPT_LIVE_MS, type Actor, type Order, type OrderKind } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import type { CallPurpose, Change, Known } from '../ports/store.ts';
import { SALES_COUNTED, type Counted } from '../ports/counted.ts';
import { silenceTimer } from './order-changes.ts';

export interface Placed {
  readonly changes: readonly Change[];
  /** The aggregates that it rests on. */
  readonly rests: readonly Counted[];
  readonly touched: readonly Counted[];
}

/** What makes the payer's phone ring. */
const FIRST_CALL: Readonly<Record<OrderKind, CallPurpose>> = { airtime: 'buy_airtime', sms: 'request_payment' };

export function placed(order: Order, actor: Actor, known: Known): Placed {
  const { id, createdAt } = order;
  const { payer, recipient } = partiesOf(order);
  const people: readonly Counted[] = [`payer:${payer}`, `customer:${order.customerId}`];
  const shared = recipient === null ? people : [...people, `recipient:${recipient}` as const];
  const upstreams = behindBreakers(order, known);
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
      silenceTimer(id, createdAt),
      ...upstreams.changes,
    ],
    rests: [...shared, SALES_COUNTED, ...upstreams.rests],
    touched: shared,
  };
}

/** While an upstream is doubted, orders that need it are let through one at a time: this is the one. */
function behindBreakers(order: Order, { breakers }: Known): Pick<Placed, 'changes' | 'rests'> {
  const needed = upstreamsOf(order);
  return {
    changes: needed.flatMap((upstream): Change[] => {
      const before = breakers[upstream];
      if (before.kind === 'closed') return [];
      return [{ kind: 'set_breaker', upstream, breaker: placedBehind(before, order.id, order.createdAt) }];
    }),
    rests: needed.map(breakerSwitch),
  };
}

/** Whose answers tell whether such an order can be placed. */
function upstreamsOf(order: Order): readonly Upstream[] {
  switch (order.kind) {
    case 'airtime':
      return ['topups'];
    case 'sms': {
      const keeper = filledElsewhereBy(order);
      return keeper === null ? ['daraja'] : ['daraja', keeper];
    }
    default:
      return assertNever(order);
  }
}
