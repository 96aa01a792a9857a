/** Owns the state of the breaker before the airtime provider, where a turn reads and writes it. */

import { CLOSED, type Breaker } from '../../domain/breaker.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import type { Versions } from './versions.ts';

const UPSTREAM = 'topups';
export const BREAKER_SWITCH = 'switch:breaker';

export interface BreakerRow {
  get(): Breaker;
  /** Whoever decided on another state must decide again. */
  put(state: Breaker, at: Instant): void;
}

export function breakerOf(db: Db, versions: Versions): BreakerRow {
  const get = db.prepare<[string], string>('SELECT state FROM breaker WHERE upstream = ?').pluck();
  const put = db.prepare<[string, string, Instant]>(
    `INSERT INTO breaker (upstream, state, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (upstream) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at`,
  );
  return {
    get() {
      const state = get.get(UPSTREAM);
      return state === undefined ? CLOSED : (JSON.parse(state) as Breaker);
    },
    put(state, at) {
      put.run(UPSTREAM, JSON.stringify(state), at);
      versions.bump(BREAKER_SWITCH);
    },
  };
}
