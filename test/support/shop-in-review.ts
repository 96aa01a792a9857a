/** A database file with one order in review, whose customer writes in Swahili in the web chat: what tests of the console begin with. */

import { newSession } from '../../src/conversation/session.ts';
import { asSeen } from '../../src/domain/attention.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { advance, commit, message, person, placed, started, welcome } from '../contracts/store-world.ts';

export const REFERENCE = 'JZ7K2M4QPW';
export const ORDER_ID = 'o-review';
export const amina = person('amina', 'web');

export async function shopInReview(path: string): Promise<void> {
  const store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
  const at = systemClock.now() - 60_000;
  await commit(store, message(amina, { at }), [welcome(amina, newSession('sw'))]);
  const order = await placed(store, amina, { id: ORDER_ID, reference: REFERENCE, createdAt: at });
  await started(store, order, at);
  await commit(store, message(amina, { at }), [
    { kind: 'keep_raw', rawId: 'raw:1', source: 'topups webhook', body: '{"status":"Reversed","mobile":"254110000003"}' },
    { ...advance(order, 'webhook_negative', 'submitting', 'review', { promptLiveUntil: null }), rawId: 'raw:1' },
    { kind: 'call_state', orderId: ORDER_ID, purpose: 'buy_airtime', state: 'answered' },
    {
      kind: 'audit',
      actor: { kind: 'customer', id: amina.customerId },
      what: 'help_wanted',
      subject: amina.conversationId,
      detail: 'asked for a person',
    },
  ]);
  await store.close();
}

/** What a sheet of the order prints of its state. */
export async function seenInReview(path: string): Promise<string> {
  const store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
  const file = await store.desk.order(ORDER_ID);
  await store.close();
  if (file === null) throw new Error('the order is gone');
  return asSeen(file.order);
}
