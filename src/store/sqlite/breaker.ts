/** Owns the state of the breaker before each upstream, where a turn reads and writes it. */

import { breakerSwitch, CLOSED, type Breaker, type Upstream } from '../../domain/breaker.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import type { Versions } from './versions.ts';

export interface BreakerRow {
  get(upstream: Upstream): Breaker;
  /** Whoever decided on another state must decide again. */
  put(upstream: Upstream, state: Breaker, at: Instant): void;
}

export function breakerOf(db: Db, versions: Versions): BreakerRow {
  const get = db.prepare<[string], string>('SELECT state FROM breaker WHERE upstream = ?').pluck();
  const put = db.prepare<[string, string, Instant]>(
    `INSERT INTO breaker (upstream, state, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (upstream) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at`,
  );
  return {
    get(upstream) {
      const state = get.get(upstream);
      return state === undefined ? CLOSED : (JSON.parse(state) as Breaker);
    },
    put(upstream, state, at) {
      put.run(upstream, JSON.stringify(state), at);
      versions.bump(breakerSwitch(upstream));
    },
  };
}
