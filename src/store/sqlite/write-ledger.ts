/**
 * Owns the writing of the ledger: opens accounts as they are first used, and posts journals whole. The sums are kept by triggers of the
 * database; here stands what a trigger cannot know, that a turn books exactly what it delivers.
 */

import { isDeepStrictEqual } from 'node:util';
import { assert } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import {
  deliveryKey,
  journal as checked,
  paidThrough,
  saleKey,
  saleOf,
  walletAccount,
  walletsMovedBy,
  type Account,
  type Journal,
  type Transfer,
} from '../../domain/ledger.ts';
import { kes, MILLIKES_PER_KES } from '../../domain/money.ts';
import { isFilledHere, isTakenBack } from '../../domain/order.ts';
import { walletCounted } from '../../ports/counted.ts';
import type { Change, Turn } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { CENTS_PER_KES, standingOf, type StandingRow } from './order-rows.ts';
import { NO_APP } from './app-column.ts';
import type { TurnScope } from './turn-scope.ts';

export interface LedgerWriter {
  /**
   * Throws when the journal was posted before, is no journal, or would take an account below its floor. A wallet whose balance it moves
   * counts its version up.
   */
  post(change: Extract<Change, { kind: 'post' }>, scope: TurnScope): void;
  /**
   * Throws unless every order that the turn delivered is booked by it, airtime sold or SMS put in their wallet, and nothing else is; and
   * unless it rests on every wallet whose balance it moves, so that none is moved by who has not seen what is in it.
   */
  assertBooked(turn: Pick<Turn, 'read' | 'changes'>): void;
}

export function ledgerWriter(db: Db): LedgerWriter {
  const openAccount = accountOpener(db);
  const add = db.prepare<[string, string, string | null, number | null, Instant]>(
    'INSERT INTO journal (idempotency_key, kind, order_id, reverses, at) VALUES (?, ?, ?, ?, ?)',
  );
  const move = db.prepare<[number | bigint, string, string, string, number]>(
    'INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount) VALUES (?, ?, ?, ?, ?)',
  );
  const touch = db.prepare<[Instant, string]>('UPDATE wallet SET changed_at = ?, version = version + 1 WHERE id = ?');
  const reversed = reversedJournal(db);
  const assertDeliveries = deliveryChecker(db);
  const assertSeen = walletChecker(db);
  return {
    post({ journal }, { at }) {
      const { key, kind, orderId, transfers } = checked(journal);
      const { lastInsertRowid } = add.run(key, kind, orderId, reversed(journal), at);
      for (const { debit, credit, amount } of transfers) {
        openAccount(debit, at);
        openAccount(credit, at);
        move.run(lastInsertRowid, debit.id, credit.id, debit.asset, amount);
      }
      for (const id of walletsMovedBy(journal))
        if (touch.run(at, id).changes !== 1) throw new Error(`invariant broken: no wallet ${id}`);
    },
    assertBooked({ read, changes }) {
      assertDeliveries(changes);
      assertSeen(read, changes);
    },
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

function walletChecker(db: Db): (read: Turn['read'], changes: readonly Change[]) => void {
  const ownerOf = db.prepare<[string], { readonly app_id: string; readonly user_id: string }>(
    'SELECT app_id, user_id FROM wallet WHERE id = ?',
  );
  return (read, changes) => {
    for (const change of changes) {
      if (change.kind !== 'post') continue;
      for (const id of walletsMovedBy(change.journal)) {
        const owner = ownerOf.get(id);
        assert(owner !== undefined, `${change.journal.key} moves the wallet ${id}, which nobody opened`);
        const name = walletCounted({ appId: owner.app_id === NO_APP ? null : owner.app_id, userId: owner.user_id });
        assert(Object.hasOwn(read, name), `${change.journal.key} moves a wallet that its turn does not rest on`);
      }
    }
  };
}

function deliveryChecker(db: Db): (changes: readonly Change[]) => void {
  const ordered = db.prepare<[string], OrderedRow>(
    'SELECT id, ref, kind, state, amount_minor, wallet_at, paid_at, restored_at, taken_back_at, wallet_app_id, wallet_user_id, price_millikes, price_source FROM orders WHERE id = ?',
  );
  const walletOf = db.prepare<[string, string], string>('SELECT id FROM wallet WHERE app_id = ? AND user_id = ?').pluck();
  const assertDelivery = (posted: Journal, changes: readonly Change[]): void => {
    const row = ordered.get(posted.orderId ?? '');
    assert(row !== undefined, `${posted.key} is of no order`);
    const amountKes = kes(row.amount_minor / CENTS_PER_KES);
    if (!isFilledHere(standingOf(row))) {
      assert(
        isDeepStrictEqual(posted, saleOf({ id: row.id, kind: row.kind, amountKes })),
        `${posted.key} is not the sale of its order`,
      );
      return;
    }
    const wallet = walletOf.get(row.wallet_app_id ?? NO_APP, row.wallet_user_id ?? '');
    assert(posted.kind === 'top_up' && posted.key === deliveryKey(row.id), `${posted.key} does not deliver ${row.ref}`);
    const paidIn: Transfer = {
      debit: paidThrough('daraja'),
      credit: walletAccount(wallet ?? '', 'KES'),
      amount: amountKes * MILLIKES_PER_KES,
    };
    assert(isDeepStrictEqual(posted.transfers[0], paidIn), `${posted.key} does not bring what ${row.ref} was paid with`);
    const purchases = changes.filter((change) => change.kind === 'sms_purchase' && change.journalKey === posted.key);
    const [purchase] = purchases;
    const fits =
      purchases.length === 1 &&
      purchase?.kind === 'sms_purchase' &&
      purchase.walletId === wallet &&
      purchase.amountKes === amountKes &&
      purchase.price.milliKes === row.price_millikes &&
      purchase.price.source === row.price_source;
    assert(fits, `${posted.key} is not the purchase that ${row.ref} promised`);
  };
  /**
   * Nobody looks for an order that rests between payment and delivery: here it is delivered in the same turn, elsewhere it is called for.
   * Or somebody looks for it.
   */
  const assertGoesOn = (orderId: string, changes: readonly Change[]): void => {
    const row = ordered.get(orderId);
    const calls = changes.some(
      (change) => change.kind === 'call' && change.purpose === 'deliver_sms' && change.orderId === orderId,
    );
    if (row?.state === 'review') {
      assert(!calls, `${orderId} is with a person, and its delivery is called for`);
      return assert(!isFilledHere(standingOf(row)) && row.paid_at !== null, `${orderId} is with a person as if it were unpaid`);
    }
    if (row !== undefined && isFilledHere(standingOf(row)))
      return assert(
        !calls && changes.some((change) => deliveredBy(change).includes(orderId)),
        `${orderId} was paid for and not delivered`,
      );
    assert(calls, `${orderId} was paid for, and its delivery is not called for`);
    assert(row?.paid_at != null, `${orderId} was paid for, and nobody knows when`);
  };
  /** What is found not to be delivered after all is not sold: its sale is undone in the same turn. */
  const assertTakenBack = (change: Change, changes: readonly Change[]): void => {
    if (change.kind !== 'advance_order' || !isTakenBack({ state: change.from }, change.to)) return;
    const { orderId } = change;
    const undone = changes.some((one) => one.kind === 'post' && one.journal.reverses === saleKey(orderId));
    assert(undone, `${orderId} is not delivered after all, and stays sold`);
    assert(ordered.get(orderId)?.taken_back_at != null, `${orderId} was taken back, and nobody knows when`);
  };
  return (changes) => {
    for (const change of changes) assertTakenBack(change, changes);
    const delivered = changes.flatMap(deliveredBy).sort();
    for (const change of changes)
      if (change.kind === 'advance_order' && change.to === 'paid') assertGoesOn(change.orderId, changes);
    const posted = changes.flatMap((change) => (change.kind === 'post' && isDelivery(change.journal) ? [change.journal] : []));
    if (delivered.length === 0 && posted.length === 0) return;
    const booked = posted.map(({ orderId }) => orderId ?? '').sort();
    assert(
      isDeepStrictEqual(booked, delivered),
      `delivered ${delivered.join() || 'nothing'}, booked ${booked.join() || 'nothing'}`,
    );
    for (const journal of posted) assertDelivery(journal, changes);
  };
}

interface OrderedRow extends StandingRow {
  readonly id: string;
  readonly amount_minor: number;
  readonly wallet_app_id: string | null;
  readonly wallet_user_id: string | null;
  readonly price_millikes: number | null;
  readonly price_source: string | null;
}

/** What only an order posts: a sale, or a top-up that names one. */
function isDelivery({ kind, orderId }: Journal): boolean {
  return kind === 'sale' || (kind === 'top_up' && orderId !== null);
}

function deliveredBy(change: Change): string[] {
  if (change.kind === 'advance_order') return change.to === 'delivered' ? [change.orderId] : [];
  return change.kind === 'open_order' && change.order.state === 'delivered' ? [change.order.id] : [];
}
