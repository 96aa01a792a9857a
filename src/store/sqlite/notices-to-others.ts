/** Owns the count of alerts that left by SMS and e-mail to addresses that are not the wallet owner's own, in an app and in all. */

import { TOLD_MS } from '../../domain/alert.ts';
import type { NoticesToOthers } from '../../domain/notices.ts';
import type { Instant } from '../../lib/clock.ts';
import { HOUR_MS } from '../../lib/durations.ts';
import type { Db } from './connection.ts';

interface CountRow {
  readonly shop: number;
  readonly app: number;
  readonly hour: number;
}

/** What may have gone out counts, so what failed does as well. A spare that was told later counts from its alert. */
export function noticesReader(db: Db): (walletId: string, now: Instant) => NoticesToOthers {
  const counts = db.prepare<[Instant, string, Instant], CountRow>(
    `SELECT count(*) AS shop, coalesce(sum(same), 0) AS app, coalesce(sum(same AND at > ?), 0) AS hour
     FROM (SELECT s.at, w.app_id = (SELECT app_id FROM wallet WHERE id = ?) AS same
           FROM alert_send s JOIN alert a ON a.id = s.alert_id JOIN wallet w ON w.id = a.wallet_id
           WHERE s.own = 0 AND s.way <> 'chat' AND s.state IN ('waiting', 'sent', 'failed') AND s.at > ?)`,
  );
  const held = db
    .prepare<[Instant, string], number>(
      `SELECT 1 FROM alert_send s JOIN alert a ON a.id = s.alert_id JOIN wallet w ON w.id = a.wallet_id
       WHERE s.state = 'skipped' AND s.why = 'ceiling' AND s.at > ? AND w.app_id = (SELECT app_id FROM wallet WHERE id = ?) LIMIT 1`,
    )
    .pluck();
  return (walletId, now) => {
    const { shop, app, hour } = counts.get(now - HOUR_MS, walletId, now - TOLD_MS) ?? { shop: 0, app: 0, hour: 0 };
    return {
      appLastHour: hour,
      appLastDay: app,
      shopLastDay: shop,
      held: held.get(now - TOLD_MS, walletId) !== undefined,
    };
  };
}
