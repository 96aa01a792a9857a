/**
 * Owns how two customers become one: what stands under the one is moved to the other, and a pointer stays behind. Consents are
 * append-only and stay where they were given. A table with a customer in it that is not named here is a mistake; a test looks.
 */

import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { StaleTurn } from './turn-scope.ts';
import type { Versions } from './versions.ts';

type Merge = Extract<Change, { kind: 'merge_customers' }>;

export const MOVED = ['orders', 'phone_claim', 'identity', 'conversation', 'wallet_link'] as const;
export const LEFT = ['consent'] as const;

export function customerMerger(db: Db, versions: Versions): (merge: Merge) => void {
  const merged = db.prepare<[string], string | null>('SELECT merged_into FROM customer WHERE id = ?').pluck();
  const point = db.prepare<[string, string]>('UPDATE customer SET merged_into = ? WHERE id = ?');
  const move = MOVED.map((table) => {
    // Whoever is deciding in one of the chats decided for a customer who is no more.
    const counted = table === 'conversation' ? ', version = version + 1' : '';
    return db.prepare<[string, string]>(`UPDATE ${table} SET customer_id = ?${counted} WHERE customer_id = ?`);
  });
  return ({ from, into }) => {
    if (from === into) throw new Error(`invariant broken: ${from} is one person already`);
    if (merged.get(from) !== null || merged.get(into) !== null) throw new StaleTurn('one of them was merged before');
    for (const one of move) one.run(into, from);
    point.run(into, from);
    for (const customer of [from, into]) versions.bump(`customer:${customer}`);
  };
}
