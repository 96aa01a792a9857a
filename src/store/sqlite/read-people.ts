/** Owns the reading of customers, their chats and their verified numbers. */

import type { Instant } from '../../lib/clock.ts';
import type { Msisdn } from '../../domain/msisdn.ts';
import type { ChannelName, ChatAddress } from '../../ports/channel.ts';
import type { Claim, Conversation, Customer } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { sessionOf } from './read-session.ts';
import type { conversation, customer } from './schema.ts';

type CustomerRow = Pick<typeof customer.$inferSelect, 'id' | 'name' | 'merged_into'>;
type ConversationRow = typeof conversation.$inferSelect;
/** What is not known already of a chat whose address is known; as a list, because this is read for every message. */
type ChatRow = [id: string, customerId: string, session: string, blockedAt: Instant | null, version: number];

export interface PeopleReader {
  /** Whoever speaks under this identity, after all merges. */
  bySender(address: ChatAddress, sender: string): Customer | null;
  byId(customerId: string): Customer | null;
  /** Throws `UnreadableSession` when its session is none of ours, as `conversation` does. */
  conversationAt(address: ChatAddress): Conversation | null;
  conversation(id: string): Conversation | null;
  /** Claims not ended, the last verified first. */
  ownPhones(customerId: string): readonly Msisdn[];
  /** Who holds the number now. */
  claimOn(number: Msisdn): Claim | null;
  channels(customerId: string): readonly ChannelName[];
  /** The chat that was used last and can be written to, other than this one. */
  lastChat(customerId: string, except: string): Conversation | null;
}

/** The chat is there, where it stood is lost. */
export class UnreadableSession extends Error {
  readonly conversationId: string;

  constructor(conversationId: string) {
    super(`invariant broken: the session of chat ${conversationId} is none of ours`);
    this.conversationId = conversationId;
  }
}

export function peopleReader(db: Db): PeopleReader {
  const bySender = db.prepare<[string, string, string], CustomerRow>(
    `SELECT c.id, c.name, c.merged_into FROM identity i JOIN customer c ON c.id = i.customer_id
     WHERE i.channel = ? AND i.channel_account = ? AND i.external_id = ?`,
  );
  const byId = db.prepare<[string], CustomerRow>('SELECT id, name, merged_into FROM customer WHERE id = ?');
  const conversationAt = db
    .prepare<[string, string, string], ChatRow>(
      `SELECT id, customer_id, session, blocked_at, version FROM conversation
       WHERE channel = ? AND channel_account = ? AND chat = ?`,
    )
    .raw();
  const conversationById = db.prepare<[string], ConversationRow>('SELECT * FROM conversation WHERE id = ?');
  const ownPhones = db
    .prepare<[string], Msisdn>(
      `SELECT p.msisdn FROM phone_claim c JOIN phone p ON p.id = c.phone_id
       WHERE c.customer_id = ? AND c.ended_at IS NULL AND p.msisdn IS NOT NULL ORDER BY c.verified_at DESC, c.id DESC`,
    )
    .pluck();

  const claimOn = db.prepare<[string], Pick<Claim, 'customerId' | 'how' | 'verifiedAt'>>(
    `SELECT c.customer_id AS customerId, c.how, c.verified_at AS verifiedAt FROM phone_claim c JOIN phone p ON p.id = c.phone_id
     WHERE p.msisdn = ? AND c.ended_at IS NULL`,
  );
  const channels = db
    .prepare<[string], ChannelName>('SELECT DISTINCT channel FROM identity WHERE customer_id = ? ORDER BY channel')
    .pluck();
  const lastChat = db.prepare<[string, string], ConversationRow>(
    'SELECT * FROM conversation WHERE customer_id = ? AND blocked_at IS NULL AND id <> ? ORDER BY changed_at DESC, id LIMIT 1',
  );

  /** Merges end: a row never points at itself, and one that is merged away is not merged again. */
  const followed = (row: CustomerRow | undefined): Customer | null => {
    let at = row;
    for (let steps = 0; at?.merged_into != null; steps += 1) {
      if (steps > 100) throw new Error(`invariant broken: the merges of ${at.id} run in a circle`);
      at = byId.get(at.merged_into);
    }
    return at === undefined ? null : { id: at.id, name: at.name };
  };
  const toConversation = ([id, customerId, text, blockedAt, version]: ChatRow, address: ChatAddress): Conversation => {
    const session = sessionOf(text);
    if (session === null) throw new UnreadableSession(id);
    return { id, customerId, address, session, blockedAt, version };
  };
  const wholeConversation = (row: ConversationRow | undefined): Conversation | null => {
    if (row === undefined) return null;
    const address = { channel: row.channel as ChannelName, account: row.channel_account, chat: row.chat };
    return toConversation([row.id, row.customer_id, row.session, row.blocked_at, row.version], address);
  };
  /** Of a person who is not speaking: a chat that cannot be read is none. */
  const otherChat = (customerId: string, except: string): Conversation | null => {
    const row = lastChat.get(customerId, except);
    return row === undefined || sessionOf(row.session) === null ? null : wholeConversation(row);
  };
  return {
    bySender: ({ channel, account }, sender) => followed(bySender.get(channel, account, sender)),
    byId: (customerId) => followed(byId.get(customerId)),
    conversationAt({ channel, account, chat }) {
      const row = conversationAt.get(channel, account, chat);
      return row === undefined ? null : toConversation(row, { channel, account, chat });
    },
    conversation: (id) => wholeConversation(conversationById.get(id)),
    ownPhones: (customerId) => ownPhones.all(customerId),
    claimOn(number) {
      const claim = claimOn.get(number);
      if (claim === undefined) return null;
      return {
        ...claim,
        channels: channels.all(claim.customerId),
        conversation: otherChat(claim.customerId, ''),
      };
    },
    channels: (customerId) => channels.all(customerId),
    lastChat: (customerId, except) => otherChat(customerId, except),
  };
}
