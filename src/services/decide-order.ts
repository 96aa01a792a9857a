/**
 * Owns what the upstream, its webhooks and operators change about an order. The table in domain/order.ts decides the state; here
 * stands which event an answer is, how strictly a webhook must match, and what is tried again.
 */

import { afterCall, type CallHealth } from '../domain/breaker.ts';
import { parseMsisdn } from '../domain/msisdn.ts';
import {
  MAX_TRIES_NOT_SENT,
  nextState,
  PROMPT_LIVE_MS,
  SILENCE_MS,
  type Order,
  type OrderEventKind,
  type RefusalCode,
} from '../domain/order.ts';
import { assertNever } from '../lib/assert.ts';
import type { PurchaseAnswer, WebhookReading } from '../ports/airtime-provider.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Rules } from './decide.ts';
import { advance, newsChanges, operatorAlert, type Ground } from './order-changes.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

const BREAKER = 'switch:breaker';

/** Waits before a call that provably was not sent is tried again. */
const RETRY_AFTER_MS = [3_000, 15_000];

/** An order, the event that moves it, and what else its turn must know. */
export interface OrderScene {
  readonly known: Known;
  readonly order: Order;
  readonly event: TurnEvent;
  readonly rules: Pick<Rules, 'business'>;
}

export interface StepDetails {
  /** The upstream's code, when it refused. */
  readonly code?: RefusalCode | 'unreachable' | null;
  readonly changes?: readonly Change[];
}

/** An order's step with its news, as a turn. */
export function stepTurn(
  { known, order, event, rules }: OrderScene,
  kind: OrderEventKind,
  ground: Ground,
  details: StepDetails = {},
): Turn {
  const { changes: steps, to } = advance(order, kind, ground);
  const read: Record<string, number> = { [`order:${order.id}`]: order.version };
  const changes = [...steps, ...(details.changes ?? [])];
  if (known.conversation === null) return { event, read, touched: [], changes };
  const { conversation } = known;
  const news = newsChanges(conversation, order, { to, code: details.code ?? null, at: event.at }, rules.business.simulated);
  if (news.changes.length === 0) return { event, read, touched: [], changes };
  read[`conversation:${conversation.id}`] = conversation.version;
  const remember: Change = { kind: 'remember', conversationId: conversation.id, session: news.session };
  return { event, read, touched: [], changes: [...changes, remember, ...news.changes] };
}

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
      if (order.state === 'confirmed' && event.at - order.createdAt >= SILENCE_MS) {
        // We were down for too long: a phone that rings now would surprise its owner. The call is over, without a byte.
        const ground: Ground = { actor: { kind: 'clock' }, evidence: 'its call was not begun in ten minutes', rawId: null };
        return stepTurn(scene, 'silence', ground, { changes: [state('answered')] });
      }
      const ground: Ground = { actor: { kind: 'upstream' }, evidence: 'call', rawId: null };
      // Settled while its call waited: the call leaves the outbox and is over, without a byte.
      if (nextState(order.state, 'call_starting') === null)
        return stepTurn(scene, 'call_starting', ground, { changes: [state('answered')] });
      return begun(scene, event, ground, state('started'));
    }
    case 'call_interrupted': {
      const ground: Ground = { actor: { kind: 'rescuer' }, evidence: 'the process ended while the call was out', rawId: null };
      return stepTurn(scene, 'call_interrupted', ground, { changes: [state('answered')] });
    }
    case 'call_answered':
      return withBreaker(answeredTurn(scene, event, state('answered')), scene, event, rules);
    default:
      return assertNever(event);
  }
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

function answeredTurn(scene: OrderScene, event: Of<'call_answered'>, ended: Change): Turn {
  const { answer, raw } = event;
  const rawId = raw === null ? null : `raw:${event.id}`;
  const keep: Change[] = raw === null || rawId === null ? [] : [{ kind: 'keep_raw', rawId, source: 'topups answer', body: raw }];
  const step = (kind: OrderEventKind, evidence: string, more: StepDetails & { readonly set?: Ground['set'] } = {}): Turn => {
    const ground: Ground = { actor: { kind: 'upstream' }, evidence, rawId, ...(more.set === undefined ? {} : { set: more.set }) };
    return stepTurn(scene, kind, ground, { code: more.code ?? null, changes: [...keep, ended, ...(more.changes ?? [])] });
  };
  switch (answer.kind) {
    case 'accepted':
      return step('answer_accepted', '0000', { set: { upstreamReference: answer.upstreamReference } });
    case 'refused':
      return step('answer_refused', `${answer.code} ${answer.message}`, {
        code: answer.code,
      });
    case 'cancelled':
      return step('answer_cancelled', `8000 ${answer.message}`);
    case 'unknown':
      return step('answer_unknown', answer.why);
    case 'not_sent': {
      const triesNotSent = scene.order.triesNotSent + 1;
      if (triesNotSent >= MAX_TRIES_NOT_SENT)
        return step('answer_never_sent', answer.why, { set: { triesNotSent }, code: 'unreachable' });
      // Settled while it was out, by a webhook or by a person: not to be tried again.
      if (nextState(scene.order.state, 'answer_not_sent') === null)
        return step('answer_not_sent', answer.why, { set: { triesNotSent } });
      // Provably nothing left: tried again under the same reference.
      const dueAt = event.at + (RETRY_AFTER_MS[triesNotSent - 1] ?? 15_000);
      const again: Change = { kind: 'call', orderId: scene.order.id, purpose: event.purpose, dueAt };
      return step('answer_not_sent', answer.why, { set: { triesNotSent }, changes: [again] });
    }
    default:
      return assertNever(answer);
  }
}

/** What the answer says of the upstream's health: whether new orders are taken. The operator hears when that changes. */
function withBreaker(turn: Turn, { known, order }: OrderScene, { at, answer }: Of<'call_answered'>, rules: Rules): Turn {
  if (answer.kind === 'not_sent' && answer.unasked === true) return turn;
  const { health, why } = healthOf(answer);
  const before = known.breaker;
  const after = afterCall(before, { orderId: order.id, health, why }, at, rules.breaker);
  const told: Change[] = [];
  // A refused token is the shop's own trouble: the operator must know at once.
  if (health === 'locked_out') told.push(operatorAlert(order, { kind: 'upstream' }, why));
  if (after.kind === 'open' && before.kind === 'closed')
    told.push(operatorAlert(order, { kind: 'upstream' }, `no new orders are taken, until the upstream answers: ${after.why}`));
  if (after.kind === 'closed' && before.kind !== 'closed')
    told.push(operatorAlert(order, { kind: 'upstream' }, 'the upstream answers: orders are taken again'));
  if (after === before) return { ...turn, changes: [...turn.changes, ...told] };
  const version = known.versions[BREAKER];
  return {
    ...turn,
    read: { ...turn.read, ...(version === undefined ? {} : { [BREAKER]: version }) },
    changes: [...turn.changes, { kind: 'set_breaker', breaker: after }, ...told],
  };
}

function healthOf(answer: PurchaseAnswer): { readonly health: CallHealth; readonly why: string } {
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
