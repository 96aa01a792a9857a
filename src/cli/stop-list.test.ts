/** Shows what `jaza stop-list` answers, beside a running server and without one, and that it holds at once. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMessage } from '../../test/support/decisions.ts';
import { msisdn } from '../domain/msisdn.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts';
import { stopList, type Action } from './stop-list.ts';

let folder = '';
let path = '';
let server: SqliteStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-stop-list-'));
  path = join(folder, 'jaza.db');
  server = await openSqliteStore({ path, clock: new ManualClock(0), log: silentLog });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const asked = async (action: Action, typed = ''): Promise<string> => {
  const { exitCode, lines } = await stopList(path, action, typed);
  return `${exitCode}: ${lines.join(' | ')}`;
};

describe('jaza stop-list', () => {
  it('adds, lists and removes a number, however it is written; twice is once', async () => {
    expect(await asked('list')).toBe('0: No number and no e-mail address is on the list.');
    expect(await asked('add', '0722 000 001')).toBe('0: 254722000001 gets no payment prompts any more.');
    expect(await asked('add', '+254722000001')).toMatch(/^0:/);
    expect(await asked('list')).toMatch(/^0: 254722000001 {2}since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(await asked('remove', '254722000001')).toBe('0: 254722000001 can get payment prompts.');
    expect(await asked('list')).toBe('0: No number and no e-mail address is on the list.');
  });

  it('adds, lists and removes an e-mail address, in one spelling', async () => {
    expect(await asked('add', ' Owner@Example.com')).toBe('0: owner@example.com gets no alerts by e-mail any more.');
    expect(await asked('list')).toMatch(/^0: owner@example\.com {2}since \d{4}/);
    expect(await asked('remove', 'OWNER@example.com')).toBe('0: owner@example.com can get alerts by e-mail.');
    expect(await asked('list')).toBe('0: No number and no e-mail address is on the list.');
  });

  it('is seen by a server that runs, whose decisions on that payer are made again', async () => {
    const payer = msisdn('254722000001');
    const event = aMessage();
    const parties = new Map([[event.id, { parties: { payer, recipient: payer } }]]);
    const [before] = await server.load([event], parties);
    await stopList(path, 'add', payer);
    const [after] = await server.load([event], parties);
    expect([before?.use?.payer.stopped, after?.use?.payer.stopped]).toEqual([false, true]);
    expect(await server.commit([{ event, read: before?.versions ?? {}, touched: [], changes: [] }])).toEqual([{ kind: 'stale' }]);
  });

  it.each(['', 'mama', '0722', '+256772000000', 'a@b@c', 'A <a@example.com>', 'a@example.com\nb@example.com'])(
    'refuses %j, and says how a number is written',
    async (typed) => {
      expect(await asked('add', typed)).toMatch(/^1: "[^"]*" is no Kenyan mobile number and no e-mail address\. Write it as in/);
    },
  );

  it('makes no database where there is none to look into, nor to change', async () => {
    const none = join(folder, 'none.db');
    expect(await stopList(none, 'list', '')).toMatchObject({
      exitCode: 2,
      lines: [expect.stringContaining('There is no database') as string],
    });
    expect((await stopList(none, 'add', '0722000001')).exitCode).toBe(2);
    expect(existsSync(none)).toBe(false);
  });

  it('changes nothing where the database cannot be used', async () => {
    expect((await stopList(join(folder, 'none', 'jaza.db'), 'add', '0722000001')).exitCode).toBe(2);
  });
});
