/** Owns the writing of customers, their chats, verified numbers, consents and words. */

import type { Instant } from '../../lib/clock.ts';
import type { Change } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { Phones } from './phones.ts';
import type { PeopleReader } from './read-people.ts';
import { StaleTurn, type TurnScope } from './turn-scope.ts';
import type { Versions } from './versions.ts';

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

export interface PeopleWriter {
  welcome(change: Of<'welcome'>, scope: TurnScope): void;
  remember(change: Of<'remember'>, scope: TurnScope): void;
  reachable(change: Of<'reachable'>, scope: TurnScope): void;
  claimPhone(change: Of<'claim_phone'>, scope: TurnScope): void;
  consent(change: Of<'consent'>, scope: TurnScope): void;
  heard(change: Of<'heard'>, scope: TurnScope): void;
}

/** Throws when the conversation or customer that a change names does not exist. */
export function peopleWriter(db: Db, people: PeopleReader, phones: Phones, versions: Versions): PeopleWriter {
  const remember = db.prepare<[string, Instant, string]>(
    'UPDATE conversation SET session = ?, changed_at = ?, version = version + 1 WHERE id = ?',
  );
  const reachable = db.prepare<[Instant | null, Instant, string]>(
    'UPDATE conversation SET blocked_at = ?, changed_at = ?, version = version + 1 WHERE id = ?',
  );
  const consent = db.prepare<[string, string, string, Instant]>(
    'INSERT INTO consent (customer_id, what, text_version, at) VALUES (?, ?, ?, ?)',
  );
  const heard = db.prepare<[string, string, string, Instant]>(
    "INSERT INTO message (conversation_id, direction, channel_message_id, text, at) VALUES (?, 'in', ?, ?, ?)",
  );
  return {
    welcome: welcomeWriter(db, people),
    claimPhone: claimWriter(db, phones, versions),
    remember: ({ conversationId, session }, { at }) =>
      mustChange(remember.run(JSON.stringify(session), at, conversationId).changes, conversationId),
    reachable: ({ conversationId, blockedAt }, { at }) =>
      mustChange(reachable.run(blockedAt, at, conversationId).changes, conversationId),
    consent: ({ customerId, what, textVersion }, { at }) => void consent.run(customerId, what, textVersion, at),
    heard: ({ conversationId, messageId, text }, { at }) => void heard.run(conversationId, messageId, text, at),
  };
}

/** Two first messages of one person in the same instant: the second one is decided again, and finds the customer. */
function welcomeWriter(db: Db, people: PeopleReader): PeopleWriter['welcome'] {
  const customer = db.prepare<[string, string | null, Instant]>(
    'INSERT INTO customer (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const identity = db.prepare<[string, string, string, string, Instant]>(
    'INSERT INTO identity (channel, channel_account, external_id, customer_id, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const conversation = db.prepare<[string, string, string, string, string, string, Instant | null, Instant, Instant]>(
    `INSERT INTO conversation (id, customer_id, channel, channel_account, chat, session, blocked_at, version, created_at, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (channel, channel_account, chat) DO NOTHING`,
  );
  return ({ customer: person, sender, conversation: chat }, { at }) => {
    const { channel, account, chat: where } = chat.address;
    const known = people.bySender(chat.address, sender);
    if (known !== null && known.id !== person.id) throw new StaleTurn('the sender was welcomed before');
    customer.run(person.id, person.name, at);
    if (known === null) identity.run(channel, account, sender, person.id, at);
    const session = JSON.stringify(chat.session);
    const { changes } = conversation.run(chat.id, person.id, channel, account, where, session, chat.blockedAt, at, at);
    if (changes === 0) throw new StaleTurn('the chat was welcomed before');
  };
}

function claimWriter(db: Db, phones: Phones, versions: Versions): PeopleWriter['claimPhone'] {
  const holder = db
    .prepare<[number], string>('SELECT customer_id FROM phone_claim WHERE phone_id = ? AND ended_at IS NULL')
    .pluck();
  const renew = db.prepare<[Instant, string, number]>(
    'UPDATE phone_claim SET verified_at = ?, how = ? WHERE phone_id = ? AND ended_at IS NULL',
  );
  const end = db.prepare<[Instant, number]>('UPDATE phone_claim SET ended_at = ? WHERE phone_id = ? AND ended_at IS NULL');
  const claim = db.prepare<[string, number, string, Instant, Instant]>(
    'INSERT INTO phone_claim (customer_id, phone_id, how, verified_at, claimed_at) VALUES (?, ?, ?, ?, ?)',
  );
  return ({ customerId, phone, how }, { at }) => {
    const id = phones.idOf(phone);
    const before = holder.get(id);
    if (before === customerId) return void renew.run(at, how, id);
    if (before !== undefined) {
      end.run(at, id);
      // Whatever is being decided for them rests on a number that is no longer theirs.
      versions.bump(`customer:${before}`);
    }
    claim.run(customerId, id, how, at, at);
  };
}

function mustChange(changes: number, conversationId: string): void {
  if (changes !== 1) throw new Error(`invariant broken: no conversation ${conversationId}`);
}
