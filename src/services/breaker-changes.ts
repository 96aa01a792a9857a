/**
 * Owns what the answer to a call says of its upstream's health: whether new orders are taken. The operator hears when that changes.
 */

import { afterCall, type BreakerRules, type CallHealth } from '../domain/breaker.ts';
import type { Turn } from '../ports/store.ts';
import type { OrderScene } from './order-step.ts';
import { breakerBefore } from './place-order.ts';
import { toldOfUpstream } from './upstream-news.ts';

export interface Health {
  readonly health: CallHealth;
  readonly why: string;
}

export function withBreaker(turn: Turn, { known, order, event }: OrderScene, { health, why }: Health, rules: BreakerRules): Turn {
  const { upstream, breaker: before, name } = breakerBefore(order.kind, known);
  const after = afterCall(before, { orderId: order.id, health, why }, event.at, rules);
  const told = toldOfUpstream(upstream, before, after, { health, why });
  if (after === before) return { ...turn, changes: [...turn.changes, ...told] };
  const version = known.versions[name];
  return {
    ...turn,
    read: { ...turn.read, ...(version === undefined ? {} : { [name]: version }) },
    changes: [...turn.changes, { kind: 'set_breaker', upstream, breaker: after }, ...told],
  };
}
