/**
 * Owns how many SMS another server held in wallets of our customers when it last told, and which server that is: what nobody would see
 * where wallets are kept here again.
 */

import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import type { HeldHere } from './held-here.ts';
import type { SqliteStore } from './open.ts';

const LAST_SERVER = 'wallets_last_at';

export interface HeldThere extends HeldHere {
  /** When the last of them was told; null: none was. */
  readonly toldAt: Instant | null;
  /** The last server's host; null: nobody wrote it down. */
  readonly host: string | null;
}

export function heldThere(db: Db): HeldThere {
  const sum = db.prepare<[string], HeldThere>(
    `SELECT coalesce(sum(units), 0) AS sms, count(*) AS wallets, max(told_at) AS toldAt,
       (SELECT value FROM setting WHERE key = ?) AS host
     FROM remote_balance WHERE units >= 1`,
  );
  return sum.get(LAST_SERVER) ?? { sms: 0, wallets: 0, toldAt: null, host: null };
}

/** To be called while that server keeps the wallets: its address is gone when somebody wants to know. */
export async function rememberServer(store: Pick<SqliteStore, 'setting' | 'putSetting'>, baseUrl: string): Promise<void> {
  const { host } = new URL(baseUrl);
  if ((await store.setting(LAST_SERVER)) !== host) await store.putSetting(LAST_SERVER, host);
}
