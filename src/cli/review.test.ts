/** Shows the commands of the desk as they are typed, in this process and without a server: what they print, refuse and write down. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advance, commit, message, openOrder, operatorEvent, phones, smsOrder } from '../../test/contracts/store-world.ts';
import { runJaza } from '../../test/support/run-jaza.ts';
import { amina, ORDER_ID, REFERENCE, seenInReview, shopInReview } from '../../test/support/shop-in-review.ts';
import { asSeen, itemId } from '../domain/attention.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { resolve } from './review.ts';

const HELP = itemId('help', amina.conversationId);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-review-'));
  path = join(folder, 'jaza.db');
  vi.stubEnv('DATABASE_URL', `sqlite:${path}`);
  await shopInReview(path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

const jaza = runJaza;

function rows(sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
}

describe('the list', () => {
  it('is lines for people, each with the next command', async () => {
    const { code, out } = await jaza('review');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      `${REFERENCE}  1 min  in review: KES 100 to 0110 000 003, paid by 0722 000 001 (as the test says)`,
      `    npx jaza review show ${REFERENCE}`,
      `${HELP}  1 min  amina, web chat-amina asks for you: asked for a person`,
      `    npx jaza review show ${HELP}`,
      '',
    ]);
  });

  it('is one JSON value for programs', async () => {
    const { out } = await jaza('review', 'list', '--json');
    expect(JSON.parse(out)).toMatchObject({
      salesStopped: null,
      orders: [{ id: REFERENCE, state: 'review', amountKes: 100, recipient: '254110000003', payer: '254722000001' }],
      items: [{ id: HELP, kind: 'help', count: 1, who: { name: 'amina', channel: 'web' } }],
    });
  });

  it('says that there is no database, or that nothing wants anybody', async () => {
    vi.stubEnv('DATABASE_URL', `sqlite:${join(folder, 'other.db')}`);
    expect(await jaza('review', 'list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no database') as string,
    });
    expect(await jaza('stop-sales')).toMatchObject({ code: 1, err: expect.stringContaining('There is no database') as string });
  });
});

describe('what is shown', () => {
  it('holds nothing that could take hold of the terminal', async () => {
    const db = new Database(path);
    db.exec("UPDATE customer SET name = 'Amina' || char(27) || '[2J'");
    db.close();
    const { out } = await jaza('review', 'show', HELP);
    expect(out).toContain('Amina?[2J, web chat-amina, speaks Swahili');
    expect(out).toContain(`npx jaza review done ${HELP} --evidence "..."`);
  });
});

describe('the sheet of an order', () => {
  const keep = (body: string): void => {
    const db = new Database(path);
    db.prepare("UPDATE raw SET body = ? WHERE id = 'raw:1'").run(body);
    db.close();
  };

  it('has what its customer asks of a person before the steps, with the way to answer', async () => {
    const { out } = await jaza('review', 'show', REFERENCE);
    const [before = '', after] = out.split('\nSteps:\n');
    expect(before).toContain('The customer asks for you, 1 min ago: asked for a person');
    expect(before).toContain(`npx jaza say ${HELP} "..."`);
    expect(after).toBeDefined();
    await jaza('review', 'done', HELP, '--evidence', 'called her back');
    expect((await jaza('review', 'show', REFERENCE)).out).not.toContain('asks for you');
  });

  it('cuts what came in to a line and says so, without showing half of a credential; --raw has it whole', async () => {
    // The cut falls into it.
    const note = 'jaza_planted-key-that-is-long';
    keep(JSON.stringify({ status: 'Reversed', filler: 'x'.repeat(96), note, last: 'the end' }, null, 2));
    const { out } = await jaza('review', 'show', REFERENCE);
    expect(out).toMatch(/topups webhook: \{ "status": "Reversed", .*\.\.\.\n/);
    expect(out).not.toMatch(/planted|the end/);
    expect(out).toContain(`whole: npx jaza review show ${REFERENCE} --raw`);
    const raw = (await jaza('review', 'show', REFERENCE, '--raw')).out;
    expect(raw).toContain('          "last": "the end"\n');
    expect(raw).not.toMatch(/planted|is cut here/);
  });

  it('does not speak of more where nothing was cut', async () => {
    expect((await jaza('review', 'show', REFERENCE)).out).not.toContain('--raw');
  });
});

describe('what is refused', () => {
  it.each<[readonly string[], number, string]>([
    [['resolve', REFERENCE, 'delivered', '--evidence', 'seen'], 2, 'in a few words'],
    [['resolve', REFERENCE, 'delivered', '--evidence', '. . . . . . . . .'], 2, 'in a few words'],
    [['resolve', REFERENCE, 'lapsed', '--evidence', 'seen'], 2, 'in a few words'],
    [['resolve', REFERENCE, 'lapsed', '--evidence', 'nobody paid for it'], 2, 'delivered, paid, cancelled, refund-due, refunded'],
    [['resolve', REFERENCE, 'refunded', '--evidence', 'sent it back'], 1, 'it may become: delivered, cancelled, refund-due.'],
    [['resolve', 'JZNOTHING', 'delivered', '--evidence', 'sent it back'], 1, 'There is no order JZNOTHING'],
    [['show', 'H-222222'], 1, 'nothing open by that name'],
    [['done', 'H-222222', '--evidence', 'called her back'], 1, 'Nothing open is called H-222222'],
    [['done', REFERENCE, '--evidence', 'called her back'], 1, 'prints the commands that end it'],
    [['resolve', REFERENCE, 'delivered', '--evidence', 'SFC123 seen'], 2, `npx jaza review show ${REFERENCE}`],
  ])('%j', async (args, code, says) => {
    const ran = await jaza('review', ...args);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(says);
    expect(rows(`SELECT state FROM orders WHERE id = '${ORDER_ID}'`)).toEqual(['review']);
    expect(rows("SELECT what FROM audit WHERE actor = 'operator'")).toEqual([]);
  });
});

describe('an order that has changed since it was looked at', () => {
  const hears = (): void => {
    const db = new Database(path);
    db.exec(`UPDATE orders SET version = version + 1 WHERE id = '${ORDER_ID}'`);
    db.close();
  };
  const state = (): unknown[] => rows(`SELECT state FROM orders WHERE id = '${ORDER_ID}'`);

  it('is not ended, and printed as it is now, with the commands that end it now', async () => {
    const before = await seenInReview(path);
    hears();
    const words = ['--evidence', 'reversed at the supplier'];
    const ran = await jaza('review', 'resolve', REFERENCE, 'refund-due', '--seen', before, ...words);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('has changed since you looked') as string });
    expect(state()).toEqual(['review']);
    const again = /resolve \S+ refund-due (--seen \S+) --evidence/.exec(ran.out)?.[1]?.split(' ') ?? [];
    expect(again).not.toContain(before);
    expect(await jaza('review', 'resolve', REFERENCE, 'refund-due', ...again, ...words)).toMatchObject({ code: 0 });
    expect(state()).toEqual(['refund_due']);
  });

  it('also when that was while the operator was asked once more', async () => {
    const seen = await seenInReview(path);
    const [out, err] = ['stdout', 'stderr'].map((name) => vi.spyOn(process[name as 'stdout'], 'write').mockReturnValue(true));
    const code = await resolve(REFERENCE, 'delivered', { evidence: 'SFC123 seen there', seen }, () => {
      hears();
      return Promise.resolve('yes');
    });
    expect([code, ...state()]).toEqual([1, 'review']);
    expect(err?.mock.calls.join('')).toContain('has changed since you looked');
    expect(out?.mock.calls.join('')).toContain(`--seen ${await seenInReview(path)}`);
    expect(rows("SELECT detail FROM audit WHERE what = 'operator_delivered'")).toEqual([
      'not done, the order has changed since they looked: SFC123 seen there',
    ]);
  });
});

describe('an order of SMS that is paid, and wallets have moved to another server since it was placed', () => {
  it('stays before the operator, who is told what to do there; nothing is put in here', async () => {
    const store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
    const one = smsOrder(amina, { id: 'o-sms', reference: 'JZ3M9Q4TKW', createdAt: systemClock.now(), payer: phones.baraka });
    await commit(store, message(amina, { at: one.createdAt }), [openOrder(one)]);
    await commit(store, operatorEvent(one), [advance(one, 'silence', 'confirmed', 'review')]);
    const order = (await store.desk.order(one.reference))?.order;
    await store.close();
    vi.stubEnv('TUKU_BASE_URL', 'http://127.0.0.1:9');
    vi.stubEnv('TUKU_API_KEY', 'key');
    const seen = ['--seen', asSeen(order ?? one), '--evidence', 'SFC1 in our statement'];
    const ran = await jaza('review', 'resolve', one.reference, 'delivered', ...seen);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('JZ3M9Q4TKW is review now.');
    expect(ran.out).toContain('It counts as paid, and nothing was added: the wallets of SMS have moved since it was placed.');
    expect(rows("SELECT state || ' ' || wallet_at FROM orders WHERE id = 'o-sms' AND paid_at > 0")).toEqual(['review tuku']);
    expect(rows('SELECT count(*) FROM journal')).toEqual([0]);
    expect((await jaza('review', 'show', one.reference)).out).toContain('nothing is added anywhere.');
  });
});

describe('who is asked once more', () => {
  const ends = async (answer: 'yes' | 'no' | 'nobody', options: { yes?: boolean } = {}): Promise<number> => {
    const said = { evidence: 'the payer declined it', seen: await seenInReview(path), ...options };
    return resolve(REFERENCE, 'cancelled', said, (question) => {
      asked = question;
      return Promise.resolve(answer);
    });
  };
  let asked = '';
  beforeEach(() => {
    asked = '';
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  it('whoever settles an order on a terminal: a no changes nothing, a yes does, and so does a script', async () => {
    expect(await ends('no')).toBe(1);
    expect(asked).toBe(`${REFERENCE}, KES 100, is review and becomes cancelled. The customer is told so, for good.`);
    expect(rows(`SELECT state FROM orders WHERE id = '${ORDER_ID}'`)).toEqual(['review']);
    expect(await ends('yes')).toBe(0);
    expect(rows(`SELECT state FROM orders WHERE id = '${ORDER_ID}'`)).toEqual(['cancelled']);
  });

  it('but nobody who brought a yes, or is no person', async () => {
    expect(await ends('no', { yes: true })).toBe(0);
    expect(asked).toBe('');
  });
});

describe('what is done', () => {
  it('puts a thing away, with who did and why', async () => {
    const ran = await jaza('review', 'done', HELP.toLowerCase(), '--evidence', 'called her back', '--operator', 'Njeri');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(
      rows("SELECT actor_id || ' ' || what || ' ' || subject || ': ' || detail FROM audit WHERE actor = 'operator'"),
    ).toEqual([`Njeri put_away ${HELP}: called her back`]);
    expect((await jaza('review')).out).not.toContain(HELP);
  });

  it('stops sales and lets them go on, told wherever somebody looks', async () => {
    expect((await jaza('stop-sales', '--reason', 'the supplier is down')).out).toContain(
      'Sales are STOPPED: the supplier is down',
    );
    expect((await jaza('review')).out).toContain('Sales are STOPPED: the supplier is down. To go on: npx jaza resume-sales');
    expect((await jaza('doctor')).out).toContain('Sales are STOPPED: the supplier is down');
    expect((await jaza('resume-sales')).out).toBe('Sales go on. They were stopped: the supplier is down\n');
    expect((await jaza('resume-sales')).out).toBe('Sales were not stopped: they go on.\n');
  });

  it('prints a code once and keeps only its hash', async () => {
    const { out } = await jaza('operator', 'invite', '--name', 'Njeri');
    const code = /operator (\S{4}-\S{4})\n/.exec(out)?.[1] ?? '';
    expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    expect(rows('SELECT name FROM operator_invite WHERE used_at IS NULL')).toEqual(['Njeri']);
    const kept = rows(
      'SELECT group_concat(hash) FROM operator_invite UNION ALL SELECT group_concat(detail || subject) FROM audit',
    );
    expect(kept.join('\n')).not.toContain(code);
    expect((await jaza('operator', 'list')).out).toContain('Nobody hears the alerts in a chat');
    expect(await jaza('operator', 'remove', 'Njeri')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no operator Njeri') as string,
    });
  });
});
