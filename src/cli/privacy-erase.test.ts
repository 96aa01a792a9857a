/** Shows what is left of a customer who asked to be deleted: no trace in any table, and everybody else’s as it was. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorld, type ChatWorld } from '../../test/support/chat-world.ts';
import { runJaza } from '../../test/support/run-jaza.ts';
import { msisdn } from '../domain/msisdn.ts';
import { systemClock } from '../lib/clock.ts';

const OWN = '254722000001';
const TELEGRAM = { channel: 'telegram', account: 'bot', chat: '424242' } as const;
const WHATSAPP = { channel: 'whatsapp', account: 'shop', chat: `${OWN}@s.whatsapp.net` } as const;
/** All that tells who she is: number, names, chats, words, and whom she bought for. */
const TRACES = /722000001|Achieng|424242|mambo vipi|733000007|Mama Njeri|0733 ?000 ?007/;

let folder: string;
let path: string;
let world: ChatWorld;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-erase-'));
  path = join(folder, 'jaza.db');
  vi.stubEnv('DATABASE_URL', `sqlite:${path}`);
  world = await openWorld({ database: path });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const achieng = (text: string) =>
  world.hear({
    address: TELEGRAM,
    sender: '424242',
    senderName: 'Achieng',
    ownPhone: msisdn(OWN),
    content: { kind: 'text', text },
  });
const onWhatsApp = (text: string) =>
  world.hear({ address: WHATSAPP, sender: OWN, senderName: 'Achieng O', ownPhone: msisdn(OWN), content: { kind: 'text', text } });
const baraka = (text: string) =>
  world.hear({ sender: 'baraka', senderName: 'Baraka', ownPhone: msisdn('254722000002'), content: { kind: 'text', text } });

async function bought(says: (text: string) => Promise<void>, text: string, payer: string): Promise<void> {
  await says(text);
  await says('yes');
  await world.core.sandbox?.answer(msisdn(payer), 'approve');
  await world.settle();
}

/** Every value of every table, as text. */
function dump(): Record<string, string> {
  const db = new Database(path, { readonly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  const text = (table: string): string => JSON.stringify(db.prepare(`SELECT * FROM "${table}"`).all());
  const all = Object.fromEntries(tables.map((table) => [table, text(table)]));
  db.close();
  return all;
}

function holding(pattern: RegExp): string[] {
  return Object.entries(dump()).flatMap(([table, text]) => (pattern.test(text) ? [table] : []));
}

describe('a customer is erased', () => {
  it('from every table, whichever chat and number they had, and the ledger still adds up', async () => {
    await bought(achieng, `70 to 0733000007`, OWN);
    await onWhatsApp('mambo vipi');
    await onWhatsApp('delete my data');
    await onWhatsApp('yes');
    await world.hear({
      address: WHATSAPP,
      sender: OWN,
      ownPhone: msisdn(OWN),
      content: { kind: 'contact', name: 'Mama Njeri', phones: ['0733000007'] },
    });
    await bought(baraka, 'buy 30 for 0733000009', '254722000002');
    await world.close();
    expect(holding(TRACES)).toEqual(expect.arrayContaining(['customer', 'identity', 'phone', 'conversation', 'message', 'raw']));
    expect((await runJaza('review')).out).toContain('wants their data deleted');

    const ran = await runJaza('privacy', 'erase', '0722000001', '--yes', '--operator', 'Njeri');
    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Erased: customer') as string });

    expect(holding(TRACES)).toEqual([]);
    for (const who of ['0722000001', 'telegram:424242', /c\w{16}/.exec(ran.out)?.[0] ?? ''])
      expect(await runJaza('privacy', 'export', who)).toMatchObject({ code: 1, out: '' });
    expect((await runJaza('review')).out).toBe('Nothing wants you.\n');
    expect((await runJaza('ledger', 'check')).code).toBe(0);
    expect(dump()['audit']).toMatch(/"operator","actor_id":"Njeri","what":"erase_customer"/);
    const other = await runJaza('privacy', 'export', '0722000002');
    expect(JSON.parse(other.out)).toMatchObject({ orders: [{ recipient: '254733000009', payer: '254722000002' }] });
  });

  it('begins anew in the same chat, as one who is greeted for the first time', async () => {
    await bought(achieng, '70 to 0733000007', OWN);
    await world.close();
    await runJaza('privacy', 'erase', 'telegram:424242', '--yes');
    world = await openWorld({ database: path });
    await achieng('my orders');
    expect(world.said.map(({ text }) => text).join('\n')).toContain('You have no orders yet.');
    expect(world.said.at(-1)?.text).toContain('keeps your number, orders and messages');
    await bought(achieng, '80 to 0733000007', OWN);
    expect(world.said.at(-1)?.text).toContain('Airtime sent');
    await world.close();
    expect((await runJaza('ledger', 'check')).code).toBe(0);
  });

  it('but not what others did with their number, nor their wish for no prompts', async () => {
    await achieng('hello');
    await achieng('STOP');
    await bought(baraka, '30 to 0722000001', '254722000002');
    await world.close();
    await runJaza('privacy', 'erase', '0722000001', '--yes');
    expect(holding(/722000001/).sort()).toEqual(['message', 'phone', 'raw']);
    expect((await runJaza('stop-list', 'list')).out).toContain(OWN);
    const other = await runJaza('privacy', 'export', '0722000002');
    expect(JSON.parse(other.out)).toMatchObject({ orders: [{ recipient: OWN }] });
  });

  it('and is no operator any more', async () => {
    await world.close();
    const { out } = await runJaza('operator', 'invite', '--name', 'Achieng of the shop');
    world = await openWorld({ database: path, startAt: systemClock.now() });
    await achieng(/operator \S+/.exec(out)?.[0] ?? '');
    await world.close();
    expect((await runJaza('operator', 'list')).out).toContain('Achieng of the shop');
    await runJaza('privacy', 'erase', 'telegram:424242', '--yes');
    expect((await runJaza('operator', 'list')).out).toContain('Nobody hears the alerts');
  });
});

describe('nobody is erased', () => {
  it('while an order of theirs is under way, or a phone may ring for one', async () => {
    await achieng('70 to 0733000007');
    await achieng('yes');
    await world.close();
    const [reference] = /JZ\w{8}/.exec(dump()['orders'] ?? '') ?? [''];
    const ran = await runJaza('privacy', 'erase', '0722000001', '--yes');
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${reference} is `) as string });
    expect((await runJaza('privacy', 'export', '0722000001')).code).toBe(0);
  });

  it('without a yes, or who is not known', async () => {
    await achieng('hello');
    await world.close();
    const ran = await runJaza('privacy', 'erase', '0722000001');
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(
      /Achieng, 0722 000 001, telegram 424242: 0 orders, \d messages?\.\n.*add --yes\. Nothing was erased\./,
    );
    expect(await runJaza('privacy', 'erase', '0733000007', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nobody is known by "0733000007"') as string,
    });
    expect((await runJaza('privacy', 'export', '0722000001')).code).toBe(0);
  });
});
