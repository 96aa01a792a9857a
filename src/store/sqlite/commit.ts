/**
 * Owns `commit`: one database transaction for a batch. A turn that is a duplicate, stale or poisoned leaves nothing behind; when the
 * database itself cannot write, the whole batch leaves nothing behind. A savepoint copies every page that its turn touches, so they
 * are set only when the batch was tried without them and one of its turns failed.
 */

import type { Instant } from '../../lib/clock.ts';
import type { Counted } from '../../ports/counted.ts';
import type { Change, Turn, TurnEvent, TurnOutcome } from '../../ports/store.ts';
import type { Backlog } from './backlog.ts';
import type { Db } from './connection.ts';
import { asError, isUnavailable } from './db-transaction.ts';
import type { Dedupe } from './dedupe.ts';
import { StaleTurn, turnScope, type TurnScope } from './turn-scope.ts';
import type { Versions } from './versions.ts';

export interface CommitParts {
  readonly dedupe: Dedupe;
  readonly versions: Versions;
  readonly backlog: Backlog;
  readonly apply: (change: Change, scope: TurnScope) => void;
  /** Throws unless what the turn booked is what it delivered, out of wallets that it has seen. */
  readonly assertBooked: (turn: Turn) => void;
  readonly reached: (instant: Instant) => void;
}

/** Thrown through the batch: nothing of it can be written. */
class BatchLost extends Error {
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}

const COMMITTED: TurnOutcome = { kind: 'committed' };
const DUPLICATE: TurnOutcome = { kind: 'duplicate' };
const STALE: TurnOutcome = { kind: 'stale' };

export function committer(db: Db, parts: CommitParts): (turns: readonly Turn[]) => TurnOutcome[] {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const bare = turnWriter(parts);
  const apart = turnSetApart(db, bare, parts.backlog);

  /** Throws when nothing of the batch was written. */
  const written = (turns: readonly Turn[], one: (turn: Turn) => TurnOutcome): TurnOutcome[] => {
    try {
      begin.run();
      const outcomes = turns.map(one);
      parts.reached(latest(turns, outcomes));
      commit.run();
      return outcomes;
    } catch (thrown) {
      // A full disk or a broken one rolls back by itself.
      if (db.open && db.inTransaction) rollback.run();
      throw thrown;
    }
  };

  return (turns) => {
    if (turns.length === 0) return [];
    try {
      return written(turns, bare);
    } catch (thrown) {
      if (isUnavailable(thrown)) return lost(turns, asError(thrown));
    }
    try {
      return written(turns, apart);
    } catch (thrown) {
      return lost(turns, thrown instanceof BatchLost ? thrown.cause : asError(thrown));
    }
  };
}

function lost(turns: readonly Turn[], error: Error): TurnOutcome[] {
  return turns.map(() => ({ kind: 'unavailable', error }));
}

/** Writes a turn, or throws with some of it written. */
function turnWriter({ dedupe, versions, backlog, apply, assertBooked }: CommitParts): (turn: Turn) => TurnOutcome {
  return (turn) => {
    const { event, read, touched, changes } = turn;
    const key = dedupe.keyOf(event.id);
    const first = dedupe.add(key);
    if (!first) {
      backlog.settle(event);
      return DUPLICATE;
    }
    for (const name in read) {
      const aggregate = name as Counted;
      if (versions.of(aggregate) !== read[aggregate]) throw new StaleTurn(aggregate);
    }
    if (!isSetAgain(event, changes)) backlog.settle(event);
    const scope = turnScope(event, key);
    for (const change of changes) apply(change, scope);
    assertBooked(turn);
    for (const aggregate of touched) if (!countsByItself(aggregate, changes)) versions.bump(aggregate);
    return COMMITTED;
  };
}

/** A timer that its own turn sets again is moved as it stands. */
function isSetAgain(event: TurnEvent, changes: readonly Change[]): boolean {
  return event.kind === 'timer' && changes.some((change) => change.kind === 'set_timer' && change.key === event.key);
}

/** The same in a savepoint: a turn that fails takes nothing with it but itself. */
function turnSetApart(db: Db, write: (turn: Turn) => TurnOutcome, backlog: Backlog): (turn: Turn) => TurnOutcome {
  const savepoint = db.prepare('SAVEPOINT turn');
  const release = db.prepare('RELEASE turn');
  const rollbackTo = db.prepare('ROLLBACK TO turn');
  return (turn) => {
    savepoint.run();
    try {
      const outcome = write(turn);
      release.run();
      return outcome;
    } catch (thrown) {
      const error = asError(thrown);
      if (!db.inTransaction || isUnavailable(thrown)) throw new BatchLost(error);
      rollbackTo.run();
      release.run();
      if (thrown instanceof StaleTurn) return STALE;
      return { kind: 'poisoned', error, attempts: backlog.failed(turn.event, error.message) };
    }
  };
}

/** Chats and orders count with their rows; one that is named but not written counts here. */
function countsByItself(aggregate: string, changes: readonly Change[]): boolean {
  if (aggregate.startsWith('conversation:')) {
    const id = aggregate.slice('conversation:'.length);
    return changes.some(
      (change) =>
        ((change.kind === 'remember' || change.kind === 'reachable') && change.conversationId === id) ||
        (change.kind === 'welcome' && change.conversation.id === id),
    );
  }
  if (!aggregate.startsWith('order:')) return false;
  const id = aggregate.slice('order:'.length);
  return changes.some(
    (change) =>
      (change.kind === 'open_order' && change.order.id === id) ||
      (change.kind === 'advance_order' && change.orderId === id && change.to !== null),
  );
}

function latest(turns: readonly Turn[], outcomes: readonly TurnOutcome[]): Instant {
  return turns.reduce((most, { event }, at) => (outcomes[at]?.kind === 'committed' ? Math.max(most, event.at) : most), -1);
}
