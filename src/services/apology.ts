/**
 * Owns what is left to do about an event that failed three times: a row for the operator, and a word to the person who wrote, that
 * their message did nothing. It never tries the event again. An order whose money call was answered so is brought before a person at
 * once; a question whose answer was lost is asked anew, as it moves nothing.
 */

import { newSession, spokenOf, type Session } from '../conversation/session.ts';
import type { InboundMessage } from '../ports/channel.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import { askIfKnown, askLater } from './decide-payment.ts';
import type { Rules } from './decide.ts';
import type { Ground } from './order-changes.ts';
import { stepTurn } from './order-step.ts';

/**
 * A turn of its own, under an id of its own. `known` null: nothing could be loaded. `bare`: the row for the operator alone, because the
 * whole of it could not be written either.
 */
export function apologyFor(event: TurnEvent, known: Known | null, rules: Pick<Rules, 'business' | 'salt'>, bare = false): Turn {
  const own: TurnEvent = { ...event, id: `${event.id}/apology` };
  const about = event.kind === 'message' ? null : (known?.order ?? null);
  const audit: Change = {
    kind: 'audit',
    actor: { kind: 'rescuer' },
    what: 'event_set_aside',
    subject: event.id,
    detail: `a turn of kind ${event.kind} failed three times and was set aside${about === null ? '' : `, about order ${about.reference}`}`,
  };
  const only = (...more: Change[]): Turn => ({ event: own, read: {}, touched: [], changes: [audit, ...more] });
  if (bare) return only();
  if (event.kind === 'message') return only(...sorry(known, event.message));
  if (event.kind !== 'call_answered' || known === null || about === null) return only();
  const over: Change = { kind: 'call_state', orderId: event.orderId, purpose: event.purpose, state: 'answered' };
  // Otherwise the question would count as under way until the next start, and nobody would ask again.
  if (event.purpose === 'ask_payment') return only(over, ...askLater(about, event.at));
  const ground: Ground = { actor: { kind: 'rescuer' }, evidence: LOST, rawId: null };
  const changes = [audit, over, ...askIfKnown(about, event.at)];
  return stepTurn({ known, order: about, event: own, rules }, 'silence', ground, { changes });
}

/** Money may have moved, and what was said of it cannot be written down: that is silence which nobody needs to wait for. */
const LOST = 'the answer came, and could not be written down: it was set aside';

function sorry(known: Known | null, { locale }: InboundMessage): Change[] {
  const reply = { parts: [{ key: 'common:went-wrong' }], choices: [] };
  const said = (conversationId: string, { language }: Session): Change => ({
    kind: 'say',
    conversationId,
    reply,
    language,
    orderId: null,
  });
  const lost = known?.unreadable?.lostChat ?? null;
  if (lost !== null) {
    // A session that cannot be read would fail every message to come: the chat begins anew.
    const session = newSession(spokenOf(locale));
    return [{ kind: 'remember', conversationId: lost, session }, said(lost, session)];
  }
  const conversation = known?.conversation ?? null;
  return conversation === null ? [] : [said(conversation.id, conversation.session)];
}
