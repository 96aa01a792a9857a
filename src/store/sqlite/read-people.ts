/** Owns the reading of customers, their chats and their verified numbers. */

import type { Msisdn } from '../../domain/msisdn.ts';
import type { ChannelName, ChatAddress } from '../../ports/channel.ts';
import type { Conversation, Customer } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import type { conversation, customer } from './schema.ts';

type CustomerRow = Pick<typeof customer.$inferSelect, 'id' | 'name' | 'merged_into'>;
type ConversationRow = Omit<typeof conversation.$inferSelect, 'created_at' | 'changed_at'>;

export interface PeopleReader {
  /** Whoever speaks under this identity, after all merges. */
  bySender(address: ChatAddress, sender: string): Customer | null;
  byId(customerId: string): Customer | null;
  conversationAt(address: ChatAddress): Conversation | null;
  conversation(id: string): Conversation | null;
  /** Claims not ended, the last verified first. */
  ownPhones(customerId: string): readonly Msisdn[];
}

export function peopleReader(db: Db): PeopleReader {
  const bySender = db.prepare<[string, string, string], CustomerRow>(
    `SELECT c.id, c.name, c.merged_into FROM identity i JOIN customer c ON c.id = i.customer_id
     WHERE i.channel = ? AND i.channel_account = ? AND i.external_id = ?`,
  );
  const byId = db.prepare<[string], CustomerRow>('SELECT id, name, merged_into FROM customer WHERE id = ?');
  const columns = 'SELECT id, customer_id, channel, channel_account, chat, session, blocked_at, version FROM conversation';
  const conversationAt = db.prepare<[string, string, string], ConversationRow>(
    `${columns} WHERE channel = ? AND channel_account = ? AND chat = ?`,
  );
  const conversationById = db.prepare<[string], ConversationRow>(`${columns} WHERE id = ?`);
  const ownPhones = db
    .prepare<[string], Msisdn>(
      `SELECT p.msisdn FROM phone_claim c JOIN phone p ON p.id = c.phone_id
       WHERE c.customer_id = ? AND c.ended_at IS NULL AND p.msisdn IS NOT NULL ORDER BY c.verified_at DESC, c.id DESC`,
    )
    .pluck();

  /** Merges end: a row never points at itself, and one that is merged away is not merged again. */
  const followed = (row: CustomerRow | undefined): Customer | null => {
    let at = row;
    for (let steps = 0; at?.merged_into != null; steps += 1) {
      if (steps > 100) throw new Error(`invariant broken: the merges of ${at.id} run in a circle`);
      at = byId.get(at.merged_into);
    }
    return at === undefined ? null : { id: at.id, name: at.name };
  };
  const toConversation = (row: ConversationRow | undefined): Conversation | null =>
    row === undefined
      ? null
      : {
          id: row.id,
          customerId: row.customer_id,
          address: { channel: row.channel as ChannelName, account: row.channel_account, chat: row.chat },
          session: JSON.parse(row.session) as Conversation['session'],
          blockedAt: row.blocked_at,
          version: row.version,
        };
  return {
    bySender: ({ channel, account }, sender) => followed(bySender.get(channel, account, sender)),
    byId: (customerId) => followed(byId.get(customerId)),
    conversationAt: ({ channel, account, chat }) => toConversation(conversationAt.get(channel, account, chat)),
    conversation: (id) => toConversation(conversationById.get(id)),
    ownPhones: (customerId) => ownPhones.all(customerId),
  };
}
