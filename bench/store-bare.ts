/** Owns the yardstick: the bare driver writing the rows of the same turns into the same tables, with nothing read or checked. */

import { hash } from 'node:crypto';
import { elapsed } from '../src/lib/clock.ts';
import { reply } from '../src/conversation/reply.ts';
import { kes } from '../src/domain/money.ts';
import { msisdn } from '../src/domain/msisdn.ts';
import type { Db } from '../src/store/sqlite/connection.ts';
import { CHATS, addressOf, busySession, START } from './store-turns.ts';

/** Turns per second, `perCommit` to a commit. `db` holds the chats already. `withTimer`: each turn moves the chat's reminder too. */
export function bareLoop(db: Db, turns: number, perCommit: number, withTimer = false): number {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const write = turnWriter(db);
  const remind = reminderWriter(db);
  const progress = db.prepare("UPDATE progress SET value = ? WHERE name = 'last_committed_at'");
  const from = elapsed();
  for (let done = 0; done < turns; done += perCommit) {
    begin.run();
    const until = Math.min(done + perCommit, turns);
    for (let number = done; number < until; number += 1) {
      write(number);
      if (withTimer) remind(number);
    }
    progress.run(START + until);
    commit.run();
  }
  return (turns / (elapsed() - from)) * 1_000;
}

function turnWriter(db: Db): (number: number) => void {
  const ids = db.prepare<[], string>('SELECT id FROM conversation').pluck().all();
  const inbound = db.prepare('INSERT INTO inbound_a (id) VALUES (?)');
  const remember = db.prepare('UPDATE conversation SET session = ?, changed_at = ?, version = version + 1 WHERE id = ?');
  const heard = db.prepare(
    "INSERT INTO message (conversation_id, direction, channel_message_id, text, at) VALUES (?, 'in', ?, ?, ?)",
  );
  const say = db.prepare(
    `INSERT INTO outbox (id, worker, kind, lane, head, due_at, attempts, conversation_id, body, created_at)
     VALUES (?, 'send', 'say', ?, ?, ?, 0, ?, ?, ?)`,
  );
  return (number) => {
    const conversation = ids[number % CHATS] ?? '';
    const { account, chat } = addressOf(number % CHATS);
    const at = START + number;
    const session = busySession(Math.floor(number / CHATS) + 1, at);
    const params = { amount: { kes: kes(100) }, payer: { masked: msisdn('254722000001') } };
    const body = JSON.stringify({ reply: reply('buy-airtime:confirm', params, session.choices), language: 'en' });
    const key = hash('sha256', `telegram:${account}:${chat}:${number}`, 'base64url').slice(0, 22);
    inbound.run(key);
    remember.run(JSON.stringify(session), at, conversation);
    heard.run(conversation, String(number), 'Send 100 bob airtime to 0722 000 002 please', at);
    const head = number < CHATS ? 1 : 0;
    say.run(`${key}-1`, `chat:${conversation}`, head, at, conversation, body, at);
  };
}

function reminderWriter(db: Db): (number: number) => void {
  const ids = db.prepare<[], string>('SELECT id FROM conversation').pluck().all();
  const set = db.prepare(
    `INSERT INTO timer (key, due_at, timer) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, timer = excluded.timer`,
  );
  return (number) => {
    const conversationId = ids[number % CHATS] ?? '';
    set.run(`draft:${conversationId}`, START + number + 900_000, JSON.stringify({ kind: 'draft_reminder', conversationId }));
  };
}
