/**
 * Owns what the console reads: orders that wait for a person, and everything else that does. A thing that was put away comes back
 * when it happens again. Nothing here writes.
 */

import { ATTENTION, ENDS, itemId, type ItemKind } from '../../domain/attention.ts';
import type { Instant } from '../../lib/clock.ts';
import type { Desk, Item, OpenCases, Who } from '../../ports/desk.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';
import { bodiesReader } from './read-bodies.ts';
import { orderFileReader, whoReader } from './read-order-file.ts';
import { operatorsReader } from './read-operators.ts';
import { SELECT_ORDER, toOrder, type OrderRow } from './order-rows.ts';
import { SALES_STOPPED } from './settings.ts';

/** A thing as it lies in its table. `subject` is what its id is made of. */
export interface Found {
  readonly kind: ItemKind;
  readonly subject: string;
  readonly since: Instant;
  readonly latest: Instant;
  readonly count: number;
  readonly detail: string;
  /** The chat that it is about, if any. */
  readonly conversationId: string | null;
}

const itemOf = (who: (conversationId: string) => Who | null, found: Found): Item => {
  const { kind, subject, since, latest, count, detail, conversationId } = found;
  return {
    id: itemId(kind, subject),
    kind,
    since,
    latest,
    count,
    detail,
    who: conversationId === null ? null : who(conversationId),
  };
};

/** Everything open but orders. */
export function openItemsReader(db: Db): () => Item[] {
  const find = finder(db);
  const who = whoReader(db);
  return () => find().map((found) => itemOf(who, found));
}

export function deskReader(db: Db, { read }: DbTransactions): Desk {
  const find = finder(db);
  const items = openItemsReader(db);
  const who = whoReader(db);
  const bodies = bodiesReader(db);
  const orderFile = orderFileReader(db);
  const operators = operatorsReader(db);
  const waiting = db.prepare<[], OrderRow & { readonly why: string | null }>(
    `${SELECT_ORDER.replace(
      'SELECT ',
      `SELECT (SELECT s.evidence FROM order_step s WHERE s.order_id = o.id AND s.to_state IS NOT NULL
       ORDER BY s.id DESC LIMIT 1) AS why, `,
    )} WHERE o.state IN ('review', 'refund_due') ORDER BY o.changed_at, o.id`,
  );
  const setting = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();
  const answered = db.prepare<[string], { outcome: 'done' | 'refused'; detail: string }>(
    'SELECT outcome, detail FROM console_answer WHERE event_id = ?',
  );
  const setAside = db.prepare<[string], number>('SELECT 1 FROM poison WHERE event_id = ? AND set_aside_at IS NOT NULL').pluck();

  const down = db
    .prepare<[], string>(
      `SELECT subject FROM audit WHERE what IN ('channel_down', 'channel_up') GROUP BY subject
       HAVING max(id) = max(iif(what = 'channel_down', id, 0)) ORDER BY subject`,
    )
    .pluck();

  const open = (): OpenCases => {
    const stopped = setting.get(SALES_STOPPED) ?? '';
    return {
      orders: waiting.all().map((row) => ({ order: toOrder(row), why: row.why ?? '' })),
      items: items().toSorted((one, other) => one.since - other.since),
      salesStopped: stopped === '' ? null : stopped,
    };
  };
  return {
    open: async () => read(open),
    order: async (word) => read(() => orderFile(word)),
    item: async (id) =>
      read(() => {
        const found = find().find(({ kind, subject }) => itemId(kind, subject) === id.toUpperCase());
        return found === undefined ? null : { ...itemOf(who, found), bodies: bodies(found) };
      }),
    answer: async (eventId) => answered.get(eventId) ?? (setAside.get(eventId) === undefined ? null : 'set_aside'),
    operators: async () => operators.all(),
    channelsDown: async () => down.all(),
  };
}

/** Rows of the audit that call a person by themselves; events and messages stand in tables of their own. */
const CALLS = Object.entries(ATTENTION).flatMap(([what, kind]) => (kind === 'event' || kind === 'message' ? [] : [what]));

/** Their subject says what is down, and their detail only why. */
const NAMED: readonly string[] = ['channel_down', 'upstream_down', 'token_refused'] satisfies readonly (keyof typeof ATTENTION)[];

function withReason(before: string, detail: string): string {
  const others = before === '' ? [] : before.split('; ').filter((reason) => reason !== detail);
  return [...others, detail].join('; ');
}

/** Everything that is open: what happened after it was put away, if it ever was. */
function finder(db: Db): () => Found[] {
  // An alert about an order is over once a person, or later evidence, has led the order out of review.
  const called = db.prepare<[], Omit<Found, 'kind' | 'count'> & { readonly what: keyof typeof ATTENTION }>(
    `SELECT a.what, a.subject, a.at AS since, a.at AS latest, a.detail, c.id AS conversationId
     FROM audit a LEFT JOIN orders o ON o.id = a.subject LEFT JOIN conversation c ON c.id = coalesce(o.conversation_id, a.subject)
     WHERE a.what IN (${CALLS.map((what) => `'${what}'`).join(', ')}) AND a.actor <> 'operator'
       AND (a.what = 'webhook_quarantined' OR o.id IS NULL OR (o.state NOT IN ('review', 'refund_due') AND NOT EXISTS (
         SELECT 1 FROM order_step s WHERE s.order_id = o.id AND s.from_state IN ('review', 'refund_due') AND s.to_state IS NOT NULL
           AND s.to_state <> 'refund_due' AND s.at > a.at)))
     ORDER BY a.id`,
  );
  const events = db.prepare<[], Omit<Found, 'kind' | 'count' | 'conversationId'>>(
    'SELECT event_id AS subject, set_aside_at AS since, set_aside_at AS latest, error AS detail FROM poison WHERE set_aside_at IS NOT NULL',
  );
  // Buttons that stayed are nobody's loss, and who blocked us wants no word of ours.
  const messages = db.prepare<[], Omit<Found, 'kind' | 'count'>>(
    `SELECT o.id AS subject, o.dead_at AS since, o.dead_at AS latest, coalesce(o.why, '') AS detail, o.conversation_id AS conversationId
     FROM outbox o LEFT JOIN conversation c ON c.id = o.conversation_id
     WHERE o.dead_at IS NOT NULL AND o.kind <> 'retire_buttons' AND (c.blocked_at IS NULL OR o.dead_at < c.blocked_at)`,
  );
  const away = db.prepare<[], { item: string; until: Instant }>('SELECT item, max(until) AS until FROM put_away GROUP BY item');
  return () => {
    const until = new Map(away.all().map((row) => [row.item, row.until]));
    const open = new Map<string, Found>();
    const add = (one: Omit<Found, 'count'>): void => {
      const id = itemId(one.kind, one.subject);
      if (one.latest <= (until.get(id) ?? -1)) return;
      const before = open.get(id);
      open.set(id, {
        ...one,
        since: before?.since ?? one.since,
        count: (before?.count ?? 0) + 1,
        // One who asked for several things wants them all.
        detail: withReason(before?.detail ?? '', one.detail),
      });
    };
    for (const { what, ...row } of called.all()) {
      if (ENDS.includes(what)) open.delete(itemId('alert', row.subject));
      else add({ ...row, kind: ATTENTION[what], detail: NAMED.includes(what) ? `${row.subject}: ${row.detail}` : row.detail });
    }
    for (const row of events.all()) add({ ...row, kind: 'event', conversationId: null });
    for (const row of messages.all()) add({ ...row, kind: 'message' });
    return [...open.values()];
  };
}
