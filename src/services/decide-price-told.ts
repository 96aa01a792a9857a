/**
 * Owns how a purchase of SMS goes on that waited to hear what one costs where its wallet is kept: with its next question, or with why it
 * cannot go on just now. Nothing is bought without a yes to what is then shown.
 */

import { draftChoice } from '../conversation/choice.ts';
import { askNext, isFresh, showing, type Asked } from '../conversation/drafting.ts';
import type { Draft, Session } from '../conversation/session.ts';
import { idsFrom } from '../lib/ids.ts';
import type { Known, Turn, TurnEvent } from '../ports/store.ts';
import { reminderOf, unmeasured } from './decide-message.ts';
import type { Rules } from './decide.ts';
import { restsOn } from './rests-on.ts';
import { surroundingsOf } from './surroundings-of.ts';

export function decidePriceTold(known: Known, event: TurnEvent, rules: Rules): Turn {
  const { conversation } = known;
  const draft = conversation?.session.draft ?? null;
  const flow = rules.flows.find(({ name, version }) => name === draft?.flow && version === draft.flowVersion);
  const nothing: Turn = { event, read: {}, touched: [], changes: [] };
  if (conversation === null || draft === null || flow === undefined) return nothing;
  if (conversation.blockedAt !== null || !isFresh(draft, event.at)) return nothing;
  const around = surroundingsOf(known, rules, {
    at: event.at,
    ids: idsFrom(`${rules.salt}/${event.id}`),
    customerId: conversation.customerId,
    conversation,
  });
  // Gone on with meanwhile.
  if (around.wallets === null || (flow.waitsFor?.(draft, around) ?? null) === null) return nothing;
  const asked = askNext(flow, conversation.session, { draft, lead: [], question: null }, around);
  const waits = asked.session.draft !== null && (flow.waitsFor?.(asked.session.draft, around) ?? null) !== null;
  const { session, reply } = waits ? notTold(conversation.session, draft) : asked;
  const lacks = unmeasured(known, session, rules);
  return {
    event,
    read: restsOn(known, [`conversation:${conversation.id}`]),
    touched: [],
    changes: [
      { kind: 'remember', conversationId: conversation.id, session },
      ...reminderOf(conversation, session),
      { kind: 'say', conversationId: conversation.id, reply, language: session.language, orderId: null },
    ],
    ...(lacks === null ? {} : { lacks: { parties: lacks } }),
  };
}

/** It did not answer: what was said stays, and a tap asks again. */
function notTold(session: Session, draft: Draft): Asked {
  return showing(session, {
    parts: [{ key: 'buy-sms:price-not-told' }],
    choices: [
      { id: draftChoice(draft, 'keep'), label: { key: 'buy-sms:ask-price-again' } },
      { id: draftChoice(draft, 'no'), label: { key: 'common:cancel' } },
    ],
  });
}
