/**
 * Owns the delivery of an order of SMS: its wallet is filled at the price that was promised, in the turn that says it is paid. The units
 * may differ from the promised ones by what was left over in the wallet, which another purchase may have used meanwhile; the money counts.
 */

import type { Filled } from '../conversation/sms-order-talk.ts';
import { deliveryKey } from '../domain/ledger.ts';
import type { Actor, SmsOrder } from '../domain/order.ts';
import { formatMilliKes } from '../domain/tariff.ts';
import { messagesOf } from '../domain/wallet.ts';
import { assert } from '../lib/assert.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Change } from '../ports/store.ts';
import { toppedUpTo } from './alert-changes.ts';
import { advance } from './order-changes.ts';
import type { OrderScene } from './order-step.ts';
import { walletTopUp } from './wallet-top-up.ts';
import { walletCounted, type Counted } from '../ports/counted.ts';

export interface Filling {
  readonly changes: readonly Change[];
  readonly rests: readonly Counted[];
  readonly filled: Filled;
}

export function fillWallet(order: SmsOrder, actor: Actor, { known, event, rules }: OrderScene): Filling {
  const { wallet: about } = known;
  assert(about !== null, `the wallet of ${order.reference} was not loaded`);
  const { id, amountKes, price, wallet: owner } = order;
  const { units, after, changes } = walletTopUp(
    about,
    { key: deliveryKey(id), owner, amountKes, price, through: 'daraja', orderId: id, paymentMethod: order.paymentNetwork },
    idsFrom(`${rules.salt}/${event.id}`).id('w'),
  );
  const evidence = `${units} SMS at KES ${formatMilliKes(price.milliKes)} each`;
  const step = advance({ ...order, state: 'paid' }, 'wallet_filled', { actor, evidence, rawId: null });
  return {
    // Delivered first: the ledger takes the top-up of an order only once it is.
    changes: [...step.changes, ...changes, ...toppedUpTo(about, messagesOf(after))],
    rests: [walletCounted(owner)],
    filled: { units, balance: messagesOf(after) },
  };
}
