/**
 * Owns what the answer to a call says of its upstream's health: whether new orders are taken. The operator hears when that changes.
 */

import { afterCall, type BreakerRules, type CallHealth } from '../domain/breaker.ts';
import type { Change, Turn, Upstream } from '../ports/store.ts';
import { operatorAlert } from './order-changes.ts';
import type { OrderScene } from './order-step.ts';
import { breakerBefore } from './place-order.ts';

/** What the operator calls it, and what it holds up. */
const WORDS: Readonly<Record<Upstream, { readonly who: string; readonly orders: string }>> = {
  topups: { who: 'the upstream', orders: 'orders' },
  daraja: { who: 'M-Pesa', orders: 'orders of SMS' },
};

export interface Health {
  readonly health: CallHealth;
  readonly why: string;
}

export function withBreaker(turn: Turn, { known, order, event }: OrderScene, { health, why }: Health, rules: BreakerRules): Turn {
  const { upstream, breaker: before, name } = breakerBefore(order.kind, known);
  const after = afterCall(before, { orderId: order.id, health, why }, event.at, rules);
  const { who, orders } = WORDS[upstream];
  const told: Change[] = [];
  // A refused token is the shop's own trouble: the operator must know at once.
  if (health === 'locked_out') told.push(operatorAlert(order, { kind: 'upstream' }, why));
  if (after.kind === 'open' && before.kind === 'closed')
    told.push(operatorAlert(order, { kind: 'upstream' }, `no new ${orders} are taken, until ${who} answers: ${after.why}`));
  if (after.kind === 'closed' && before.kind !== 'closed')
    told.push(operatorAlert(order, { kind: 'upstream' }, `${who} answers: ${orders} are taken again`));
  if (after === before) return { ...turn, changes: [...turn.changes, ...told] };
  const version = known.versions[name];
  return {
    ...turn,
    read: { ...turn.read, ...(version === undefined ? {} : { [name]: version }) },
    changes: [...turn.changes, { kind: 'set_breaker', upstream, breaker: after }, ...told],
  };
}
