/** Owns what must always hold between the program and people: each message heard once, and nothing said too early, twice or untrue. */

import type { OrderState } from '../domain/order.ts';
import type { InvariantOn } from './invariant.ts';
import { claimsOf } from './readings.ts';

/** What a turn had read may have changed until it was committed, as long as nobody was told of the change. */
const TURN_MS = 2_000;
/** A chat is told that the database refuses within this time. */
const EXCUSED_MS = 10_000;

export const onceEach: InvariantOn<'heard'> = {
  name: 'a message takes effect once',
  on: 'heard',
  check(happening) {
    if (happening.times === 1) return null;
    return `message #${happening.message} of ${happening.chat} took effect ${happening.times} times`;
  },
};

/** But for the excuse that nothing can be taken in, which promises nothing and offers nothing, while the database refuses. */
export const committedFirst: InvariantOn<'sending'> = {
  name: 'a reply leaves only after its commit',
  on: 'sending',
  check({ message, say, refusedAt }, facts) {
    if (message.kind !== 'text' || say !== null) return null;
    const isExcuse = message.id.startsWith('excuse:') && message.buttons.length === 0;
    if (isExcuse && facts.now() - refusedAt < EXCUSED_MS) return null;
    return `"${message.text.slice(0, 80)}" was never committed`;
  },
};

export const notTwice: InvariantOn<'sending'> = {
  name: 'what was sent is not sent again',
  on: 'sending',
  check(happening) {
    if (happening.say === null) return null;
    return happening.say.outcome === 'sent' ? 'a message goes out again although the network took it' : null;
  },
};

/** Copies of a message may come again, but nothing comes before what was said before it. */
export const inOrder = (): InvariantOn<'shown'> => {
  const seen = new Map<string, number>();
  return {
    name: 'within a chat messages keep their order',
    on: 'shown',
    check(happening) {
      if (happening.say === null) return null;
      const { chat, say } = happening;
      const before = seen.get(chat) ?? 0;
      if (say.number < before) return `${chat} sees message ${say.number} after message ${before}`;
      seen.set(chat, say.number);
      return null;
    },
  };
};

export const durable: InvariantOn<'acknowledged'> = {
  name: 'what is acknowledged is durable',
  on: 'acknowledged',
  check(happening) {
    if (happening.durable) return null;
    return `message #${happening.message.messageId} of ${happening.message.sender} was acknowledged and is nowhere`;
  },
};

export const noFailedTurn: InvariantOn<'quiet'> = {
  name: 'no turn fails',
  on: 'quiet',
  check(happening, facts) {
    const [failed] = facts.poisoned();
    // The id of a webhook is made of real chance, and not from the seed.
    return failed === undefined ? null : `${failed.event_id.replace(/^webhook:.*/, 'a webhook')}: ${failed.error}`;
  },
};

/** What a phrase says of an order must have been so at some time. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  'order:approve-now': ['awaiting_payment'],
  'order:status-unanswered': ['awaiting_payment'],
  'order:unknown': ['unknown'],
  'order:delivered': ['delivered'],
  'order:cancelled': ['cancelled'],
  'order:cancelled-in-time': ['cancelled'],
  'order:cancelled-by-shop': ['cancelled'],
  'order:lapsed': ['lapsed'],
  'order:review': ['review'],
  'order:review-not-sent': ['review'],
  'sms-order:paid': ['paid', 'delivering'],
  'sms-order:review-fewer': ['review'],
  'sms-order:review-delivery': ['review'],
  'sms-order:review-not-delivered': ['review'],
  'sms-order:status-review-paid': ['review'],
  'order:refund-due': ['refund_due'],
  'order:refunded': ['refunded'],
};

export function saidStates(key: string): readonly string[] | null {
  const said = SAID[key] ?? SAID[`sms-${key}`];
  if (said !== undefined) return said;
  const state = /^order:(?:status|state)-(.+)$/.exec(key)?.[1];
  if (state !== undefined) return [state];
  if (/^order:rejected-\w/.test(key)) return ['rejected'];
  if (/^order:not-paid-\w/.test(key)) return ['cancelled', 'rejected', 'lapsed'];
  return null;
}

export const nothingUntrue: InvariantOn<'said'> = {
  name: 'nobody is told what is not so',
  on: 'said',
  check(happening, facts) {
    if (happening.say.reply === null) return null;
    for (const { reference, key } of claimsOf(happening.say.reply)) {
      const order = facts.order(reference);
      if (order === null) return `${key} speaks of ${reference}, which is no order`;
      const states = saidStates(key);
      const justLeft = (state: string): boolean => facts.now() - (order.left.get(state as OrderState) ?? -Infinity) < TURN_MS;
      if (states !== null && !states.includes(order.state) && !states.some(justLeft))
        return `${key} was said of ${reference}, which is ${order.state}`;
    }
    return null;
  },
};
