/** Owns the writing of thresholds and alerts, and of what became of each address that an alert was sent to. */

import { toldEnough, type AlertWay } from '../../domain/alert.ts';
import { isNoticeToOthers, noticesLeft } from '../../domain/notices.ts';
import type { AlertChange, SendRef, SendState } from '../../ports/alert.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import { noticesReader } from './notices-to-others.ts';
import type { Timers } from './timers.ts';
import { toldReader } from './told-addresses.ts';
import { StaleTurn, type TurnScope } from './turn-scope.ts';

type Of<Kind extends AlertChange['kind']> = Extract<AlertChange, { kind: Kind }>;

export interface ThresholdsWriter {
  set(change: Of<'set_threshold'>): void;
  remove(change: Of<'remove_threshold'>): void;
  mark(change: Of<'mark_threshold'>): void;
  raise(change: Of<'raise_alert'>, scope: TurnScope): void;
  trySend(change: Of<'try_send'>, scope: TurnScope): void;
  stopAlerts(change: Of<'stop_alerts'>, scope: TurnScope): void;
}

export function thresholdsWriter(db: Db): ThresholdsWriter {
  const set = db.prepare(
    `INSERT INTO threshold (id, wallet_id, created_by, units, alert_type, method, message, quiet_from, quiet_to, recipients, armed,
       alerted_at, set_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (wallet_id, created_by) DO UPDATE SET units = excluded.units, alert_type = excluded.alert_type,
       method = excluded.method, message = excluded.message, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
       recipients = excluded.recipients, armed = excluded.armed, alerted_at = excluded.alerted_at, set_at = excluded.set_at`,
  );
  const remove = db.prepare<[string]>('DELETE FROM threshold WHERE id = ?');
  const mark = db.prepare<[number, Instant | null, string]>('UPDATE threshold SET armed = ?, alerted_at = ? WHERE id = ?');
  const raise = db.prepare('INSERT INTO alert (id, wallet_id, threshold_id, facts, language, at) VALUES (?, ?, ?, ?, ?, ?)');
  const reminded = db.prepare<[number, string]>('UPDATE threshold SET reminders = iif(?, reminders + 1, 0) WHERE id = ?');
  const send = db.prepare(
    `INSERT INTO alert_send (alert_id, n, way, address, own, state, why, at, app_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT app_id FROM wallet WHERE id = ?))`,
  );
  const spare = db.prepare<[string, number], { wallet_id: string; way: AlertWay; own: number }>(
    'SELECT a.wallet_id, s.way, s.own FROM alert_send s JOIN alert a ON a.id = s.alert_id WHERE s.alert_id = ? AND s.n = ?',
  );
  const toOthers = noticesReader(db);
  const trySend = db.prepare<[string, number]>(
    "UPDATE alert_send SET state = 'waiting' WHERE alert_id = ? AND n = ? AND state = 'spare'",
  );
  const toldAt = toldReader(db);
  const stop = db.prepare<[Instant | null, string]>('UPDATE conversation SET alerts_stopped_at = ? WHERE customer_id = ?');
  return {
    set({ walletId, threshold }) {
      const { id, createdBy, units, alertType, method, message, quiet, recipients, armed, alertedAt, setAt } = threshold;
      const from = quiet?.fromMinute ?? null;
      const to = quiet?.toMinute ?? null;
      const list = JSON.stringify(recipients);
      set.run(id, walletId, createdBy, units, alertType, method, message, from, to, list, armed ? 1 : 0, alertedAt, setAt);
    },
    remove: ({ thresholdId }) => void remove.run(thresholdId),
    mark: ({ thresholdId, armed, alertedAt }) => void mark.run(armed ? 1 : 0, alertedAt, thresholdId),
    raise({ id, walletId, thresholdId, facts, language, sends, ceiling, heldFirst }, { at }) {
      const others = sends.filter((planned) => planned.state === 'waiting' && isNoticeToOthers(planned)).length;
      if (others > 0 || heldFirst) {
        const before = toOthers(walletId, at);
        // Other wallets told others meanwhile.
        if (others > noticesLeft(ceiling, before) || (heldFirst && before.held)) throw new StaleTurn('too much went to others');
      }
      raise.run(id, walletId, thresholdId, JSON.stringify(facts), language, at);
      sends.forEach((planned, n) => {
        const { way, address, own, state, held } = planned;
        // Another wallet told this address meanwhile.
        if (state === 'waiting' && toldEnough(planned, toldAt(planned, at), at)) throw new StaleTurn(`${way} told often enough`);
        send.run(id, n, way, address, own ? 1 : 0, state, held === true ? 'ceiling' : null, at, walletId);
      });
      reminded.run(facts.kind === 'reminder' ? 1 : 0, thresholdId);
    },
    trySend({ alert: { alertId, n }, ceiling }, { at }) {
      const row = spare.get(alertId, n);
      const counts = row !== undefined && isNoticeToOthers({ way: row.way, own: row.own === 1 });
      if (counts && noticesLeft(ceiling, toOthers(row.wallet_id, at)) === 0) throw new StaleTurn('too much went to others');
      // Two sends of one alert failed at once, and the other took this address: the next one is looked for.
      if (trySend.run(alertId, n).changes !== 1) throw new StaleTurn(`no spare ${n} of alert ${alertId}`);
    },
    stopAlerts: ({ customerId, stopped }, { at }) => void stop.run(stopped ? at : null, customerId),
  };
}

/** What became of one send: written with the end of its outbox row. */
export interface AlertEnds {
  sent(send: SendRef): void;
  /** Whoever else may be told is looked for in a turn of its own. */
  failed(send: SendRef, why: string, now: Instant): void;
}

export function alertEnds(db: Db, timers: Timers): AlertEnds {
  const end = db.prepare<[SendState, string | null, string, number]>(
    "UPDATE alert_send SET state = ?, why = ? WHERE alert_id = ? AND n = ? AND state = 'waiting'",
  );
  return {
    sent: ({ alertId, n }) => void end.run('sent', null, alertId, n),
    failed({ alertId, n }, why, now) {
      if (end.run('failed', why, alertId, n).changes === 0) return;
      timers.set(`alert:${alertId}:${n}`, now, { kind: 'alert_failed', alertId, n });
    },
  };
}
