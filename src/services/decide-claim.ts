/**
 * Owns what a message changes that vouches for the speaker's own number: the number is theirs from now on, and where somebody holds
 * it who is the same person on another network, the two become one, and both chats are told. The rule stands in domain/claim.ts.
 */

import { meaningOf } from '../domain/claim.ts';
import type { Msisdn } from '../domain/msisdn.ts';
import type { Change, Claim, Conversation, Customer, Known, TurnEvent } from '../ports/store.ts';
import type { ChannelName } from '../ports/channel.ts';
import type { Rules } from './decide.ts';
import { DAY_MS } from '../lib/durations.ts';
import { type Counted } from '../ports/counted.ts';

/** A claim is renewed so often: its age tells how long ago the network last vouched for it. */
const RENEWED_MS = DAY_MS;

export interface Claimed {
  /** Before anything is said. */
  readonly before: readonly Change[];
  /** After everything else, where two customers become one. */
  readonly merging: readonly Change[];
  /** Aggregates that `merging` rests on. */
  readonly rests: readonly Counted[];
}

const NOTHING: Claimed = { before: [], merging: [], rests: [] };

export function claimOf(
  known: Known,
  { message, at }: Extract<TurnEvent, { kind: 'message' }>,
  { customer, conversation }: { readonly customer: Customer; readonly conversation: Conversation },
  rules: Pick<Rules, 'business'>,
): Claimed {
  const { claim } = known;
  const { channel } = message.address;
  if (message.ownPhone === null) return NOTHING;
  const speaker = { customerId: customer.id, channel, channels: known.channels, at };
  const meaning = meaningOf(claim, speaker);
  if (meaning === 'merge' && claim !== null) {
    const phone = message.ownPhone;
    const merge: Change = { kind: 'merge_customers', from: customer.id, into: claim.customerId };
    const renewed: Change = { kind: 'claim_phone', customerId: claim.customerId, phone, how: channel };
    const actor = { kind: 'customer', id: customer.id } as const;
    const audit: Change = { kind: 'audit', actor, what: 'customers_merged', subject: claim.customerId, detail: customer.id };
    return {
      before: [],
      merging: [merge, renewed, audit, ...told(conversation, claim, channel, phone, rules)],
      rests: [`customer:${customer.id}`, `customer:${claim.customerId}`],
    };
  }
  const renewal = meaning === 'same' && claim !== null && at - claim.verifiedAt > RENEWED_MS;
  if (known.ownPhones[0] === message.ownPhone && !renewal) return NOTHING;
  return { ...NOTHING, before: [{ kind: 'claim_phone', customerId: customer.id, phone: message.ownPhone, how: channel }] };
}

/** Once, in both chats: whoever did not do this can say so. What was asked in them stays asked. */
function told(
  here: Conversation,
  claim: Claim,
  channel: ChannelName,
  phone: Msisdn,
  { business }: Pick<Rules, 'business'>,
): Change[] {
  const contact = business.supportContact;
  const support = contact === null ? { key: 'common:support-none' } : { key: 'common:support', params: { contact } };
  const say = ({ id, session }: Conversation, other: string): Change => ({
    kind: 'say',
    conversationId: id,
    reply: { parts: [{ key: 'common:merged', params: { number: { msisdn: phone }, channel: other, support } }], choices: [] },
    language: session.language,
    orderId: null,
  });
  const there = claim.conversation === null ? [] : [say(claim.conversation, CHANNEL_NAMES[channel])];
  return [say(here, CHANNEL_NAMES[claim.how]), ...there];
}

/** As people call them. */
export const CHANNEL_NAMES: Readonly<Record<ChannelName, string>> = {
  telegram: 'Telegram',
  whatsapp: 'WhatsApp',
  web: 'web chat',
  terminal: 'terminal',
};
