/** Owns when an address was told something lately, whichever wallet or threshold it was for: what keeps it from being told too often. */

import { spelled, TOLD_MS, type AlertAddress } from '../../domain/alert.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';

/** More than the limits count: it was enough long before. */
const SENDS_READ = 20;

/** What may have gone out counts, so what failed does as well. A spare that was told later counts from its alert. */
export function toldReader(db: Db): (address: Pick<AlertAddress, 'way' | 'address'>, now: Instant) => readonly Instant[] {
  const recent = db
    .prepare<[string, string, Instant, number], Instant>(
      `SELECT at FROM alert_send WHERE address = ? AND way = ? AND at > ? AND state IN ('waiting', 'sent', 'failed')
       ORDER BY at DESC LIMIT 0 + ?`,
    )
    .pluck();
  return (address, now) => recent.all(spelled(address), address.way, now - TOLD_MS, SENDS_READ);
}
