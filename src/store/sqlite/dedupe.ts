/**
 * Owns the memory of which events took effect, in two generations: both are looked into, the current one is written, and the
 * older one is dropped whole. Deleting ids one by one would hold up the writer.
 */

import { hash } from 'node:crypto';
import type { Instant } from '../../lib/clock.ts';
import type { Db } from './connection.ts';
import { DAY_MS } from '../../lib/durations.ts';

/** An id is remembered for at least this long, and at most twice as long. */
const KEPT_MS = 30 * DAY_MS;

export interface Dedupe {
  /** The key under which an event is remembered: 22 characters. */
  keyOf(eventId: string): string;
  seen(key: string): boolean;
  /** False: it was there already, nothing was written. */
  add(key: string): boolean;
  /** Begins a new generation when the current one is old enough, and drops the one before. To be called within a dbTransaction. */
  rotate(now: Instant): boolean;
}

export function dedupeOf(db: Db): Dedupe {
  const generations = [
    { table: 'inbound_a', other: 'inbound_b' },
    { table: 'inbound_b', other: 'inbound_a' },
  ].map(({ table, other }) => ({
    has: db.prepare<[string], number>(`SELECT 1 FROM ${table} WHERE id = ?`).pluck(),
    add: db.prepare<[string, string]>(
      `INSERT INTO ${table} (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM ${other} WHERE id = ?) ON CONFLICT DO NOTHING`,
    ),
    drop: db.prepare(`DELETE FROM ${table}`),
  }));
  const progress = db.prepare<[string], number>('SELECT value FROM progress WHERE name = ?').pluck();
  const setProgress = db.prepare<[number, string]>('UPDATE progress SET value = ? WHERE name = ?');
  const current = db.prepare<[], number>("SELECT value FROM progress WHERE name = 'inbound_current'").pluck();

  // Read again only by `rotate`: a process has the file for itself, and a wrong guess would only shorten the memory.
  let at = current.get() ?? 0;
  const generation = (index: number): (typeof generations)[number] => {
    const found = generations[index % 2];
    if (found === undefined) throw new Error(`invariant broken: no generation ${index}`);
    return found;
  };
  return {
    keyOf: (eventId) => hash('sha256', eventId, 'base64url').slice(0, 22),
    seen: (key) => generation(at).has.get(key) !== undefined || generation(at + 1).has.get(key) !== undefined,
    add: (key) => generation(at).add.run(key, key).changes === 1,
    rotate(now) {
      const since = progress.get('inbound_since') ?? -1;
      if (since >= 0 && now - since < KEPT_MS) return false;
      setProgress.run(now, 'inbound_since');
      if (since < 0) return false;
      generation(at + 1).drop.run();
      at = (at + 1) % 2;
      setProgress.run(at, 'inbound_current');
      return true;
    },
  };
}
