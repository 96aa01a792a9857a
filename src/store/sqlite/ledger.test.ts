/** Shows that the database itself keeps the ledger: what it refuses to anybody, that its balances are the fold, and what the audit finds. */

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import {
  balancesOf,
  exchange,
  reversalOf,
  saleOf,
  type Account,
  type Asset,
  type Journal,
  type Transfer,
} from '../../domain/ledger.ts';
import { exchanged } from '../../../test/contracts/store-ledger.ts';
import { awaiting, filling, paidSteps } from '../../../test/contracts/store-sms-orders.ts';
import {
  NOW,
  achieng,
  commit,
  delivered,
  endOf,
  message,
  operatorEvent,
  phones,
  placed,
  turn,
  welcomed,
} from '../../../test/contracts/store-world.ts';
import { auditLedger } from './audit-ledger.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
  await welcomed(store, achieng);
});
afterEach(() => store.close());

/** An account with a floor that is nobody's wallet. */
const purse = (id: string, asset: Asset): Account => ({ id: `purse:${id}:${asset}`, asset, floor: 0 });

const post = (journal: Journal) => ({ kind: 'post', journal }) as const;
const balances = (): Record<string, number> =>
  Object.fromEntries(store.db.prepare<[], [string, number]>('SELECT id, balance FROM account ORDER BY id').raw().all());

/** One delivered order of KES 100, and one that is only placed. */
async function oneDelivered(): Promise<void> {
  const one = await placed(store, achieng, { id: 'sold', reference: 'JZSOLD' });
  await delivered(store, one);
  await placed(store, achieng, { id: 'open', reference: 'JZOPEN' });
}

describe('the database', () => {
  beforeEach(oneDelivered);

  it('holds the sale', () => {
    expect(balances()).toEqual({ 'paid-through:topups': -100_000, 'sold:airtime': 100_000 });
    expect(auditLedger(store.db)).toEqual({
      accounts: [
        { id: 'paid-through:topups', asset: 'KES', debited: 100_000, credited: 0 },
        { id: 'sold:airtime', asset: 'KES', debited: 0, credited: 100_000 },
      ],
      journals: 1,
      delivered: 1,
      faults: [],
    });
  });

  const journal = (columns: string, values: string): string => `INSERT INTO journal (${columns}) VALUES (${values})`;
  const transfer = (debit: string, credit: string, asset: string, amount: string, of = '(SELECT max(id) FROM journal)'): string =>
    `INSERT INTO transfer (journal_id, debit_account, credit_account, asset, amount)
     VALUES (${of}, '${debit}', '${credit}', '${asset}', ${amount})`;
  const within = (sql: string): string =>
    `${journal('idempotency_key, kind, at', "'k', 'top_up', 1")};
     INSERT INTO account (id, asset, floor, opened_at) VALUES ('sms', 'SMS', 0, 1), ('more-sms', 'SMS', NULL, 1); ${sql}`;

  it.each([
    ['another amount', 'UPDATE transfer SET amount = 1', 'append-only'],
    ['a transfer gone', 'DELETE FROM transfer', 'append-only'],
    ['a transfer replaced', 'INSERT OR REPLACE INTO transfer SELECT * FROM transfer', 'closed|append-only'],
    ['a journal gone', 'DELETE FROM journal', 'append-only'],
    ['another key', "UPDATE journal SET idempotency_key = 'x'", 'append-only'],
    ['an account gone', 'DELETE FROM account', 'append-only'],
    ['another balance', 'UPDATE account SET balance = 0', 'a balance changes by a transfer alone'],
    ['a transfer counted twice', 'UPDATE account SET balance = balance + 100000', 'a balance changes by a transfer alone'],
    ['another floor', 'UPDATE account SET floor = 0', 'a balance changes by a transfer alone'],
    ['another asset', "UPDATE account SET asset = 'SMS'", 'a balance changes by a transfer alone'],
    [
      'an account that opens with money',
      "INSERT INTO account (id, asset, opened_at, balance) VALUES ('x', 'KES', 1, 5)",
      'empty',
    ],
    ['an asset that is none', "INSERT INTO account (id, asset, opened_at) VALUES ('x', 'USD', 1)", 'CHECK constraint'],
    ['the key again', journal('idempotency_key, kind, at', "'sale:sold', 'top_up', 1"), 'UNIQUE constraint'],
    ['a second sale', journal('idempotency_key, kind, order_id, at', "'x', 'sale', 'sold', 1"), 'UNIQUE constraint'],
    ['a sale of nothing delivered', journal('idempotency_key, kind, order_id, at', "'x', 'sale', 'open', 1"), 'delivered order'],
    ['a sale of no order', journal('idempotency_key, kind, at', "'x', 'sale', 1"), 'delivered order|CHECK constraint'],
    ['a reversal of nothing', journal('idempotency_key, kind, at', "'x', 'reversal', 1"), 'CHECK constraint'],
    ['a kind that is none', journal('idempotency_key, kind, at', "'x', 'gift', 1"), 'CHECK constraint'],
    ['a transfer across assets', within(transfer('sold:airtime', 'sms', 'KES', '1')), 'FOREIGN KEY'],
    ['a transfer of another asset', within(transfer('more-sms', 'sms', 'KES', '1')), 'FOREIGN KEY'],
    ['half a transfer', within(transfer('more-sms', 'nobody', 'SMS', '1')), 'FOREIGN KEY'],
    ['a transfer to itself', within(transfer('sms', 'sms', 'SMS', '1')), 'CHECK constraint'],
    ['a transfer of nothing', within(transfer('more-sms', 'sms', 'SMS', '0')), 'CHECK constraint'],
    ['a transfer backwards', within(transfer('more-sms', 'sms', 'SMS', '-1')), 'CHECK constraint'],
    ['a transfer of a half', within(transfer('more-sms', 'sms', 'SMS', '0.5')), 'cannot store REAL'],
    ['a wallet below its floor', within(transfer('sms', 'more-sms', 'SMS', '1')), 'CHECK constraint'],
    ['an entry added to a journal that is over', within(transfer('more-sms', 'sms', 'SMS', '1', '1')), 'closed'],
    ['a transfer of no journal', within(transfer('more-sms', 'sms', 'SMS', '1', 'NULL')), 'closed|NOT NULL'],
  ])('refuses %s', (_, sql, why) => {
    const before = balances();
    store.db.exec('SAVEPOINT test');
    try {
      expect(() => store.db.exec(sql)).toThrow(new RegExp(why));
    } finally {
      store.db.exec('ROLLBACK TO test; RELEASE test');
    }
    expect(balances()).toEqual(before);
    expect(auditLedger(store.db).faults).toEqual([]);
  });
});

describe('whatever is posted, in whatever order', () => {
  const people = ['a', 'b', 'c'];
  const accounts = (['KES', 'SMS'] as const).flatMap((asset) => [
    ...people.map((id) => purse(id, asset)),
    { ...exchange(asset), id: `till:${asset}` },
    exchange(asset),
  ]);
  const transfer = fc
    .record({
      debit: fc.constantFrom(...accounts),
      credit: fc.constantFrom(...accounts),
      amount: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 ** 9 })),
    })
    .filter(({ debit, credit }) => debit.id !== credit.id && debit.asset === credit.asset);
  const journals = fc.array(
    fc.record({
      transfers: fc.array(transfer, { minLength: 1, maxLength: 4 }),
      undo: fc.boolean(),
      batch: fc.integer({ max: 3, min: 1 }),
    }),
    { minLength: 1, maxLength: 25 },
  );

  it('the balance is the fold of what was taken, no floor is passed, and what is refused leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(journals, async (wanted) => {
        const own = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
        try {
          const taken: Transfer[] = [];
          const queue = wanted.flatMap(({ transfers, undo }) => {
            const one = exchanged(...transfers);
            return undo ? [one, reversalOf(one)] : [one];
          });
          for (let at = 0; at < queue.length;) {
            const batch = queue.slice(at, at + (wanted[at % wanted.length]?.batch ?? 1));
            at += batch.length;
            const outcomes = await own.commit(batch.map((one) => turn(message(achieng), [post(one)])));
            batch.forEach((one, index) => {
              if (outcomes[index]?.kind === 'committed') taken.push(...one.transfers);
            });
          }
          const rows = own.db
            .prepare<[], { id: string; balance: number; floor: number | null }>('SELECT id, balance, floor FROM account')
            .all();
          const fold = balancesOf(taken);
          for (const { id, balance, floor } of rows) {
            expect(balance).toBe(fold.get(id) ?? 0);
            expect(balance).toBeGreaterThanOrEqual(floor ?? Number.NEGATIVE_INFINITY);
          }
          expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([...fold.keys()]));
          expect(auditLedger(own.db).faults).toEqual([]);
        } finally {
          await own.close();
        }
      }),
      { numRuns: 60, seed: 254 },
    );
  });

  it('is refused by the same rule that the fold gives: a transfer goes through when its wallet can pay it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(transfer, { minLength: 1, maxLength: 30 }), async (wanted) => {
        const own = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
        try {
          const taken: Transfer[] = [];
          for (const one of wanted) {
            const canPay = one.debit.floor === null || (balancesOf(taken).get(one.debit.id) ?? 0) - one.amount >= one.debit.floor;
            expect(await endOf(own, turn(message(achieng), [post(exchanged(one))]))).toBe(canPay ? 'committed' : 'poisoned');
            if (canPay) taken.push(one);
          }
        } finally {
          await own.close();
        }
      }),
      { numRuns: 40, seed: 254 },
    );
  });
});

describe('the audit', () => {
  beforeEach(oneDelivered);

  /** As a hand with a database tool could do it: without the triggers, and without the keys. */
  const tampered = (sql: string): readonly string[] => {
    const triggers = store.db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
    store.db.pragma('foreign_keys = OFF');
    store.db.pragma('ignore_check_constraints = ON');
    store.db.exec(`${triggers.map((name) => `DROP TRIGGER ${name};`).join('')}${sql}`);
    return auditLedger(store.db).faults;
  };

  it.each<[string, string, string[]]>([
    [
      'a balance that somebody changed',
      "UPDATE account SET balance = 5 WHERE id = 'sold:airtime'",
      ['account sold:airtime says 5, its transfers say 100000', 'the balances of KES sum to -99995'],
    ],
    [
      'a transfer that somebody changed',
      'UPDATE transfer SET amount = 7',
      [
        'account paid-through:topups says -100000, its transfers say -7',
        'account sold:airtime says 100000, its transfers say 7',
        'order JZSOLD is for 10000 cents, and was sold for 7 thousandths',
      ],
    ],
    ['a transfer that is gone', 'DELETE FROM transfer; UPDATE account SET balance = 0', ['journal sale:sold moves nothing']],
    [
      'a sale that is gone',
      'DELETE FROM transfer; DELETE FROM journal; UPDATE account SET balance = 0',
      ['order JZSOLD is delivered, and has no sale'],
    ],
    [
      'an order that is delivered no more',
      "UPDATE orders SET state = 'review' WHERE id = 'sold'",
      ['order JZSOLD is review, and has a sale'],
    ],
    [
      'an order that was delivered past the books',
      "UPDATE orders SET state = 'delivered'",
      ['order JZOPEN is delivered, and has no sale'],
    ],
    ['an order that is gone', "DELETE FROM orders WHERE id = 'sold'", ['order sold is not there, and has a sale']],
    [
      'another price',
      "UPDATE orders SET amount_minor = 5000 WHERE id = 'sold'",
      ['order JZSOLD is for 5000 cents, and was sold for 100000 thousandths'],
    ],
    ['a floor that was passed', 'UPDATE account SET floor = 0', ['account paid-through:topups is at -100000, below its floor 0']],
    [
      'an account of another asset',
      "UPDATE account SET asset = 'SMS' WHERE id = 'sold:airtime'",
      [
        'the balances of KES sum to -100000',
        'the balances of SMS sum to 100000',
        'transfer 1 moves KES between accounts that hold something else, or are not there',
      ],
    ],
  ])('finds %s', (_, sql, faults) => {
    expect(tampered(sql)).toEqual(faults);
  });

  it.each<[string, string, string[]]>([
    [
      'SMS that were delivered past the books',
      "UPDATE orders SET kind = 'sms', state = 'delivered' WHERE id = 'open'",
      ['order JZOPEN is delivered, and has no top_up'],
    ],
    [
      'airtime that became SMS after its sale',
      "UPDATE orders SET kind = 'sms' WHERE id = 'sold'",
      ['order JZSOLD is delivered, and has no top_up', 'order JZSOLD is delivered, and has a sale'],
    ],
    [
      'SMS that are delivered no more',
      "UPDATE orders SET state = 'review' WHERE id = 'sms'",
      ['order JZSMS is review, and has a top_up'],
    ],
    [
      'SMS that were paid with something else',
      "UPDATE orders SET amount_minor = 5000 WHERE id = 'sms'",
      ['order JZSMS is for 5000 cents, and 100000 thousandths came into its wallet'],
    ],
    [
      'SMS that went into another wallet',
      "UPDATE orders SET wallet_user_id = 'somebody' WHERE id = 'sms'",
      ['order JZSMS is for 10000 cents, and 0 thousandths came into its wallet'],
    ],
  ])('finds %s', async (_, sql, faults) => {
    const one = await awaiting(store, { id: 'sms', reference: 'JZSMS', payer: phones.baraka });
    await commit(store, operatorEvent(one), [...paidSteps(one), ...filling(one)]);
    expect(auditLedger(store.db).faults).toEqual([]);
    expect(tampered(sql).filter((fault) => !fault.includes('sold for'))).toEqual(faults);
  });

  it('finds a sale that was undone while its order is delivered', async () => {
    const back = reversalOf(saleOf({ id: 'sold', kind: 'airtime', amountKes: 100 as never }));
    await commit(store, message(achieng), [post(back)]);
    expect(auditLedger(store.db).faults).toEqual(['order JZSOLD is delivered, and has no sale']);
  });
});
