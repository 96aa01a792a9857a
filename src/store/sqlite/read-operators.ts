/** Owns the reading of operators, and of what stands between a chat and being one. */

import type { Instant } from '../../lib/clock.ts';
import type { ChannelName } from '../../ports/channel.ts';
import type { Invite, Joining, OperatorChat } from '../../ports/desk.ts';
import type { Db } from './connection.ts';
import type { operator } from './schema.ts';

type Row = Pick<typeof operator.$inferSelect, 'id' | 'name' | 'conversation_id' | 'added_at'> & {
  readonly channel: ChannelName;
  readonly language: OperatorChat['language'];
  readonly blocked_at: Instant | null;
};

export interface OperatorsReader {
  all(): readonly OperatorChat[];
  /** `conversationId` null: a chat at its first message. */
  joining(conversationId: string | null, now: Instant): Joining;
}

export function operatorsReader(db: Db): OperatorsReader {
  const all = db.prepare<[], Row>(
    `SELECT o.id, o.name, o.conversation_id, o.added_at, c.channel, c.session ->> '$.language' AS language, c.blocked_at
     FROM operator o JOIN conversation c ON c.id = o.conversation_id WHERE o.removed_at IS NULL ORDER BY o.added_at, o.id`,
  );
  const invites = db.prepare<[Instant], Invite>(
    'SELECT id, name, hash, expires_at AS expiresAt FROM operator_invite WHERE used_at IS NULL AND expires_at > ?',
  );
  const wrong = db.prepare<[string], { wrong: number; lastWrongAt: Instant }>(
    'SELECT count AS wrong, last_at AS lastWrongAt FROM wrong_code WHERE conversation_id = ?',
  );
  return {
    all: () =>
      all.all().map((row) => ({
        id: row.id,
        name: row.name,
        conversationId: row.conversation_id,
        channel: row.channel,
        language: row.language,
        addedAt: row.added_at,
        reachable: row.blocked_at === null,
      })),
    joining(conversationId, now) {
      const tries = conversationId === null ? undefined : wrong.get(conversationId);
      return { invites: invites.all(now), wrong: tries?.wrong ?? 0, lastWrongAt: tries?.lastWrongAt ?? null };
    },
  };
}
