/**
 * Shows orders of SMS end to end over HTTP: the real M-Pesa client against the simulated Daraja, the simulated payer's phone, and the whole
 * program around them. The orders are put into the database as a yes would put them.
 */

import { afterEach, expect, it } from 'vitest';
import { kes } from '../../src/domain/money.ts';
import { msisdn } from '../../src/domain/msisdn.ts';
import type { SmsOrder } from '../../src/domain/order.ts';
import { placed } from '../../src/services/place-order.ts';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import type { Answer } from '../../src/sandbox/prompts.ts';
import { openWorld, type ChatWorld } from '../support/chat-world.ts';
import { anSmsOrder, knownOf } from '../support/decisions.ts';

const PAYER = msisdn('254722000001');
const MINUTE_MS = 60_000;

let world: ChatWorld;
afterEach(async () => {
  expect(auditLedger(world.core.store.db).faults).toEqual([]);
  await world.close();
});

/** Somebody who chats orders 125 SMS. */
async function ordered(fault?: string): Promise<SmsOrder> {
  world = await openWorld();
  await world.hear({ content: { kind: 'text', text: 'hello' } });
  if (fault !== undefined) expect(world.core.sandbox?.setFault(fault as never).ok).toBe(true);
  const { store, clock } = world.core;
  const [chat] = store.db.prepare<[], { id: string; customer_id: string }>('SELECT id, customer_id FROM conversation').all();
  const customerId = chat?.customer_id ?? '';
  const at = clock.now();
  const order = anSmsOrder({
    state: 'confirmed',
    customerId,
    conversationId: chat?.id ?? '',
    wallet: { appId: null, userId: customerId },
    payer: PAYER,
    amountKes: kes(100),
    upstreamReference: null,
    promptLiveUntil: at + 3 * MINUTE_MS,
    createdAt: at,
    changedAt: at,
  });
  const { changes } = placed(order, { kind: 'customer', id: customerId }, knownOf());
  const event = { kind: 'incident', id: 'yes', at, what: 'channel_up', subject: '', detail: '', conversationId: null } as const;
  expect(await store.commit([{ event, read: {}, touched: [], changes }])).toEqual([{ kind: 'committed' }]);
  await world.settle();
  return order;
}

const answered = async (answer: Answer): Promise<void> => {
  expect(await world.core.sandbox?.answer(PAYER, answer)).toBe(true);
  await world.settle();
};
const state = (): unknown => world.core.store.db.prepare('SELECT state FROM orders').pluck().get();
const raws = (): unknown[] => world.core.store.db.prepare('SELECT DISTINCT source FROM raw ORDER BY source').pluck().all();
const units = async ({ wallet }: SmsOrder): Promise<number> =>
  ((await world.core.store.wallets.wallet(wallet))?.balances.smsHundredths ?? 0) / 100;
const last = (): string => world.said.at(-1)?.text ?? '';

it('rings the phone, and fills the wallet the moment that it is approved', async () => {
  const order = await ordered();
  expect(world.prompts).toMatchObject([{ phone: PAYER, amountKes: 100, paymentNetwork: 'M-Pesa', note: order.reference }]);
  expect(last()).toContain('KES 100 is requested from 0722 000 001 by M-Pesa');
  await answered('approve');
  expect([state(), await units(order)]).toEqual(['delivered', 125]);
  expect(last()).toContain('125 SMS added');
  expect(raws()).toEqual(['daraja answer', 'daraja callback', 'daraja status']);
});

it.each<[Answer, string, RegExp]>([
  ['decline', 'cancelled', /cancelled on 0722 000 001/],
  ['wrong-pin', 'cancelled', /wrong PIN was entered/],
  ['no-money', 'cancelled', /too little money/],
])('that the payer answers with %s is %s, and is told so', async (answer, to, words) => {
  const order = await ordered();
  await answered(answer);
  expect([state(), await units(order)]).toEqual([to, 0]);
  expect(last()).toMatch(words);
});

it('is found paid without its callback', async () => {
  const order = await ordered('webhook-lost');
  await answered('approve');
  expect(state()).toBe('awaiting_payment');
  await world.pass(MINUTE_MS);
  expect([state(), await units(order), raws()]).toEqual(['delivered', 125, ['daraja answer', 'daraja status']]);
});

it('is found by its callback when the answer was an error and the phone rang all the same', async () => {
  const order = await ordered('charged-500');
  expect(state()).toBe('unknown');
  await answered('approve');
  expect([state(), await units(order), world.prompts.length]).toEqual(['delivered', 125, 1]);
});

it('that nobody approves lapses, and its phone may ring again', async () => {
  const order = await ordered();
  await world.pass(4 * MINUTE_MS);
  expect([state(), await units(order)]).toEqual(['lapsed', 0]);
  expect(last()).toContain('Nobody approved the prompt on 0722 000 001');
});

it('whose callback comes twice is filled once', async () => {
  const order = await ordered('webhook-twice');
  await answered('approve');
  await world.pass(MINUTE_MS);
  expect([state(), await units(order)]).toEqual(['delivered', 125]);
});
