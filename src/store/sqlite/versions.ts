/**
 * Owns the versions of what decisions rest on (ports/counted.ts). Conversations, orders and wallets count in their own rows, payers and
 * recipients in the one of their number, everything else in the table `version`. A payment's is the row of
 * the order that has it. What was never written counts 0.
 */

import type { Counted } from '../../ports/counted.ts';
import type { Db } from './connection.ts';

export interface Versions {
  of(aggregate: Counted): number;
  bump(aggregate: Counted): void;
}

export function versionsOf(db: Db): Versions {
  const conversation = db.prepare<[string], number>('SELECT version FROM conversation WHERE id = ?').pluck();
  const order = db.prepare<[string], number>('SELECT version FROM orders WHERE id = ?').pluck();
  const payer = db.prepare<[string], number>('SELECT version FROM phone WHERE msisdn = ?').pluck();
  const wallet = db.prepare<[string, string], number>('SELECT version FROM wallet WHERE app_id = ? AND user_id = ?').pluck();
  const payment = db.prepare<[string], number>("SELECT rowid FROM orders WHERE kind = 'sms' AND upstream_reference = ?").pluck();
  const other = db.prepare<[string], number>('SELECT version FROM version WHERE aggregate = ?').pluck();
  const bumpConversation = db.prepare<[string]>('UPDATE conversation SET version = version + 1 WHERE id = ?');
  const bumpOrder = db.prepare<[string]>('UPDATE orders SET version = version + 1 WHERE id = ?');
  const bumpPayer = db.prepare<[string]>(
    'INSERT INTO phone (msisdn, version) VALUES (?, 1) ON CONFLICT (msisdn) DO UPDATE SET version = version + 1',
  );
  const bumpWallet = db.prepare<[string, string]>('UPDATE wallet SET version = version + 1 WHERE app_id = ? AND user_id = ?');
  const bumpOther = db.prepare<[string]>(
    'INSERT INTO version (aggregate, version) VALUES (?, 1) ON CONFLICT (aggregate) DO UPDATE SET version = version + 1',
  );
  return {
    of(aggregate) {
      const [kind, id] = split(aggregate);
      switch (kind) {
        case 'conversation':
          return conversation.get(id) ?? 0;
        case 'order':
          return order.get(id) ?? 0;
        case 'payer':
        case 'recipient':
          return payer.get(id) ?? 0;
        case 'wallet':
          return wallet.get(...ownerIn(id)) ?? 0;
        case 'payment':
          return payment.get(id) ?? 0;
        default:
          return other.get(aggregate) ?? 0;
      }
    },
    bump(aggregate) {
      const [kind, id] = split(aggregate);
      switch (kind) {
        case 'conversation':
          return void bumpConversation.run(id);
        case 'order':
          return void bumpOrder.run(id);
        case 'payer':
        case 'recipient':
          return void bumpPayer.run(id);
        case 'wallet':
          return void bumpWallet.run(...ownerIn(id));
        default:
          return void bumpOther.run(aggregate);
      }
    },
  };
}

function split(aggregate: Counted): readonly [string, string] {
  const colon = aggregate.indexOf(':');
  if (colon < 1) throw new Error(`invariant broken: ${aggregate} names no aggregate`);
  return [aggregate.slice(0, colon), aggregate.slice(colon + 1)];
}

/** App and user, as the columns hold them: an app's name holds no slash. */
function ownerIn(owner: string): readonly [string, string] {
  const slash = owner.indexOf('/');
  if (slash < 0) throw new Error(`invariant broken: ${owner} names no wallet`);
  return [owner.slice(0, slash), owner.slice(slash + 1)];
}
