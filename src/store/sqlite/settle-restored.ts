/**
 * Owns what a restored database must not do. What waited when the backup was made has most likely been done since, and the database does
 * not know: a call that was to be made counts as begun, so that it is never made again; words that waited are not said a second time;
 * and nothing that a person wrote or tapped before can buy.
 */

import { assert } from '../../lib/assert.ts';
import type { Instant } from '../../lib/clock.ts';
import { nextState, type OrderState } from '../../domain/order.ts';
import { BEGINS, type CallPurpose, type Change, type Turn, type TurnEvent } from '../../ports/store.ts';
import { setAsideText } from './backlog.ts';
import type { Db } from './connection.ts';
import { clearCopyMark } from './copy-mark.ts';
import { dbTransactions } from './db-transaction.ts';
import { dedupeOf } from './dedupe.ts';
import type { SqliteStore } from './open.ts';
import { standingOf, type StandingRow } from './order-rows.ts';

export interface Settled {
  /** Orders whose call may have been made since: unknown from the next start on. */
  readonly calls: number;
  /** Messages to people that waited, and are given up. */
  readonly sends: number;
  /** What people wrote or ordered that was written down and not turned, and is set aside. */
  readonly events: number;
}

interface CallOut extends StandingRow {
  readonly orderId: string;
  readonly purpose: CallPurpose;
  readonly tries: number;
  readonly begun: 0 | 1;
}

const WHY = 'restored from a backup';
/** A page that is open resumes by the number of the last line it has: new lines must come after it, however many there were since. */
const LINES_AHEAD = 1_000_000;

/** Before anything works on the database; broken off, it can be done again. `now`: not before its last committed instant. Throws when it cannot be made safe. */
export async function settleRestored(store: SqliteStore, now: Instant): Promise<Settled> {
  const { db } = store;
  const calls = db
    .prepare<[], CallOut>(
      `SELECT c.order_id AS orderId, c.purpose, o.ref, o.kind, o.state, o.wallet_at, o.paid_at, o.restored_at, o.taken_back_at, o.tries_not_sent AS tries, c.state = 'started' AS begun
       FROM call c JOIN orders o ON o.id = c.order_id WHERE c.state <> 'answered' ORDER BY o.created_at, o.rowid`,
    )
    .all();
  const forgotten = dbTransactions(db).write(() => {
    noteSteps(db, calls, now);
    return { sends: giveUpSends(db, now), events: setEventsAside(db, now) };
  });
  const turns = calls.filter(({ begun }) => begun === 0).map((call) => begunTurn(call, now));
  for (const outcome of await store.commit(turns))
    if (outcome.kind !== 'committed')
      throw new Error(`a call that waited could not be stopped (${outcome.kind})`, { cause: outcome });
  const left = db
    .prepare("SELECT 1 FROM outbox WHERE dead_at IS NULL UNION ALL SELECT 1 FROM call WHERE state = 'pending'")
    .get();
  assert(left === undefined, 'a restored database has nothing left to do but to find out');
  const settled = { calls: calls.length, ...forgotten };
  dbTransactions(db).write(() => {
    doubtDeliveries(db, now);
    closeDrafts(db, now);
    closeInvites(db, now);
    moveLinesAhead(db);
    noteRestore(db, settled, now);
    clearCopyMark(db);
  });
  return settled;
}

/** As the caller begins a call, under the same id: at the next start it is found as one that was out when the process died. */
function begunTurn(call: CallOut, at: Instant): Turn {
  const { orderId, purpose, state, tries } = call;
  const which = purpose === 'ask_payment' ? `restored:${at}` : tries;
  const event: TurnEvent = { kind: 'call_starting', id: `call:${orderId}:${purpose}:${which}:starting`, at, orderId, purpose };
  const ended = (now: 'started' | 'answered'): Change => ({ kind: 'call_state', orderId, purpose, state: now });
  // A question moves nothing: it is asked again at the next start.
  if (purpose === 'ask_payment') return { event, read: {}, touched: [], changes: [ended('started')] };
  const begins = BEGINS[purpose];
  const to = nextState(standingOf(call), begins);
  // Settled while its call waited: it was never to be made.
  if (to === null) return { event, read: {}, touched: [], changes: [ended('answered')] };
  const step: Change = {
    kind: 'advance_order',
    orderId,
    event: begins,
    from: state,
    to,
    actor: { kind: 'operator', name: 'restore' },
    evidence: `${WHY}: the call may have been made since`,
    rawId: null,
    set: {},
  };
  return { event, read: {}, touched: [], changes: [step, ended('started')] };
}

function noteSteps(db: Db, calls: readonly CallOut[], now: Instant): void {
  const note = db.prepare<[string, OrderState, string, Instant]>(
    `INSERT INTO order_step (order_id, event, from_state, to_state, actor, actor_id, evidence, at)
     VALUES (?, 'restored', ?, NULL, 'operator', 'restore', ?, ?)`,
  );
  for (const { orderId, state, begun } of calls) {
    const then = begun === 1 ? 'its call was out then' : 'its call waited then';
    note.run(orderId, state, `${WHY}: ${then}, and is never made again`, now);
  }
}

function giveUpSends(db: Db, now: Instant): number {
  return db
    .prepare<[Instant, string]>(
      "UPDATE outbox SET dead_at = ?, why = ?, head = 0, lease_until = NULL WHERE worker IN ('send', 'notify') AND dead_at IS NULL",
    )
    .run(now, WHY).changes;
}

/** All but what was told from outside: that is evidence, and evidence only grows. */
function setEventsAside(db: Db, now: Instant): number {
  const waiting = db
    .prepare<[], { event_id: string; event: string; recorded_at: Instant }>(
      "SELECT event_id, event, recorded_at FROM recorded WHERE json_extract(event, '$.kind') NOT IN ('webhook', 'payment_callback', 'incident') ORDER BY seq",
    )
    .all();
  const keep = db.prepare<[string, string, string, Instant, Instant, Instant]>(
    `INSERT INTO poison (event_id, event, attempts, error, first_at, last_at, set_aside_at) VALUES (?, ?, 0, ?, ?, ?, ?)
     ON CONFLICT (event_id) DO UPDATE SET event = excluded.event, error = excluded.error, last_at = excluded.last_at,
       set_aside_at = excluded.set_aside_at`,
  );
  const drop = db.prepare<[string]>('DELETE FROM recorded WHERE event_id = ?');
  const dedupe = dedupeOf(db);
  for (const { event_id: id, event, recorded_at: at } of waiting) {
    keep.run(id, setAsideText(JSON.parse(event) as TurnEvent), WHY, at, now, now);
    drop.run(id);
    dedupe.add(dedupe.keyOf(id));
  }
  return waiting.length;
}

/**
 * Paid since, it was most likely delivered since, by a server that this database does not ask: whoever says that it is paid brings it
 * before a person, whether its payment was known in the backup or not. What an operator saw of any order before is not what stands here.
 */
function doubtDeliveries(db: Db, now: Instant): void {
  db.prepare<[Instant]>(
    `UPDATE orders SET restored_at = ?, version = version + 1 WHERE kind = 'sms' AND wallet_at <> 'own' AND paid_at IS NULL`,
  ).run(now);
  db.prepare("UPDATE orders SET version = version + 1 WHERE state IN ('review', 'refund_due') AND restored_at IS NULL").run();
}

/** A confirmation that is open in the backup may have been given its yes since. A yes to it, now or come late, buys nothing. */
function closeDrafts(db: Db, now: Instant): void {
  db.prepare<[Instant]>(
    `UPDATE conversation SET session = json_set(session, '$.draft', NULL, '$.choices', json('[]')), changed_at = ?,
       version = version + 1
     WHERE json_type(session, '$.draft') = 'object' OR json_array_length(session, '$.choices') > 0`,
  ).run(now);
}

/** A code that is good for once may have been used since. */
function closeInvites(db: Db, now: Instant): void {
  db.prepare<[Instant]>('UPDATE operator_invite SET used_at = ? WHERE used_at IS NULL').run(now);
}

function moveLinesAhead(db: Db): void {
  db.prepare<[number]>("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'web_message'").run(LINES_AHEAD);
}

function noteRestore(db: Db, { calls, sends, events }: Settled, now: Instant): void {
  db.prepare<[string, Instant]>(
    "INSERT INTO audit (actor, actor_id, what, subject, detail, at) VALUES ('operator', 'restore', 'restored', 'database', ?, ?)",
  ).run(`calls stopped: ${calls}; sends given up: ${sends}; events set aside: ${events}`, now);
}
