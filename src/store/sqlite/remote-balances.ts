/** Owns what another server last said of the wallets that it keeps, who waits to hear it, and when each is asked for again. */

import type { Buyer } from '../../domain/tariff.ts';
import type { Instant } from '../../lib/clock.ts';
import { walletCounted } from '../../ports/counted.ts';
import type { Asking, DueBalance, RemoteBalance } from '../../ports/remote-balance.ts';
import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import { appColumn, NO_APP } from './app-column.ts';
import type { remoteBalance } from './schema-wallets.ts';
import type { TurnScope } from './turn-scope.ts';
import type { Versions } from './versions.ts';

type Row = typeof remoteBalance.$inferSelect;
type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export interface RemoteBalances {
  want(change: Of<'want_balance'>): void;
  note(change: Of<'note_balance'>, scope: TurnScope): void;
  /** Those that are due, put off until `now + leaseMs` in case nothing is heard of them. */
  claim(now: Instant, limit: number, leaseMs: number): readonly DueBalance[];
  nextDueAt(): Instant | null;
}

export function remoteBalancesOf(db: Db, { write }: DbTransactions, versions: Versions): RemoteBalances {
  const want = db.prepare<[{ app: string; user: string; due: Instant; chat: string | null }]>(
    `INSERT INTO remote_balance (app_id, user_id, spent_units, failures, looks, due_at, asked)
     VALUES (@app, @user, 0, 0, 0, @due, iif(@chat IS NULL, '[]', json_array(@chat)))
     ON CONFLICT (app_id, user_id) DO UPDATE SET due_at = min(coalesce(due_at, @due), @due),
       asked = iif(@chat IS NULL OR EXISTS (SELECT 1 FROM json_each(asked) WHERE value = @chat), asked, json_insert(asked, '$[#]', @chat))`,
  );
  const note = db.prepare(
    `UPDATE remote_balance SET units = ?, millikes = ?, changed_at = ?, read_at = ?, before_units = ?, before_at = ?, spent_units = ?,
       spent_since = ?, failures = ?, looks = looks + 1, due_at = ?, asked = ?, told_at = ? WHERE app_id = ? AND user_id = ?`,
  );
  const due = db.prepare<[Instant, number], Pick<Row, 'app_id' | 'user_id' | 'looks'>>(
    'SELECT app_id, user_id, looks FROM remote_balance WHERE due_at <= ? ORDER BY due_at LIMIT 0 + ?',
  );
  const putOff = db.prepare<[Instant, string, string]>('UPDATE remote_balance SET due_at = ? WHERE app_id = ? AND user_id = ?');
  const read = remoteBalanceReader(db);
  const next = db.prepare<[], Instant | null>('SELECT min(due_at) FROM remote_balance WHERE due_at IS NOT NULL').pluck();
  return {
    want: ({ owner, dueAt, asking }) =>
      void want.run({
        app: appColumn(owner.appId),
        user: owner.userId,
        due: dueAt,
        chat: asking === null ? null : written(asking),
      }),
    note({ owner, balance: { watch, milliKes, changedAt, toldAt, spent, asked }, dueAt }, { at }) {
      const { latest, before, failures } = watch;
      // Whoever asked while it was read is not answered yet.
      const answered = asked.map(written);
      const left = (read(owner)?.asked ?? []).map(written).filter((one) => !answered.includes(one));
      note.run(
        latest?.balance ?? null,
        milliKes,
        changedAt,
        latest?.at ?? null,
        before?.balance ?? null,
        before?.at ?? null,
        spent.units,
        spent.since,
        failures,
        left.length === 0 ? dueAt : at,
        JSON.stringify(left),
        toldAt,
        appColumn(owner.appId),
        owner.userId,
      );
      versions.bump(walletCounted(owner));
    },
    claim(now, limit, leaseMs) {
      if (due.get(now, 1) === undefined) return [];
      return write(() =>
        due.all(now, limit).map(({ app_id, user_id, looks }) => {
          putOff.run(now + leaseMs, app_id, user_id);
          return { owner: { appId: app_id === NO_APP ? null : app_id, userId: user_id }, looks };
        }),
      );
    },
    nextDueAt: () => next.get() ?? null,
  };
}

/** Null: nobody ever wanted to know. */
export function remoteBalanceReader(db: Db): (owner: Buyer) => RemoteBalance | null {
  const find = db.prepare<[string, string], Row>('SELECT * FROM remote_balance WHERE app_id = ? AND user_id = ?');
  return ({ appId, userId }) => {
    const row = find.get(appColumn(appId), userId);
    if (row === undefined) return null;
    const reading = (units: number | null, at: Instant | null) => (units === null || at === null ? null : { balance: units, at });
    return {
      watch: {
        latest: reading(row.units, row.read_at),
        before: reading(row.before_units, row.before_at),
        failures: row.failures,
      },
      milliKes: row.millikes,
      changedAt: row.changed_at,
      spent: { units: row.spent_units, since: row.spent_since },
      toldAt: row.told_at,
      looks: row.looks,
      asked: (JSON.parse(row.asked) as string[]).map(asWritten),
    };
  };
}

const FOR_PRICE = ' price';

/** How somebody who waits stands in the row: the chat, and what for where it is not the figure. */
function written({ conversationId, wants }: Asking): string {
  return wants === 'price' ? `${conversationId}${FOR_PRICE}` : conversationId;
}

function asWritten(text: string): Asking {
  return text.endsWith(FOR_PRICE)
    ? { conversationId: text.slice(0, -FOR_PRICE.length), wants: 'price' }
    : { conversationId: text, wants: 'figure' };
}
