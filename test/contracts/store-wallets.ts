/** Owns the contract of wallets: whose they are, what a request is answered, what an SMS costs, and what a store refuses to write. */

import { expect, type TestAPI } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { Buyer, PriceScope } from '../../src/domain/tariff.ts';
import { debit, topUp } from '../../src/domain/wallet.ts';
import type { Change, Known, Store, TurnEvent, TurnOutcome } from '../../src/ports/store.ts';
import type { KnownWallet, WalletAnswer, WalletRequest } from '../../src/ports/wallet.ts';
import { requestKey } from '../../src/services/wallet-desk.ts';
import { commit, endOf, freshId, known, NOW, turn, type OpenStore } from './store-world.ts';
import { walletCounted } from '../../src/ports/counted.ts';

type WalletEvent = Extract<TurnEvent, { kind: 'wallet' }>;

const shop: Buyer = { appId: null, userId: 'shop-1045' };
const PRICE = { milliKes: 800, source: 'default' } as const;
const TOP_UP: Extract<WalletRequest, { kind: 'top_up' }> = {
  kind: 'top_up',
  amountKes: kes(400),
  paymentMethod: 'mpesa',
  paymentReference: 'SKJ4X8Y2ZQ',
  paid: true,
  toppedUpAt: NOW,
};
const DEBIT: WalletRequest = { kind: 'debit', units: 40, reason: 'campaign' };
/** What a first top-up rests on. */
const NOT_OPEN = { [walletCounted(shop)]: 0 };
const ANSWER: WalletAnswer = { kind: 'debited', units: 40, smsBalance: 460 };

function asking(owner: Buyer, request: WalletRequest = DEBIT, key = freshId('request'), at = NOW): WalletEvent {
  const actor = { kind: 'program', name: 'shop' } as const;
  return { kind: 'wallet', id: freshId('wallet'), at, owner, key: requestKey(owner, key, request), request, actor };
}

function answering({ key, request }: WalletEvent, walletId: string | null, journalKey: string | null = null): Change {
  const reason = 'reason' in request ? request.reason : null;
  const payment = request.kind === 'top_up' ? request : null;
  return { kind: 'answer_request', request: key, walletId, journalKey, reason, payment, answer: ANSWER };
}

/** Everything that a first top-up of KES 400 writes. */
function bought(owner: Buyer, id: string): Change[] {
  const paid = { key: freshId('top-up'), amountKes: kes(400), through: 'program', orderId: null } as const;
  const { journal, units } = topUp({ id, balances: { smsHundredths: 0, milliKes: 0 } }, paid, PRICE);
  return [
    { kind: 'open_wallet', wallet: { id, owner } },
    { kind: 'post', journal },
    {
      kind: 'sms_purchase',
      journalKey: journal.key,
      walletId: id,
      amountKes: 400,
      units,
      price: PRICE,
      paymentMethod: 'mpesa',
    },
  ];
}

export function walletsContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;
  const seen = (event: TurnEvent): Promise<Known> => known(store(), event);
  const of = async (owner: Buyer): Promise<KnownWallet> => {
    const { wallet } = await seen(asking(owner));
    if (wallet === null) throw new Error('a request is about a wallet');
    return wallet;
  };
  const ending = (event: TurnEvent, changes: readonly Change[], read = {}): Promise<TurnOutcome['kind']> =>
    endOf(store(), { ...turn(event, changes), read });
  const open = (owner: Buyer, id: string): Promise<void> => commit(store(), asking(owner, TOP_UP), bought(owner, id));

  it('knows nothing of an owner who never bought', async () => {
    expect(await of(shop)).toEqual({
      owner: shop,
      wallet: null,
      balances: { smsHundredths: 0, milliKes: 0 },
      prices: [],
      answered: null,
      paymentUsed: false,
      thresholds: [],
      alerting: null,
    });
  });

  it('opens a wallet with its first top-up, and keeps apps apart', async () => {
    await open(shop, 'w-1');
    expect(await of(shop)).toMatchObject({
      wallet: { id: 'w-1', owner: shop, openedAt: NOW, changedAt: NOW, version: 2 },
      balances: { smsHundredths: 50_000, milliKes: 0 },
    });
    const same = { appId: 'acme', userId: shop.userId };
    expect((await of(same)).wallet).toBeNull();
    await open(same, 'w-2');
    expect((await of(same)).wallet?.id).toBe('w-2');
    expect((await of(shop)).wallet?.id).toBe('w-1');
  });

  it('opens one wallet for one owner: the second of two who open it at once looks again', async () => {
    await open(shop, 'w-1');
    for (const read of [{}, NOT_OPEN]) expect(await ending(asking(shop, TOP_UP), bought(shop, 'w-2'), read)).toBe('stale');
    expect(await ending(asking(shop), [], NOT_OPEN)).toBe('stale');
    expect(await of(shop)).toMatchObject({ wallet: { id: 'w-1' }, balances: { smsHundredths: 50_000 } });
  });

  it('makes a decision stale that rests on a balance which moved', async () => {
    await open(shop, 'w-1');
    const [one, two] = [asking(shop), asking(shop)];
    const name = walletCounted(shop);
    const read = { [name]: (await seen(one)).versions[name] ?? -1 };
    const spending = (key: string): Change[] => {
      const moved = debit({ id: 'w-1', balances: { smsHundredths: 50_000, milliKes: 0 } }, key, 300);
      if (moved === null) throw new Error('there are enough');
      return [{ kind: 'post', journal: moved.journal }];
    };
    expect(await ending(one, spending('a'), read)).toBe('committed');
    expect(await ending(two, spending('b'), read)).toBe('stale');
    expect((await of(shop)).balances.smsHundredths).toBe(20_000);
  });

  it('refuses to move a wallet that is none, or that the turn does not rest on', async () => {
    const [opening, ...moving] = bought(shop, 'w-1');
    expect([opening?.kind, await ending(asking(shop), moving, NOT_OPEN)]).toEqual(['open_wallet', 'poisoned']);
    expect(await ending(asking(shop), bought(shop, 'w-1'), { [walletCounted({ ...shop, appId: 'acme' })]: 0 })).toBe('poisoned');
    expect((await of(shop)).wallet).toBeNull();
    expect(await ending(asking(shop), bought(shop, 'w-1'), NOT_OPEN)).toBe('committed');
  });

  it('refuses to buy twice under one key', async () => {
    await open(shop, 'w-1');
    const purchase = bought(shop, 'w-1').at(-1);
    if (purchase === undefined) throw new Error('a purchase is kept');
    expect(await ending(asking(shop), [purchase])).toBe('committed');
    expect(await ending(asking(shop), [purchase])).toBe('poisoned');
  });

  it('gives the answer of a request to the same request only', async () => {
    await open(shop, 'w-1');
    const first = asking(shop, DEBIT, 'campaign-77');
    await commit(store(), first, [answering(first, 'w-1')]);
    const answered = async (event: WalletEvent): Promise<unknown> => (await seen(event)).wallet?.answered;
    expect(await answered(asking(shop, DEBIT, 'campaign-77'))).toEqual({ sha256: first.key.sha256, answer: ANSWER });
    expect(await answered(asking({ ...shop, appId: 'acme' }, DEBIT, 'campaign-77'))).toBeNull();
    expect(await answered(asking(shop, { kind: 'adjustment', units: 40, reason: 'campaign' }, 'campaign-77'))).toBeNull();
    expect(await answered(asking(shop, DEBIT, 'campaign-78'))).toBeNull();
  });

  it('knows a payment that was credited, in its own app, and credits none a second time', async () => {
    await open(shop, 'w-1');
    const first = asking(shop, TOP_UP, 'tx-1');
    const used = async (request: WalletRequest, owner = shop): Promise<unknown> =>
      (await seen(asking(owner, request))).wallet?.paymentUsed;
    await commit(store(), asking(shop, TOP_UP), [answering(asking(shop, TOP_UP, 'tx-0'), 'w-1')]);
    expect(await used(TOP_UP)).toBe(false);
    await commit(store(), first, [answering(first, 'w-1', 'j-1')]);
    expect(await used(TOP_UP)).toBe(true);
    const spelt = { ...TOP_UP, paymentMethod: 'M-Pesa', paymentReference: 'skj4x8y2zq ' };
    expect(await used(spelt)).toBe(true);
    expect(await used({ ...TOP_UP, paymentMethod: 'visa' })).toBe(false);
    expect(await used({ ...TOP_UP, paymentReference: 'SKJ4X8Y2ZR' })).toBe(false);
    expect(await used(TOP_UP, { ...shop, appId: 'acme' })).toBe(false);
    for (const request of [TOP_UP, spelt]) {
      const again = asking(shop, request, 'tx-2');
      expect(await ending(again, [answering(again, 'w-1', 'j-2')])).toBe('stale');
    }
  });

  it('answers a request once: the second answer is looked at again, and leaves nothing', async () => {
    await open(shop, 'w-1');
    const first = asking(shop, DEBIT, 'campaign-77');
    await commit(store(), first, [answering(first, 'w-1')]);
    const again = asking(shop, DEBIT, 'campaign-77');
    expect(await ending(again, [...bought(shop, 'w-1').slice(1), answering(again, 'w-1')], { [walletCounted(shop)]: 2 })).toBe(
      'stale',
    );
    expect((await of(shop)).wallet?.version).toBe(2);
  });

  it('keeps one price in force for each scope, and shows a request all that may concern it and no other', async () => {
    const set = (scope: PriceScope, milliKes: number | null): Promise<void> =>
      commit(store(), asking(shop), [{ kind: 'set_price', scope, milliKes, setBy: 'Njeri' }]);
    await set({ level: 'platform' }, 700);
    await set({ level: 'platform' }, 600);
    await set({ level: 'app', appId: 'acme' }, 500);
    await set({ level: 'app', appId: 'other' }, 1);
    await set({ level: 'customer', appId: null, userId: 'u1' }, 400);
    await set({ level: 'customer', appId: 'acme', userId: 'u1' }, 300);
    await set({ level: 'customer', appId: 'acme', userId: 'u2' }, 2);
    const prices = async (owner: Buyer): Promise<number[]> =>
      (await of(owner)).prices.map(({ milliKes }) => milliKes).toSorted((a, b) => a - b);
    expect(await prices({ appId: 'acme', userId: 'u1' })).toEqual([300, 400, 500, 600]);
    expect(await prices(shop)).toEqual([600]);
    await set({ level: 'platform' }, null);
    expect(await prices(shop)).toEqual([]);
  });

  it('makes a decision stale that rests on a price which changed', async () => {
    const event = asking(shop, TOP_UP);
    const read = { 'prices:sms': (await seen(event)).versions['prices:sms'] ?? -1 };
    await commit(store(), asking(shop), [{ kind: 'set_price', scope: { level: 'platform' }, milliKes: 1, setBy: 'Njeri' }]);
    expect(await ending(event, bought(shop, 'w-1'), read)).toBe('stale');
    expect((await of(shop)).wallet).toBeNull();
  });
}
