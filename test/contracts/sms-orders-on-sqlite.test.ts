/**
 * Shows the life of an order of SMS on the real runner, workers and database, with a provider that answers as the test says: what makes
 * it paid and what does not, that a paid one is in its wallet and in the books, and that whatever breaks asks for no second payment.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asSeen } from '../../src/domain/attention.ts';
import { CLOSED } from '../../src/domain/breaker.ts';
import { kes } from '../../src/domain/money.ts';
import type { Order, SmsOrder } from '../../src/domain/order.ts';
import type { CallbackReading, PaymentAnswer, PaymentReport, PaymentStatus } from '../../src/ports/payment-provider.ts';
import type { TurnEvent } from '../../src/ports/store.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { breathe, held, openBench, type Bench } from '../support/workers-bench.ts';
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
  phones,
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
  // Whatever happened: no turn broke, the books are in balance, and hold every delivery once.
  expect(rows('poison')).toBe(0);
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
const attention = (): string[] =>
  bench.store.db
    .prepare<[], string>(
      "SELECT detail FROM audit WHERE what IN ('order_review', 'order_contradicted', 'token_refused') ORDER BY id",
    )
    .pluck()
    .all();
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
    payer: phones.achieng,
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

  it('whose answer could not be written is asked about again by the clock, and the alert names it', async () => {
    const one = await ordered();
    bench.store.db.exec("CREATE TRIGGER broken BEFORE INSERT ON sms_purchase BEGIN SELECT RAISE (ABORT, 'broken'); END");
    bench.statuses.push(PAID, PAID);
    await bench.pass(20 * SECOND_MS);
    expect([bench.askedAbout.length, await stateOf(one), await balance()]).toEqual([1, 'awaiting_payment', 0]);
    const detail = "SELECT detail FROM audit WHERE what = 'event_set_aside'";
    expect(bench.store.db.prepare(detail).pluck().all()).toEqual([
      `a turn of kind call_answered failed three times and was set aside, about order ${one.reference}`,
    ]);
    bench.store.db.exec('DROP TRIGGER broken');
    await bench.pass(40 * SECOND_MS);
    expect([bench.askedAbout.length, await stateOf(one), await balance()]).toEqual([2, 'delivered', 125]);
    expect([rows('journal'), rows('poison')]).toEqual([1, 1]);
    bench.store.db.exec('DELETE FROM poison');
  });

  it('that was cancelled on the phone is told so once, and the provider is asked no more', async () => {
    const one = await ordered();
    bench.statuses.push(CANCELLED);
    await bench.pass(MINUTE_MS);
    expect([await stateOf(one), await balance(), said().at(-1)]).toEqual([
      'cancelled',
      0,
      expect.stringContaining('The payment was cancelled on 0722 000 001'),
    ]);
    await bench.pass(25 * 60 * MINUTE_MS);
    expect([bench.askedAbout.length, bench.sent.length, rows('journal')]).toEqual([1, 2, 0]);
  });

  it('is filled at the price that was promised, with what was left over before', async () => {
    const first = await ordered({ amountKes: kes(5), units: 6 });
    bench.statuses.push(PAID, PAID);
    await bench.pass(MINUTE_MS);
    const second = await ordered({
      amountKes: kes(5),
      units: 10,
      price: { milliKes: 500, source: 'customer' },
      createdAt: bench.clock.now(),
    });
    await bench.pass(MINUTE_MS);
    expect([await stateOf(first), await stateOf(second), await balance()]).toEqual(['delivered', 'delivered', 16]);
    expect(
      bench.store.db.prepare('SELECT amount_kes, units, price_millikes, price_source FROM sms_purchase ORDER BY at').all(),
    ).toEqual([
      { amount_kes: 5, units: 6, price_millikes: 800, price_source: 'default' },
      { amount_kes: 5, units: 10, price_millikes: 500, price_source: 'customer' },
    ]);
    expect(rows('wallet')).toBe(1);
  });

  it('without a clear answer in ten minutes comes before a person, and is delivered when the provider tells after all', async () => {
    const one = await ordered();
    for (let minute = 0; minute < 11; minute += 1) await bench.pass(MINUTE_MS);
    expect([await stateOf(one), attention()]).toEqual(['review', [expect.stringContaining('ten minutes without a word')]]);
    expect(said().at(-1)).toContain('A person is looking at the payment');
    const before = bench.askedAbout.length;
    expect(before).toBeGreaterThan(4);
    bench.statuses.push({ kind: 'unknown', why: 'the answer could not be read' }, PAID);
    await bench.pass(10 * MINUTE_MS);
    expect(stepsOf(one).at(-1)).toBe('status_unclear: review -> nothing');
    await bench.pass(20 * MINUTE_MS);
    expect([bench.askedAbout.length, await stateOf(one), await balance()]).toEqual([before + 2, 'delivered', 125]);
  });
});

describe('a callback', () => {
  it('makes us ask at once, and only the answer counts', async () => {
    const one = await ordered();
    bench.statuses.push(PENDING, PAID);
    await calledBack(one.reference);
    expect([bench.askedAbout, await stateOf(one), await balance()]).toEqual([['ws_CO_1'], 'awaiting_payment', 0]);
    await calledBack(one.reference);
    expect([bench.askedAbout.length, await stateOf(one), await balance()]).toEqual([2, 'delivered', 125]);
    expect(rows("raw WHERE source = 'daraja callback'")).toBe(2);
    await calledBack(one.reference);
    expect([bench.askedAbout.length, await balance(), quarantined()]).toEqual([2, 125, []]);
  });

  it('that is forged buys nothing: it says paid, the provider says not', async () => {
    const one = await ordered();
    bench.statuses.push(CANCELLED);
    await calledBack(one.reference);
    expect([await stateOf(one), await balance(), rows('journal')]).toEqual(['cancelled', 0, 0]);
  });

  it('of an order that people were told is not paid makes us ask: that it was paid still wins, and a person hears of it', async () => {
    const one = await ordered();
    bench.statuses.push(CANCELLED, PAID);
    await bench.pass(MINUTE_MS);
    await calledBack(one.reference);
    expect([await stateOf(one), await balance()]).toEqual(['delivered', 125]);
    expect(attention()).toEqual([expect.stringContaining('status_paid came for an order that was cancelled')]);
    expect(said().at(-1)).toBe('✅ 125 SMS added.');
  });

  it('that comes before the answer waits for it: the answer names what is asked about', async () => {
    const answer = held<PaymentReport<PaymentAnswer>>();
    bench.requests.push(() => answer.promise);
    const placing = ordered();
    await breathe();
    const reference = bench.requested[0]?.reference ?? '';
    bench.statuses.push(PAID);
    const coming = calledBack(reference, { upstreamReference: 'ws_CO_of_another' });
    await breathe();
    expect(bench.askedAbout).toEqual([]);
    answer.release({ answer: { kind: 'accepted', upstreamReference: 'ws_CO_true' }, raw: null });
    const one = await placing;
    await coming;
    await bench.driver.drain();
    expect([bench.askedAbout, await stateOf(one), await balance()]).toEqual([['ws_CO_true'], 'delivered', 125]);
  });

  it('tells what to ask about when the answer was lost', async () => {
    bench.requests.push({ kind: 'unknown', why: 'timeout' });
    const one = await ordered();
    await bench.pass(2 * MINUTE_MS);
    expect([await stateOf(one), bench.askedAbout]).toEqual(['unknown', []]);
    bench.statuses.push(PENDING, PAID);
    await calledBack(one.reference, { upstreamReference: 'ws_CO_lost' });
    await bench.pass(MINUTE_MS);
    expect([bench.askedAbout, await stateOf(one)]).toEqual([['ws_CO_lost', 'ws_CO_lost'], 'delivered']);
    expect(bench.requested).toHaveLength(1);
  });

  it.each<[string, Partial<Extract<CallbackReading, { kind: 'read' }>>]>([
    ['another amount', { amountKes: 1 }],
    ['another mobile', { payer: '254733999999' }],
    ['another reference', { upstreamReference: 'ws_CO_2' }],
  ])('that tells of %s is set aside, and a person hears of it', async (why, reading) => {
    const one = await ordered();
    await calledBack(one.reference, reading);
    expect([bench.askedAbout, quarantined(), await stateOf(one)]).toEqual([[], [why], 'awaiting_payment']);
  });

  it('is found by its reference when its address names no order, and belongs to none when the two disagree', async () => {
    const one = await ordered();
    await calledBack('JZNOWHERE');
    expect([bench.askedAbout, quarantined()]).toEqual([['ws_CO_1'], []]);
    bench.requests.push({ kind: 'unknown', why: 'timeout' });
    const other = await ordered({ payer: phones.baraka });
    await calledBack(other.reference);
    expect([quarantined(), (await now(other))?.upstreamReference]).toEqual([['no order'], null]);
    await calledBack('JZNOWHERE', { upstreamReference: 'ws_CO_none' });
    expect(quarantined()).toEqual(['no order', 'no order']);
    expect(await stateOf(one)).toBe('awaiting_payment');
  });

  it('that comes while a question is out makes no second one', async () => {
    const one = await ordered();
    const answer = held<PaymentReport<PaymentStatus>>();
    bench.statuses.push(() => answer.promise);
    const first = calledBack(one.reference);
    await breathe();
    const second = calledBack(one.reference);
    await breathe();
    expect(bench.askedAbout).toHaveLength(1);
    answer.release({ answer: PAID, raw: '{"ResultCode":"0"}' });
    await Promise.all([first, second]);
    expect([bench.askedAbout.length, await balance(), rows("raw WHERE source = 'daraja status'")]).toEqual([1, 125, 1]);
  });
});

describe('the request for the payment', () => {
  it('that may have arrived is never repeated: without a word a person looks, and their evidence fills the wallet', async () => {
    bench.requests.push(() => Promise.reject(new Error('a bug')));
    const one = await ordered();
    for (let minute = 0; minute < 60; minute += 1) await bench.pass(MINUTE_MS);
    expect([bench.requested.length, await stateOf(one)]).toEqual([1, 'review']);
    const event = {
      kind: 'operator',
      id: freshId('operator'),
      at: bench.clock.now(),
      orderId: one.id,
      operator: 'Njeri',
      seen: asSeen((await now(one)) ?? one),
    } as const;
    await bench.runner.submit([{ ...event, action: 'operator_delivered', evidence: 'SFC1 in the statement of M-Pesa' }]);
    await bench.driver.drain();
    expect([await stateOf(one), await balance(), said().at(-1)]).toEqual(['delivered', 125, '✅ 125 SMS added.']);
    expect(stepsOf(one).slice(-2)).toEqual(['operator_delivered: review -> paid', 'wallet_filled: paid -> delivered']);
  });

  it('that never left is tried three times under the same reference, and then told', async () => {
    for (let tries = 0; tries < 3; tries += 1) bench.requests.push({ kind: 'not_sent', why: 'refused to connect' });
    const one = await ordered();
    for (let step = 0; step < 4; step += 1) await bench.pass(15 * SECOND_MS);
    expect(bench.requested.map(({ reference }) => reference)).toEqual([one.reference, one.reference, one.reference]);
    expect([await stateOf(one), said().at(-1)]).toEqual(['rejected', expect.stringContaining('we could not reach M-Pesa')]);
  });

  it('that our own credentials spoil closes the shop for SMS, not for airtime', async () => {
    bench.requests.push({ kind: 'refused', code: '401', message: 'Invalid Access Token', ours: true });
    const one = await ordered();
    expect([await stateOf(one), said().at(-1)]).toEqual(['rejected', expect.stringContaining('a fault on our side')]);
    expect(await bench.store.breaker('daraja')).toMatchObject({ kind: 'open', why: '401 Invalid Access Token' });
    expect(await bench.store.breaker('topups')).toEqual(CLOSED);
    expect(attention()[0]).toContain('401 Invalid Access Token');
  });
});

describe('a process that dies', () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  /** The next process on the same file. */
  async function reborn(): Promise<Bench> {
    const next = await openBench(path, bench.clock.now() + SECOND_MS);
    await bench.close();
    bench = next;
    await bench.rescuer.takeOver();
    await bench.driver.drain();
    return next;
  }
  let path = '';
  beforeEach(async () => {
    await bench.close();
    folders.push(mkdtempSync(join(tmpdir(), 'sms-orders-')));
    path = join(folders[0] ?? '', 'jaza.db');
    bench = await openBench(path);
    await welcomed(bench.store, achieng);
  });

  it('while the request was out never asks for the payment again', async () => {
    const answer = held<PaymentReport<PaymentAnswer>>();
    bench.requests.push(() => answer.promise);
    const placing = ordered();
    await breathe(200);
    const dead = bench;
    expect(dead.requested).toHaveLength(1);
    dead.failing.add('commit');
    answer.release({ answer: { kind: 'accepted', upstreamReference: 'ws_CO_lost' }, raw: null });
    const one = await placing;
    await reborn();
    expect([await stateOf(one), bench.requested]).toEqual(['unknown', []]);
    bench.statuses.push(PAID);
    await calledBack(one.reference, { upstreamReference: 'ws_CO_lost' });
    expect([await stateOf(one), await balance()]).toEqual(['delivered', 125]);
  });

  it('while a question was out asks again, each time it dies', async () => {
    const one = await ordered();
    for (let deaths = 0; deaths < 2; deaths += 1) {
      const answer = held<PaymentReport<PaymentStatus>>();
      bench.statuses.push(() => answer.promise);
      const passing = bench.pass(3 * MINUTE_MS);
      await breathe(200);
      expect(bench.askedAbout).toEqual(['ws_CO_1']);
      bench.failing.add('commit');
      answer.release({ answer: PAID, raw: null });
      await passing;
      await reborn();
      expect([bench.askedAbout, await stateOf(one)]).toEqual([[], 'awaiting_payment']);
    }
    bench.statuses.push(PAID);
    await bench.pass(3 * MINUTE_MS);
    expect([bench.askedAbout, await stateOf(one), await balance(), rows('journal')]).toEqual([['ws_CO_1'], 'delivered', 125, 1]);
  });
});
