/**
 * Owns what becomes of a payment that was asked for: the answer to the request, the answers to our questions, and callbacks. Nobody signs a
 * callback, so it is kept and makes us ask; only the provider's own answer makes an order paid.
 */

import { CREDITED_TWICE, creditedTwice, inWords, type ReasonCode } from '../domain/attention.ts';
import { parseMsisdn } from '../domain/msisdn.ts';
import { isFilledHere, isInFlight, isPaid, type Order, type OrderEventKind, type SmsOrder } from '../domain/order.ts';
import { asksNextAt, eventOfReason } from '../domain/sms-order-life.ts';
import { assertNever } from '../lib/assert.ts';
import type { Instant } from '../lib/clock.ts';
import { oneLine } from '../lib/one-line.ts';
import type { CallbackReading, PaymentAnswer } from '../ports/payment-provider.ts';
import { paymentCounted } from '../ports/counted.ts';
import type { Change, Known, Turn, TurnEvent } from '../ports/store.ts';
import type { Health } from './breaker-changes.ts';
import type { Rules } from './decide.ts';
import type { Ground } from './order-changes.ts';
import { afterNotSent, stepTurn, type OrderScene, type StepDetails } from './order-step.ts';
import { restsOn } from './rests-on.ts';

type Of<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;
type Answered<P extends Of<'call_answered'>['purpose']> = Extract<Of<'call_answered'>, { purpose: P }>;

/** The answer to the one request that makes the payer's phone ring. */
export function paymentAnswered(
  scene: OrderScene,
  event: Answered<'request_payment'>,
  ended: Change,
): { readonly turn: Turn; readonly health: Health } {
  const { order } = scene;
  const { answer } = event;
  const { rawId, keep } = kept(event, 'daraja answer');
  const step = (kind: OrderEventKind, evidence: string, more: StepDetails & { readonly set?: Ground['set'] } = {}): Turn => {
    const ground: Ground = { actor: { kind: 'upstream' }, evidence, rawId, set: more.set ?? {} };
    return stepTurn(scene, kind, ground, { why: more.why ?? null, changes: [...keep, ended, ...(more.changes ?? [])] });
  };
  const health = healthOf(answer);
  switch (answer.kind) {
    case 'accepted': {
      // Our own request's answer, which nobody else can give: it counts for more than a callback.
      const { upstreamReference } = answer;
      const { paymentHolder } = scene.known;
      if (paymentHolder !== undefined) {
        const evidence = `requested, as ${upstreamReference}, which is the payment of ${paymentHolder}`;
        return { turn: alsoOn(scene.known, upstreamReference, step('answer_of_another', evidence)), health };
      }
      const set = { upstreamReference, paymentNamedBy: 'answer' } as const;
      const turn = step('answer_accepted', 'requested', { set, changes: askNext(order, event.at) });
      return { turn: alsoOn(scene.known, upstreamReference, turn), health };
    }
    case 'refused': {
      const why = answer.ours ? 'ours' : 'refused';
      return { turn: step('answer_refused', `${answer.code} ${answer.message}`, { why }), health };
    }
    case 'unknown':
      return { turn: step('answer_unknown', answer.why, { changes: askIfKnown(order, event.at) }), health };
    case 'not_sent': {
      const { kind, ...details } = afterNotSent(order, event.purpose, event.at);
      return { turn: step(kind, answer.why, details), health };
    }
    default:
      return assertNever(answer);
  }
}

function healthOf(answer: PaymentAnswer): Health {
  switch (answer.kind) {
    case 'accepted':
      return { health: 'answered', why: '' };
    case 'refused':
      return { health: answer.ours ? 'locked_out' : 'answered', why: `${answer.code} ${answer.message}` };
    case 'not_sent':
    case 'unknown':
      return { health: 'failed', why: answer.why };
    default:
      return assertNever(answer);
  }
}

/** A payment pays for one order, so it counts that nobody else took this one meanwhile. */
function alsoOn(known: Known, payment: string, turn: Turn): Turn {
  return { ...turn, read: { ...turn.read, ...restsOn(known, [paymentCounted(payment)]) } };
}

/** The answer to our question: the only word of the provider that is believed. */
export function statusAnswered(scene: OrderScene, event: Answered<'ask_payment'>, ended: Change): Turn {
  const { order } = scene;
  const { answer } = event;
  const { rawId, keep } = kept(event, 'daraja status');
  const ground = (evidence: string): Ground => ({ actor: { kind: 'upstream' }, evidence, rawId });
  switch (answer.kind) {
    case 'paid': {
      const doubt = doubtOf(order);
      const evidence = doubt === null ? answer.code : `${answer.code}, ${doubt}`;
      const kind = doubt === null ? 'status_paid' : 'status_paid_unproven';
      return stepTurn(scene, kind, ground(evidence), { changes: [...keep, ended] });
    }
    case 'not_paid': {
      const { code, reason, message } = answer;
      // One of the two speaks of another payment, and nobody knows yet which.
      if (order.kind === 'sms' && order.paymentNamedBy === 'paid_callback') {
        const contradicted = ground(`${code} ${message}, though a callback with its amount and payer says that it is paid`);
        return stepTurn(scene, 'status_unclear', contradicted, { changes: [...keep, ended, ...askLater(order, event.at)] });
      }
      return stepTurn(scene, eventOfReason(reason), ground(`${code} ${message}`), { why: reason, changes: [...keep, ended] });
    }
    case 'unknown':
      return stepTurn(scene, 'status_unclear', ground(answer.why), { changes: [...keep, ended, ...askLater(order, event.at)] });
    case 'pending':
      return {
        event,
        read: restsOn(scene.known, [`order:${order.id}`]),
        touched: [],
        changes: [ended, ...askLater(order, event.at)],
      };
    default:
      return assertNever(answer);
  }
}

/** Why nothing is delivered on the provider's "paid" alone; null: nothing speaks against it. */
function doubtOf(order: Order): string | null {
  if (order.kind !== 'sms') return null;
  if (order.paymentNamedBy === 'callback') return 'of a payment that only a callback without amount and payer names';
  const maybeThere = order.restoredAt !== null && !isFilledHere(order);
  return maybeThere ? 'of an order that was unpaid in a restored backup: its SMS may have been added since' : null;
}

/** A question that was out when the process died is simply asked again. */
export function askInterrupted({ known, order }: OrderScene, event: Of<'call_interrupted'>, ended: Change): Turn {
  return { event, read: restsOn(known, [`order:${order.id}`]), touched: [], changes: [ended, ...askLater(order, event.at)] };
}

/** It is time to ask. There is nothing to ask about while the provider's reference is not known: a callback may still bring it. */
export function decideAskTimer(known: Known, event: Of<'timer'>): Turn {
  const { order } = known;
  const changes = order === null || order.upstreamReference === null || !isOpen(order) ? [] : [askNow(order, event.at)];
  return { event, read: restsOn(known, order === null ? [] : [`order:${order.id}`]), touched: [], changes };
}

/** A closed order is asked about too, because that it was paid still wins. */
function mayAsk(order: Order): boolean {
  return order.state !== 'submitting' && order.state !== 'delivered' && !isPaid(order);
}

/** What could still be told of it would change it. */
function isOpen(order: Order): boolean {
  return !isPaid(order) && (isInFlight(order.state) || order.state === 'review');
}

function askNow({ id }: Order, dueAt: Instant): Change {
  return { kind: 'call', orderId: id, purpose: 'ask_payment', dueAt };
}

/** At once, when a callback has come meanwhile: it knew that there is something to be told. */
function askNext(order: Order, now: Instant): Change[] {
  return order.upstreamReference === null || !isOpen(order) ? askLater(order, now) : [askNow(order, now)];
}

/** Where the answer named no reference, a callback may have. */
export function askIfKnown(order: Order, now: Instant): Change[] {
  return order.kind !== 'sms' || order.upstreamReference === null ? [] : askNext(order, now);
}

/** Callbacks may be lost, and a shop may have no address for them: so we ask by the clock as well. */
export function askLater(order: Order, now: Instant): Change[] {
  const dueAt = isOpen(order) ? asksNextAt(order.createdAt, now) : null;
  return dueAt === null
    ? []
    : [{ kind: 'set_timer', key: `ask:${order.id}`, dueAt, timer: { kind: 'ask_payment', orderId: order.id } }];
}

export function decideCallback(known: Known, event: Of<'payment_callback'>, rules: Rules): Turn {
  const { order } = known;
  const { reading } = event;
  const rawId = `raw:${event.id}`;
  const keep: Change = { kind: 'keep_raw', rawId, source: `${event.provider} callback`, body: event.raw };
  const setAside = ({ detail, reason }: Mismatch): Turn => {
    const audit: Change = {
      kind: 'audit',
      actor: { kind: 'upstream' },
      what: 'webhook_quarantined',
      subject: order?.id ?? rawId,
      detail: detail.slice(0, 300),
      ...(reason === undefined ? {} : { reason }),
    };
    // Another event of the order, or another order's, may change what it was held against.
    const payment = reading.kind === 'read' ? [paymentCounted(reading.upstreamReference)] : [];
    const read = restsOn(known, [...(order === null ? [] : [`order:${order.id}` as const]), ...payment]);
    return { event, read, touched: [], changes: [keep, audit] };
  };
  if (order?.kind !== 'sms') return setAside(because('no_order'));
  if (reading.kind === 'unreadable') return setAside({ detail: reading.why });
  const mismatch = whyNot(order, reading, known.paymentHolder);
  if (mismatch !== null) return setAside(mismatch);
  const { upstreamReference } = reading;
  const ground: Ground = { actor: { kind: 'upstream' }, evidence: `says ${reading.code}`, rawId, set: taken(order, reading) };
  // While the request is out its own answer is waited for: that names the reference on better ground.
  const ask = mayAsk(order) ? [askNow(order, event.at)] : [];
  const turn = stepTurn({ known, order, event, rules }, 'callback_came', ground, {
    changes: [keep, ...receiptOf(order, reading, known), ...ask],
  });
  return alsoOn(known, upstreamReference, turn);
}

type ReadCallback = Extract<CallbackReading, { kind: 'read' }>;

/** Why a callback is set aside, in words, and as one of the closed list if it is. */
type Mismatch = Pick<Extract<Change, { kind: 'audit' }>, 'detail' | 'reason'>;

function because(code: ReasonCode): Mismatch {
  return { detail: inWords({ code }), reason: { code } };
}

/**
 * Its address named the order, or its reference did. Where the order has no reference yet this one is taken to ask about, so what it tells
 * of the payment must fit, and no other order may have it: another payment's reference would be answered "paid" as well. One that told of
 * no payment gives way to one that told of this order's.
 *
 * What is checked when: Daraja's document has a callback name amount and number where the payment was made (0), so there both must stand and
 * fit; any other result names neither, and nothing but the reference can be held against it. The answer to our own question names neither
 * at all: it is believed because it echoes the reference that we asked about.
 */
function whyNot(order: SmsOrder, reading: ReadCallback, paymentHolder: string | undefined): Mismatch | null {
  const { upstreamReference, code, amountKes, payer } = reading;
  const paid = code === PAID;
  const another = order.upstreamReference !== null && upstreamReference !== order.upstreamReference;
  if (paymentHolder !== undefined || (another && !(paid && order.paymentNamedBy === 'callback')))
    return because('other_reference');
  if (amountKes === null ? paid : amountKes !== order.amountKes) return because('other_amount');
  if (payer === null ? paid : !isPayer(order.payer, payer)) return because('other_number');
  return null;
}

/**
 * No program is to be credited for it as well. Where one was before it came, both may have brought SMS: a person looks, and the customer, whose
 * payment it is, is not kept waiting for that.
 */
function receiptOf({ id, reference }: Order, { code, receipt }: ReadCallback, { creditedBefore }: Known): Change[] {
  if (code !== PAID || receipt === null) return [];
  const keep: Change = { kind: 'keep_receipt', orderId: id, receipt, credited: creditedBefore !== undefined };
  if (creditedBefore === undefined || creditedBefore.told) return [keep];
  const { appId, requestKey } = creditedBefore;
  const as = `the id ${oneLine(requestKey, 80)}${appId === null ? '' : ` of the app ${oneLine(appId, 40)}`}`;
  const detail =
    `a callback says that order ${reference} was paid with ${oneLine(receipt, 40)}, which a program was credited for before, under ${as}: ` +
    'see the statement, and take out what is too much (jaza wallet adjust)';
  const subject = creditedTwice(creditedBefore);
  return [keep, { kind: 'audit', actor: { kind: 'upstream' }, what: CREDITED_TWICE, subject, detail }];
}

/** What the order takes of a callback that fits: its payment, and how well that is founded. Our own request's answer stays as it is. */
function taken({ upstreamReference, paymentNamedBy }: SmsOrder, reading: ReadCallback): NonNullable<Ground['set']> {
  const by = reading.code === PAID ? 'paid_callback' : 'callback';
  if (upstreamReference !== null && (paymentNamedBy !== 'callback' || by === 'callback')) return {};
  return { upstreamReference: reading.upstreamReference, paymentNamedBy: by };
}

/** The result of a payment that was made. */
const PAID = '0';

/** Some of its digits may be hidden: those that are shown must be the payer's, where they stand. */
function isPayer(payer: string, named: string): boolean {
  const parsed = parseMsisdn(named);
  if (parsed.ok) return parsed.value === payer;
  const [, first, last] = /^(\d+)[*xX]+(\d+)$/.exec(named) ?? [];
  return first !== undefined && last !== undefined && payer.startsWith(first) && payer.endsWith(last);
}

function kept(event: Of<'call_answered'>, source: string): { readonly rawId: string | null; readonly keep: readonly Change[] } {
  const { raw } = event;
  if (raw === null) return { rawId: null, keep: [] };
  const rawId = `raw:${event.id}`;
  return { rawId, keep: [{ kind: 'keep_raw', rawId, source, body: raw }] };
}
