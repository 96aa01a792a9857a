/**
 * Owns the circuit breaker before an upstream: after calls in a row that end without a clear answer, or a refused token, no new order
 * is taken until one order, let through alone, shows that the upstream answers again. Pure: its state lies in the store, the time is
 * handed in. It never touches orders that are placed already.
 */

import { assertNever } from '../lib/assert.ts';
import type { Instant } from '../lib/clock.ts';
import { SILENCE_MS } from './order.ts';

export type Breaker =
  /** `failures`: calls in a row that failed, the oldest first. */
  | { readonly kind: 'closed'; readonly failures: readonly Instant[] }
  /** No orders until `until`; `waitMs` was waited for, and is doubled when the next order fails too. */
  | { readonly kind: 'open'; readonly why: string; readonly since: Instant; readonly until: Instant; readonly waitMs: number }
  /** One order is let through; when nothing is heard of it by `until`, the next is. */
  | {
      readonly kind: 'half_open';
      readonly why: string;
      readonly since: Instant;
      readonly until: Instant;
      readonly waitMs: number;
      readonly probe: string;
    };

export const CLOSED: Breaker = { kind: 'closed', failures: [] };

/** Whoever takes the money of orders or delivers what was paid for; each has a breaker of its own. */
export const UPSTREAMS = ['topups', 'daraja', 'tuku'] as const;
export type Upstream = (typeof UPSTREAMS)[number];
export type Breakers = Readonly<Record<Upstream, Breaker>>;

/** One value for each upstream. */
export function ofEachUpstream<T>(value: (upstream: Upstream) => T): Record<Upstream, T> {
  return Object.fromEntries(UPSTREAMS.map((upstream) => [upstream, value(upstream)])) as Record<Upstream, T>;
}

export const ALL_CLOSED: Breakers = ofEachUpstream(() => CLOSED);

/** The aggregate that counts up whenever the breaker moves. */
export const breakerSwitch = (upstream: Upstream): `switch:breaker:${Upstream}` => `switch:breaker:${upstream}`;

export interface BreakerRules {
  /** So many calls in a row, within so long, open it. */
  readonly failures: number;
  readonly withinMs: number;
  /** How long it stays open at first; doubled each time, up to `LONGEST_WAIT_MS`. */
  readonly waitMs: number;
}

export const LONGEST_WAIT_MS = 10 * 60_000;

/** How a call ended, as far as the upstream's health goes. `locked_out`: the token was refused, so every order would be. */
export type CallHealth = 'answered' | 'failed' | 'locked_out';

export interface EndedCall {
  readonly orderId: string;
  readonly health: CallHealth;
  readonly why: string;
}

/** Null: an order may be placed. Else no sooner than this instant. */
export function refusedUntil(breaker: Breaker, now: Instant): Instant | null {
  return breaker.kind === 'closed' || now >= breaker.until ? null : breaker.until;
}

/** An order was placed, which `refusedUntil` allowed: while the breaker is not closed, it is the one that shows how things stand. */
export function placed(breaker: Breaker, orderId: string, now: Instant): Breaker {
  if (breaker.kind === 'closed') return breaker;
  const { why, since, waitMs } = breaker;
  return { kind: 'half_open', why, since, waitMs, until: now + SILENCE_MS, probe: orderId };
}

/** The same object when nothing changes. Any clear answer closes it, whichever order it was for. */
export function afterCall(breaker: Breaker, call: EndedCall, now: Instant, rules: BreakerRules): Breaker {
  const { health, why } = call;
  switch (health) {
    case 'answered':
      return breaker.kind === 'closed' && breaker.failures.length === 0 ? breaker : CLOSED;
    case 'locked_out':
      return breaker.kind === 'closed' ? opened(why, now, now, LONGEST_WAIT_MS) : longer(breaker, call, now);
    case 'failed':
      return breaker.kind === 'closed' ? failed(breaker.failures, why, now, rules) : longer(breaker, call, now);
    default:
      return assertNever(health);
  }
}

/** The order that was let through ended before anybody was asked for it: it showed nothing, so the next may be placed at once. */
export function afterNoCall(breaker: Breaker, orderId: string): Breaker {
  if (breaker.kind !== 'half_open' || breaker.probe !== orderId) return breaker;
  const { why, since, waitMs } = breaker;
  return { kind: 'open', why, since, until: since, waitMs };
}

/** The same when the clock was set back by so much: no wait becomes longer. */
export function broughtForward(breaker: Breaker, byMs: number): Breaker {
  return breaker.kind === 'closed'
    ? { kind: 'closed', failures: breaker.failures.map((at) => at - byMs) }
    : { ...breaker, until: breaker.until - byMs };
}

function failed(before: readonly Instant[], why: string, now: Instant, rules: BreakerRules): Breaker {
  const failures = [...before.filter((at) => now - at < rules.withinMs), now].slice(-rules.failures);
  if (failures.length < rules.failures) return { kind: 'closed', failures };
  return opened(`${failures.length} calls in a row failed: ${why}`, now, now, rules.waitMs);
}

/** A call that was out when the breaker opened says nothing new; the order that was let through does. */
function longer(breaker: Exclude<Breaker, { kind: 'closed' }>, { orderId, why }: EndedCall, now: Instant): Breaker {
  if (breaker.kind === 'open' || orderId !== breaker.probe) return breaker;
  return opened(why, breaker.since, now, Math.min(LONGEST_WAIT_MS, breaker.waitMs * 2));
}

function opened(why: string, since: Instant, now: Instant, waitMs: number): Breaker {
  return { kind: 'open', why, since, until: now + waitMs, waitMs };
}
