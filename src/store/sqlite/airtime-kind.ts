/**
 * Owns the mark that says of a database whether its orders are real or simulated. The one kind is never carried out by the other: a
 * simulated upstream would "deliver" what nobody paid for, and the ledger would hold both.
 */

import { ok, err, type Result } from '../../lib/result.ts';
import type { SqliteStore } from './open.ts';

export type AirtimeKind = 'real' | 'simulated';

const KEY = 'airtime_kind';

/**
 * To be called by the holder of the role, before anything is turned. Until there is an order the mark follows whoever opens the
 * database; an older database, with orders and no mark, takes it once. The error is the kind that its orders are of.
 */
export async function claimAirtimeKind(
  store: Pick<SqliteStore, 'db' | 'setting' | 'putSetting'>,
  kind: AirtimeKind,
): Promise<Result<void, AirtimeKind>> {
  const marked = await store.setting(KEY);
  if (marked === kind) return ok(undefined);
  const ordered = store.db.prepare('SELECT 1 FROM orders LIMIT 1').get() !== undefined;
  if (ordered && marked !== null) return err(marked as AirtimeKind);
  await store.putSetting(KEY, kind);
  return ok(undefined);
}
