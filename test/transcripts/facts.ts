/** Owns what a transcript can say of an order: whom it is for, what it costs, who pays. */

import type { Order } from '../../src/domain/order.ts';
import { assertNever } from '../../src/lib/assert.ts';

export function factsOf(order: Order): string[] {
  const { amountKes, payer, paymentNetwork } = order;
  return [String(amountKes), `by:${payer}`, payer, paymentNetwork, ...goodsFacts(order)];
}

function goodsFacts(order: Order): string[] {
  switch (order.kind) {
    case 'airtime': {
      const { recipient, recipientNetwork } = order;
      return [`to:${recipient}`, recipient, recipientNetwork === null ? 'network-open' : `network-${recipientNetwork}`];
    }
    case 'sms':
      return [`units:${order.units}`, `price:${order.price.milliKes}`, `wallet:${order.wallet.userId}`];
    default:
      return assertNever(order);
  }
}
