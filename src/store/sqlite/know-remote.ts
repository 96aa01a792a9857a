/** Owns what is loaded of a balance that another server told: what it said before, and who in which chat asked for it. */

import type { Buyer } from '../../domain/tariff.ts';
import { walletKey } from '../../domain/wallet-owner.ts';
import type { Asker, Asking } from '../../ports/remote-balance.ts';
import type { Known } from '../../ports/store.ts';
import type { Db } from './connection.ts';
import { UnreadableSession, type PeopleReader } from './read-people.ts';
import { remoteBalanceReader } from './remote-balances.ts';
import type { WalletOwners } from './wallet-owners.ts';

export function remoteKnower(db: Db, people: PeopleReader, owners: Pick<WalletOwners, 'of'>): (owner: Buyer) => Known['remote'] {
  const told = remoteBalanceReader(db);
  return (owner) => {
    const balance = told(owner);
    if (balance === null) return null;
    return { balance, askers: balance.asked.flatMap((asking) => askerIn(asking, owner)) };
  };

  /** A chat that cannot be read cannot be told anything. */
  function askerIn({ conversationId, wants }: Asking, owner: Buyer): Asker[] {
    try {
      const conversation = people.conversation(conversationId);
      if (conversation === null) return [];
      const all = owners.of(conversation.customerId, people.ownPhones(conversation.customerId));
      const wallet = all.find(({ key }) => key === walletKey(owner)) ?? null;
      return [{ conversation, wallet, several: all.length > 1, wants }];
    } catch (error) {
      if (error instanceof UnreadableSession) return [];
      throw error;
    }
  }
}
