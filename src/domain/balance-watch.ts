/**
 * Owns when the balance of a remote wallet is asked for again, which nobody tells us of: sooner the nearer it may come to the threshold
 * below which somebody is to be warned, later the longer the other side does not answer. Pure: what was read is handed in.
 */

import type { Instant } from '../lib/clock.ts';
import { MINUTE_MS } from '../lib/durations.ts';

/** Far from its threshold. */
const SELDOM_MS = 30 * MINUTE_MS;
/** At or below twice its threshold, or on the way there. */
const OFTEN_MS = 2 * MINUTE_MS;
/** After a first failure; doubled with each that follows. */
const AGAIN_MS = MINUTE_MS;
const LONGEST_MS = 60 * MINUTE_MS;

/** Whole messages, as they were read. */
export interface Reading {
  readonly balance: number;
  readonly at: Instant;
}

/** What is kept of a wallet that is watched. */
export interface Watch {
  /** The last two that could be read, the latest first: how fast it goes down. */
  readonly latest: Reading | null;
  readonly before: Reading | null;
  /** In a row, since. */
  readonly failures: number;
}

export const UNWATCHED: Watch = { latest: null, before: null, failures: 0 };

/** `balance` null: it could not be read. */
export function looked({ latest, before, failures }: Watch, balance: number | null, now: Instant): Watch {
  if (balance === null) return { latest, before, failures: failures + 1 };
  return { latest: { balance, at: now }, before: latest, failures: 0 };
}

/** There is no such wallet: one that is filled later is found so much later at the latest. */
export function nextLookForNone(threshold: number | null, now: Instant): Instant | null {
  return threshold === null ? null : now + SELDOM_MS;
}

/** When to look again. `threshold`: the highest that is set; null: nobody is to be warned, so nobody looks. */
export function nextLook(watch: Watch, threshold: number | null, now: Instant): Instant | null {
  if (threshold === null) return null;
  const { latest, before, failures } = watch;
  if (failures > 0) return now + Math.min(LONGEST_MS, AGAIN_MS * 2 ** Math.min(failures - 1, 10));
  if (latest === null) return now;
  if (latest.balance <= threshold * 2) return latest.at + OFTEN_MS;
  return latest.at + Math.min(SELDOM_MS, Math.max(OFTEN_MS, halfWayMs(latest, before, threshold)));
}

/** Half of the time that is left at the pace of the last two readings. */
function halfWayMs(latest: Reading, before: Reading | null, threshold: number): number {
  if (before === null || before.balance <= latest.balance || latest.at <= before.at) return SELDOM_MS;
  const perMs = (before.balance - latest.balance) / (latest.at - before.at);
  return Math.floor((latest.balance - threshold) / perMs / 2);
}

const FORTNIGHT_MS = 14 * 24 * 60 * MINUTE_MS;

/** What goes down from one reading to the next was used; what is older than a fortnight counts for half, so that the pace stays a recent one. */
export function spentBy(
  spent: { readonly units: number; readonly since: Instant | null },
  before: Reading | null,
  latest: Reading | null,
  now: Instant,
): { readonly units: number; readonly since: Instant | null } {
  if (before === null || latest === null || latest.at === before.at) return spent;
  const units = spent.units + Math.max(0, before.balance - latest.balance);
  const since = spent.since ?? before.at;
  return now - since < FORTNIGHT_MS ? { units, since } : { units: Math.ceil(units / 2), since: now - FORTNIGHT_MS / 2 };
}
