/** Shows that what lies about of a customer goes with them, in every table, and that whoever decided about them before decides again. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  achieng,
  baraka,
  commit,
  delivered,
  endOf,
  known,
  message,
  NOW,
  operatorEvent,
  person,
  phones,
  placed,
  say,
  turn,
  welcomed,
} from '../../../test/contracts/store-world.ts';
import { awaiting, filling, paidSteps } from '../../../test/contracts/store-sms-orders.ts';
import { newSession } from '../../conversation/session.ts';
import type { SmsOrder } from '../../domain/order.ts';
import type { Buyer } from '../../domain/tariff.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import type { Change, TurnEvent } from '../../ports/store.ts';
import { auditLedger } from './audit-ledger.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

const wanja = person('wanja', 'web');
const command = { what: 'erase_customer', customerId: achieng.customerId } as const;
const event = (id: string): TurnEvent => ({ id, at: NOW, kind: 'command', operator: 'Njeri', command });
const erase: Change = { kind: 'erase_customer', customerId: achieng.customerId, session: newSession('en') };

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: new ManualClock(NOW), log: silentLog });
  await welcomed(store, achieng, baraka, wanja);
  await commit(store, message(wanja), [{ kind: 'merge_customers', from: wanja.customerId, into: achieng.customerId }]);
});
afterEach(() => store.close());

const count = (table: string): unknown => store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

describe('what goes with a customer', () => {
  it('is what waits to be said and was given up, what failed, what is timed, what was written in the web chat', async () => {
    const order = await placed(store, achieng);
    await delivered(store, order);
    await commit(store, message(achieng), [
      say(achieng),
      say(wanja),
      { kind: 'heard', conversationId: wanja.conversationId, messageId: '1', text: 'it is me' },
      { kind: 'wrong_code', conversationId: achieng.conversationId, count: 1 },
      { kind: 'set_timer', key: 'a', dueAt: NOW, timer: { kind: 'draft_reminder', conversationId: achieng.conversationId } },
      { kind: 'set_timer', key: 'b', dueAt: NOW, timer: { kind: 'order_silence', orderId: order.id } },
    ]);
    await store.webTranscripts.append(wanja.address.chat, {
      kind: 'said',
      from: 'person',
      id: 'line-0001',
      at: NOW,
      text: 'it is me',
      buttons: [],
      tap: null,
    });
    for (let tries = 0; tries < 3; tries += 1) await store.poison(message(wanja, { id: 'm:failing' }), 'it broke');
    const tables = ['outbox', 'message', 'wrong_code', 'timer', 'web_message', 'poison', 'identity'];
    for (const table of tables) expect(count(table), table).not.toBe(0);
    await commit(store, event('erase'), [erase]);
    expect(tables.map(count)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(store.db.prepare('SELECT msisdn FROM phone WHERE msisdn IS NOT NULL').all()).toEqual([]);
    expect(store.db.prepare('SELECT recipient_name, state FROM orders').all()).toEqual([
      { recipient_name: null, state: 'delivered' },
    ]);
    expect((await known(store, message(baraka))).customer?.name).toBe('baraka');
  });

  it('is a webhook that fits no order and bears their number, but none that bears another', async () => {
    const keep = (rawId: string, body: string): Change => ({ kind: 'keep_raw', rawId, source: 'topups webhook', body });
    await commit(store, message(achieng), [
      { kind: 'claim_phone', customerId: achieng.customerId, phone: phones.achieng, how: 'telegram' },
      keep('theirs', '<mobile>+254 722000001</mobile>'),
      keep('another', '<mobile>0733000002</mobile>'),
    ]);
    await commit(store, event('erase'), [erase]);
    expect(store.db.prepare('SELECT id FROM raw WHERE body IS NOT NULL').pluck().all()).toEqual(['another']);
  });
});

describe('the wallets of SMS of a customer', () => {
  const filled = async (wallet: Buyer): Promise<SmsOrder> => {
    const one = await awaiting(store, { wallet });
    await commit(store, operatorEvent(one), [...paidSteps(one), ...filling(one)]);
    return one;
  };

  it('are looked into before: those by their id, and by whoever they were', async () => {
    const earlier = await filled({ appId: null, userId: wanja.customerId });
    await filled({ appId: 'shop', userId: achieng.customerId });
    const { erasing } = await known(store, event('look'));
    expect(erasing?.wallets).toEqual([{ id: `w-${earlier.id}`, userId: wanja.customerId, version: 2, smsHundredths: 12_500 }]);
  });

  it('are theirs no more: links go, orders forget by what name a program or a number had them, and the books add up', async () => {
    const shop = { appId: null, userId: '0722000001' };
    const tied = { appId: 'shop', userId: 'achieng-of-the-shop' };
    await commit(store, message(achieng), [
      { kind: 'link_wallet', owner: tied, customerId: achieng.customerId, linkedBy: 'Njeri' },
    ]);
    const [first, second, own] = [
      await filled(shop),
      await filled(tied),
      await filled({ appId: null, userId: wanja.customerId }),
    ];
    const unpaid = await awaiting(store, { wallet: { appId: 'shop', userId: 'not-open' } });
    await commit(store, event('erase'), [erase]);
    expect(count('wallet_link')).toBe(0);
    expect(store.db.prepare('SELECT wallet_app_id, wallet_user_id FROM orders ORDER BY rowid').raw().all()).toEqual([
      ['', `w-${first.id}`],
      ['', `w-${second.id}`],
      ['', own.wallet.userId],
      ['', `erased:${unpaid.id}`],
    ]);
    expect(auditLedger(store.db).faults).toEqual([]);
    store.db.exec(`UPDATE orders SET wallet_user_id = 'w-${second.id}' WHERE id = '${first.id}'`);
    expect(auditLedger(store.db).faults).toHaveLength(1);
  });
});

describe('alerts of low SMS of a customer', () => {
  it('go with what they set, what was said in own words, and where it was sent; a program keeps what it set', async () => {
    await commit(store, message(achieng), [
      { kind: 'claim_phone', customerId: achieng.customerId, phone: phones.achieng, how: 'telegram' },
      { kind: 'open_wallet', wallet: { id: 'w-id', owner: { appId: null, userId: wanja.customerId } } },
      { kind: 'open_wallet', wallet: { id: 'w-number', owner: { appId: null, userId: '0722000001' } } },
    ]);
    store.db.exec(`
      INSERT INTO threshold (id, wallet_id, created_by, units, alert_type, method, recipients, armed, set_at)
        SELECT id || by, id, by, 5, 'sms', 'sms', '{}', 1, 1 FROM wallet, (SELECT 'chat' AS by UNION SELECT 'shop');
      INSERT INTO alert SELECT id, wallet_id, id, '{"user":"u","message":"Achieng, buy"}', 'en', 1 FROM threshold;
      INSERT INTO alert_send (alert_id, n, way, address, own, state, at, app_id)
        VALUES ('w-idchat', 0, 'chat', 'telegram:${achieng.address.chat}', 1, 'sent', 1, ''),
          ('w-idchat', 1, 'sms', '${phones.achieng}', 1, 'waiting', 1, ''), ('w-idchat', 2, 'sms', '${phones.baraka}', 0, 'spare', 1, '');
      INSERT INTO outbox (id, worker, kind, lane, head, due_at, attempts, body, created_at)
        VALUES ('theirs', 'notify', 'notify', 'a', 1, 1, 0, '{"to":"${phones.achieng}"}', 1),
          ('other', 'notify', 'notify', 'b', 1, 1, 0, '{"to":"${phones.baraka}"}', 1)`);
    await commit(store, event('erase'), [erase]);
    const all = (sql: string): unknown => store.db.prepare(sql).pluck().all();
    expect(all('SELECT id FROM threshold')).toEqual(['w-numbershop']);
    expect(all("SELECT DISTINCT facts ->> '$.message' FROM alert")).toEqual([null]);
    expect(all("SELECT address || ' ' || state FROM alert_send ORDER BY n")).toEqual([
      '(erased) sent',
      '(erased) failed',
      `${phones.baraka} spare`,
    ]);
    expect(all("SELECT id FROM outbox WHERE worker = 'notify'")).toEqual(['other']);
  });
});

describe('who decided about them before', () => {
  it('decides again: in a chat, about an order, and whoever would erase them once more', async () => {
    const order = await placed(store, achieng);
    await delivered(store, order);
    const views = [await known(store, message(achieng)), await known(store, message(wanja)), await known(store, event('other'))];
    expect(views[2]?.erasing?.orders).toMatchObject([{ reference: order.reference, state: 'delivered', promptLiveUntil: null }]);
    const chat = `conversation:${wanja.conversationId}` as const;
    await commit(store, event('erase'), [erase]);
    for (const { versions } of views) expect(await endOf(store, turn(message(achieng), [], { read: versions }))).toBe('stale');
    expect(await endOf(store, turn(message(wanja), [], { read: { [chat]: views[1]?.versions[chat] ?? 0 } }))).toBe('stale');
    const read = { [`order:${order.id}`]: views[0]?.versions[`order:${order.id}`] ?? 0 };
    expect(await endOf(store, turn(message(achieng), [], { read }))).toBe('stale');
    expect(await endOf(store, turn(event('again'), [erase]))).toBe('stale');
    expect((await known(store, event('again'))).erasing).toBeUndefined();
  });
});
