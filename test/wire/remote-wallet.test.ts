/**
 * Shows SMS bought in the chat of one program for wallets that another keeps, over HTTP: paid, then delivered once, or brought before a
 * person with the money traced.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asSeen } from '../../src/domain/attention.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { START } from '../support/chat-world.ts';
import { openTwoPrograms, PAYER, type TwoPrograms } from './remote-wallet-world.ts';
import { topUp } from './wallet-api-world.ts';

const MINUTE_MS = 60_000;
/** It looks at everything there, and adds nothing. */
const READ_ONLY = ['wallet:read', 'costs:read'] as const;
let two: TwoPrograms;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-remote-'));
});
afterEach(async () => {
  await two.close();
  rmSync(folder, { recursive: true });
});

/** Up to the ringing phone. */
async function bought(words = 'buy sms worth 100 bob'): Promise<void> {
  await two.say(`${words}, pay with ${PAYER}`);
  expect(await two.say('yes')).toContain('KES 100');
}

/** The phone says yes; all that is said until nothing is runnable. */
async function approved(): Promise<string> {
  const from = two.shop.said.length;
  expect(await two.shop.core.sandbox?.answer(PAYER, 'approve')).toBe(true);
  await two.shop.settle();
  return two.saidSince(from);
}

const owner = (): { appId: null; userId: string } => ({
  appId: null,
  userId: String(two.shop.core.store.db.prepare('SELECT wallet_user_id FROM orders').pluck().get()),
});
const there = async (): Promise<number> => ((await two.wallets.store.wallets.wallet(owner()))?.balances.smsHundredths ?? 0) / 100;
const topUps = (): number => two.requests.filter((one) => one === 'POST /api/sms-wallet/topup').length;
const steps = (): unknown[] =>
  two.shop.core.store.db.prepare('SELECT event FROM order_step WHERE to_state IS NOT NULL ORDER BY id').pluck().all();
const booked = (): unknown[] =>
  two.shop.core.store.db.prepare('SELECT t.debit_account, t.credit_account, t.amount FROM transfer t ORDER BY t.id').raw().all();

describe('SMS for a wallet that another server keeps', () => {
  it('are paid, then added there, and the money is traced', async () => {
    two = await openTwoPrograms();
    await bought();
    const said = await approved();
    expect(said).toMatch(/We have your KES 100, and 125 SMS are on their way[\s\S]*125 SMS added[\s\S]*Your balance: 125 SMS/);
    expect([two.state(), await there(), topUps()]).toEqual(['delivered', 125, 1]);
    expect(steps().slice(-3)).toEqual(['status_paid', 'delivery_starting', 'delivery_added']);
    // That server hears the receipt, so that no program is credited there for the same payment.
    const receipts = two.shop.core.store.db.prepare<[], string>('SELECT upper(receipt_key) FROM payment_receipt').pluck().all();
    expect(receipts).toHaveLength(1);
    const [receipt = ''] = receipts;
    expect(two.wallets.store.db.prepare('SELECT payment_reference FROM wallet_request').pluck().all()).toEqual([receipt]);
    const again = topUp({ transactionId: 'tx-1', userId: owner().userId, paymentReference: receipt.toLowerCase() });
    expect(await two.wallets.post('/api/sms-wallet/topup', again, await two.wallets.key())).toMatchObject({
      status: 409,
      body: { code: 'payment_already_used' },
    });
    expect(booked()).toEqual([['paid-through:daraja', 'sold:sms', 100_000]]);
  });

  it('are told in Swahili too', async () => {
    two = await openTwoPrograms();
    await two.say(`nunua sms za 100, lipa na ${PAYER}`);
    await two.say('ndio');
    expect(await approved()).toMatch(/Tumepokea KES 100 yako[\s\S]*SMS 125 zimeingia/);
  });

  it('whose answer is lost are before a person: added there once, never asked for again', async () => {
    two = await openTwoPrograms();
    await bought();
    two.way = 'cut';
    const said = await approved();
    expect(said).toMatch(/We have your KES 100, but we don't know yet whether 125 SMS for it are in your wallet/);
    two.way = 'open';
    await two.shop.pass(60 * MINUTE_MS);
    expect([two.state(), await there(), topUps(), booked()]).toEqual(['review', 125, 1, []]);
    expect(await two.say('history')).toContain('we have your money, and a person is making sure');
  });

  it('wait while nobody can be reached, and are sent as soon as somebody can', async () => {
    two = await openTwoPrograms();
    await bought();
    await two.gone();
    const said = await approved();
    expect(said).toContain('on their way into your wallet.');
    expect(said).not.toMatch(/125 SMS added|could not be put|don't know/);
    expect(two.state()).toBe('paid');
    expect(await two.say('history')).toContain('it is paid, and the SMS are on their way');
    await two.back();
    const from = two.shop.said.length;
    await two.shop.pass(MINUTE_MS);
    expect(two.saidSince(from)).toContain('125 SMS added');
    expect([two.state(), await there(), topUps()]).toEqual(['delivered', 125, 1]);
  });

  it('that never left are before a person after a while, who knows that nothing was added', async () => {
    two = await openTwoPrograms();
    await bought();
    await two.gone();
    await approved();
    const from = two.shop.said.length;
    await two.shop.pass(15 * MINUTE_MS);
    expect(two.saidSince(from)).toMatch(/125 SMS for it could not be put into your wallet yet/);
    expect([two.state(), topUps()]).toEqual(['review', 0]);
    expect(steps().at(-1)).toBe('delivery_never_sent');
    await two.back();
    await two.shop.pass(60 * MINUTE_MS);
    expect([two.state(), topUps()]).toEqual(['review', 0]);
  });

  it('are asked for after a restart, when the program ended between payment and delivery', async () => {
    two = await openTwoPrograms({ database: join(folder, 'shop.db') });
    await bought();
    await two.gone();
    await approved();
    expect(two.state()).toBe('paid');
    await two.back();
    await two.restart();
    await two.shop.pass(MINUTE_MS);
    expect([two.state(), await there(), topUps()]).toEqual(['delivered', 125, 1]);
  });

  it('are never asked for a second time, when the program died while it asked', async () => {
    two = await openTwoPrograms({ database: join(folder, 'shop.db') });
    await bought();
    await two.gone();
    await approved();
    const orderId = String(two.shop.core.store.db.prepare('SELECT id FROM orders').pluck().get());
    const begun = {
      kind: 'call_starting',
      id: 'as the caller does',
      at: START + MINUTE_MS,
      orderId,
      purpose: 'deliver_sms',
    } as const;
    expect(await two.shop.core.runner.submit([begun])).toEqual(['committed']);
    await two.back();
    await two.restart();
    await two.shop.pass(60 * MINUTE_MS);
    expect([two.state(), topUps(), steps().at(-1)]).toEqual(['review', 0, 'delivery_interrupted']);
    expect(two.saidSince(0)).toMatch(/we don't know yet whether 125 SMS for it are in your wallet/);
  });

  it('that a key refuses which may not top up are before a person, and no more are sold', async () => {
    two = await openTwoPrograms({ scopes: READ_ONLY });
    await bought();
    expect(await approved()).toMatch(/125 SMS for it could not be put into your wallet yet/);
    expect([two.state(), topUps()]).toEqual(['review', 1]);
    await two.say(`buy sms worth 200 bob, pay with ${PAYER}`);
    expect(await two.say('yes')).toMatch(/where SMS wallets are kept is not answering us just now/);
  });

  it('are not sold with a wrong key: nobody can be told what they cost', async () => {
    two = await openTwoPrograms({ key: 'wrong-key' });
    expect(await two.say(`buy sms worth 100 bob, pay with ${PAYER}`)).toMatch(/I can't tell you the price\. Nothing was bought/);
    expect([await two.say('yes'), two.state()]).toEqual([expect.stringMatching(/can't tell you the price/), undefined]);
  });

  it('are ended by an operator with evidence: delivered, or paid back', async () => {
    two = await openTwoPrograms({ scopes: READ_ONLY });
    await bought();
    await approved();
    const { store, runner } = two.shop.core;
    const orderId = String(store.db.prepare('SELECT id FROM orders').pluck().get());
    const act = async (action: 'operator_delivered' | 'operator_refund_due' | 'operator_refunded', id: string) => {
      const file = await store.desk.order(orderId);
      const seen = file === null ? '' : asSeen(file.order);
      const said = { action, operator: 'njeri', evidence: 'added by hand: top-up 77', seen } as const;
      return runner.submit([{ kind: 'operator', id, at: START, orderId, ...said }]);
    };
    const from = two.shop.said.length;
    expect(await act('operator_refund_due', 'one')).toEqual(['committed']);
    expect(two.state()).toBe('refund_due');
    expect(await act('operator_delivered', 'two')).toEqual(['committed']);
    await two.shop.settle();
    expect(two.saidSince(from)).toMatch(/is to be refunded[\s\S]*its SMS are in your wallet/);
    expect([two.state(), booked()]).toEqual(['delivered', [['paid-through:daraja', 'sold:sms', 100_000]]]);
    expect(await act('operator_refund_due', 'three')).toEqual(['committed']);
    const undone = ['sold:sms', 'paid-through:daraja', 100_000];
    expect([two.state(), booked().at(-1), auditLedger(store.db).faults]).toEqual(['refund_due', undone, []]);
    expect(await act('operator_delivered', 'four')).toEqual(['committed']);
    expect(two.state()).toBe('refund_due');
    expect(await act('operator_refunded', 'five')).toEqual(['committed']);
    expect([two.state(), booked().length]).toEqual(['refunded', 2]);
  });

  it('that come at another price than was shown are before a person, and the customer is told how many came', async () => {
    two = await openTwoPrograms();
    await bought();
    await two.wallets.desk.setPrice({ level: 'platform' }, 2_000, { kind: 'operator', name: 'njeri' });
    expect(await approved()).toMatch(
      /You were to get (about )?125 SMS, but 50 came into your wallet\. A person is seeing to the rest\./,
    );
    expect([two.state(), await there(), booked()]).toEqual(['review', 50, []]);
  });
});
