/**
 * Owns what the answer to a call says of its upstream's health: whether new orders are taken. The operator hears when that changes.
 */

import { afterCall, afterNoCall, breakerSwitch, type BreakerRules, type CallHealth, type Upstream } from '../domain/breaker.ts';
import { filledElsewhereBy, isPaid, isTerminal, type Order, type OrderState } from '../domain/order.ts';
import type { Counted } from '../ports/counted.ts';
import type { Change, Turn } from '../ports/store.ts';
import type { OrderScene } from './order-step.ts';
import { toldOfUpstream } from './upstream-news.ts';
import { restsOn } from './rests-on.ts';

export interface Health {
  readonly health: CallHealth;
  readonly why: string;
}

/** An order that ends unpaid was no trial of whoever keeps its wallet, who was not asked: the next order is. */
export function trialOver(
  order: Order,
  to: OrderState | null,
  { known }: Pick<OrderScene, 'known'>,
): { readonly changes: readonly Change[]; readonly rests: readonly Counted[] } {
  const upstream = filledElsewhereBy(order);
  if (upstream === null || isPaid(order) || to === null || !isTerminal(to)) return { changes: [], rests: [] };
  const before = known.breakers[upstream];
  const after = afterNoCall(before, order.id);
  if (after === before) return { changes: [], rests: [] };
  return { changes: [{ kind: 'set_breaker', upstream, breaker: after }], rests: [breakerSwitch(upstream)] };
}

/** `upstream`: whose answer it was. */
export function withBreaker(
  turn: Turn,
  { known, order, event }: OrderScene,
  upstream: Upstream,
  { health, why }: Health,
  rules: BreakerRules,
): Turn {
  const before = known.breakers[upstream];
  const name = breakerSwitch(upstream);
  const after = afterCall(before, { orderId: order.id, health, why }, event.at, rules);
  const told = toldOfUpstream(upstream, before, after, { health, why });
  if (after === before) return { ...turn, changes: [...turn.changes, ...told] };
  return {
    ...turn,
    read: { ...turn.read, ...restsOn(known, [name]) },
    changes: [...turn.changes, { kind: 'set_breaker', upstream, breaker: after }, ...told],
  };
}
