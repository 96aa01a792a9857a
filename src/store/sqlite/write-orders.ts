/**
 * Owns the writing of orders: their row, their steps, their calls and the raw bodies that prove them. Checks, once more, that
 * a step stands in the table of states and that a call is begun once: a decision that breaks this is refused, not written.
 */

import { hash } from 'node:crypto';
import { assert, assertNever } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import { scrub } from '../../lib/log.ts';
import { isInFlight, nextState, type Actor, type Order, type OrderState } from '../../domain/order.ts';
import type { CallState, Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { CENTS_PER_KES, standingOf, type StandingRow } from './order-rows.ts';
import type { OutboxQueue } from './outbox-queue.ts';
import type { Phones } from './phones.ts';
import type { TurnScope } from './turn-scope.ts';
import { DAY_MS } from '../../lib/durations.ts';

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

const RAW_KEPT_MS = 180 * DAY_MS;

export interface OrdersWriter {
  open(change: Of<'open_order'>, scope: TurnScope): void;
  advance(change: Of<'advance_order'>, scope: TurnScope): void;
  call(change: Of<'call'>, scope: TurnScope): void;
  callState(change: Of<'call_state'>, scope: TurnScope): void;
  keepRaw(change: Of<'keep_raw'>, scope: TurnScope): void;
}

export function ordersWriter(db: Db, phones: Phones, outbox: OutboxQueue): OrdersWriter {
  const step = stepWriter(db);
  const keepRaw = db.prepare<[string, string, Buffer, string, Instant, Instant]>(
    `INSERT INTO raw (id, source, sha256, body, kept_at, delete_after) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  return {
    open: openWriter(db, phones, step),
    advance: advanceWriter(db, step),
    ...callWriters(db, outbox),
    keepRaw: ({ rawId, source, body }, { at }) =>
      void keepRaw.run(rawId, source, hash('sha256', body, 'buffer'), body, at, at + RAW_KEPT_MS),
  };
}

interface Step {
  readonly orderId: string;
  readonly event: string;
  readonly from: OrderState | null;
  readonly to: OrderState | null;
  readonly actor: Actor;
  readonly evidence: string;
  readonly rawId: string | null;
  readonly at: Instant;
}

function stepWriter(db: Db): (step: Step) => void {
  const insert = db.prepare<
    [string, string, string | null, string | null, string, string | null, string, string | null, Instant]
  >(
    `INSERT INTO order_step (order_id, event, from_state, to_state, actor, actor_id, evidence, raw_id, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ orderId, event, from, to, actor, evidence, rawId, at }) =>
    void insert.run(orderId, event, from, to, actor.kind, actorId(actor), scrub(evidence), rawId, at);
}

export function actorId(actor: Actor): string | null {
  if (actor.kind === 'customer') return actor.id;
  return actor.kind === 'operator' || actor.kind === 'program' ? actor.name : null;
}

/**
 * A prompt whose time is over no longer keeps its payer: there can be one that nobody has settled yet. One that is still to ring keeps
 * it, however late its call is.
 */
const RELEASE_STALE = `UPDATE orders SET ringing_phone = NULL
  WHERE ringing_phone = ? AND prompt_live_until <= ? AND state <> 'confirmed' AND id <> ?`;

function openWriter(db: Db, phones: Phones, step: (step: Step) => void): OrdersWriter['open'] {
  const release = db.prepare<[number, Instant, string]>(RELEASE_STALE);
  const insert = db.prepare(
    `INSERT INTO orders (id, ref, kind, state, customer_id, conversation_id, currency, amount_minor, recipient_phone,
       recipient_network, recipient_name, wallet_app_id, wallet_user_id, sms_units, price_millikes, price_source, wallet_at, paid_at,
       payment_named_by, payer_phone, payment_network, draft, revision, tries_not_sent, upstream_reference, prompt_live_until, ringing_phone, created_at,
       changed_at, version)
     VALUES (?, ?, ?, ?, ?, ?, 'KES', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
  );
  return ({ order, actor }, { at }) => {
    const payer = phones.idOf(order.payer);
    const rings = order.promptLiveUntil !== null && isInFlight(order.state);
    release.run(payer, at, order.id);
    insert.run(
      order.id,
      order.reference,
      order.kind,
      order.state,
      order.customerId,
      order.conversationId,
      order.amountKes * CENTS_PER_KES,
      ...boughtColumns(order, phones),
      payer,
      order.paymentNetwork,
      order.draft,
      order.revision,
      order.triesNotSent,
      order.upstreamReference,
      order.promptLiveUntil,
      rings ? payer : null,
      order.createdAt,
      order.changedAt,
    );
    step({ orderId: order.id, event: 'opened', from: null, to: order.state, actor, evidence: '', rawId: null, at });
  };
}

/** From `recipient_phone` to `payment_named_by`: what is bought, and for whom. */
function boughtColumns(order: Order, phones: Phones): readonly (string | number | null)[] {
  switch (order.kind) {
    case 'airtime':
      return [
        phones.idOf(order.recipient),
        order.recipientNetwork,
        order.recipientName,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
      ];
    case 'sms': {
      const { wallet, units, price, walletAt, paidAt, paymentNamedBy } = order;
      const bought = [wallet.appId ?? '', wallet.userId, units, price.milliKes, price.source];
      return [null, null, null, ...bought, walletAt, paidAt, paymentNamedBy];
    }
    default:
      return assertNever(order);
  }
}

interface Row extends StandingRow {
  readonly payer_phone: number;
  readonly ringing_phone: number | null;
  readonly upstream_reference: string | null;
  readonly payment_named_by: string | null;
  readonly prompt_live_until: Instant | null;
  readonly tries_not_sent: number;
}

function advanceWriter(db: Db, step: (step: Step) => void): OrdersWriter['advance'] {
  const standing = db.prepare<[string], Row>(
    `SELECT ref, kind, state, wallet_at, paid_at, restored_at, taken_back_at, payer_phone, ringing_phone, upstream_reference, payment_named_by, prompt_live_until, tries_not_sent FROM orders WHERE id = ?`,
  );
  const release = db.prepare<[number, Instant, string]>(RELEASE_STALE);
  const update = db.prepare<
    [
      string,
      string | null,
      string | null,
      Instant | null,
      number,
      string | null,
      Instant | null,
      Instant | null,
      number | null,
      Instant,
      string,
    ]
  >(
    `UPDATE orders SET state = ?, upstream_reference = ?, payment_named_by = ?, prompt_live_until = ?, tries_not_sent = ?, wallet_at = ?, paid_at = ?, taken_back_at = ?, ringing_phone = ?,
       changed_at = ?, version = version + 1 WHERE id = ?`,
  );
  const isNews = newsOf(db);
  const heard = db.prepare<[string]>('UPDATE orders SET version = version + 1 WHERE id = ?');
  return ({ orderId, event, from, to, actor, evidence, rawId, set }, { at }) => {
    const now = standing.get(orderId);
    assert(now !== undefined, `no order ${orderId}`);
    assert(now.state === from, `order ${orderId} is ${now.state}, not ${from}`);
    assert(to === null || nextState(standingOf(now), event) === to, `an order does not go from ${from} by ${event} to ${to}`);
    const idle = to === null && Object.keys(set).length === 0;
    const news = idle && isNews({ orderId, event, from, actor, evidence });
    step({ orderId, event, from, to, actor, evidence, rawId, at });
    if (idle) {
      if (news) heard.run(orderId);
      return;
    }
    const state = to ?? from;
    const liveUntil = set.promptLiveUntil === undefined ? now.prompt_live_until : set.promptLiveUntil;
    const rings = liveUntil !== null && (set.promptLiveUntil !== undefined || now.ringing_phone !== null);
    // A prompt released for another order does not ring again by itself, only when its time is set anew.
    if (rings) release.run(now.payer_phone, at, orderId);
    update.run(
      state,
      set.upstreamReference === undefined ? now.upstream_reference : set.upstreamReference,
      set.paymentNamedBy === undefined ? now.payment_named_by : set.paymentNamedBy,
      liveUntil,
      set.triesNotSent ?? now.tries_not_sent,
      set.walletAt ?? now.wallet_at,
      set.paidAt ?? now.paid_at,
      set.takenBackAt ?? now.taken_back_at,
      rings ? now.payer_phone : null,
      at,
      orderId,
    );
  };
}

/**
 * Whether a step that changes nothing is something new of its order, which whoever judges that must have seen: not what an operator says in
 * vain, not a callback, which only makes us ask, and not what the upstream has said before of the order as it stands. Otherwise a stream of
 * them would keep every operator from ending it. To be asked before the step is written.
 */
function newsOf(db: Db): (step: Pick<Step, 'orderId' | 'event' | 'from' | 'actor' | 'evidence'>) => boolean {
  const said = db
    .prepare<[string, string, string | null], string>(
      'SELECT evidence FROM order_step WHERE order_id = ? AND event = ? AND from_state = ? AND to_state IS NULL',
    )
    .pluck();
  return ({ orderId, event, from, actor, evidence }) => {
    if (actor.kind === 'operator' || event === 'callback_came') return false;
    if (actor.kind !== 'upstream') return true;
    const now = withoutIds(scrub(evidence));
    for (const before of said.iterate(orderId, event, from)) if (withoutIds(before) === now) return false;
    return true;
  };
}

/** Whoever reads it is told the same, whichever request it names and whenever that was. Codes ("500.001.1001") and amounts are shorter. */
function withoutIds(evidence: string): string {
  return evidence.replace(LONG_WORD, (word) => (/\p{N}/u.test(word) ? '#' : word));
}

const LONG_WORD = /(?:[\p{L}\p{N}_-]|(?<=\p{N}):(?=\p{N})){8,}/gu;

function callWriters(db: Db, outbox: OutboxQueue): Pick<OrdersWriter, 'call' | 'callState'> {
  const state = db.prepare<[string, string], CallState>('SELECT state FROM call WHERE order_id = ? AND purpose = ?').pluck();
  const ask = db.prepare<[string, string, Instant]>(
    `INSERT INTO call (order_id, purpose, state, changed_at) VALUES (?, ?, 'pending', ?)
     ON CONFLICT DO UPDATE SET state = 'pending', changed_at = excluded.changed_at`,
  );
  const start = db.prepare<[Instant, Instant, string, string]>(
    "UPDATE call SET state = 'started', started_at = ?, changed_at = ? WHERE order_id = ? AND purpose = ?",
  );
  const answer = db.prepare<[Instant, string, string]>(
    "UPDATE call SET state = 'answered', changed_at = ? WHERE order_id = ? AND purpose = ?",
  );
  return {
    call({ orderId, purpose, dueAt }, scope) {
      const before = state.get(orderId, purpose);
      // A question that is under way answers the next one too.
      if (purpose === 'ask_payment' && (before === 'pending' || before === 'started')) return;
      assert(before === undefined || before === 'answered', `the call for ${orderId} is ${before} already`);
      ask.run(orderId, purpose, scope.at);
      outbox.call(orderId, purpose, dueAt, scope);
    },
    callState({ orderId, purpose, state: to }, { at }) {
      const before = state.get(orderId, purpose);
      const fits = to === 'started' ? before === 'pending' : to === 'answered' && before !== undefined;
      assert(fits, `the call for ${orderId} cannot go from ${before ?? 'nothing'} to ${to}`);
      if (before === 'pending') outbox.dropCall(orderId, purpose);
      if (to === 'started') start.run(at, at, orderId, purpose);
      else answer.run(at, orderId, purpose);
    },
  };
}
