/**
 * Owns the writing of the ledger: opens accounts as they are first used, and posts journals whole. The sums are kept by triggers of the
 * database; here stands what a trigger cannot know, that a turn sells exactly what it delivers.
 */

import { isDeepStrictEqual } from 'node:util';
import { assert } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import { journal as checked, saleOf, type Account, type Journal, type Transfer } from '../../domain/ledger.ts';
import { kes } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { CENTS_PER_KES } from './order-rows.ts';
import type { TurnScope } from './turn-scope.ts';

export interface LedgerWriter {
  /** Throws when the journal was posted before, is no journal, or would take an account below its floor. */
  post(change: Extract<Change, { kind: 'post' }>, scope: TurnScope): void;
  /** Throws unless every order that these changes delivered was sold by them, for its amount, and nothing else was. */
  assertSales(changes: readonly Change[]): void;
}

export function ledgerWriter(db: Db): LedgerWriter {
  const openAccount = accountOpener(db);
  const add = db.prepare<[string, string, string | null, number | null, Instant]>(
    'INSERT INTO journal (idempotency_key, kind, order_id, reverses, at) VALUES (?, ?, ?, ?, ?)',
  );
  const move = db.prepare<[number | bigint, string, string, string, number]>(
    'INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount) VALUES (?, ?, ?, ?, ?)',
  );
  const reversed = reversedJournal(db);
  return {
    post({ journal }, { at }) {
      const { key, kind, orderId, transfers } = checked(journal);
      const { lastInsertRowid } = add.run(key, kind, orderId, reversed(journal), at);
      for (const { debit, credit, amount } of transfers) {
        openAccount(debit, at);
        openAccount(credit, at);
        move.run(lastInsertRowid, debit.id, credit.id, debit.asset, amount);
      }
    },
    assertSales: salesChecker(db),
  };
}

/** An account is what it was when it was opened: nobody lowers a floor by using it. Nearly every account is there, so it is looked for first. */
function accountOpener(db: Db): (account: Account, at: Instant) => void {
  const open = db.prepare<[string, string, number | null, Instant]>(
    'INSERT INTO account (id, asset, floor, opened_at) VALUES (?, ?, ?, ?)',
  );
  const find = db.prepare<[string], Pick<Account, 'asset' | 'floor'>>('SELECT asset, floor FROM account WHERE id = ?');
  return ({ id, asset, floor }, at) => {
    const found = find.get(id);
    if (found === undefined) open.run(id, asset, floor, at);
    else assert(found.asset === asset && found.floor === floor, `account ${id} is another one in the ledger`);
  };
}

/** The row of the journal that is undone, or null. A reversal is the whole of it, the other way round. */
function reversedJournal(db: Db): (journal: Journal) => number | null {
  const find = db.prepare<[string], number>('SELECT id FROM journal WHERE idempotency_key = ?').pluck();
  const transfers = db.prepare<[number], { debit: string; credit: string; amount: number }>(
    'SELECT debit_account AS debit, credit_account AS credit, amount FROM transfer WHERE journal_id = ? ORDER BY id',
  );
  return ({ key, reverses, transfers: back }) => {
    if (reverses === null) return null;
    const id = find.get(reverses);
    assert(id !== undefined, `${key} reverses ${reverses}, which was never posted`);
    const mirrored = back.map(({ debit, credit, amount }: Transfer) => ({ debit: credit.id, credit: debit.id, amount }));
    assert(isDeepStrictEqual(transfers.all(id), mirrored), `${key} is not ${reverses} the other way round`);
    return id;
  };
}

function salesChecker(db: Db): LedgerWriter['assertSales'] {
  const ordered = db.prepare<[string], { kind: Order['kind']; amount_minor: number }>(
    'SELECT kind, amount_minor FROM orders WHERE id = ?',
  );
  const expected = (id: string): Journal | null => {
    const order = ordered.get(id);
    return order?.kind === 'airtime'
      ? saleOf({ id, kind: order.kind, amountKes: kes(order.amount_minor / CENTS_PER_KES) })
      : null;
  };
  return (changes) => {
    const delivered = changes.flatMap(deliveredBy).sort();
    const sales = changes.flatMap((change) => (change.kind === 'post' && change.journal.kind === 'sale' ? [change.journal] : []));
    if (delivered.length === 0 && sales.length === 0) return;
    const sold = sales.map(({ orderId }) => orderId ?? '').sort();
    assert(isDeepStrictEqual(sold, delivered), `delivered ${delivered.join() || 'nothing'}, sold ${sold.join() || 'nothing'}`);
    for (const sale of sales)
      assert(isDeepStrictEqual(sale, expected(sale.orderId ?? '')), `${sale.key} is not the sale of its order`);
  };
}

function deliveredBy(change: Change): string[] {
  if (change.kind === 'advance_order') return change.to === 'delivered' ? [change.orderId] : [];
  return change.kind === 'open_order' && change.order.state === 'delivered' ? [change.order.id] : [];
}
