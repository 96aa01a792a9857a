/**
 * Owns what is known from outside of the wallets of SMS: what was asked of them and what that was answered, what the database says of
 * thresholds and alerts after every commit.
 */

import type { Instant } from '../lib/clock.ts';
import type { SqliteStore } from '../store/sqlite/open.ts';
import type { TransferRow } from './facts.ts';

/** Everything that a program asked under one key. */
export interface Asked {
  readonly kind: 'top_up' | 'debit';
  /** Whose wallet, by `userId`. */
  readonly owner: string;
  /** Shillings or messages: the most that any request under this key named. */
  most: number;
  /** What was answered that it moved; null: nothing that would be answered again. */
  moved: number | null;
  heard: boolean;
}

export interface ThresholdRow {
  readonly id: string;
  readonly wallet_id: string;
  readonly created_by: string;
  readonly units: number;
  readonly armed: number;
  readonly quiet: number;
  readonly set_at: number;
}

/** What is expected of a threshold. */
export interface Expected extends Pick<ThresholdRow, 'units' | 'set_at' | 'quiet'> {
  /** It was crossed, and nobody was told yet; `later`: in quiet hours, or everybody had been told too often. */
  owed: 'now' | 'later' | null;
  /** Crossed: what comes now is no news before the balance has been well above it. */
  low: boolean;
  /** When an alert was raised for it last, or its own person saw that it is low; null: since it is low none was. */
  toldAt: Instant | null;
  /** Between the threshold and 110 % of it nothing is armed, and there is nothing to be reminded of either. Null: it is not below. */
  belowSince: Instant | null;
}

export interface AlertRow {
  readonly seq: number;
  readonly id: string;
  readonly threshold_id: string;
  readonly kind: 'crossing' | 'reminder';
  readonly balance: number;
  readonly units: number;
  /** How many addresses are told at once: none where all of them were told too often lately. */
  readonly tells: number;
  /** An address that stands in it twice. */
  readonly twice: string | null;
}

/** What moved in the wallets that no order moved, in whole messages and shillings. */
export interface Moved {
  spent: number;
  paidIn: number;
}

export class WalletFacts {
  readonly asked = new Map<string, Asked>();
  /** By the id of the threshold. */
  readonly expected = new Map<string, Expected>();
  readonly #moved = new Map<string, Moved>();
  #lastAlert = 0;

  movedOf(owner: string): Moved {
    let moved = this.#moved.get(owner);
    if (moved === undefined) this.#moved.set(owner, (moved = { spent: 0, paidIn: 0 }));
    return moved;
  }

  /** `owner`: of the wallet that it touches. */
  posted({ kind, debit_account, amount }: TransferRow, owner: string): void {
    const moved = this.movedOf(owner);
    if (kind === 'use') moved.spent += amount / 100;
    if (kind === 'top_up' && debit_account.startsWith('paid-through:')) moved.paidIn += amount / 1_000;
  }

  thresholds(store: SqliteStore): readonly ThresholdRow[] {
    return queriesOf(store).thresholds.all();
  }

  /** That were raised since this was asked last. */
  newAlerts(store: SqliteStore): readonly AlertRow[] {
    const alerts = queriesOf(store).alerts.all(this.#lastAlert);
    this.#lastAlert = alerts.at(-1)?.seq ?? this.#lastAlert;
    return alerts;
  }

  /** Of a wallet that another server keeps; null: nothing was read. */
  lastReadOf(store: SqliteStore, owner: string): number | null {
    return queriesOf(store).lastRead.get(owner) ?? null;
  }

  /** `userId`s of the wallets that there are. */
  owners(store: SqliteStore): readonly string[] {
    return queriesOf(store).owners.all();
  }
}

function prepare({ db }: SqliteStore) {
  return {
    thresholds: db.prepare<[], ThresholdRow>(
      `SELECT id, wallet_id, created_by, units, armed, quiet_from IS NOT NULL AS quiet, set_at FROM threshold ORDER BY id`,
    ),
    alerts: db.prepare<[number], AlertRow>(
      `SELECT a.rowid AS seq, a.id, a.threshold_id, a.facts ->> 'kind' AS kind, a.facts ->> 'balance' AS balance,
         a.facts ->> 'threshold' AS units,
         (SELECT count(*) FROM alert_send s WHERE s.alert_id = a.id AND s.state NOT IN ('spare', 'skipped')) AS tells,
         (SELECT way || ' ' || address FROM alert_send s WHERE s.alert_id = a.id GROUP BY way, address HAVING count(*) > 1) AS twice
       FROM alert a WHERE a.rowid > ? ORDER BY a.rowid`,
    ),
    lastRead: db.prepare<[string], number | null>('SELECT units FROM remote_balance WHERE user_id = ?').pluck(),
    owners: db.prepare<[], string>('SELECT user_id FROM wallet ORDER BY rowid').pluck(),
  };
}

const prepared = new WeakMap<SqliteStore['db'], ReturnType<typeof prepare>>();

function queriesOf(store: SqliteStore): ReturnType<typeof prepare> {
  const before = prepared.get(store.db);
  if (before !== undefined) return before;
  const queries = prepare(store);
  prepared.set(store.db, queries);
  return queries;
}
