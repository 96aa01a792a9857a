/** Owns what lies behind a thing that wants a person: the webhook as it came, the event that failed, the message that was given up. */

import type { Instant } from '../../lib/clock.ts';
import type { Body } from '../../ports/desk.ts';
import type { Db } from './connection.ts';
import type { Found } from './read-desk.ts';

const LAST_WORDS = 10;

export function bodiesReader(db: Db): (found: Found) => readonly Body[] {
  // Of an order's webhook the audit names the order; what was kept in the same turn bears the same instant.
  const webhook = db.prepare<[string, Instant], Body>(
    "SELECT source AS title, body AS text FROM raw WHERE id = ? OR (kept_at = ? AND source LIKE '% webhook')",
  );
  const event = db.prepare<[string], Body>("SELECT 'the event' AS title, event AS text FROM poison WHERE event_id = ?");
  const message = db.prepare<[string], Body>("SELECT 'the message' AS title, body AS text FROM outbox WHERE id = ?");
  const words = db.prepare<[string], { direction: string; text: string }>(
    `SELECT direction, text FROM message WHERE conversation_id = ? ORDER BY id DESC LIMIT ${LAST_WORDS}`,
  );
  return ({ kind, subject, latest, conversationId }) => {
    switch (kind) {
      case 'webhook':
        return webhook.all(subject, latest);
      case 'event':
        return event.all(subject);
      case 'message':
        return message.all(subject);
      case 'help':
      case 'alert': {
        const said = conversationId === null ? [] : words.all(conversationId).toReversed();
        const lines = said.map(({ direction, text }) => `${direction === 'in' ? '>' : '<'} ${text.replaceAll('\n', '\n  ')}`);
        return lines.length === 0 ? [] : [{ title: 'the last words', text: lines.join('\n') }];
      }
    }
  };
}
