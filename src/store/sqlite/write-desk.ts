/** Owns the writing of what operators do besides settling orders: what they put away, who they are, and what the console is told. */

import type { Instant } from '../../lib/clock.ts';
import { scrub } from '../../lib/log.ts';
import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { StaleTurn, type TurnScope } from './turn-scope.ts';

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export interface DeskWriter {
  putAway(change: Of<'put_away'>, scope: TurnScope): void;
  answer(change: Of<'answer_console'>, scope: TurnScope): void;
  invite(change: Of<'invite_operator'>, scope: TurnScope): void;
  join(change: Of<'join_operator'>, scope: TurnScope): void;
  remove(change: Of<'remove_operator'>, scope: TurnScope): void;
  wrongCode(change: Of<'wrong_code'>, scope: TurnScope): void;
}

export function deskWriter(db: Db): DeskWriter {
  const putAway = db.prepare<[string, Instant, string, string, Instant]>(
    'INSERT INTO put_away (item, until, operator, evidence, at) VALUES (?, ?, ?, ?, ?)',
  );
  const answer = db.prepare<[string, string, string, Instant]>(
    'INSERT INTO console_answer (event_id, outcome, detail, at) VALUES (?, ?, ?, ?)',
  );
  const invite = db.prepare<[string, string, string, Instant]>(
    'INSERT INTO operator_invite (id, name, hash, expires_at) VALUES (?, ?, ?, ?)',
  );
  const useUp = db.prepare<[Instant, string]>('UPDATE operator_invite SET used_at = ? WHERE id = ? AND used_at IS NULL');
  const add = db.prepare<[string, string, string, Instant]>(
    'INSERT INTO operator (id, name, conversation_id, added_at) VALUES (?, ?, ?, ?)',
  );
  const remove = db.prepare<[Instant, string]>('UPDATE operator SET removed_at = ? WHERE id = ? AND removed_at IS NULL');
  const wrongCode = db.prepare<[string, number, Instant]>(
    `INSERT INTO wrong_code (conversation_id, count, last_at) VALUES (?, ?, ?)
     ON CONFLICT (conversation_id) DO UPDATE SET count = excluded.count, last_at = excluded.last_at`,
  );
  const forget = db.prepare<[string]>('DELETE FROM wrong_code WHERE conversation_id = ?');
  return {
    putAway: ({ item, until, operator, evidence }, { at }) => void putAway.run(item, until, operator, scrub(evidence), at),
    answer: ({ outcome, detail }, { turn, at }) => void answer.run(turn, outcome, scrub(detail), at),
    invite: ({ invite: { id, name, hash, expiresAt } }) => void invite.run(id, name, hash, expiresAt),
    join({ operatorId, invite: { id, name }, conversationId }, { at }) {
      if (useUp.run(at, id).changes === 0) throw new StaleTurn('the code was used meanwhile');
      add.run(operatorId, name, conversationId, at);
      forget.run(conversationId);
    },
    remove: ({ operatorId }, { at }) => void remove.run(at, operatorId),
    wrongCode: ({ conversationId, count }, { at }) => void wrongCode.run(conversationId, count, at),
  };
}
