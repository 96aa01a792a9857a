/** Owns the count of alerts that left by SMS and e-mail to addresses that are not the wallet owner's own, in an app and in all. */

import { TOLD_MS } from '../../domain/alert.ts';
import type { NoticesToOthers } from '../../domain/notices.ts';
import { assert } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import { HOUR_MS } from '../../lib/durations.ts';
import type { Db } from './connection.ts';

interface CountRow {
  readonly shop: number;
  readonly app: number;
  readonly hour: number;
}

/**
 * What may have gone out counts, so what failed does as well. A spare that was told later counts from its alert. Every alert of a flood
 * asks for both: neither statement goes through wallets, or through what went to owners.
 */
export function noticesReader(db: Db): (walletId: string, now: Instant) => NoticesToOthers {
  const appOf = db.prepare<[string], string>('SELECT app_id FROM wallet WHERE id = ?').pluck();
  const counts = db.prepare<[string, string, Instant, Instant], CountRow>(
    `SELECT count(*) AS shop, count(*) FILTER (WHERE app_id = ?) AS app, count(*) FILTER (WHERE app_id = ? AND at > ?) AS hour
     FROM alert_send WHERE own = 0 AND way <> 'chat' AND state IN ('waiting', 'sent', 'failed') AND at > ?`,
  );
  const held = db
    .prepare<[string, Instant], number>(
      "SELECT 1 FROM alert_send WHERE state = 'skipped' AND why = 'ceiling' AND app_id = ? AND at > ? LIMIT 1",
    )
    .pluck();
  return (walletId, now) => {
    const app = appOf.get(walletId);
    assert(app !== undefined, 'an alert is of a wallet that is open');
    const told = counts.get(app, app, now - HOUR_MS, now - TOLD_MS);
    return {
      appLastHour: told?.hour ?? 0,
      appLastDay: told?.app ?? 0,
      shopLastDay: told?.shop ?? 0,
      held: held.get(app, now - TOLD_MS) !== undefined,
    };
  };
}
