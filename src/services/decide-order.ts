/**
 * Owns what the upstream, its webhooks and operators change about an order. The table in domain/order.ts decides the state; here
 * stands which event an answer is, how strictly a webhook must match, and what is tried again.
 */

import { parseMsisdn } from '../domain/msisdn.ts';
import { MAX_TRIES_NOT_SENT, nextState, type Order, type OrderEventKind, type RefusalCode } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import type { PurchaseAnswer, WebhookReading } from '../ports/airtime-provider.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import { advance, newsChanges, type Ground } from './order-changes.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

/** Waits before a call that provably was not sent is tried again. */
const RETRY_AFTER_MS = [3_000, 15_000];

/** An order's step with its news, as a turn. */
export function stepTurn(
  known: Known,
  order: Order,
  event: TurnEvent,
  kind: OrderEventKind,
  ground: Ground,
  more: { readonly code?: RefusalCode | 'unreachable' | null; readonly changes?: readonly Change[] } = {},
): Turn {
  const { change, to } = advance(order, kind, ground);
  const read: Record<string, number> = { [`order:${order.id}`]: order.version };
  if (known.conversation === null) return { event, read, touched: [], changes: [change, ...(more.changes ?? [])] };
  const news = newsChanges(known.conversation, order, to, more.code ?? null);
  const remember: Change[] =
    news.changes.length === 0 ? [] : [{ kind: 'remember', conversationId: known.conversation.id, session: news.session }];
  if (remember.length > 0) read[`conversation:${known.conversation.id}`] = known.conversation.version;
  return { event, read, touched: [], changes: [change, ...(more.changes ?? []), ...remember, ...news.changes] };
}

export function decideCall(known: Known, event: Of<'call_starting'> | Of<'call_answered'> | Of<'call_interrupted'>): Turn {
  const { order } = known;
  if (order === null) throw new Error('invariant broken: a call belongs to an order');
  const state = (to: 'started' | 'answered'): Change => ({
    kind: 'call_state',
    orderId: order.id,
    purpose: event.purpose,
    state: to,
  });
  switch (event.kind) {
    case 'call_starting': {
      const ground = { actor: { kind: 'upstream' }, evidence: 'call', rawId: null } as const;
      // Settled while its call waited: the call leaves the outbox and is over, without a byte.
      const over = nextState(order.state, 'call_starting') === null;
      return stepTurn(known, order, event, 'call_starting', ground, {
        changes: [state('started'), ...(over ? [state('answered')] : [])],
      });
    }
    case 'call_interrupted':
      return stepTurn(
        known,
        order,
        event,
        'call_interrupted',
        { actor: { kind: 'rescuer' }, evidence: 'the process ended while the call was out', rawId: null },
        { changes: [state('answered')] },
      );
    case 'call_answered':
      return answeredTurn(known, order, event, state('answered'));
    default:
      return assertNever(event);
  }
}

function answeredTurn(known: Known, order: Order, event: Of<'call_answered'>, ended: Change): Turn {
  const { answer, raw } = event;
  const rawId = raw === null ? null : `raw:${event.id}`;
  const keep: Change[] = raw === null || rawId === null ? [] : [{ kind: 'keep_raw', rawId, source: 'topups answer', body: raw }];
  const ground = (evidence: string, set?: Ground['set']): Ground => ({
    actor: { kind: 'upstream' },
    evidence,
    rawId,
    ...(set === undefined ? {} : { set }),
  });
  const step = (
    kind: OrderEventKind,
    on: Ground,
    code: RefusalCode | 'unreachable' | null = null,
    changes: readonly Change[] = [],
  ): Turn => stepTurn(known, order, event, kind, on, { code, changes: [...keep, ended, ...changes] });
  switch (answer.kind) {
    case 'accepted':
      return step('answer_accepted', ground('0000', { upstreamReference: answer.upstreamReference }));
    case 'refused':
      return step('answer_refused', ground(`${answer.code} ${answer.message}`), answer.code, alarm(order, answer));
    case 'cancelled':
      return step('answer_cancelled', ground(`8000 ${answer.message}`));
    case 'unknown':
      return step('answer_unknown', ground(answer.why));
    case 'not_sent':
      return notSent(order, event, answer, step, ground);
    default:
      return assertNever(answer);
  }
}

/** Provably nothing left: tried again under the same reference, a few times. */
function notSent(
  order: Order,
  event: Of<'call_answered'>,
  answer: Extract<PurchaseAnswer, { kind: 'not_sent' }>,
  step: (kind: OrderEventKind, on: Ground, code?: RefusalCode | 'unreachable' | null, changes?: readonly Change[]) => Turn,
  ground: (evidence: string, set?: Ground['set']) => Ground,
): Turn {
  const triesNotSent = order.triesNotSent + 1;
  if (triesNotSent >= MAX_TRIES_NOT_SENT) return step('answer_never_sent', ground(answer.why, { triesNotSent }), 'unreachable');
  const dueAt = event.at + (RETRY_AFTER_MS[triesNotSent - 1] ?? 15_000);
  return step('answer_not_sent', ground(answer.why, { triesNotSent }), null, [
    { kind: 'call', orderId: order.id, purpose: event.purpose, dueAt },
  ]);
}

/** A refused token is the shop's own trouble: the operator must know at once. */
function alarm(order: Order, answer: Extract<PurchaseAnswer, { kind: 'refused' }>): Change[] {
  if (answer.code !== '4000') return [];
  return [
    {
      kind: 'audit',
      actor: { kind: 'upstream' },
      what: 'operator_alert',
      subject: order.id,
      detail: `4000 ${answer.message}`.slice(0, 300),
    },
  ];
}

export function decideWebhook(known: Known, event: Of<'webhook'>): Turn {
  const rawId = `raw:${event.id}`;
  const keep: Change = { kind: 'keep_raw', rawId, source: `${event.provider} webhook`, body: event.raw };
  const { order } = known;
  const mismatch = order === null || event.reading.kind === 'unreadable' ? 'no order' : whyNot(order, event.reading);
  if (order === null || event.reading.kind === 'unreadable' || mismatch !== null) {
    const detail = event.reading.kind === 'unreadable' ? event.reading.why : (mismatch ?? '');
    const audit: Change = {
      kind: 'audit',
      actor: { kind: 'upstream' },
      what: 'webhook_quarantined',
      subject: order?.id ?? rawId,
      detail: detail.slice(0, 300),
    };
    return { event, read: {}, touched: [], changes: [keep, audit] };
  }
  const { outcome, status, upstreamReference } = event.reading;
  const set = upstreamReference === null || order.upstreamReference !== null ? {} : { upstreamReference };
  return stepTurn(
    known,
    order,
    event,
    `webhook_${outcome}`,
    { actor: { kind: 'upstream' }, evidence: status, rawId, set },
    { changes: [keep] },
  );
}

/** Liberal in shape, strict in matching: note or reference found the order; amount and mobile must be there and agree. */
function whyNot(order: Order, reading: Extract<WebhookReading, { kind: 'read' }>): string | null {
  const { note, upstreamReference, amountKes, mobile } = reading;
  if (note !== null && note !== order.reference) return 'another note';
  if (upstreamReference !== null && order.upstreamReference !== null && upstreamReference !== order.upstreamReference)
    return 'another reference';
  if (amountKes !== order.amountKes) return 'another amount';
  const parsed = mobile === null ? null : parseMsisdn(mobile);
  return parsed?.ok === true && parsed.value === order.recipient ? null : 'another mobile';
}

export function decideOperator(known: Known, event: Of<'operator'>): Turn {
  const { order } = known;
  if (order === null) throw new Error('invariant broken: the operator named an order that is not there');
  const actor = { kind: 'operator', name: event.operator } as const;
  const audit: Change = { kind: 'audit', actor, what: event.action, subject: order.id, detail: event.evidence };
  return stepTurn(known, order, event, event.action, { actor, evidence: event.evidence, rawId: null }, { changes: [audit] });
}
