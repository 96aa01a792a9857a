/**
 * Owns what becomes of airtime that was asked for: the answer to its one call, and webhooks. The table of states decides the state; here
 * stands which event an answer is and how strictly a webhook must match.
 */

import { inWords, type ReasonCode } from '../domain/attention.ts';
import { parseMsisdn } from '../domain/msisdn.ts';
import type { Order, OrderEventKind } from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import type { PurchaseAnswer, WebhookReading } from '../ports/airtime-provider.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Health } from './breaker-changes.ts';
import type { Rules } from './decide.ts';
import type { Ground } from './order-changes.ts';
import { afterNotSent, stepTurn, type OrderScene, type StepDetails } from './order-step.ts';
import { restsOn } from './rests-on.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

/** The answer to the one call by which airtime is paid and delivered. */
export function purchaseAnswered(
  scene: OrderScene,
  event: Extract<Of<'call_answered'>, { purpose: 'buy_airtime' }>,
  ended: Change,
): { readonly turn: Turn; readonly health: Health } {
  const { answer, raw } = event;
  const rawId = raw === null ? null : `raw:${event.id}`;
  const keep: Change[] = raw === null || rawId === null ? [] : [{ kind: 'keep_raw', rawId, source: 'topups answer', body: raw }];
  const step = (kind: OrderEventKind, evidence: string, more: StepDetails & { readonly set?: Ground['set'] } = {}): Turn => {
    const ground: Ground = { actor: { kind: 'upstream' }, evidence, rawId, ...(more.set === undefined ? {} : { set: more.set }) };
    return stepTurn(scene, kind, ground, { why: more.why ?? null, changes: [...keep, ended, ...(more.changes ?? [])] });
  };
  const health = healthOf(answer);
  switch (answer.kind) {
    case 'accepted':
      return { turn: step('answer_accepted', '0000', { set: { upstreamReference: answer.upstreamReference } }), health };
    case 'refused':
      return { turn: step('answer_refused', `${answer.code} ${answer.message}`, { why: answer.code }), health };
    case 'cancelled':
      return { turn: step('answer_cancelled', `8000 ${answer.message}`), health };
    case 'unknown':
      return { turn: step('answer_unknown', answer.why), health };
    case 'not_sent': {
      const { kind, ...details } = afterNotSent(scene.order, event.purpose, event.at);
      return { turn: step(kind, answer.why, details), health };
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
  const mismatch = order === null || event.reading.kind === 'unreadable' ? 'no_order' : whyNot(order, event.reading);
  if (order === null || event.reading.kind === 'unreadable' || mismatch !== null) {
    const reason = event.reading.kind === 'unreadable' || mismatch === null ? null : { code: mismatch };
    const detail = event.reading.kind === 'unreadable' ? event.reading.why : reason === null ? '' : inWords(reason);
    const audit: Change = {
      kind: 'audit',
      actor: { kind: 'upstream' },
      what: 'webhook_quarantined',
      subject: order?.id ?? rawId,
      detail: detail.slice(0, 300),
      ...(reason === null ? {} : { reason }),
    };
    // Another event of the order may change what it was held against.
    const read = restsOn(known, order === null ? [] : [`order:${order.id}`]);
    return { event, read, touched: [], changes: [keep, audit] };
  }
  const { outcome, status, upstreamReference } = event.reading;
  const set = upstreamReference === null || order.upstreamReference !== null ? {} : { upstreamReference };
  const ground: Ground = { actor: { kind: 'upstream' }, evidence: status, rawId, set };
  return stepTurn({ known, order, event, rules }, `webhook_${outcome}`, ground, { changes: [keep] });
}

/** Liberal in shape, strict in matching: note or reference found the order; amount and mobile must be there and agree. */
function whyNot(order: Order, reading: Extract<WebhookReading, { kind: 'read' }>): ReasonCode | null {
  const { note, upstreamReference, amountKes, mobile } = reading;
  if (order.kind !== 'airtime') return 'no_order';
  if (note !== null && note.trim() !== order.reference) return 'other_note';
  if (upstreamReference !== null && order.upstreamReference !== null && upstreamReference !== order.upstreamReference)
    return 'other_reference';
  if (amountKes !== order.amountKes) return 'other_amount';
  const parsed = mobile === null ? null : parseMsisdn(mobile);
  return parsed?.ok === true && parsed.value === order.recipient ? null : 'other_number';
}
