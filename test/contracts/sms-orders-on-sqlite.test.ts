/**
 * Shows the life of an order of SMS on the real runner, workers and database, with a provider that answers as the test says: what makes
 * it paid and what does not, that a paid one is in its wallet and in the books, and that whatever breaks asks for no second payment.
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSED } from '../../src/domain/breaker.ts';
import type { Order, SmsOrder } from '../../src/domain/order.ts';
import type { CallbackReading, PaymentStatus } from '../../src/ports/payment-provider.ts';
import type { TurnEvent } from '../../src/ports/store.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { openBench, held, type Bench } from '../support/workers-bench.ts';
import {
  achieng,
  commit,
  firstCall,
  freshId,
  known,
  message,
  MINUTE_MS,
  NOW,
  openOrder,
  smsOrder,
  welcomed,
} from './store-world.ts';

const SECOND_MS = 1_000;
const PAID: PaymentStatus = { kind: 'paid', code: '0' };
const PENDING: PaymentStatus = { kind: 'pending' };
const CANCELLED: PaymentStatus = { kind: 'not_paid', code: '1032', reason: 'cancelled', message: 'Request cancelled by user' };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await welcomed(bench.store, achieng);
});
afterEach(async () => {
  // Whatever happened: the books are in balance, and hold every delivery once.
  expect(auditLedger(bench.store.db).faults).toEqual([]);
  await bench.close();
});

const WALLET = { appId: null, userId: 'c-achieng' };

async function ordered(more: Partial<SmsOrder> = {}): Promise<SmsOrder> {
  const one = smsOrder(achieng, { wallet: WALLET, ...more });
  const silence = { kind: 'order_silence', orderId: one.id } as const;
  await commit(bench.store, message(achieng, { at: one.createdAt }), [
    openOrder(one),
    firstCall(one),
    { kind: 'set_timer', key: `silence:${one.id}`, dueAt: one.createdAt + 10 * MINUTE_MS, timer: silence },
  ]);
  await bench.driver.drain();
  return one;
}

const look = ({ id }: Order): TurnEvent => {
  return { kind: 'call_starting', id: freshId('look'), at: NOW, orderId: id, purpose: 'request_payment' };
};
const now = async (one: Order): Promise<Order | null> => (await known(bench.store, look(one))).order;
const stateOf = async (one: Order): Promise<string | undefined> => (await now(one))?.state;
const balance = async (): Promise<number> => {
  return ((await bench.store.wallets.wallet(WALLET))?.balances.smsHundredths ?? 0) / 100;
};
const stepsOf = ({ id }: Order): string[] =>
  bench.store.db
    .prepare<[string], string>(
      "SELECT event || ': ' || from_state || ' -> ' || coalesce(to_state, 'nothing') FROM order_step WHERE order_id = ? AND event <> 'opened' ORDER BY id",
    )
    .pluck()
    .all(id);
const rows = (table: string): unknown => bench.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
const alerts = (): string[] =>
  bench.store.db.prepare<[], string>("SELECT detail FROM audit WHERE what = 'operator_alert' ORDER BY id").pluck().all();
const quarantined = (): string[] =>
  bench.store.db.prepare<[], string>("SELECT detail FROM audit WHERE what = 'webhook_quarantined' ORDER BY id").pluck().all();
const texts = (): string[] => bench.sent.flatMap((sent) => (sent.kind === 'retire_buttons' ? [] : [sent.text]));
/** The first line of each. */
const said = (): string[] => texts().map((text) => text.split('\n')[0] ?? '');

async function calledBack(reference: string, reading: Partial<Extract<CallbackReading, { kind: 'read' }>> = {}): Promise<void> {
  const full = {
    kind: 'read',
    upstreamReference: 'ws_CO_1',
    code: '0',
    amountKes: 100,
    receipt: 'SFC1',
    payer: null,
    ...reading,
  } as const;
  const event = { kind: 'payment_callback', id: freshId('callback'), at: bench.clock.now(), provider: 'daraja' } as const;
  await bench.runner.submitRecorded([{ ...event, reference, raw: JSON.stringify(full), reading: full }]);
  await bench.driver.drain();
}

describe('an order of SMS', () => {
  it('is asked about by the clock, and paid it is in its wallet in the same turn, with its journal and its receipt', async () => {
    const one = await ordered();
    expect(bench.requested).toEqual([{ reference: one.reference, payer: one.payer, amountKes: 100 }]);
    expect(await now(one)).toMatchObject({ state: 'awaiting_payment', upstreamReference: 'ws_CO_1' });
    bench.statuses.push(PENDING, PAID);
    await bench.pass(20 * SECOND_MS);
    expect([bench.askedAbout, await stateOf(one), await balance()]).toEqual([['ws_CO_1'], 'awaiting_payment', 0]);
    await bench.pass(40 * SECOND_MS);
    expect([bench.askedAbout.length, await stateOf(one), await balance()]).toEqual([2, 'delivered', 125]);
    expect(stepsOf(one)).toEqual([
      'call_starting: confirmed -> submitting',
      'answer_accepted: submitting -> awaiting_payment',
      'status_paid: awaiting_payment -> paid',
      'wallet_filled: paid -> delivered',
    ]);
    expect(said()).toEqual([expect.stringContaining('requested from'), '✅ 125 SMS added.']);
    expect(texts().at(-1)).toContain('Your balance: 125 SMS');
    expect([rows('journal'), rows('sms_purchase'), rows('wallet')]).toEqual([1, 1, 1]);
    await bench.pass(25 * 60 * MINUTE_MS);
    expect([bench.askedAbout.length, bench.requested.length, bench.sent.length]).toEqual([2, 1, 2]);
  });
});
