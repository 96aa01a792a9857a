/** Owns what lies behind a thing that wants a person: the webhook as it came, the event that failed, what was written in the chat. */

import type { Instant } from '../../lib/clock.ts';
import { scrub } from '../../lib/log.ts';
import { oneLine } from '../../lib/one-line.ts';
import { quoted } from '../../lib/quoted.ts';
import type { Body } from '../../ports/desk.ts';
import type { Db } from './connection.ts';
import type { Found } from './read-desk.ts';

/** Of what led to a call, of what was said since, and of both sides where nobody called. */
const WORDS_BEFORE = 5;
const WORDS_SINCE = 5;
const LAST_WORDS = 10;
/** A whole payment message still fits. */
const LONGEST_WORDS = 300;

interface Words {
  readonly id: number;
  readonly direction: 'in' | 'out';
  readonly text: string;
}

export function bodiesReader(db: Db): (found: Found) => readonly Body[] {
  // Of an order's webhook the audit names the order; what was kept in the same turn bears the same instant.
  const webhook = db.prepare<[string, Instant], Body>(
    "SELECT source AS title, body AS text FROM raw WHERE id = ? OR (kept_at = ? AND source LIKE '% webhook')",
  );
  const event = db.prepare<[string], Body>("SELECT 'the event' AS title, event AS text FROM poison WHERE event_id = ?");
  const message = db.prepare<[string], Body>("SELECT 'the message' AS title, body AS text FROM outbox WHERE id = ?");
  const said = chatReader(db);
  return ({ kind, subject, latest, conversationId }) => {
    switch (kind) {
      case 'webhook':
        return webhook.all(subject, latest);
      case 'event':
        return event.all(subject);
      case 'message':
        return message.all(subject);
      case 'help':
        return conversationId === null ? [] : said.aboutCall(conversationId, latest);
      case 'alert':
        return conversationId === null ? [] : said.lately(conversationId);
    }
  };
}

/** Words of a chat, oldest first, each on a line of its own: no line break of theirs begins another one. */
function chatReader(db: Db) {
  const wrote = db.prepare<[string, Instant], Words>(
    `SELECT id, direction, text FROM message WHERE conversation_id = ? AND direction = 'in' AND at <= ?
     ORDER BY id DESC LIMIT ${WORDS_BEFORE}`,
  );
  const since = db.prepare<[string, number], Words>(
    `SELECT id, direction, text FROM message WHERE conversation_id = ? AND id > ? ORDER BY id DESC LIMIT ${WORDS_SINCE}`,
  );
  const last = db.prepare<[string], Words>(
    `SELECT id, direction, text FROM message WHERE conversation_id = ? ORDER BY id DESC LIMIT ${LAST_WORDS}`,
  );
  return {
    /** What the customer wrote up to the moment in which a person was called, and what was said since. */
    aboutCall(conversationId: string, at: Instant): Body[] {
      const before = wrote.all(conversationId, at);
      const after = since.all(conversationId, before[0]?.id ?? 0);
      const text = before.length === 0 ? null : lines(before, ({ text: words }) => shown(words));
      return [{ title: 'what they wrote', text }, ...bothSides('said since', after)];
    },
    lately: (conversationId: string): Body[] => bothSides('the last words', last.all(conversationId)),
  };
}

function bothSides(title: string, words: readonly Words[]): Body[] {
  if (words.length === 0) return [];
  return [{ title, text: lines(words, ({ direction, text }) => `${direction === 'in' ? '>' : '<'} ${shown(text)}`) }];
}

function lines(newestFirst: readonly Words[], line: (words: Words) => string): string {
  return newestFirst.toReversed().map(line).join('\n');
}

/** A number that is written with something invisible in it is one after `oneLine`. */
const shown = (text: string): string => quoted(scrub(oneLine(text)), LONGEST_WORDS);
