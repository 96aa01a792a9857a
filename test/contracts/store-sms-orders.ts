/** Owns the contract of orders of SMS: what a store takes as their delivery, and how their payment is asked about. */

import { assert, expect, type TestAPI } from 'vitest';
import { reversalOf, saleOf } from '../../src/domain/ledger.ts';
import { kes } from '../../src/domain/money.ts';
import type { SmsOrder } from '../../src/domain/order.ts';
import type { Change, Store, TurnEvent } from '../../src/ports/store.ts';
import { walletTopUp, type PaidMoney } from '../../src/services/wallet-top-up.ts';
import {
  achieng,
  advance,
  commit,
  DAY_MS,
  drafting,
  endOf,
  firstCall,
  freshId,
  known,
  message,
  MINUTE_MS,
  NOW,
  openOrder,
  operatorEvent,
  phones,
  placed,
  remember,
  smsOrder,
  turn,
  welcomed,
  type OpenStore,
} from './store-world.ts';
import { walletCounted } from '../../src/ports/counted.ts';

const EMPTY = { wallet: null, balances: { smsHundredths: 0, milliKes: 0 } };

/** What a delivery posts; `more`: where it is another than the order says. */
export function filling(one: SmsOrder, more: Partial<PaidMoney> = {}): readonly Change[] {
  const { id, wallet: owner, amountKes, price } = one;
  const paid = {
    key: `delivery:${id}`,
    owner,
    amountKes,
    price,
    through: 'daraja',
    orderId: id,
    paymentMethod: 'M-Pesa',
  } as const;
  return walletTopUp(EMPTY, { ...paid, ...more }, `w-${id}`).changes;
}

export const paidSteps = (one: SmsOrder): readonly Change[] => [
  advance(one, 'status_paid', 'awaiting_payment', 'paid', { promptLiveUntil: null }),
  advance(one, 'wallet_filled', 'paid', 'delivered'),
];

/** The phone rang, and everybody waits. */
export async function awaiting(store: Store, more: Partial<SmsOrder> = {}): Promise<SmsOrder> {
  const one = smsOrder(achieng, more);
  await commit(store, message(achieng), [openOrder(one), firstCall(one)]);
  const call = { kind: 'call_state', orderId: one.id, purpose: 'request_payment' } as const;
  await commit(store, operatorEvent(one), [
    advance(one, 'call_starting', 'confirmed', 'submitting'),
    { ...call, state: 'started' },
    advance(one, 'answer_accepted', 'submitting', 'awaiting_payment', { upstreamReference: `ws_${one.id}` }),
    { ...call, state: 'answered' },
  ]);
  return one;
}

/** For a wallet that another server keeps; its request waits for its turn. */
async function requestedElsewhere(store: Store, more: Partial<SmsOrder> = {}): Promise<SmsOrder> {
  const one = smsOrder(achieng, { walletAt: 'tuku', ...more });
  await commit(store, message(achieng), [openOrder(one), firstCall(one)]);
  return one;
}

export function smsOrdersContract(it: TestAPI, world: () => OpenStore): void {
  const store = (): Store => world().store;

  it('delivers with the top-up of the order’s own wallet, which is there from then on', async () => {
    await welcomed(store(), achieng);
    const one = await awaiting(store());
    expect((await known(store(), operatorEvent(one))).wallet).toMatchObject({ wallet: null });
    await commit(store(), operatorEvent(one), [...paidSteps(one), ...filling(one)]);
    const { order, wallet, versions } = await known(store(), operatorEvent(one));
    expect(order?.state).toBe('delivered');
    expect(wallet).toMatchObject({
      wallet: { id: `w-${one.id}`, owner: one.wallet },
      balances: { smsHundredths: 12_500, milliKes: 0 },
    });
    expect(versions).toMatchObject({ [walletCounted(one.wallet)]: wallet?.wallet?.version });
  });

  it('refuses a turn that books anything else than it delivers, and leaves nothing of it', async () => {
    await welcomed(store(), achieng);
    const one = await awaiting(store());
    const other = await awaiting(store(), { payer: phones.baraka });
    const steps = paidSteps(one);
    const airtime = await placed(store(), achieng, { payer: phones.mum });
    const turns: [string, readonly Change[]][] = [
      ['paid for, and neither delivered nor booked', steps.slice(0, 1)],
      ['a delivery without its top-up', steps],
      ['a top-up without its delivery', filling(one)],
      ['a top-up of what is paid, and not delivered', [...steps.slice(0, 1), ...filling(one)]],
      ['the top-up of another order', [...steps, ...filling(other)]],
      ['another amount', [...steps, ...filling(one, { amountKes: kes(99) })]],
      ['another price', [...steps, ...filling(one, { price: { milliKes: 400, source: 'default' } })]],
      ['another source of the price', [...steps, ...filling(one, { price: { milliKes: 800, source: 'app' } })]],
      ['another wallet', [...steps, ...filling(one, { owner: { appId: null, userId: 'somebody' } })]],
      ['money from elsewhere', [...steps, ...filling(one, { through: 'program' })]],
      ['another key', [...steps, ...filling(one, { key: 'delivery:twice' })]],
      ['no purchase', [...steps, ...filling(one).filter(({ kind }) => kind !== 'sms_purchase')]],
      ['a sale', [...steps, { kind: 'post', journal: saleOf({ id: one.id, kind: 'airtime', amountKes: one.amountKes }) }]],
      [
        'a top-up for airtime',
        [advance(airtime, 'webhook_positive', 'confirmed', 'delivered'), ...filling({ ...one, id: airtime.id })],
      ],
    ];
    for (const [what, changes] of turns) expect(await endOf(store(), turn(operatorEvent(one), changes)), what).toBe('poisoned');
    await commit(store(), operatorEvent(one), [...steps, ...filling(one)]);
    const again = filling(one, { key: 'again' }).filter(({ kind }) => kind !== 'open_wallet');
    expect(await endOf(store(), turn(operatorEvent(one), again))).toBe('poisoned');
  });

  it('finds the order of a callback by its address, then by the provider’s reference, never by two that disagree', async () => {
    await welcomed(store(), achieng);
    const one = await awaiting(store());
    const other = await awaiting(store(), { payer: phones.baraka });
    const found = async (reference: string, upstreamReference: string | null): Promise<string | undefined> => {
      const reading =
        upstreamReference === null
          ? ({ kind: 'unreadable', why: 'no JSON' } as const)
          : ({ kind: 'read', upstreamReference, code: '0', amountKes: 100, receipt: null, payer: null } as const);
      const event = {
        kind: 'payment_callback',
        id: freshId('callback'),
        at: NOW,
        provider: 'daraja',
        raw: '',
        reference,
      } as const;
      return (await known(store(), { ...event, reading })).order?.id;
    };
    expect(await found(one.reference, `ws_${one.id}`)).toBe(one.id);
    expect(await found(one.reference, 'ws_of_nobody')).toBe(one.id);
    expect(await found(one.reference, null)).toBe(one.id);
    expect(await found('JZNOWHERE', `ws_${one.id}`)).toBe(one.id);
    expect(await found(one.reference, `ws_${other.id}`)).toBeUndefined();
    expect(await found('JZNOWHERE', 'ws_of_nobody')).toBeUndefined();
    expect(await found('JZNOWHERE', null)).toBeUndefined();
  });

  it('asks one question at a time, beside the call that moves money, and as often as it is wanted', async () => {
    await welcomed(store(), achieng);
    const one = smsOrder(achieng);
    const ask: Change = { kind: 'call', orderId: one.id, purpose: 'ask_payment', dueAt: NOW };
    const state = (to: 'started' | 'answered'): Change => ({
      kind: 'call_state',
      orderId: one.id,
      purpose: 'ask_payment',
      state: to,
    });
    await commit(store(), message(achieng), [openOrder(one), firstCall(one), ask, ask]);
    const due = async (): Promise<string[]> =>
      (await store().claimOutbox('call', NOW, 10, 1)).map(({ work }) => (work.kind === 'call' ? work.purpose : work.kind));
    expect((await due()).sort()).toEqual(['ask_payment', 'request_payment']);
    const starting: TurnEvent = { kind: 'call_starting', id: freshId('ask'), at: NOW, orderId: one.id, purpose: 'ask_payment' };
    await commit(store(), starting, [state('started'), ask]);
    expect(await store().takeOver()).toEqual([{ orderId: one.id, purpose: 'ask_payment', startedAt: NOW }]);
    expect(await due()).toEqual(['request_payment']);
    await commit(store(), operatorEvent(one), [state('answered'), ask]);
    expect((await store().claimOutbox('call', NOW + MINUTE_MS, 10, DAY_MS)).length).toBe(2);
  });

  it('refuses a turn that leaves what was paid for where nobody looks', async () => {
    await welcomed(store(), achieng);
    const here = await awaiting(store());
    const there = await requestedElsewhere(store(), { payer: phones.baraka });
    const paid = advance(there, 'status_paid', 'confirmed', 'paid', { promptLiveUntil: null, paidAt: NOW });
    const deliver = ({ id }: SmsOrder): Change => ({ kind: 'call', orderId: id, purpose: 'deliver_sms', dueAt: NOW });
    const steps = paidSteps(here);
    const moved = (one: SmsOrder): Change => advance(one, 'wallets_moved', 'paid', 'review');
    const turns: [string, readonly Change[]][] = [
      ['here, and called for elsewhere', [...steps.slice(0, 1), deliver(here)]],
      ['here, delivered and called for as well', [...steps, ...filling(here), deliver(here)]],
      ['elsewhere, and not called for', [paid]],
      ['here, and with a person as if it were unpaid', [...steps.slice(0, 1), moved(here)]],
      ['elsewhere, with a person and called for as well', [paid, moved(there), deliver(there)]],
      ['elsewhere, and another is called for', [paid, deliver(here)]],
      ['elsewhere, and nobody knows when', [{ ...paid, set: { promptLiveUntil: null } }, deliver(there)]],
    ];
    for (const [what, changes] of turns) expect(await endOf(store(), turn(operatorEvent(there), changes)), what).toBe('poisoned');
    await commit(store(), operatorEvent(there), [paid, deliver(there)]);
  });

  it('leaves what was paid for with a person once wallets are kept elsewhere, and keeps where it is to be then', async () => {
    await welcomed(store(), achieng);
    const one = await awaiting(store());
    const [paid] = paidSteps(one);
    assert(paid?.kind === 'advance_order', 'no step');
    const moved = advance(one, 'wallets_moved', 'paid', 'review', { walletAt: 'tuku' });
    await commit(store(), operatorEvent(one), [{ ...paid, set: { ...paid.set, paidAt: NOW } }, moved]);
    expect((await known(store(), operatorEvent(one))).order).toMatchObject({ state: 'review', walletAt: 'tuku', paidAt: NOW });
    const sold = { kind: 'post', journal: saleOf(one) } as const;
    await commit(store(), operatorEvent(one), [advance(one, 'operator_delivered', 'review', 'delivered'), sold]);
  });

  it('refuses a turn that finds what was sold elsewhere not delivered, and leaves it sold', async () => {
    await welcomed(store(), achieng);
    const one = await requestedElsewhere(store());
    await commit(store(), operatorEvent(one), [advance(one, 'silence', 'confirmed', 'review')]);
    const sold = { kind: 'post', journal: saleOf(one) } as const;
    await commit(store(), operatorEvent(one), [advance(one, 'operator_delivered', 'review', 'delivered', { paidAt: NOW }), sold]);
    const back = advance(one, 'operator_refund_due', 'delivered', 'refund_due', { takenBackAt: NOW });
    const undone = { kind: 'post', journal: reversalOf(saleOf(one)) } as const;
    expect(await endOf(store(), turn(operatorEvent(one), [back]))).toBe('poisoned');
    expect(await endOf(store(), turn(operatorEvent(one), [{ ...back, set: {} }, undone]))).toBe('poisoned');
    await commit(store(), operatorEvent(one), [back, undone]);
    const again = advance(one, 'operator_delivered', 'refund_due', 'delivered');
    expect(await endOf(store(), turn(operatorEvent(one), [again, sold]))).toBe('poisoned');
  });

  it.each(['dropped', 'set aside'])('keeps a delivery when the request that waits beside it is %s', async (how) => {
    await welcomed(store(), achieng);
    const one = await requestedElsewhere(store());
    await commit(store(), operatorEvent(one), [
      advance(one, 'status_paid', 'confirmed', 'paid', { promptLiveUntil: null, paidAt: NOW }),
      { kind: 'call', orderId: one.id, purpose: 'deliver_sms', dueAt: NOW },
    ]);
    const starting = { kind: 'call_starting', id: freshId('request'), at: NOW, orderId: one.id } as const;
    const request = { ...starting, purpose: 'request_payment' } as const;
    if (how === 'dropped')
      await commit(store(), request, [{ kind: 'call_state', orderId: one.id, purpose: 'request_payment', state: 'answered' }]);
    else for (let tries = 0; tries < 3; tries += 1) await store().poison(request, 'it always fails');
    const due = await store().claimOutbox('call', NOW + MINUTE_MS, 10, 1);
    expect(due.map(({ work }) => (work.kind === 'call' ? work.purpose : work.kind))).toEqual(['deliver_sms']);
  });

  it('takes the provider’s word that it was paid for the payer’s consent', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [remember(achieng, drafting(phones.achieng))]);
    const approved = async (): Promise<boolean | undefined> =>
      (await known(store(), message(achieng, { at: NOW + MINUTE_MS }))).use?.payer.approvedBefore;
    const one = await awaiting(store());
    expect(await approved()).toBe(false);
    await commit(store(), operatorEvent(one), [...paidSteps(one), ...filling(one)]);
    expect(await approved()).toBe(true);
  });

  it('knows that it was paid while a person still looks after its delivery', async () => {
    await welcomed(store(), achieng);
    await commit(store(), message(achieng), [remember(achieng, drafting(phones.achieng))]);
    const one = await requestedElsewhere(store());
    await commit(store(), operatorEvent(one), [
      advance(one, 'status_paid', 'confirmed', 'paid', { promptLiveUntil: null, paidAt: NOW }),
      { kind: 'call', orderId: one.id, purpose: 'deliver_sms', dueAt: NOW },
    ]);
    const use = (await known(store(), message(achieng, { at: NOW + MINUTE_MS }))).use?.payer;
    expect(use?.approvedBefore).toBe(true);
  });

  it('keeps a breaker for each upstream, and makes stale who knew another', async () => {
    await welcomed(store(), achieng);
    const before = await known(store(), message(achieng));
    const open = { kind: 'open', why: '401', since: NOW, until: NOW + 1, waitMs: 1 } as const;
    await commit(store(), message(achieng), [{ kind: 'set_breaker', upstream: 'daraja', breaker: open }]);
    const after = await known(store(), message(achieng));
    expect(after.breakers).toEqual({ ...before.breakers, daraja: open });
    expect([await store().breaker('daraja'), await store().breaker('topups')]).toEqual([open, before.breakers.topups]);
    expect(await endOf(store(), turn(message(achieng), [], { read: before.versions }))).toBe('stale');
  });
}
