/** Owns what must always hold of orders and money: judged by facts from outside the program, never by its own word. */

import type { OrderFacts } from './facts.ts';
import type { InvariantOn } from './invariant.ts';
import { groundsOf, waysOf } from './order-ways.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SILENCE_MS = 10 * MINUTE_MS;
/** For turns to be made once the program can work. */
const SLACK_MS = 30_000;

export const IN_FLIGHT = new Set(['confirmed', 'submitting', 'awaiting_payment', 'unknown', 'paid', 'delivering']);

export const oneCall: InvariantOn<'byte'> = {
  name: 'at most one call with a byte sent per order and purpose, unless the program heard that nothing came of it',
  on: 'byte',
  check(happening) {
    const { request, order } = happening;
    if (order === null) return `a request for ${request.reference}, which is the reference of no order`;
    const before = order.sent.filter(({ purpose }) => purpose === request.purpose).length;
    // Each of them was answered so, and the program lived to hear it.
    const inVain = request.purpose === 'delivery' ? order.evidence.filter((one) => one === 'delivery throttled').length : 0;
    return before === inVain
      ? null
      : `another request for ${order.reference}, after ${before} of which ${inVain} came to nothing`;
  },
};

export const commitFirst: InvariantOn<'byte'> = {
  name: 'a call is committed before its first byte, with the values of its order',
  on: 'byte',
  check(happening) {
    if (happening.order === null) return null;
    const { request, order } = happening;
    if (request.purpose === 'delivery' && (order.paidAt === null || order.state === 'paid'))
      return `${order.reference} is to be delivered while it is ${order.state}`;
    if (order.state === 'confirmed') return `${order.reference} is called while it is only confirmed`;
    return differing(order, request);
  },
};

export const asShown: InvariantOn<'opened'> = {
  name: 'an order has the values of the confirmation that its chat showed last',
  on: 'opened',
  check(happening) {
    const { order } = happening;
    if (order.shown === null) return `${order.reference} was opened, and its chat had shown no confirmation`;
    const fault = differing(order, order.shown);
    return fault === null ? null : `${fault} (the confirmation on the screen)`;
  },
};

export const agreed: InvariantOn<'opened'> = {
  name: 'an order is one that its customer said yes to',
  on: 'opened',
  check({ order }) {
    if (order.agreed.some((confirmation) => differing(order, confirmation) === null)) return null;
    return `${order.reference} was opened, and nobody said yes to it`;
  },
};

const VALUES = ['amountKes', 'recipient', 'payer', 'paymentNetwork', 'units', 'milliKes', 'wallet'] as const;

/** In what the other names. */
function differing(order: OrderFacts, other: Partial<Pick<OrderFacts, (typeof VALUES)[number]>>): string | null {
  for (const name of VALUES) {
    if (name in other && order[name] !== other[name])
      return `${order.reference} has ${name} ${order[name]}, and not ${other[name]}`;
  }
  return null;
}

export const grounds: InvariantOn<'step'> = {
  name: 'an end rests on evidence',
  on: 'step',
  check(happening, facts) {
    const { order, step } = happening;
    if (step.event === 'customer_cancelled' && facts.cancels.has(facts.chatOf(order.conversationId))) return null;
    const needed = step.to === null ? undefined : groundsOf(order)[step.to];
    if (needed === undefined || order.evidence.some((one) => needed.includes(one))) return null;
    return `${order.reference} is ${step.to} by ${step.event}, though nobody told so: ${order.evidence.join(', ') || 'nothing was told'}`;
  },
};

export const alongTheTable: InvariantOn<'step'> = {
  name: 'orders move only along the table',
  on: 'step',
  check(happening) {
    const { order, step, before } = happening;
    if (step.from === null) return step.to === 'confirmed' ? null : `${order.reference} was opened as ${step.to}`;
    if (step.from !== before) return `${order.reference} was ${before}, and its step says ${step.from}`;
    if (step.to === null || (waysOf(order)[step.from] ?? []).includes(step.to)) return null;
    return `${order.reference} went from ${step.from} by ${step.event} to ${step.to}`;
  },
};

export const oneLivePrompt: InvariantOn<'ring'> = {
  name: 'never more than one live prompt per payer',
  on: 'ring',
  check(happening) {
    if (happening.alsoRinging === null) return null;
    return `${happening.payer} rings for ${happening.reference}, and still for ${happening.alsoRinging}`;
  },
};

export const oneOrderPerDraft: InvariantOn<'opened'> = {
  name: 'one order per conversation and draft',
  on: 'opened',
  check(happening, facts) {
    const { order } = happening;
    for (const other of facts.orders.values()) {
      if (other !== order && other.conversationId === order.conversationId && other.draft === order.draft)
        return `${other.reference} and ${order.reference} come from one confirmation`;
    }
    return null;
  },
};

export const withinLimits: InvariantOn<'opened'> = {
  name: 'no phone is made to ring more often than the limits allow, and none while sales are stopped',
  on: 'opened',
  check({ order, salesStopped }, facts) {
    if (salesStopped) return `${order.reference} was opened while sales are stopped`;
    // By the machine's clock: orders of a day that is still to come, because it was set back, do not count.
    const within = (ms: number): boolean => ms >= 0 && ms < HOUR_MS;
    const rang = [...facts.orders.values()].filter(
      (other) =>
        other.payer === order.payer &&
        other.sent.some(({ purpose }) => purpose === 'answer') &&
        within(order.createdAt - other.createdAt),
    );
    if (rang.length < facts.plan.promptsPerHour) return null;
    return `${order.reference} prompts ${order.payer}, which was prompted ${rang.length} times within an hour`;
  },
};

export const soldOnDelivery: InvariantOn<'posted'> = {
  name: 'a sale is of a delivered order, once, and of its amount',
  on: 'posted',
  check({ transfer, order }) {
    if (transfer.kind !== 'sale') return null;
    if (order === null) return `transfer ${transfer.id} sells for no order`;
    if (order.state !== 'delivered') return `${order.reference} is sold, and is ${order.state}`;
    if (order.sales.length > 1) return `${order.reference} is sold ${order.sales.length} times`;
    return transfer.amount === order.amountKes * 1_000 ? null : `${order.reference} is sold for ${transfer.amount} thousandths`;
  },
};

export const booksAgree: InvariantOn<'committed'> = {
  name: 'every delivered order is sold, and balances are the sums of what moved',
  on: 'committed',
  check({ unbalanced }, facts) {
    const [account] = unbalanced;
    if (account !== undefined) return `the balance of ${account} is not the sum of its movements`;
    for (const { reference, kind, remote, state, sales } of facts.orders.values())
      if ((kind === 'airtime' || remote) && state === 'delivered' && sales.length === 0)
        return `${reference} is delivered and not sold`;
    return null;
  },
};

export const noLongSilence: InvariantOn<'quiet'> = {
  name: 'no order is in flight over ten minutes without review or a question',
  on: 'quiet',
  check(happening, facts) {
    const { now, machineNow, calmSince } = happening;
    if (now - calmSince < SLACK_MS) return null;
    for (const order of facts.orders.values()) {
      if (!IN_FLIGHT.has(order.state) || order.asked) continue;
      // Without webhooks the customer is asked, and later if in the middle of another purchase; of SMS the provider is.
      const isAsked = order.kind === 'airtime' && !facts.plan.webhooksReachUs;
      const most = SILENCE_MS + SLACK_MS + (!isAsked ? 0 : 61 * MINUTE_MS);
      // What is paid is another matter than what is bought: it has ten minutes of its own to be delivered in.
      const since = order.paidAt ?? order.openedAt;
      if (now - since > most && machineNow - (order.paidByClock ?? order.createdAt) > most)
        return `${order.reference} is ${order.state} since ${Math.round((now - since) / MINUTE_MS)} minutes`;
    }
    return null;
  },
};
