/** Shows what is forgotten, when, and what never is. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import {
  DAY_MS,
  NOW,
  achieng,
  commit,
  endOf,
  known,
  message,
  person,
  phones,
  placed,
  say,
  turn,
  welcomed,
} from '../../../test/contracts/store-world.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

let store: SqliteStore;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock(NOW);
  store = await openSqliteStore({ path: ':memory:', clock, log: silentLog });
  await welcomed(store, achieng);
});
afterEach(() => store.close());

const column = (sql: string): unknown[] => store.db.prepare(sql).pluck().all();
const heard = (text: string) => ({ kind: 'heard', conversationId: achieng.conversationId, messageId: text, text }) as const;

describe('forgetting', () => {
  it('drops texts of 90 days, in as many slices as it takes', async () => {
    for (let at = 0; at < 1_203; at += 1) await commit(store, message(achieng, { at: NOW + at }), [heard(`t${at}`)]);
    const until = NOW + 90 * DAY_MS;
    expect((await store.prune(until)).texts).toBe(0);
    expect((await store.prune(until + 1_200)).texts).toBe(1_200);
    expect(column('SELECT text FROM message ORDER BY id')).toEqual(['t1200', 't1201', 't1202']);
  });

  it('drops the words of the web chat, of sends given up and of events set aside, too', async () => {
    const line = { kind: 'said', from: 'bot', id: '1', at: NOW, text: 'hi', buttons: [], tap: null } as const;
    await store.webTranscripts.append('chat', line);
    await commit(store, message(achieng), [say(achieng), say(achieng)]);
    const [item] = await store.claimOutbox('send', NOW, 1, 1);
    await store.finishSends([{ id: item?.id ?? '', kind: 'dead', why: 'refused', blocked: false }], NOW);
    await store.poison(message(achieng), 'broken');
    expect((await store.prune(NOW + 90 * DAY_MS)).texts).toBe(0);
    expect((await store.prune(NOW + 90 * DAY_MS + 1)).texts).toBe(3);
    // What is still to be said is said.
    expect(await store.claimOutbox('send', NOW, 1, 1)).toHaveLength(1);
  });

  it('drops alerts, with the addresses that they went to', async () => {
    const facts = {
      kind: 'crossing',
      balance: 1,
      threshold: 2,
      daysLeft: null,
      topUpKes: 50,
      walletKey: 'w',
      user: 'u',
      setBy: 'p',
      wallet: null,
      message: null,
      othersMayRead: true,
    } as const;
    const ceiling = { perAppPerHour: 9, perAppPerDay: 9, perDay: 9 };
    const send = { way: 'email', address: 'a@example.com', own: false, state: 'waiting' } as const;
    await commit(store, message(achieng), [
      { kind: 'open_wallet', wallet: { id: 'w', owner: { appId: null, userId: 'u' } } },
      {
        kind: 'raise_alert',
        id: 'a',
        thresholdId: 't',
        walletId: 'w',
        facts,
        language: 'en',
        sends: [send],
        ceiling,
        heldFirst: false,
      },
    ]);
    expect((await store.prune(NOW + 90 * DAY_MS)).texts).toBe(0);
    expect((await store.prune(NOW + 90 * DAY_MS + 1)).texts).toBe(2);
    expect([column('SELECT * FROM alert'), column('SELECT * FROM alert_send')]).toEqual([[], []]);
  });

  it('blanks raw bodies of 180 days and keeps their hashes', async () => {
    await commit(store, message(achieng), [{ kind: 'keep_raw', rawId: 'r', source: 'topups webhook', body: '{"a":1}' }]);
    expect((await store.prune(NOW + 180 * DAY_MS - 1)).rawBodies).toBe(0);
    expect(column('SELECT body FROM raw')).toEqual(['{"a":1}']);
    expect((await store.prune(NOW + 180 * DAY_MS)).rawBodies).toBe(1);
    expect(column('SELECT body FROM raw')).toEqual([null]);
    expect(column('SELECT hex(sha256) FROM raw')).toEqual(['015ABD7F5CC57A2DD94B7590F04AD8084273905EE33EC5CEBEAE62276A97F862']);
    expect((await store.prune(NOW + 181 * DAY_MS)).rawBodies).toBe(0);
  });

  it('remembers an event for 30 days at least and 60 at most', async () => {
    const event = message(achieng);
    await store.prune(NOW - 1);
    await commit(store, event, []);
    const ends: string[] = [];
    for (let day = 1; day <= 61; day += 1) {
      await store.prune(NOW - 1 + day * DAY_MS);
      // A stale turn looks into the memory without writing to it.
      ends.push(await endOf(store, turn(event, [], { read: { 'switch:sales': 9 } })));
    }
    expect(ends.indexOf('stale')).toBe(59);
    expect(ends.slice(0, 59)).toEqual(Array<string>(59).fill('duplicate'));
  });

  it('goes on in the right generation after a restart', async () => {
    await store.prune(NOW);
    await store.prune(NOW + 30 * DAY_MS);
    const image = store.db.serialize();
    const again = await openSqliteStore({ path: ':memory:', clock, log: silentLog, image });
    const event = message(achieng);
    await commit(again, event, []);
    expect((await again.prune(NOW + 60 * DAY_MS)).inboundIds).toBe(true);
    expect(await endOf(again, turn(event, []))).toBe('duplicate');
    expect((await again.prune(NOW + 90 * DAY_MS)).inboundIds).toBe(true);
    expect(await endOf(again, turn(event, []))).toBe('committed');
    await again.close();
  });
});

describe('a customer who was merged', () => {
  it('is known as whom they were merged into, over several steps', async () => {
    const others = [person('first'), person('second')];
    await welcomed(store, ...others);
    store.db.exec(`UPDATE customer SET merged_into = 'c-second' WHERE id = 'c-first';
      UPDATE customer SET merged_into = '${achieng.customerId}' WHERE id = 'c-second'`);
    for (const who of others) expect((await known(store, message(who))).customer?.id).toBe(achieng.customerId);
  });

  it('is a broken invariant when the merges run in a circle', async () => {
    await welcomed(store, person('first'), person('second'));
    store.db.exec(`UPDATE customer SET merged_into = 'c-second' WHERE id = 'c-first';
      UPDATE customer SET merged_into = 'c-first' WHERE id = 'c-second'`);
    const { unreadable } = await known(store, message(person('first')));
    expect(unreadable?.error.message).toContain('in a circle');
  });
});

describe('a row of the outbox that cannot be read', () => {
  it('is given up, and everybody else is served', async () => {
    const lost = await placed(store, achieng, { payer: phones.baraka });
    const kept = await placed(store, achieng);
    store.db.exec(`UPDATE phone SET msisdn = NULL WHERE msisdn = '${phones.baraka}'`);
    expect(await store.claimOutbox('call', NOW, 10, 1)).toMatchObject([{ work: { order: { id: kept.id } } }]);
    expect(column('SELECT order_id FROM outbox WHERE dead_at IS NOT NULL')).toEqual([lost.id]);
  });
});

describe('what is kept for people to read', () => {
  it('holds no phone number in errors, evidence or audit rows', async () => {
    await store.poison(message(achieng), 'cannot read 0722 000 001');
    await commit(store, message(achieng), [
      { kind: 'audit', actor: { kind: 'clock' }, what: 'w', subject: 's', detail: 'asked for +254722000001' },
    ]);
    const all = [...column('SELECT error FROM poison'), ...column('SELECT detail FROM audit')].join(' ');
    expect(all).toBe('cannot read [phone …001] asked for [phone …001]');
  });

  it.each([
    ['my pin is 9174', 'my pin is ****'],
    ['operator 7K2M-4QPW', 'operator ****-****'],
    ['buy 100 for 0722000001', 'buy 100 for 0722000001'],
  ])('holds no PIN and no code in a message that was set aside: %s', async (text, kept) => {
    for (let attempt = 0; attempt < 3; attempt += 1) await store.poison(message(achieng, { id: 'broken', text }), 'broken');
    const [event] = column("SELECT json_extract(event, '$.message.content.text') FROM poison");
    expect(event).toBe(kept);
  });
});
