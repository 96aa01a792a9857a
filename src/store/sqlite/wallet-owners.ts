/**
 * Owns whose wallets are whose: by a link that was made by hand, by a verified number that a userId reads as, by the customer's own id or
 * that of a customer who has become one with them. One wallet is one customer's at most.
 */

import type { Msisdn } from '../../domain/msisdn.ts';
import { priceFor, type Buyer } from '../../domain/tariff.ts';
import { numberOf, userIdsOf, walletKey, type OwnAlert, type OwnWallet, type WalletAt } from '../../domain/wallet-owner.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Change } from '../../ports/store.ts';
import type { WalletLink } from '../../ports/wallet.ts';
import type { Db } from './connection.ts';
import { remoteBalanceReader } from './remote-balances.ts';
import { appColumn, NO_APP } from './app-column.ts';
import { type WalletsReader } from './read-wallets.ts';
import type { threshold } from './schema-wallets.ts';
import type { TurnScope } from './turn-scope.ts';
import type { Versions } from './versions.ts';

export interface WalletOwners {
  /**
   * All wallets of a customer; the first is filled where nothing else is said. Linked ones come first, in the order in which they were
   * linked, then those of verified numbers, then those under the customer's ids. Never empty: a customer without any has the one that
   * their own id will open. `customerId` empty: of one who speaks for the first time.
   */
  of(customerId: string, own: readonly Msisdn[]): readonly OwnWallet[];
  /** Whose it is; null: nobody's who chats. */
  customerOf(owner: Buyer): string | null;
}

interface OwnerRow {
  readonly app_id: string;
  readonly user_id: string;
}

type AlertRow = Pick<typeof threshold.$inferSelect, 'id' | 'created_by' | 'units' | 'armed' | 'alerted_at'>;

function ownAlert({ id, created_by, units, armed, alerted_at }: AlertRow): OwnAlert {
  return { id, createdBy: created_by, units, armed: armed === 1, alertedAt: alerted_at };
}

/** `at`: who keeps them. */
export function walletOwnersOf(db: Db, wallets: WalletsReader, at: WalletAt = 'own'): WalletOwners {
  const told = remoteBalanceReader(db);
  const linked = db.prepare<[string], OwnerRow>(
    'SELECT app_id, user_id FROM wallet_link WHERE customer_id = ? ORDER BY linked_at, app_id, user_id',
  );
  const was = db
    .prepare<[string], string>(
      `WITH RECURSIVE was(id) AS (SELECT ? UNION SELECT c.id FROM customer c JOIN was w ON c.merged_into = w.id) SELECT id FROM was`,
    )
    .pluck();
  const alertsOf = db.prepare<[string], AlertRow>(
    'SELECT id, created_by, units, armed, alerted_at FROM threshold WHERE wallet_id = ? ORDER BY units DESC, created_by',
  );
  const holder = db
    .prepare<[string], string>(
      'SELECT c.customer_id FROM phone_claim c JOIN phone p ON p.id = c.phone_id WHERE p.msisdn = ? AND c.ended_at IS NULL',
    )
    .pluck();
  const paidElsewhere = db
    .prepare<[string, string], number>(
      `SELECT 1 FROM orders WHERE customer_id = ? AND wallet_app_id = '' AND wallet_user_id = ? AND wallet_at <> 'own' AND paid_at IS NOT NULL`,
    )
    .pluck();
  const linkedTo = db
    .prepare<[string, string], string>('SELECT customer_id FROM wallet_link WHERE app_id = ? AND user_id = ?')
    .pluck();
  const became = db
    .prepare<[string], string>(
      `WITH RECURSIVE became(id, next) AS (
         SELECT id, merged_into FROM customer WHERE id = ?
         UNION SELECT c.id, c.merged_into FROM customer c JOIN became b ON c.id = b.next)
       SELECT id FROM became WHERE next IS NULL`,
    )
    .pluck();

  const asOwn = (owner: Buyer, by: OwnWallet['by']): OwnWallet => {
    const { wallet, balances, prices } = wallets.known(owner, null);
    const open = wallet === null ? null : { id: wallet.id, changedAt: wallet.changedAt, version: wallet.version };
    const alerts = wallet === null ? [] : alertsOf.all(wallet.id).map(ownAlert);
    const own = { key: walletKey(owner), owner, by, open, balances, alerts, price: priceFor(prices, owner) };
    if (at === 'own') return own;
    const { toldAt = null, milliKes = null } = told(owner) ?? {};
    // What is set here is no word of whoever keeps the wallet.
    const price = milliKes === null ? { ...own.price, source: 'default' as const } : own.price;
    return toldAt === null ? { ...own, price } : { ...own, price, readAt: toldAt };
  };

  return {
    of(customerId, own) {
      const links = linked
        .all(customerId)
        .map(({ app_id, user_id }) => asOwn({ appId: app_id === NO_APP ? null : app_id, userId: user_id }, 'link'));
      const ofNumbers = own.flatMap(userIdsOf).map((userId) => asOwn({ appId: null, userId }, 'number'));
      const [itself, ...earlier] = was
        .all(customerId)
        .map((userId, at) => asOwn({ appId: null, userId }, at === 0 ? 'customer' : 'earlier'));
      // Another server may keep a wallet of a number that we have not heard of yet.
      const usual = at === 'own' ? [] : own.map((number) => asOwn({ appId: null, userId: number }, 'number'));
      const mine = [
        ...links,
        ...usual,
        ...[
          ...ofNumbers.filter(({ key }) => !usual.some((one) => one.key === key)),
          ...(itself === undefined ? [] : [itself]),
          ...earlier,
        ].filter(
          ({ open, owner }) => open !== null || (at !== 'own' && paidElsewhere.get(customerId, owner.userId) !== undefined),
        ),
      ];
      return mine.length > 0 || itself === undefined ? mine : [itself];
    },
    customerOf(owner) {
      const number = numberOf(owner);
      if (number !== null) return holder.get(number) ?? null;
      const link = linkedTo.get(appColumn(owner.appId), owner.userId);
      return link ?? (owner.appId === null ? (became.get(owner.userId) ?? null) : null);
    },
  };
}

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export interface WalletLinks {
  link(change: Of<'link_wallet'>, scope: TurnScope): void;
  unlink(change: Of<'unlink_wallet'>, scope: TurnScope): void;
}

/** Whoever was deciding for a customer whose wallets change decides again. */
export function walletLinksOf(db: Db, versions: Versions): WalletLinks {
  const put = db.prepare<[string, string, string, string, Instant]>(
    `INSERT INTO wallet_link (app_id, user_id, customer_id, linked_by, linked_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (app_id, user_id) DO UPDATE SET customer_id = excluded.customer_id, linked_by = excluded.linked_by,
       linked_at = excluded.linked_at`,
  );
  const remove = db
    .prepare<[string, string], string>('DELETE FROM wallet_link WHERE app_id = ? AND user_id = ? RETURNING customer_id')
    .pluck();
  const merged = db.prepare<[string], string | null>('SELECT merged_into FROM customer WHERE id = ?').pluck();
  const bump = (customerId: string | undefined): void => {
    if (customerId !== undefined) versions.bump(`customer:${customerId}`);
  };
  return {
    link({ owner: { appId, userId }, customerId, linkedBy }, { at }) {
      // Between the command and its turn the customer may have become one with another.
      let whose = customerId;
      for (let next = merged.get(whose); next != null; next = merged.get(whose)) whose = next;
      bump(remove.get(appColumn(appId), userId));
      put.run(appColumn(appId), userId, whose, linkedBy, at);
      bump(whose);
    },
    unlink: ({ owner: { appId, userId } }) => bump(remove.get(appColumn(appId), userId)),
  };
}

/** Every link, for the operator's list. */
export function linksReader(db: Db): () => readonly WalletLink[] {
  const all = db.prepare<[], OwnerRow & { customer_id: string; name: string | null; linked_by: string; linked_at: Instant }>(
    `SELECT l.app_id, l.user_id, l.customer_id, c.name, l.linked_by, l.linked_at FROM wallet_link l
     JOIN customer c ON c.id = l.customer_id ORDER BY l.linked_at, l.app_id, l.user_id`,
  );
  return () =>
    all.all().map(({ app_id, user_id, customer_id, name, linked_by, linked_at }) => ({
      owner: { appId: app_id === NO_APP ? null : app_id, userId: user_id },
      customerId: customer_id,
      customerName: name,
      linkedBy: linked_by,
      linkedAt: linked_at,
    }));
}
