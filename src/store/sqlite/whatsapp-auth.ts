/** Owns where WhatsApp's session keys lie: one row per key, sealed by the channel, written together or not at all. */

import type { AuthStore } from '../../ports/whatsapp-auth.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';

export function whatsappAuth(db: Db, { read, write }: DbTransactions): AuthStore {
  const get = db
    .prepare<[string, string, string], Buffer>('SELECT value FROM whatsapp_auth WHERE account = ? AND type = ? AND id = ?')
    .pluck();
  const put = db.prepare<[string, string, string, Uint8Array]>(
    `INSERT INTO whatsapp_auth (account, type, id, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (account, type, id) DO UPDATE SET value = excluded.value`,
  );
  const remove = db.prepare<[string, string, string]>('DELETE FROM whatsapp_auth WHERE account = ? AND type = ? AND id = ?');
  const clear = db.prepare<[string]>('DELETE FROM whatsapp_auth WHERE account = ?');
  return {
    read: async (account, type, ids) =>
      read(() => {
        const found = new Map<string, Uint8Array>();
        for (const id of ids) {
          const value = get.get(account, type, id);
          if (value !== undefined) found.set(id, value);
        }
        return found;
      }),
    write: async (account, rows) =>
      write(() => {
        for (const { type, id, value } of rows) {
          if (value === null) remove.run(account, type, id);
          else put.run(account, type, id, value);
        }
      }),
    clear: async (account) => void write(() => clear.run(account)),
  };
}
