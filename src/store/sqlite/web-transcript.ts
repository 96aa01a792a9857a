/** Owns the transcripts of web chats: a log per chat that only grows, numbered over all chats. */

import type { NumberedLine, WebLine, WebTranscripts } from '../../ports/web-transcript.ts';
import type { Db } from './connection.ts';
import type { DbTransactions } from './db-transaction.ts';

interface Row {
  readonly seq: number;
  readonly line: string;
}

export function webTranscripts(db: Db, { write }: DbTransactions): WebTranscripts {
  const find = db.prepare<[string, string, string], Row>(
    'SELECT seq, line FROM web_message WHERE chat = ? AND author = ? AND line_id = ?',
  );
  const append = db.prepare<[string, string, string, string, number]>(
    'INSERT INTO web_message (chat, author, line_id, line, at) VALUES (?, ?, ?, ?, ?)',
  );
  const since = db.prepare<[string, number, number], Row>(
    'SELECT seq, line FROM web_message WHERE chat = ? AND seq > ? ORDER BY seq LIMIT 0 + ?',
  );
  const latest = db.prepare<[string, number], Row>(
    'SELECT seq, line FROM web_message WHERE chat = ? ORDER BY seq DESC LIMIT 0 + ?',
  );
  const ringing = db
    .prepare<[string, number], number>(
      `SELECT 1 FROM conversation c JOIN orders o ON o.customer_id = c.customer_id
       WHERE c.channel = 'web' AND c.chat = ? AND o.prompt_live_until > ? LIMIT 1`,
    )
    .pluck();
  const numbered = ({ seq, line }: Row): NumberedLine => ({ seq, line: JSON.parse(line) as WebLine });
  return {
    append: async (chat, line) =>
      write(() => {
        const before = find.get(chat, line.from, line.id);
        if (before !== undefined) return numbered(before);
        const { lastInsertRowid } = append.run(chat, line.from, line.id, JSON.stringify(line), line.at);
        return { seq: Number(lastInsertRowid), line };
      }),
    since: async (chat, seq, limit) => since.all(chat, seq, limit).map(numbered),
    latest: async (chat, limit) => latest.all(chat, limit).map(numbered).toReversed(),
    mayRing: async (chat, now) => ringing.get(chat, now) !== undefined,
    find: async (chat, from, id) => {
      const row = find.get(chat, from, id);
      return row === undefined ? null : numbered(row);
    },
  };
}
