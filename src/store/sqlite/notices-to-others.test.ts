/** Shows that what went to others is counted as it should be, found by indexes of its own, and that older files come to it whole. */

import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../lib/durations.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { connect, type Db } from './connection.ts';
import { migrate, ourMigrations } from './migrate.ts';
import { noticesReader } from './notices-to-others.ts';

const NOW = 100 * DAY_MS;
const BY_APP = '0020_notices-by-app';
const OPTIONS = { clock: new ManualClock(NOW), log: silentLog, mayMigrate: true };

const opened: Db[] = [];
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

function upTo(end?: string): Db {
  const db = connect({ path: ':memory:' });
  opened.push(db);
  const all = ourMigrations();
  migrate(
    db,
    end === undefined
      ? all
      : all.slice(
          0,
          all.findIndex(({ name }) => name === end),
        ),
    OPTIONS,
  );
  db.exec(`INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version)
    VALUES ('acme-1', 'acme', '1', 0, 0, 1), ('acme-2', 'acme', '2', 0, 0, 1), ('other', 'other', '1', 0, 0, 1), ('own', '', '1', 0, 0, 1)`);
  return db;
}

const HELD = { state: 'skipped', why: 'ceiling' };
let sends = 0;

/** One alert of the wallet with one send, told to a stranger by SMS unless said otherwise. */
function told(
  db: Db,
  wallet: string,
  as: Partial<Record<'way' | 'state' | 'why', string> & { own: number; at: number }> = {},
): void {
  const { way = 'sms', state = 'sent', why = null, own = 0, at = NOW - 1 } = as;
  const id = `a-${(sends += 1)}`;
  db.prepare("INSERT INTO alert (id, wallet_id, threshold_id, facts, language, at) VALUES (?, ?, 't', '{}', 'en', ?)").run(
    id,
    wallet,
    at,
  );
  const bearsApp = db.prepare("SELECT 1 FROM pragma_table_info('alert_send') WHERE name = 'app_id'").get() !== undefined;
  const app = bearsApp ? [', app_id', `, (SELECT app_id FROM wallet WHERE id = '${wallet}')`] : ['', ''];
  db.prepare(
    `INSERT INTO alert_send (alert_id, n, way, address, own, state, why, at${app[0]}) VALUES (?, 0, ?, 'x', ?, ?, ?, ?${app[1]})`,
  ).run(id, way, own, state, why, at);
}

describe('what went to others', () => {
  it('counts SMS and e-mail that may have gone out, in an hour and a day of the app, and in a day of all', () => {
    const db = upTo();
    const read = noticesReader(db);
    expect(read('acme-1', NOW)).toEqual({ appLastHour: 0, appLastDay: 0, shopLastDay: 0, held: false });
    for (const state of ['waiting', 'sent', 'failed']) told(db, 'acme-1', { state });
    told(db, 'acme-2', { way: 'email', at: NOW - HOUR_MS });
    told(db, 'acme-2', { at: NOW - DAY_MS + 1 });
    told(db, 'other');
    // A day ago, to a chat, to the owner; kept, passed over.
    told(db, 'acme-1', { at: NOW - DAY_MS });
    told(db, 'acme-1', { way: 'chat' });
    told(db, 'acme-1', { own: 1 });
    for (const state of ['spare', 'skipped']) told(db, 'acme-1', { state });
    expect(read('acme-2', NOW)).toEqual({ appLastHour: 3, appLastDay: 5, shopLastDay: 6, held: false });
    expect(read('other', NOW)).toEqual({ appLastHour: 1, appLastDay: 1, shopLastDay: 6, held: false });
    expect(read('own', NOW)).toEqual({ appLastHour: 0, appLastDay: 0, shopLastDay: 6, held: false });
  });

  it('knows that something of this app was held back within the day', () => {
    const db = upTo();
    const read = noticesReader(db);
    told(db, 'acme-1', { ...HELD, at: NOW - DAY_MS });
    expect(read('acme-2', NOW).held).toBe(false);
    told(db, 'acme-1', { ...HELD, at: NOW - DAY_MS + 1 });
    expect([read('acme-2', NOW).held, read('other', NOW).held]).toEqual([true, false]);
  });

  // Once, all wallets of an app were gone through for every alert.
  it('is found by indexes that hold nothing else', () => {
    const db = upTo();
    const asked: string[] = [];
    const prepare = (sql: string): unknown => {
      asked.push(sql);
      return db.prepare(sql);
    };
    noticesReader({ prepare } as Db);
    const plans = asked.map((sql) => {
      const steps = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
      return steps.all(...Array.from(sql.match(/\?/g) ?? [], () => 0)).map(({ detail }) => detail);
    });
    expect(plans).toEqual([
      ['SEARCH wallet USING INDEX sqlite_autoindex_wallet_1 (id=?)'],
      ['SEARCH alert_send USING INDEX alert_send_others (at>?)'],
      ['SEARCH alert_send USING COVERING INDEX alert_send_held (app_id=? AND at>?)'],
    ]);
  });

  it('is known of a file from before', () => {
    const db = upTo(BY_APP);
    told(db, 'acme-1');
    told(db, 'other', { state: 'waiting' });
    told(db, 'own', { ...HELD, way: 'email' });
    const rows = (): unknown[] => db.prepare('SELECT id, alert_id, n, way, address, own, state, why, at FROM alert_send').all();
    const before = rows();
    migrate(db, ourMigrations(), OPTIONS);
    expect(rows()).toEqual(before);
    const read = noticesReader(db);
    expect(read('acme-2', NOW)).toEqual({ appLastHour: 1, appLastDay: 1, shopLastDay: 2, held: false });
    expect(read('own', NOW)).toEqual({ appLastHour: 0, appLastDay: 0, shopLastDay: 2, held: true });
  });
});
