/**
 * Owns the contract of the SMS wallet's port: the client of a remote server, which here is the API that this program serves over its own
 * ledger, over real HTTP. What a chat makes of it is shown in wire/remote-wallet.test.ts; wallets of our own have no such port.
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import type { Buyer } from '../../src/domain/tariff.ts';
import type { BalanceReading, PaidTopUp, TopUpAnswer, WalletServer } from '../../src/ports/wallet-server.ts';
import { createTuku } from '../../src/providers/tuku/client.ts';
import { stopHttp } from '../wire/http-world.ts';
import { NOW, openApiWorld, type ApiWorld } from '../wire/wallet-api-world.ts';

const shop: Buyer = { appId: null, userId: 'shop & sons/1045?' };
const paid: PaidTopUp = {
  reference: 'JZ7K2M4QPW',
  owner: shop,
  amountKes: kes(400),
  paymentMethod: 'mpesa',
  paymentReference: 'SKJ4X8Y2ZQ',
  orderedAt: NOW,
};

const KINDS: Readonly<Record<WalletServer['name'], (api: ApiWorld) => Promise<WalletServer>>> = {
  tuku: async ({ url, key }) => {
    const apiKey = await key(['wallet:topup', 'wallet:read', 'payment:trust', 'costs:read']);
    return createTuku({ baseUrl: `${url}/`, apiKey, timeoutMs: 5_000 });
  },
};

describe.each(Object.entries(KINDS))('an SMS wallet, %s', (name, open) => {
  let api: ApiWorld;
  let wallet: WalletServer;
  beforeEach(async () => {
    api = await openApiWorld();
    wallet = await open(api);
  });
  afterEach(async () => {
    await stopHttp();
    await api.close();
  });

  /** Of a payment of its own, where the order is another one. */
  const topUp = async (more: Partial<PaidTopUp> = {}): Promise<TopUpAnswer> => {
    const paymentReference = more.reference === undefined ? paid.paymentReference : `S-${more.reference}`;
    return (await wallet.topUp({ ...paid, paymentReference, ...more })).answer;
  };
  const balance = (owner = shop): Promise<BalanceReading> => wallet.balance(owner);
  const price = (milliKes: number): Promise<unknown> =>
    api.desk.setPrice({ level: 'platform' }, milliKes, { kind: 'program', name: 'shop' });

  it('says which it is, and is reachable', async () => {
    expect(wallet.name).toBe(name);
    expect(await wallet.probe()).toEqual({ reachable: true });
  });

  it('knows nobody who never bought', async () => {
    expect(await balance()).toMatchObject({ kind: 'no_wallet' });
  });

  it('says what their first SMS will cost', async () => {
    expect(await balance()).toEqual({ kind: 'no_wallet', milliKes: 800 });
    await price(425);
    expect(await balance()).toEqual({ kind: 'no_wallet', milliKes: 425 });
  });

  it('adds what was paid for, at the price that holds, and shows it', async () => {
    expect(await topUp()).toEqual({ kind: 'added', smsAdded: 500, smsBalance: 500, milliKes: 800 });
    expect(await balance()).toEqual({ kind: 'read', smsBalance: 500, milliKes: 800, changedAt: NOW });
    await price(425);
    expect(await topUp({ reference: 'JZ2222222A' })).toEqual({
      kind: 'added',
      smsAdded: 941,
      smsBalance: 1_441,
      milliKes: 425,
    });
    expect(await balance()).toMatchObject({ smsBalance: 1_441, milliKes: 425 });
  });

  it('counts what was left of the purchase before', async () => {
    const five = (reference: string): Promise<TopUpAnswer> => topUp({ reference, amountKes: kes(5) });
    const added = [];
    for (const reference of ['JZ1', 'JZ2', 'JZ3', 'JZ4']) added.push(await five(reference));
    expect(added.map((one) => one.kind === 'added' && one.smsAdded)).toEqual([6, 6, 6, 7]);
    expect(await balance()).toMatchObject({ smsBalance: 25 });
  });

  it('adds once for one order, however often it is told, ten times at once among them', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => topUp()));
    expect(answers).toEqual(Array.from({ length: 10 }, () => answers[0]));
    expect(await topUp()).toEqual(answers[0]);
    expect(await balance()).toMatchObject({ smsBalance: 500 });
  });

  it.each<[string, Partial<PaidTopUp>]>([
    ['another amount', { amountKes: kes(500) }],
    ['another owner', { owner: { appId: null, userId: 'other' } }],
    ['another payment', { paymentReference: 'SKJ4X8Y2ZR' }],
  ])('does not know what to think of the same order with %s, and adds nothing', async (_case, other) => {
    await topUp();
    expect(await topUp(other)).toMatchObject({ kind: 'unknown' });
    expect(await balance()).toMatchObject({ smsBalance: 500 });
    expect(await balance({ appId: null, userId: 'other' })).toMatchObject({ kind: 'no_wallet' });
  });

  it('does not know what to think of another order with the same payment, and adds nothing', async () => {
    await topUp();
    const { paymentReference } = paid;
    expect(await topUp({ reference: 'JZ2222222A', paymentReference })).toMatchObject({ kind: 'unknown' });
    expect(await balance()).toMatchObject({ smsBalance: 500 });
  });

  it('refuses more than a wallet takes, and adds nothing', async () => {
    await price(10);
    expect(await topUp({ amountKes: kes(100_001) })).toMatchObject({ kind: 'refused', code: 'too_many_sms', ours: false });
    expect(await balance()).toMatchObject({ kind: 'no_wallet' });
  });

  it('keeps customers of an app apart from all others of the same name', async () => {
    const theirs = { appId: 'acme', userId: shop.userId };
    await topUp();
    await topUp({ owner: theirs, amountKes: kes(4) });
    expect(await balance(theirs)).toMatchObject({ smsBalance: 5 });
    expect(await balance()).toMatchObject({ smsBalance: 500 });
  });

  it('fills many wallets at once', async () => {
    const owners = Array.from({ length: 12 }, (_, at) => ({ appId: null, userId: `254722${String(at).padStart(6, '0')}` }));
    await Promise.all(owners.map((owner, at) => topUp({ owner, reference: `JZ${at}`, amountKes: kes(4 * (at + 1)) })));
    const balances = await Promise.all(owners.map((owner) => balance(owner)));
    expect(balances.map((one) => one.kind === 'read' && one.smsBalance)).toEqual(owners.map((_, at) => 5 * (at + 1)));
  });
});
