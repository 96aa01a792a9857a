/**
 * Owns the invariants: what must hold at every moment, whatever goes wrong. Each is judged by facts from outside the program, never
 * by the program's own word.
 */

import { claimsOf } from './readings.ts';
import type { OrderState } from '../domain/order.ts';
import type { Evidence, OrderFacts, SayFacts } from './facts.ts';
import type { Facts, Invariant, LetterFacts } from './watch.ts';

const MINUTE_MS = 60_000;
const SILENCE_MS = 10 * MINUTE_MS;
/** For turns to be made once the program can work. */
const SLACK_MS = 30_000;
/** So close to each other two answers are one. */
const DOUBLE_MS = 30_000;
/** What a turn had read may have changed until it was committed, as long as nobody was told of the change. */
const TURN_MS = 2_000;

/** From where to where an order may go, written down here once more, from the picture in the design and not from the program's table. */
const MAY_GO: Readonly<Record<string, readonly string[]>> = {
  confirmed: ['submitting', 'cancelled', 'rejected', 'delivered', 'review'],
  submitting: ['confirmed', 'awaiting_payment', 'rejected', 'cancelled', 'unknown', 'delivered', 'review'],
  awaiting_payment: ['delivered', 'cancelled', 'review', 'lapsed', 'awaiting_payment'],
  unknown: ['awaiting_payment', 'delivered', 'cancelled', 'review', 'lapsed', 'unknown'],
  review: ['delivered', 'cancelled', 'refund_due'],
  refund_due: ['refunded', 'delivered'],
  rejected: ['delivered'],
  cancelled: ['delivered'],
  lapsed: ['delivered'],
  delivered: [],
  refunded: [],
};

const IN_FLIGHT = new Set(['confirmed', 'submitting', 'awaiting_payment', 'unknown']);

/** What may be told as the end, and on whose word. */
const GROUNDS: Readonly<Record<string, readonly Evidence[]>> = {
  delivered: ['webhook positive', 'customer received', 'operator'],
  cancelled: ['webhook cancelled', 'answer cancelled', 'operator'],
  rejected: ['answer refused', 'answer not sent'],
  lapsed: ['customer did not pay'],
};

const oneCall: Invariant = {
  name: 'at most one call with a byte sent per order and purpose',
  check(happening) {
    if (happening.kind !== 'byte') return null;
    const { purchase, order } = happening;
    if (order === null) return `a request for ${purchase.reference}, which is the reference of no order`;
    return order.sent.length === 0 ? null : `a second request for ${order.reference}`;
  },
};

const commitFirst: Invariant = {
  name: 'a call is committed before its first byte, with the values of its order',
  check(happening) {
    if (happening.kind !== 'byte' || happening.order === null) return null;
    const { purchase, order } = happening;
    if (order.state === 'confirmed') return `${order.reference} is called while it is only confirmed`;
    return differing(order, purchase) ?? null;
  },
};

const asShown: Invariant = {
  name: 'an order has the values of the confirmation that its chat showed last',
  check(happening) {
    if (happening.kind !== 'opened') return null;
    const { order } = happening;
    if (order.shown === null) return `${order.reference} was opened, and its chat had shown no confirmation`;
    const fault = differing(order, order.shown);
    return fault === null ? null : `${fault} (the confirmation on the screen)`;
  },
};

function differing(
  order: OrderFacts,
  other: { amountKes: number; recipient: string; payer: string; paymentNetwork: string },
): string | null {
  for (const name of ['amountKes', 'recipient', 'payer', 'paymentNetwork'] as const) {
    if (order[name] !== other[name]) return `${order.reference} has ${name} ${order[name]}, and not ${other[name]}`;
  }
  return null;
}

const grounds: Invariant = {
  name: 'an end rests on evidence',
  check(happening, facts) {
    if (happening.kind !== 'step') return null;
    const { order, step } = happening;
    if (step.event === 'customer_cancelled' && facts.cancels.has(facts.chatOf(order.conversationId))) return null;
    const needed = step.to === null ? undefined : GROUNDS[step.to];
    if (needed === undefined || order.evidence.some((one) => needed.includes(one))) return null;
    return `${order.reference} is ${step.to} by ${step.event}, though nobody told so: ${order.evidence.join(', ') || 'nothing was told'}`;
  },
};

const alongTheTable: Invariant = {
  name: 'orders move only along the table',
  check(happening) {
    if (happening.kind !== 'step') return null;
    const { order, step, before } = happening;
    if (step.from === null) return step.to === 'confirmed' ? null : `${order.reference} was opened as ${step.to}`;
    if (step.from !== before) return `${order.reference} was ${before}, and its step says ${step.from}`;
    if (step.to === null || (MAY_GO[step.from] ?? []).includes(step.to)) return null;
    return `${order.reference} went from ${step.from} by ${step.event} to ${step.to}`;
  },
};

const oneLivePrompt: Invariant = {
  name: 'never more than one live prompt per payer',
  check(happening) {
    if (happening.kind !== 'ring' || happening.alsoRinging === null) return null;
    return `${happening.payer} rings for ${happening.reference}, and still for ${happening.alsoRinging}`;
  },
};

const oneOrderPerDraft: Invariant = {
  name: 'one order per conversation and draft',
  check(happening, facts) {
    if (happening.kind !== 'opened') return null;
    const { order } = happening;
    for (const other of facts.orders.values()) {
      if (other !== order && other.conversationId === order.conversationId && other.draft === order.draft)
        return `${other.reference} and ${order.reference} come from one confirmation`;
    }
    return null;
  },
};

const onceEach: Invariant = {
  name: 'a message takes effect once',
  check(happening) {
    if (happening.kind !== 'heard' || happening.times === 1) return null;
    return `message #${happening.message} of ${happening.chat} took effect ${happening.times} times`;
  },
};

const committedFirst: Invariant = {
  name: 'a reply leaves only after its commit',
  check(happening) {
    if (happening.kind !== 'sending' || happening.message.kind !== 'text') return null;
    return happening.say === null ? `"${happening.message.text.slice(0, 80)}" was never committed` : null;
  },
};

const notTwice: Invariant = {
  name: 'what was sent is not sent again',
  check(happening) {
    if (happening.kind !== 'sending' || happening.say === null) return null;
    return happening.say.outcome === 'sent' ? 'a message goes out again although the network took it' : null;
  },
};

/** Copies of a message may come again, but nothing comes before what was said before it. */
const inOrder = (): Invariant => {
  const seen = new Map<string, number>();
  return {
    name: 'within a chat messages keep their order',
    check(happening) {
      if (happening.kind !== 'shown' || happening.say === null) return null;
      const { chat, say } = happening;
      const before = seen.get(chat) ?? 0;
      if (say.number < before) return `${chat} sees message ${say.number} after message ${before}`;
      seen.set(chat, say.number);
      return null;
    },
  };
};

const durable: Invariant = {
  name: 'what is acknowledged is durable',
  check(happening) {
    if (happening.kind !== 'acknowledged' || happening.durable) return null;
    return `message #${happening.message.messageId} of ${happening.message.sender} was acknowledged and is nowhere`;
  },
};

const noLongSilence: Invariant = {
  name: 'no order is in flight over ten minutes without review or a question',
  check(happening, facts) {
    if (happening.kind !== 'quiet') return null;
    const { now, machineNow, calmSince } = happening;
    if (now - calmSince < SLACK_MS) return null;
    for (const order of facts.orders.values()) {
      if (!IN_FLIGHT.has(order.state) || order.asked) continue;
      // Without webhooks a customer in the middle of another purchase is asked later.
      const most = SILENCE_MS + SLACK_MS + (facts.webhooksReachUs ? 0 : 61 * MINUTE_MS);
      if (now - order.openedAt > most && machineNow - order.createdAt > most)
        return `${order.reference} is ${order.state} since ${Math.round((now - order.openedAt) / MINUTE_MS)} minutes`;
    }
    return null;
  },
};

/** What a phrase says of an order must have been so at some time. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  'order:approve-now': ['awaiting_payment'],
  'order:unknown': ['unknown'],
  'order:delivered': ['delivered'],
  'order:cancelled': ['cancelled'],
  'order:cancelled-in-time': ['cancelled'],
  'order:lapsed': ['lapsed'],
  'order:review': ['review'],
  'order:refund-due': ['refund_due'],
  'order:refunded': ['refunded'],
};

export function saidStates(key: string): readonly string[] | null {
  const state = /^order:(?:status|state)-(.+)$/.exec(key)?.[1];
  if (state !== undefined) return [state];
  if (/^order:rejected-\w/.test(key)) return ['rejected'];
  return SAID[key] ?? null;
}

const nothingUntrue: Invariant = {
  name: 'nobody is told what is not so',
  check(happening, facts) {
    if (happening.kind !== 'said' || happening.say.reply === null) return null;
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

const noFailedTurn: Invariant = {
  name: 'no turn fails',
  check(happening, facts) {
    if (happening.kind !== 'quiet') return null;
    const [failed] = facts.poisoned();
    return failed === undefined ? null : `${failed.event_id}: ${failed.error}`;
  },
};

// ---- at the end ---------------------------------------------------------------------------------------------------------

const nothingLeft: Invariant = {
  name: 'everything comes to an end',
  check(happening, facts) {
    if (happening.kind !== 'ended') return null;
    const [left] = facts.leftovers();
    if (left !== undefined) return left;
    const open = [...facts.orders.values()].find(({ state }) => IN_FLIGHT.has(state));
    return open === undefined ? null : `${open.reference} is still ${open.state}`;
  },
};

/** Silence is an answer only to what says nothing (an edit), to the same thing again, and to a tap whose question is being answered. */
const answered: Invariant = {
  name: 'every message is answered',
  check(happening, facts) {
    if (happening.kind !== 'ended') return null;
    const answers = new Map<string, SayFacts>();
    for (const say of facts.says.values()) if (say.reply !== null) answers.set(say.turn, say);
    for (const letter of happening.letters) {
      const answer = answers.get(letter.turn);
      if (answer !== undefined && answer.shown === 0) return `the answer to ${letter.turn} was never shown`;
      if (answer === undefined && !mayBeSilent(letter, facts))
        return `${letter.turn} got no answer: ${JSON.stringify(letter.content)}`;
    }
    return null;
  },
};

function mayBeSilent({ content, repeated, chat, heardAt }: LetterFacts, facts: Facts): boolean {
  if (content.kind === 'unsupported') return ['edit', 'deletion', 'reaction'].includes(content.what);
  if (content.kind === 'text' && content.text === '') return true;
  const answering = [...facts.says.values()].some(
    (say) => facts.chatOf(say.conversationId) === chat && heardAt - say.at >= 0 && heardAt - say.at < DOUBLE_MS,
  );
  return repeated || (answering && content.kind === 'tap' && /^(ok|set)/.test(content.data));
}

const toldTheEnd: Invariant = {
  name: 'what a person was told last of an order is how it stands',
  check(happening, facts) {
    if (happening.kind !== 'ended') return null;
    for (const { reference, state, toldLast } of facts.orders.values()) {
      const states = toldLast === null ? [] : (saidStates(toldLast) ?? []);
      if (!states.includes(state)) return `${reference} is ${state}, and ${toldLast ?? 'nothing'} was told last`;
    }
    return null;
  },
};

/** Money that was taken is never forgotten. */
const evidenceCounts: Invariant = {
  name: 'an order that the upstream delivered ends as delivered, or with a person',
  check(happening, facts) {
    if (happening.kind !== 'ended') return null;
    for (const { reference, state, evidence } of facts.orders.values()) {
      if (evidence.includes('webhook positive, taken') && state !== 'delivered' && state !== 'review')
        return `${reference} is ${state}, though it was delivered`;
    }
    return null;
  },
};

export function invariants(): readonly Invariant[] {
  return [
    oneCall,
    commitFirst,
    asShown,
    grounds,
    alongTheTable,
    oneLivePrompt,
    oneOrderPerDraft,
    onceEach,
    committedFirst,
    notTwice,
    inOrder(),
    durable,
    noLongSilence,
    nothingUntrue,
    noFailedTurn,
    nothingLeft,
    answered,
    toldTheEnd,
    evidenceCounts,
  ];
}
