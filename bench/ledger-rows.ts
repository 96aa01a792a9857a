/** Owns the postings that the ledger is measured with, and the yardstick: the bare driver writing the same rows, with nothing read or checked. */

import { hash } from 'node:crypto';
import { elapsed } from '../src/lib/clock.ts';
import { kes } from '../src/domain/money.ts';
import type { Buyer } from '../src/domain/tariff.ts';
import { EMPTY, topUp } from '../src/domain/wallet.ts';
import type { Journal } from '../src/domain/ledger.ts';
import { walletCounted } from '../src/ports/counted.ts';
import type { Turn } from '../src/ports/store.ts';
import type { Db } from '../src/store/sqlite/connection.ts';
import { chatEvent, START } from './store-turns.ts';

const WALLETS = 500;
const PRICE = { milliKes: 800, source: 'default' } as const;

/** A top-up of KES 400 at 0.8: three transfers, of which nothing is left. The same for the same number. */
export function topUpJournal(number: number): Journal {
  const paid = { key: `bench:${number}`, amountKes: kes(400), through: 'program', orderId: null } as const;
  return topUp({ id: walletOf(number), balances: EMPTY }, paid, PRICE).journal;
}

export function postingTurn(number: number): Turn {
  const event = { ...chatEvent(number), id: `posting:${number}` };
  // Each posting counts its wallet up by one.
  const read = { [walletCounted(ownerOf(number))]: 1 + Math.floor(number / WALLETS) };
  return { event, read, touched: [], changes: [{ kind: 'post', journal: topUpJournal(number) }] };
}

const walletOf = (number: number): string => `w-${number % WALLETS}`;
const ownerOf = (number: number): Buyer => ({ appId: null, userId: `user-${number % WALLETS}` });

/** Opens every wallet with its accounts, so that both sides begin with the same. */
export function openWallets(db: Db): void {
  const wallet = db.prepare(
    "INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version) VALUES (?, '', ?, ?, ?, 1)",
  );
  const open = db.prepare('INSERT OR IGNORE INTO account (id, asset, floor, opened_at) VALUES (?, ?, ?, ?)');
  db.transaction(() => {
    for (let number = 0; number < WALLETS; number += 1) wallet.run(walletOf(number), ownerOf(number).userId, START, START);
    for (let number = 0; number < WALLETS; number += 1)
      for (const { debit, credit } of topUpJournal(number).transfers)
        for (const { id, asset, floor } of [debit, credit]) open.run(id, asset, floor, START);
  })();
}

/** Takes away what keeps the balances and refuses what is wrong: the rows alone are left, with their keys. */
export function withoutTriggers(db: Db): void {
  const names = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
  db.exec(names.map((name) => `DROP TRIGGER ${name};`).join(''));
}

/** Postings per second, `perCommit` to a commit. The database's own rules (keys, triggers that keep the balances) hold for it too. */
export function barePostings(db: Db, postings: number, perCommit: number): number {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const inbound = db.prepare('INSERT INTO inbound_a (id) VALUES (?)');
  const progress = db.prepare("UPDATE progress SET value = ? WHERE name = 'last_committed_at'");
  const journal = db.prepare(
    "INSERT INTO journal (idempotency_key, kind, order_id, reverses, at) VALUES (?, 'top_up', NULL, NULL, ?)",
  );
  const transfer = db.prepare(
    'INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount) VALUES (?, ?, ?, ?, ?)',
  );
  const touch = db.prepare('UPDATE wallet SET changed_at = ?, version = version + 1 WHERE id = ?');
  const rows = Array.from({ length: postings }, (_, number) => ({
    wallet: walletOf(number),
    id: hash('sha256', `posting:${number}`, 'base64url').slice(0, 22),
    key: `bench:${number}`,
    transfers: topUpJournal(number).transfers.map(
      ({ debit, credit, amount }) => [debit.id, credit.id, debit.asset, amount] as const,
    ),
  }));
  const from = elapsed();
  for (let done = 0; done < postings; done += perCommit) {
    begin.run();
    const until = Math.min(done + perCommit, postings);
    for (let number = done; number < until; number += 1) {
      const row = rows[number];
      if (row === undefined) throw new Error('one row for each posting');
      inbound.run(row.id);
      const { lastInsertRowid } = journal.run(row.key, START + number);
      for (const one of row.transfers) transfer.run(lastInsertRowid, ...one);
      touch.run(START + number, row.wallet);
    }
    progress.run(START + until);
    commit.run();
  }
  return (postings / (elapsed() - from)) * 1_000;
}
