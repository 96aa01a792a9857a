/** Shows what a delivered order is in the books, how a journal is undone, and that what is no journal is never made. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancesOf, exchange, journal, reversalOf, saleOf, walletAccount, type Account, type Journal } from './ledger.ts';
import { kes } from './money.ts';

const order = { id: 'o1', kind: 'airtime', amountKes: kes(50) } as const;

describe('the sale of a delivered order', () => {
  it('moves its shillings, in thousandths, from what was paid to what was sold', () => {
    const { key, kind, orderId, transfers } = saleOf(order);
    expect({ key, kind, orderId }).toEqual({ key: 'sale:o1', kind: 'sale', orderId: 'o1' });
    expect(transfers.map(({ debit, credit, amount }) => [debit.id, credit.id, amount])).toEqual([
      ['paid-through:topups', 'sold:airtime', 50_000],
    ]);
  });

  it('is the same one, whoever tells of the delivery', () => {
    expect(saleOf({ ...order })).toEqual(saleOf(order));
    expect(saleOf({ ...order, id: 'o2' }).key).not.toBe(saleOf(order).key);
  });
});

const accounts: readonly Account[] = [
  ...['a', 'b'].flatMap((id) => [walletAccount(id, 'KES'), walletAccount(id, 'SMS')]),
  exchange('KES'),
  exchange('SMS'),
];

const transfers = fc
  .array(
    fc
      .record({
        debit: fc.constantFrom(...accounts),
        credit: fc.constantFrom(...accounts),
        amount: fc.integer({ min: 1, max: 10 ** 12 }),
      })
      .filter(({ debit, credit }) => debit.id !== credit.id && debit.asset === credit.asset),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows): Journal => ({ key: 'k', kind: 'top_up', orderId: null, reverses: null, transfers: rows }));

describe('any journal', () => {
  it('sums to zero in each asset', () => {
    fc.assert(
      fc.property(transfers, (one) => {
        const balances = balancesOf(journal(one).transfers);
        for (const asset of ['KES', 'SMS']) {
          const ofAsset = accounts.filter((account) => account.asset === asset);
          expect(ofAsset.reduce((sum, { id }) => sum + (balances.get(id) ?? 0), 0)).toBe(0);
        }
      }),
    );
  });

  it('and its reversal leave nothing', () => {
    fc.assert(
      fc.property(transfers, (one) => {
        const back = reversalOf(one);
        expect(back).toMatchObject({ kind: 'reversal', reverses: one.key });
        for (const balance of balancesOf([...one.transfers, ...back.transfers]).values()) expect(balance).toBe(0);
      }),
    );
  });
});

describe('no journal', () => {
  const [debit, credit] = [exchange('KES'), walletAccount('a', 'KES')];
  it.each<[string, Partial<Journal>, string]>([
    ['of nothing', { transfers: [] }, 'moves nothing'],
    ['of a part of a unit', { transfers: [{ debit, credit, amount: 0.5 }] }, 'moves 0.5'],
    ['of zero', { transfers: [{ debit, credit, amount: 0 }] }, 'moves 0'],
    ['the wrong way round', { transfers: [{ debit, credit, amount: -1 }] }, 'moves -1'],
    ['too big to be exact', { transfers: [{ debit, credit, amount: 2 ** 53 }] }, 'moves 9007199254740992'],
    ['from an account to itself', { transfers: [{ debit, credit: debit, amount: 1 }] }, 'to itself'],
    ['that turns shillings into messages', { transfers: [{ debit, credit: exchange('SMS'), amount: 1 }] }, 'KES into SMS'],
    ['that reverses and does not say what', { kind: 'reversal' }, 'half a reversal'],
    ['that says what, and does not reverse', { reverses: 'other' }, 'half a reversal'],
  ])('%s', (_, broken, why) => {
    const good: Journal = { ...saleOf(order), kind: 'top_up' };
    expect(() => journal(good)).not.toThrow();
    expect(() => journal({ ...good, ...broken })).toThrow(why);
  });
});
