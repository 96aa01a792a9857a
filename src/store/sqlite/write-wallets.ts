/** Owns the writing of wallets, the answers that requests got, and what an SMS costs whom. Balances are the ledger's. */

import type { Change } from '../../ports/store.ts';
import { paymentKey } from '../../domain/payment-key.ts';
import type { PriceScope } from '../../domain/tariff.ts';
import type { Db } from './connection.ts';
import { appColumn, NO_APP } from './app-column.ts';
import type { Receipts } from './receipts.ts';
import { StaleTurn, type TurnScope } from './turn-scope.ts';
import type { Versions } from './versions.ts';
import { PRICES_COUNTED } from '../../ports/counted.ts';

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export interface WalletsWriter {
  open(change: Of<'open_wallet'>, scope: TurnScope): void;
  answer(change: Of<'answer_request'>, scope: TurnScope): void;
  purchase(change: Of<'sms_purchase'>, scope: TurnScope): void;
  price(change: Of<'set_price'>, scope: TurnScope): void;
}

/** Throws when the wallet that a change names does not exist. */
export function walletsWriter(db: Db, versions: Versions, receipts: Pick<Receipts, 'isOrders'>): WalletsWriter {
  const open = db.prepare(
    `INSERT INTO wallet (id, app_id, user_id, opened_at, changed_at, version) VALUES (?, ?, ?, ?, ?, 1)
     ON CONFLICT (app_id, user_id) DO NOTHING`,
  );
  const answer = db.prepare(
    `INSERT INTO wallet_request (kind, app_id, request_key, sha256, wallet_id, journal_key, reason, answer, at,
       payment_method, payment_reference, topped_up_at, payment_key)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, app_id, request_key) DO NOTHING
     ON CONFLICT (app_id, payment_key) WHERE payment_key IS NOT NULL DO NOTHING`,
  );
  const purchase = db.prepare(
    `INSERT INTO sms_purchase (journal_key, wallet_id, amount_kes, units, price_millikes, price_source, payment_method, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const endPrice = db.prepare(
    'UPDATE sms_cost SET ended_at = ? WHERE level = ? AND app_id = ? AND user_id = ? AND ended_at IS NULL',
  );
  const setPrice = db.prepare(
    'INSERT INTO sms_cost (level, app_id, user_id, millikes, set_by, set_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    open({ wallet }, { at }) {
      const { changes } = open.run(wallet.id, appColumn(wallet.owner.appId), wallet.owner.userId, at, at);
      if (changes === 0) throw new StaleTurn('the wallet was opened before');
    },
    answer({ request, walletId, journalKey, reason, payment, answer: given }, { at }) {
      const { kind, appId, key, sha256 } = request;
      const text = JSON.stringify(given);
      const paid = [payment?.paymentMethod, payment?.paymentReference, payment?.toppedUpAt].map((one) => one ?? null);
      // A payment that brought nothing may still be credited.
      const once = payment === null || journalKey === null ? null : paymentKey(payment.paymentMethod, payment.paymentReference);
      if (once !== null && payment !== null && receipts.isOrders(payment.paymentReference))
        throw new StaleTurn('an order has its payment since');
      const { changes } = answer.run(kind, appColumn(appId), key, sha256, walletId, journalKey, reason, text, at, ...paid, once);
      if (changes === 0) throw new StaleTurn('the request was answered, or its payment credited, before');
    },
    purchase({ journalKey, walletId, amountKes, units, price, paymentMethod }, { at }) {
      purchase.run(journalKey, walletId, amountKes, units, price.milliKes, price.source, paymentMethod, at);
    },
    price({ scope, milliKes, setBy }, { at }) {
      const columns = columnsOf(scope);
      endPrice.run(at, ...columns);
      if (milliKes !== null) setPrice.run(...columns, milliKes, setBy, at);
      versions.bump(PRICES_COUNTED);
    },
  };
}

function columnsOf(scope: PriceScope): readonly [string, string, string] {
  if (scope.level === 'customer') return [scope.level, appColumn(scope.appId), scope.userId];
  return [scope.level, scope.level === 'app' ? scope.appId : NO_APP, ''];
}
