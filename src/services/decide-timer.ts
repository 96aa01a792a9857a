/**
 * Owns what the passing of time changes. Deadlines never make an order fail: they remind, ask, or bring it before a person.
 */

import { orderNews, orderStatus, promptLapsedNews, silenceQuestion, silentOrder } from '../conversation/order-talk.ts';
import type { Reply } from '../conversation/reply.ts';
import { askAgain, DRAFT_REMINDER_MS, isFresh } from '../conversation/drafting.ts';
import { isSimulated } from '../conversation/surroundings.ts';
import { isInFlight, SILENCE_MS, type Order } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import type { Instant } from '../lib/clock.ts';
import { idsFrom } from '../lib/ids.ts';
import type { ChannelName } from '../ports/channel.ts';
import type { Change, Conversation, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Rules } from './decide.ts';
import { CHANNEL_NAMES } from './decide-claim.ts';
import { decideAskTimer } from './decide-payment.ts';
import { decidePriceTold } from './decide-price-told.ts';
import { decideThresholdDue } from './decide-threshold.ts';
import { advance, groundOf, interject, isDrafting } from './order-changes.ts';
import { stepTurn } from './order-step.ts';
import { surroundingsOf } from './surroundings-of.ts';
import { DAY_MS, HOUR_MS } from '../lib/durations.ts';
import { restsOn } from './rests-on.ts';

type TimerEvent = Extract<TurnEvent, { kind: 'timer' }>;

/** A customer in the middle of another purchase is not asked: their yes would answer the wrong question. Looked at again so much later. */
const LOOK_AGAIN_MS = 60_000;
/** A person who is busy for so long is not asked at all. */
const LONGEST_WAIT_MS = HOUR_MS;
const QUESTION_OPEN_MS = DAY_MS;

export function decideTimer(known: Known, event: TimerEvent, rules: Rules): Turn {
  switch (event.timer.kind) {
    case 'draft_reminder':
      return draftReminder(known, event, rules);
    case 'price_told':
      return decidePriceTold(known, event, rules);
    case 'prompt_lapsed':
      return promptLapsed(known, event, rules);
    case 'order_silence':
      return silence(known, event, rules);
    case 'tell_elsewhere':
      return tellElsewhere(known, event, event.timer.channel, rules);
    case 'question_unanswered':
      return unanswered(known, event, rules);
    case 'threshold_due':
    case 'alert_failed':
      return decideThresholdDue(known, event, event.timer, rules);
    case 'ask_payment':
      return decideAskTimer(known, event);
    default:
      return assertNever(event.timer);
  }
}

const nothing = (event: TurnEvent): Turn => ({ event, read: {}, touched: [], changes: [] });

/** One reminder, while the draft is still good. */
function draftReminder(known: Known, event: TimerEvent, rules: Rules): Turn {
  const { conversation } = known;
  const draft = conversation?.session.draft ?? null;
  if (conversation === null || draft === null || draft.reminded || conversation.blockedAt !== null) return nothing(event);
  const idleMs = event.at - draft.touchedAt;
  const flow = rules.flows.find(({ name, version }) => name === draft.flow && version === draft.flowVersion);
  if (flow === undefined || idleMs < DRAFT_REMINDER_MS || !isFresh(draft, event.at)) return nothing(event);
  const around = surroundingsOf(known, rules, {
    at: event.at,
    ids: idsFrom(`${rules.salt}/${event.id}`),
    customerId: conversation.customerId,
    conversation,
  });
  // It waits for a price that we are to ask: the person was told what became of that.
  if (around.wallets !== null && (flow.waitsFor?.(draft, around) ?? null) !== null) return nothing(event);
  const asked = askAgain(flow, conversation.session, draft, [{ key: `${flow.name}:reminder` }], around, false);
  // Touched by us, not by the person: the hour until the draft expires goes on.
  const session = { ...asked.session, draft: { ...draft, reminded: true } };
  return {
    event,
    read: restsOn(known, [`conversation:${conversation.id}`]),
    touched: [],
    changes: [
      { kind: 'remember', conversationId: conversation.id, session },
      { kind: 'say', conversationId: conversation.id, reply: asked.reply, language: session.language, orderId: null },
    ],
  };
}

function promptLapsed(known: Known, event: TimerEvent, rules: Rules): Turn {
  const { order, conversation } = known;
  if (order?.state !== 'awaiting_payment' || conversation === null) return nothing(event);
  return {
    event,
    read: restsOn(known, [`order:${order.id}`, `conversation:${conversation.id}`]),
    touched: [],
    changes: saying(conversation, interject(conversation, promptLapsedNews(order), newsOf(order, event, rules))),
  };
}

/** Nobody has told us the end: the customer is asked where no webhook can reach us, else a person looks at it. */
function silence(known: Known, event: TimerEvent, rules: Rules): Turn {
  const { order, conversation } = known;
  if (order === null || !isInFlight(order.state)) return nothing(event);
  const ground = groundOf({ kind: 'clock' }, order.state === 'confirmed' ? 'not_begun' : 'silence');
  const toReview = (): Turn => stepTurn({ known, order, event, rules }, 'silence', ground);
  // Nothing has left yet, or the call is still out: there is nothing that the customer could know. Of a payment the provider was asked.
  if (rules.webhooksReachUs || order.kind !== 'airtime' || order.state === 'confirmed' || order.state === 'submitting')
    return toReview();
  if (conversation === null || conversation.blockedAt !== null) return toReview();
  if (isDrafting(conversation, event.at)) {
    // An order of a day that is still to come: the clock was set back, and would keep it waiting for as long.
    if (Math.abs(event.at - order.createdAt) >= SILENCE_MS + LONGEST_WAIT_MS) return toReview();
    const later: Change = { kind: 'set_timer', key: event.key, dueAt: event.at + LOOK_AGAIN_MS, timer: event.timer };
    return { event, read: restsOn(known, [`order:${order.id}`]), touched: [], changes: [later] };
  }
  const { changes } = advance(order, 'silence_without_webhooks', ground);
  const giveUp: Change = {
    kind: 'set_timer',
    key: `question:${order.id}`,
    dueAt: event.at + QUESTION_OPEN_MS,
    timer: { kind: 'question_unanswered', orderId: order.id },
  };
  const asked = interject(conversation, silenceQuestion(order), newsOf(order, event, rules));
  return {
    event,
    read: restsOn(known, [`order:${order.id}`, `conversation:${conversation.id}`]),
    touched: [],
    changes: [...changes, giveUp, ...saying(conversation, asked)],
  };
}

/**
 * What was to be said about the order was given up in its chat. What is said instead is how the order stands now, because giving up
 * can take long; it carries only choices that hold in every chat of the person.
 */
function tellElsewhere(known: Known, event: TimerEvent, dead: ChannelName, rules: Rules): Turn {
  const { order, conversation } = known;
  if (order === null || conversation === null) return nothing(event);
  const standing = whereItStands(order, event.at, rules);
  const parts = [{ key: 'common:told-elsewhere', params: { channel: CHANNEL_NAMES[dead] } }, ...standing.parts];
  const { session, changes } = interject(
    conversation,
    { ...standing, parts },
    {
      orderId: order.id,
      at: event.at,
      simulated: isSimulated(rules.business, order.kind),
    },
  );
  const said = changes.map((change): Change => (change.kind === 'say' ? { ...change, elsewhere: true } : change));
  return {
    event,
    read: restsOn(known, [`order:${order.id}`, `conversation:${conversation.id}`]),
    touched: [],
    changes: saying(conversation, { session, changes: said }),
  };
}

function whereItStands(order: Order, now: Instant, rules: Rules): Reply {
  if (!rules.webhooksReachUs && silentOrder([order], now) !== null) return silenceQuestion(order);
  const news = isInFlight(order.state) ? null : orderNews(order, order.state, null);
  return news ?? { parts: [orderStatus(order, now)], choices: [] };
}

function unanswered(known: Known, event: TimerEvent, rules: Rules): Turn {
  const { order } = known;
  if (order === null || !isInFlight(order.state)) return nothing(event);
  return stepTurn({ known, order, event, rules }, 'silence', groundOf({ kind: 'clock' }, 'no_answer'));
}

function saying(conversation: Conversation, said: ReturnType<typeof interject>): Change[] {
  return [{ kind: 'remember', conversationId: conversation.id, session: said.session }, ...said.changes];
}

function newsOf(order: Order, { at }: TimerEvent, { business }: Rules): Parameters<typeof interject>[2] {
  return { orderId: order.id, at, simulated: isSimulated(business, order.kind) };
}
