/**
 * Owns what a seed decides beforehand about wallets of SMS that another server keeps: whether one does, what goes wrong between it and the
 * program, when it is away, what an SMS costs there.
 */

import type { Chance } from './chance.ts';

/** How often each fault strikes where it can, in a history that has it. */
const REMOTE_RATES = {
  'delivery not sent': 0.5,
  'delivery refused': 0.5,
  /** 429, as problem details: nothing was added, and it may come again. */
  'delivery throttled': 0.5,
  /** It never arrived, and nobody tells. */
  'delivery lost': 0.3,
  'delivery added and its answer lost': 0.4,
  'delivery added and answered 500': 0.4,
  'delivery slow': 0.5,
} as const;

/** What keeps people from paying: mostly missing, because what follows a payment is the matter here. */
const UNPAID = [
  'call refused',
  'payer declines',
  'payer does not look',
  'wrong PIN',
  'too little money',
  'no prompt shown',
] as const;

export type RemoteFault = keyof typeof REMOTE_RATES;

export const REMOTE_FAULTS = Object.keys(REMOTE_RATES) as readonly RemoteFault[];

export interface RemotePlan {
  readonly rates: Readonly<Partial<Record<RemoteFault | (typeof UNPAID)[number], number>>>;
  /** Of one SMS over there, in thousandths of a shilling: it need not be what was promised. */
  readonly milliKes: number;
  /** That server alone cannot be reached. */
  readonly away: readonly { readonly afterMs: number; readonly forMs: number }[];
}

const MINUTE = 60_000;
/** So many of the histories in which SMS are sold. */
const SHARE = 0.5;

/** Null: wallets are kept here. Of a stream of its own, so that histories without such a server stay as they are. */
export function remotePlanOf(chance: Chance): RemotePlan | null {
  const roll = chance.fork('remote wallets');
  if (!roll.odds(SHARE)) return null;
  const rates = Object.fromEntries(
    Object.entries(REMOTE_RATES).map(([fault, rate]) => [fault, roll.odds(0.6) ? rate * (0.5 + roll.next()) : 0]),
  ) as Record<RemoteFault, number>;
  const milliKes = roll.pick([500, 800, 800, 1_000, 1_333]);
  const forMs = roll.pick([
    roll.between(1_000, 2 * MINUTE),
    roll.between(MINUTE, 15 * MINUTE),
    roll.between(MINUTE, 60 * MINUTE),
  ]);
  const paid = roll.odds(0.8) ? Object.fromEntries(UNPAID.map((fault) => [fault, 0])) : {};
  return {
    rates: { ...rates, ...paid },
    milliKes,
    away: roll.odds(0.25) ? [{ afterMs: roll.between(0, 6 * MINUTE), forMs }] : [],
  };
}
