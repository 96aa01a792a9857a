/**
 * Owns what is left to do about an event that failed three times: a row for the operator, and a word to the person who wrote, that
 * their message did nothing. It never tries the event again; a question whose answer was lost so is asked anew, as it moves nothing.
 */

import { newSession, spokenOf, type Session } from '../conversation/session.ts';
import type { Order } from '../domain/order.ts';
import type { InboundMessage } from '../ports/channel.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import { askLater } from './decide-payment.ts';

/** A turn of its own, under an id of its own. `known` null: nothing could be loaded. */
export function apologyFor(event: TurnEvent, known: Known | null): Turn {
  const about = event.kind === 'message' ? null : (known?.order ?? null);
  const audit: Change = {
    kind: 'audit',
    actor: { kind: 'rescuer' },
    what: 'event_set_aside',
    subject: event.id,
    detail: `a turn of kind ${event.kind} failed three times and was set aside${about === null ? '' : `, about order ${about.reference}`}`,
  };
  const more = event.kind === 'message' ? sorry(known, event.message) : about === null ? [] : askedAnew(event, about);
  return { event: { ...event, id: `${event.id}/apology` }, read: {}, touched: [], changes: [audit, ...more] };
}

/** Otherwise the question would count as under way until the next start, and nobody would ask again. */
function askedAnew(event: TurnEvent, order: Order): Change[] {
  if (event.kind !== 'call_answered' || event.purpose !== 'ask_payment') return [];
  const { orderId, purpose } = event;
  return [{ kind: 'call_state', orderId, purpose, state: 'answered' }, ...askLater(order, event.at)];
}

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
