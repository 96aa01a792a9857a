/** Owns what a conversation may look at, whoever or whatever began the turn: a message or the passing of time. */

import type { Surroundings } from '../conversation/surroundings.ts';
import type { Ids } from '../lib/ids.ts';
import type { Instant } from '../lib/clock.ts';
import type { Conversation, Known } from '../ports/store.ts';
import type { Rules } from './decide.ts';

export interface Standpoint {
  readonly at: Instant;
  readonly ids: Ids;
  readonly customerId: string;
  readonly conversation: Pick<Conversation, 'id' | 'address'>;
}

/** `own`, `unseen`, `wallets` and `late` as when nobody has just written. */
export function surroundingsOf(known: Known, rules: Rules, { at, ids, customerId, conversation }: Standpoint): Surroundings {
  const { channel } = conversation.address;
  const { buttons, asksOwnPhone } = rules.capabilities(channel);
  return {
    now: at,
    ids,
    knowledge: rules.knowledge,
    phrasebook: rules.phrasebook,
    business: rules.business,
    customerId,
    conversationId: conversation.id,
    own: known.ownPhones,
    orders: known.recentOrders,
    use: known.use,
    stopped: known.stopped,
    unseen: known.unseen,
    salesStopped: known.salesStopped,
    airtimeOff: rules.airtimeOff,
    wallets: known.smsWallets,
    alertsStopped: known.alertsStopped,
    asksWhatBecame: !rules.webhooksReachUs,
    breakers: known.breakers,
    channel: { buttons, asksOwnPhone, trusted: channel === 'terminal' },
    late: false,
  };
}
