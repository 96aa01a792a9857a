/** Owns how many SMS the wallets of our own ledger hold together: what nobody would see where another server keeps the wallets. */

import { HUNDREDTHS_PER_SMS } from '../../domain/ledger.ts';
import type { Db } from './connection.ts';

export interface HeldHere {
  /** Whole messages. */
  readonly sms: number;
  /** With one message at least. */
  readonly wallets: number;
}

export function heldHere(db: Db): HeldHere {
  // Accounts of wallets lie together in the index: ';' is what follows ':'.
  const sum = db.prepare<[number, number, number], HeldHere>(
    `SELECT coalesce(sum(balance / ?), 0) AS sms, count(*) AS wallets FROM account
     WHERE id > 'wallet:' AND id < 'wallet;' AND substr(id, -4) = ':SMS' AND balance / ? >= ?`,
  );
  return sum.get(HUNDREDTHS_PER_SMS, HUNDREDTHS_PER_SMS, 1) ?? { sms: 0, wallets: 0 };
}
