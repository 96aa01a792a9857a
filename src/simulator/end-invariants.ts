/** Owns what must hold once everything has come to rest: nothing was lost on the way, and everyone was told how it stands. */

import type { SayFacts } from './facts.ts';
import type { Facts, InvariantOn, LetterFacts } from './invariant.ts';
import { IN_FLIGHT } from './order-invariants.ts';
import { saidStates } from './talk-invariants.ts';

/** So close to each other two answers are one. */
const DOUBLE_MS = 30_000;

export const nothingLeft: InvariantOn<'ended'> = {
  name: 'everything comes to an end',
  on: 'ended',
  check(happening, facts) {
    const [left] = facts.leftovers();
    if (left !== undefined) return left;
    const open = [...facts.orders.values()].find(({ state }) => IN_FLIGHT.has(state));
    return open === undefined ? null : `${open.reference} is still ${open.state}`;
  },
};

/** Silence is an answer only to what says nothing (an edit), to the same thing again, and to a tap whose question is being answered. */
export const answered: InvariantOn<'ended'> = {
  name: 'every message is answered',
  on: 'ended',
  check(happening, facts) {
    const answers = new Map<string, SayFacts>();
    // In the chat itself: a turn may also say something in the person's other one.
    for (const say of facts.says.values())
      if (say.reply !== null) answers.set(`${say.turn} ${facts.chatOf(say.conversationId)}`, say);
    for (const letter of happening.letters) {
      const answer = answers.get(`${letter.turn} ${letter.chat}`);
      if (answer !== undefined && answer.shown === 0 && !facts.blocked.has(letter.chat))
        return `the answer to ${letter.turn} was never shown`;
      if (answer === undefined && !mayBeSilent(letter, facts))
        return `${letter.turn} got no answer: ${JSON.stringify(letter.content)}`;
    }
    return null;
  },
};

function mayBeSilent({ content, repeated, chat, heardAt }: LetterFacts, facts: Facts): boolean {
  if (content.kind === 'blocked' || content.kind === 'unblocked') return true;
  if (content.kind === 'unsupported') return ['edit', 'deletion', 'reaction'].includes(content.what);
  if (content.kind === 'text' && content.text === '') return true;
  const answering = [...facts.says.values()].some(
    (say) => facts.chatOf(say.conversationId) === chat && heardAt - say.at >= 0 && heardAt - say.at < DOUBLE_MS,
  );
  return repeated || (answering && content.kind === 'tap' && /^(ok|set)/.test(content.data));
}

export const toldTheEnd: InvariantOn<'ended'> = {
  name: 'what a person was told last of an order is how it stands',
  on: 'ended',
  check(happening, facts) {
    for (const { reference, state, toldLast, conversationId } of facts.orders.values()) {
      if (facts.blocked.has(facts.chatOf(conversationId))) continue;
      const states = toldLast === null ? [] : (saidStates(toldLast) ?? []);
      if (!states.includes(state)) return `${reference} is ${state}, and ${toldLast ?? 'nothing'} was told last`;
    }
    return null;
  },
};

/** Money that was taken is never forgotten. */
export const evidenceCounts: InvariantOn<'ended'> = {
  name: 'an order that the upstream delivered ends as delivered',
  on: 'ended',
  check(happening, facts) {
    for (const { reference, state, evidence } of facts.orders.values()) {
      if (evidence.includes('webhook positive, taken') && state !== 'delivered' && state !== 'refunded')
        return `${reference} is ${state}, though it was delivered`;
    }
    return null;
  },
};
