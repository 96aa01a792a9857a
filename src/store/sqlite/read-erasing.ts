/** Owns the reading of what must be known before a customer is erased: their orders, what is in their wallets, and the chats in which they asked for a person. */

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
  // A wallet keeps the id that it was opened under, whoever that customer has become.
  const wallets = db.prepare<[string], Erasing['wallets'][number]>(
    `WITH RECURSIVE was(id) AS (SELECT ? UNION SELECT c.id FROM customer c JOIN was w ON c.merged_into = w.id)
     SELECT w.id, w.user_id AS userId, w.version, coalesce(a.balance, 0) AS smsHundredths
     FROM wallet w LEFT JOIN account a ON a.id = 'wallet:' || w.id || ':SMS'
     WHERE w.app_id = '' AND w.user_id IN was ORDER BY w.user_id`,
  );
  // What it said that it does not know is not due again and did not fail.
  const elsewhere = db.prepare<[string], Erasing['elsewhere'][number]>(
    `WITH RECURSIVE was(id) AS (SELECT ? UNION SELECT c.id FROM customer c JOIN was w ON c.merged_into = w.id)
     SELECT user_id AS userId, units AS sms, read_at AS readAt FROM remote_balance
     WHERE app_id = '' AND user_id IN was AND (units IS NOT NULL OR failures > 0 OR looks = 0 OR due_at IS NOT NULL)
     ORDER BY user_id`,
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
    return {
      erasing: {
        orders: orders.all(customerId),
        wallets: wallets.all(customerId),
        elsewhere: elsewhere.all(customerId),
        wishes: wishes.all(customerId),
      },
    };
  };
}
