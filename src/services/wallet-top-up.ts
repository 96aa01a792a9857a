/**
 * Owns what paid money changes in a wallet of SMS, whoever says that it was paid: the wallet if it is the first, the journal, and the
 * purchase with the price that it was made at.
 */

import type { PaidThrough } from '../domain/ledger.ts';
import type { Kes } from '../domain/money.ts';
import type { Buyer, PriceInForce } from '../domain/tariff.ts';
import { topUp, type Balances } from '../domain/wallet.ts';
import type { Change } from '../ports/store.ts';
import type { KnownWallet } from '../ports/wallet.ts';

export interface PaidMoney {
  /** Of the journal: the same is never posted twice. */
  readonly key: string;
  readonly owner: Buyer;
  readonly amountKes: Kes;
  readonly price: PriceInForce;
  readonly through: PaidThrough;
  readonly orderId: string | null;
  readonly paymentMethod: string;
}

export interface ToppedUp {
  readonly walletId: string;
  /** Messages added. */
  readonly units: number;
  readonly after: Balances;
  readonly changes: readonly Change[];
}

/** `newId`: of the wallet, if none is open yet. */
export function walletTopUp(
  { wallet, balances }: Pick<KnownWallet, 'wallet' | 'balances'>,
  paid: PaidMoney,
  newId: string,
): ToppedUp {
  const { key, owner, amountKes, price, through, orderId, paymentMethod } = paid;
  const walletId = wallet?.id ?? newId;
  const { journal, units, after } = topUp({ id: walletId, balances }, { key, amountKes, through, orderId }, price);
  const opening: Change[] = wallet === null ? [{ kind: 'open_wallet', wallet: { id: walletId, owner } }] : [];
  return {
    walletId,
    units,
    after,
    changes: [
      ...opening,
      { kind: 'post', journal },
      { kind: 'sms_purchase', journalKey: key, walletId, amountKes, units, price, paymentMethod },
    ],
  };
}
