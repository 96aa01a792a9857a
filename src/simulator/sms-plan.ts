/**
 * Owns what a seed decides beforehand about SMS: whether they are sold at all, what goes wrong with their payment and their alerts, when
 * prices change, and what another program asks of the wallets.
 */

import type { Chance } from './chance.ts';
import { remotePlanOf, type RemotePlan } from './remote-plan.ts';

/** How often each fault strikes where it can, in a history that has it. */
const SMS_RATES = {
  'wrong PIN': 0.25,
  'too little money': 0.3,
  /** Taken by the provider, and no phone rings. */
  'no prompt shown': 0.3,
  'question unanswered': 0.3,
  'question slow': 0.2,
  'callback unreadable': 0.15,
  'notice not taken': 0.3,
  'notice refused': 0.3,
  /** It may have gone out. */
  'notice unclear': 0.3,
  /** While somebody's order is under way. */
  'price set meanwhile': 0.3,
  /** The other program asks the same again although it was answered, or at the same time. */
  'asked again': 0.4,
  /** Under a key that it used for something else. */
  'key used twice': 0.15,
} as const;

export type SmsFault = keyof typeof SMS_RATES;

export const SMS_FAULTS = Object.keys(SMS_RATES) as readonly SmsFault[];

export interface SmsPlan {
  readonly rates: Readonly<Record<SmsFault, number>>;
  /** How many of the wishes of people are for SMS. */
  readonly ofWishes: number;
  /** When prices are set besides. */
  readonly pricesAfterMs: readonly number[];
  /** When another program asks something of a wallet. */
  readonly requestsAfterMs: readonly number[];
  /** How the alerts end that would go on for ever. */
  readonly lowAtLast: 'topped up' | 'threshold removed';
  /** Null: wallets are kept here. */
  readonly remote: RemotePlan | null;
}

const MINUTE = 60_000;
/** So many of all histories, in each of which people buy airtime as well. */
const SHARE = 0.3;

/** Null: SMS are not sold. Of a stream of its own, so that all that is decided elsewhere stays as it is. */
export function smsPlanOf(chance: Chance): SmsPlan | null {
  const roll = chance.fork('sms');
  if (!roll.odds(SHARE)) return null;
  const rates = Object.fromEntries(
    Object.entries(SMS_RATES).map(([fault, rate]) => [fault, roll.odds(0.5) ? rate * (0.5 + roll.next()) : 0]),
  ) as Record<SmsFault, number>;
  const some = <T>(odds: number, most: number, make: () => T): T[] =>
    roll.odds(odds) ? Array.from({ length: roll.between(1, most) }, make) : [];
  return {
    rates,
    ofWishes: roll.pick([0.6, 0.9, 1]),
    pricesAfterMs: some(0.3, 3, () => roll.between(0, 8 * MINUTE)),
    requestsAfterMs: some(0.8, 12, () => roll.between(0, 20 * MINUTE)),
    lowAtLast: roll.pick(['topped up', 'threshold removed']),
    remote: remotePlanOf(chance),
  };
}
