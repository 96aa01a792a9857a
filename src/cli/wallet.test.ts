/** Shows `jaza wallet` and `jaza sms-cost` as they are typed, in this process and without a server: what they print, refuse and change. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorld } from '../../test/support/chat-world.ts';
import { rulesOf } from '../../test/support/decisions.ts';
import { runJaza as jaza } from '../../test/support/run-jaza.ts';
import { kes } from '../domain/money.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { createTurnRunner } from '../services/turn-runner.ts';
import { walletDesk } from '../services/wallet-desk.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { asked } from './asking.ts';
import { examine } from './doctor.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const SHOWN = '2026-11-23 12:00:00';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-wallet-'));
  path = join(folder, 'jaza.db');
  vi.stubEnv('DATABASE_URL', `sqlite:${path}`);
  await filled();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Two wallets: KES 401 of SMS less 40 for one, and KES 8 for a customer of an app. */
async function filled(): Promise<void> {
  const clock = new ManualClock(NOW);
  const store = await openSqliteStore({ path, clock, log: silentLog });
  const runner = createTurnRunner({ store, rules: rulesOf(), log: silentLog, committed: () => undefined });
  const desk = walletDesk(store.wallets, runner, clock);
  const program = { kind: 'program', name: 'shop' } as const;
  const bought = (amount: number) =>
    ({
      kind: 'top_up',
      amountKes: kes(amount),
      paymentMethod: 'mpesa',
      paymentReference: 'SKJ4X8Y2ZQ',
      paid: true,
      toppedUpAt: NOW,
    }) as const;
  await desk.ask({ appId: null, userId: 'shop-1045' }, 'tx-1', bought(401), program);
  await desk.ask({ appId: null, userId: 'shop-1045' }, 'c-77', { kind: 'debit', units: 40, reason: 'campaign 77' }, program);
  await desk.ask({ appId: 'acme', userId: 'u 1' }, 'tx-1', bought(8), program);
  await store.close();
}

function rows(sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
}

const adjust = (...args: string[]): ReturnType<typeof jaza> =>
  jaza('wallet', 'adjust', ...args, '--operator', 'Njeri', '--reason', 'campaign 77 was sent twice');

describe('what is shown', () => {
  it('every wallet, or those of one app', async () => {
    const all = await jaza('wallet', 'list');
    expect(all.out.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      `shop-1045 461 SMS last moved ${SHOWN}`,
      `u 1 in app acme 10 SMS last moved ${SHOWN}`,
      '',
    ]);
    expect((await jaza('wallet', 'list', '--app', 'acme')).out).not.toContain('shop-1045');
    expect((await jaza('wallet', 'list', '--app', 'nobody')).out).toContain('There are no wallets yet');
  });

  it('one wallet, with what happened last and what to type next', async () => {
    expect((await jaza('wallet', 'show', 'shop-1045')).out.split('\n')).toEqual([
      'shop-1045',
      '  balance  461 SMS, and KES 0.2 that counts in the next purchase',
      '  price    KES 0.8 for one SMS, the default',
      `  opened   ${SHOWN}, last moved ${SHOWN}`,
      '',
      `${SHOWN}  use                -40         461  c-77: campaign 77`,
      `${SHOWN}  top-up            +501         501  tx-1: payment SKJ4X8Y2ZQ`,
      'All of it: npx jaza wallet statement shop-1045',
      '',
    ]);
    expect((await jaza('wallet', 'show', 'u 1', '--app', 'acme')).out).toContain("npx jaza wallet statement 'u 1' --app acme");
  });

  it('a statement, also as a file', async () => {
    expect((await jaza('wallet', 'statement', 'shop-1045')).out.split('\n')).toHaveLength(3);
    expect((await jaza('wallet', 'statement', 'shop-1045', '--csv')).out.split('\r\n')).toEqual([
      'at,what,sms,balance,reference,reason,paymentReference',
      `${SHOWN},use,-40,461,c-77,campaign 77,`,
      `${SHOWN},top_up,501,501,tx-1,,SKJ4X8Y2ZQ`,
      '',
    ]);
  });

  it.each(['show', 'statement'])('%s of nobody says that there is no wallet', async (what) => {
    const ran = await jaza('wallet', what, 'u 1');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('There is no wallet of u 1. A customer of an app is named with --app.');
  });
});

describe('a correction', () => {
  it('puts in and takes out, and is kept with its reason and who made it', async () => {
    expect(await adjust('shop-1045', '-61', '--yes')).toEqual({
      code: 0,
      out: 'Took 61 SMS out of shop-1045. Balance: 400 SMS.\n',
      err: '',
    });
    expect((await adjust('u 1', '+5', '--app', 'acme', '--yes')).out).toBe('Put 5 SMS into u 1 in app acme. Balance: 15 SMS.\n');
    expect(rows("SELECT actor || ' ' || actor_id || ': ' || detail FROM audit WHERE what = 'wallet_adjusted'")).toEqual([
      'operator Njeri: -61 SMS: campaign 77 was sent twice',
      'operator Njeri: 5 SMS: campaign 77 was sent twice',
    ]);
    expect((await jaza('wallet', 'statement', 'shop-1045')).out).toMatch(
      /adjustment +-61 +400 {2}console:\S+: campaign 77 was sent twice/,
    );
    expect((await jaza('ledger', 'check')).code).toBe(0);
  });

  it('is asked about, and is not made where nobody can be asked', async () => {
    expect(await adjust('shop-1045', '-61')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--yes') as string });
    expect((await jaza('wallet', 'show', 'shop-1045')).out).toContain('461 SMS');
  });

  it('puts in no more than a wallet holds', async () => {
    for (let times = 0; times < 9; times += 1) expect((await adjust('shop-1045', '+10000000', '--yes')).code).toBe(0);
    const ran = await adjust('shop-1045', '+10000000', '--yes');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(
      'A wallet holds at most 100000000 SMS, and 90000461 are in the wallet of shop-1045. Nothing changed.',
    );
    expect(rows("SELECT count(*) FROM journal WHERE kind = 'adjustment'")).toEqual([9]);
  });

  it.each<[string, string[], number, string]>([
    ['more than there is', ['shop-1045', '-462', '--yes'], 1, 'There are only 461 SMS in the wallet of shop-1045'],
    ['a wallet of nobody', ['shop-9', '+1', '--yes'], 1, 'There is no wallet of shop-9'],
    ['a number without its sign', ['shop-1045', '500', '--yes'], 2, '+500 puts 500 SMS in'],
    ['nothing', ['shop-1045', '+0', '--yes'], 2, '+500 puts 500 SMS in'],
    ['a half', ['shop-1045', '+1.5', '--yes'], 2, '+500 puts 500 SMS in'],
    ['a slip of the finger', ['shop-1045', '+99999999', '--yes'], 2, 'at most 10000000'],
    ['a name that hides', ['shop\u202e1045', '+1', '--yes'], 2, 'One line of plain text'],
  ])('refuses %s', async (_, args, code, says) => {
    const ran = await adjust(...args);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(says);
    expect(rows("SELECT count(*) FROM journal WHERE kind = 'adjustment'")).toEqual([0]);
  });

  it.each(['seen', 'x'.repeat(201) + ' y'])('refuses the reason %j', async (reason) => {
    const ran = await jaza('wallet', 'adjust', 'shop-1045', '+1', '--yes', '--reason', reason);
    expect(ran).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/--reason: say in a few words.*8 letters or digits at least/) as string,
    });
  });
});

describe('the question before it', () => {
  const answered = async (typed: string | null): Promise<string> => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    const answer = asked('Take it?', { input, output });
    if (typed === null) input.end();
    else input.write(`${typed}\n`);
    return answer;
  };

  it.each([
    ['y', 'yes'],
    ['Yes', 'yes'],
    ['', 'no'],
    ['yesterday', 'no'],
    ['n', 'no'],
  ])('takes %j for %s', async (typed, means) => {
    expect(await answered(typed)).toBe(means);
  });

  it('takes the end of the input for a no', async () => {
    expect(await answered(null)).toBe('no');
  });
});

describe('prices', () => {
  it('are set at each level, listed, and taken away again', async () => {
    expect(await jaza('sms-cost', 'set', '0.70')).toMatchObject({
      code: 0,
      out: 'The price of the platform is KES 0.7 for one SMS now. Before: KES 0.8 for one SMS, the default.\n',
    });
    expect((await jaza('sms-cost', 'set', '0.4', '--app', 'acme', '--operator', 'Njeri')).out).toContain(
      'The price of app acme is KES 0.4 for one SMS now. Before: KES 0.7 for one SMS, that of the platform.',
    );
    expect((await jaza('sms-cost', 'set', '0.255', '--app', 'acme', '--user', 'u 1')).out).toContain(
      'customer u 1 in app acme is KES 0.255',
    );
    expect((await jaza('wallet', 'show', 'u 1', '--app', 'acme')).out).toContain('KES 0.255 for one SMS, their own');
    const listed = (await jaza('sms-cost')).out.split('\n').map((line) => line.replace(/ +/g, ' '));
    expect(listed).toEqual([
      'where nothing is set KES 0.8',
      expect.stringMatching(/^the platform KES 0\.7 set by \S.*, \d{4}-/) as string,
      expect.stringMatching(/^app acme KES 0\.4 set by Njeri, /) as string,
      expect.stringMatching(/^customer u 1 in app acme KES 0\.255 set by /) as string,
      '',
    ]);
    expect((await jaza('sms-cost', 'remove', '--app', 'acme', '--user', 'u 1')).out).toBe(
      'The price of customer u 1 in app acme is taken away. Now: KES 0.4 for one SMS, that of the app.\n',
    );
    expect(rows("SELECT actor_id || ' ' || what || ': ' || detail FROM audit WHERE detail LIKE 'app%'")).toEqual([
      'Njeri price_set: app KES 0.4',
    ]);
  });

  it('of an app that no key acts for come with a hint; the name of a key is no app', async () => {
    const scope = ['--scope', 'wallet:topup'];
    expect((await jaza('api-key', 'create', '--name', 'shop', ...scope)).err).toContain('It acts for no app');
    const hinted = await jaza('sms-cost', 'set', '0.5', '--app', 'shop');
    expect(hinted.code).toBe(0);
    expect(hinted.err).toContain('No key acts for app shop, so this price holds only where a request says "appId": "shop".');
    expect(hinted.err).toContain('The key named shop acts for no app: the name of a key is no app.');
    const made = await jaza('api-key', 'create', '--name', 'shop-app', '--app', 'shop', ...scope);
    expect(made.err).toContain('It acts for app shop');
    expect((await jaza('sms-cost', 'set', '0.6', '--app', 'shop')).err).toBe('');
    await jaza('api-key', 'revoke', 'shop-app');
    expect((await jaza('sms-cost', 'set', '0.6', '--app', 'shop', '--user', 'u1')).err).toContain('No key acts for app shop');
    expect((await jaza('sms-cost', 'set', '0.6', '--user', 'u1')).err).toBe('');
    expect((await jaza('sms-cost', 'remove', '--app', 'shop')).err).toBe('');
  });

  it('that are not set cannot be taken away', async () => {
    expect(await jaza('sms-cost', 'remove', '--app', 'acme')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('There is no price of app acme: KES 0.8 for one SMS, the default.') as string,
    });
  });

  it.each(['0', '0.0001', '0.009', '-1', '0,8', '1e3', '100.001', 'free', ''])('of %j are refused', async (typed) => {
    const ran = await jaza('sms-cost', 'set', typed);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('A price in KES like 0.80') as string });
    expect(rows('SELECT count(*) FROM sms_cost')).toEqual([0]);
  });
});

describe('while another server keeps the wallets', () => {
  const HELD = '471 SMS in 2 wallets are kept here, and their owners neither see nor use them while TUKU_BASE_URL is set';
  const TUKU = { TUKU_BASE_URL: 'http://127.0.0.1:9', TUKU_API_KEY: 'key' };
  const env = (more: Record<string, string> = {}): Record<string, string> => ({ ...TUKU, ...more });
  const started = async (more: Record<string, string>): Promise<string> => {
    try {
      const world = await openWorld({ database: path, startAt: NOW, env: env(more) });
      await world.close();
      return 'started';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const examined = async (more: Record<string, string>): Promise<string | undefined> => {
    const { findings } = await examine({ DATABASE_URL: `sqlite:${path}`, ...env(more) });
    const found = findings.find(({ text }) => text.includes(' are kept here'));
    return found === undefined ? undefined : `${found.mark}: ${found.text}`;
  };

  it('nothing starts over SMS that are left here, until a setting says that it is meant', async () => {
    const refusal = await started({});
    expect(refusal).toContain(HELD);
    for (const way of ['jaza wallet list', 'jaza wallet adjust', 'TUKU_HIDES_OWN_SMS=on']) expect(refusal).toContain(way);
    expect(await started({ TUKU_HIDES_OWN_SMS: 'on' })).toBe('started');
  });

  it('the doctor says how many are left here, and what to do', async () => {
    expect(await examined({})).toMatch(new RegExp(`^wrong: SMS wallets: ${HELD}.*jaza wallet adjust`));
    expect(await examined({ TUKU_HIDES_OWN_SMS: 'on' })).toMatch(new RegExp(`^note: SMS wallets: ${HELD}`));
  });

  it('it starts when they were taken out, and the doctor has nothing to say', async () => {
    expect((await adjust('shop-1045', '-461', '--yes')).code).toBe(0);
    expect(await started({})).toContain('10 SMS in 1 wallet are kept here');
    expect((await adjust('u 1', '-10', '--app', 'acme', '--yes')).code).toBe(0);
    expect(await started({})).toBe('started');
    expect(await examined({})).toBeUndefined();
  });

  it('what is listed says that it is kept here, and what may be corrected there', async () => {
    for (const [key, value] of Object.entries(env({ TUKU_HIDES_OWN_SMS: 'on' }))) vi.stubEnv(key, value);
    for (const ran of [await jaza('wallet', 'list'), await jaza('wallet', 'show', 'shop-1045')]) {
      expect(ran.out).toContain('461 SMS');
      expect(ran.err).toBe(
        'These are wallets that are kept here. Your customers see those on http://127.0.0.1:9 instead, whose balances are asked there.\n',
      );
    }
    const ran = await adjust('shop-1045', '-61', '--yes');
    expect([ran.code, ran.err]).toEqual([1, expect.stringMatching(/^Nothing changed: another server keeps the wallets/)]);
  });
});
