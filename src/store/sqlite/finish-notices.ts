/** Owns the ends of what left by SMS or e-mail: gone, to be tried again, or given up, which frees whoever may be told instead. */

import { assertNever } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import type { NotifyEnd, SendRef } from '../../ports/alert.ts';
import type { Db } from './connection.ts';
import type { OutboxQueue } from './outbox-queue.ts';
import type { outbox } from './schema.ts';
import type { AlertEnds } from './write-thresholds.ts';

type Row = Pick<typeof outbox.$inferSelect, 'seq' | 'lane' | 'body'>;

/** It was begun, and the process ended before its end was written down. */
export const BEGUN = 'it may have gone out: the program ended meanwhile';

export interface NoticeEnds {
  finish(end: NotifyEnd, now: Instant): void;
  giveUp(row: Row, why: string, now: Instant): void;
}

export function noticeEnds(db: Db, queue: OutboxQueue, alerts: AlertEnds): NoticeEnds {
  const find = db.prepare<[string], Row>(
    "SELECT seq, lane, body FROM outbox WHERE id = ? AND worker = 'notify' AND dead_at IS NULL",
  );
  const again = db.prepare<[Instant, string, number]>('UPDATE outbox SET due_at = ?, lease_until = NULL, why = ? WHERE seq = ?');
  const giveUp: NoticeEnds['giveUp'] = ({ seq, lane, body }, why, now) => {
    alerts.failed(alertOf(body), why, now);
    queue.bury(seq, lane, why, now);
  };
  return {
    giveUp,
    finish(end, now) {
      const row = find.get(end.id);
      // Given up before, by whoever found its lease run out.
      if (row === undefined) return;
      switch (end.kind) {
        case 'sent':
          alerts.sent(alertOf(row.body));
          return queue.remove(row.seq, row.lane);
        case 'retry':
          return void again.run(end.dueAt, end.why, row.seq);
        case 'dead':
          return giveUp(row, end.why, now);
        default:
          return assertNever(end);
      }
    },
  };
}

function alertOf(body: string): SendRef {
  return (JSON.parse(body) as { readonly alert: SendRef }).alert;
}
