/** Owns the list of all wallets, for the console: read a page at a time, so that a hundred thousand need no memory and hold nothing up. */

import { walletAccount } from '../../domain/ledger.ts';
import type { Buyer } from '../../domain/tariff.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import { appColumn, NO_APP } from './app-column.ts';

export interface ListedWallet {
  readonly owner: Buyer;
  readonly smsHundredths: number;
  readonly changedAt: Instant;
}

const PAGE = 500;

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly user_id: string;
  readonly changed_at: Instant;
}

/** By app and user. `appId` null: of every app. */
export function* listWallets(db: Db, appId: string | null): Generator<ListedWallet> {
  const balance = db.prepare<[string], number>('SELECT balance FROM account WHERE id = ?').pluck();
  const page = db.prepare<[string, string, string | null, string | null], Row>(
    `SELECT id, app_id, user_id, changed_at FROM wallet
     WHERE (app_id, user_id) > (?, ?) AND (? IS NULL OR app_id = ?) ORDER BY app_id, user_id LIMIT ${PAGE}`,
  );
  const only = appId === null ? null : appColumn(appId);
  let after: readonly [string, string] = [only ?? NO_APP, ''];
  for (;;) {
    const rows = page.all(...after, only, only);
    for (const { id, app_id, user_id, changed_at } of rows) {
      const owner = { appId: app_id === NO_APP ? null : app_id, userId: user_id };
      yield { owner, smsHundredths: balance.get(walletAccount(id, 'SMS').id) ?? 0, changedAt: changed_at };
      after = [app_id, user_id];
    }
    if (rows.length < PAGE) return;
  }
}
