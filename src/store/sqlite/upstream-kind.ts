/**
 * Owns the marks that say of a database whether its orders of airtime, and of SMS, are real or simulated. The one kind is never carried
 * out by the other: a simulated upstream would "deliver" what nobody paid for, and the ledger would hold both.
 */

import type { OrderKind } from '../../domain/order.ts';
import { ok, err, type Result } from '../../lib/result.ts';
import type { SqliteStore } from './open.ts';

export type UpstreamKind = 'real' | 'simulated';

/** What is sold, and where its mark stands. */
const KEYS: Readonly<Record<OrderKind, string>> = { airtime: 'airtime_kind', sms: 'payment_kind' };

/**
 * To be called by the holder of the role, before anything is turned. Until there is an order the mark follows whoever opens the
 * database; an older database, with orders and no mark, takes it once. The error is the kind that its orders are of.
 */
export async function claimKind(
  store: Pick<SqliteStore, 'db' | 'setting' | 'putSetting'>,
  sold: OrderKind,
  kind: UpstreamKind,
): Promise<Result<void, UpstreamKind>> {
  const marked = await store.setting(KEYS[sold]);
  if (marked === kind) return ok(undefined);
  const ordered = store.db.prepare<[OrderKind]>('SELECT 1 FROM orders WHERE kind = ? LIMIT 1').get(sold) !== undefined;
  if (ordered && marked !== null) return err(marked as UpstreamKind);
  await store.putSetting(KEYS[sold], kind);
  return ok(undefined);
}
