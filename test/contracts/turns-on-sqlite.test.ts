/** Shows that one broken row, or one name taken twice, harms one turn at most: the turn runner on a real database. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import { decide, type Rules } from '../../src/services/decide.ts';
import { createTurnRunner, type TurnRunner } from '../../src/services/turn-runner.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { needsOf } from '../../src/services/needs-of.ts';
import { FLOWS } from '../../src/wiring.ts';
import { rulesOf } from '../support/decisions.ts';
import { MINUTE_MS, NOW, achieng, baraka, known, message, order, openOrder, placed, commit, welcomed } from './store-world.ts';

let store: SqliteStore;
let runner: TurnRunner;
const rules: Rules = rulesOf();

beforeEach(async () => {
  const options = { path: ':memory:', clock: new ManualClock(NOW), log: silentLog };
  store = await openSqliteStore({ ...options, needsOf: (session) => needsOf(session, FLOWS) });
  runner = createTurnRunner({ store, rules, log: silentLog, committed: () => undefined });
  await welcomed(store, achieng, baraka);
});
afterEach(() => store.close());

/** What waits to be said in each chat, by its locale keys. */
async function said(): Promise<Record<string, string[]>> {
  const items = await store.claimOutbox('send', NOW, 50, 1);
  const all: Record<string, string[]> = {};
  for (const { work } of items) {
    if (work.kind !== 'say') continue;
    (all[work.conversation.id] ??= []).push(...work.reply.parts.map(({ key }) => key));
  }
  return all;
}

const attention = (): string[] =>
  store.db.prepare<[], string>("SELECT detail FROM audit WHERE what = 'event_set_aside'").pluck().all();

describe('a row that is none of ours', () => {
  const SESSIONS: readonly [string, string][] = [
    ['a list', '[]'],
    ['nothing', 'null'],
    ['of another version', '{"version":7}'],
    ['without what was offered', JSON.stringify({ version: 1, language: 'sw', languageKnown: true, noticed: true, draft: null })],
    [
      'with a draft of no flow',
      JSON.stringify({
        version: 1,
        language: 'sw',
        languageKnown: true,
        noticed: true,
        draft: { id: 5 },
        choices: [],
        failures: 0,
      }),
    ],
  ];

  it.each(SESSIONS)(
    'a session that is %s: the others are answered, its own person is told, and is understood again',
    async (_, session) => {
      store.db.prepare('UPDATE conversation SET session = ? WHERE id = ?').run(session, achieng.conversationId);
      const endings = await runner.submit([message(achieng, { text: 'hi' }), message(baraka, { text: 'hi' })]);
      expect(endings).toEqual(['set_aside', 'committed']);
      const words = await said();
      expect(words[achieng.conversationId]).toEqual(['common:went-wrong']);
      expect(words[baraka.conversationId]).toContain('common:menu');
      expect(attention()).toEqual([expect.stringContaining('set aside')]);

      expect(await runner.submit([message(achieng, { text: 'buy airtime' })])).toEqual(['committed']);
      expect((await known(store, message(achieng))).conversation?.session.draft).toMatchObject({ asking: 'recipient' });
    },
  );

  const COLUMNS: readonly [string, string][] = [
    ['state', 'lost'],
    ['payment_network', 'Barter'],
    ['recipient_network', 'Nokia'],
  ];

  it.each(COLUMNS)('an order whose %s is "%s": its customer is told, the rest goes on', async (column, value) => {
    const one = await placed(store, achieng);
    store.db.prepare(`UPDATE orders SET ${column} = ? WHERE id = ?`).run(value, one.id);
    const starting = { kind: 'call_starting', id: 'starting', at: NOW, orderId: one.id, purpose: 'buy_airtime' } as const;
    const endings = await runner.submit([message(achieng, { text: 'my orders' }), message(baraka, { text: 'hi' }), starting]);
    expect(endings).toEqual(['set_aside', 'committed', 'set_aside']);
    const words = await said();
    expect(words[achieng.conversationId]).toEqual(['common:went-wrong']);
    expect(words[baraka.conversationId]).toContain('common:menu');
    // Nothing is bought for an order that cannot be read.
    expect(await store.claimOutbox('call', NOW, 10, 1)).toEqual([]);
    expect(attention()).toHaveLength(2);
  });
});

it('an order whose reference is taken already gets another one', async () => {
  await runner.submit([message(achieng, { text: '100 to 0733000000 paid by 0722000001' })]);
  // The question is sent: a yes binds only to what was seen.
  for (const { id } of await store.claimOutbox('send', NOW, 50, 1))
    await store.finishSends([{ id, kind: 'sent', channelMessageId: id, text: '' }], NOW);
  const yes = message(achieng, { text: 'yes', at: NOW + MINUTE_MS });
  const first = decide(await known(store, yes), yes, rules).changes.find(({ kind }) => kind === 'open_order');
  if (first?.kind !== 'open_order') throw new Error('the yes must buy');
  const { reference } = first.order;
  await commit(store, message(baraka), [openOrder(order(baraka, { reference, payer: msisdn('254733000000') }))]);

  expect(await runner.submit([yes])).toEqual(['committed']);
  const [mine] = (await known(store, message(achieng))).recentOrders;
  expect(mine).toMatchObject({ state: 'confirmed', amountKes: 100 });
  expect(mine?.reference).toMatch(/^JZ[2-9A-Z]{8}$/);
  expect(mine?.reference).not.toBe(reference);
  expect((await known(store, message(baraka))).recentOrders.map((one) => one.reference)).toEqual([reference]);
});
