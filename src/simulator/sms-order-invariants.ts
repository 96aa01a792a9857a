/** Owns what must always hold of orders of SMS: who has paid gets what was promised, once, and nobody else gets anything. */

import { HUNDREDTHS_PER_SMS } from '../domain/ledger.ts';
import { MILLIKES_PER_KES } from '../domain/money.ts';
import type { OrderFacts } from './facts.ts';
import type { InvariantOn } from './invariant.ts';

/** In which somebody who has paid may be at the end. */
const SERVED = new Set(['delivered', 'review', 'refund_due', 'refunded']);

const isSms = ({ kind }: OrderFacts): boolean => kind === 'sms';

export const paidBefore: InvariantOn<'step'> = {
  name: 'SMS are delivered only to who has paid',
  on: 'step',
  check({ order, step }) {
    if (!isSms(order) || (step.to !== 'paid' && step.to !== 'delivered') || order.charged) return null;
    return `${order.reference} is ${step.to} by ${step.event}, and its payer was not charged`;
  },
};

/** Between payment and delivery nothing may come, or somebody has paid and waits. */
export const paidNeverRests: InvariantOn<'committed'> = {
  name: 'an order of SMS that is paid is delivered in the same commit, and fills its wallet once',
  on: 'committed',
  check(_happening, facts) {
    for (const order of facts.orders.values()) {
      if (!isSms(order) || order.remote) continue;
      const { reference, state, fills } = order;
      if (state === 'paid') return `${reference} rests as paid`;
      if (fills.size !== (state === 'delivered' ? 1 : 0))
        return `${reference} is ${state}, and its wallet was filled ${fills.size} times`;
    }
    return null;
  },
};

/** `units × price + remainder = paid`, with what was left over before; at the price that was promised. */
export const filledAsPromised: InvariantOn<'posted'> = {
  name: 'a wallet is filled with what was paid, at the price that was promised',
  on: 'posted',
  check({ transfer, order }, facts) {
    if (transfer.kind !== 'top_up' || order === null) return null;
    const { debit_account: from, credit_account: to, amount, asset } = transfer;
    const { reference, amountKes, milliKes } = order;
    if (!isSms(order) || order.remote || milliKes === null) return `${reference} is for no wallet of ours, and fills one`;
    const wallet = /^wallet:(.*):(?:KES|SMS)$/.exec(from.startsWith('wallet:') ? from : to)?.[1];
    if (wallet === undefined || facts.ownerOf(wallet) !== order.wallet)
      return `${reference} fills ${to}, which is not its wallet`;
    if (from === 'paid-through:daraja')
      return amount === amountKes * MILLIKES_PER_KES ? null : `${reference} puts in ${amount} thousandths`;
    if (to === 'exchange:KES') {
      const left = facts.balanceOf(`wallet:${wallet}:KES`);
      if (amount % milliKes !== 0) return `${reference} pays ${amount} thousandths for SMS at ${milliKes}`;
      return left < milliKes ? null : `${reference} leaves ${left} thousandths, which are more than one SMS at ${milliKes}`;
    }
    if (asset !== 'SMS' || from !== 'exchange:SMS') return `${reference} is filled from ${from}`;
    const bought = facts.paidFor(transfer.journal_id) / milliKes;
    return amount === bought * HUNDREDTHS_PER_SMS
      ? null
      : `${reference} brings ${amount} hundredths for the price of ${bought} SMS`;
  },
};

export const moneyIsServed: InvariantOn<'ended'> = {
  name: 'who has paid for SMS has them, or somebody looks at it',
  on: 'ended',
  check(_happening, facts) {
    for (const order of facts.orders.values())
      if (isSms(order) && order.charged && !SERVED.has(order.state))
        return `${order.reference} is ${order.state}, though its payer was charged`;
    return null;
  },
};
