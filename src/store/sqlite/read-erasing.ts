/** Owns the reading of what must be known before a customer is erased: their orders, and the chats in which they asked for a person. */

import type { Erasing } from '../../ports/desk.ts';
import type { Known, TurnEvent } from '../../ports/store.ts';
import type { Db } from './connection.ts';

/** Nothing for any other event, and for a customer who is not there, or not any more. */
export function erasingReader(db: Db): (event: TurnEvent) => Pick<Known, 'erasing'> {
  const alive = db
    .prepare<[string], number>('SELECT 1 FROM customer WHERE id = ? AND merged_into IS NULL AND erased_at IS NULL')
    .pluck();
  const orders = db.prepare<[string], Erasing['orders'][number]>(
    'SELECT ref AS reference, state, prompt_live_until AS promptLiveUntil FROM orders WHERE customer_id = ? ORDER BY rowid',
  );
  const wishes = db
    .prepare<[string], string>(
      `SELECT c.id FROM conversation c WHERE c.customer_id = ?
         AND EXISTS (SELECT 1 FROM audit WHERE what = 'help_wanted' AND subject = c.id) ORDER BY c.id`,
    )
    .pluck();
  return (event) => {
    if (event.kind !== 'command' || event.command.what !== 'erase_customer') return {};
    const { customerId } = event.command;
    if (alive.get(customerId) === undefined) return {};
    return { erasing: { orders: orders.all(customerId), wishes: wishes.all(customerId) } };
  };
}
