/** Owns the keys of programs: their names, what they may do, and the digests by which they are known. A key itself is never kept. */

import type { ApiKey, ApiKeys } from '../../ports/api-keys.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import { appColumn, NO_APP } from './app-column.ts';
import type { apiKey } from './schema-wallets.ts';

type Row = typeof apiKey.$inferSelect;

export function apiKeysOf(db: Db, { write }: DbTransactions): ApiKeys {
  const find = db.prepare<[string], Row>('SELECT * FROM api_key WHERE sha256 = ?');
  const list = db.prepare<[], Row>('SELECT * FROM api_key ORDER BY created_at, name');
  const create = db.prepare(
    'INSERT INTO api_key (name, sha256, app_id, scopes, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING',
  );
  const revoke = db.prepare('UPDATE api_key SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL');
  return {
    find: async (sha256) => {
      const row = find.get(sha256);
      return row === undefined ? null : keyOf(row);
    },
    list: async () => list.all().map(keyOf),
    create: async ({ name, appId, scopes, createdAt }, sha256) =>
      write(() => create.run(name, sha256, appColumn(appId), JSON.stringify(scopes), createdAt).changes === 1),
    revoke: async (name, at) => write(() => revoke.run(at, name).changes === 1),
  };
}

function keyOf(row: Row): ApiKey {
  return {
    name: row.name,
    appId: row.app_id === NO_APP ? null : row.app_id,
    scopes: JSON.parse(row.scopes) as ApiKey['scopes'],
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
