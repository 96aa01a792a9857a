/** Owns the reading of wallets, prices, answered requests and statements. */

import { paymentKey } from '../../domain/payment-key.ts';
import { priceFor, type Buyer, type PriceScope } from '../../domain/tariff.ts';
import { walletAccount } from '../../domain/ledger.ts';
import type { Balances } from '../../domain/wallet.ts';
import type { Instant } from '../../lib/clock.ts';
import type { TurnEvent } from '../../ports/store.ts';
import type {
  AnsweredRequest,
  KnownWallet,
  RequestKey,
  SetPrice,
  StatementLine,
  Wallet,
  WalletAnswer,
  WalletView,
} from '../../ports/wallet.ts';
import type { WalletAt } from '../../domain/wallet-owner.ts';
import { appColumn, NO_APP } from './app-column.ts';
import type { Db } from './connection.ts';
import { remoteBalanceReader } from './remote-balances.ts';
import { receiptsOf } from './receipts.ts';
import type { smsCost, wallet } from './schema-wallets.ts';

type WalletRow = typeof wallet.$inferSelect;
type CostRow = Pick<typeof smsCost.$inferSelect, 'level' | 'app_id' | 'user_id' | 'millikes' | 'set_by' | 'set_at'>;

/** A request, under its key. */
type Asked = Pick<Extract<TurnEvent, { kind: 'wallet' }>, 'key' | 'request'>;

export interface WalletsReader {
  known(owner: Buyer, asked: Asked | null): Omit<KnownWallet, 'thresholds' | 'alerting'>;
  view(owner: Buyer): WalletView | null;
  appsOf(userId: string): readonly string[];
  answerTo(request: Omit<RequestKey, 'sha256'>): AnsweredRequest | null;
  statement(walletId: string, before: number | null, limit: number): readonly StatementLine[];
  prices(): readonly SetPrice[];
}

/** `at`: who keeps them. What is in those of another server is what that one last said. */
export function walletsReader(db: Db, at: WalletAt = 'own'): WalletsReader {
  const told = remoteBalanceReader(db);
  const receipts = receiptsOf(db);
  const byOwner = db.prepare<[string, string], WalletRow>('SELECT * FROM wallet WHERE app_id = ? AND user_id = ?');
  const balance = db.prepare<[string], number>('SELECT balance FROM account WHERE id = ?').pluck();
  const concerning = db.prepare<[string, string, string], CostRow>(
    `SELECT level, app_id, user_id, millikes, set_by, set_at FROM sms_cost WHERE ended_at IS NULL
     AND (level = 'platform' OR (level = 'app' AND app_id = ?) OR (level = 'customer' AND app_id IN ('', ?) AND user_id = ?))`,
  );
  const inForce = db.prepare<[], CostRow>(
    `SELECT level, app_id, user_id, millikes, set_by, set_at FROM sms_cost WHERE ended_at IS NULL
     ORDER BY CASE level WHEN 'platform' THEN 0 WHEN 'app' THEN 1 ELSE 2 END, app_id, user_id`,
  );
  const answered = db.prepare<[string, string, string], { sha256: string; answer: string }>(
    'SELECT sha256, answer FROM wallet_request WHERE kind = ? AND app_id = ? AND request_key = ?',
  );

  const credited = db.prepare<[string, string], number>('SELECT 1 FROM wallet_request WHERE app_id = ? AND payment_key = ?');

  // From app to app along the index: a wallet is found by its app first, and there are few of those.
  const appsOf = db
    .prepare<[string], string>(
      `WITH RECURSIVE apps(id) AS (SELECT min(app_id) FROM wallet WHERE app_id > ''
         UNION ALL SELECT (SELECT min(app_id) FROM wallet WHERE app_id > apps.id) FROM apps WHERE id IS NOT NULL LIMIT 1000)
       SELECT a.id FROM apps a JOIN wallet w ON w.app_id = a.id AND w.user_id = ? LIMIT 5`,
    )
    .pluck();

  const find = ({ appId, userId }: Buyer): Wallet | null => {
    const row = byOwner.get(appColumn(appId), userId);
    if (row === undefined) return null;
    const elsewhere = at === 'own' ? null : told({ appId, userId });
    const changedAt = elsewhere?.changedAt ?? elsewhere?.watch.latest?.at ?? row.changed_at;
    return { id: row.id, owner: { appId, userId }, openedAt: row.opened_at, changedAt, version: row.version };
  };
  const balancesOf = ({ id, owner }: Wallet): Balances =>
    at === 'own' ? booked(id) : { smsHundredths: (told(owner)?.watch.latest?.balance ?? 0) * 100, milliKes: 0 };
  const booked = (id: string): Balances => ({
    smsHundredths: balance.get(walletAccount(id, 'SMS').id) ?? 0,
    milliKes: balance.get(walletAccount(id, 'KES').id) ?? 0,
  });
  const pricesOf = (owner: Buyer): SetPrice[] => {
    const elsewhere = at === 'own' ? null : told(owner);
    if (elsewhere?.milliKes != null)
      return [{ scope: { level: 'platform' }, milliKes: elsewhere.milliKes, setBy: at, setAt: elsewhere.watch.latest?.at ?? 0 }];
    return concerning.all(appColumn(owner.appId), appColumn(owner.appId), owner.userId).map(setPrice);
  };
  const answerTo: WalletsReader['answerTo'] = ({ kind, appId, key }) => {
    const row = answered.get(kind, appColumn(appId), key);
    return row === undefined ? null : { sha256: row.sha256, answer: JSON.parse(row.answer) as WalletAnswer };
  };
  const isCredited = ({ key, request }: Asked): boolean =>
    request.kind === 'top_up' &&
    (credited.get(appColumn(key.appId), paymentKey(request.paymentMethod, request.paymentReference)) !== undefined ||
      receipts.isOrders(request.paymentReference));
  return {
    known(owner, asked) {
      const found = find(owner);
      return {
        owner,
        wallet: found,
        balances: found === null ? { smsHundredths: 0, milliKes: 0 } : balancesOf(found),
        prices: pricesOf(owner),
        answered: asked === null ? null : answerTo(asked.key),
        paymentUsed: asked !== null && isCredited(asked),
      };
    },
    view(owner) {
      const found = find(owner);
      return found === null ? null : { wallet: found, balances: balancesOf(found), price: priceFor(pricesOf(owner), owner) };
    },
    appsOf: (userId) => appsOf.all(userId),
    answerTo,
    statement: statementReader(db),
    prices: () => inForce.all().map(setPrice),
  };
}

function setPrice(row: CostRow): SetPrice {
  return { scope: scopeOf(row), milliKes: row.millikes, setBy: row.set_by, setAt: row.set_at };
}

function scopeOf({ level, app_id, user_id }: CostRow): PriceScope {
  if (level === 'customer') return { level, appId: app_id === NO_APP ? null : app_id, userId: user_id };
  return level === 'app' ? { level, appId: app_id } : { level: 'platform' };
}

interface LineRow {
  readonly seq: number;
  readonly at: Instant;
  readonly what: StatementLine['what'];
  readonly moved: number;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly payment_reference: string | null;
}

/** A page is read backwards from the balance of the moment, so a line's balance costs no sum over all that came before. */
function statementReader(db: Db): WalletsReader['statement'] {
  const balance = db.prepare<[string], number>('SELECT balance FROM account WHERE id = ?').pluck();
  const movedSince = db.prepare<[string, string, string, number], number>(
    `SELECT coalesce(sum(CASE credit_account WHEN ? THEN amount ELSE -amount END), 0) FROM transfer
     WHERE (credit_account = ? OR debit_account = ?) AND id >= ?`,
  );
  const since = movedSince.pluck();
  const page = db.prepare<[string, string, number, number, string, number, number], LineRow>(
    `SELECT t.id AS seq, j.at, j.kind AS what, CASE t.credit_account WHEN ? THEN t.amount ELSE -t.amount END AS moved,
       coalesce(r.request_key, o.ref) AS reference, r.reason, r.payment_reference
     FROM (SELECT * FROM (SELECT * FROM transfer WHERE credit_account = ? AND id < ? ORDER BY id DESC LIMIT 0 + ?)
           UNION ALL
           SELECT * FROM (SELECT * FROM transfer WHERE debit_account = ? AND id < ? ORDER BY id DESC LIMIT 0 + ?)) t
     JOIN journal j ON j.id = t.journal_id
     LEFT JOIN wallet_request r ON r.journal_key = j.idempotency_key
     LEFT JOIN orders o ON o.id = j.order_id
     ORDER BY t.id DESC`,
  );
  return (walletId, before, limit) => {
    const account = walletAccount(walletId, 'SMS').id;
    const end = before ?? Number.MAX_SAFE_INTEGER;
    let at = balance.get(account) ?? 0;
    if (before !== null) at -= since.get(account, account, account, before) ?? 0;
    return page
      .all(account, account, end, limit, account, end, limit)
      .slice(0, limit)
      .map(({ moved, payment_reference: paymentReference, at: when, ...row }) => {
        const line: StatementLine = { ...row, at: when, smsHundredths: moved, balanceHundredths: at, paymentReference };
        at -= moved;
        return line;
      });
  };
}
