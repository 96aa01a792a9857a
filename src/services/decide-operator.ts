/**
 * Owns what an operator changes: the end of an order in review, by the table in domain/order.ts and with evidence, and everything that
 * is told to the console. A command that does not fit changes nothing, and says how things stand.
 */

import { asSeen } from '../domain/attention.ts';
import type { OrderState } from '../domain/order.ts';
import { saidBy } from '../domain/wallet-owner.ts';
import { assertNever } from '../lib/assert.ts';
import { idsFrom } from '../lib/ids.ts';
import type { OperatorCommand } from '../ports/desk.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Rules } from './decide.ts';
import { decideErasure } from './decide-erasure.ts';
import { stepTurn } from './order-step.ts';
import { restsOn } from './rests-on.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

type Answer = Extract<Change, { kind: 'answer_console' }>;

const answer = (outcome: Answer['outcome'], detail: string): Answer => ({ kind: 'answer_console', outcome, detail });

/**
 * The answer's detail is the state in which the order is now: one that an operator knows to be paid may be delivered with it. What they say
 * counts for the order that they looked at: of one that has changed since they may think otherwise.
 */
export function decideOperator(known: Known, event: Of<'operator'>, rules: Rules): Turn {
  const { order } = known;
  // Erased since the command was recorded.
  if (order === null) return { event, read: {}, touched: [], changes: [answer('refused', 'there is no such order')] };
  const actor = { kind: 'operator', name: event.operator } as const;
  if (event.seen !== asSeen(order)) {
    const detail = `not done, the order has changed since they looked: ${event.evidence}`;
    const audit: Change = { kind: 'audit', actor, what: event.action, subject: order.id, detail };
    return { event, read: restsOn(known, [`order:${order.id}`]), touched: [], changes: [audit, answer('refused', order.state)] };
  }
  const audit: Change = { kind: 'audit', actor, what: event.action, subject: order.id, detail: event.evidence };
  const turn = stepTurn({ known, order, event, rules }, event.action, { actor, evidence: event.evidence, rawId: null });
  const to = turn.changes.reduce<OrderState | null>(
    (state, change) => (change.kind === 'advance_order' ? change.to : state),
    null,
  );
  const told = to === null ? answer('refused', order.state) : answer('done', to);
  return { ...turn, changes: [...turn.changes, audit, told] };
}

export function decideCommand(known: Known, event: Of<'command'>, rules: Rules): Turn {
  if (event.command.what === 'erase_customer') return decideErasure(known, event, event.command, rules);
  const { subject, detail, changes } = carriedOut(known, event.command, event.operator, rules);
  const actor = { kind: 'operator', name: event.operator } as const;
  const audit: Change = { kind: 'audit', actor, what: event.command.what, subject, detail };
  return { event, read: {}, touched: [], changes: [audit, ...changes] };
}

interface CarriedOut {
  readonly subject: string;
  readonly detail: string;
  readonly changes: readonly Change[];
}

function carriedOut(
  known: Known,
  command: Exclude<OperatorCommand, { what: 'erase_customer' }>,
  by: string,
  rules: Rules,
): CarriedOut {
  switch (command.what) {
    case 'stop_sales': {
      const { reason } = command;
      return { subject: 'sales', detail: reason, changes: [{ kind: 'switch_sales', stopped: reason }, answer('done', reason)] };
    }
    case 'resume_sales':
      return {
        subject: 'sales',
        detail: known.salesStopped === null ? 'they were not stopped' : `were stopped: ${known.salesStopped}`,
        changes: [{ kind: 'switch_sales', stopped: null }, answer('done', known.salesStopped ?? '')],
      };
    case 'put_away': {
      const { item, until, evidence } = command;
      return {
        subject: item,
        detail: evidence,
        changes: [{ kind: 'put_away', item, until, operator: by, evidence }, answer('done', item)],
      };
    }
    case 'invite': {
      const { invite } = command;
      return {
        subject: invite.id,
        detail: invite.name,
        changes: [{ kind: 'invite_operator', invite }, answer('done', invite.id)],
      };
    }
    case 'say':
      return spoken(known, command, rules);
    case 'remove_operator': {
      const operator = known.operators.find(({ id }) => id === command.operatorId);
      const detail = operator?.name ?? 'there is no such operator';
      return operator === undefined
        ? { subject: command.operatorId, detail, changes: [answer('refused', detail)] }
        : { subject: operator.id, detail, changes: [...removal(operator), answer('done', detail)] };
    }
    case 'link_wallet':
    case 'unlink_wallet': {
      const { what, owner, customerId } = command;
      // As elsewhere in the audit: the userId itself may be somebody's number.
      const detail = idsFrom(JSON.stringify(owner)).id('u');
      const told = saidBy(owner) === null ? answer('done', customerId) : answer('refused', 'its userId says whose it is');
      const change: Change = what === 'link_wallet' ? { kind: what, owner, customerId, linkedBy: by } : { kind: what, owner };
      return { subject: customerId, detail, changes: told.outcome === 'done' ? [change, told] : [told] };
    }
    default:
      return assertNever(command);
  }
}

/** In their chat, marked as a person's words; what was asked there stays asked. Its text is kept as every message is, not in the audit. */
function spoken(
  { conversation }: Known,
  { conversationId, text }: Extract<OperatorCommand, { what: 'say' }>,
  rules: Rules,
): CarriedOut {
  const refused = (detail: string): CarriedOut => ({
    subject: conversationId,
    detail,
    changes: [answer('refused', detail)],
  });
  if (conversation === null) return refused('there is no such chat any more');
  if (conversation.blockedAt !== null)
    return refused('nobody can be written to there: the bot was blocked, or its customer erased');
  const reply = { parts: [{ key: 'common:from-person', params: { business: rules.business.name, text } }], choices: [] };
  const { language } = conversation.session;
  return {
    subject: conversationId,
    detail: '',
    changes: [{ kind: 'say', conversationId, reply, language, orderId: null }, answer('done', conversationId)],
  };
}

function removal({ id, conversationId, language }: Known['operators'][number]): Change[] {
  const reply = { parts: [{ key: 'operator:removed' }], choices: [] };
  return [
    { kind: 'remove_operator', operatorId: id },
    { kind: 'say', conversationId, reply, language, orderId: null },
  ];
}

/**
 * Something that no turn found: the audit row, from which the operators hear of it. Not of an alert that could not reach one of them:
 * that would be told to the others, or to the same dead chat, without end. It stands in the list.
 */
export function decideIncident(known: Known, event: Of<'incident'>): Turn {
  const { what, subject, detail } = event;
  if (known.operators.some(({ conversationId }) => conversationId === event.conversationId))
    return { event, read: {}, touched: [], changes: [] };
  const audit: Change = { kind: 'audit', actor: { kind: 'rescuer' }, what, subject, detail: detail.slice(0, 300) };
  return { event, read: {}, touched: [], changes: [audit] };
}
