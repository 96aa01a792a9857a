/** Owns settings that a person or the program changes while it runs, and the switch that stops new orders. */

import type { Clock } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import type { Versions } from './versions.ts';
import { SALES_COUNTED } from '../../ports/counted.ts';

/** The setting that stops new orders: its value is the reason; empty or absent, sales go on. */
export const SALES_STOPPED = 'sales_stopped';

export interface Settings {
  get(key: string): string | null;
  put(key: string, value: string): void;
  /** Within a dbTransaction: null lets sales go on. */
  switchSales(stopped: string | null, at: number): void;
}

export function settingsOf(db: Db, { write }: DbTransactions, versions: Versions, clock: Clock): Settings {
  const get = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();
  const put = db.prepare<[string, string, number]>(
    `INSERT INTO setting (key, value, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
  );
  const set = (key: string, value: string, at: number): void => {
    put.run(key, value, at);
    if (key === SALES_STOPPED) versions.bump(SALES_COUNTED);
  };
  return {
    get: (key) => get.get(key) ?? null,
    put: (key, value) => write(() => set(key, value, clock.now())),
    switchSales: (stopped, at) => set(SALES_STOPPED, stopped ?? '', at),
  };
}
