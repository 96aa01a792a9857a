/** Owns the contract of the ledger: what a store refuses to post, whoever asks for it. */

import { expect, type TestAPI } from 'vitest';
import { exchange, reversalOf, saleOf, type Account, type Asset, type Journal, type Transfer } from '../../src/domain/ledger.ts';
import { kes } from '../../src/domain/money.ts';
import type { AirtimeOrder, Order } from '../../src/domain/order.ts';
import type { Change, Store, TurnOutcome } from '../../src/ports/store.ts';
import {
  achieng,
  advance,
  baraka,
  commit,
  delivered,
  endOf,
  freshId,
  known,
  message,
  openOrder,
  operatorEvent,
  order,
  phones,
  placed,
  sale,
  started,
  turn,
  welcomed,
  type OpenStore,
} from './store-world.ts';

/** An account with a floor that is nobody's wallet. */
const purse = (id: string, asset: Asset): Account => ({ id: `purse:${id}:${asset}`, asset, floor: 0 });

export function exchanged(...transfers: Transfer[]): Journal {
  return { key: freshId('top_up'), kind: 'top_up', orderId: null, reverses: null, transfers };
}

export function ledgerContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const deliveryOf = (one: Order): Change => advance(one, 'webhook_positive', 'submitting', 'delivered');
  const post = (journal: Journal): Promise<TurnOutcome['kind']> =>
    endOf(store(), turn(message(achieng), [{ kind: 'post', journal }]));
  const submitted = async (): Promise<AirtimeOrder> => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await started(store(), one);
    return one;
  };

  it('takes a delivery with its sale', async () => {
    const one = await submitted();
    await commit(store(), operatorEvent(one), [deliveryOf(one), sale(one)]);
    expect((await known(store(), operatorEvent(one))).order?.state).toBe('delivered');
  });

  it('refuses a turn that sells anything else than it delivers, and leaves nothing of it', async () => {
    const one = await submitted();
    const other = await placed(store(), achieng, { payer: phones.baraka });
    const turns: [string, Change[]][] = [
      ['a delivery without its sale', [deliveryOf(one)]],
      ['a sale without its delivery', [sale(one)]],
      ['the sale of another order', [deliveryOf(one), sale(other)]],
      ['two sales for one delivery', [deliveryOf(one), sale(one), sale(one)]],
      ['a sale beside the one', [deliveryOf(one), sale(one), sale(other)]],
      ['a sale for another amount', [deliveryOf(one), sale({ ...one, amountKes: kes(99) })]],
      ['an order that is born delivered', [openOrder(order(achieng, { state: 'delivered', payer: phones.mum }))]],
    ];
    for (const [what, changes] of turns) expect(await endOf(store(), turn(operatorEvent(one), changes)), what).toBe('poisoned');
    expect((await known(store(), operatorEvent(one))).order?.state).toBe('submitting');
    await commit(store(), operatorEvent(one), [deliveryOf(one), sale(one)]);
  });

  it('sells once, however late the positive word comes', async () => {
    const one = await submitted();
    await commit(store(), operatorEvent(one), [advance(one, 'answer_refused', 'submitting', 'rejected')]);
    const late = advance(one, 'webhook_positive', 'rejected', 'delivered');
    await commit(store(), operatorEvent(one), [late, sale(one)]);
    await commit(store(), operatorEvent(one), [advance(one, 'webhook_positive', 'delivered', null)]);
    expect(await endOf(store(), turn(operatorEvent(one), [sale(one)]))).toBe('poisoned');
  });

  it('sells many orders in one batch, and undoes only the turn that is wrong', async () => {
    await welcomed(store(), achieng, baraka);
    const [one, two] = [await placed(store(), achieng), await placed(store(), baraka, { payer: phones.baraka })];
    await started(store(), one);
    await started(store(), two);
    const outcomes = await store().commit([
      turn(operatorEvent(one), [deliveryOf(one)]),
      turn(operatorEvent(two), [deliveryOf(two), sale(two)]),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['poisoned', 'committed']);
  });

  it('posts a journal once by its key', async () => {
    await welcomed(store(), achieng);
    const filled = exchanged({ debit: exchange('SMS'), credit: purse('a', 'SMS'), amount: 5 });
    expect(await post(filled)).toBe('committed');
    expect(await post(filled)).toBe('poisoned');
  });

  it('never takes a wallet below its floor, not even for a moment', async () => {
    await welcomed(store(), achieng);
    const [wallet, outside] = [purse('a', 'SMS'), exchange('SMS')];
    const fill: Transfer = { debit: outside, credit: wallet, amount: 100 };
    const spend = (amount: number): Transfer => ({ debit: wallet, credit: outside, amount });
    expect(await post(exchanged(spend(1)))).toBe('poisoned');
    expect(await post(exchanged(spend(1), fill))).toBe('poisoned');
    expect(await post(exchanged(fill, spend(100)))).toBe('committed');
    expect(await post(exchanged(fill))).toBe('committed');
    expect(await post(exchanged(spend(60)))).toBe('committed');
    expect(await post(exchanged(spend(60)))).toBe('poisoned');
    expect(await post(exchanged(spend(40)))).toBe('committed');
  });

  it('keeps an account what it was: another floor or asset under its name is refused', async () => {
    await welcomed(store(), achieng);
    const [wallet, outside] = [purse('a', 'SMS'), exchange('SMS')];
    expect(await post(exchanged({ debit: outside, credit: wallet, amount: 1 }))).toBe('committed');
    const lowered = { ...wallet, floor: -1000 };
    expect(await post(exchanged({ debit: lowered, credit: outside, amount: 1000 }))).toBe('poisoned');
    const other = { ...wallet, asset: 'KES' } as const;
    expect(await post(exchanged({ debit: exchange('KES'), credit: other, amount: 1 }))).toBe('poisoned');
  });

  it('undoes a journal once, and exactly', async () => {
    await welcomed(store(), achieng);
    const one = await placed(store(), achieng);
    await delivered(store(), one);
    const back = reversalOf(saleOf(one));
    const part = back.transfers.map((transfer) => ({ ...transfer, amount: 1 }));
    expect(await post({ ...back, transfers: part })).toBe('poisoned');
    expect(await post({ ...back, reverses: 'sale:nothing' })).toBe('poisoned');
    expect(await post(back)).toBe('committed');
    expect(await post({ ...back, key: 'again' })).toBe('poisoned');
  });
}
