/**
 * Shows SMS bought in a chat on the real runner, workers and database, with a provider that answers as the test says: from the words to
 * the receipt with the new balance, whose wallet it is, and that a message about airtime never looks at a wallet.
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SmsOrder } from '../../src/domain/order.ts';
import type { PaymentStatus } from '../../src/ports/payment-provider.ts';
import type { Change, Known, Needs } from '../../src/ports/store.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { openBench, type Bench } from '../support/workers-bench.ts';
import { achieng, baraka, commit, known, message, MINUTE_MS, phones, welcomed, type Person } from './store-world.ts';

const PAID: PaymentStatus = { kind: 'paid', code: '0' };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await welcomed(bench.store, achieng, baraka);
  await commit(bench.store, message(achieng), [
    { kind: 'claim_phone', customerId: achieng.customerId, phone: phones.achieng, how: 'telegram' },
  ]);
});
afterEach(async () => {
  expect(auditLedger(bench.store.db).faults).toEqual([]);
  await bench.close();
});

/** Says it and waits until everything runnable is done. */
async function say(text: string, who: Person = achieng): Promise<string> {
  await bench.pass(5_000);
  await bench.runner.submit([message(who, { text, at: bench.clock.now() })]);
  await bench.driver.drain();
  return lastSaid();
}

function lastSaid(): string {
  const last = bench.sent.findLast((message) => message.kind === 'text');
  return last?.text ?? '';
}

const look = async (who: Person = achieng): Promise<Known> => known(bench.store, message(who));
const sms = async (who: Person = achieng): Promise<SmsOrder | undefined> =>
  (await look(who)).recentOrders.find((order) => order.kind === 'sms');
const opened = (id: string, userId: string): Change => ({ kind: 'open_wallet', wallet: { id, owner: { appId: null, userId } } });

describe('SMS bought in a chat', () => {
  it('are quoted, paid, delivered into the wallet and told with the new balance', async () => {
    expect(await say('buy sms for 100 bob')).toContain('SMS: 125\nPrice: KES 0.8 each\nTo pay: KES 100');
    bench.statuses.push(PAID);
    await say('yes');
    expect(bench.requested).toMatchObject([{ amountKes: 100, payer: phones.achieng }]);
    await bench.pass(MINUTE_MS);
    expect(lastSaid()).toMatch(/^✅ 125 SMS added\.[\s\S]*Your balance: 125 SMS/);
    expect(await sms()).toMatchObject({ state: 'delivered', units: 125, wallet: { appId: null, userId: achieng.customerId } });
    expect(await say('sms balance')).toContain('You have 125 SMS, worth KES 100 at KES 0.8 each.');
    expect(await say('sms balance', baraka)).toMatch(/^[\s\S]*You have no SMS here yet/);
  });

  it('fill the wallet that is linked to the person, or that of their number; and no longer when that changes hands', async () => {
    await commit(bench.store, message(achieng), [opened('w-number', '0722000001')]);
    await say('buy sms 1000');
    await say('yes');
    expect((await sms())?.wallet.userId).toBe('0722000001');
    await commit(bench.store, message(achieng), [
      { kind: 'link_wallet', owner: { appId: 'app', userId: 'u1' }, customerId: achieng.customerId, linkedBy: 'njeri' },
      { kind: 'claim_phone', customerId: baraka.customerId, phone: phones.achieng, how: 'telegram' },
    ]);
    expect(await say('sms balance', baraka)).toContain('You have 0 SMS');
    expect(await say('sms balance')).toContain('You have no SMS here yet');
    expect(await say('buy sms 2000 from 0711000000')).toContain('SMS: 2,000');
    await say('yes');
    expect((await sms())?.wallet).toEqual({ appId: 'app', userId: 'u1' });
  });

  it('at a price that changes between the question and the yes are shown anew', async () => {
    await say('buy sms for 100 bob');
    await commit(bench.store, message(achieng), [
      { kind: 'set_price', scope: { level: 'platform' }, milliKes: 1_000, setBy: 'njeri' },
    ]);
    expect(await say('yes')).toMatch(/^The price or your wallet has changed[\s\S]*SMS: 100\n/);
    expect(await sms()).toBeUndefined();
    await say('yes');
    expect(await sms()).toMatchObject({ units: 100, price: { milliKes: 1_000, source: 'platform' } });
  });

  it('by one who speaks for the first time fill the wallet of their own id', async () => {
    const simu: Person = { ...achieng, name: 'simu', address: { ...achieng.address, chat: 'chat-simu' } };
    await say('buy sms 1000 from 0711000000', simu);
    await say('yes', simu);
    const { customer } = await look(simu);
    expect((await sms(simu))?.wallet).toEqual({ appId: null, userId: customer?.id });
  });

  it('are reminded of after a quarter of an hour, with what they come to', async () => {
    await say('buy sms 1000');
    await bench.pass(16 * MINUTE_MS);
    expect(lastSaid()).toMatch(/^You were buying SMS\.[\s\S]*SMS: 1,000\n/);
  });
});

it('a message about airtime is decided without any wallet; one about SMS looks once for the wallet, once for who pays', async () => {
  const asked: (Needs | undefined)[][] = [];
  const load = bench.seen.load.bind(bench.seen);
  Object.assign(bench.seen, {
    load: (...[events, needs]: Parameters<typeof load>) => {
      asked.push(events.map(({ id }) => needs?.get(id)));
      return load(events, needs);
    },
  });
  await say('100 to 0733000000');
  await say('cancel');
  expect(asked.flat().filter((needs) => needs?.wallets === true)).toEqual([]);
  asked.length = 0;
  await say('buy sms 1000');
  const parties = { payer: phones.achieng, recipient: null };
  expect(asked.flat()).toEqual([undefined, { wallets: true }, { wallets: true, parties }]);
});
