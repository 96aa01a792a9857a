/**
 * Shows what a restored database does when it is worked on again: whatever waited in the backup was done by the process that lived on
 * after it, so none of it may be done a second time.
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBench, type Bench } from '../../../test/support/workers-bench.ts';
import {
  MINUTE_MS,
  NOW,
  achieng,
  advance,
  baraka,
  commit,
  drafting,
  firstCall,
  known,
  message,
  openOrder,
  operatorEvent,
  phones,
  placed,
  remember,
  say,
  smsOrder,
  started,
  turn,
  welcomed,
} from '../../../test/contracts/store-world.ts';
import { awaiting } from '../../../test/contracts/store-sms-orders.ts';
import { asSeen } from '../../domain/attention.ts';
import type { Order, OrderEventKind, OrderState } from '../../domain/order.ts';
import type { TurnEvent } from '../../ports/store.ts';
import { settleRestored } from './settle-restored.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await welcomed(bench.store, achieng, baraka);
});
afterEach(() => bench.close());

const restored = () => settleRestored(bench.store, NOW + MINUTE_MS);
const stateOf = async (order: Order): Promise<string | undefined> =>
  (await known(bench.store, operatorEvent(order))).order?.state;
const steps = (order: Order): unknown[] =>
  bench.store.db
    .prepare('SELECT event, from_state, to_state, evidence FROM order_step WHERE order_id = ? ORDER BY id')
    .raw()
    .all(order.id)
    .slice(1);

/** As a server begins: what was left behind first, then the workers. */
async function begin(): Promise<void> {
  await bench.rescuer.takeOver();
  await bench.driver.drain();
}

describe('a call', () => {
  it('that waited in the backup is never made: its order is unknown, and says why', async () => {
    const order = await placed(bench.store, achieng);
    expect(await restored()).toEqual({ calls: 1, sends: 0, events: 0 });
    await begin();
    await bench.pass(60 * MINUTE_MS);
    expect(bench.bought).toEqual([]);
    expect(steps(order)).toEqual(
      expect.arrayContaining([
        ['restored', 'confirmed', null, 'restored from a backup: its call waited then, and is never made again'],
        ['call_starting', 'confirmed', 'submitting', 'restored from a backup: the call may have been made since'],
        ['call_interrupted', 'submitting', 'unknown', 'the process ended while the call was out'],
      ]),
    );
    expect(await stateOf(order)).toBe('unknown');
  });

  it('that waited for its next try is never made', async () => {
    const order = await placed(bench.store, achieng);
    bench.answers.push({ answer: { kind: 'not_sent', why: 'nobody listens' }, raw: null });
    await bench.driver.drain();
    expect([bench.bought.length, await stateOf(order)]).toEqual([1, 'confirmed']);
    await restored();
    await begin();
    await bench.pass(5 * MINUTE_MS);
    expect([bench.bought.length, await stateOf(order)]).toEqual([1, 'unknown']);
  });

  it('that was out in the backup is not made again, and keeps the evidence', async () => {
    const order = await placed(bench.store, achieng);
    await started(bench.store, order);
    expect(await restored()).toMatchObject({ calls: 1 });
    await begin();
    expect([bench.bought, await stateOf(order)]).toEqual([[], 'unknown']);
    expect(steps(order)).toContainEqual([
      'restored',
      'submitting',
      null,
      'restored from a backup: its call was out then, and is never made again',
    ]);
  });

  it('that asks whether something was paid is made again: it moves nothing', async () => {
    const order = await awaiting(bench.store);
    const ask = { kind: 'call', orderId: order.id, purpose: 'ask_payment', dueAt: NOW } as const;
    await commit(bench.store, operatorEvent(order), [ask]);
    expect(await restored()).toMatchObject({ calls: 1 });
    await begin();
    bench.statuses.push({ kind: 'paid', code: '0' });
    await bench.pass(2 * MINUTE_MS);
    expect([bench.askedAbout, bench.requested, await stateOf(order)]).toEqual([[`ws_${order.id}`], [], 'delivered']);
  });

  it('for SMS elsewhere that were asked to be paid for is never made, though they are paid: they may have come since', async () => {
    const order = smsOrder(achieng, {
      walletAt: 'tuku',
      upstreamReference: 'ws_1',
      paymentNamedBy: 'answer',
      state: 'awaiting_payment',
    });
    const ask = { kind: 'call', orderId: order.id, purpose: 'ask_payment', dueAt: NOW } as const;
    await commit(bench.store, message(achieng), [openOrder(order), ask]);
    await restored();
    bench.statuses.push({ kind: 'paid', code: '0' });
    await begin();
    await bench.pass(60 * MINUTE_MS);
    expect([await stateOf(order), steps(order).at(-1)]).toEqual(['review', expect.arrayContaining(['status_paid_unproven'])]);
  });

  it.each(['a reference that comes later', 'an operator'])(
    'for SMS elsewhere is not made on the word of %s either',
    async (who) => {
      const order = smsOrder(achieng, { walletAt: 'tuku', state: 'unknown' });
      await commit(bench.store, message(achieng), [openOrder(order)]);
      const before = (await known(bench.store, operatorEvent(order))).order;
      await restored();
      const now = (await known(bench.store, operatorEvent(order))).order;
      expect(now).toMatchObject({ restoredAt: NOW + MINUTE_MS });
      if (before === null || now === null) throw new Error('the order is gone');
      expect(asSeen(now)).not.toBe(asSeen(before));
      const paid = (from: OrderState, event: OrderEventKind) => {
        const call = { kind: 'call', orderId: order.id, purpose: 'deliver_sms', dueAt: NOW } as const;
        return turn(operatorEvent(order), [advance(order, event, from, 'paid', { paidAt: NOW }), call]);
      };
      const state = who === 'an operator' ? 'review' : 'unknown';
      if (state === 'review') await commit(bench.store, operatorEvent(order), [advance(order, 'silence', 'unknown', 'review')]);
      const [outcome] = await bench.store.commit([paid(state, state === 'review' ? 'operator_paid' : 'status_paid')]);
      expect(outcome).toMatchObject({ kind: 'poisoned' });
    },
  );

  it('that was to ask for a payment is never made: its order is unknown', async () => {
    const order = smsOrder(achieng);
    await commit(bench.store, message(achieng), [openOrder(order), firstCall(order)]);
    await restored();
    await begin();
    await bench.pass(60 * MINUTE_MS);
    expect([bench.requested, await stateOf(order)]).toEqual([[], 'unknown']);
  });

  it('of an order that was settled while it waited is over', async () => {
    const order = await placed(bench.store, achieng);
    const step = {
      kind: 'advance_order',
      orderId: order.id,
      event: 'customer_cancelled',
      from: 'confirmed',
      to: 'cancelled',
      actor: { kind: 'customer', id: achieng.customerId },
      evidence: '',
      rawId: null,
      set: { promptLiveUntil: null },
    } as const;
    await commit(bench.store, operatorEvent(order), [step]);
    await restored();
    await begin();
    expect([bench.bought, await stateOf(order)]).toEqual([[], 'cancelled']);
  });

  it('is made for an order that is placed after the restore', async () => {
    await placed(bench.store, achieng);
    await restored();
    await begin();
    await placed(bench.store, baraka, { payer: phones.baraka, createdAt: NOW + 2 * MINUTE_MS });
    await bench.pass(2 * MINUTE_MS);
    expect(bench.bought).toHaveLength(1);
  });
});

describe('what waited to be said', () => {
  it('is given up and kept for the operator, and the chat goes on', async () => {
    await commit(bench.store, message(achieng), [say(achieng), say(achieng)]);
    expect(await restored()).toEqual({ calls: 0, sends: 2, events: 0 });
    expect(await bench.store.claimOutbox('send', NOW + MINUTE_MS, 9, 1)).toEqual([]);
    expect(bench.store.db.prepare('SELECT DISTINCT why FROM outbox').pluck().all()).toEqual(['restored from a backup']);
    await commit(bench.store, message(achieng, { at: NOW + MINUTE_MS }), [say(achieng)]);
    expect(await bench.store.claimOutbox('send', NOW + MINUTE_MS, 9, 1)).toHaveLength(1);
  });
});

it('an SMS that waited is not sent a second time', async () => {
  const subject = { key: 'alert:subject' };
  const alert = { alertId: 'a', n: 0 };
  await commit(bench.store, message(achieng), [
    { kind: 'notify', alert, way: 'sms', to: phones.achieng, subject, parts: [], language: 'en' },
  ]);
  expect(await restored()).toEqual({ calls: 0, sends: 1, events: 0 });
  expect(await bench.store.claimOutbox('notify', NOW + MINUTE_MS, 9, 1)).toEqual([]);
});

describe('what was written down and not turned', () => {
  const webhook: TurnEvent = {
    id: 'webhook:1',
    at: NOW,
    kind: 'webhook',
    provider: 'topups',
    raw: '{}',
    reading: { kind: 'unreadable', why: 'a test' },
  };

  it('is set aside when a person wrote it, also when it is delivered again; a webhook is evidence, and stays', async () => {
    const yes = message(achieng, { text: 'yes, my pin is 9174' });
    await bench.store.record([yes, webhook]);
    expect(await restored()).toEqual({ calls: 0, sends: 0, events: 1 });
    expect(await bench.store.recorded(9)).toEqual([webhook]);
    expect((await bench.store.commit([turn(yes, [])])).map(({ kind }) => kind)).toEqual(['duplicate']);
    expect(bench.store.db.prepare('SELECT event_id, error FROM poison').raw().all()).toEqual([
      [yes.id, 'restored from a backup'],
    ]);
    expect(bench.store.db.prepare('SELECT event FROM poison').pluck().get()).toContain('yes, my pin is ****');
  });
});

describe('a chat', () => {
  it('in the middle of a purchase has no draft and no choices any more, and keeps the rest', async () => {
    const session = drafting(phones.achieng);
    await commit(bench.store, message(achieng), [remember(achieng, session)]);
    const untouched = (await known(bench.store, message(baraka))).conversation;
    await restored();
    expect((await known(bench.store, message(achieng))).conversation?.session).toEqual({ ...session, draft: null, choices: [] });
    expect((await known(bench.store, message(baraka))).conversation).toEqual(untouched);
  });

  it('in the web has its next line after every line that a page may have seen since', async () => {
    const line = { kind: 'said', from: 'bot', id: '1', at: NOW, text: 'hi', buttons: [], tap: null } as const;
    const { seq } = await bench.store.webTranscripts.append('chat', line);
    await restored();
    expect((await bench.store.webTranscripts.append('chat', { ...line, id: '2' })).seq).toBe(seq + 1_000_001);
  });
});

it('an invitation of an operator that was open is open no more', async () => {
  const invite = bench.store.db.prepare('INSERT INTO operator_invite VALUES (?, ?, ?, ?, NULL)');
  invite.run('i', 'Njeri', 'a'.repeat(64), NOW + 60 * MINUTE_MS);
  await restored();
  expect(bench.store.db.prepare('SELECT used_at FROM operator_invite').pluck().all()).toEqual([NOW + MINUTE_MS]);
});

it('a database in which nothing waited is left as it was, but for the note', async () => {
  expect(await restored()).toEqual({ calls: 0, sends: 0, events: 0 });
  expect(bench.store.db.prepare('SELECT what, detail FROM audit').raw().all()).toEqual([
    ['restored', 'calls stopped: 0; sends given up: 0; events set aside: 0'],
  ]);
});
