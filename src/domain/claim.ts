/**
 * Owns what it means when a network vouches that a number is the speaker's while somebody else holds it here: the same person on
 * another network, or another person, who gets the number and nothing else. SIMs are sold, lost and recycled, so every doubt is another
 * person: nobody reads a stranger's orders because they have their old number.
 */

import type { Instant } from '../lib/clock.ts';
import { DAY_MS } from '../lib/durations.ts';

/** Claims older than this say nothing any more: operators recycle numbers that were silent for about so long. */
export const SAME_PERSON_MS = 90 * DAY_MS;

/** Networks that vouch for numbers themselves, each for one account of a number at a time. */
const VOUCHING: readonly string[] = ['telegram', 'whatsapp'];

export interface Holder {
  readonly customerId: string;
  /** The channel that vouched last, and when. */
  readonly how: string;
  readonly verifiedAt: Instant;
  /** Every channel on which this customer has an identity. */
  readonly channels: readonly string[];
}

export interface Speaker {
  readonly customerId: string;
  readonly channel: string;
  readonly channels: readonly string[];
  readonly at: Instant;
}

/**
 * `merge`: the two are one person. `take_over`: the older claim ends and moves no history. Two identities on one network are never one
 * person: the network had one account under that number, so the number has changed hands there.
 */
export function meaningOf(holder: Holder | null, speaker: Speaker): 'first' | 'same' | 'merge' | 'take_over' {
  if (holder === null) return 'first';
  if (holder.customerId === speaker.customerId) return 'same';
  const networks = VOUCHING.includes(holder.how) && VOUCHING.includes(speaker.channel) && holder.how !== speaker.channel;
  const recent = speaker.at - holder.verifiedAt <= SAME_PERSON_MS;
  const strangers = holder.channels.includes(speaker.channel) || speaker.channels.includes(holder.how);
  return networks && recent && !strangers ? 'merge' : 'take_over';
}
