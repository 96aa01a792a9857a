/**
 * Owns what must always hold of orders of SMS whose wallet another server keeps: who has paid is delivered once, or somebody looks at it,
 * and nothing is believed that this server did not say.
 */

import type { InvariantOn } from './invariant.ts';

export const deliveryWaits: InvariantOn<'committed'> = {
  name: 'an order that is paid and not delivered waits for its delivery to be asked for',
  on: 'committed',
  check(_happening, facts) {
    for (const order of facts.orders.values())
      if (order.remote && order.state === 'paid' && !facts.deliveryWaits(order))
        return `${order.reference} is paid, and nothing waits that would deliver it`;
    return null;
  },
};

export const deliveredIsAdded: InvariantOn<'step'> = {
  name: 'SMS are delivered when the server that keeps their wallet has added them, once',
  on: 'step',
  check({ order, step }) {
    if (!order.remote || step.to !== 'delivered' || order.added === 1) return null;
    return `${order.reference} is delivered by ${step.event}, and was added ${order.added} times`;
  },
};

/** What was added may be unknown to us, and is then in review; but nobody gets it and their money as well. */
export const addedIsDelivered: InvariantOn<'ended'> = {
  name: 'what was added on another server is delivered, or somebody looks at it',
  on: 'ended',
  check(_happening, facts) {
    for (const { reference, remote, state, added } of facts.orders.values()) {
      if (!remote || added === 0) continue;
      if (added > 1 || (state !== 'delivered' && state !== 'review'))
        return `${reference} is ${state}, and its SMS were added ${added} times`;
    }
    return null;
  },
};
