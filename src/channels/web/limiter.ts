/**
 * Owns the web chat's flood limits: token buckets in memory. It protects the server from one page or one address; how often a
 * person may order is the core's matter. Forgets what it knows after a restart, on purpose.
 */

import type { Clock } from '../../lib/clock.ts';

export type Permission = { readonly ok: true } | { readonly ok: false; readonly afterMs: number };

export interface Limiter {
  take(key: string): Permission;
}

export interface LimiterSettings {
  readonly clock: Clock;
  /** How many at once. */
  readonly burst: number;
  /** How many come back per second. */
  readonly perSecond: number;
  /** Keys remembered at most; over it the oldest are forgotten, in favour of the person. */
  readonly maxKeys: number;
}

export function createLimiter({ clock, burst, perSecond, maxKeys }: LimiterSettings): Limiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key) {
      const now = clock.now();
      const known = buckets.get(key);
      const tokens =
        known === undefined ? burst : Math.min(burst, known.tokens + (Math.max(0, now - known.at) * perSecond) / 1000);
      buckets.delete(key);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
      if (buckets.size > maxKeys) {
        for (const oldest of buckets.keys()) {
          buckets.delete(oldest);
          break;
        }
      }
      return allowed ? { ok: true } : { ok: false, afterMs: Math.ceil(((1 - tokens) * 1000) / perSecond) };
    },
  };
}
