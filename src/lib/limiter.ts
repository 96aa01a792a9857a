/**
 * Owns limits against floods: token buckets in memory. They protect the server from one person, page or address; how often somebody
 * may buy is a matter of domain/limits.ts. Forgets what it knows after a restart, on purpose.
 */

import type { Clock, Instant } from './clock.ts';

export type Permission = { readonly ok: true } | { readonly ok: false; readonly afterMs: number };

export interface Limiter {
  take(key: string): Permission;
}

export interface LimiterSettings {
  readonly clock: Clock;
  /** How many at once. */
  readonly burst: number;
  /** How long it takes until one more is allowed. */
  readonly everyMs: number;
  /** Keys remembered at most; over it the one that was quiet for longest is forgotten, in favour of the person. */
  readonly maxKeys: number;
}

export function createLimiter({ clock, burst, everyMs, maxKeys }: LimiterSettings): Limiter {
  /** When the bucket of a key will be full again: one number holds all there is to know, in whole milliseconds. */
  const fullAt = new Map<string, Instant>();
  let lookedAt = -Infinity;
  return {
    take(key) {
      const now = clock.now();
      // What was written before the clock was set back says nothing any more, and must not lock anyone out.
      if (now < lookedAt) fullAt.clear();
      lookedAt = now;
      const known = Math.max(now, fullAt.get(key) ?? now);
      const afterMs = known - now - (burst - 1) * everyMs;
      // Set anew, the key moves to the end of the map: the first is the one that was quiet for longest.
      fullAt.delete(key);
      fullAt.set(key, afterMs > 0 ? known : known + everyMs);
      for (const quietest of fullAt.keys()) {
        if (fullAt.size <= maxKeys) break;
        fullAt.delete(quietest);
      }
      return afterMs > 0 ? { ok: false, afterMs } : { ok: true };
    },
  };
}
