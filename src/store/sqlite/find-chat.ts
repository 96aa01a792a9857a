/** Owns the reading of the chat that an operator means: a chat, a thing in the list, an order, or a person by what is known of them. */

import type { ChatFinder } from '../../ports/desk.ts';
import type { Db } from './connection.ts';
import { openItemsReader } from './read-desk.ts';
import { whoReader } from './read-order-file.ts';
import { customerFinder } from './personal-data.ts';

/** Of a person, the chat that they used last, if possible one that takes messages. */
export function chatFinder(db: Db): ChatFinder {
  const who = whoReader(db);
  const items = openItemsReader(db);
  const personOf = customerFinder(db);
  const one = (sql: string) => db.prepare<[string], string>(sql).pluck();
  const byId = one('SELECT id FROM conversation WHERE id = ?');
  const byOrder = one('SELECT conversation_id FROM orders WHERE ref = upper(?)');
  const byPerson = one(
    'SELECT id FROM conversation WHERE customer_id = ? ORDER BY blocked_at IS NOT NULL, changed_at DESC, id LIMIT 1',
  );
  return (word) => {
    const item = items().find(({ id }) => id === word.toUpperCase());
    const person = personOf(word);
    const id =
      byId.get(word) ?? item?.who?.conversationId ?? byOrder.get(word) ?? (person === null ? undefined : byPerson.get(person));
    return id === undefined ? null : who(id);
  };
}
