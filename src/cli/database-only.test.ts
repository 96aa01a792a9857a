/** Shows that one wrong line of the configuration keeps nobody from stopping sales, looking, settling or backing up. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { message } from '../../test/contracts/store-world.ts';
import { runJaza } from '../../test/support/run-jaza.ts';
import { amina, ORDER_ID, REFERENCE, seenInReview, shopInReview } from '../../test/support/shop-in-review.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jaza-broken-'));
  path = join(folder, 'jaza.db');
  await shopInReview(path);
  vi.stubEnv('DATABASE_URL', `sqlite:${path}`);
  vi.stubEnv('TELEGRAM_BOT_TOKEN', 'copied by half');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it.each([
  ['review list', REFERENCE],
  [`review show ${REFERENCE}`, REFERENCE],
  [`review resolve ${REFERENCE} cancelled --seen STATE --evidence the-payer-declined it`, 'is cancelled now'],
  ['stop-sales', 'Sales are STOPPED'],
  ['resume-sales', 'Sales were not stopped'],
  ['operator list', 'Nobody hears the alerts'],
  ['stop-list add 0722000000', 'gets no payment prompts'],
  ['stop-list list', 'No number and no e-mail address is on the list'],
  [`privacy export ${REFERENCE}`, 'amina'],
  ['ledger check', 'every balance'],
  ['backup', 'backup'],
  ['api-key list', ''],
])('jaza %s', async (line, says) => {
  const args = line.replace('STATE', await seenInReview(path)).split(' ');
  const words = args.indexOf('--evidence');
  const ran = await runJaza(...(words < 0 ? args : [...args.slice(0, words + 1), args.slice(words + 1).join(' ')]));
  expect(ran.code).toBe(0);
  expect(ran.out.toLowerCase()).toContain(says.toLowerCase());
});

it('says on stderr that the rest cannot be used, and where to read of it', async () => {
  vi.stubEnv('AIRTIME_MIN_KES', 'ten');
  const ran = await runJaza('stop-sales');
  expect(ran.err).toBe('Not needed here, but wrong: 3 settings. The bot does not start like that; see: npx jaza doctor\n');
  const { out } = await runJaza('doctor');
  expect(out).toContain('TELEGRAM_BOT_TOKEN: must read as');
  expect(out).toContain('AIRTIME_MIN_KES: must be a whole number');
});

it('stops at what is wrong with the database itself', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://here');
  const ran = await runJaza('stop-sales');
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toContain('DATABASE_URL: must read sqlite:<file>');
});

it('leaves to the server what others wrote down: it cannot know by which settings to turn it', async () => {
  const store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
  await store.record([message(amina, { id: 'm:waiting', text: '100 to 0733000000' })]);
  await store.close();
  await runJaza(
    'review',
    'resolve',
    REFERENCE,
    'cancelled',
    '--seen',
    await seenInReview(path),
    '--evidence',
    'the payer declined it',
  );
  const after = await openSqliteStore({ path, clock: systemClock, log: silentLog });
  expect((await after.recorded(10)).map(({ id }) => id)).toEqual(['m:waiting']);
  expect(after.db.prepare('SELECT state FROM orders WHERE id = ?').pluck().get(ORDER_ID)).toBe('cancelled');
  await after.close();
});
