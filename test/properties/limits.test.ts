/**
 * Whatever yeses meet in the same instant, from two chats of one person and from others, for shared payers and recipients: no order
 * of their turns passes a limit of the day, and no phone rings twice at once.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSession } from '../../src/conversation/session.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { TurnEvent } from '../../src/ports/store.ts';
import { decide } from '../../src/services/decide.ts';
import { needsOf } from '../../src/services/needs-of.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { FLOWS } from '../../src/wiring.ts';
import { aMessage, anOpenDraft, MINUTE_MS, NOW, rulesOf } from '../support/decisions.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_125);

const MOST = { kes: 100, orders: 4 };
const base = rulesOf();
const RULES = {
  ...base,
  business: { ...base.business, limits: { ...base.business.limits, perDay: { person: MOST, payer: MOST, recipient: MOST } } },
  capabilities: () => ({ buttons: true, asksOwnPhone: false, retireButtons: false }),
};
const NUMBERS = ['254722000001', '254733000002', '254711000003'];
/** The first two are chats of one person. */
const CHATS = [0, 1, 2, 3] as const;
const customerOf = (chat: number): string => (chat < 2 ? 'c-0' : `c-${chat}`);

interface Wish {
  readonly payer: number;
  readonly recipient: number;
  readonly amount: number;
}

const number = fc.integer({ min: 0, max: NUMBERS.length - 1 });
const wish = fc.record({ payer: number, recipient: number, amount: fc.integer({ min: 10, max: 60 }) });
/** One wish in each chat, all decided on the same view, committed in this order; then every phone stops ringing. */
const round = fc.record({
  wishes: fc.tuple(wish, wish, wish, wish),
  order: fc.shuffledSubarray([...CHATS], { minLength: CHATS.length }),
});

describe('limits', () => {
  it('are passed by no interleaving of concurrent orders', async () => {
    let sold = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
        const clock = new ManualClock(NOW);
        const store = await openSqliteStore({
          path: ':memory:',
          clock,
          log: silentLog,
          needsOf: (session) => needsOf(session, FLOWS),
        });
        await welcome(store);
        for (const [at, { wishes, order }] of rounds.entries()) {
          const now = NOW + at * 4 * MINUTE_MS;
          for (const chat of CHATS) await draft(store, chat, wishes[chat], idOf(at, chat), now);
          const yeses = CHATS.map((chat) => yes(chat, idOf(at, chat), now));
          const views = await store.load(yeses);
          const turns = yeses.map((event, chat) => decide(must(views[chat]), event, RULES));
          for (const chat of order) {
            const [outcome] = await store.commit([must(turns[chat])]);
            if (outcome?.kind === 'stale') await again(store, must(yeses[chat]));
            else expect(outcome).toEqual({ kind: 'committed' });
            check(store);
          }
          store.db.exec("UPDATE orders SET state = 'delivered', ringing_phone = NULL, prompt_live_until = NULL");
        }
        sold += store.db.prepare<[], number>('SELECT count(*) FROM orders').pluck().get() ?? 0;
        await store.close();
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(sold).toBeGreaterThan(RUNS);
  });
});

/** Eight characters, as a button takes them. */
const idOf = (round: number, chat: number): string => `drft${round}c${chat}0`;

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is there');
  return value;
}

async function welcome(store: SqliteStore): Promise<void> {
  for (const chat of CHATS) {
    const address = { channel: 'telegram', account: 'bot', chat: `chat-${chat}` } as const;
    const conversation = {
      id: `v-${chat}`,
      customerId: customerOf(chat),
      address,
      session: newSession('en'),
      blockedAt: null,
      version: 0,
    };
    const customer = { id: customerOf(chat), name: null };
    const event = aMessage({ messageId: `welcome-${chat}` });
    const sender = customerOf(chat);
    await store.commit([{ event, read: {}, touched: [], changes: [{ kind: 'welcome', customer, sender, conversation }] }]);
  }
  // Numbers that were seen before, as most are.
  const seen = store.db.prepare('INSERT INTO phone (msisdn) VALUES (?)');
  for (const one of NUMBERS) seen.run(one);
}

async function draft(
  store: SqliteStore,
  chat: number,
  { payer, recipient, amount }: Wish,
  id: string,
  at: number,
): Promise<void> {
  const said = (value: string | number) => ({ value, how: 'said' as const });
  const slots = {
    payer: said(must(NUMBERS[payer])),
    recipient: said(must(NUMBERS[recipient])),
    amount: said(amount),
    paymentNetwork: said('M-Pesa'),
  };
  const session = { ...newSession('en'), noticed: true, draft: { ...anOpenDraft(at), id, slots } };
  const event = aMessage({ messageId: `draft-${id}` }, at);
  await store.commit([{ event, read: {}, touched: [], changes: [{ kind: 'remember', conversationId: `v-${chat}`, session }] }]);
}

function yes(chat: number, id: string, at: number): TurnEvent {
  const address = { channel: 'telegram', account: 'bot', chat: `chat-${chat}` } as const;
  const content = { kind: 'tap', data: `ok:${id}:2`, on: null } as const;
  return aMessage({ address, sender: customerOf(chat), messageId: `yes-${id}`, content }, at);
}

async function again(store: SqliteStore, event: TurnEvent): Promise<void> {
  const [view] = await store.load([event]);
  expect(await store.commit([decide(must(view), event, RULES)])).toEqual([{ kind: 'committed' }]);
}

function check(store: SqliteStore): void {
  for (const party of ['customer_id', 'payer_phone', 'recipient_phone']) {
    const days = store.db
      .prepare<[], { kes: number; orders: number }>(
        `SELECT sum(amount_minor) / 100 AS kes, count(*) AS orders FROM orders GROUP BY ${party}`,
      )
      .all();
    for (const day of days) {
      expect(day.kes, party).toBeLessThanOrEqual(MOST.kes);
      expect(day.orders, party).toBeLessThanOrEqual(MOST.orders);
    }
  }
  const ringing = 'SELECT count(*) FROM orders WHERE ringing_phone IS NOT NULL GROUP BY payer_phone HAVING count(*) > 1';
  expect(store.db.prepare(ringing).all()).toEqual([]);
}
