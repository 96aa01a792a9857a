/**
 * Owns what calls, their answers and webhooks change about an order. The tables of states decide the state; here stands which event
 * an answer is and how strictly a webhook must match. What is answered about payments alone stands in decide-payment.ts.
 */

import { parseMsisdn } from '../domain/msisdn.ts';
import { nextState, PROMPT_LIVE_MS, SILENCE_MS, type Order, type OrderEventKind } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import type { PurchaseAnswer, WebhookReading } from '../ports/airtime-provider.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import { withBreaker, type Health } from './breaker-changes.ts';
import type { Rules } from './decide.ts';
import { asked, askIfKnown, askInterrupted, requested } from './decide-payment.ts';
import type { Ground } from './order-changes.ts';
import { afterNotSent, stepTurn, type OrderScene, type StepDetails } from './order-step.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

export function decideCall(
  known: Known,
  event: Of<'call_starting'> | Of<'call_answered'> | Of<'call_interrupted'>,
  rules: Rules,
): Turn {
  const { order } = known;
  if (order === null) throw new Error('invariant broken: a call belongs to an order');
  const scene: OrderScene = { known, order, event, rules };
  const state = (to: 'started' | 'answered'): Change => ({
    kind: 'call_state',
    orderId: order.id,
    purpose: event.purpose,
    state: to,
  });
  switch (event.kind) {
    case 'call_starting': {
      // A question moves nothing, and is no step of the order.
      if (event.purpose === 'ask_payment') return { event, read: {}, touched: [], changes: [state('started')] };
      if (order.state === 'confirmed' && event.at - order.createdAt >= SILENCE_MS) {
        // We were down for too long: a phone that rings now would surprise its owner. The call is over, without a byte.
        const ground: Ground = { actor: { kind: 'clock' }, evidence: 'its call was not begun in ten minutes', rawId: null };
        return stepTurn(scene, 'silence', ground, { changes: [state('answered')] });
      }
      const ground: Ground = { actor: { kind: 'upstream' }, evidence: 'call', rawId: null };
      // Settled while its call waited: the call leaves the outbox and is over, without a byte.
      if (nextState(order, 'call_starting') === null)
        return stepTurn(scene, 'call_starting', ground, { changes: [state('answered')] });
      return begun(scene, event, ground, state('started'));
    }
    case 'call_interrupted': {
      if (event.purpose === 'ask_payment') return askInterrupted(order, event, state('answered'));
      const ground: Ground = { actor: { kind: 'rescuer' }, evidence: 'the process ended while the call was out', rawId: null };
      return stepTurn(scene, 'call_interrupted', ground, { changes: [state('answered'), ...askIfKnown(order, event.at)] });
    }
    case 'call_answered':
      return answeredCall(scene, event, state('answered'), rules);
    default:
      return assertNever(event);
  }
}

function answeredCall(scene: OrderScene, event: Of<'call_answered'>, ended: Change, rules: Rules): Turn {
  switch (event.purpose) {
    case 'buy_airtime': {
      const turn = answeredTurn(scene, event, ended);
      return wasAsked(event.answer) ? withBreaker(turn, scene, healthOf(event.answer), rules.breaker) : turn;
    }
    case 'request_payment': {
      const { turn, health } = requested(scene, event, ended);
      return wasAsked(event.answer) ? withBreaker(turn, scene, health, rules.breaker) : turn;
    }
    case 'ask_payment':
      return asked(scene, event, ended);
    default:
      return assertNever(event);
  }
}

/** A call that was not even tried says nothing of its upstream. */
function wasAsked(answer: { readonly kind: string; readonly unasked?: true }): boolean {
  return answer.kind !== 'not_sent' || answer.unasked !== true;
}

/** The phone rings from now on, which may be a while after the yes; until now the order kept it to itself. */
function begun(scene: OrderScene, { at, orderId }: Of<'call_starting'>, ground: Ground, started: Change): Turn {
  const promptLiveUntil = at + PROMPT_LIVE_MS;
  const timer: Change = {
    kind: 'set_timer',
    key: `prompt:${orderId}`,
    dueAt: promptLiveUntil,
    timer: { kind: 'prompt_lapsed', orderId },
  };
  return stepTurn(scene, 'call_starting', { ...ground, set: { promptLiveUntil } }, { changes: [started, timer] });
}

function answeredTurn(scene: OrderScene, event: Extract<Of<'call_answered'>, { purpose: 'buy_airtime' }>, ended: Change): Turn {
  const { answer, raw } = event;
  const rawId = raw === null ? null : `raw:${event.id}`;
  const keep: Change[] = raw === null || rawId === null ? [] : [{ kind: 'keep_raw', rawId, source: 'topups answer', body: raw }];
  const step = (kind: OrderEventKind, evidence: string, more: StepDetails & { readonly set?: Ground['set'] } = {}): Turn => {
    const ground: Ground = { actor: { kind: 'upstream' }, evidence, rawId, ...(more.set === undefined ? {} : { set: more.set }) };
    return stepTurn(scene, kind, ground, { why: more.why ?? null, changes: [...keep, ended, ...(more.changes ?? [])] });
  };
  switch (answer.kind) {
    case 'accepted':
      return step('answer_accepted', '0000', { set: { upstreamReference: answer.upstreamReference } });
    case 'refused':
      return step('answer_refused', `${answer.code} ${answer.message}`, {
        why: answer.code,
      });
    case 'cancelled':
      return step('answer_cancelled', `8000 ${answer.message}`);
    case 'unknown':
      return step('answer_unknown', answer.why);
    case 'not_sent': {
      const { kind, ...details } = afterNotSent(scene.order, event.purpose, event.at);
      return step(kind, answer.why, details);
    }
    default:
      return assertNever(answer);
  }
}

function healthOf(answer: PurchaseAnswer): Health {
  switch (answer.kind) {
    case 'accepted':
    case 'cancelled':
      return { health: 'answered', why: '' };
    case 'refused':
      return { health: answer.code === '4000' ? 'locked_out' : 'answered', why: `${answer.code} ${answer.message}` };
    case 'not_sent':
    case 'unknown':
      return { health: 'failed', why: answer.why };
    default:
      return assertNever(answer);
  }
}

export function decideWebhook(known: Known, event: Of<'webhook'>, rules: Rules): Turn {
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
  const ground: Ground = { actor: { kind: 'upstream' }, evidence: status, rawId, set };
  return stepTurn({ known, order, event, rules }, `webhook_${outcome}`, ground, { changes: [keep] });
}

/** Liberal in shape, strict in matching: note or reference found the order; amount and mobile must be there and agree. */
function whyNot(order: Order, reading: Extract<WebhookReading, { kind: 'read' }>): string | null {
  const { note, upstreamReference, amountKes, mobile } = reading;
  if (order.kind !== 'airtime') return 'no order';
  if (note !== null && note.trim() !== order.reference) return 'another note';
  if (upstreamReference !== null && order.upstreamReference !== null && upstreamReference !== order.upstreamReference)
    return 'another reference';
  if (amountKes !== order.amountKes) return 'another amount';
  const parsed = mobile === null ? null : parseMsisdn(mobile);
  return parsed?.ok === true && parsed.value === order.recipient ? null : 'another mobile';
}
